"""The matplotlib backend of the cells: a figure that is shown becomes an SVG and a PDF.

matplotlib finds this module through `MPLBACKEND`; it is imported only after matplotlib.  The bytes are
the same in every run: no dates, ids from a fixed salt.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Literal

import matplotlib as mpl
from matplotlib import pyplot as plt
from matplotlib._pylab_helpers import Gcf
from matplotlib.artist import Artist
from matplotlib.backend_bases import FigureManagerBase
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.container import Container
from matplotlib.figure import Figure
from matplotlib.streamplot import StreamplotSet
from matplotlib.transforms import Bbox

LARGE = 2_000_000
"""Bytes of an SVG that a browser still opens without a pause; beyond, a PNG at print resolution."""
_FIXED: Any = {"svg.hashsalt": "gradpress", "svg.fonttype": "path", "pdf.compression": 6}
"""`pdf.fonttype` is the author's: matplotlib draws letters, and takes 100 ms longer to cut fonts down (42)."""

Box = Bbox | Literal["tight"]
Message = dict[str, Any]
sink: Callable[[Message], None] = lambda message: None  # noqa: E731
"""Where the messages go; the session sets it."""


class _Manager(FigureManagerBase):
    @classmethod
    def pyplot_show(cls, *, block: bool | None = None) -> None:
        show()


class FigureCanvas(FigureCanvasAgg):
    """A canvas that draws in memory; `plt.show()` reaches `show` through its manager."""

    manager_class = _Manager


def show() -> None:
    """Send all open figures, in the order of their numbers, and close them."""
    try:
        for manager in Gcf.get_all_fig_managers():
            send(manager.canvas.figure)
    finally:
        plt.close("all")


def send(figure: Figure) -> None:
    """Send one figure and close it; one without anything on it is left out."""
    plt.close(figure)
    if len(figure.get_children()) > 1:  # the first child is the background
        sink(message(figure))


def message(figure: Figure) -> Message:
    """The figure as files in base64, and its size in inches."""
    with _measured(figure) as found:
        files = {"image/svg+xml": _saved(figure, "svg", {"Date": None, "Creator": None})}
    box: Box = found[-1].padded(mpl.rcParams["savefig.pad_inches"]) if found else "tight"
    with _as_laid_out(figure):
        if len(files["image/svg+xml"]) > LARGE:
            files = {"image/png": _saved(figure, "png", {"Software": None}, box)}
        files["application/pdf"] = _saved(figure, "pdf", {"CreationDate": None, "Creator": None, "Producer": None}, box)
    width, height = figure.get_size_inches()
    encoded = {mime: base64.b64encode(data).decode() for mime, data in files.items()}
    return {"is": "figure", "files": encoded, "width": float(width), "height": float(height)}


@contextmanager
def _measured(figure: Figure) -> Iterator[list[Bbox]]:
    """The box around everything that is drawn, as it is found when the figure is saved.

    matplotlib draws the whole figure to find it, which is a quarter of what it takes to save it twice.
    """
    found: list[Bbox] = []
    find = figure.get_tightbbox

    def measure(*given: Any, **named: Any) -> Bbox:
        found.append(find(*given, **named))
        return found[-1]

    figure.get_tightbbox = measure  # type: ignore[method-assign]
    try:
        yield found
    finally:
        del figure.get_tightbbox  # what is left is the method of the class


@contextmanager
def _as_laid_out(figure: Figure) -> Iterator[None]:
    """Let everything stay where a layout engine has put it: it takes longer than to draw, and each time."""
    engine = figure.get_layout_engine()
    if engine is None:
        yield
        return
    figure.set_layout_engine("none")
    try:
        yield
    finally:
        figure.set_layout_engine(engine)


def _saved(figure: Figure, kind: str, metadata: dict[str, Any], box: Box = "tight") -> bytes:
    buffer = io.BytesIO()
    with mpl.rc_context(_FIXED):
        figure.savefig(buffer, format=kind, metadata=metadata, bbox_inches=box, dpi=200)
    return buffer.getvalue()


class Sized:
    """A context in which new figures have the size that the cell's options ask for."""

    def __init__(self, width: float | None, height: float | None) -> None:
        self._wanted = width, height

    def __enter__(self) -> None:
        self._before = list(mpl.rcParams["figure.figsize"])
        self._set = [w or b for w, b in zip(self._wanted, self._before, strict=True)]
        mpl.rcParams["figure.figsize"] = self._set

    def __exit__(self, *_: object) -> None:
        if list(mpl.rcParams["figure.figsize"]) == self._set:  # else the cell chose its own
            mpl.rcParams["figure.figsize"] = self._before


def is_echo(value: Any, depth: int = 3) -> bool:
    """Whether a value is only what a plotting call left behind: artists, or a container of them."""
    if isinstance(value, Artist | Container | StreamplotSet | FigureManagerBase | FigureCanvasAgg):
        return not isinstance(value, Figure)
    if isinstance(vars(value).get("_figure") if hasattr(value, "__dict__") else None, Figure):
        return not hasattr(value, "_repr_html_")
    if depth == 0 or isinstance(value, str | bytes):
        return False
    if isinstance(value, dict):
        value = list(value.values())
    if getattr(getattr(value, "dtype", None), "kind", "") == "O":
        value = list(value.flat) if hasattr(value, "flat") else []
    if isinstance(value, list | tuple):
        return any(is_echo(v, depth - 1) or isinstance(v, Figure) for v in value[:100])
    return False
