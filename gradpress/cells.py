"""Cells: code in a page, how it is to be run and shown, and what came of it.

Words: a *cell* is code that runs; its *options* say how it runs and how it is shown; a *result* holds
its *outputs* in the order in which they came, its *curves* (losses that were recorded while it ran) and
its *failure*, if any.  All of them are frozen, and go to plain JSON and back.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Literal

from gradpress.cell_options import DEFAULT_LOSSES, Options, parse_options
from gradpress.diagnostics import Place
from gradpress.records import asdict, dataclass, field, fields

__all__ = [
    "DEFAULT_LOSSES",
    "Cell",
    "Curve",
    "Failure",
    "Figure",
    "Options",
    "Output",
    "Result",
    "Rich",
    "Stream",
    "curve_from_json",
    "from_json",
    "output_from_json",
    "parse_options",
    "to_json",
]

Json = dict[str, Any]
Origin = Literal["ran", "replayed", "snapshot", "stale", "none"]
"""`ran` in this build; `replayed` from the store; `snapshot`: did not run, its state was still in memory;
`stale`: stored, but for other code or data."""


@dataclass(frozen=True, slots=True)
class Cell:
    """Code that runs."""

    code: str
    options: Options = field(default_factory=Options)
    place: Place = field(default_factory=lambda: Place("<cell>", 1))
    """The first line of the code in the Markdown file."""
    train: bool = False
    """Record and plot the loss."""
    inline: bool = False
    """An expression in a line of text."""

    @property
    def records(self) -> bool:
        """Whether losses are to be recorded while the cell runs."""
        return self.options.loss is not False and (self.train or bool(self.options.loss))


@dataclass(frozen=True, slots=True)
class Stream:
    """Text that was written to a standard stream."""

    name: Literal["stdout", "stderr"]
    text: str


@dataclass(frozen=True, slots=True)
class Rich:
    """A displayed value in all the forms that it has."""

    data: Mapping[str, str]
    """Text by MIME type: `text/plain` always, and `text/html`, `text/latex`, `text/markdown`, …"""
    files: Mapping[str, str] = field(default_factory=dict)
    """Images by MIME type: names of blobs in the store."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A matplotlib figure."""

    files: Mapping[str, str]
    """Names of blobs in the store by MIME type: `application/pdf`, and `image/svg+xml` (or
    `image/png`, where the SVG would be too large for a page)."""
    width: float
    """Width in inches."""
    height: float
    """Height in inches."""


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a cell has no good end."""

    kind: Literal["error", "timeout", "crash", "skipped", "not-run"]
    """`error`: an exception.  `skipped`: an earlier cell failed.  `not-run`: running was not allowed."""
    ename: str
    """Name of the exception, or of the way in which the process died."""
    evalue: str
    """The exception's text, or a sentence."""
    traceback: str = ""
    """The author's frames, as text without colours."""
    line: int = 0
    """Line in the Markdown file; 0 when unknown."""

    def __str__(self) -> str:
        return f"{self.ename}: {self.evalue}" if self.evalue else self.ename


Output = Stream | Rich | Figure | Failure


@dataclass(frozen=True, slots=True)
class Curve:
    """A loss as it was recorded."""

    name: str
    """The variable, as the code writes it."""
    line: int
    """Line in the Markdown file where it is assigned first; 0 for a list that was there at the end."""
    steps: tuple[int, ...]
    """Steps of the points that were kept, from 0; long curves are thinned evenly."""
    values: tuple[float, ...]
    """The points that were kept; may hold NaN and infinities."""
    total: int
    """How many points there were before thinning."""
    first_bad: int | None
    """The step at which the curve left the finite numbers."""
    last: float
    """The last value, exactly."""
    least: float | None
    """The least finite value, exactly; None when there is none."""


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a cell."""

    outputs: tuple[Output, ...] = ()
    """In the order in which they came; a failure is the last one."""
    curves: tuple[Curve, ...] = ()
    error: Failure | None = None
    """Set when the cell failed and was not allowed to (`error: true` allows exceptions)."""
    seconds: float = 0.0
    memory: int = 0
    """Largest resident size of the process so far, in bytes."""
    reads: tuple[tuple[str, int, int, str], ...] = ()
    """Files of the author that were read; see `execution/reads.py`."""
    imports: tuple[str, ...] = ()
    """Top-level modules outside the standard library that the cells so far can have reached."""
    marks: tuple[str, ...] = ()
    """What makes the result depend on more than files and code: `clock`, `network`, …; see `execution/seen.py`."""
    origin: Origin = "none"
    why: str = field(default="", compare=False)
    """In this build: why it ran, or did not, in a few words; not stored."""

    @property
    def blobs(self) -> frozenset[str]:
        """Names of all blobs that the outputs refer to."""
        pictures = (o.files.values() for o in self.outputs if isinstance(o, Rich | Figure))
        return frozenset(name for names in pictures for name in names)


_KINDS: dict[str, type[Any]] = {"stream": Stream, "rich": Rich, "figure": Figure, "failure": Failure}
_NAMES = {kind: name for name, kind in _KINDS.items()}
_BAD = {"nan": math.nan, "inf": math.inf, "-inf": -math.inf}


def to_json(result: Result) -> Json:
    """Plain JSON: numbers that JSON does not know become words."""
    return {
        "outputs": [{"is": _NAMES[type(o)], **_plain(o)} for o in result.outputs],
        "curves": [_curve_json(c) for c in result.curves],
        "error": asdict(result.error) if result.error else None,
        "seconds": result.seconds,
        "memory": result.memory,
        "reads": [list(r) for r in result.reads],
        "imports": list(result.imports),
        "marks": list(result.marks),
        "origin": result.origin,
    }


def from_json(data: Mapping[str, Any]) -> Result:
    """The result that `to_json` wrote; KeyError, TypeError or ValueError when it is none."""
    return Result(
        outputs=tuple(output_from_json(o) for o in data["outputs"]),
        curves=tuple(curve_from_json(c) for c in data["curves"]),
        error=Failure(**data["error"]) if data["error"] else None,
        seconds=float(data["seconds"]),
        memory=int(data["memory"]),
        reads=tuple((str(p), int(n), int(t), str(h)) for p, n, t, h in data["reads"]),
        imports=tuple(map(str, data["imports"])),
        marks=tuple(map(str, data["marks"])),
        origin=data["origin"],
    )


def output_from_json(data: Mapping[str, Any]) -> Output:
    """One output from the JSON that `to_json` wrote for it."""
    given = dict(data)
    output: Output = _KINDS[given.pop("is")](**given)
    return output


def curve_from_json(data: Mapping[str, Any]) -> Curve:
    """One curve from the JSON that `to_json` wrote for it."""
    least = data["least"]
    numbers = {
        "steps": tuple(map(int, data["steps"])),
        "values": tuple(map(_number, data["values"])),
        "last": _number(data["last"]),
        "least": None if least is None else _number(least),
    }
    return Curve(**{**data, **numbers})


def _plain(output: Output) -> Json:
    return {f.name: _copied(getattr(output, f.name)) for f in fields(output)}


def _copied(value: Any) -> Any:
    return dict(value) if isinstance(value, Mapping) else value


def _curve_json(curve: Curve) -> Json:
    data = {f.name: getattr(curve, f.name) for f in fields(curve)}
    return data | {
        "steps": list(curve.steps),
        "values": [_word(v) for v in curve.values],
        "last": _word(curve.last),
        "least": None if curve.least is None else _word(curve.least),
    }


def _word(value: float) -> float | str:
    return value if math.isfinite(value) else repr(value)


def _number(value: float | str) -> float:
    return _BAD[value] if isinstance(value, str) else float(value)
