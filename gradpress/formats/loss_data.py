"""A plot of losses in a page: the picture, points for the script, a table for those who read, a file to download."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

import panflute as pf

from gradpress import loss_phrases
from gradpress.formats import parts
from gradpress.page import Page

ROWS = 10
"""Steps whose values the table has."""
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
    said = loss_phrases.said(page.context.lang)
    data = _below(curves.read_text(encoding="utf-8"), parts.relative(page, target), name, said)
    return pf.RawInline(markup + data, format="html"), {target: csv}


def _below(curves: str, csv: str, name: str, said: Mapping[str, str]) -> str:
    """What stands behind the picture: `curves` is the JSON of `execution.curve_data`, `csv` the address of a file."""
    found = json.loads(curves)["curves"]
    script = curves.replace("<", "\\u003c")
    link = f'<a href="{escape(csv)}" download="{escape(name)}" type="text/csv">CSV</a>'
    words = escape(json.dumps({key: said[key] for key in loss_phrases.IN_SCRIPT}, ensure_ascii=False))
    return (
        f'<script type="application/json" class="curves-data" data-words="{words}">{script}</script>'
        '<div class="curve-data">'
        f"<details><summary>{said['data']}</summary>{_table(found, said)}</details>{link}</div>"
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


def _table(curves: Sequence[Mapping[str, Any]], said: Mapping[str, str]) -> str:
    head = "".join(f'<th scope="col">{escape(curve["name"])}</th>' for curve in curves)
    all_points = [points(curve) for curve in curves]
    steps = [(str(step), [_value(of.get(step, ""), said) for of in all_points]) for step in sampled(all_points)]
    bodies = "".join(f"<tbody>{''.join(map(_row, rows))}</tbody>" for rows in (list(_extremes(curves, said)), steps))
    return (
        f'<table><caption>{said["table"]}</caption><thead><tr><th scope="col">{said["step"]}</th>{head}</tr></thead>'
        f"{bodies}</table>"
    )


def _extremes(curves: Sequence[Mapping[str, Any]], said: Mapping[str, str]) -> Iterator[tuple[str, list[str]]]:
    yield said["first"], [_value(curve["values"][0], said) if curve["values"] else _NONE for curve in curves]
    yield said["last"], [_value(curve["last"], said) for curve in curves]
    yield said["least"], [_NONE if curve["least"] is None else _value(curve["least"], said) for curve in curves]
    if any("bad" in curve for curve in curves):
        yield said["diverged"].format("…"), [str(curve.get("bad", _NONE)) for curve in curves]


def _row(row: tuple[str, list[str]]) -> str:
    name, cells = row
    return f'<tr><th scope="row">{name}</th>{"".join(f"<td>{cell}</td>" for cell in cells)}</tr>'


def _value(value: float | str | None, said: Mapping[str, str]) -> str:
    """A value in few digits; the empty string stands for a step at which there is none."""
    if value is None:
        return said["infinite"]
    return _NONE if isinstance(value, str) else f"{value:.4g}"
