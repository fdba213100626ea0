"""Where a formula, a block or a link of the document stands in its Markdown file.

pandoc's Markdown reader gives no positions.  The text of an element does: searched in the source
with white space and braces left out (filters add braces and nothing else), in document order, every
formula of the notes tried was found.  `line_of` is what filters call; outside a build it says 0.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar

from gradpress.patterns import pattern

_QUOTE = pattern(r"^(?:[ \t]*>)+")


def _squeezed(text: str) -> str:
    """Without white space and braces.  (By the methods of strings: a third of what a regular expression takes.)"""
    return "".join(text.split()).replace("{", "").replace("}", "")


class Places:
    """An index of one source text.  `lines[i]` is the number, in the file, of its line i."""

    def __init__(self, text: Sequence[str], lines: Sequence[int], header: Sequence[str] = ()) -> None:
        squeezed = [_squeezed(_QUOTE.sub("", line)) for line in text]
        self._raw = text
        self._lines = lines
        self._starts = _running_sum(squeezed)
        self._text = "".join(squeezed)
        self._cursors: dict[str, int] = {}
        self._origins: dict[str, str] = {}
        self._header = Places(header, range(1, len(header) + 1)) if header else None
        """The YAML header, for what stands nowhere else: formulas of the title and the abstract."""

    def restart(self) -> None:
        """Begin a new walk through the document: the next look-up finds the first occurrence again."""
        self._cursors.clear()

    def line_of(self, text: str, *, end: bool = False) -> int:
        """Line in which the next occurrence of `text` in this walk begins, or ends; 0 if it is not in the source."""
        key = _squeezed(text)
        key = self._origins.get(key, key)
        if not key:
            return 0
        for wanted in (f"${key}$", f"`{key}`", key):
            at = self._next(wanted)
            if at >= 0:
                at += len(wanted) - 1 if end else wanted != key
                return self._lines[bisect_right(self._starts, at) - 1]
        return self._header.line_of(text, end=end) if self._header else 0

    def line_of_name(self, mark: str) -> int:
        """Line of the next `@key` that does not go on, as `@key-2` would; 0 if it is not in the source."""
        whole = re.compile(rf"(?<![\w@]){re.escape(mark)}(?![\w])(?![-:.][\w])")
        found = [number for text, number in zip(self._raw, self._lines, strict=False) for _ in whole.finditer(text)]
        count = self._cursors.get(mark, 0)
        self._cursors[mark] = count + 1
        return found[min(count, len(found) - 1)] if found else 0

    def texts_from(self, line: int) -> Iterator[tuple[str, int]]:
        """The lines of the source from the one with this number on, with their numbers."""
        at = self._lines.index(line) if line in self._lines else len(self._lines)
        yield from zip(self._raw[at:], self._lines[at:], strict=False)

    def rename(self, old: str, new: str) -> None:
        """A filter has rewritten `old`: later look-ups of `new` find the line of `old`."""
        key = _squeezed(old)
        self._origins[_squeezed(new)] = self._origins.get(key, key)

    def _next(self, wanted: str) -> int:
        """Position after the last one found in this walk; the last one again when there is no more."""
        start = self._cursors.get(wanted, 0)
        at = self._text.find(wanted, start)
        if at < 0 and start:
            return self._text.rfind(wanted, 0, start + len(wanted))
        if at >= 0:
            self._cursors[wanted] = at + len(wanted)
        return at


def _running_sum(lines: Sequence[str]) -> list[int]:
    starts, total = [], 0
    for line in lines:
        starts.append(total)
        total += len(line)
    return starts


_current: ContextVar[Places | None] = ContextVar("places", default=None)


@contextmanager
def located(places: Places) -> Iterator[Places]:
    """Let `line_of` look into `places` inside the block, from the start of the document."""
    places.restart()
    token = _current.set(places)
    try:
        yield places
    finally:
        _current.reset(token)


def line_in(text: str, offset: int, first: int) -> int:
    """Line of the character at `offset` of an element whose first word stands in line `first`."""
    lead = len(text) - len(text.lstrip())
    return first + text.count("\n", lead, offset) if first else 0


def line_of(text: str, *, end: bool = False) -> int:
    """Line in which the element with this text begins, or ends, in the current page; 0 if unknown."""
    places = _current.get()
    return places.line_of(text, end=end) if places else 0


def line_of_name(mark: str) -> int:
    """Line of the next reference `@key` in the current page; 0 if unknown."""
    places = _current.get()
    return places.line_of_name(mark) if places else 0


def texts_from(line: int) -> Iterator[tuple[str, int]]:
    """The lines of the current page from this one on, with their numbers; none outside a build."""
    places = _current.get()
    return places.texts_from(line) if places and line else iter(())


def rewritten(old: str, new: str) -> str:
    """Return `new`, remembering that it stands where `old` stood."""
    places = _current.get()
    if places and old != new:
        places.rename(old, new)
    return new
