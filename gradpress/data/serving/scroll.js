// The reader keeps the place: what stands at the top of the window stays there when something above it changes.
const KEY = "gradpress-place";
const BLOCKS = "p, li, dt, dd, h1, h2, h3, h4, h5, h6, pre, table, figure, .equation";

// What scrolls with the window: navigation beside it may stand still.
const text = () => document.querySelector("main") ?? document.body;

const all = () => [...text().querySelectorAll(BLOCKS)].filter((block) => !block.closest("mjx-container"));

const atTop = (blocks) => blocks.findIndex((block) => block.getBoundingClientRect().bottom > 0);

const seen = () => {
  const blocks = all();
  const first = atTop(blocks);
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

// The block at the top of the window: the so-and-so-many-th after one with a name.
const described = () => {
  const blocks = all();
  const at = Math.max(atTop(blocks), 0);
  const named = blocks.slice(0, at + 1).findLastIndex((block) => block.id);
  const id = named < 0 ? "" : blocks[named].id;
  return { id, after: at - Math.max(named, 0), top: blocks[at]?.getBoundingClientRect().top };
};

const placed = ({ id, after }) => {
  const blocks = all();
  const named = id ? blocks.findIndex((block) => block.id === id) : 0;
  return named < 0 ? null : blocks[named + after];
};

export function reload() {
  try {
    sessionStorage.setItem(KEY, JSON.stringify({ page: location.pathname, y: scrollY, ...described() }));
    history.scrollRestoration = "manual"; // the browser would go to where the place was
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
  history.scrollRestoration = "auto";
  if (!place || place.y < 1) return;
  history.scrollRestoration = "manual";
  let moved = false;
  for (const kind of ["wheel", "touchmove", "keydown", "pointerdown"])
    addEventListener(kind, () => { moved = true; }, { once: true, passive: true });
  const go = () => {
    if (moved) return;
    const block = placed(place);
    if (block) move(block.getBoundingClientRect().top - place.top);
    else window.scrollTo({ top: place.y, behavior: "instant" });
  };
  const last = () => {
    go();
    setTimeout(() => { history.scrollRestoration = "auto"; }, 1000); // sooner, the browser would still do it
  };
  go();
  addEventListener("load", () => {
    go();
    Promise.resolve(window.MathJax?.startup?.promise).then(last, last);
  });
}
