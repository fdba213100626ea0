"""Lists what KaTeX and pandoc's MathML writer lack of MathJax's commands, by trying every one.

    npm pack katex@0.19.1 && tar xzf katex-0.19.1.tgz
    python tests/tools/other_methods.py package gradpress/data

`also` in the result is what KaTeX knows beyond MathJax.  A command counts as known when any of the
forms tried is accepted: with no argument up to four, with lengths, between letters, before a delimiter.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pypandoc

from gradpress.known import Names, extensions, known

FORMS = ("{}", "{}a", "{}{{a}}", "{}{{a}}{{b}}", "{}{{a}}{{b}}{{c}}", "{}{{a}}{{b}}{{c}}{{d}}", "{}{{1em}}", "{} 1em",
         "a{} b", "{}(", "{}[a]{{b}}", "{}{{red}}{{b}}", "{}{{1em}}{{1em}}", "\\left{}x\\right.", "x{}", "\\begin{{aligned}}a{}\\end{{aligned}}",
         "\\begin{{array}}{{c}}a\\\\ {} b\\end{{array}}", "\\left(a{}|b\\right)", "{}{{x}}", "\\text{{{}}}", "{}_a^b")
ENVIRONMENT_FORMS = ("\\begin{{{0}}}a&b\\end{{{0}}}", "\\begin{{{0}}}a\\end{{{0}}}", "\\begin{{{0}}}{{c}}a\\end{{{0}}}",
                     "\\begin{{{0}}}{{2}}a&b\\end{{{0}}}", "\\begin{{{0}}}a\\\\b\\end{{{0}}}", "\\begin{{{0}}}a@>>>b\\end{{{0}}}")
_KATEX = """
console.log = console.error = () => {};  // what \\message prints
const katex = require(process.argv[1]); const input = require('fs').readFileSync(0, 'utf8');
{
  const good = f => { try { katex.renderToString(f, {displayMode: true, strict: false, trust: true}); return true; } catch { return false; } };
  process.stdout.write(JSON.stringify(JSON.parse(input).map(forms => forms.some(good))));
}
"""


def all_names() -> Names:
    both = [known(version, extensions(version)) for version in ("3", "4")]
    return Names(*(frozenset().union(*(getattr(n, k) for n in both)) for k in ("macros", "environments", "delimiters")))


def katex_accepts(folder: Path, candidates: list[list[str]]) -> list[bool]:
    command = ["node", "-e", _KATEX, str(folder.resolve() / "dist" / "katex.js")]
    done = subprocess.run(command, input=json.dumps(candidates), capture_output=True, text=True, timeout=300, check=True)
    return json.loads(done.stdout)


def pandoc_accepts(candidates: list[list[str]]) -> list[bool]:
    """A formula that does not convert is kept as TeX, in a `math` span."""
    forms = [form for each in candidates for form in each]
    markup = json.loads(pypandoc.convert_text("", "json", format="markdown"))
    markup["blocks"] = [{"t": "Para", "c": [{"t": "Math", "c": [{"t": "DisplayMath"}, form]}]} for form in forms]
    html = pypandoc.convert_text(json.dumps(markup), "html", format="json", extra_args=["--mathml", "--wrap=none"])
    good = iter("<math" in line for line in re.findall(r"<p>.*?</p>", html, re.DOTALL))
    return [any([next(good) for _ in each]) for each in candidates]


def main(folder: Path, target: Path) -> None:
    names = all_names()
    macros = sorted(name for name in names.macros if name.isalpha() and name.isascii())
    environments = sorted(names.environments)
    tried = [[form.format(f"\\{name} ") for form in FORMS] for name in macros]
    tried += [[form.format(name) for form in ENVIRONMENT_FORMS] for name in environments]
    source = (folder / "dist" / "katex.js").read_text(encoding="utf-8")
    others = sorted(set(re.findall(r'"\\\\([A-Za-z]+)"', source)) - set(macros))
    more = [[form.format(f"\\{name} ") for form in FORMS] for name in others]
    for method, accepted in (("katex", katex_accepts(folder, tried + more)), ("mathml", pandoc_accepts(tried))):
        result = {
            "macros": [name for name, ok in zip(macros, accepted, strict=False) if not ok],
            "environments": [name for name, ok in zip(environments, accepted[len(macros) :], strict=False) if not ok],
        }
        if method == "katex":
            result["also"] = [name for name, ok in zip(others, accepted[len(tried) :], strict=True) if ok]
        (target / f"{method}.json").write_text(json.dumps(result) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
