"""A table written as a list of rows, each a list of cells: `::: {.list-table header-rows=1 widths="1,2"}`."""

from __future__ import annotations

import re

import panflute as pf

from gradpress import table_rows
from gradpress.patterns import pattern
from gradpress.reading.places import line_of, texts_from

_ALIGNMENTS = {"l": "AlignLeft", "c": "AlignCenter", "r": "AlignRight", "d": "AlignDefault"}
_ROW = pattern(r"^([ \t]*)[*+-][ \t]+[*+-](?:[ \t]|$)")
_END = pattern(r"^[ \t]*:{3,}[ \t]*$")
_OPTIONS = pattern(r"^\{[^{}]*\}$")


def made(div: pf.Div) -> pf.Table | None:
    """The table that a division is; None when it is no list of lists."""
    lists = [block for block in div.content if isinstance(block, pf.BulletList)]
    if len(lists) != 1 or not all(_cells(item) for item in lists[0].content):
        return None
    cells = [[pf.TableCell(*cell.content) for cell in _cells(item)] for item in lists[0].content]
    get = div.attributes.get
    _check([len(row) for row in cells], get("widths", ""))
    width = max(map(len, cells))
    rows = [pf.TableRow(*row, *(pf.TableCell() for _ in range(width - len(row)))) for row in cells]
    heads = int(get("header-rows", "1")) if get("header-rows", "1").isdigit() else 1
    return pf.Table(
        pf.TableBody(*rows[heads:]),
        head=pf.TableHead(*rows[:heads]),
        caption=_caption(list(div.content)[: list(div.content).index(lists[0])]),
        colspec=_columns(width, get("aligns", ""), get("widths", "")),
        identifier=div.identifier,
    )


def _check(cells: list[int], widths: str) -> None:
    line = line_of(".list-table")
    lines = _lines(line)
    table_rows.check(cells, lines if len(lines) == len(cells) else [line] * len(cells), widths, line)


def _lines(first: int) -> list[int]:
    """Where the rows of the table stand whose division opens in line `first`."""
    found: list[int] = []
    indent = ""
    for text, number in texts_from(first):
        row = _ROW.match(text)
        if row and (not found or row[1] == indent):
            indent = row[1]
            found.append(number)
        elif number > first and _END.match(text):
            break
    return found


def _cells(item: pf.ListItem) -> list[pf.ListItem]:
    inner = [block for block in item.content if isinstance(block, pf.BulletList)]
    return list(inner[0].content) if len(inner) == 1 and len(item.content) == 1 else []


def _columns(count: int, aligns: str, widths: str) -> list[tuple[str, float | str]]:
    signs = [_ALIGNMENTS.get(sign.strip()[:1].lower(), "AlignDefault") for sign in aligns.split(",")]
    given = [float(width) for width in re.findall(r"\d+(?:\.\d+)?", widths)]
    whole, fits = sum(given), len(given) == count
    shares: list[float | str] = [width / whole for width in given] if fits else ["ColWidthDefault"] * count
    return [(signs[at] if at < len(signs) else "AlignDefault", shares[at]) for at in range(count)]


def _caption(before: list[pf.Element]) -> pf.Caption:
    """The paragraph before the list, without the options of columns at its end."""
    if not before or not isinstance(before[-1], pf.Para):
        return pf.Caption()
    inlines = list(before[-1].content)
    while inlines and isinstance(inlines[-1], pf.Space | pf.SoftBreak | pf.Str):
        if isinstance(inlines[-1], pf.Str) and not _OPTIONS.match(inlines[-1].text):
            break
        inlines.pop()
    return pf.Caption(pf.Plain(*inlines))
