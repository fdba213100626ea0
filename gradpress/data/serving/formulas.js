// Formulas in parts of a page that are exchanged: MathJax forgets the old ones with their labels and sets the new ones.
const LABEL = /\\label\s*\{([^}]*)\}(?:\s*\\tag\*?\s*\{([^}]*)\})?/g;
const REFERENCE = /\\(?:eq)?ref\s*\{/;

const mathjax = () => (window.MathJax?.typesetPromise ? window.MathJax : null);
const within = (roots) => roots.flatMap((r) => [...(r.matches(".math") ? [r] : []), ...r.querySelectorAll(".math")]);
const all = (document) => [...document.querySelectorAll(".math")];

// Until MathJax has set the page as it came; a copy of it that never comes is not waited for.
export function settled() {
  const first = window.MathJax?.startup?.promise;
  return first ? Promise.race([first.catch(() => {}), new Promise((done) => setTimeout(done, 3000))]) : null;
}

// KaTeX sets a page once, when it is loaded.
export const canChange = (added) => !window.katex || !within(added).length;

export function forget(removed) {
  const math = mathjax();
  if (!math || !removed.length) return;
  const document = math.startup.document;
  const labels = document.inputJax.map((jax) => jax.parseOptions?.tags?.allLabels).filter(Boolean);
  for (const item of document.getMathItemsWithin?.(removed) ?? [])
    for (const [, name] of item.math.matchAll(LABEL)) for (const known of labels) delete known[name];
  math.typesetClear(removed);
}

const numbers = (document) => all(document).flatMap((m) => [...m.textContent.matchAll(LABEL)].map((found) => found[0])).join();

// Formulas that name numbers which are others now, as they were sent: MathJax has set them with the old ones.
export function dependent(base, next, added) {
  if (!mathjax() || numbers(base) === numbers(next)) return [];
  const [shown, sent] = [all(document), all(next)];
  if (shown.length !== sent.length) return [];
  const pairs = shown.map((live, k) => [live, sent[k]]);
  const stale = pairs.filter(([live, now]) => REFERENCE.test(now.textContent) && !added.some((a) => a.contains(live)));
  forget(stale.map(([live]) => live));
  return stale.map(([live, now]) => {
    const made = document.importNode(now, true);
    live.replaceWith(made);
    return made;
  });
}

export async function show(added) {
  const math = mathjax();
  if (math && within(added).length) await math.typesetPromise(added).catch((error) => console.error(error));
}
