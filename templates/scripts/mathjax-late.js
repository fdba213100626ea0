// MathJax is fetched and started when the text has been painted: it is a megabyte, and takes a second of a phone's time.
(() => {
  "use strict";
  const given = document.getElementById("MathJax-script");
  if (given?.type !== "text/plain") return;

  const load = () => {
    const script = document.createElement("script");
    for (const { name, value } of given.attributes) if (name !== "type") script.setAttribute(name, value);
    given.replaceWith(script);
  };

  const painted = new Promise((done) => {
    requestAnimationFrame(() => setTimeout(done));
    setTimeout(done, document.hidden ? 0 : 3000);  // a page in the background is not painted
  });
  painted.then(load);
})();
