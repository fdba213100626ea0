r"""An `&` more than the three columns of `eqnarray`, at which LaTeX stops.

A numbered `eqnarray` is set as `align`, which would take it: so it is looked at as its author wrote it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from gradpress.math.rows import findings
from gradpress.patterns import pattern
from gradpress.reading.spots import Found
from gradpress.tex.macros import Preamble
from gradpress.tex.tokens import source_of

_EQNARRAY = pattern(r"\\begin\s*\{eqnarray\}.*?\\end\s*\{eqnarray\}", re.S)


def problems(text: str, lines: Sequence[int], known: Preamble) -> Iterator[Found]:
    """The first such sign of each `eqnarray` of a text without code; `lines[i]` is the number of its line i."""
    for display in _EQNARRAY.finditer(text):
        source = source_of(display[0])
        for found in findings(source, known):
            if found.kind == "column" and found.what == "eqnarray":
                at = display.start() + source.tokens[found.at].offset
                yield "misplaced-alignment", lines[text.count("\n", 0, at)], found.message
                break
