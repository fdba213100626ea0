// Marks in the contents of the page the section that is being read.
(() => {
  "use strict";
  const found = () => [...document.querySelectorAll(".page-toc a[href^='#']")]
    .map((link) => [link, document.getElementById(decodeURIComponent(link.hash.slice(1)))])
    .filter(([, heading]) => heading);
  let sections = found();
  let marked = null, waiting = 0;

  const current = () => {
    const end = scrollY + innerHeight >= document.documentElement.scrollHeight - 2;
    const line = innerHeight * 0.25;
    const passed = sections.filter(([, heading]) => heading.getBoundingClientRect().top <= line);
    if (end && scrollY > 0) return sections.findLast(([, heading]) => heading.getBoundingClientRect().top < innerHeight);
    return passed.at(-1);
  };

  const mark = () => {
    waiting = 0;
    const link = current()?.[0] ?? null;
    if (link === marked) return;
    marked?.removeAttribute("aria-current");
    link?.setAttribute("aria-current", "location");
    marked = link;
    const list = link?.closest(".page-toc");
    if (link && list && list.scrollHeight > list.clientHeight) {
      const [inside, around] = [link.getBoundingClientRect(), list.getBoundingClientRect()];
      if (inside.top < around.top || inside.bottom > around.bottom) list.scrollTop += inside.top - around.top - list.clientHeight / 2;
    }
  };

  const soon = () => { waiting ||= requestAnimationFrame(mark); };
  addEventListener("scroll", soon, { passive: true });
  addEventListener("resize", soon, { passive: true });
  document.addEventListener("gradpress:updated", () => { sections = found(); soon(); });
  soon();
})();
