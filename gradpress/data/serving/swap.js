// The part of a page that changed takes the place of the old one; everything else stays as scripts have made it.
//
// Three trees: `live`, the page as it is shown; `base`, what was sent for it; `next`, what is sent now.  Where base and
// next differ, live is changed.  When that cannot be done safely `swapped` is false, and the page is loaded again.
import * as formulas from "./formulas.js";
import { holding } from "./scroll.js";

const WHOLE = "p, pre, table, svg, video, audio, iframe, script, style, button, input, select";
const LOADED = "script:not([data-gradpress]), style, link[rel~=stylesheet], base";

export const parsed = (text) => new DOMParser().parseFromString(text, "text/html");

const equal = (some, others) => some.length === others.length && some.every((one, k) => one.isEqualNode(others[k]));

const elements = (root, selector) => [...root.querySelectorAll(selector)];

// Whether only elements stand in it, so that each can be exchanged by itself.
const isContainer = (element) =>
  element.children.length > 0 && [...element.childNodes].every((node) => node.nodeType !== 3 || !node.data.trim());

const alike = (one, other) => one.tagName === other.tagName && one.id === other.id;

// Whether scripts have put `child` into something of their own.
const wraps = (live, child) => child.matches(WHOLE) && live.firstElementChild && alike(live.firstElementChild, child);

// The live element of each child of `base`; null when scripts have changed too much to tell.
function counterparts(live, base) {
  const wanted = [...base.children];
  const there = [...live.children].filter((child) => child.dataset?.gradpress === undefined);
  if (there.length > wanted.length && live !== document.body) return null; // what they belong to goes with them
  const found = [];
  let at = 0;
  for (const child of wanted) {
    while (at < there.length && !alike(there[at], child) && !wraps(there[at], child)) at += 1;
    if (at === there.length) return null;
    found.push(there[at++]);
  }
  return found;
}

class Plan {
  steps = [];
  removed = [];
  added = [];
  others = new Map();

  replace(live, next) {
    const made = this.make(next);
    this.removed.push(live);
    this.others.set(live, made);
    this.steps.push(() => live.replaceWith(made));
  }

  remove(live) {
    this.removed.push(live);
    this.steps.push(() => live.remove());
  }

  insert(parent, before, next) {
    const made = this.make(next);
    this.steps.push(() => (before ? before.after(made) : parent.prepend(made)));
    return made;
  }

  make(next) {
    const made = document.importNode(next, true);
    this.added.push(made);
    return made;
  }

  attributes(live, base, next) {
    const names = new Set([...base.attributes, ...next.attributes].map((a) => a.name));
    for (const name of names) {
      const value = next.getAttribute(name);
      if (base.getAttribute(name) === value) continue;
      this.steps.push(() => (value === null ? live.removeAttribute(name) : live.setAttribute(name, value)));
    }
  }

  // False when what stands below `live` is not what was sent.
  below(live, base, next) {
    const lives = counterparts(live, base);
    if (!lives) return false;
    const [old, now] = [[...base.children], [...next.children]];
    let first = 0;
    while (first < old.length && first < now.length && old[first].isEqualNode(now[first])) first += 1;
    let last = 0;
    const most = Math.min(old.length, now.length) - first;
    while (last < most && old[old.length - 1 - last].isEqualNode(now[now.length - 1 - last])) last += 1;
    const [oldEnd, nowEnd] = [old.length - last, now.length - last];
    let before = first ? lives[first - 1] : null;
    for (let k = first; k < Math.max(oldEnd, nowEnd); k += 1) {
      if (k >= nowEnd) this.remove(lives[k]);
      else if (k >= oldEnd) before = this.insert(live, before, now[k]);
      else before = this.element(lives[k], old[k], now[k]);
    }
    return true;
  }

  // What stands there then.
  element(live, base, next) {
    if (base.isEqualNode(next)) return live;
    const open = alike(base, next) && !base.matches(WHOLE) && isContainer(base) && isContainer(next);
    if (open) {
      const mark = [this.steps.length, this.removed.length, this.added.length];
      if (this.below(live, base, next)) {
        this.attributes(live, base, next);
        return live;
      }
      [this.steps.length, this.removed.length, this.added.length] = mark;
    }
    this.replace(live, next);
    return this.others.get(live);
  }
}

export async function swapped(base, next) {
  if (!equal(elements(base, LOADED), elements(next, LOADED))) return false;
  await formulas.settled();
  const plan = new Plan();
  if (!plan.below(document.body, base.body, next.body)) return false;
  plan.attributes(document.documentElement, base.documentElement, next.documentElement);
  plan.attributes(document.body, base.body, next.body);
  if (!formulas.canChange(plan.added)) return false;
  const keep = holding();
  const root = document.documentElement;
  const anchoring = root.style.overflowAnchor;
  root.style.overflowAnchor = "none"; // the browser would move once more
  try {
    formulas.forget(plan.removed);
    for (const step of plan.steps) step();
    document.title = next.title;
    keep(plan.others);
    await formulas.show([...plan.added, ...formulas.dependent(base, next, plan.added)]);
    keep(plan.others);
  } finally {
    if (anchoring) root.style.overflowAnchor = anchoring;
    else root.style.removeProperty("overflow-anchor");
  }
  document.dispatchEvent(new CustomEvent("gradpress:updated", { detail: { added: plan.added } }));
  return true;
}
