// Lists every command, environment and delimiter that one version of MathJax knows, by extension.
//
//     npm pack mathjax@3.2.2 && tar xzf mathjax-3.2.2.tgz
//     node tests/tools/known_commands.mjs package > gradpress/data/mathjax-3.json
//
// The argument is an unpacked `mathjax` npm package (3.x or 4.x).  The names are read out of the
// running parser's own tables, not out of the source text, so what is listed is what parses.

import {createRequire} from 'node:module';
import {existsSync, readFileSync, readdirSync} from 'node:fs';
import {join, resolve} from 'node:path';

const folder = resolve(process.argv[2]);
const {version} = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
const isThree = version.startsWith('3.');
const root = isThree ? join(folder, 'es5') : folder;
const entry = ['node-main.cjs', 'node-main.js'].map((name) => join(root, name)).find(existsSync);

// `configmacros` & co. hold only what a configuration puts there; the others are not extensions.
const withoutNames = new Set(['all-packages', 'configmacros', 'noerrors', 'noundefined', 'setoptions', 'tagformat']);

const extensions = readdirSync(join(root, 'input', 'tex', 'extensions'))
  .filter((file) => file.endsWith('.js'))
  .map((file) => file.slice(0, -3))
  .filter((name) => !withoutNames.has(name));

const mathjax = await createRequire(import.meta.url)(entry).init({
  loader: {load: [isThree ? 'input/tex-full' : 'input/tex', 'adaptors/liteDOM']},
  startup: {typeset: false},
});
const {Configuration, MapHandler} = mathjax._.input.tex;
const configurations = Configuration.ConfigurationHandler;

function names(maps, keep) {
  const keys = maps.flatMap((name) => {
    const map = MapHandler.MapHandler.getMap(name);
    return [...(map?.map ?? map?._map ?? new Map()).keys()];
  });
  return [...new Set(keys.map(keep))].filter((key) => key !== null).sort();
}

// A table of delimiters is also read for commands: `\\lVert` is one, `(` is not.
const escaped = (key) => key.startsWith('\\') ? key.slice(1) : null;
function commands({macro = [], delimiter = []}) {
  const plain = names(macro.filter((name) => !delimiter.includes(name)), (key) => key);
  return [...new Set([...plain, ...names(delimiter, escaped)])].sort();
}
const listed = (configuration) => ({
  macros: commands(configuration.handler),
  environments: names(configuration.handler.environment ?? [], (key) => key),
  delimiters: names(configuration.handler.delimiter ?? [], (key) => key),
});

const result = {version, packages: {}, autoload: {}};
for (const name of ['base', ...extensions]) {
  // A font extension (bbm, dsfont) may be missing; its commands are registered before it is asked for.
  if (!configurations.get(name)) await mathjax.loader.load(`[tex]/${name}`).catch(() => null);
  const configuration = configurations.get(name);
  if (configuration) result.packages[name] = listed(configuration);
}
const text = configurations.get('text-base');
if (text) result.text = listed(text).macros;
// What `autoload` fetches at the first use of a command.
for (const [name, value] of Object.entries(configurations.get('autoload').options.autoload)) {
  const [macros, environments] = Array.isArray(value[0]) ? value : [value, []];
  result.autoload[name] = {macros: macros ?? [], environments: environments ?? []};
}
// One line for each extension: a new version of MathJax gives a readable difference.
const lines = Object.entries(result.packages).map(([name, value]) => `  ${JSON.stringify(name)}: ${JSON.stringify(value)}`);
const rest = Object.entries(result).filter(([key]) => key !== 'packages');
const heads = rest.map(([key, value]) => ` ${JSON.stringify(key)}: ${JSON.stringify(value)}`);
process.stdout.write(`{\n${heads.join(',\n')},\n "packages": {\n${lines.join(',\n')}\n }\n}\n`);
