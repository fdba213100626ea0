"""Lists what KaTeX and pandoc's MathML writer lack of MathJax's commands, by trying every one.

    npm pack katex@0.19.1 && tar xzf katex-0.19.1.tgz
    python tests/tools/other_methods.py package gradpress/data

`also` in the result is what KaTeX knows beyond MathJax.  A command counts as known when any of the
forms tried is accepted: with no argument up to four, with lengths, between letters, before a delimiter.
"""

from __future__ import annotations

import itertools
import json
import re
import subprocess
import sys
from pathlib import Path

import pypandoc

from gradpress.math.known import Names, extensions, known

FORMS = (
    *("{}", "{}a", "{}{{a}}", "{}{{a}}{{b}}", "{}{{a}}{{b}}{{c}}", "{}{{a}}{{b}}{{c}}{{d}}", "x{}", "a{} b"),
    *("{{a{} b}}", "{}_a^b"),
    *("{}{{1em}}", "{} 1em", "{}{{red}}{{b}}", "{}{{1em}}{{1em}}", "{}[a]{{b}}", "{}(){{0pt}}{{1}}{{a}}{{b}}", "{}("),
    *(r"{}\nosuch{{a}}", r"{}\nosuch a", r"{}\def\nosuch{{a}}", r"\sum{}_a", r"\text{{{}}}"),
    *(r"\left{}x\right.", r"\left(a{}|b\right)", r"{}(a\right)", r"\left(a{})"),
    *(r"{}{{matrix}}a\end{{matrix}}", r"\begin{{matrix}}a{}{{matrix}}", r"\begin{{aligned}}a{}\end{{aligned}}"),
    r"\begin{{array}}{{c}}a\\ {} b\end{{array}}",
)
ENVIRONMENT_FORMS = tuple(
    rf"\begin{{{{{{0}}}}}}{inner}\end{{{{{{0}}}}}}" for inner in ("a&b", "a", "{{c}}a", "{{2}}a&b", r"a\\b", "a@>>>b")
)
_KATEX = """
console.log = console.error = () => {};  // what \\message prints
const katex = require(process.argv[1]); const input = require('fs').readFileSync(0, 'utf8');
{
  const options = {displayMode: true, strict: false, trust: true};
  const good = f => { try { katex.renderToString(f, options); return true; } catch { return false; } };
  process.stdout.write(JSON.stringify(JSON.parse(input).map(forms => forms.some(good))));
}
"""


def all_names() -> Names:
    both = [known(version, extensions(version)) for version in ("3", "4")]
    return Names(*(frozenset().union(*(getattr(n, k) for n in both)) for k in ("macros", "environments", "delimiters")))


def katex_accepts(folder: Path, candidates: list[list[str]]) -> list[bool]:
    command = ["node", "-e", _KATEX, str(folder.resolve() / "dist" / "katex.js")]
    text = json.dumps(candidates)
    done = subprocess.run(command, input=text, capture_output=True, text=True, timeout=300, check=True)
    return json.loads(done.stdout)


def pandoc_accepts(candidates: list[list[str]]) -> list[bool]:
    """A formula that does not convert is kept as TeX, in a `math` span."""
    forms = [form for each in candidates for form in each]
    markup = json.loads(pypandoc.convert_text("", "json", format="markdown"))
    markup["blocks"] = [{"t": "Para", "c": [{"t": "Math", "c": [{"t": "DisplayMath"}, form]}]} for form in forms]
    options = ["--mathml", "--wrap=none", "--quiet"]
    html = pypandoc.convert_text(json.dumps(markup), "html", format="json", extra_args=options)
    good = ["<math" in line for line in re.findall(r"<p>.*?</p>", html, re.DOTALL)]
    starts = itertools.accumulate(map(len, candidates), initial=0)
    return [any(good[start : start + len(each)]) for start, each in zip(starts, candidates, strict=False)]


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
