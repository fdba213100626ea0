// For gradpress/diagrams/mermaid.py: one diagram as SVG, with its size, or what is wrong with it.  What mermaid would
// take at random is fixed, and each page draws one diagram: the same text gives the same bytes.
mermaid.initialize({
  startOnLoad: false,
  securityLevel: "strict",
  suppressErrorRendering: true,
  deterministicIds: true,
  deterministicIDSeed: "d",
  handDrawnSeed: 1,
  fontFamily: 'Verdana, "DejaVu Sans", sans-serif',
  theme: "default",
});
{
  let state = 1;
  Math.random = () => (state = (state * 16807) % 2147483647) / 2147483647;
}

// KaTeX says by an attribute which alphabet a letter is of; browsers heed that no more, and `\boldsymbol` would silently
// be plain.  The letter of that alphabet says the same.  Starts of capitals, small letters, digits; then of Greek.
const ALPHABETS = {
  bold: [0x1d400, 0x1d41a, 0x1d7ce, 0x1d6a8, 0x1d6c2],
  italic: [0x1d434, 0x1d44e, 0, 0x1d6e2, 0x1d6fc],
  "bold-italic": [0x1d468, 0x1d482, 0, 0x1d71c, 0x1d736],
  script: [0x1d49c, 0x1d4b6],
  "bold-script": [0x1d4d0, 0x1d4ea],
  fraktur: [0x1d504, 0x1d51e],
  "bold-fraktur": [0x1d56c, 0x1d586],
  "double-struck": [0x1d538, 0x1d552, 0x1d7d8],
  "sans-serif": [0x1d5a0, 0x1d5ba, 0x1d7e2],
  "bold-sans-serif": [0x1d5d4, 0x1d5ee, 0x1d7ec, 0x1d756, 0x1d770],
  "sans-serif-italic": [0x1d608, 0x1d622],
  "sans-serif-bold-italic": [0x1d63c, 0x1d656, 0, 0x1d790, 0x1d7aa],
  monospace: [0x1d670, 0x1d68a, 0x1d7f6],
};
// Letters that Unicode had before the alphabets.
const EARLIER = {
  italic: { h: "ℎ" },
  script: { B: "ℬ", E: "ℰ", F: "ℱ", H: "ℋ", I: "ℐ", L: "ℒ", M: "ℳ", R: "ℛ", e: "ℯ", g: "ℊ", o: "ℴ" },
  fraktur: { C: "ℭ", H: "ℌ", I: "ℑ", R: "ℜ", Z: "ℨ" },
  "double-struck": { C: "ℂ", H: "ℍ", N: "ℕ", P: "ℙ", Q: "ℚ", R: "ℝ", Z: "ℤ" },
};
const RANGES = [["A", "Z"], ["a", "z"], ["0", "9"], ["Α", "Ω"], ["α", "ω"]];
const OTHERS = { "∇": [3, 25], "∂": [4, 25], "ϵ": [4, 26], "ϑ": [4, 27], "ϰ": [4, 28], "ϕ": [4, 29], "ϱ": [4, 30], "ϖ": [4, 31] };

const letter = (character, variant) => {
  const earlier = EARLIER[variant]?.[character];
  if (earlier) return earlier;
  let [kind, offset] = OTHERS[character] ?? [RANGES.findIndex(([first, last]) => first <= character && character <= last)];
  offset ??= kind < 0 ? 0 : character.codePointAt(0) - RANGES[kind][0].codePointAt(0);
  const start = ALPHABETS[variant]?.[kind];
  return start ? String.fromCodePoint(start + offset) : character;
};
const LETTERS = /<(m[ino]|mtext)([^<>]*?) mathvariant="([a-z-]+)"([^<>]*)>([^<>&]*)</g;
const spelled = (markup) =>
  markup.replace(LETTERS, (all, name, before, variant, after, text) =>
    variant in ALPHABETS ? `<${name}${before}${after}>${[...text].map((c) => letter(c, variant)).join("")}<` : all);

const inner = Object.getOwnPropertyDescriptor(Element.prototype, "innerHTML");
Object.defineProperty(Element.prototype, "innerHTML", {
  ...inner,
  set(markup) {
    inner.set.call(this, typeof markup === "string" && markup.includes("mathvariant") ? spelled(markup) : markup);
  },
});

globalThis.gradpressDraw = async (text) => {
  if (document.readyState === "loading") await new Promise((ready) => addEventListener("DOMContentLoaded", ready));
  document.documentElement.style.cssText = "margin:0;background:transparent";
  document.body.style.cssText = "margin:0;width:max-content";
  try {
    const { svg } = await mermaid.render("diagram", text);
    document.body.innerHTML = svg;
  } catch (error) {
    return { error: String(error.message ?? error), line: error.hash?.loc?.first_line ?? 0 };
  }
  const drawing = document.querySelector("svg");
  const box = drawing.viewBox.baseVal;
  const [width, height] = box?.width ? [box.width, box.height] : [drawing.clientWidth, drawing.clientHeight];
  // As large as it is drawn: how much of that fits is for the page to say.
  drawing.style.cssText = "display:block";
  drawing.setAttribute("width", width);
  drawing.setAttribute("height", height);
  const { theme } = mermaid.mermaidAPI.getConfig();
  return { svg: new XMLSerializer().serializeToString(drawing), width, height, dark: /dark/.test(theme ?? "") };
};
