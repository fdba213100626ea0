"""A `$` of LaTeX that is never closed: pandoc reads on to the end of the text and says no more than that."""

from __future__ import annotations

from gradpress.dialects.latex_text import masked
from gradpress.patterns import pattern

_DOLLAR = pattern(r"(?<!\\)(?:\\\\)*(\$\$?)")
_PARAGRAPH = pattern(r"(?:[^\n]*\S[^\n]*\n?)+")
_WORDS = pattern(r"(?<![\\\w{])[A-Za-z]{2,}\s+[A-Za-z]{2,}\s|\\(?:begin|end)\s*\{(?![a-z]*(?:matrix|array|cases|ed)\})")
"""What no formula inside a line holds."""


def line(text: str) -> int:
    """The line of the first such `$`; 0 if there is none."""
    shown = masked(text)
    for paragraph in _PARAGRAPH.finditer(shown):
        marks = [m for m in _DOLLAR.finditer(shown, paragraph.start(), paragraph.end()) if len(m[1]) == 1]
        if len(marks) % 2:
            return shown.count("\n", 0, _first_open(shown, [m.start(1) for m in marks])) + 1
    return 0


def _first_open(text: str, marks: list[int]) -> int:
    """The one behind which words stand where a formula should; the last one if there is none."""
    pairs = zip(marks[::2], marks[1::2], strict=False)
    return next((opening for opening, closing in pairs if _WORDS.search(text, opening + 1, closing)), marks[-1])
