r"""Displays that pandoc's Markdown reader would take apart, mended in the source, line for line.

* A blank line between `$$` and `$$` ends the formula for pandoc; it becomes a TeX comment.
* `\be … \ee`, macros that stand for `\begin{equation}` and `\end{equation}`, are written out: pandoc
  sees a formula only between the real ones.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import takewhile

from gradpress.patterns import pattern
from gradpress.reading.spots import blank
from gradpress.tex.macros import Macro

_DOLLARS = pattern(r"^(?P<prefix>[ \t>]*)\$\$[ \t]*(?:\{#[^}]*\})?[ \t]*$")
_SPAN = pattern(r"(`+)(?!`).*?(?<!`)\1(?!`)|\\.")
_SHORTHAND = pattern(r"^\s*\\(?:begin|end)\s*\{[A-Za-z]+\*?\}\s*$")
_DOUBLE = pattern(r"\$\$")
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
        is_other = opened >= 0 and _is_elsewhere(lines[opened], lines[mark])
        if opened < 0 or is_other or mark - opened > MOST_LINES or (closes_next and following - mark <= MOST_LINES):
            opened = mark
            continue
        yield opened, mark
        opened = -1


def _is_elsewhere(opening: str, closing: str) -> bool:
    """Whether one of two lines of dollars stands in a list or a quotation, and the other does not."""
    first, second = _DOLLARS.match(opening), _DOLLARS.match(closing)
    return bool(first and second) and first["prefix"] != second["prefix"]  # type: ignore[index]


def shown(text: str, behind: str) -> int:
    """Index of the line of a text without code whose `$$` pandoc shows: that with these words behind it.

    Of several, the first that an empty line keeps from the next one; -1 if there is none.
    """
    lines = text.split("\n")
    marks = [(at, m.end()) for at, line in enumerate(lines) for m in _DOUBLE.finditer(_SPAN.sub(blank, line))]
    likeness = [_alike("".join([lines[at][end:], *lines[at + 1 : at + 4]]), behind) for at, end in marks]
    best = [at for (at, _), alike in zip(marks, likeness, strict=True) if alike == max(likeness)]
    unread = _unread(lines, [at for at, _ in marks])
    return next((at for at in best if at in unread), best[0] if best else -1)


def _unread(lines: Sequence[str], marks: list[int]) -> list[int]:
    found = []
    while marks:
        opened = marks.pop(0)
        if marks and all(line.strip(" \t>") for line in lines[opened : marks[0]]):
            marks.pop(0)
        else:
            found.append(opened)
    return found


def _alike(one: str, other: str) -> int:
    """With how many signs both begin, spaces left out."""
    pairs = zip(re.sub(r"[\s>]", "", one), re.sub(r"[\s>]", "", other)[:20], strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def shorthands(macros: Mapping[str, Macro]) -> dict[str, str]:
    """Macros without arguments that only begin or end an environment."""
    return {n: m.body.strip() for n, m in macros.items() if not m.parameters and _SHORTHAND.match(m.body)}


def written_out(text: str, known: Mapping[str, str]) -> str:
    """The text with these macros replaced, code in backticks left alone."""
    words: Iterable[str] = sorted(map(re.escape, known), key=len, reverse=True)
    pattern = re.compile(rf"{_CODE}|\\(?P<name>{'|'.join(words)})(?![A-Za-z])[ \t]?")
    return pattern.sub(lambda m: m[0] if m["code"] else known[m["name"]], text)
