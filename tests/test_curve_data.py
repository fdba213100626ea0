"""The points of losses for readers: fewer in the page, all in the CSV, the same in the table."""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradpress import interface, loss_phrases
from gradpress.cells import Curve
from gradpress.execution.curve_data import DRAWN, for_page, thinned
from gradpress.execution.curve_data import csv as csv_of
from gradpress.execution.series import Series
from gradpress.formats import execution_phrases, loss_data


def curve(*values: float, name: str = "loss", stride: int = 1) -> Curve:
    series = Series()
    for k, value in enumerate(values):
        series.add(k * stride, value)
    return series.curve(name, 3)


def told(*curves: Curve) -> list[dict[str, Any]]:
    text = for_page(curves, [c.name for c in curves], log=False)
    found: list[dict[str, Any]] = json.loads(text, parse_constant=pytest.fail)["curves"]
    return found


FLOATS = st.floats(allow_nan=True, allow_infinity=True, width=32)


@given(st.lists(FLOATS, max_size=300), st.integers(6, 60))
def test_what_is_left_out_is_between_what_is_kept(values: list[float], limit: int) -> None:
    places = thinned(values, limit)
    assert list(places) == sorted(set(places))
    assert len(places) <= max(limit, 3 * limit // 2)
    if values:
        assert (places[0], places[-1]) == (0, len(values) - 1)
    finite = [v for v in values if math.isfinite(v)]
    kept = [values[k] for k in places if math.isfinite(values[k])]
    assert (min(finite, default=0), max(finite, default=0)) == (min(kept, default=0), max(kept, default=0))
    assert any(not math.isfinite(values[k]) for k in places) == (len(finite) < len(values))


def test_a_finite_curve_has_no_more_points_than_said() -> None:
    [drawn] = told(curve(*(math.sin(k) for k in range(4000))))
    assert len(drawn["values"]) <= DRAWN
    assert "steps" in drawn, "their distances differ"


@given(st.lists(FLOATS, min_size=1, max_size=50), st.integers(1, 7))
def test_steps_and_values_come_back(values: list[float], stride: int) -> None:
    [drawn] = told(curve(*values, stride=stride))
    points = loss_data.points(drawn)
    assert list(points) == [k * stride for k in range(len(values))]
    for given_value, shown in zip(values, points.values(), strict=True):
        assert (shown is None) == (not math.isfinite(given_value))
        assert shown is None or shown == pytest.approx(given_value, rel=1e-4, abs=1e-44)


def test_uneven_steps_come_back() -> None:
    uneven = Curve("loss", 3, (0, 1, 10, 12), (4.0, 3.0, 2.0, 1.0), 4, None, 1.0, 1.0)
    assert loss_data.points(told(uneven)[0]) == {0: 4, 1: 3, 10: 2, 12: 1}


def test_calls_of_one_function_have_a_name_in_common() -> None:
    names = ["loss (1)", "loss (2)", "loss[0]"]
    assert [d["like"] for d in told(*(curve(1, name=name) for name in names))] == ["loss", "loss", "loss[0]"]


def test_the_csv_has_every_point_with_all_digits() -> None:
    long = curve(*(1 / (3 + k) for k in range(3000)))
    short = curve(0.1, math.nan, -math.inf, name='a, "b"', stride=2)
    head, *rows = csv.reader(csv_of([long, short], [long.name, short.name]).splitlines())
    assert head == ["step", "loss", 'a, "b"']
    assert [int(row[0]) for row in rows] == list(range(3000))
    assert all(float(row[1]) == 1 / (3 + int(row[0])) for row in rows)
    assert [row[2] for row in rows[:6]] == ["0.1", "", "nan", "", "-inf", ""]


def test_the_table_shows_steps_that_all_curves_have() -> None:
    often, seldom = dict.fromkeys(range(101), 1.0), dict.fromkeys(range(0, 101, 25), 2.0)
    assert loss_data.sampled([often, seldom]) == [0, 25, 50, 75, 100]
    assert loss_data.sampled([often]) == [0, 11, 22, 33, 44, 55, 66, 77, 88, 100]
    assert loss_data.sampled([{0: 1.0}, {5: 1.0}]) == [0, 5]
    assert loss_data.sampled([]) == []


@pytest.mark.parametrize("said", [loss_phrases.said, execution_phrases.said])
def test_every_language_has_all_words(said: Callable[[str], Mapping[str, str]]) -> None:
    known = [said(language) for language in interface._SAID]
    assert {tuple(words) for words in known} == {tuple(said("en"))}
    assert len({words["result" if "result" in words else "step"] for words in known}) > 8, "they are not all English"
    for name, phrase in said("en").items():
        assert {words[name].count("{}") for words in known} == {phrase.count("{}")}, name
