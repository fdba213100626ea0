"""Cells: code in a page, how it is to be run and shown, and what came of it.

Words: a *cell* is code that runs; its *options* say how it runs and how it is shown; a *result* holds
its *outputs* in the order in which they came, its *curves* (losses that were recorded while it ran) and
its *failure*, if any.  All of them are frozen, and go to plain JSON and back.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any, Literal

from gradpress.diagnostics import Place

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Options:
    """How a cell is run and shown.  Names and meanings are Quarto's where it has them."""

    label: str = ""
    """Target of references, e.g. `fig-fit`."""
    echo: bool | Literal["fenced"] = True
    """Show the code; `fenced` shows it with its fence and options."""
    eval: bool = True
    """Run the code."""
    include: bool = True
    """Show anything at all; the code runs all the same."""
    output: bool | Literal["asis"] = True
    """Show the output; `asis` reads what is printed as Markdown."""
    error: bool = False
    """An exception is part of the page, not a mistake: it is shown and the next cell runs."""
    warning: bool = True
    """Show Python warnings."""
    fig_cap: str = ""
    """Caption of the figure."""
    fig_alt: str = ""
    """Text for readers who cannot see the figure."""
    fig_width: float | None = None
    """Width of figures in inches, unless the code sets a size itself."""
    fig_height: float | None = None
    """Height of figures in inches, unless the code sets a size itself."""
    tbl_cap: str = ""
    """Caption of the table."""
    code_fold: bool | Literal["show"] = False
    """Put the code in a box that opens; `show` opens it at first."""
    timeout: float | None = None
    """Seconds the cell may run; None takes the page's limit, 0 means no limit."""
    depends: tuple[str, ...] = ()
    """Files whose contents the cell reads, relative to the page, where that is not seen by itself."""
    loss: tuple[str, ...] | Literal[False] | None = None
    """Names to record; False records none; None means the default names of a training cell."""
    loss_scale: Literal["auto", "log", "linear"] = "auto"
    """Scale of the loss plot."""
    loss_label: str = ""
    """Target of references to the loss plot."""
    loss_cap: str = ""
    """Caption of the loss plot."""
    session: str = ""
    """Name of the namespace and process; the page's own has no name."""
    seed: int | None = None
    """Seed the random numbers again before this cell."""


@dataclass(frozen=True, slots=True)
class Cell:
    """Code that runs."""

    code: str
    options: Options = Options()
    place: Place = Place("<cell>", 1)
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
    """Project files that were read: path, size, modification time in ns, hash."""
    origin: Literal["ran", "replayed", "none"] = "none"
    """`ran` in this build, `replayed` from the store, or neither."""

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


# ── reading options ──────────────────────────────────────────────────────────────────────────────

_TAGS: dict[str, dict[str, Any]] = {
    "norun": {"eval": False},
    "skip-execution": {"eval": False},
    "hide-input": {"code_fold": True},
    "remove-input": {"echo": False},
    "hide-output": {"output": False},
    "remove-output": {"output": False},
    "remove-cell": {"include": False},
    "raises-exception": {"error": True},
}
"""Class names and MyST tags that stand for options."""

_WORDS = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}
_CHOICES: dict[str, tuple[str, ...]] = {"echo": ("fenced",), "output": ("asis",), "code_fold": ("show",)}
_SWITCHES = {f.name for f in fields(Options) if f.type == "bool"} | _CHOICES.keys()
_NUMBERS = {"fig_width", "fig_height", "timeout"}
_SCALES = ("auto", "log", "linear")


def parse_options(
    raw: Mapping[str, Any], defaults: Options = Options(), flags: Iterable[str] = ()  # noqa: B008
) -> tuple[Options, tuple[str, ...]]:
    """`defaults` changed by `flags` (class names), then by `raw`; and what is wrong with `raw`, as sentences."""
    chosen: dict[str, Any] = {}
    problems: list[str] = []
    for flag in flags:
        chosen |= _TAGS.get(flag, {})
    for key, value in raw.items():
        name = key.strip().replace("-", "_").lower()
        try:
            chosen |= {tag: v for t in _listed(value) for tag, v in _TAGS.get(t, {}).items()} if name == "tags" else {
                name: _value(name, value)}
        except KeyError:
            problems.append(f"unknown option {key}{_nearest(name)}")
        except ValueError as error:
            problems.append(f"option {key}: {_shown(value)} is not {error}")
    return replace(defaults, **chosen), tuple(problems)


def _value(name: str, value: Any) -> Any:
    if name not in Options.__dataclass_fields__:
        raise KeyError(name)
    if name in _SWITCHES:
        return _switch(value, _CHOICES.get(name, ()))
    if name in _NUMBERS:
        return _positive(value, zero=name == "timeout")
    if name == "loss":
        return _losses(value)
    if name == "seed":
        return _whole(value)
    if name == "loss_scale":
        return _one_of(value, _SCALES)
    return _listed(value) if name == "depends" else _shown(value)


def _switch(value: Any, words: tuple[str, ...]) -> bool | str:
    word = _shown(value).lower()
    if word in words:
        return word
    if word not in _WORDS:
        raise ValueError(" or ".join(("true", "false", *words)))
    return _WORDS[word]


def _positive(value: Any, *, zero: bool) -> float:
    number = _floated(value)
    if not math.isfinite(number) or number < 0 or (number == 0 and not zero):
        raise ValueError("a positive number")
    return number


def _floated(value: Any) -> float:
    try:
        return float(_shown(value))
    except ValueError:
        raise ValueError("a positive number") from None


def _whole(value: Any) -> int:
    try:
        number = int(_shown(value))
    except ValueError:
        raise ValueError("a whole number") from None
    if not 0 <= number < 2**32:
        raise ValueError("between 0 and 4294967295, which is what numpy takes")
    return number


def _one_of(value: Any, words: tuple[str, ...]) -> str:
    word = _shown(value).lower()
    if word not in words:
        raise ValueError("one of " + ", ".join(words))
    return word


def _losses(value: Any) -> tuple[str, ...] | Literal[False] | None:
    """`false`, `true` or `auto` (the default names), or names; a comma inside brackets separates nothing."""
    word = _shown(value).lower()
    if word in ("auto", ""):
        return None
    if word in _WORDS:
        return False if not _WORDS[word] else DEFAULT_LOSSES
    return _listed(value)


DEFAULT_LOSSES = ("loss", "*_loss", "loss_*", "cost", "objective")
"""Names that are recorded in a training cell that names none."""


def _listed(value: Any) -> tuple[str, ...]:
    if isinstance(value, list | tuple):
        return tuple(str(v).strip() for v in value)
    text = _shown(value)
    if text[:1] == "[" and text[-1:] == "]":
        text = text[1:-1]
    parts, depth = [""], 0
    for c in text:
        depth += (c in "([{") - (c in ")]}")
        if c == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += c
    return tuple(p.strip().strip("\"'") if p.strip()[:1] in "\"'" else p.strip() for p in parts if p.strip())


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    text = str(value).strip()
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'" else text


def _nearest(name: str) -> str:
    import difflib

    known = [n.replace("_", "-") for n in Options.__dataclass_fields__]
    near = difflib.get_close_matches(name.replace("_", "-"), known, n=1, cutoff=0.7)
    return f"; did you mean {near[0]}?" if near else ""
