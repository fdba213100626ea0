"""Lines of included files, as numbers that can be added to like all line numbers.

A page's line map gives every line a number.  One of an included file has a number beyond `SPAN`: which file it is
and where it is included, then the line.  A diagnostic turns it back into file and line; what must stay in the page
(a cell runs as the page's) takes the line of the include.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple
from zlib import crc32

SPAN = 1_000_000
"""More lines than a page has; pages have 20 MB at most, and numbers are only ever raised by lengths of elements."""


class Included(NamedTuple):
    """A file as diagnostics name it, the line that includes it, and where it is."""

    file: str
    at: int
    path: Path


_NONE = Included("", 0, Path())
_known: dict[int, Included] = {}


def first(file: str, at: int, path: Path) -> int:
    """What to add to the line numbers of `file`, included in line `at`; the same in every run of the program."""
    key = crc32(f"{file}\0{at}".encode()) + 1
    _known[key] = Included(file, at, path)
    return key * SPAN


def used_by(lines: Iterable[int]) -> dict[int, Included]:
    """What these numbers mean, for another process."""
    keys = {line // SPAN for line in lines if line >= SPAN}
    return {key: _known[key] for key in keys if key in _known}


def learn(known: Mapping[int, Included]) -> None:
    """Take what another process knows."""
    _known.update(known)


def place(line: int) -> tuple[str, int]:
    """File and line of a number; no file for a line of the page itself, no line for a file that is not known."""
    if line < SPAN:
        return "", line
    file = _known.get(line // SPAN, _NONE).file
    return file, line % SPAN if file else 0


def in_page(line: int) -> int:
    """The line of the page: where the file is included."""
    while line >= SPAN:
        line = _known.get(line // SPAN, _NONE).at
    return line


def text_at(line: int, page: str) -> tuple[str, int]:
    """The text in which `line` counts, `page` or an included file, and what its line numbers are raised by."""
    if line < SPAN:
        return page, 0
    try:
        text = _known.get(line // SPAN, _NONE).path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        text = ""
    return text, line - line % SPAN


def said(line: int) -> str:
    """For a message: `12`, or `3 of part.md`."""
    file, number = place(line)
    return f"{number} of {file}" if file else str(number)
