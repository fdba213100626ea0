r"""From a line of the LaTeX file to the line of the Markdown file.

Words: a *block* is what stands between a marker and the line in which LaTeX stopped: a formula, a table, raw TeX.
LaTeX reads an `align` to its end before it sets it, so that the line in which it stops says little; what the message
is about is then looked for in the block, and its line in the Markdown file is the one with the same text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from gradpress.formats.tex_elements import MARKER
from gradpress.math import culprits
from gradpress.patterns import pattern
from gradpress.reading.included import text_at
from gradpress.tex.macros import Preamble

_MARKED = pattern(rf"{MARKER}(\d+)$")
_COLLECTED = pattern(r"\\end\{(?:align|gather|multline|alignat|flalign|eqnarray|equation|split|aligned)\w*\*?\}")
_DRESS = pattern(r"[\s{}>]+|\\[\[\]()]|%@L\d+")
_TABLE = pattern(r"\\begin\{longtable\}|\\(?:top|mid|bottom)rule|\\endhead")
_NEAR = 3
"""Lines that a block may have more or less than in the Markdown file before its text is found."""


class Block(NamedTuple):
    """What LaTeX was reading."""

    start: int
    """Line of the Markdown file in which it begins; 0 if no marker says it."""
    lines: tuple[str, ...]
    """Its lines in the LaTeX file, the last one where LaTeX stopped."""

    @property
    def last(self) -> int:
        """Line of the Markdown file in which it ends, about."""
        return self.start + max(len(self.lines) - 1, 0)


def block(tex: Sequence[str], number: int) -> Block:
    """What stands before and in line `number` of the LaTeX file, from the nearest marker on.

    A marker at the end of that line is the next block's.
    """
    stop = min(number, len(tex))
    for at in range(stop - 2, -1, -1):
        found = _MARKED.search(tex[at])
        if found:
            return Block(int(found[1]), tuple(tex[at + 1 : stop]))
    return Block(0, ())


def line(found: Block, message: str, before: str, markdown: str, preamble: Preamble) -> int:
    """The line of the Markdown file that `message` is about; `before` is what LaTeX had read of its last line."""
    if not found.start:
        return 0
    text, raised = text_at(found.start, markdown)
    written = [_bare(each) for each in text.split("\n")]
    start = found.start - raised
    if any(map(_TABLE.search, found.lines)) and (at := _with_text(before, written, start)):
        return at + raised
    offset = culprits.exact("\n".join(found.lines), message, preamble)
    if offset is not None:
        delta = "\n".join(found.lines).count("\n", 0, offset)
    elif found.lines and not _COLLECTED.search(found.lines[-1]):
        delta = len(found.lines) - 1
    else:
        return found.start
    here = _same(_bare(found.lines[delta]), written, start + delta)
    return here + raised if here else found.start


def _bare(text: str) -> str:
    return _DRESS.sub("", text)


def _same(wanted: str, written: Sequence[str], expected: int) -> int:
    """The line nearest to the expected one that has the same text; 0 if there is none near."""
    wanted = re.sub(r"\\(?:tag|label)[^\\]*(?=\\\\|$)", "", wanted)
    near = sorted(range(expected - _NEAR, expected + _NEAR + 1), key=lambda k: abs(k - expected))
    return next((k for k in near if wanted and 0 < k <= len(written) and wanted in written[k - 1]), 0)


def _with_text(before: str, written: Sequence[str], start: int) -> int:
    """The line after `start` with the end of what LaTeX had read: a formula, or a cell of a table."""
    for wanted in _ends(before):
        found = next((k for k in range(start, len(written) + 1) if wanted in written[k - 1]), 0)
        if found:
            return found
    return 0


def _ends(before: str) -> Iterator[str]:
    for mark in (r"\\\(", r"&", r"\$"):
        pieces = re.split(mark, before)
        if len(pieces) > 1 and len(_bare(pieces[-1])) > 3:
            yield _bare(pieces[-1])
