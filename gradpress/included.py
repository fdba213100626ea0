"""Lines of included files, as numbers that can be added to like all line numbers.

A page's line map gives every line a number.  One of an included file has a number beyond `SPAN`: which file it is
and where it is included, then the line.  A diagnostic turns it back into file and line; what must stay in the page
(a cell runs as the page's) takes the line of the include.
"""

from __future__ import annotations

from zlib import crc32

SPAN = 1_000_000
"""More lines than a page has; pages have 20 MB at most, and numbers are only ever raised by lengths of elements."""

_known: dict[int, tuple[str, int]] = {}


def first(file: str, at: int) -> int:
    """What to add to the line numbers of `file`, included in line `at`; the same in every run of the program."""
    key = crc32(f"{file}\0{at}".encode()) + 1
    _known[key] = file, at
    return key * SPAN


def place(line: int) -> tuple[str, int]:
    """File and line of a number; no file for a line of the page itself, no line for a file that is not known."""
    if line < SPAN:
        return "", line
    file, _ = _known.get(line // SPAN, ("", 0))
    return file, line % SPAN if file else 0


def in_page(line: int) -> int:
    """The line of the page: where the file is included."""
    while line >= SPAN:
        _, line = _known.get(line // SPAN, ("", 0))
    return line


def said(line: int) -> str:
    """For a message: `12`, or `3 of part.md`."""
    file, number = place(line)
    return f"{number} of {file}" if file else str(number)
