"""A page run is the same after it went through JSON."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradpress.cells import Cell, Options
from gradpress.diagnostics import Place
from gradpress.execution import PageRun
from gradpress.execution.wire import page_from_json, page_to_json

WORDS = st.text(max_size=20)
NAMES = st.lists(WORDS, max_size=3).map(tuple)
PATHS = st.from_regex(r"[a-z ]{1,8}(/[a-zé]{1,8}){0,3}", fullmatch=True).map(Path)
OPTIONS = st.builds(
    Options,
    echo=st.sampled_from([True, False, "fenced"]),
    output=st.sampled_from([True, False, "asis"]),
    error=st.booleans(),
    fig_width=st.none() | st.floats(0.1, 100),
    timeout=st.none() | st.floats(0, 1e6),
    depends=NAMES,
    loss=st.none() | st.just(False) | NAMES,
    session=WORDS,
    seed=st.none() | st.integers(),
)
CELLS = st.builds(Cell, WORDS, OPTIONS, st.builds(Place, WORDS, st.integers(0, 9999)), st.booleans(), st.booleans())
RUNS = st.builds(
    PageRun,
    WORDS,
    PATHS,
    st.lists(CELLS, max_size=3).map(tuple),
    seed=st.integers(),
    threads=st.integers(1, 64),
    env=NAMES,
    timeout=st.floats(0, 1e6),
    root=st.none() | PATHS,
    preload=NAMES,
    memory=st.integers(0),
    kernel=WORDS,
    snapshots=st.lists(st.integers(0, 9), max_size=3).map(tuple),
)


@given(RUNS)
def test_there_and_back(run: PageRun) -> None:
    assert page_from_json(json.loads(json.dumps(page_to_json(run)))) == run


@pytest.mark.parametrize("change", [{"colour": 1}, {"cells": [{}]}, {"cells": [3]}, {"env": None}])
def test_what_is_no_page_run(change: dict[str, object]) -> None:
    data = page_to_json(PageRun("a.md", Path("."), (Cell("1"),)))
    with pytest.raises((KeyError, TypeError)):
        page_from_json({**data, **change})
