"""Rows of tables written as lists: each should have as many cells as the others, and as there are widths."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from gradpress.diagnostics import report

RULE = "table-cells"


def check(cells: Sequence[int], lines: Sequence[int], widths: str, line: int) -> None:
    """Report rows with other numbers of `cells` than most of them, and `widths`, of line `line`, for another number.

    Where two numbers are equally frequent, the widths decide, or the first row.
    """
    given = len(re.findall(r"\d+(?:\.\d+)?", widths))
    often = Counter(cells)
    columns = max(often, key=lambda n: (often[n], n == given, n == cells[0]), default=0)
    for count, at in zip(cells, lines, strict=True):
        if count != columns:
            hint = "put an empty cell where nothing stands" if count < columns else "take one out"
            report(RULE, f"the row has {said(count)}, the others {columns}", line=at, hint=hint)
    if given and given != columns:
        report(RULE, f"the widths are of {given} columns, the rows have {said(columns)}", line=line)


def said(count: int) -> str:
    """`1 cell`, `2 cells`."""
    return f"{count} cell{'s' if count != 1 else ''}"
