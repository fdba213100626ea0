// The words that a reader has looked for, marked on the page that was found.  Nothing is put into the text: the browser
// paints ranges of it, so that formulas and cells are left alone.
(() => {
  "use strict";
  const { terms, places, words } = window.gradpressSearch;
  const highlight = () => {
    const here = new URL(location.href), wanted = new Set(terms(here.searchParams.get("highlight") || ""));
    if (!wanted.size || !window.CSS?.highlights) return;
    const passed = "script, style, svg, nav, .math, mjx-container";
    const isText = (node) => (node.parentElement.closest(passed) ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT);
    const walk = document.createTreeWalker(document.querySelector("main") || document.body, NodeFilter.SHOW_TEXT, isText);
    const ranges = [];
    while (walk.nextNode()) {
      for (const [start, end] of places(walk.currentNode.data, wanted)) {
        const range = new Range();
        range.setStart(walk.currentNode, start);
        range.setEnd(walk.currentNode, end);
        ranges.push(range);
      }
    }
    if (!ranges.length) return;
    CSS.highlights.set("search", new Highlight(...ranges));
    const clear = document.createElement("button");
    Object.assign(clear, { type: "button", className: "search-clear", textContent: words.clear || "×" });
    const remove = () => {
      CSS.highlights.delete("search");
      clear.remove();
      removeEventListener("keydown", escape);
      here.searchParams.delete("highlight");
      history.replaceState(history.state, "", here.pathname + here.search + location.hash);
    };
    const escape = (event) => { if (event.key === "Escape" && !document.querySelector("dialog[open]")) remove(); };
    clear.addEventListener("click", remove);
    addEventListener("keydown", escape);
    document.body.append(clear);
  };
  highlight();
})();
