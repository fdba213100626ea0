r"""Environments outside dollars whose `\begin` and `\end` do not match: pandoc reads them as text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from gradpress.nearest import steps
from gradpress.patterns import pattern
from gradpress.reading.included import said
from gradpress.reading.spots import Found, blank
from gradpress.records import dataclass, field
from gradpress.tex import gathered

_ENVIRONMENT = pattern(r"(?<!\\)\\(begin|end)\s*\{([A-Za-z]+\*?)\}")
_DISPLAYS = frozenset("equation align gather multline alignat flalign eqnarray".split())
_MATHEMATICS = frozenset(
    "equation align gather multline alignat flalign eqnarray aligned gathered split cases matrix pmatrix bmatrix "
    "Bmatrix vmatrix Vmatrix array subequations dcases".split()
)
_DOLLARS = pattern(r"(?<!\\)\$\$.*?\$\$|(?<![\\$])\$[^$\n]+\$", re.S)
_COMMENT = pattern(r"(?<!\\)%[^\n]*")


def problems(text: str, lines: Sequence[int]) -> list[Found]:
    """What is wrong with the environments of a text without code; `lines[i]` is the number of its line i."""
    if "\\begin" not in text and "\\end" not in text:
        return []
    text = _DOLLARS.sub(blank, _COMMENT.sub(blank, text))
    reader = _Environments()
    for found in _ENVIRONMENT.finditer(text):
        line = lines[text.count("\n", 0, found.start())]
        reader.begin(found[2], line) if found[1] == "begin" else reader.end(found[2], line)
    reader.endless(reader.opened)
    return reader.found


@dataclass
class _Environments:
    """Which environments are open, outermost first, and what is wrong with those before."""

    opened: list[_Opened] = field(default_factory=list)
    found: list[Found] = field(default_factory=list)

    def begin(self, name: str, line: int) -> None:
        """A display inside another one is told when the other one is closed: else that is the fault."""
        outer = next((o for o in self.opened if _is_display(o.name)), None)
        is_line = name in gathered.ALIGNED and self.opened and self.opened[-1].name in ("gather", "gather*")
        if outer and _is_display(name) and not is_line:
            instead = "write aligned or gathered" if name.rstrip("*") in ("align", "gather") else "leave one out"
            where = f"inside \\begin{{{outer.name}}} of line {said(outer.line)}"
            outer.inner.append(("math-unbalanced", line, f"\\begin{{{name}}} {where}; {instead}"))
        self.opened.append(_Opened(name, line, []))

    def end(self, name: str, line: int) -> None:
        """What is not ended inside a formula is told with the formula."""
        top = self.opened[-1] if self.opened else None
        if top and top.name == name:
            self.found += self.opened.pop().inner
        elif any(o.name == name for o in self.opened):
            self._end_outer(name)
        elif top and _is_formula(top.name):
            self.opened.pop()
            if not self._inside_formula():
                message = f"\\end{{{name}}} ends \\begin{{{top.name}}} of line {said(top.line)}"
                self.found.append(("math-unbalanced", line, message))
        elif _is_formula(name):
            self._end_alone(name, line, top)

    def _end_outer(self, name: str) -> None:
        at = max(k for k, o in enumerate(self.opened) if o.name == name)
        inner, self.opened = self.opened[at + 1 :], self.opened[:at]
        if not _is_formula(name) and not self._inside_formula():
            self.endless(inner)

    def _end_alone(self, name: str, line: int, top: _Opened | None) -> None:
        """The end of a formula that nothing begins, unless what begins it is misspelt."""
        if top and steps(top.name, name) <= _MISSPELT:
            self.opened.pop()
            message = f"\\begin{{{top.name}}} is ended by \\end{{{name}}}"
            self.found.append(("math-unbalanced", top.line, message))
        else:
            self.found.append(("math-unbalanced", line, f"\\end{{{name}}} without \\begin"))

    def endless(self, opened: Iterable[_Opened]) -> None:
        """Report what is never ended."""
        for name, line, _ in opened:
            if _is_formula(name):
                self.found.append(("math-unbalanced", line, f"\\begin{{{name}}} has no \\end"))
            else:
                message = f"\\begin{{{name}}} has no \\end and is shown as text"
                self.found.append(("marker-as-text", line, message))

    def _inside_formula(self) -> bool:
        return any(_is_formula(o.name) for o in self.opened)


_MISSPELT = 2
"""Letters in which a misspelt name differs."""


class _Opened(NamedTuple):
    name: str
    line: int
    inner: list[Found]
    """Findings that hold if this one is ended."""


def _is_formula(name: str) -> bool:
    return name.rstrip("*") in _MATHEMATICS


def _is_display(name: str) -> bool:
    return name.rstrip("*") in _DISPLAYS
