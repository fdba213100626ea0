r"""Braces of a LaTeX page that have no partner: told where they stand, and read as if they had one.

pandoc stops at the end of the paragraph in which `\textbf{word` or `$x_{1$` is never closed, LaTeX at the end of the
page, and neither says which brace it was.  A formula is looked at by itself: one slip does not reach the next.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from gradpress.diagnostics import report
from gradpress.dialects.latex_text import masked
from gradpress.patterns import pattern
from gradpress.tex.tokens import SIGNATURES

_FORMULAS = r"equation|align|gather|multline|flalign|alignat|xalignat|eqnarray|displaymath|math|dmath|IEEEeqnarray"
_MARK = pattern(rf"\\begin\s*\{{(?P<name>(?:{_FORMULAS})\*?)\}}|\\[\[(]|\$\$?|\\.|(?P<brace>[{{}}])", re.S)
_INLINE = pattern(r"\\.|[{}$]|\n[ \t]*\n", re.S)
_BRACE = pattern(r"\\.|[{}]", re.S)
_COMMAND = pattern(r"(?:\\([A-Za-z]+)\*?|[\]}])\s*\Z")
_CLOSING = {"\\[": "\\]", "\\(": "\\)", "$$": "$$"}
_ENVIRONMENT = pattern(r"\\(?P<what>begin|end)\s*\{(?P<name>[^{}]*)\}")
_STOP = pattern(
    r"[ \t]*\n[ \t]*\n|\\(?:item|(?:sub)*section|chapter|part|(?:sub)?paragraph|bibitem|caption|label)(?![A-Za-z])"
    r"|\\begin\s*\{[^{}]*\}|\\end\s*\{[^{}]*\}|(?P<cell>(?<!\\)&|\\\\)"
)
"""What no argument holds that a writer forgets to close."""
_TABLE = pattern(r"tabular|array|longtable|tabu")


class _Lone(NamedTuple):
    at: int
    formula: tuple[int, int] | None
    """Where the formula begins and ends in which it stands."""


def matched(text: str, lines: Sequence[int]) -> str:
    """The text without braces that have no partner; `lines` are the numbers of its lines."""
    shown = masked(text)
    edits = []
    for lone in _lone(shown, max(shown.find("\\begin{document}"), 0)):
        opens = shown[lone.at] == "{"
        _tell(opens, lone.formula is not None, lines[shown.count("\n", 0, lone.at)])
        edits.append((_end(shown, lone), "}") if opens else (lone.at, " "))
    for at, instead in sorted(edits, reverse=True):
        text = text[:at] + instead + text[at + (instead == " ") :]
    return text


def _tell(opens: bool, in_formula: bool, line: int) -> None:
    if in_formula:
        report("math-unbalanced", "'{' is never closed" if opens else "'}' without '{'", line=line)
        return
    message = "this { is never closed" if opens else "this } closes nothing"
    hint = "close it, or write \\{ for the sign" if opens else "leave it out, or write \\} for the sign"
    report("brace-unmatched", message, line=line, hint=hint)


def _lone(shown: str, start: int) -> Iterator[_Lone]:
    opened: list[int] = []
    at = start
    while found := _MARK.search(shown, at):
        at = found.end()
        if stop := _formula(shown, found):
            yield from (_Lone(brace, (at, stop)) for brace in _unpaired(shown, at, stop))
            at = stop + len(found[0]) * (found[0][0] == "$")
        elif found["brace"] == "{":
            opened.append(found.start())
        elif found["brace"] and opened:
            opened.pop()
        elif found["brace"]:
            yield _Lone(found.start(), None)
    yield from (_Lone(brace, None) for brace in opened)


def _formula(shown: str, found: re.Match[str]) -> int:
    """Where the formula ends that begins here; 0 if none does."""
    if found[0] == "$":
        return _inline(shown, found.end())
    if found["name"]:
        end = re.compile(rf"\\end\s*\{{{re.escape(found['name'])}\}}").search(shown, found.end())
        return end.start() if end else 0
    return max(shown.find(_CLOSING[found[0]], found.end()), 0) if found[0] in _CLOSING else 0


def _inline(shown: str, start: int) -> int:
    """Where `$…$` ends; a `$` in the braces of a text in the formula ends nothing, if one outside them does."""
    opened: list[bool] = []
    first = 0
    for mark in _INLINE.finditer(shown, start):
        if mark[0][0] == "\n":
            break
        if mark[0] == "$" and not any(opened):
            return mark.start()
        if mark[0] == "$":
            first = first or mark.start()
        elif mark[0] == "{":
            opened.append(_may_hold_text(shown, mark.start()))
        elif mark[0] == "}" and opened:
            opened.pop()
    return first


def _may_hold_text(shown: str, at: int) -> bool:
    """Whether a group is the argument of a command that takes text, or of one that we do not know."""
    before = _COMMAND.search(shown, max(at - 60, 0), at)
    return before is not None and "t" in SIGNATURES.get(before[1] or "", "t")


def _unpaired(shown: str, start: int, stop: int) -> list[int]:
    opened: list[int] = []
    lone: list[int] = []
    for brace in _BRACE.finditer(shown, start, stop):
        if brace[0] == "{":
            opened.append(brace.start())
        elif brace[0] == "}":
            if opened:
                opened.pop()
            else:
                lone.append(brace.start())
    return [*lone, *opened]


def _end(shown: str, lone: _Lone) -> int:
    """Where a group that is never closed was meant to end, at the latest."""
    last = lone.formula[1] if lone.formula else len(shown)
    in_cells = lone.formula is not None or bool(_TABLE.search(_around(shown, lone.at)))
    stops = (s.start() for s in _STOP.finditer(shown, lone.at, last) if in_cells or not s["cell"])
    return next(stops, last)


def _around(shown: str, at: int) -> str:
    """The environment that a place stands in."""
    opened = [""]
    for found in _ENVIRONMENT.finditer(shown, 0, at):
        if found["what"] == "begin":
            opened.append(found["name"])
        elif len(opened) > 1:
            opened.pop()
    return opened[-1]
