"""Whether two results of the same cell say the same: text exactly, numbers up to rounding, images as they look.

Numbers count as rounded when they agree to `TOLERANCE`: other processors and libraries add in another order.
Whole numbers are counts, and must be equal.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Sequence
from itertools import zip_longest
from typing import Literal

from gradpress.cells import Curve, Failure, Figure, Output, Result, Rich, Stream
from gradpress.patterns import pattern
from gradpress.records import dataclass

TOLERANCE = 1e-4
"""Relative; single precision has 6e-8, and a training multiplies it."""
_TINY = 1e-12
_NUMBER = pattern(r"[-+]?(?:\d+\.?\d*(?:[eE][-+]?\d+)?|\.\d+(?:[eE][-+]?\d+)?|\binf\b|\bnan\b)")
_ADDRESS = pattern(r"0x[0-9a-fA-F]{6,16}\b")
_LONGEST = 60

Images = Callable[[str, str], str]
"""How two images in the stores look different, in words; empty when they do not."""


@dataclass(frozen=True)
class Difference:
    """One thing that is not the same."""

    kind: Literal["differs", "rounding"]
    what: str
    hint: str = ""


def differences(stored: Result, fresh: Result, images: Images) -> list[Difference]:
    """What `fresh` shows other than `stored`, in its order; at most one for each output."""
    if fresh.error and not stored.error:
        return [Difference("differs", f"it fails now: {_short(str(fresh.error))}")]
    found = [*_outputs(stored.outputs, fresh.outputs, images), *_curves(stored.curves, fresh.curves)]
    return [d for d in found if d is not None]


def _outputs(then: Sequence[Output], now: Sequence[Output], images: Images) -> Iterator[Difference | None]:
    for old, new in zip_longest(_joined(then), _joined(now)):
        if old is None or new is None:
            yield Difference("differs", f"it shows {_kind(new)} where the cache has {_kind(old)}")
        elif type(old) is not type(new):
            yield Difference("differs", f"it shows {_kind(new)} where the cache has {_kind(old)}")
            return
        else:
            yield _output(old, new, images)


def _joined(outputs: Sequence[Output]) -> Iterator[Output]:
    """What was printed in pieces, in one: where a buffer ended does not matter."""
    last: Output | None = None
    for output in outputs:
        if isinstance(output, Stream) and isinstance(last, Stream) and last.name == output.name:
            last = Stream(last.name, last.text + output.text)
            continue
        if last is not None:
            yield last
        last = output
    if last is not None:
        yield last


def _kind(output: Output | None) -> str:
    names = {Stream: "text", Rich: "a value", Figure: "a figure", Failure: "an error"}
    return "nothing" if output is None else names[type(output)]


def _output(old: Output, new: Output, images: Images) -> Difference | None:
    if isinstance(old, Stream) and isinstance(new, Stream):
        return text(old.text, new.text)
    if isinstance(old, Failure) and isinstance(new, Failure):
        return text(str(old), str(new)) or text(old.traceback, new.traceback)
    if isinstance(old, Rich) and isinstance(new, Rich):
        forms = (text(old.data.get(m, ""), new.data.get(m, "")) for m in {**old.data, **new.data})
        return next((f for f in forms if f), None) or _pictures(old, new, images)
    return _pictures(old, new, images)


def _pictures(old: Output, new: Output, images: Images) -> Difference | None:
    """One form of the image stands for all; equal names are equal bytes."""
    if not (isinstance(old, Rich | Figure) and isinstance(new, Rich | Figure)) or old.files == new.files:
        return None
    if old.files.keys() != new.files.keys():
        return Difference("differs", "it shows an image of another kind")
    if isinstance(old, Figure) and isinstance(new, Figure) and not _same_size(old, new):
        size = f"{new.width:.3g} × {new.height:.3g} inches where the cache has {old.width:.3g} × {old.height:.3g}"
        return Difference("differs", f"its figure has {size}")
    mime = next(m for m in ("application/pdf", *old.files) if m in old.files)
    said = images(old.files[mime], new.files[mime])
    return Difference("differs", said) if said else None


def _same_size(old: Figure, new: Figure) -> bool:
    return math.isclose(old.width, new.width) and math.isclose(old.height, new.height)


# ── text ─────────────────────────────────────────────────────────────────────────────────────────


def text(old: str, new: str) -> Difference | None:
    """What is not the same in two texts; whitespace counts only where no number is rounded."""
    if old == new:
        return None
    pairs = [(a or "", b or "") for a, b in zip_longest(old.split("\n"), new.split("\n")) if a != b]
    other = next(((a, b) for a, b in pairs if not _rounded(a, b)), None)
    if other is None:
        return Difference("rounding", _instead(*pairs[0]))
    return Difference("differs", _instead(*other), _hint(old, new, *other))


def _rounded(old: str, new: str) -> bool:
    if _NUMBER.sub("#", old).split() != _NUMBER.sub("#", new).split():
        return False
    return all(map(_close, _NUMBER.findall(old), _NUMBER.findall(new)))


def _close(old: str, new: str) -> bool:
    whole = old.lstrip("+-").isdigit() and new.lstrip("+-").isdigit()
    return old == new or (not whole and near(float(old), float(new)))


def near(a: float, b: float) -> bool:
    """Whether two numbers are the same up to rounding."""
    return math.isclose(a, b, rel_tol=TOLERANCE, abs_tol=_TINY) or (math.isnan(a) and math.isnan(b))


def _instead(old: str, new: str) -> str:
    """From where they part, with a little of what stands before."""
    same = next((i for i, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new)))
    start = max(0, same - _LONGEST // 3) if max(len(old), len(new)) > _LONGEST else 0
    return f"it shows '{_short(new[start:])}' where the cache has '{_short(old[start:])}'"


def _short(line: str) -> str:
    line = " ".join(line.split())
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…"


def _hint(old: str, new: str, line: str, other: str) -> str:
    if _ADDRESS.search(line) and _ADDRESS.sub("", line) == _ADDRESS.sub("", other):
        return "it shows an address in memory; print something of the object instead"
    if sorted(re.findall(r"\w+", old)) == sorted(re.findall(r"\w+", new)):
        return "the same words in another order: sort what comes out of a set"
    return ""


# ── losses ───────────────────────────────────────────────────────────────────────────────────────


def _curves(then: Sequence[Curve], now: Sequence[Curve]) -> Iterator[Difference | None]:
    names, others = [c.name for c in then], [c.name for c in now]
    if names != others:
        said = f"the losses {', '.join(others) or 'none'} where the cache has {', '.join(names) or 'none'}"
        yield Difference("differs", f"it records {said}")
        return
    for old, new in zip(then, now, strict=True):
        yield _curve(old, new)


def _curve(old: Curve, new: Curve) -> Difference | None:
    if (old.steps, old.values, old.last) == (new.steps, new.values, new.last):
        return None
    if old.total != new.total:
        return Difference("differs", f"{old.name} has {new.total} points where the cache has {old.total}")
    points = [*zip(old.steps, old.values, new.values, strict=False), (old.total - 1, old.last, new.last)]
    for step, a, b in points:
        if not near(a, b):
            return Difference("differs", f"{old.name} is {b:.6g} in step {step} where the cache has {a:.6g}")
    step, a, b = next((p for p in points if repr(p[1]) != repr(p[2])), points[-1])
    return Difference("rounding", f"{old.name} is {b!r} in step {step} where the cache has {a!r}") if a != b else None
