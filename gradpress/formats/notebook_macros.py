r"""The author's definitions for Jupyter, whose MathJax shares them over the page: `$\newcommand…$` in the first cell.

What Jupyter's MathJax cannot be told, or may not know, is expanded in the formulas instead.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from gradpress.math import known, plain_tex
from gradpress.math.github import Formula, refused, rewritten
from gradpress.math.regions import Same
from gradpress.tex.expansion import expand
from gradpress.tex.for_mathjax import inexpressible, mathjax
from gradpress.tex.macros import Preamble

_DEFINING = ("newcommand", "html", "require")
"""Extensions of MathJax that Jupyter has besides those of `plain_tex`."""


@lru_cache(maxsize=8)
def _expanded(for_preamble: Same) -> tuple[Preamble, frozenset[str]]:
    """All definitions, and the names of those that stand in no first cell."""
    own: Preamble = for_preamble.value
    others = plain_tex.substitutes(own)
    names = (others.macros.keys() | others.environments.keys()) - own.macros.keys() - own.environments.keys()
    paired = {name for name, macro in own.macros.items() if macro.parts}
    return others.then(own), frozenset(names) | inexpressible(own) | paired


def formula(text: str, own: Preamble, *, display: bool) -> Formula:
    """A formula in the commands of Jupyter's MathJax and of the first cell; its numbers are tags."""
    preamble, names = _expanded(Same.of(own))
    written = rewritten(expand(text, preamble, names), display=display, refuses=False)
    shown = known.known(plain_tex.VERSION, (*plain_tex.PACKAGES, *_DEFINING))
    more = known.Names(shown.macros | own.macros.keys(), shown.environments | own.environments.keys(), shown.delimiters)
    return Formula(written, tuple(refused(written, text, more, "Jupyter")))


def definitions(own: Preamble) -> str:
    """The first cell; empty where there is nothing to define."""
    return "\n".join(f"${line}$" for line in _lines(own))


def _lines(own: Preamble) -> Iterator[str]:
    preamble, names = _expanded(Same.of(own))
    given = mathjax(own)

    def said(text: str) -> str:
        return expand(str(text), preamble, names)

    yield from filter(None, given.prelude.split("\n"))
    for name, entry in given.macros.items():
        if name not in own.macros or name in names:
            continue
        yield _macro(name, [said(entry)] if isinstance(entry, str) else [said(entry[0]), *entry[1:]])
    for name, (begin, end, *counted) in given.environments.items():
        yield f"\\newenvironment{{{name}}}{_counts(counted)}{{{said(begin)}}}{{{said(end)}}}"


def _macro(name: str, entry: list[Any]) -> str:
    body, *counted = entry
    if len(counted) == 2 and isinstance(counted[1], list):
        first, *after = counted[1]
        return f"\\def\\{name}{first}{''.join(f'#{n}{end}' for n, end in enumerate(after, 1))}{{{body}}}"
    return f"\\newcommand{{\\{name}}}{_counts(counted)}{{{body}}}"


def _counts(counted: list[Any]) -> str:
    return "".join(f"[{part}]" for part in counted)
