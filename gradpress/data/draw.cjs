// Draws formulas with MathJax as SVG, for pages that need no script.  `compile.cjs` hands it the requests that have
// `"svg": {…options…}`.  Beside what compiling needs, such a request has `"safe": {…options of ui/safe…}`, where version 4
// finds its `"fonts"`, and `"before": ["\\newcommand…", …]`, formulas that define something.  Each formula says what its
// references mean:
//     ["\\eqref{eq:a}", false, {"eq:a": ["1", "sec-b"]}]        label: number, and id of the place that has it
// The answer has for each formula what is wrong with it, a string, or
//     ["<svg …>", "<math …>", {"mjx-TEX-I-1D465": "M52 289…", …}]
// where the last one holds the outlines that no earlier formula of the answer has: a page needs each of them once.
"use strict";

// How wide characters are in fonts with serifs, in em: MathJax has no outlines for them, and nobody measures in node.
const WIDTHS = [
  [/[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f000}-\u{3ffff}]/u, 1],
  [/\p{Mn}/u, 0],
  [/[mwжмшщыюфѕџæœ]/iu, 0.78],
  [/[ijlftrIJіїјıíìîïľłťŕř.,:;'!|()[\]{}]/u, 0.34],
  [/\p{Lu}/u, 0.69],
];
const UNIT = 0.884; // the size of such text beside MathJax's own letters
const COLUMN = 34; // em of a line of ours, which is all that is known when a display fills it
const FULL = /\\begin\s*\{(?:multline|multlined|flalign|xxalignat)\*?\}/; // environments that fill the line
const UNSEEN = /^(?:data-(?:mml-node|c|variant|hitbox|latex.*|semantic.*|mjx.*|speech.*|braille.*)|xmlns.*|role|focusable)$/;

const width = (text) => UNIT * [...text].reduce(
  (sum, letter) => sum + (WIDTHS.find(([kind]) => kind.test(letter)) || [0, 0.53])[1], 0);
const elements = (node) => (node.children || []).filter((child) => child.kind[0] !== "#");
const each = (node, see) => elements(node).forEach((child) => { each(child, see); see(child); });
const named = (id) => id.replace(/^#?MJX-\d+-(?:TEX|NCM)-/, "m").replace(/^#?MJX-\d+-/, "mjx-");
const rounded = (value) => Math.round(value * 10) / 10;

/** MathJax with an output, once for the process; what it configures by itself: its font. */
const start = async (fonts) => {
  Object.assign(MathJax.config.loader.paths, fonts);
  MathJax.config.startup.output = "svg";
  await MathJax.loader.load("output/svg", "ui/safe");
  MathJax.startup.extendHandler(MathJax._.ui.safe.SafeHandler.SafeHandler); // the component does so in browsers only
  return { ...MathJax.config.svg };
};

/** What holds whatever a site configures: each formula is one drawing, with its outlines. */
const always = () => ({ fontCache: "local", ...(MathJax.version[0] === "3" ? {} : { linebreaks: { inline: false } }) });

/** The text of a drawing. */
const said = (node) => node.kind === "#text" ? node.value
  : node.kind === "use" ? String.fromCodePoint(parseInt(node.attributes["data-c"] || "20", 16))
    : (node.children || []).map(said).join("");

/** Takes the outlines out; those that are not in `seen` yet. */
const outlines = (svg, adaptor, seen) => {
  const found = {}, drawn = new Set();
  for (const defs of adaptor.tags(svg, "defs")) {
    for (const { attributes: { id, d } } of elements(defs)) {
      if (!d) continue; // a space
      drawn.add(named(id));
      if (!seen.has(named(id))) found[named(id)] = d;
      seen.add(named(id));
    }
    adaptor.remove(defs);
  }
  each(svg, (node) => {
    if (node.kind !== "use") return;
    const { "xlink:href": old, ...rest } = node.attributes;
    node.attributes = { href: `#${named(old)}`, ...rest };
    if (!drawn.has(named(old))) adaptor.remove(node);
  });
  return found;
};

/** Words without outlines in one piece, as wide as the place that was kept for them. */
const fitted = (svg, adaptor) => each(svg, (node) => {
  const kind = ({ attributes: { transform, ...rest } }) => JSON.stringify(rest);
  let run = null, spaces = [];
  for (const child of elements(node)) {
    if (child.kind === "text" && run && kind(run.text) === kind(child)) {
      run.text.children.push(...spaces.map(() => adaptor.text(" ")), ...child.children);
      run.spaces += spaces.length;
      [...spaces, child].forEach((joined) => adaptor.remove(joined));
      spaces = [];
    } else if (child.kind === "use" && run && said(child).trim() === "") spaces.push(child);
    else [run, spaces] = [child.kind === "text" ? { text: child, spaces: 0 } : null, []];
    if (run) run.text.wide = 1000 * width(said(run.text).replace(/ /g, "")) + 250 * run.spaces;
  }
  for (const { attributes, wide } of elements(node).filter((child) => child.wide)) {
    Object.assign(attributes, { textLength: rounded(wide), lengthAdjust: "spacingAndGlyphs" });
  }
});

/** Links that can be seen and reached, though the drawing around them is not for readers of screens. */
const linked = (svg, labels) => {
  const links = [], places = new Map(Object.values(labels).map(([, id]) => [`#${encodeURIComponent(id)}`, `#${id}`]));
  each(svg, (node) => { if (node.kind === "a") links.push(node); });
  for (const link of links) {
    const { href = "" } = link.attributes;
    link.attributes["aria-label"] = said(link).trim() || href;
    link.attributes.href = places.get(href) || href;
  }
  const shown = new Set();
  for (const link of links) for (let node = link; node !== svg.parent; node = node.parent) shown.add(node);
  const hide = (node) => {
    if (!shown.has(node)) node.attributes["aria-hidden"] = "true";
    else if (node.kind !== "a") elements(node).forEach(hide);
  };
  hide(svg);
};

/** The children of a group, if it does nothing that they cannot do themselves; else the group. */
const ungrouped = (group, parent) => {
  const { transform, ...others } = group.attributes, { children } = group;
  const only = children.length === 1 && ["g", "use"].includes(children[0].kind) && children[0];
  if (Object.keys(others).length || (children.length && transform && !only)) return [group];
  if (transform && only) only.attributes.transform = [transform, only.attributes.transform].filter(Boolean).join(" ");
  for (const child of children) child.parent = parent;
  return children;
};

const OUTER = { stroke: "currentColor", fill: "currentColor", "stroke-width": "0", transform: "scale(1,-1)" };

/** What the style sheet says once for all drawings, and places shorter: a thousandth of an em is not seen. */
const brief = (svg) => {
  for (const { attributes } of elements(svg).filter(({ kind }) => kind === "g")) {
    if (Object.entries(OUTER).every(([name, value]) => attributes[name] === value)) {
      Object.keys(OUTER).forEach((name) => delete attributes[name]);
    }
  }
  each(svg, ({ kind, attributes }) => {
    if (!attributes.transform) return;
    attributes.transform = attributes.transform.replace(/translate\([^)]*\)/g, (move) => move.replace(/-?[\d.]+/g, Math.round));
    const [, x, y] = (kind === "use" && /^translate\((-?\d+)[ ,]+(-?\d+)\)$/.exec(attributes.transform)) || [];
    if (!x || attributes.x || attributes.y) return;
    delete attributes.transform;
    if (x !== "0") attributes.x = x;
    if (y !== "0") attributes.y = y;
  });
};

/** What only MathJax's own programs in the browser look at goes away, and groups that group nothing. */
const lean = (node) => {
  elements(node).forEach(lean);
  for (const name of Object.keys(node.attributes)) {
    if (UNSEEN.test(name) || (name === "id" && /^mjx-eqn/.test(node.attributes.id))) delete node.attributes[name];
  }
  if (/^\s*MathJax_ref$/.test(node.attributes.class)) delete node.attributes.class;
  const shown = node.children.filter((child) => child.kind !== "text" || said(child));
  node.children = shown.flatMap((child) => child.kind === "g" ? ungrouped(child, node) : [child]);
};

/** Sizes that the page's own rules for drawings do not touch. */
const sized = (svg) => {
  const { style = "", width: wide, height, ...rest } = svg.attributes;
  const own = style.split(";").map((rule) => rule.trim().replace(": ", ":")).filter(Boolean);
  const short = (rule) => rule.replace(/-?\d*\.\d+/g, (size) => String(Math.round(size * 100) / 100));
  svg.attributes = { style: [...own, `width:${wide}`, `height:${height}`].map(short).join(";"), ...rest };
};

const mathml = (root) => MathJax.startup.toMML(root).replace(/\n\s*/g, "").replace(/<[^>]+>/g, (tag) => tag.replace(
  / (?:data-[\w-]+|id|class|href|xmlns)="[^"]*"/g, ""));

const drawn = (item, adaptor, seen, labels) => {
  const [svg] = adaptor.tags(item.typesetRoot, "svg");
  fitted(svg, adaptor);
  linked(svg, labels);
  const found = outlines(svg, adaptor, seen);
  lean(svg);
  brief(svg);
  sized(svg);
  const text = adaptor.outerHTML(svg).replace(/><\/(use|rect|line|path|ellipse|polygon)>/g, "/>");
  return [text, mathml(item.root), found];
};

/** A formula as MathJax sets it where a line is `column` em long. */
const typeset = (document, tex, display, labels, column) => {
  const [jax] = document.inputJax;
  jax.reset();
  for (const [label, [tag, id]] of Object.entries(labels)) jax.parseOptions.tags.allLabels[label] = { tag, id };
  const item = new document.options.MathItem(tex, jax, display);
  item.start.node = document.adaptor.body(document.document);
  item.setMetrics(16, 8, column * 16, 1e6, 1);
  item.convert(document);
  return item;
};

/** The em that a display needs which is as wide as the line: its own width, and a third of it to show the steps. */
const needed = (item, adaptor) => {
  const style = adaptor.getAttribute(adaptor.tags(item.typesetRoot, "svg")[0], "style") || "";
  return Math.min(COLUMN, parseFloat((/min-width: ([\d.]+)ex/.exec(style) || [0, 2 * COLUMN])[1]) / 2 * 4 / 3);
};

/** Draws one formula; labels and numbers of others are not known to it but through `labels`. */
const one = (document, seen, [tex, display, labels = {}]) => {
  const { adaptor } = document;
  let item = typeset(document, tex, display, labels, COLUMN);
  if (FULL.test(tex)) {
    const narrow = typeset(document, tex, display, labels, 1);
    item = typeset(document, tex, display, labels, needed(narrow, adaptor));
  }
  return drawn(item, adaptor, seen, labels);
};

module.exports = { always, one, start, width };
