r"""`r_m`, `x^2` and `A & B` in the text of a LaTeX page: LaTeX stops at them, and pandoc shows them as they stand."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence

import panflute as pf

from gradpress.patterns import pattern
from gradpress.reading.spots import Found, blank
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
_ASIDE = pattern(
    r"\\begin\s*\{(?!(?:document|itemize|enumerate|description|center|quote|quotation|abstract|flushleft|flushright"
    r"|theorem|lemma|proof|definition|corollary|proposition|remark|example|exercise|minipage|figure|table)\*?\})"
    r"([A-Za-z]+\*?)\}.*?\\end\s*\{\1\}",
    re.S,
)
"""Environments that may hold cells."""
_AND = pattern(r"(?<!\\)&")
_SIGN = pattern(r"(?<!\\)[\w.,()+-]*[^\W_][_^](?:\{\w+\})?\w*")


def problems(doc: pf.Doc, text: str, lines: Sequence[int], known: Preamble) -> Iterator[Found]:
    """The first such word of each line: one that stands so in the text without code, and in what is shown."""
    if any(package.name == "underscore" for package in known.packages) or "\\catcode" in f"{known.rest}{text}":
        return
    if not re.search(r"[_^&]", text):
        return
    words = collected(doc, pf.Str, pf.Code)
    shown = {word.text for word in words if "_" in word.text or "^" in word.text or "&" in word.text}
    plain = _KEYS.sub(blank, _FORMULAS.sub(blank, text)) if shown else ""
    yield from _scripts(plain, shown, lines)
    if any("&" in word for word in shown) and (found := _AND.search(_ASIDE.sub(blank, _FORMULAS.sub(blank, text)))):
        line = lines[plain.count("\n", 0, found.start())]
        yield "math-as-text", line, "& outside a table, at which LaTeX stops; write \\&"


def _scripts(plain: str, shown: Collection[str], lines: Sequence[int]) -> Iterator[Found]:
    told = set()
    for found in _SIGN.finditer(plain):
        line = lines[plain.count("\n", 0, found.start())]
        if line not in told and any(found[0] in word for word in shown):
            told.add(line)
            sign = "_" if "_" in found[0] else "^"
            instead = f"write ${found[0]}$, or \\_ for the sign" if sign == "_" else f"write ${found[0]}$"
            yield "math-as-text", line, f"{sign} outside a formula, at which LaTeX stops: {found[0]}; {instead}"
