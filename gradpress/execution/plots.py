"""The plot of recorded losses, as SVG for pages and PDF for TeX, each the same bytes for the same data.

In the SVG, text and axes have the colour of the text around it (`currentColor`) and the curves those of the
theme (`--curve-1` …), so that one picture is right on light and on dark pages.  Where no style sheet names
these, and in PDF, the curves have colours of a contrast of 3:1 and more on both.
"""

from __future__ import annotations

import io
import json
import math
import re
import threading
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from typing import Any

from gradpress import loss_phrases
from gradpress.cache import Storage
from gradpress.cells import Curve, Options, Result, to_json
from gradpress.execution import curve_data
from gradpress.records import asdict, dataclass

KIND = "plots"
VERSION = 6
"""Changes whenever the same data are drawn differently."""
PALETTE = ("#2f7fc1", "#d1600a", "#12946b", "#b0599c", "#8a7a12", "#7b6fd0")
"""Distinct also for readers who see fewer colours; each line has a dash pattern of its own besides."""
DASHES: tuple[Any, ...] = ("solid", (0, (6, 2)), (0, (1.5, 1.5)), (0, (6, 2, 1.5, 2)), (0, (3, 1)), (0, (8, 3)))
DECADES = 50
"""Largest over least value from which on a logarithmic scale shows more."""
_INK = "#010203"
"""Stands for `currentColor` until the SVG is written."""
_GRAY = "#333333"
_drawing = threading.Lock()


@dataclass(frozen=True, slots=True)
class LossPlot:
    """A plot of losses; the pictures are blobs of the store."""

    svg: str
    pdf: str
    curves: str
    """The points for the page's script; see `curve_data`."""
    csv: str
    """All points that were kept."""
    remark: str
    """A sentence for the caption where a curve leaves the finite numbers; otherwise empty."""
    alt: str
    """First, last and least value of each curve, for readers who cannot see it."""


def loss_plot(curves: Sequence[Curve], options: Options, storage: Storage, lang: str = "en") -> LossPlot:
    """The plot of `curves` with words in a language, drawn only if it is not in the store."""
    key = _key(curves, options, lang)
    try:
        plot = LossPlot(**storage.get(KIND, key))
    except TypeError:
        plot = None
    if plot is None or None in map(storage.blob, (plot.svg, plot.pdf, plot.curves, plot.csv)):
        plot = _drawn(curves, options, storage, key, lang)
        storage.put(KIND, key, asdict(plot))
    return plot


def is_log(curves: Iterable[Curve], scale: str) -> bool:
    """Whether the values go on a logarithmic scale: when asked for, or when their range asks for it."""
    finite = [v for c in curves for v in c.values if math.isfinite(v)]
    if scale != "auto" or not finite:
        return scale == "log" and bool(finite) and max(finite) > 0
    return min(finite) > 0 and max(finite) / min(finite) > DECADES


def labels(curves: Sequence[Curve]) -> list[str]:
    """The curves' names; with the line where one name stands for several."""
    names = [c.name for c in curves]
    return [f"{c.name} (line {c.line})" if names.count(c.name) > 1 and c.line else c.name for c in curves]


def remark(curves: Sequence[Curve], lang: str = "en") -> str:
    """Which curves left the finite numbers, and when; Markdown, for the caption."""
    bad = [(n, c.first_bad) for n, c in zip(labels(curves), curves, strict=True) if c.first_bad is not None]
    said = loss_phrases.said(lang)["diverged"]
    return " ".join(f"`{name}` {said.format(step)}." for name, step in bad)


def alt(curves: Sequence[Curve], scale: str, lang: str = "en") -> str:
    """The plot in words."""
    said = loss_phrases.said(lang)
    steps = max((c.steps[-1] for c in curves if c.steps), default=0)
    parts = "; ".join(_described(n, c, said) for n, c in zip(labels(curves), curves, strict=True))
    return f"{said['logarithmic' if is_log(curves, scale) else 'linear'].format(steps)}. {parts}."


def _described(name: str, curve: Curve, said: Mapping[str, str]) -> str:
    least = said["none"] if curve.least is None else f"{said['least']} {curve.least:.3g}"
    words = f"{name}: {said['first']} {curve.values[0]:.3g}, {said['last']} {curve.last:.3g}, {least}"
    return words if curve.first_bad is None else f"{words}, {said['diverged'].format(curve.first_bad)}"


def _key(curves: Sequence[Curve], options: Options, lang: str) -> str:
    from importlib.metadata import version

    data = to_json(Result(curves=tuple(curves)))["curves"]
    told = json.dumps([VERSION, version("matplotlib"), options.loss_scale, *loss_phrases.said(lang).values(), data])
    return sha256(told.encode()).hexdigest()


def _drawn(curves: Sequence[Curve], options: Options, storage: Storage, key: str, lang: str) -> LossPlot:
    log = is_log(curves, options.loss_scale)
    with _drawing:  # matplotlib's settings are global
        drawn = _saved(curves, log, "svg", _INK, key, lang).decode()
        picture = _saved(curves, log, "pdf", _GRAY, key, lang)
    names = labels(curves)
    files = {
        "svg": _svg(drawn, f"p{key[:10]}", alt(curves, options.loss_scale, lang)).encode(),
        "pdf": picture,
        "json": curve_data.for_page(curves, names, log=log).encode(),
        "csv": curve_data.csv(curves, names).encode(),
    }
    svg, pdf, points, csv = (storage.put_blob(data, suffix) for suffix, data in files.items())
    return LossPlot(svg, pdf, points, csv, remark(curves, lang), alt(curves, options.loss_scale, lang))


def _saved(curves: Sequence[Curve], log: bool, kind: str, ink: str, salt: str, lang: str) -> bytes:
    import matplotlib as mpl
    from matplotlib.figure import Figure

    buffer = io.BytesIO()
    with mpl.rc_context():
        mpl.rcdefaults()
        settings: Any = mpl.rcParams
        settings.update(_settings(ink, salt))
        figure = Figure(figsize=(6.4, 3.2), layout="constrained")
        _draw(figure.subplots(), curves, log, ink, loss_phrases.drawn(lang))
        dates = {"Date": None} if kind == "svg" else {"CreationDate": None}
        figure.savefig(buffer, format=kind, transparent=True, metadata=dates)
    return buffer.getvalue()


def _settings(ink: str, salt: str) -> dict[str, Any]:
    inked = ("text.color", "axes.labelcolor", "axes.edgecolor", "xtick.color", "ytick.color", "grid.color")
    return dict.fromkeys(inked, ink) | {
        "svg.hashsalt": salt,
        "svg.fonttype": "path",
        "font.size": 9.5,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.linewidth": 0.7,
        "xtick.major.width": 0.7,
        "ytick.major.width": 0.7,
        "xtick.minor.size": 0,
        "ytick.minor.size": 0,
        "grid.alpha": 0.16,
        "grid.linewidth": 0.7,
        "axes.grid": True,
        "axes.axisbelow": True,
        "axes.formatter.limits": (-3, 4),
        "axes.formatter.use_mathtext": True,
        "path.simplify_threshold": 0.2,
    }


def _draw(axes: Any, curves: Sequence[Curve], log: bool, ink: str, said: Mapping[str, str]) -> None:
    if log:
        axes.set_yscale("log", nonpositive="mask")
    for index, (name, curve) in enumerate(zip(labels(curves), curves, strict=True)):
        _line(axes, name, curve, index)
    _extent(axes, curves)
    for index, curve in enumerate(curves):
        if curve.first_bad is not None:
            _divergence(axes, curve, PALETTE[index % len(PALETTE)], ink, said["diverged"])
    axes.set_xlabel(said["step"])
    axes.set_ylabel(_literal(curves[0].name) if len(curves) == 1 else said["loss"])
    if len(curves) > 1:
        axes.legend(
            frameon=False,
            loc="lower left",
            bbox_to_anchor=(0, 1),
            ncols=3,
            borderaxespad=0.1,
            handlelength=2.4,
            columnspacing=1.6,
        )


def _line(axes: Any, name: str, curve: Curve, index: int) -> None:
    finite = [v if _drawable(v) else math.nan for v in curve.values]
    few, many = len(finite) <= 25, len(finite) > 600
    axes.plot(
        curve.steps,
        finite,
        label=_literal(name),
        color=PALETTE[index % len(PALETTE)],
        linestyle=DASHES[(index + index // len(PALETTE)) % len(DASHES)],
        linewidth=1.3 if many else 1.9,
        marker="o" if few else "",
        markersize=3.5,
        solid_joinstyle="round",
    )


def _drawable(value: float) -> bool:
    """Finite, and far enough from the ends of the floats that the ticks around it are floats too."""
    return value == 0 or 1e-200 < abs(value) < 1e200


def _literal(name: str) -> str:
    """A name as it is: a dollar begins no formula, an underscore hides nothing from the legend."""
    return " " * name.startswith("_") + name.replace("$", r"\$")


def _extent(axes: Any, curves: Sequence[Curve]) -> None:
    """All steps, also those without a finite value, and whole numbers only."""
    from matplotlib.ticker import MaxNLocator

    ends = [c.steps[-1] for c in curves if c.steps] + [c.first_bad for c in curves if c.first_bad is not None]
    last = max([*ends, 1])
    axes.set_xlim(-0.015 * last, 1.015 * last)
    axes.xaxis.set_major_locator(MaxNLocator(nbins=8, integer=True, steps=[1, 2, 5, 10]))


def _divergence(axes: Any, curve: Curve, color: str, ink: str, said: str) -> None:
    """A line at the step, a cross on the last finite point, and the words beside them."""
    step = curve.first_bad or 0
    axes.axvline(step, color=color, linewidth=1, linestyle=(0, (2, 2)))
    before = [(s, v) for s, v in zip(curve.steps, curve.values, strict=True) if _drawable(v) and s < step]
    if before:
        axes.plot(*before[-1], marker="X", markersize=7, color=color, markeredgewidth=0, clip_on=False)
    left, right = axes.get_xlim()
    late = step > (left + right) / 2
    axes.annotate(
        said.format(step),
        (step, 0.04),
        xycoords=("data", "axes fraction"),
        color=ink,
        xytext=(-5 if late else 5, 0),
        textcoords="offset points",
        ha="right" if late else "left",
        va="bottom",
    )


_PATHS = re.compile(r' d="[^"]*"')
_LONG = re.compile(r"\d+\.\d{3,}")
_IDS = re.compile(r' id="([^"]*)"')
_USES = re.compile(r'(?<=href="#)[^"]*(?=")|(?<=url\(#)[^)]*(?=\))')


def _svg(text: str, prefix: str, words: str) -> str:
    """The SVG ready to stand inside a page: no prologue, ids of its own, the text's colour."""
    from html import escape

    text = text[text.index("<svg") :]
    text = re.sub(r"\s*<metadata>.*?</metadata>", "", text, flags=re.DOTALL)
    text = re.sub(r"\s*<defs>\s*<style.*?</style>\s*</defs>", "", text, flags=re.DOTALL)  # would hold page-wide
    text = _PATHS.sub(lambda path: _LONG.sub(lambda m: f"{float(m[0]):.2f}", path[0]), text)  # a third of the weight
    used = set(_USES.findall(text))
    text = _IDS.sub(lambda m: f' id="{prefix}-{m[1]}"' if m[1] in used else "", text)
    text = _USES.sub(lambda m: f"{prefix}-{m[0]}", text).replace(_INK, "currentColor")
    for number, color in enumerate(PALETTE, 1):
        text = text.replace(color, f"var(--curve-{number},{color})")
    return re.sub(
        r"<svg ([^>]*)>",
        rf'<svg role="img" stroke-linejoin="round" stroke-linecap="butt" \1>\n <title>{_quoted(escape(words))}</title>',
        text,
        count=1,
    )


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\")
