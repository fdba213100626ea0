// Compiles formulas with MathJax and says what is wrong with them.  Started as `node compile.cjs FOLDER`, where
// FOLDER holds MathJax's components.  One request a line on standard input:
//     {"tex": {…configuration…}, "load": ["[tex]/physics", …], "prelude": "…", "formulas": [["x^2", true], …]}
// and one answer a line on standard output: [null | "what is wrong", …], in the order of the formulas.
// A request with `"svg"` is answered with drawings: see `draw.cjs`.
"use strict";

const root = process.argv[2];
global.MathJax = {
  loader: { paths: { mathjax: root }, load: ["adaptors/liteDOM", "input/tex"], require, source: {} },
  startup: { typeset: false },
};
console.log = console.info = console.warn = console.error; // standard output is for answers
require(`${root}/startup.js`);
let draw = null, font = {};

const prepare = async (request) => {
  if (request.svg && !draw) {
    draw = require("./draw.cjs");
    font = await draw.start(request.fonts);
  }
  await Promise.all(request.load.map((name) => MathJax.loader.load(name).catch(() => null)));
  const formatError = (_, error) => { throw error; };
  MathJax.config.tex = { ...request.tex, formatError };
  if (draw) MathJax.config.svg = { ...font, ...request.svg, ...draw.always() };
  if (draw) MathJax.config.options = { safeOptions: request.safe || {} };
  MathJax.startup.getComponents();
  if (draw) MathJax.startup.adaptor.nodeSize = (node) => [draw.width(MathJax.startup.adaptor.textContent(node)), 0.8];
  return MathJax.startup.document;
};

const compile = async (request) => {
  const document = await prepare(request);
  const { handleRetriesFor } = MathJax._.mathjax.mathjax;
  const end = MathJax._.core.MathItem.STATE.COMPILED;
  const compiled = (tex, display) => handleRetriesFor(() => {
    document.inputJax[0].reset();
    return document.convert(tex, { display, end });
  }).then(() => null);
  const seen = new Set();
  const answer = request.svg ? (formula) => handleRetriesFor(() => draw.one(document, seen, formula))
    : ([tex, display]) => compiled(tex, display);
  for (const tex of [request.prelude, ...(request.before || [])]) if (tex) await compiled(tex, false).catch(() => null);
  const answers = [];
  for (const formula of request.formulas) {
    answers.push(await answer(formula).catch((error) => String(error.message || error)));
  }
  return answers;
};

(async () => {
  await MathJax.startup.promise;
  for await (const line of require("readline").createInterface({ input: process.stdin })) {
    let answers = null;
    try { answers = await compile(JSON.parse(line)); } catch (error) { console.error(String(error)); }
    process.stdout.write(`${JSON.stringify(answers)}\n`);
  }
})();
