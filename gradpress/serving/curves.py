"""What running cells have said of their losses: a bounded number of points, however long they run."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, field
from typing import Any

MOST = 300
"""Points of one curve; a card is that many pixels wide."""


@dataclass
class Curve:
    """Every n-th value, and the last one."""

    points: list[tuple[int, float]] = field(default_factory=list)
    last: tuple[int, float] = (0, math.nan)
    _every: int = 1
    _count: int = 0

    def add(self, step: int, value: float) -> None:
        """One value more."""
        self.last = (step, value)
        if self._count % self._every == 0:
            self.points.append(self.last)
        self._count += 1
        if len(self.points) > MOST:
            self.points = self.points[::2]
            self._every *= 2

    def as_json(self) -> list[list[float | None]]:
        """Step and value of each point; a value that is not finite is null."""
        points = self.points if self.points and self.points[-1] == self.last else [*self.points, self.last]
        return [[step, value if math.isfinite(value) else None] for step, value in points]


@dataclass
class Cell:
    """A cell that runs."""

    file: str
    """Where it stands; `page` may include that file."""
    line: int
    began: float = field(default_factory=time.monotonic)
    curves: dict[str, Curve] = field(default_factory=dict)

    def as_json(self, page: str) -> dict[str, Any]:
        """For the browser."""
        told = {name: curve.as_json() for name, curve in self.curves.items()}
        seconds = round(time.monotonic() - self.began, 2)
        return {"page": page, "file": self.file, "line": self.line, "seconds": seconds, "losses": told}
