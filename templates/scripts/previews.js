// What a reference leads to, shown beside it while the pointer or the focus is on it.  Needs no network:
// what is on the page is copied, what is on another page stands in the link's `data-preview`.
(() => {
  "use strict";
  let box = null, waiting = 0;

  const target = (link) => {
    const [page, name] = [link.href.split("#")[0], link.hash.slice(1)];
    return page === location.href.split("#")[0] ? document.getElementById(decodeURIComponent(name)) : null;
  };

  const note = (item) => {
    const copy = document.createElement("div");
    copy.append(...item.cloneNode(true).childNodes);
    for (const back of copy.querySelectorAll(".footnote-back")) back.remove();
    return copy;
  };

  const copied = (found) => {
    const part = found.closest(".equation, figure, .theorem, .listing, .csl-entry, table, section") || found;
    const copy = /^H[1-6]$/.test(found.tagName) ? heading(found) : found.matches(".footnotes li") ? note(found) : part.cloneNode(true);
    for (const named of [copy, ...copy.querySelectorAll("[id]")]) named.removeAttribute("id");
    for (const extra of copy.querySelectorAll(".anchor, .code-tools")) extra.remove();
    return copy;
  };

  const heading = (title) => {
    const both = document.createElement("div");
    both.append(title.cloneNode(true));
    if (title.nextElementSibling) both.append(title.nextElementSibling.cloneNode(true));
    return both;
  };

  const content = (link) => {
    const found = target(link);
    if (found) return copied(found);
    if (!link.dataset.preview) return null;
    const text = document.createElement("div");
    if (link.dataset.drawn) text.innerHTML = link.dataset.drawn;
    else text.textContent = link.dataset.preview;
    window.MathJax?.typesetPromise?.([text]).then(() => place(link)).catch(() => {});
    return text;
  };

  const place = (link) => {
    if (!box) return;
    const at = link.getBoundingClientRect(), room = document.documentElement.clientWidth;
    box.style.left = `${Math.max(8, Math.min(at.left, room - box.offsetWidth - 8)) + scrollX}px`;
    const below = at.bottom + box.offsetHeight + 8 < innerHeight || at.top < box.offsetHeight + 8;
    box.style.top = `${(below ? at.bottom + 6 : at.top - box.offsetHeight - 6) + scrollY}px`;
  };

  const hide = () => {
    clearTimeout(waiting);
    box?.remove();
    document.querySelector("[aria-describedby='gradpress-preview']")?.removeAttribute("aria-describedby");
    box = null;
  };

  const show = (link) => {
    hide();
    const shown = content(link);
    if (!shown) return;
    box = document.createElement("div");
    box.className = "preview";
    box.id = "gradpress-preview";
    box.setAttribute("role", "tooltip");
    link.setAttribute("aria-describedby", box.id);
    box.append(shown);
    document.body.append(box);
    place(link);
  };

  for (const link of document.querySelectorAll("a.ref, a[role='doc-biblioref'], a.footnote-ref")) {
    link.addEventListener("pointerenter", () => { waiting = setTimeout(() => show(link), 150); });
    link.addEventListener("pointerleave", hide);
    link.addEventListener("focus", () => show(link));
    link.addEventListener("blur", hide);
  }
  addEventListener("keydown", (event) => { if (event.key === "Escape") hide(); });
})();
