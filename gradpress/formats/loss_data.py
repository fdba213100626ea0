"""A plot of losses in a page: the picture, points for the script, a table for those who read, a file to download."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

import panflute as pf

from gradpress.formats import parts
from gradpress.page import Page

ROWS = 10
"""Steps whose values the table has."""
_CAPTION = "First, last and least value of each curve, and values at some of the steps"
_NONE = "–"
_Points = Mapping[int, float | None]


def plot(image: pf.Image, page: Page, number: int, folder: str) -> tuple[pf.RawInline, dict[str, Path]]:
    """The markup of the plot `number` of a page, and the file to be published in `folder` for it.

    The SVG is a part of the page: there its `currentColor` is the colour of the text.
    """
    svg = Path(image.url).read_text(encoding="utf-8")
    label = escape(pf.stringify(pf.Plain(*image.content)))
    markup = svg.replace('role="img"', f'role="img" aria-label="{label}"', 1)
    if not {"curves", "csv"} <= set(image.attributes):
        return pf.RawInline(markup, format="html"), {}
    curves, csv = (Path(image.attributes.pop(key)) for key in ("curves", "csv"))
    target = f"{folder}/{csv.name}"
    name = f"{page.name.rpartition('/')[2]}-loss-{number}.csv"
    data = _below(curves.read_text(encoding="utf-8"), parts.relative(page, target), name)
    return pf.RawInline(markup + data, format="html"), {target: csv}


def _below(curves: str, csv: str, name: str) -> str:
    """What stands behind the picture: `curves` is the JSON of `execution.curve_data`, `csv` the address of a file."""
    found = json.loads(curves)["curves"]
    script = curves.replace("<", "\\u003c")
    link = f'<a href="{escape(csv)}" download="{escape(name)}" type="text/csv">CSV</a>'
    return (
        f'<script type="application/json" class="curves-data">{script}</script>'
        '<div class="curve-data">'
        f"<details><summary>Data</summary>{_table(found)}</details>{link}</div>"
    )


def points(curve: Mapping[str, Any]) -> dict[int, float | None]:
    """Step → value; None for one that is not finite."""
    values = curve["values"]
    first, *distances = curve.get("steps") or curve.get("every") or [0]
    if "steps" not in curve:
        distances = distances[:1] * len(values)
    steps = [first]
    for distance in distances[: len(values) - 1]:
        steps.append(steps[-1] + distance)
    return dict(zip(steps, values, strict=False))


def sampled(curves: Sequence[_Points], count: int = ROWS) -> list[int]:
    """Some steps from the first to the last: of those at which all curves have a point, or else any has."""
    common = set.intersection(*map(set, curves)) if curves else set()
    steps = sorted(common if len(common) > 1 else set().union(*curves))
    if len(steps) <= count:
        return steps
    return [steps[k * (len(steps) - 1) // (count - 1)] for k in range(count)]


def _table(curves: Sequence[Mapping[str, Any]]) -> str:
    head = "".join(f'<th scope="col">{escape(curve["name"])}</th>' for curve in curves)
    all_points = [points(curve) for curve in curves]
    steps = [(str(step), [_said(of.get(step, "")) for of in all_points]) for step in sampled(all_points)]
    bodies = "".join(f"<tbody>{''.join(map(_row, rows))}</tbody>" for rows in (list(_extremes(curves)), steps))
    return (
        f'<table><caption>{_CAPTION}</caption><thead><tr><th scope="col">step</th>{head}</tr></thead>{bodies}</table>'
    )


def _extremes(curves: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, list[str]]]:
    yield "first", [_said(curve["values"][0]) if curve["values"] else _NONE for curve in curves]
    yield "last", [_said(curve["last"]) for curve in curves]
    yield "least", [_NONE if curve["least"] is None else _said(curve["least"]) for curve in curves]
    if any("bad" in curve for curve in curves):
        yield "diverged at step", [str(curve.get("bad", _NONE)) for curve in curves]


def _row(row: tuple[str, list[str]]) -> str:
    name, cells = row
    return f'<tr><th scope="row">{name}</th>{"".join(f"<td>{cell}</td>" for cell in cells)}</tr>'


def _said(value: float | str | None) -> str:
    """A value in few digits; the empty string stands for a step at which there is none."""
    if value is None:
        return "not finite"
    return _NONE if isinstance(value, str) else f"{value:.4g}"
