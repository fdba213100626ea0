"""Quarto's layouts: which blocks of a division stand side by side, and how wide each is.

layout-ncol=2      two columns            layout-nrow=2      two rows
layout="[[70, 30], [100]]"                shares of the width, row by row; a negative one is a gap
"""

from __future__ import annotations

import json
import math
from collections.abc import MutableMapping, Sequence
from typing import Any

from gradpress.diagnostics import report
from gradpress.reading.places import line_of

KEYS = ("layout", "layout-ncol", "layout-nrow", "layout-align", "layout-valign")
Rows = tuple[tuple[float, ...], ...]
"""For each row the shares of the width, which make 100 together with the gaps."""


def taken(attributes: MutableMapping[str, str], blocks: int) -> tuple[int, Rows]:
    """Columns and rows of a division of so many blocks, whose attributes lose what said so.

    Rows are empty where all columns are alike; 0 columns: there is no layout.
    """
    undotted(attributes)
    given = {key: attributes.pop(key, "") for key in KEYS}
    for key in ("layout-ncol", "layout-nrow"):
        if given[key].isdigit():
            count = max(1, int(given[key]))
            return (count if key == "layout-ncol" else max(1, math.ceil(blocks / count))), ()
        if given[key]:
            _unreadable(key, given[key], "a number")
    try:
        rows = json.loads(given["layout"] or "[]")
    except ValueError as error:
        _unreadable("layout", given["layout"], f"rows of numbers: {str(error).partition(':')[0].lower()}")
        return 0, ()
    found = _rows(rows if isinstance(rows, list) else [])
    if given["layout"] and not found[0]:
        _unreadable("layout", given["layout"], "rows of numbers")
    return found


def _unreadable(key: str, value: str, wanted: str) -> None:
    hint = 'write for example layout="[[70, 30], [100]]"' if key == "layout" else f"write for example {key}=2"
    report(
        "layout-syntax",
        f"{key}: '{value}' is not {wanted}",
        line=line_of(f'{key}="{value}') or line_of(value),
        hint=hint,
    )


def _rows(given: list[Any]) -> tuple[int, Rows]:
    rows = given if given and all(isinstance(row, list) and row for row in given) else [given]
    if not rows[0] or not all(isinstance(v, int | float) and v for row in rows for v in row):
        return 0, ()
    shares = tuple(_shares(row) for row in rows)
    columns = max(sum(v > 0 for v in row) for row in shares)
    alike = all(v == row[0] for row in shares for v in row) and all(len(row) == columns for row in shares[:-1])
    return max(columns, 1), () if alike and len(shares[-1]) == columns else shares


def _shares(row: Sequence[float]) -> tuple[float, ...]:
    whole = sum(abs(value) for value in row)
    return tuple(round(100 * value / whole, 2) for value in row)


def undotted(attributes: MutableMapping[str, str]) -> None:
    """`layout.ncol`, `fig.cap`, `lst.cap`: an old spelling of Quarto's, and R Markdown's."""
    for key in [k for k in attributes if "." in k]:
        attributes.setdefault(key.replace(".", "-"), attributes[key])
        attributes.pop(key)


def said(rows: Rows) -> str:
    """Rows as the value of an attribute."""
    return ";".join(" ".join(f"{share:g}" for share in row) for row in rows)


def read(text: str) -> Rows:
    """What `said` gave."""
    return tuple(tuple(float(share) for share in row.split()) for row in text.split(";")) if text else ()


def placed(rows: Rows, count: int) -> list[tuple[float, float, bool]]:
    """For each block the gap before it, its width, and whether it ends a row; blocks left over stand in rows alone."""
    found: list[tuple[float, float, bool]] = []
    for row in rows:
        gap = 0.0
        for share in row:
            if share < 0:
                gap -= share
            else:
                found.append((gap, share, False))
                gap = 0.0
        if found:
            found[-1] = (*found[-1][:2], True)
    found += [(0.0, 100.0, True)] * max(0, count - len(found))
    return found[:count]
