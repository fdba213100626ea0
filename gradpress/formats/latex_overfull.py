r"""Lines that stick out of the text of a PDF, by their lines in the Markdown file.

LaTeX tells of a formula where it ends, and of a paragraph or a table from which line to which it goes.  A formula, also
one inside the paragraph, has a marker before it; for any other the line of the Markdown file is looked for that has the
same words.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from typing import NamedTuple

from gradpress.formats import latex_places
from gradpress.page import Page
from gradpress.patterns import pattern

_SAID = pattern(
    r"^Overfull \\hbox \(([\d.]+)pt too wide\) "
    r"(?:in (?:paragraph|alignment) at lines (\d+)--(\d+)|detected at line (\d+))",
    re.M,
)
LEAST = 10.0
"""Points; less is not seen by a reader."""
_COMMAND = pattern(r"\\[A-Za-z]+|\{[^{}]*\}(?=\{)|%.*")
_WORD = pattern(r"[^\W_]{2,}")


class Overfull(NamedTuple):
    """A line that sticks out of the text."""

    line: int
    """In the Markdown file; 0 if it cannot be told."""
    points: float


def overfull(log: str, source: str, page: Page) -> list[Overfull]:
    """What LaTeX said of one page."""
    return overfull_in(log, source, [(0, 1 << 30)], [page])[0]


def overfull_in(log: str, source: str, spans: Sequence[tuple[int, int]], pages: Sequence[Page]) -> list[list[Overfull]]:
    """What it said of each of several pages that stand in these lines of one LaTeX file, one after the other."""
    lines = source.split("\n")
    starts = [first for first, _ in spans]
    worst: list[dict[int, float]] = [{} for _ in spans]
    for said in _SAID.finditer(log):
        points, last = float(said[1]), int(said[4] or said[3])
        at = bisect_right(starts, last) - 1
        if points > LEAST and at >= 0 and last <= spans[at][1]:
            line = _line(lines, int(said[2] or 0), last, pages[at])
            worst[at][line] = max(points, worst[at].get(line, 0.0))
    return [[Overfull(line, points) for line, points in sorted(of.items())] for of in worst]


def _line(tex: Sequence[str], first: int, last: int, page: Page) -> int:
    """`first`: where the paragraph begins; 0 for a display."""
    before = latex_places.block(tex, last)
    is_formula = not first or len(before.lines) <= last - first
    if is_formula and before.start:
        return before.start
    texts = page.source.body.split("\n")
    for line in tex[first - 1 : last]:
        if found := _with_words(line, texts):
            return page.source.lines[found - 1]
    return before.start


def _with_words(tex: str, texts: Sequence[str]) -> int:
    """The number of the line that has most of the words of a line of LaTeX, and at least half; 0 if none has."""
    words = set(_WORD.findall(_COMMAND.sub(" ", tex)))
    if not words:
        return 0
    shared = [len(words.intersection(_WORD.findall(text))) for text in texts]
    most = max(shared)
    return shared.index(most) + 1 if 2 * most >= len(words) else 0
