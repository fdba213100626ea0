// Formulas with macros, and the same expanded, as MathML of MathJax 3: node typeset_macros.cjs data.json
// MATHJAX_FULL names the folder of the npm package mathjax-full.
const from = (name) => require(process.env.MATHJAX_FULL + '/js/' + name + '.js');
const {mathjax} = from('mathjax');
const {TeX} = from('input/tex');
const {liteAdaptor} = from('adaptors/liteAdaptor');
const {RegisterHTMLHandler} = from('handlers/html');
const {AllPackages} = from('input/tex/AllPackages');
const {SerializedMmlVisitor} = from('core/MmlTree/SerializedMmlVisitor');
const {STATE} = from('core/MathItem');

const data = JSON.parse(require('fs').readFileSync(process.argv[2], 'utf8'));
RegisterHTMLHandler(liteAdaptor());
// bussproofs needs an output; physics takes names such as \abs; colorv2 changes \color.
const left_out = ['noundefined', 'noerrors', 'physics', 'colorv2', 'bussproofs'];
const tex = new TeX({
  packages: AllPackages.filter((name) => !left_out.includes(name)),
  macros: data.macros,
  environments: data.environments,
  mathtools: {pairedDelimiters: data.paired},
  formatError: (_, error) => { throw error; },
});
const page = mathjax.document('', {InputJax: tex});
const visitor = new SerializedMmlVisitor();
const mathml = (text) => {
  try {
    const tree = visitor.visitTree(page.convert(text, {end: STATE.CONVERT}));
    return tree.replace(/\s*\n\s*|<\/?mrow[^>]*>| data-mjx-texclass="\w+"/g, '');
  } catch (error) {
    return 'ERROR ' + error.message;
  }
};
mathml(data.prelude);
console.log(JSON.stringify(data.formulas.map((text, k) => [mathml(text), mathml(data.expanded[k])])));
