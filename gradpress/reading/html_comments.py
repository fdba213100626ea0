"""Comments of HTML that are never closed: pandoc shows them, or takes all away up to the end of the next one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gradpress.reading.spots import Found

_OPEN, _CLOSE = "<!--", "-->"
RULE = "comment-unclosed"


def problems(text: str, lines: Sequence[int]) -> Iterator[Found]:
    """Where such comments of a text without code open; `lines[i]` is the number of its line i."""
    start = text.find(_OPEN)
    while start >= 0:
        end, following = text.find(_CLOSE, start + 4), text.find(_OPEN, start + 4)
        line = lines[text.count("\n", 0, start)]
        if end < 0:
            yield RULE, line, "this comment is never closed, and is shown; end it with -->"
        elif 0 <= following < end:
            yield RULE, line, "this comment is not closed before the next one, and takes away all up to its end"
        start = following
