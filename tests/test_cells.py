"""Options, results as JSON, keys, moved lines, loss plots."""

from __future__ import annotations

import json
import math
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cell_runs import page
from hypothesis import given
from hypothesis import strategies as st

from gradpress.cache import Memory
from gradpress.cells import (
    Cell,
    Curve,
    Failure,
    Figure,
    Options,
    Output,
    Result,
    Rich,
    Stream,
    from_json,
    parse_options,
    to_json,
)
from gradpress.diagnostics import Place
from gradpress.execution.collect import clean
from gradpress.execution.keys import chain_keys, meaning
from gradpress.execution.plots import PALETTE, alt, is_log, loss_plot, remark
from gradpress.execution.recorder import Series

# ── options ──────────────────────────────────────────────────────────────────────────────────────

READ: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "nothing": ({}, {}),
    "hyphens": ({"fig-cap": "A", "fig_alt": "B"}, {"fig_cap": "A", "fig_alt": "B"}),
    "switches": (
        {"eval": "no", "include": "False", "error": "yes", "warning": False},
        {"eval": False, "include": False, "error": True, "warning": False},
    ),
    "words": (
        {"echo": "fenced", "output": "asis", "code-fold": "show"},
        {"echo": "fenced", "output": "asis", "code_fold": "show"},
    ),
    "quoted": ({"fig-cap": '"A, b"'}, {"fig_cap": "A, b"}),
    "numbers": ({"fig-width": "5", "timeout": "0", "seed": "7"}, {"fig_width": 5.0, "timeout": 0.0, "seed": 7}),
    "files": ({"depends": "a.csv, b/c.csv"}, {"depends": ("a.csv", "b/c.csv")}),
    "list": ({"depends": ["a", "b"]}, {"depends": ("a", "b")}),
    "yaml list": ({"depends": "[a, 'b']"}, {"depends": ("a", "b")}),
    "losses": ({"loss": "loss, h['a', 'b']"}, {"loss": ("loss", "h['a', 'b']")}),
    "no loss": ({"loss": "false"}, {"loss": False}),
    "auto loss": ({"loss": "auto"}, {"loss": None}),
    "tags": ({"tags": "[hide-input, raises-exception, other]"}, {"code_fold": True, "error": True}),
}


@pytest.mark.parametrize(("raw", "wanted"), READ.values(), ids=READ)
def test_options(raw: dict[str, Any], wanted: dict[str, Any]) -> None:
    assert parse_options(raw) == (replace(Options(), **wanted), ())


WRONG = {
    "misspelt": ({"ecoh": "true"}, "unknown option ecoh; did you mean echo?"),
    "unknown": ({"zzz": "1"}, "unknown option zzz"),
    "switch": ({"eval": "maybe"}, "option eval: maybe is not true or false"),
    "word": ({"echo": "fence"}, "option echo: fence is not true or false or fenced"),
    "number": ({"fig-width": "wide"}, "option fig-width: wide is not a positive number"),
    "zero": ({"fig-height": "0"}, "option fig-height: 0 is not a positive number"),
    "infinite": ({"timeout": "nan"}, "option timeout: nan is not a positive number"),
    "scale": ({"loss-scale": "cubic"}, "option loss-scale: cubic is not one of auto, log, linear"),
    "seed": ({"seed": "1.5"}, "option seed: 1.5 is not a whole number"),
}


@pytest.mark.parametrize(("raw", "problem"), WRONG.values(), ids=WRONG)
def test_wrong_option_is_named_and_the_others_hold(raw: dict[str, str], problem: str) -> None:
    options, problems = parse_options({**raw, "label": "fig-a"})
    assert problems == (problem,)
    assert options == Options(label="fig-a")


def test_defaults_flags_and_options_in_this_order() -> None:
    defaults = Options(echo=False, timeout=5)
    options, _ = parse_options({"timeout": "7"}, defaults, ["norun", "numberLines"])
    assert options == Options(echo=False, eval=False, timeout=7)
    assert parse_options({"eval": "true"}, defaults, ["norun"])[0].eval


@given(st.dictionaries(st.sampled_from([*Options.__dataclass_fields__, "x"]), st.text(max_size=12)))
def test_any_words_are_read_or_reported(raw: dict[str, str]) -> None:
    options, problems = parse_options(raw)
    assert isinstance(options, Options)
    assert all("\n" not in p or any("\n" in v for v in raw.values()) for p in problems)
    hash(options)


# ── results as JSON ──────────────────────────────────────────────────────────────────────────────

TEXT = st.text(max_size=20)
FILES = st.dictionaries(st.sampled_from(["image/png", "application/pdf"]), TEXT)
FAILURES = st.builds(Failure, st.sampled_from(["error", "timeout", "crash"]), TEXT, TEXT, TEXT, st.integers(0, 99))
OUTPUTS: st.SearchStrategy[Output] = st.one_of(
    st.builds(Stream, st.sampled_from(["stdout", "stderr"]), TEXT),
    st.builds(Rich, st.dictionaries(TEXT, TEXT), FILES),
    st.builds(Figure, FILES, st.floats(1, 9), st.floats(1, 9)),
    FAILURES,
)


@st.composite
def curves(draw: st.DrawFn) -> Curve:
    series = Series()
    for step, value in enumerate(draw(st.lists(st.floats(), min_size=1, max_size=9))):
        series.add(step, value)
    return series.curve(draw(TEXT), draw(st.integers(0, 99)))


RESULTS = st.builds(
    Result,
    st.lists(OUTPUTS, max_size=4).map(tuple),
    st.lists(curves(), max_size=2).map(tuple),
    st.none() | FAILURES,
    st.floats(0, 9),
    st.integers(0, 2**40),
    st.lists(st.tuples(TEXT, st.integers(0), st.integers(0), TEXT), max_size=2).map(tuple),
    st.lists(TEXT, max_size=2).map(tuple),
    st.lists(TEXT, max_size=2).map(tuple),
    st.sampled_from(["ran", "replayed", "snapshot", "stale"]),
)


@given(RESULTS)
def test_result_to_plain_json_and_back(result: Result) -> None:
    words = json.dumps(to_json(result), allow_nan=False)
    assert repr(from_json(json.loads(words))) == repr(result)  # NaN is not equal to itself


def test_no_result_is_told_apart() -> None:
    for data in ({}, {"outputs": [{"is": "stream"}]}, {**to_json(Result()), "curves": [{}]}):
        with pytest.raises((KeyError, TypeError, ValueError)):
            from_json(data)


CLEANED = {
    "\x1b[1;31mred\x1b[0m": "red",
    "a\rb": "b",
    "abc\rx": "xbc",
    "a\r\nb": "a\nb",
    "a\x00b": "a\ufffdb",
    "\x1b]8;;http://x\x07link\x1b]8;;\x07": "link",
    "tab\tnew\n": "tab\tnew\n",
}


@pytest.mark.parametrize(("raw", "wanted"), CLEANED.items())
def test_clean(raw: str, wanted: str) -> None:
    assert clean(raw) == wanted


@given(st.text())
def test_cleaned_text_stays_clean(text: str) -> None:
    once = clean(text)
    assert clean(once) == once
    assert not re.search(r"[\x00-\x08\r\x1b]", once)


# ── keys ─────────────────────────────────────────────────────────────────────────────────────────

CODE = "x = f(1.0)  # comment\nprint('x')"


def key(tmp_path: Path, code: str = CODE, train: bool = False, **options: Any) -> str:
    run = page(tmp_path, code, train=train, **options)
    return chain_keys(run, run.cells)[-1]


SAME = {
    "comment": {"code": "x = f(1.0)\nprint('x')"},
    "layout": {"code": '\n\nx = f( 1. )\nprint( "x" )\n'},
    "caption": {"fig_cap": "A"},
    "shown": {"echo": False, "include": False, "output": False, "code_fold": True, "label": "fig-a", "tbl_cap": "B"},
    "plot": {"loss_scale": "log", "loss_label": "fig-b", "loss_cap": "C", "fig_alt": "D"},
    "limit": {"timeout": 3.0},
}
OTHER = {
    "code": {"code": "x = f(2.0)\nprint('x')"},
    "semicolon": {"code": CODE + ";"},
    "train": {"train": True},
    "loss": {"loss": ("x",)},
    "seed": {"seed": 1},
    "session": {"session": "b"},
    "error": {"error": True},
    "warning": {"warning": False},
    "size": {"fig_width": 3.0},
    "depends": {"depends": ("a.csv",)},
    "looks at itself": {"code": CODE + "\n__file__"},
}


@pytest.mark.parametrize("change", SAME.values(), ids=SAME)
def test_key_stays(tmp_path: Path, change: dict[str, Any]) -> None:
    assert key(tmp_path, **change) == key(tmp_path)


@pytest.mark.parametrize("change", OTHER.values(), ids=OTHER)
def test_key_changes(tmp_path: Path, change: dict[str, Any]) -> None:
    assert key(tmp_path, **change) != key(tmp_path)


def test_key_covers_the_cells_before_and_the_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = page(tmp_path, "a = 1", "b = 2")
    seen = {chain_keys(run, run.cells)[1]}
    for changed in (
        page(tmp_path, "a = 2", "b = 2"),
        replace(run, seed=1),
        replace(run, threads=2),
        replace(run, env=("WANTED",)),
        replace(run, root=tmp_path.parent),
    ):
        seen.add(chain_keys(changed, changed.cells)[1])
    monkeypatch.setenv("WANTED", "1")
    changed = replace(run, env=("WANTED",))
    seen.add(chain_keys(changed, changed.cells)[1])
    assert len(seen) == 7
    moved = replace(run, cells=tuple(replace(c, place=Place("other.md", 7)) for c in run.cells))
    assert chain_keys(moved, moved.cells)[1] in seen


def test_key_covers_what_depends_names(tmp_path: Path) -> None:
    seen = set()
    for data in (None, "a", "b"):
        if data:
            (tmp_path / "a.csv").write_text(data)
        seen.add(key(tmp_path, depends=("a.csv",)))
    assert len(seen) == 3


def test_code_that_looks_at_its_text_counts_comments_and_place_from_there_on(tmp_path: Path) -> None:
    def keys(comment: str, line: int) -> tuple[str, ...]:
        codes = (f"def f(): pass  # {comment}", "import inspect\nprint(inspect.getsource(f))", "1")
        cells = tuple(Cell(c, place=Place("a.md", line + n)) for n, c in enumerate(codes))
        return chain_keys(replace(page(tmp_path), cells=cells), cells)

    one, two, three = keys("a", 1), keys("b", 1), keys("a", 9)
    assert one[0] == two[0] == three[0]
    assert len({one[1], two[1], three[1]}) == len({one[2], two[2], three[2]}) == 3


@pytest.mark.parametrize("code", ["%time 1", "!ls", "x = (", "a\0b", "\ud800"])
def test_meaning_of_what_is_no_python_is_its_text(code: str, tmp_path: Path) -> None:
    assert meaning(code) == code
    assert key(tmp_path, code) == key(tmp_path, code)


# ── loss plots ───────────────────────────────────────────────────────────────────────────────────


def curve(*values: float, name: str = "loss", line: int = 3) -> Curve:
    series = Series()
    for step, value in enumerate(values):
        series.add(step, value)
    return series.curve(name, line)


def luminance(color: str) -> float:
    parts = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("color", PALETTE)
@pytest.mark.parametrize("ground", ["#ffffff", "#111111"])
def test_colours_are_seen_on_light_and_on_dark(color: str, ground: str) -> None:
    dark, light = sorted((luminance(color), luminance(ground)))
    assert (light + 0.05) / (dark + 0.05) >= 3


def test_scale_follows_the_range() -> None:
    assert is_log([curve(100, 1)], "auto")
    assert not is_log([curve(10, 1)], "auto")
    assert not is_log([curve(100, -1)], "auto")
    assert not is_log([curve(100, 0)], "auto")
    assert is_log([curve(100, 1, math.inf, math.nan)], "auto")
    assert not is_log([curve(math.nan, math.nan)], "auto")
    assert is_log([curve(2, 1)], "log")
    assert not is_log([curve(100, 1)], "linear")


def test_plot_in_words() -> None:
    found = [curve(8, 2, 4), curve(1, math.nan, name="val_loss")]
    assert remark(found) == "`val_loss` diverged at step 1."
    assert alt(found, "auto") == (
        "Line plot over steps 0 to 2, on a linear scale. loss: first 8, last 4, least 2; "
        "val_loss: first 1, last nan, least 1, diverged at step 1."
    )


def test_plot_is_ready_for_pages_and_the_same_every_time() -> None:
    found = [curve(*(2.0**-t for t in range(20))), curve(3, 2, math.inf, line=9)]
    one, two = Memory(), Memory()
    plot = loss_plot(found, Options(), one)
    assert plot == loss_plot(found, Options(), two)
    svg = (one.blob(plot.svg) or b"").decode()
    assert svg.startswith("<svg ")
    assert "currentColor" in svg
    assert "#000000" not in svg
    assert "`loss (line 9)` diverged at step 2." in plot.remark
    assert (one.blob(plot.pdf) or b"").startswith(b"%PDF")


def test_plots_of_one_page_share_no_ids() -> None:
    store = Memory()
    ids = [
        set(re.findall(r'id="([^"]*)"', (store.blob(loss_plot([curve(*v)], Options(), store).svg) or b"").decode()))
        for v in ((1, 2), (2, 1))
    ]
    uses = re.findall(r'href="#([^"]*)"', (store.blob(loss_plot([curve(1, 2)], Options(), store).svg) or b"").decode())
    assert ids[0]
    assert not ids[0] & ids[1]
    assert set(uses) <= ids[0]


def test_plot_is_drawn_once(monkeypatch: pytest.MonkeyPatch) -> None:
    store, options = Memory(), Options()
    plot = loss_plot([curve(1, 2)], options, store)
    monkeypatch.setattr("gradpress.execution.plots._saved", None)
    assert loss_plot([curve(1, 2)], replace(options, fig_cap="other"), store) == plot
    store.blobs.clear()
    with pytest.raises(TypeError):
        loss_plot([curve(1, 2)], options, store)


ODD = {
    "no finite value": [curve(math.nan, math.inf)],
    "huge": [curve(1e-100, 1e100)],
    "equal": [curve(1, 1, 1)],
    "zero on a logarithmic scale": [curve(0, 0, 0)],
    "seven": [curve(1, n, name=f"{n}_loss") for n in range(7)],
    "name that is no text for TeX": [curve(1, 2, name="h['$\\\\frac$']"), curve(2, 3, name="_loss")],
}


@pytest.mark.parametrize("found", ODD.values(), ids=ODD)
@pytest.mark.parametrize("scale", ["auto", "log"])
def test_odd_curves_are_drawn(found: list[Curve], scale: Any) -> None:
    store = Memory()
    plot = loss_plot(found, Options(loss_scale=scale), store)
    assert store.blob(plot.svg)
    assert plot.alt


@pytest.mark.parametrize("scale", ["auto", "log", "linear"])
@pytest.mark.parametrize(
    "values",
    [
        (1.0, 1e150, 1e307),
        (1e-310, 1e-5),
        (1e-300, 1e300),
        (0.0, 0.0),
        (-1.0, -1e308),
        (math.nan, math.inf),
        (5.0,) * 3,
    ],
)
def test_a_plot_of_any_numbers_is_drawn(values: tuple[float, ...], scale: str) -> None:
    bad = next((k for k, v in enumerate(values) if not math.isfinite(v)), None)
    curve = Curve("loss", 1, tuple(range(len(values))), values, len(values), bad, values[-1], None)
    store = Memory()
    plot = loss_plot([curve], Options(loss_scale=scale), store)
    assert b"</svg>" in (store.blob(plot.svg) or b"")
