r"""Rows and columns of a formula: `&` inside braces, more of them than columns, a line in the middle of a row.

Words: a *level* is what one pair of braces, one `\left…\right` or one environment holds; the *fresh* part of a row is
its beginning, where a line such as `\hline` may stand.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Literal, NamedTuple

from gradpress.math.arguments_given import counts, taker
from gradpress.math.regions import Same
from gradpress.math.structure import is_whole
from gradpress.patterns import pattern
from gradpress.records import dataclass
from gradpress.tex.groups import GROUP
from gradpress.tex.macros import Macro, Preamble, names_in
from gradpress.tex.tokens import Source

Kind = Literal["brace", "column", "line"]

_LINES = frozenset(["hline", "hdashline", "cline", "toprule", "midrule", "bottomrule", "cmidrule"])
_BREAKS = frozenset(["\\", "cr", "tabularnewline"])
_BY_WIDTH = frozenset(["tabular*", "tabularx", "tabulary"])
_BY_PREAMBLE = frozenset(["array", "darray", "tabular", "longtable"]) | _BY_WIDTH
_COUNTED = {"alignat": 2, "alignat*": 2, "alignedat": 2, "xalignat": 2, "xalignat*": 2}
"""Environments whose argument says how many pairs of columns there are."""
_MOST = {
    **dict.fromkeys(("cases", "cases*", "dcases", "dcases*", "rcases", "rcases*", "drcases", "drcases*", "split"), 2),
    **dict.fromkeys(("gathered", "lgathered", "rgathered", "multlined", "gather", "gather*", "multline"), 1),
    **dict.fromkeys(("eqnarray", "eqnarray*"), 3),
    **dict.fromkeys(("matrix", "pmatrix", "bmatrix", "Bmatrix", "vmatrix", "Vmatrix", "smallmatrix"), 10),
}
"""How many columns LaTeX gives a row; MathJax is more generous."""
_PLAIN = frozenset(
    "matrix pmatrix cases eqalign eqalignno leqalignno displaylines halign bordermatrix array "
    "mqty smqty matrixquantity smallmatrixquantity imat dmat admat substack crampedsubstack Aboxed".split()
)
"""Commands with an argument in which `&` may stand."""
_OPENING = frozenset({"begin", "end", "left", "right", "matrix", "array", "halign", "cr", "hline", "\\"})
_PAIRS = frozenset(["begin", "end", "left", "right"])
_LETTERS = pattern(r"[lcrXSJ]")


class Finding(NamedTuple):
    """Something in a row that does not belong there."""

    kind: Kind
    at: int
    """Index of the token in the source."""
    message: str
    what: str = ""
    """The environment whose row has a column more."""


@dataclass(slots=True)
class _Level:
    what: str
    """Name of the environment, `{`, `left`, or nothing for the formula itself."""
    most: int | None = None
    command: str = ""
    """For braces: whose argument they hold."""
    column: int = 1
    fresh: bool = True


def findings(source: Source, preamble: Preamble) -> Iterator[Finding]:
    """What is wrong in the rows, in their order; nothing where a macro of the author's may open or close one."""
    opening = _may_open(Same.of(preamble))
    if opening and any(token.name in opening for token in source.tokens):
        return
    levels = [_Level("")]
    index = 0
    while index < len(source.tokens):
        token, top = source.tokens[index], levels[-1]
        if token.kind in ("space", "comment"):
            index += 1
            continue
        found = _line(index, token.name, levels) if token.name in _LINES else _column(index, token.text, levels)
        if found:
            yield found
        index, was = _step(source, index, levels), top.fresh
        top.fresh = (was and token.name in _LINES) or token.name in _BREAKS


@lru_cache(maxsize=16)
def _may_open(preamble: Same) -> frozenset[str]:
    """The author's macros that may begin or end a row or an alignment."""
    return frozenset(name for name, macro in preamble.value.macros.items() if _opens(macro))


def _opens(macro: Macro) -> bool:
    opened = _OPENING & names_in(macro)
    pairs = opened <= _PAIRS and (not opened or is_whole(macro.body))
    return macro.is_alias or not pairs or "&" in re.sub(r"\\begin.*\\end", "", macro.body, flags=re.S)


def _step(source: Source, index: int, levels: list[_Level]) -> int:
    """Open or close what the token opens or closes; the index to go on from."""
    token = source.tokens[index]
    if token.kind == "open":
        levels.append(_Level("{", command=_argument_of(source, index)))
    elif token.name == "left":
        levels.append(_Level("left"))
    elif token.name == "begin":
        return _begun(source, index, levels)
    elif (token.kind == "close" or token.name in ("right", "end")) and len(levels) > 1:
        levels.pop()
        return (source.group(source.skip(index + 1)) or index + 1) if token.name == "end" else index + 1
    elif token.text == "&":
        levels[-1].column += 1
    elif token.name in _BREAKS:
        levels[-1].column = 1
        return _after_break(source, index)
    elif token.name == "multicolumn":
        levels[-1].column += _number(source, index) - 1
    elif token.name in _LINES:
        return source.group(source.skip(index + 1)) or index + 1
    return index + 1


def _after_break(source: Source, index: int) -> int:
    """After `\\\\`, its star and its length."""
    at = index + 1
    if at < len(source.tokens) and source.tokens[at].text == "*":
        at += 1
    return source.bracket(at) or at


def _number(source: Source, index: int) -> int:
    opened = source.skip(index + 1)
    closed = source.group(opened)
    text = source.text(opened + 1, closed - 1).strip() if closed else ""
    return int(text) if text.isdecimal() and len(text) < 3 else 1


def _argument_of(source: Source, opened: int) -> str:
    at = opened - 1
    while at >= 0 and source.tokens[at].kind in ("space", "comment"):
        at -= 1
    before = source.tokens[at].text if at >= 0 else ""
    return before if before in ("_", "^") else taker(source, opened)


def _begun(source: Source, index: int, levels: list[_Level]) -> int:
    name = source.name_of_environment(index)
    at = source.group(source.skip(index + 1)) or index + 1
    most = _MOST.get(name)
    if name in _BY_PREAMBLE or name in _COUNTED:
        at = (source.group(source.skip(at)) or at) if name in _BY_WIDTH else at
        at = source.bracket(source.skip(at)) or at
        opened = source.skip(at)
        closed = source.group(opened)
        if closed:
            inner = source.text(opened + 1, closed - 1)
            most, at = _columns(inner) if name in _BY_PREAMBLE else _pairs(inner, _COUNTED[name]), closed
    levels.append(_Level(name, most))
    return at


def _pairs(text: str, each: int) -> int | None:
    return each * int(text) if text.strip().isdecimal() else None


_REPEATED = pattern(r"\*\s*(?:\{(\d{1,2})\}|(\d))\s*\{([^{}]*)\}")
_DECORATION = pattern(rf"[@!><]\s*{GROUP}")
_WIDTH = pattern(r"[pmbwW]\s*(?:\{[^{}]*\})+")


def _columns(preamble: str) -> int | None:
    """How many columns `|l|*{3}{c}p{2cm}@{}` has; None when it is not certain."""
    text = _DECORATION.sub("", preamble)
    text = _REPEATED.sub(lambda m: m[3] * int(m[1] or m[2]), text)
    text, wide = _WIDTH.subn("", text)
    letters = len(_LETTERS.findall(text))
    return letters + wide if not re.sub(r"[lcrXSJ|:;\s]", "", text) and letters + wide else None


def _column(index: int, text: str, levels: list[_Level]) -> Finding | None:
    top = levels[-1]
    if text != "&":
        return None
    if top.what == "{" and not top.command and all(_is_plain(level) for level in levels):
        return Finding("brace", index, "& inside braces; close them before it, or write \\&")
    if top.what == "{" and (top.command in ("_", "^") or (top.command in counts() and top.command not in _PLAIN)):
        of = f"a {top.command}" if top.command in ("_", "^") else f"\\{top.command}"
        return Finding("brace", index, f"& inside the argument of {of}; close the brace before it, or write \\&")
    if top.most and top.column == top.most:
        return Finding("column", index, f"a row of {top.what} has {top.most} columns; this & begins one more", top.what)
    return None


def _is_plain(level: _Level) -> bool:
    """Whether no command takes what it holds, which it might align."""
    return level.what != "{" or not level.command or level.command in counts().keys() - _PLAIN


def _line(index: int, name: str, levels: list[_Level]) -> Finding | None:
    top = levels[-1]
    if not top.what and len(levels) == 1:
        return Finding("line", index, f"\\{name} outside an array")
    if top.what in ("{", "left", "") or top.fresh:
        return None
    return Finding("line", index, f"\\{name} in the middle of a row; it stands after \\\\")
