"""Rows of pipe tables: pandoc drops what stands in more cells than the row of dashes has, and says nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gradpress.patterns import pattern
from gradpress.reading.spots import Found
from gradpress.table_rows import RULE, said

_DASHES = pattern(r"[ \t>]*(?=[^\n]*\|)\|?[ \t]*:?-+:?[ \t]*(?:[|+][ \t]*:?-+:?[ \t]*)*\|?[ \t]*")
_HIDDEN = pattern(r"\\.|(`+)(?!`).*?(?<!`)\1(?!`)|(?<![\\$])\$(?=[^\s$])(?:\\.|[^$\\])*?(?<=\S)\$(?!\d)")
"""In code and in formulas a bar separates nothing."""
_QUOTED = pattern(r"^[ \t>]*")


def problems(text: str, numbers: Sequence[int]) -> Iterator[Found]:
    """Rows of a text without blocks of code that have other numbers of cells than there are columns."""
    if "|" not in text:
        return
    lines = text.split("\n")
    for at, line in enumerate(lines):
        if "|" in line and "-" in line and _DASHES.fullmatch(line) and _is_row(lines, at - 1):
            columns, header = _cells(line.replace("+", "|")), _cells(lines[at - 1])
            if header > columns:
                message = f"the row of dashes has {said(columns)}, the header {header}; the others are lost"
                yield RULE, numbers[at], message
            yield from _of_rows(max(columns, header), lines, numbers, at - 1, at)


def _is_row(lines: Sequence[str], at: int) -> bool:
    return 0 <= at < len(lines) and "|" in lines[at] and not _DASHES.fullmatch(lines[at])


def _of_rows(columns: int, lines: Sequence[str], numbers: Sequence[int], first: int, dashes: int) -> Iterator[Found]:
    """A row of one cell is a heading within the table."""
    at = first
    while at == dashes or _is_row(lines, at):
        count = columns if at == dashes else _cells(lines[at])
        if count > columns:
            hint = "the others are lost; write \\| for a bar in a cell"
            yield RULE, numbers[at], f"the row has {said(count)}, the table {columns}; {hint}"
        elif count < columns and (count > 1 or at == first):
            hint = "put an empty cell where nothing stands"
            yield RULE, numbers[at], f"the row has {said(count)}, the table {columns}; {hint}"
        at += 1


def _cells(row: str) -> int:
    bare = _HIDDEN.sub("", _QUOTED.sub("", row)).strip()
    return bare.removeprefix("|").removesuffix("|").count("|") + 1
