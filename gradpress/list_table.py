"""A table written as a list of rows, each a list of cells: `::: {.list-table header-rows=1 widths="1,2"}`."""

from __future__ import annotations

import re

import panflute as pf

_ALIGNMENTS = {"l": "AlignLeft", "c": "AlignCenter", "r": "AlignRight", "d": "AlignDefault"}
_OPTIONS = re.compile(r"^\{[^{}]*\}$")


def made(div: pf.Div) -> pf.Table | None:
    """The table that a division is; None when it is no list of lists."""
    lists = [block for block in div.content if isinstance(block, pf.BulletList)]
    if len(lists) != 1 or not all(_cells(item) for item in lists[0].content):
        return None
    rows = [pf.TableRow(*(pf.TableCell(*cell.content) for cell in _cells(item))) for item in lists[0].content]
    get = div.attributes.get
    heads = int(get("header-rows", "1")) if get("header-rows", "1").isdigit() else 1
    return pf.Table(
        pf.TableBody(*rows[heads:]),
        head=pf.TableHead(*rows[:heads]),
        caption=_caption(list(div.content)[: list(div.content).index(lists[0])]),
        colspec=_columns(max(len(row.content) for row in rows), get("aligns", ""), get("widths", "")),
        identifier=div.identifier,
    )


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
