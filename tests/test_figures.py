"""A figure is measured once for all its files, which show the same."""

from __future__ import annotations

import base64
import re
from typing import Any

import pypdfium2
import pytest
from matplotlib.figure import Figure

from gradpress.execution import figures

LAYOUTS = (None, "constrained", "tight", "compressed")


def _drawn(layout: Any) -> Figure:
    figure = Figure(layout=layout)
    left, right = figure.subplots(1, 2)
    left.plot([1, 2, 3], [3, 1, 2])
    right.set_ylabel("a label\nof two lines")
    figure.text(1.2, 0.5, "outside")
    return figure


def _sizes(figure: Figure) -> list[tuple[float, float]]:
    """Width and height of each file in points."""
    files = {kind: base64.b64decode(text) for kind, text in figures.message(figure)["files"].items()}
    box = re.search(rb'viewBox="0 0 ([\d.]+) ([\d.]+)"', files["image/svg+xml"])
    assert box
    return [(float(box[1]), float(box[2])), pypdfium2.PdfDocument(files["application/pdf"])[0].get_size()]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_both_files_have_one_size_with_all_that_is_drawn(layout: Any) -> None:
    svg, pdf = _sizes(_drawn(layout))
    assert pdf == pytest.approx(svg, abs=0.01)
    assert svg[0] > 1.2 * 72 * _drawn(layout).get_size_inches()[0]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_it_is_measured_and_laid_out_once(layout: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[str] = []
    figure, find = _drawn(layout), Figure.get_tightbbox
    engine = figure.get_layout_engine()
    monkeypatch.setattr(Figure, "get_tightbbox", lambda *a, **k: calls.append("measure") or find(*a, **k))
    if engine:
        execute = engine.execute
        monkeypatch.setattr(engine, "execute", lambda fig: calls.append("lay out") or execute(fig))
    figures.message(figure)
    assert calls == (["lay out", "measure"] if engine else ["measure"])


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_author_finds_the_figure_as_it_was(layout: Any) -> None:
    figure = _drawn(layout)
    engine, attributes = figure.get_layout_engine(), set(vars(figure))
    first = figures.message(figure)
    assert figure.get_layout_engine() is engine
    assert set(vars(figure)) - attributes <= {"_cachedRenderer", "_original_dpi"}
    if layout in (None, "constrained"):  # others do not come to the same end twice
        assert figures.message(figure) == first


def test_padding_is_the_authors() -> None:
    import matplotlib as mpl

    narrow = _sizes(_drawn(None))
    with mpl.rc_context({"savefig.pad_inches": 1.1}):
        wide = _sizes(_drawn(None))
    assert [w - n for w, n in zip(wide[1], narrow[1], strict=True)] == pytest.approx([144, 144], abs=0.1)
    assert wide[1] == pytest.approx(wide[0], abs=0.01)
