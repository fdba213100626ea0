// Compiles formulas with MathJax and says what is wrong with them.  Started as `node compile.cjs FOLDER`, where
// FOLDER holds MathJax's components.  One request a line on standard input:
//     {"tex": {…configuration…}, "load": ["[tex]/physics", …], "prelude": "…", "formulas": [["x^2", true], …]}
// and one answer a line on standard output: [null | "what is wrong", …], in the order of the formulas.
"use strict";

const root = process.argv[2];
global.MathJax = {
  loader: { paths: { mathjax: root }, load: ["adaptors/liteDOM", "input/tex"], require, source: {} },
  startup: { typeset: false },
};
console.log = console.info = console.warn = console.error; // standard output is for answers
require(`${root}/startup.js`);

const compile = async (request) => {
  await Promise.all(request.load.map((name) => MathJax.loader.load(name).catch(() => null)));
  const thrown = (_, error) => { throw error; };
  MathJax.config.tex = { ...request.tex, formatError: thrown };
  MathJax.startup.getComponents();
  const { document } = MathJax.startup;
  const { handleRetriesFor } = MathJax._.mathjax.mathjax;
  const end = MathJax._.core.MathItem.STATE.COMPILED;
  const one = (tex, display) => handleRetriesFor(() => {
    document.inputJax[0].reset();
    return document.convert(tex, { display, end });
  });
  if (request.prelude) await one(request.prelude, false).catch(() => null);
  const answers = [];
  for (const [tex, display] of request.formulas) {
    answers.push(await one(tex, display).then(() => null, (error) => String(error.message || error)));
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
