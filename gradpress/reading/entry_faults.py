"""Where the fault in a BibTeX file is: its reader stops where the next entry or field begins, or at the end."""

from __future__ import annotations

import re
from pathlib import Path

from gradpress.patterns import pattern

_ENTRY = pattern(r"^\s*@\s*[A-Za-z]+\s*[{(]")
_FIELD = pattern(r"^\s*[A-Za-z][\w-]*\s*=")
_NO_BRACE = pattern(r"\\.|[^{}\n]", re.S)


def cause(path: str, line: int) -> tuple[int, str]:
    """The line of the fault and what it is, for a reader that stopped in `line`; no words where it is that line."""
    try:
        lines = Path(path).read_text(encoding="utf-8", errors="replace").split("\n")
    except OSError:
        return line, ""
    stop = min(line, len(lines))
    first = next((k for k in range(min(stop - 1, len(lines) - 1), -1, -1) if _begins(lines, k, stop)), 0)
    if at := _unclosed(lines, first, stop):
        return at, "a brace is not closed"
    before = next((k for k in range(stop - 2, first - 1, -1) if lines[k].strip()), -1)
    if _FIELD.match(lines[stop - 1]) and before >= 0 and not lines[before].rstrip().endswith((",", "{", "(")):
        return before + 1, "a comma is missing at the end of the line"
    return line, ""


def _begins(lines: list[str], at: int, stop: int) -> bool:
    """Whether the entry in which the reader stopped begins there; not the one that it did not expect."""
    return bool(_ENTRY.match(lines[at])) and (at != stop - 1 or at == 0 or stop == len(lines))


def _unclosed(lines: list[str], first: int, stop: int) -> int:
    """The line of the field behind which a new one, or an entry, begins although its braces are open; 0: none."""
    depth, owner = 0, first
    for at in range(first, stop):
        is_new = at > first and bool(_ENTRY.match(lines[at]) or _FIELD.match(lines[at]))
        if is_new and depth > 1:
            return owner + 1
        if is_new and depth == 1 and _ENTRY.match(lines[at]):
            return first + 1  # all fields are whole: it is the entry's own
        owner = at if is_new else owner
        braces = _NO_BRACE.sub("", lines[at])
        depth += braces.count("{") - braces.count("}")
    return owner + 1 if depth > 0 and stop >= len([*lines]) - 1 else 0
