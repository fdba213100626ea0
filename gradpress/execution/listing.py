"""The lines of cells, where `linecache` finds them: for tracebacks and `inspect`."""

from __future__ import annotations

import linecache
from builtins import len, map, sum  # noqa: UP029  a cell may replace them


class Listing:
    """The code of a session, at the lines of its notes."""

    def __init__(self) -> None:
        self._lines: dict[str, list[str]] = {}

    def add(self, file: str, line: int, code: str) -> None:
        """The cell `code`, whose first line is `line`."""
        lines = self._lines.setdefault(file, [])
        rows = code.splitlines()
        lines += ["\n"] * (line - 1 + len(rows) - len(lines))
        lines[line - 1 : line - 1 + len(rows)] = [row + "\n" for row in rows]
        linecache.cache[file] = (sum(map(len, lines)), None, lines, file)
