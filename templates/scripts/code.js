// Buttons on code: copy what was written, and break lines that are too long to see.
(() => {
  "use strict";
  const words = JSON.parse(document.body.dataset.words || "{}");
  const left = ".linenos, .lineno, .code-mark, .gp, .go";  // numbers, marks, prompts and what was answered to them

  const written = (pre) => {
    const copy = pre.cloneNode(true);
    for (const part of copy.querySelectorAll(left)) part.remove();
    return copy.textContent.replace(/\n+$/, "\n");
  };

  const copied = async (text) => {
    if (navigator.clipboard) return navigator.clipboard.writeText(text);
    const area = document.createElement("textarea");  // a page opened from a file in a browser that asks for https
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  };

  const button = (name, paths, pressed) => {
    const made = document.createElement("button");
    made.type = "button";
    made.title = name;
    made.setAttribute("aria-label", name);
    made.innerHTML = `<svg viewBox="0 0 16 16" aria-hidden="true">${paths}</svg>`;
    made.addEventListener("click", () => pressed(made));
    return made;
  };

  const copying = (pre) => button(
    words.copy, '<path d="M5.5 5.5v-3h8v8h-3"/><path d="M2.5 5.5h8v8h-8z"/>',
    async (made) => {
      await copied(written(pre));
      made.dataset.done = words.copied;
      made.setAttribute("aria-label", words.copied);
      setTimeout(() => { delete made.dataset.done; made.setAttribute("aria-label", words.copy); }, 1500);
    },
  );

  const wrapping = (pre) => button(
    words.wrap, '<path d="M2 4h12M2 8h9.5a2.25 2.25 0 0 1 0 4.5H8m1.8-2L7.8 12.5l2 2M2 12.5h3"/>',
    (made) => made.setAttribute("aria-pressed", String(pre.classList.toggle("wrapped"))),
  );

  const around = (pre) => {
    const given = pre.parentElement.closest(".highlight, .sourceCode");
    if (given) return given;
    const made = document.createElement("div");
    made.className = "highlight";
    pre.replaceWith(made);
    made.append(pre);
    return made;
  };

  const within = (part) => [part, ...part.querySelectorAll("pre")].filter((found) => found.matches("article pre"));

  const equip = (pre) => {
    if (pre.closest(".output, .linenos") || !pre.textContent.trim()) return;
    const tools = document.createElement("div");
    tools.className = "code-tools";
    if (pre.scrollWidth > pre.clientWidth + 1) tools.append(wrapping(pre));
    tools.append(copying(pre));
    around(pre).append(tools);
  };

  within(document.documentElement).forEach(equip);
  // `serve` has put new parts into the page.
  document.addEventListener("gradpress:updated", ({ detail }) => detail.added.flatMap(within).forEach(equip));
})();
