// MathJax sets the formulas a few at a time, those in sight first, in places that are kept for them: the page answers
// meanwhile, and what is read does not jump.  By itself MathJax sets all of them in one go, for seconds.
(() => {
  "use strict";
  const config = window.MathJax;
  if (!config?.startup || String(config.startup.elements) !== ".math" || config.startup.typeset === false) return;
  const PATIENCE = 20_000;  // until TeX is shown as it is, when MathJax does not come
  const DEFINES = /\\(?:(?:re)?newcommand|providecommand|newenvironment|DeclareMathOperator|[egx]?def|let)\b/;
  const REFERS = /\\(?:eq)?ref\b/;
  const waiting = new Set(document.querySelectorAll(".math"));
  const near = new Set();
  const inOrder = [...waiting].some((formula) => DEFINES.test(formula.textContent));

  const show = (formula) => {
    waiting.delete(formula);
    watcher.unobserve(formula);
    formula.classList.remove("waiting");
    formula.style.removeProperty("--room");
  };

  const watcher = new IntersectionObserver((seen) => {
    for (const { target, isIntersecting } of seen) near[isIntersecting ? "add" : "delete"](target);
  }, { rootMargin: "50% 0%" });

  // A formula that names the number of another one is compiled when all others are.
  const next = () => {
    const left = [...waiting];
    if (inOrder) return left;
    const free = left.filter((formula) => !REFERS.test(formula.textContent));
    const first = free.filter((formula) => near.has(formula));
    return first.length ? first : [...free, ...left.filter((formula) => REFERS.test(formula.textContent))];
  };

  // The letters of most formulas: with a stand-in's widths, lines would break elsewhere until the fonts are there.
  const fonts = async () => {
    const sheet = MathJax.chtmlStylesheet?.();
    if (sheet && !sheet.isConnected) document.head.append(sheet);
    const wanted = [...document.fonts].filter(({ family }) => /^"?MJX(?:ZERO|TEX(?:-I)?)"?$/.test(family));
    const late = new Promise((done) => { setTimeout(done, 1500); });
    await Promise.race([Promise.all(wanted.map((font) => font.load().catch(() => null))), late]);
  };

  const set = async () => {
    await fonts();
    while (waiting.size) {
      const formulas = next();
      await window.gradpressSet(formulas, (formula) => near.has(formula), show).catch((error) => console.error(`MathJax: ${error.message}`));
      formulas.forEach(show);
    }
    if (!moved && location.hash) document.getElementById(decodeURIComponent(location.hash.slice(1)))?.scrollIntoView({ behavior: "instant" });
  };

  const giveUp = () => { if (!window.MathJax.startup?.promise) [...waiting].forEach(show); };

  let moved = false;
  for (const kind of ["wheel", "touchmove", "pointerdown", "keydown"]) addEventListener(kind, () => { moved = true; }, { once: true, passive: true });
  for (const formula of waiting) {
    formula.style.setProperty("--room", window.gradpressRoom(formula.textContent.slice(2, -2), formula.matches(".display")));
    formula.classList.add("waiting");
    watcher.observe(formula);
  }
  config.startup.pageReady = set;
  addEventListener("error", ({ target }) => { if (target.id === "MathJax-script") giveUp(); }, true);
  setTimeout(giveUp, PATIENCE);
  addEventListener("beforeprint", () => { if (waiting.size && window.MathJax.typeset) { window.gradpressSetNow([...waiting]); [...waiting].forEach(show); } });
})();
