// A deck begins when its formulas are set: reveal.js measures slides, and hidden ones have no size.
(async () => {
  "use strict";
  const root = document.querySelector(".reveal"), page = document.documentElement;
  const asked = new URLSearchParams(location.search);
  const patience = new Promise((done) => setTimeout(done, 15000)); // of a reader whose MathJax does not come
  const loaded = new Promise((done) => (document.readyState === "complete" ? done() : addEventListener("load", done)));

  const typeset = async () => {
    await loaded;
    await window.MathJax?.startup?.promise;
    await document.fonts?.ready;
  };
  await Promise.race([typeset().catch((error) => console.error(error)), patience]);

  // What sticks out of a slide, as [line, pixels below, pixels to the right]; asked for by the build.
  const UNSET = ".math:not(:has(mjx-container, math, .katex, img)):not(img)";
  const outside = () => [...document.querySelectorAll(".slides > section")].flatMap((slide) => {
    const face = slide.querySelector(":scope > .face");
    if (!face || slide.classList.contains("scrolling") || face.querySelector(UNSET)) return [];
    const [down, right] = [face.scrollHeight - face.clientHeight, face.scrollWidth - face.clientWidth];
    return down > 2 || right > 2 ? [[Number(slide.dataset.line ?? 0), down, right]] : [];
  });
  if (asked.has("measured")) {
    parent.postMessage([asked.get("measured"), outside()], "*");
    return;
  }

  root.classList.add("ready");
  const options = JSON.parse(document.getElementById("deck-options").textContent);
  await Reveal.initialize({ ...options, plugins: [window.RevealNotes] });
  Reveal.layout();

  // `#name` is a place on a page; on slides it is the slide with that place. In print it stays a link of the PDF.
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a");
    const target = link?.getAttribute("href") ?? link?.getAttribute("xlink:href") ?? "";
    if (!target.startsWith("#") || target.startsWith("#/") || target.length < 2) return;
    const slide = document.getElementById(decodeURIComponent(target.slice(1)))?.closest(".slides section");
    if (!slide) return;
    event.preventDefault();
    const { h, v } = Reveal.getIndices(slide);
    Reveal.slide(h, v);
  });
})();
