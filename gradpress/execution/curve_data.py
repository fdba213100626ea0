"""The points of losses for readers: those that the script of a page draws, and all of them as CSV."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

from gradpress.cells import Curve
from gradpress.patterns import pattern

DRAWN = 1000
"""Points of one curve in a page: more than it has pixels there, some 10 kB."""
_DIGITS = 5
"""More than a reader can tell apart in a plot; the CSV has all."""
_CALL = pattern(r" \(\d+\)$")


def for_page(curves: Sequence[Curve], labels: Sequence[str], *, log: bool) -> str:
    """JSON: whether the scale is logarithmic, and each curve.

    `like`: the name that curves of other plots share with it; `bad`: the step at which it left the finite
    numbers.  Steps are `every` [first, distance], or `steps` [first, distance, distance …].  What is not
    finite is null.
    """
    drawn = [_drawn(curve, label) for curve, label in zip(curves, labels, strict=True)]
    return json.dumps({"log": log, "curves": drawn}, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def _drawn(curve: Curve, label: str) -> dict[str, Any]:
    places = thinned(curve.values)
    steps = [curve.steps[k] for k in places]
    distances = [later - sooner for sooner, later in pairwise(steps)]
    told: dict[str, Any] = {"name": label, "like": _CALL.sub("", curve.name), "total": curve.total}
    told |= {"last": _short(curve.last), "least": None if curve.least is None else _short(curve.least)}
    told |= {} if curve.first_bad is None else {"bad": curve.first_bad}
    even = len(set(distances)) <= 1
    told |= {"every": [*steps[:1], *distances[:1]]} if even else {"steps": [*steps[:1], *distances]}
    return told | {"values": [_short(curve.values[k]) for k in places]}


def thinned(values: Sequence[float], limit: int = DRAWN) -> Sequence[int]:
    """Places of about `limit` of the values: the ends, and of each stretch between them the least and the greatest.

    So no peak is lost; where a stretch leaves the finite numbers, the first place that does is kept besides.
    """
    if len(values) <= limit:
        return range(len(values))
    stretches, inner = (limit - 2) // 2, len(values) - 2
    ends = [1 + inner * k // stretches for k in range(stretches + 1)]
    kept = {0, len(values) - 1}
    for stretch in (range(*both) for both in pairwise(ends)):
        finite = [k for k in stretch if math.isfinite(values[k])]
        if finite:
            kept |= {min(finite, key=values.__getitem__), max(finite, key=values.__getitem__)}
        kept |= set([k for k in stretch if not math.isfinite(values[k])][:1])
    return sorted(kept)


def _short(value: float) -> float | int | None:
    """The value with few digits; a whole one without a point."""
    if not math.isfinite(value):
        return None
    short = float(f"{value:.{_DIGITS}g}")
    return int(short) if short.is_integer() and abs(short) < 1e9 else short


def csv(curves: Sequence[Curve], labels: Sequence[str]) -> str:
    """A column of steps and one of each curve, every value with all its digits; empty where a curve has no point."""
    return "".join(f"{','.join(row)}\r\n" for row in _rows(curves, labels))


def _rows(curves: Sequence[Curve], labels: Sequence[str]) -> Iterator[list[str]]:
    yield ["step", *map(_quoted, labels)]
    points = [dict(zip(curve.steps, curve.values, strict=True)) for curve in curves]
    for step in sorted(set().union(*points)):
        yield [str(step), *(repr(float(of[step])) if step in of else "" for of in points)]


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"' if re.search(r'[",\r\n]', name) else name
