"""`&` where nothing is aligned: MathJax and LaTeX both refuse it, each in its own words."""

from __future__ import annotations

from gradpress.patterns import pattern
from gradpress.tex.macros import Preamble, names_in
from gradpress.tex.tokens import Problem, tokenize

_PLAIN = frozenset(
    "matrix pmatrix cases eqalign eqalignno displaylines halign bordermatrix "
    "mqty smqty matrixquantity smallmatrixquantity imat dmat admat".split()  # physics takes (…) and […]
)

_ONE_COLUMN = pattern(r"\\(?:begin|end)\{(?:equation|multline|gather|displaymath|dmath)\*?\}")
"""Environments that align nothing."""


def misplaced(formula: str, preamble: Preamble) -> tuple[Problem, ...]:
    """The first `&` outside all braces and environments; one inside an argument may be a macro's own."""
    if "&" not in formula:
        return ()
    depth = 0
    text = _ONE_COLUMN.sub(lambda found: " " * len(found[0]), formula)
    for token in tokenize(text):
        if token.text in ("\\begin", "\\end"):
            depth += 1 if token.text == "\\begin" else -1
        elif token.kind in ("open", "close"):
            depth += 1 if token.kind == "open" else -1
        elif token.kind == "word" and _opens(token.name, preamble):
            return ()
        elif token.text == "&" and depth <= 0:
            message = "& outside an alignment; put the formula into align or a matrix, or write \\&"
            return (Problem("misplaced-alignment", token.offset, message),)
    return ()


def _opens(name: str, preamble: Preamble) -> bool:
    """Whether a macro of the author's, or of plain TeX, may begin an alignment."""
    macro = preamble.macros.get(name)
    if macro is None:
        return name in _PLAIN
    return bool({"begin", "matrix", "array", "halign"} & names_in(macro)) or macro.is_alias
