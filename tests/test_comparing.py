"""What `verify` calls the same: text exactly, numbers up to rounding, images as they look."""

from __future__ import annotations

import io
import math
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import matplotlib as mpl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.figure import Figure as Drawing

from gradpress.cells import Curve, Failure, Figure, Output, Result, Rich, Stream
from gradpress.comparing import differences, near, text
from gradpress.looking import look

SAME = ["", "a\nb\n", "nan inf -3", "tensor([1.0000, 2.0000])"]
ROUNDED = {
    "digits": ("loss 0.123456", "loss 0.123457"),
    "exponent": ("1.00001e-08", "1.00002e-08"),
    "padding": ("[0.1    0.2]", "[0.10001 0.2]"),
    "nothing": ("residual 1e-16", "residual -3e-17"),
    "sign": ("-0.50001", "-0.50002"),
}
DIFFERENT = {
    "word": ("loss 1.0", "cost 1.0"),
    "count": ("3 steps", "4 steps"),
    "number": ("0.5", "0.6"),
    "nan": ("0.5", "nan"),
    "more": ("1.0", "1.0 2.0"),
    "line": ("a\nb", "a"),
    "small": ("1e-5", "2e-5"),
    "sign": ("0.5", "-0.5"),
}


@pytest.mark.parametrize("given_text", SAME)
def test_same_text(given_text: str) -> None:
    assert text(given_text, given_text) is None


@pytest.mark.parametrize(("old", "new"), ROUNDED.values(), ids=ROUNDED)
def test_rounded(old: str, new: str) -> None:
    found = text(old, new)
    assert found is not None
    assert (found.kind, text(new, old).kind) == ("rounding", "rounding")


@pytest.mark.parametrize(("old", "new"), DIFFERENT.values(), ids=DIFFERENT)
def test_different(old: str, new: str) -> None:
    found = text(old, new)
    assert found is not None
    assert found.kind == "differs"


def test_messages() -> None:
    told = text("one\ntwo 2\n", "one\nthree 2\n")
    assert told is not None
    assert told.what == "it shows 'three 2' where the cache has 'two 2'"
    told = text("x" * 500 + "a", "x" * 500 + "b")
    assert told is not None
    assert len(told.what) < 100
    assert "b' where" in told.what
    told = text("<A at 0x7f0011223344>", "<A at 0x7f0099887766>")
    assert told is not None
    assert "address" in told.hint
    told = text("{'a', 'b'}", "{'b', 'a'}")
    assert told is not None
    assert "order" in told.hint


@given(st.text(), st.text())
def test_any_two_texts(old: str, new: str) -> None:
    found = text(old, new)
    assert (found is None) == (old == new)
    if found:
        assert "\n" not in found.what
        assert len(found.what) < 200


@given(st.floats(allow_nan=False, allow_infinity=False), st.floats(-3e-5, 3e-5))
def test_near(value: float, change: float) -> None:
    other = value * (1 + change)
    assert near(value, other) or not math.isfinite(other)
    assert near(other, value) == near(value, other)


# ── outputs ──────────────────────────────────────────────────────────────────────────────────────


def never(old: str, new: str) -> str:
    raise AssertionError((old, new))


def kinds(*pairs: tuple[Output, Output]) -> list[str]:
    then, now = (Result(tuple(side)) for side in zip(*pairs, strict=True))
    return [d.kind for d in differences(then, now, lambda a, b: "it looks different" if a != b else "")]


def test_outputs() -> None:
    figure = Figure({"application/pdf": "a.pdf"}, 3, 2)
    assert kinds((Stream("stdout", "a"), Stream("stdout", "a")), (figure, figure)) == []
    assert kinds((figure, replace(figure, files={"application/pdf": "b.pdf"}))) == ["differs"]
    assert kinds((figure, replace(figure, width=3.5))) == ["differs"] or figure.files == {"application/pdf": "a.pdf"}
    assert kinds((Stream("stdout", "a"), figure)) == ["differs"]
    assert kinds((Rich({"text/plain": "1.0", "text/html": "<b>1.00000</b>"}), Rich({"text/plain": "1.0"}))) == [
        "differs"
    ]
    assert kinds((Rich({"text/plain": "1.00001"}), Rich({"text/plain": "1.00002"}))) == ["rounding"]


def test_pieces_of_a_stream_are_one() -> None:
    then = Result((Stream("stdout", "a\n"), Stream("stdout", "b\n")))
    assert differences(then, Result((Stream("stdout", "a\nb\n"),)), never) == []


def test_failure_now() -> None:
    failure = Failure("error", "ValueError", "no")
    [found] = differences(Result(), Result((failure,), error=failure), never)
    assert found.what == "it fails now: ValueError: no"
    allowed = Result((failure,))
    assert differences(allowed, allowed, never) == []


def curve(*values: float, total: int = 0) -> Curve:
    steps = tuple(range(len(values)))
    return Curve("loss", 3, steps, values, total or len(values), None, values[-1], min(values))


def test_curves() -> None:
    def told(then: Curve, *now: Curve) -> list[tuple[str, str]]:
        return [(d.kind, d.what) for d in differences(Result(curves=(then,)), Result(curves=now), never)]

    assert told(curve(1, 2), curve(1, 2)) == []
    assert told(curve(1, 2), curve(1, 2.00001))[0][0] == "rounding"
    assert told(curve(1, 2), curve(1, 3)) == [("differs", "loss is 3 in step 1 where the cache has 2")]
    assert told(curve(1, 2), curve(1, 2, 3)) == [("differs", "loss has 3 points where the cache has 2")]
    assert told(curve(1, 2)) == [("differs", "it records the losses none where the cache has loss")]


# ── images ───────────────────────────────────────────────────────────────────────────────────────


def drawn(kind: str, change: Callable[[Any], object] = lambda axes: None) -> bytes:
    """A small plot, saved as our figures are."""
    figure = Drawing(figsize=(4, 3))
    axes = figure.subplots()
    axes.plot([0, 1, 2, 3], [1, 0.5, 0.3, 0.2], label="loss")
    axes.set_xlabel("step")
    change(axes)
    buffer = io.BytesIO()
    with mpl.rc_context({"pdf.fonttype": 42}):
        figure.savefig(buffer, format=kind, bbox_inches="tight", dpi=200)
    return buffer.getvalue()


ALIKE = {
    "nothing": lambda axes: None,
    "rounding": lambda axes: axes.lines[0].set_ydata([1, 0.50002, 0.3, 0.2]),
}
UNLIKE = {
    "curve": lambda axes: axes.lines[0].set_ydata([1, 0.6, 0.3, 0.2]),
    "colour": lambda axes: axes.lines[0].set_color("tab:orange"),
    "label": lambda axes: axes.set_xlabel("epoch"),
    "legend": lambda axes: axes.legend(),
    "scale": lambda axes: axes.set_yscale("log"),
    "another curve": lambda axes: axes.plot([0, 3], [0.2, 1]),
}


@pytest.mark.parametrize("kind", ["pdf", "png"])
@pytest.mark.parametrize("change", ALIKE.values(), ids=ALIKE)
def test_images_that_look_the_same(kind: str, change: Callable[[Any], object]) -> None:
    assert look(drawn(kind), drawn(kind, change), kind) == ""


@pytest.mark.parametrize("kind", ["pdf", "png"])
@pytest.mark.parametrize("change", UNLIKE.values(), ids=UNLIKE)
def test_images_that_look_different(kind: str, change: Callable[[Any], object]) -> None:
    assert look(drawn(kind), drawn(kind, change), kind)


def test_images_compared_in_many_threads() -> None:
    """In a process of its own: a library that is not safe for threads ends the whole process."""
    one, two = drawn("pdf"), drawn("pdf", UNLIKE["curve"])
    code = (
        "import sys, concurrent.futures as c; from gradpress.looking import look\n"
        f"one, two = {one!r}, {two!r}\n"
        "with c.ThreadPoolExecutor(8) as pool:\n"
        "    told = list(pool.map(lambda _: look(one, two, 'pdf'), range(100)))\n"
        "assert len(set(told)) == 1 and told[0], told"
    )
    run = subprocess.run([sys.executable, "-"], input=code, text=True, capture_output=True, timeout=240)
    assert (run.returncode, run.stderr) == (0, "")


def test_image_of_another_shape() -> None:
    assert "another shape" in look(drawn("png"), drawn("png", lambda axes: axes.figure.set_size_inches(4, 5)), "png")


@pytest.mark.parametrize("kind", ["pdf", "png", "svg"])
def test_damaged_images(kind: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        look(b"one", b"other", kind)
