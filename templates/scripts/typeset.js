// MathJax sets the formulas a few at a time, those in sight first, in places that are kept for them: the page answers
// meanwhile, and what is read does not jump.  By itself MathJax sets all of them in one go, for seconds.
(() => {
  "use strict";
  const config = window.MathJax;
  if (!config?.startup || String(config.startup.elements) !== ".math" || config.startup.typeset === false) return;
  const SLICE = 12;  // milliseconds of work; on a phone, four times as slow, this is still no long task
  const FEW = 4;  // formulas at least: each time the page is laid out, which takes as long as one of them
  const PATIENCE = 20_000;  // until TeX is shown as it is, when MathJax does not come
  const DEFINES = /\\(?:(?:re)?newcommand|providecommand|newenvironment|DeclareMathOperator|[egx]?def|let)\b/;
  const REFERS = /\\(?:eq)?ref\b/;
  const waiting = new Set(document.querySelectorAll(".math"));
  const near = new Set();
  const inOrder = [...waiting].some((formula) => DEFINES.test(formula.textContent));

  const pause = () => new Promise((done) => {
    const { port1, port2 } = new MessageChannel();  // timers of pages in the background run once a second
    port1.onmessage = () => { port1.close(); done(); };
    port2.postMessage(0);
  });

  const show = (formula) => {
    waiting.delete(formula);
    watcher.unobserve(formula);
    formula.classList.remove("waiting");
    formula.style.removeProperty("--room");
  };

  const watcher = new IntersectionObserver((seen) => {
    for (const { target, isIntersecting } of seen) near[isIntersecting ? "add" : "delete"](target);
  }, { rootMargin: "50% 0%" });

  // A formula that names the number of another one is set when all others are.
  const next = (count) => {
    const left = [...waiting];
    if (inOrder) return left.slice(0, count);
    const free = left.filter((formula) => !REFERS.test(formula.textContent));
    const first = free.filter((formula) => near.has(formula));
    return (first.length ? first : free.length ? free : left).slice(0, count);
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
    for (let count = FEW; waiting.size;) {
      const [formulas, began] = [next(count), performance.now()];
      await MathJax.typesetPromise(formulas).catch((error) => console.error(`MathJax: ${error.message}`));
      formulas.forEach(show);
      count = Math.max(FEW, Math.min(40, Math.round(count * Math.min(2, SLICE / (performance.now() - began)))));
      await pause();
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
  addEventListener("beforeprint", () => { if (waiting.size && window.MathJax.typeset) { MathJax.typeset([...waiting]); [...waiting].forEach(show); } });
})();
