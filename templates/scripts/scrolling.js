// What scrolls inside itself can be reached with the keyboard; Safari does not see to that by itself.
(() => {
  "use strict";
  const wide = "article :is(pre, table, .table-wrap, .math.display, mjx-container[display], .loss-plot, .output, figure.diagram, p:has(> .drawing))";
  let waiting = 0;

  const mark = () => {
    waiting = 0;
    for (const part of document.querySelectorAll(wide)) {
      const scrolls = part.scrollWidth > part.clientWidth + 1 && /auto|scroll/.test(getComputedStyle(part).overflowX);
      if (scrolls && !part.hasAttribute("tabindex")) {
        part.tabIndex = 0;
        part.dataset.scrolls = "";
      } else if (!scrolls && "scrolls" in part.dataset) {
        part.removeAttribute("tabindex");
        delete part.dataset.scrolls;
      }
    }
  };

  const soon = () => { waiting ||= requestAnimationFrame(mark); };
  const sizes = new ResizeObserver(soon);
  const watch = () => {
    const article = document.querySelector("article");
    if (article) sizes.observe(article);
  };
  document.addEventListener("gradpress:updated", () => { watch(); soon(); });
  watch();
})();
