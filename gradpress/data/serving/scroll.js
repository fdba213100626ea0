// The reader keeps the place: what stands at the top of the window stays there when something above it changes.
const KEY = "gradpress-place";
const BLOCKS = "p, li, dt, dd, h1, h2, h3, h4, h5, h6, pre, table, figure, .equation";

// What scrolls with the window: navigation beside it may stand still.
const text = () => document.querySelector("main") ?? document.body;

const seen = () => {
  const blocks = [...text().querySelectorAll(BLOCKS)];
  const first = blocks.findIndex((block) => block.getBoundingClientRect().bottom > 0);
  return first < 0 ? [] : blocks.slice(first, first + 40).map((block) => [block, block.getBoundingClientRect().top]);
};

const move = (distance) => {
  if (Math.abs(distance) >= 1) window.scrollBy({ top: distance, behavior: "instant" });
};

// Call `keep` whenever something may have moved; `others`: what has taken the place of an element.
export function holding() {
  if (scrollY < 1) return () => {};
  const blocks = seen();
  return (others) => {
    const still = blocks.map(([block, top]) => [others.get(block) ?? block, top]).find(([block]) => block.isConnected);
    if (still) move(still[0].getBoundingClientRect().top - still[1]);
  };
}

export function reload() {
  const named = [...text().querySelectorAll("[id]")].filter((e) => e.getBoundingClientRect().height > 0);
  const last = named.filter((e) => e.getBoundingClientRect().top <= 1).pop();
  const place = { page: location.pathname, y: scrollY, id: last?.id, top: last?.getBoundingClientRect().top };
  try {
    sessionStorage.setItem(KEY, JSON.stringify(place));
  } catch { /* without storage the browser's own memory has to do */ }
  location.reload();
}

const found = () => {
  try {
    const place = JSON.parse(sessionStorage.getItem(KEY));
    sessionStorage.removeItem(KEY);
    return place?.page === location.pathname ? place : null;
  } catch {
    return null;
  }
};

// After a reload: to the place from before, again when formulas have got their sizes, until the reader moves.
export function comesBack() {
  const place = found();
  if (!place || place.y < 1) return;
  let moved = false;
  for (const kind of ["wheel", "touchmove", "keydown", "pointerdown"])
    addEventListener(kind, () => { moved = true; }, { once: true, passive: true });
  const go = () => {
    if (moved) return;
    const element = place.id && document.getElementById(place.id);
    if (element) move(element.getBoundingClientRect().top - place.top);
    else window.scrollTo({ top: place.y, behavior: "instant" });
  };
  go();
  addEventListener("load", () => {
    go();
    Promise.resolve(window.MathJax?.startup?.promise).then(go, go);
  });
}
