r"""KaTeX for a page: `math.method: katex`.

KaTeX has no labels and fewer commands than MathJax (`faults.unsupported` says which); it is faster.
"""

from __future__ import annotations

import html
import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from gradpress.diagnostics import UsageError, here
from gradpress.math.integrity import INTEGRITY
from gradpress.math.local_mathjax import copy_all
from gradpress.math.npm import package
from gradpress.settings import Math

if TYPE_CHECKING:
    from gradpress.tex.macros import Macro
    from gradpress.tex.preamble import Preamble

VERSION = "0.19.1"
_CDN = {
    "jsdelivr": f"https://cdn.jsdelivr.net/npm/katex@{VERSION}/dist/",
    "unpkg": f"https://unpkg.com/katex@{VERSION}/dist/",
    "cdnjs": f"https://cdnjs.cloudflare.com/ajax/libs/KaTeX/{VERSION}/",
}
FOLDER = f"katex-{VERSION}"
"""Name of the folder below `assets/` that holds a local copy."""

# pandoc marks formulas with these classes and writes \( \) or nothing around them.
_RENDER = r"""
document.addEventListener('DOMContentLoaded', function () {
  var macros = MACROS;
  document.querySelectorAll('.math').forEach(function (element) {
    var text = element.textContent.trim().replace(/^\\[(\[]|\\[)\]]$/g, '');
    katex.render(text, element, {
      displayMode: element.classList.contains('display'),
      macros: macros, throwOnError: false, globalGroup: true, strict: false
    });
  });
});
"""


def katex_macros(preamble: Preamble) -> dict[str, str]:
    r"""The author's macros in KaTeX's form: `{"\\name": body}`.

    KaTeX counts the arguments itself.  Macros with optional or delimited arguments are left out.
    """
    result = {}
    for name, macro in preamble.macros.items():
        simple = not macro.template and all(parameter.letter == "m" for parameter in macro.parameters)
        if name not in preamble.looping and simple:
            result[f"\\{name}"] = _body(macro)
    return result


def _body(macro: Macro) -> str:
    if macro.kind.startswith("DeclareMathOperator"):
        return f"\\operatorname{'*' if macro.kind.endswith('*') else ''}{{{macro.body}}}"
    if macro.parts:
        left, right, before, after = macro.parts
        return f"{before}{left}{macro.body}{right}{after}"
    return macro.body


def head(math: Math, preamble: Preamble, *, folder: str = "") -> str:
    """HTML for the end of `<head>`; `folder` is the URL of the local copy, relative to the page."""
    base = f"{folder.rstrip('/')}/" if math.source == "local" else _CDN.get(math.source, "")
    if not base or base == "/":
        base = _elsewhere(math)
    return "\n".join(_elements(base, math.source in ("jsdelivr", "unpkg"), katex_macros(preamble)))


def _elsewhere(math: Math) -> str:
    """A URL given as source is the folder that holds `katex.min.js`, or that file."""
    if "/" not in math.source:
        names = ", ".join(_CDN)
        raise UsageError("key-value", f"'math.source' must be {names}, local or a URL, not '{math.source}'", here())
    return math.source if math.source.endswith("/") else math.source.rsplit("/", 1)[0] + "/"


def _elements(base: str, pinned: bool, macros: dict[str, str]) -> Iterator[str]:
    def attributes(name: str) -> str:
        url = html.escape(base + name)
        integrity = INTEGRITY[f"katex@{VERSION}/dist/{name}"]
        return f'"{url}"' + (f' integrity="{integrity}" crossorigin="anonymous"' if pinned else "")

    yield f'<link rel="stylesheet" href={attributes("katex.min.css")}>'
    yield f"<script defer src={attributes('katex.min.js')}></script>"
    literal = json.dumps(macros, ensure_ascii=False, sort_keys=True).replace("<", "\\u003c")
    literal = literal.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    yield f"<script>{_RENDER.replace('MACROS', literal).strip()}</script>"


def install(cache: Path, target: Path, *, near: Path | None = None) -> None:
    """Copy what a page loads into `target`.  Raises GradpressError (`mathjax-local`)."""
    root = package("katex", VERSION, cache, near or Path.cwd())
    copy_all(root / "dist", ("katex.min.js", "katex.min.css", "fonts"), target)
