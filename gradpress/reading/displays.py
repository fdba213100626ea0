r"""Displays that pandoc's Markdown reader would take apart, mended in the source, line for line.

* A blank line between `$$` and `$$` ends the formula for pandoc; it becomes a TeX comment.
* `\be … \ee`, macros that stand for `\begin{equation}` and `\end{equation}`, are written out: pandoc
  sees a formula only between the real ones.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from gradpress.patterns import pattern
from gradpress.tex.macros import Macro

_DOLLARS = pattern(r"^(?P<prefix>[ \t>]*)\$\$[ \t]*(?:\{#[^}]*\})?[ \t]*$")
_SPAN = pattern(r"(`+)(?!`).*?(?<!`)\1(?!`)|\\.")
_SHORTHAND = pattern(r"^\s*\\(?:begin|end)\s*\{[A-Za-z]+\*?\}\s*$")
_CODE = r"(?P<code>(`+)(?:(?!`).|\n)*?\2)"
MOST_LINES = 60
"""A display is no longer; two lone `$$` further apart are something else."""


def without_blank_lines(lines: Sequence[str], code: set[int]) -> list[str]:
    """The lines with `%` for each blank one between two lines that are nothing but `$$`."""
    result = list(lines)
    for opened, closed in _pairs(lines, code):
        between = range(opened + 1, closed) if _DOLLARS.match(lines[closed]) and _DOLLARS.match(lines[opened]) else ()
        for k in between:
            if not lines[k].strip(" \t>"):
                result[k] = f"{lines[k].rstrip()}%"
    return result


def _pairs(lines: Sequence[str], code: set[int]) -> Iterator[tuple[int, int]]:
    """Lines that open a display, with those that close it.  `$$ {#eq-x}` closes; the one before it has opened that."""
    marks = [
        at for at, line in enumerate(lines) if at not in code and "$$" in line and _SPAN.sub("", line).count("$$") % 2
    ]
    opened = -1
    for mark, following in zip(marks, [*marks[1:], -1], strict=False):
        closes_next = following >= 0 and "{#" in lines[following] and "{#" not in lines[mark]
        if opened < 0 or mark - opened > MOST_LINES or (closes_next and following - mark <= MOST_LINES):
            opened = mark
            continue
        yield opened, mark
        opened = -1


def shorthands(macros: Mapping[str, Macro]) -> dict[str, str]:
    """Macros without arguments that only begin or end an environment."""
    return {n: m.body.strip() for n, m in macros.items() if not m.parameters and _SHORTHAND.match(m.body)}


def written_out(text: str, known: Mapping[str, str]) -> str:
    """The text with these macros replaced, code in backticks left alone."""
    words: Iterable[str] = sorted(map(re.escape, known), key=len, reverse=True)
    pattern = re.compile(rf"{_CODE}|\\(?P<name>{'|'.join(words)})(?![A-Za-z])[ \t]?")
    return pattern.sub(lambda m: m[0] if m["code"] else known[m["name"]], text)
