// The dialog in which the site is searched: opened by its button, `/`, Ctrl+K or ⌘K.
(() => {
  "use strict";
  const { root, words, folded, places, load, ranked, opened } = window.gradpressSearch;
  const button = document.querySelector(".search-open");
  const MOST = 8, MOST_SECTIONS = 3, AROUND = 70;
  if (!button) return;

  const element = (name, properties = {}, ...children) => {
    const made = Object.assign(document.createElement(name), properties);
    made.append(...children);
    return made;
  };

  const marked = (text, wanted) => {
    const line = document.createDocumentFragment();
    let at = 0;
    for (const [start, end] of places(text, wanted)) {
      line.append(text.slice(at, start), element("mark", {}, text.slice(start, end)));
      at = end;
    }
    line.append(text.slice(at));
    return line;
  };

  // The words around the place where most different terms stand near each other.
  const excerpt = (text, wanted) => {
    const found = places(text, wanted);
    if (!found.length) return text.length > 2 * AROUND ? `${text.slice(0, 2 * AROUND).replace(/\s\S*$/u, "")} …` : text;
    const near = ([start]) => new Set(found.filter(([from]) => from >= start && from < start + AROUND)
      .map(([from, to]) => folded(text.slice(from, to)))).size;
    const best = found.reduce((a, b) => (near(b) > near(a) ? b : a));
    const start = best[0] < AROUND ? 0 : text.indexOf(" ", best[0] - AROUND) + 1;
    const end = text.length < start + 3 * AROUND ? text.length : text.lastIndexOf(" ", start + 3 * AROUND);
    const words = text.slice(Math.min(start, best[0]), Math.max(end, best[1]));
    return `${start > 0 ? "… " : ""}${words}${end < text.length ? " …" : ""}`;
  };

  const address = (page, anchor, wanted) => {
    const path = page.split("/").map(encodeURIComponent).join("/"), words = encodeURIComponent([...wanted].join(" "));
    return `${root}${path}.html?highlight=${words}${anchor ? `#${encodeURIComponent(anchor)}` : ""}`;
  };

  const entry = (href, kind, title, text, wanted) => {
    const link = element("a", { href, className: `search-hit ${kind}`, role: "option", tabIndex: -1 });
    link.id = `search-hit-${kind}-${href.replace(/\W/g, "-")}`;
    link.append(element("span", { className: "search-title" }, marked(title, wanted)));
    if (text) link.append(element("span", { className: "search-text" }, marked(text, wanted)));
    return link;
  };

  const shown = async ({ page, terms: wanted, sections }) => {
    const kept = await opened(page), group = element("div", { className: "search-page", role: "presentation" });
    const best = [...sections].filter(([number]) => kept.sections[number]).sort((a, b) => b[1] - a[1]);
    const whole = best.some(([number]) => number === 0);
    const text = ([number]) => {
      const [, , words, code = ""] = kept.sections[number];
      return excerpt(!places(words, wanted).length && places(code, wanted).length ? code : words, wanted);
    };
    group.append(entry(address(page, "", wanted), "page", kept.title || page, whole ? text([0]) : "", wanted));
    for (const one of best.filter(([number]) => number > 0).slice(0, MOST_SECTIONS)) {
      const [anchor, heading] = kept.sections[one[0]];
      group.append(entry(address(page, anchor, wanted), "section", heading, text(one), wanted));
    }
    return group;
  };

  // ---- the dialog ------------------------------------------------------------------------------------------------
  const field = element("input", {
    type: "search", className: "search-field", autocomplete: "off", spellcheck: false,
    placeholder: words.hint,
  });
  const list = element("div", { className: "search-list", id: "search-list", role: "listbox" });
  const status = element("p", { className: "search-status", role: "status" });
  const close = element("button", { type: "button", className: "search-close" }, words.close);
  const more = element("button", { type: "button", className: "search-more", hidden: true }, words.more);
  const head = element("div", { className: "search-head" }, field, close);
  const dialog = element("dialog", { className: "search" }, head, status, list, more);
  let asked = 0, limit = MOST, waiting = 0, answered = "";
  const described = {
    role: "combobox", "aria-label": words.search, "aria-controls": "search-list", "aria-expanded": "false",
    "aria-autocomplete": "list", enterkeyhint: "go",
  };
  for (const [name, value] of Object.entries(described)) field.setAttribute(name, value);
  dialog.setAttribute("aria-label", words.search);
  list.setAttribute("aria-label", words.results);

  const choose = (link) => {
    for (const other of list.querySelectorAll("[aria-selected]")) other.removeAttribute("aria-selected");
    if (!link) { field.removeAttribute("aria-activedescendant"); return; }
    link.setAttribute("aria-selected", "true");
    field.setAttribute("aria-activedescendant", link.id);
    link.scrollIntoView({ block: "nearest" });
  };

  const filled = (phrase, value) => phrase.split("{}").join(value);

  const say = (text) => {
    list.setAttribute("aria-busy", "false");
    status.textContent = text;
  };

  const search = async () => {
    const mine = ++asked, query = field.value.trim();
    if (!query) {
      list.replaceChildren();
      more.hidden = true;
      field.setAttribute("aria-expanded", "false");
      say("");
      return;
    }
    try {
      await load("site.js");
      const found = await ranked(query);
      const groups = await Promise.all(found.slice(0, limit).map(shown));
      if (mine !== asked) return; // more was typed meanwhile
      list.replaceChildren(...groups);
      field.setAttribute("aria-expanded", String(found.length > 0));
      answered = query;
      const rest = found.length > limit ? filled(words.first, limit) : "";
      say(found.length ? filled(words.pages, found.length) + rest : filled(words.nothing, query));
      more.hidden = found.length <= limit;
      choose(list.querySelector(".search-hit"));
    } catch (error) {
      if (mine === asked) say(filled(words.broken, error.message));
    }
  };

  const step = (by) => {
    const links = [...list.querySelectorAll(".search-hit")];
    const at = links.findIndex((link) => link.hasAttribute("aria-selected"));
    if (links.length) choose(links[(at + by + links.length) % links.length]);
  };

  // What is chosen belongs to the words in the field, however fast they were typed.
  const follow = async () => {
    if (answered !== field.value.trim()) await search();
    list.querySelector("[aria-selected]")?.click();
  };

  const open = () => {
    if (dialog.open) return;
    if (!dialog.isConnected) document.body.append(dialog);
    dialog.showModal();
    field.select();
    load("site.js").catch(() => {});
  };

  const typing = (target) => target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);

  button.addEventListener("click", open);
  close.addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
  field.addEventListener("input", () => {
    clearTimeout(waiting);
    limit = MOST;
    list.setAttribute("aria-busy", "true");
    waiting = setTimeout(search, 80);
  });
  more.addEventListener("click", () => {
    limit += 3 * MOST;
    search();
    field.focus();
  });
  list.addEventListener("click", (event) => { if (event.target.closest("a")) dialog.close(); });
  dialog.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by) step(by);
    else if (event.key === "Enter" && event.target === field) follow();
    else return;
    event.preventDefault();
  });
  addEventListener("keydown", (event) => {
    const control = event.ctrlKey || event.metaKey;
    const letter = event.key.toLowerCase() === "k" && control && !event.shiftKey;
    const slash = event.key === "/" && !control && !typing(event.target);
    if ((letter || slash) && !event.altKey && !document.querySelector("dialog[open]")) { event.preventDefault(); open(); }
  });
})();
