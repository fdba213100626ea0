r"""Theorems of a LaTeX page that nothing declares: LaTeX stops at `\begin{lemma}` without a `\newtheorem{lemma}`.

In Markdown these environments are there without a declaration.  In LaTeX they may come from the class, from a
package, or from a file that the preamble reads; where none of those can be it, they are told.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from gradpress.diagnostics import report, reported
from gradpress.math.mathjax import unknown_packages
from gradpress.numbers.theorems import STANDARD
from gradpress.patterns import pattern
from gradpress.tex.macros import Preamble

_BEGIN = pattern(r"\\begin\s*\{([A-Za-z]+)\*?\}")
_CLASS = pattern(r"\\documentclass\s*(?:\[[^\]]*\])?\s*\{([^{}]*)\}")
_PLAIN_CLASSES = frozenset(
    "article report book amsart amsbook amsproc scrartcl scrreprt scrbook memoir extarticle".split()
)
_DECLARING = frozenset(["ntheorem", "theorem"])
"""Packages with options that declare theorems."""
_ELSEWHERE = pattern(r"\\(?:input|include|import|subimport|LoadClass|RequirePackage)(?![A-Za-z])")
_OTHERS = frozenset(["proof", "algorithm", "solution"])
"""What packages of other purposes define."""


def check(head: str, body: str, known: Preamble, lines: Sequence[int]) -> None:
    """Report the first use of each; `head` with the class, `body` without code, `lines` the numbers of its lines."""
    chosen = _CLASS.search(head)
    if not chosen or chosen[1].strip() not in _PLAIN_CLASSES or _ELSEWHERE.search(head):
        return
    if (
        reported("include-missing")
        or unknown_packages(known)
        or any(package.name in _DECLARING for package in known.packages)
    ):
        return
    for name, at in _undeclared(head, _BEGIN.finditer(body)):
        hint = f"write \\newtheorem{{{name}}}{{{name.capitalize()}}} before \\begin{{document}}"
        line = lines[body.count("\n", 0, at)]
        report("undefined-environment", f"the environment {name} is not defined", line=line, hint=hint)


def _undeclared(head: str, begun: Iterable[re.Match[str]]) -> list[tuple[str, int]]:
    first: dict[str, int] = {}
    for found in begun:
        if found[1] in STANDARD and found[1] not in _OTHERS and not re.search(rf"\b{found[1]}\b", head):
            first.setdefault(found[1], found.start())
    return list(first.items())
