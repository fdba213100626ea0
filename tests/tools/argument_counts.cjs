// Writes gradpress/data/arguments.json: how many arguments each command of MathJax cannot do without, found out
// by asking it.   node tests/tools/argument_counts.cjs FOLDER-OF-MATHJAX-3/es5
"use strict";
const fs = require("fs");
const path = require("path");

const root = path.resolve(process.argv[2]);
const data = path.join(__dirname, "../../gradpress/data");
const known = JSON.parse(fs.readFileSync(path.join(data, "mathjax-3.json"), "utf8"));
const packages = Object.keys(known.packages).filter((name) => !["noundefined", "noerrors", "autoload", "physics", "colorv2", "bussproofs"].includes(name));
const SAMPLES = ["{x}", "{1}", "{1em}", "{black}", "(", "{(}"];

global.MathJax = {
  loader: {
    paths: { mathjax: root }, require, source: {},
    load: ["adaptors/liteDOM", "input/tex", ...packages.filter((p) => !["base", "ams", "newcommand", "require", "configmacros"].includes(p)).map((p) => `[tex]/${p}`)],
  },
  tex: { packages, formatError: (_, error) => { throw error; } },
  startup: { typeset: false },
};
console.log = console.error;
require(`${root}/startup.js`);

MathJax.startup.promise.then(() => {
  const missing = (tex, name) => {
    try { MathJax.tex2mml(tex, { display: true }); } catch (error) {
      return error.message === `Missing argument for \\${name}`;
    }
    return false;
  };
  const count = (name) => {
    let said = 0;
    for (const sample of SAMPLES) {
      let number = 0;
      while (number < 6 && missing(`\\${name}${sample.repeat(number)}`, name)) number += 1;
      if (number < 6) said = said ? Math.min(said, number) : number;
    }
    return said;
  };
  const found = {};
  const names = Object.values(known.packages).flatMap((part) => part.macros || []);
  for (const name of [...new Set(names)].filter((n) => /^[A-Za-z]+$/.test(n) && n !== "require").sort()) {
    const number = count(name);
    if (number) found[name] = number;
  }
  fs.writeFileSync(path.join(data, "arguments.json"), `${JSON.stringify(found, null, 1)}\n`);
  process.stdout.write(`${Object.keys(found).length} commands\n`);
});
