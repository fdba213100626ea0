r"""`r_m` and `x^2` in the text of a LaTeX page: LaTeX stops at them, and pandoc shows them as they stand."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import panflute as pf

from gradpress.patterns import pattern
from gradpress.tex.macros import Preamble
from gradpress.walking import collected

_FORMULAS = pattern(
    r"\$\$.*?\$\$|(?<!\\)\$(?:\\.|[^$\\])*\$|\\\(.*?\\\)|\\\[.*?\\\]"
    r"|\\begin\s*\{(equation|align|gather|multline|flalign|x?alignat|eqnarray|displaymath|math|dmath)(\*?)\}"
    r".*?\\end\s*\{\1\2\}",
    re.S,
)
_KEYS = pattern(
    r"\\[A-Za-z@]*(?:[rR]ef|[cC]ite[a-z]*|label|input|include|graphics|bibliography|style|hyperlink|hypertarget|path"
    r"|file|import|crefrange|index|gls|Gls|glspl|acr[a-z]+|ensuremath|SI|si|ce|chemfig|setlength|setcounter|begin|end)\*?"
    r"\s*(?:\[[^\]]*\]\s*)*(?:\{[^{}]*\}\s*){1,2}"
)
"""Commands whose arguments are names, or formulas."""
_SIGN = pattern(r"(?<!\\)[\w.,()+-]*[^\W_][_^](?:\{\w+\})?\w*")

Found = tuple[str, int, str]
"""Rule, line, message."""


def problems(doc: pf.Doc, text: str, lines: Sequence[int], known: Preamble) -> Iterator[Found]:
    """The first such word of each line: one that stands so in the text without code, and in what is shown."""
    is_letter = any(package.name == "underscore" for package in known.packages) or "\\catcode" in f"{known.rest}{text}"
    if is_letter or not re.search(r"[_^]", text):
        return
    shown = {word.text for word in collected(doc, pf.Str, pf.Code) if "_" in word.text or "^" in word.text}
    told = set()
    plain = _KEYS.sub(_blank, _FORMULAS.sub(_blank, text)) if shown else ""
    for found in _SIGN.finditer(plain):
        line = lines[plain.count("\n", 0, found.start())]
        if line not in told and any(found[0] in word for word in shown):
            told.add(line)
            sign = "_" if "_" in found[0] else "^"
            instead = f"write ${found[0]}$, or \\_ for the sign" if sign == "_" else f"write ${found[0]}$"
            yield "math-as-text", line, f"{sign} outside a formula, at which LaTeX stops: {found[0]}; {instead}"


def _blank(found: re.Match[str]) -> str:
    return re.sub(r"[^\n]", " ", found[0])
