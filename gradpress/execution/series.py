"""The points of one curve, and what of a value is a point."""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence
from numbers import Real
from typing import Any

from gradpress.cells import Curve
from gradpress.records import dataclass, field

KEPT = 4096
"""Points kept of one curve: more than a plot has pixels, less than 100 kB of JSON."""


def number(value: Any) -> float | None:
    """`value` as a float if it is one real number; a truth value or a vector is none.

    Only types that are known are asked: calling `.item()` on a tracing proxy would change the graph
    that the author is tracing.
    """
    if isinstance(value, bool):
        return None
    if isinstance(value, float | int):
        return float(value)
    torch, numpy = sys.modules.get("torch"), sys.modules.get("numpy")
    if torch is not None and isinstance(value, torch.Tensor):
        return _plain(value.item()) if value.numel() == 1 else None
    if numpy is not None and isinstance(value, numpy.generic | numpy.ndarray):
        return _plain(value.item()) if value.size == 1 else None
    return float(value) if isinstance(value, Real) else None


def _plain(value: object) -> float | None:
    return float(value) if isinstance(value, float | int) and not isinstance(value, bool) else None


@dataclass
class Series:
    """The points of one curve; when there are too many, every second one goes."""

    steps: list[int] = field(default_factory=list)
    values: list[float] = field(default_factory=list)
    total: int = 0
    stride: int = 1
    first_bad: int | None = None
    last: float = math.nan
    least: float | None = None

    def add(self, step: int, value: float) -> None:
        """One more point."""
        self.extend([step], [value])

    def extend(self, steps: Sequence[int], values: Sequence[float]) -> None:
        """More points, in their order."""
        if not values:
            return
        first = -self.total % self.stride
        self.steps += steps[first :: self.stride]
        self.values += values[first :: self.stride]
        while len(self.values) > KEPT:
            del self.steps[1::2], self.values[1::2]
            self.stride *= 2
        self.total += len(values)
        self.last = values[-1]
        finite = values if math.isfinite(sum(values)) else [v for v in values if math.isfinite(v)]
        if len(finite) < len(values) and self.first_bad is None:
            self.first_bad = next(s for s, v in zip(steps, values, strict=True) if not math.isfinite(v))
        if finite:
            least = min(finite)
            self.least = least if self.least is None or least < self.least else self.least

    def curve(self, name: str, line: int) -> Curve:
        """What was recorded."""
        return Curve(
            name, line, tuple(self.steps), tuple(self.values), self.total, self.first_bad, self.last, self.least
        )
