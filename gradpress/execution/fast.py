"""Recording the usual training loop: one watched name in a loop.

Functions over local variables, since attributes would cost as much as all the rest; they share what every
recording must do.  Measured in a loop of small torch operations, where caches are cold: 1.2 µs for a step, of
which 0.3 are `item()`, and 0.5 the bare call of any function.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Any

from gradpress.execution.series import Series, number
from gradpress.records import dataclass

PAUSE = 0.2
"""Seconds between two progress events."""
_MANY = 64
"""Points between two looks at the clock, at most."""
_BATCH = 1024
"""Points that wait to be thinned."""

Tell = Callable[[float, int], None]


@dataclass(frozen=True)
class Fast:
    """What the added calls of one group reach, and how the recorder gets at its points."""

    take: Callable[[Any], Any]
    """A value; it is given back."""
    tick: Callable[[], None]
    settle: Callable[[], Series]
    """All points so far."""
    ticked: Callable[[], int]
    """How many ticks there were."""
    start: Callable[[], None]
    """Begin a new curve."""


class _Pace:
    """When to look at the clock again: seldom where steps are fast, at each step where they are slow."""

    def __init__(self, tell: Tell) -> None:
        self._tell = tell
        self._then, self._before, self._quiet_until = time.monotonic(), 0, 0.0

    def due(self, count: int, value: float, step: int) -> int:
        """After `count` points, of which the last one may be told: the count after which to ask again."""
        now = time.monotonic()
        each = (now - self._then) / max(count - self._before, 1)
        self._then, self._before = now, count
        if now >= self._quiet_until:
            self._quiet_until = now + PAUSE
            self._tell(value, step)
        return count + min(_MANY, int(PAUSE / 4 / max(each, 1e-9)))


def steady(tell: Tell) -> Fast:
    """For a group that gets one value in each tick: the values are the ticks."""
    values: list[Any] = []
    append = values.append
    series, pace = Series(), _Pace(tell)
    tensor: Any = None
    item: Any = None
    due = 0

    def take(value: Any) -> Any:
        try:
            if type(value) is tensor:
                append(item(value))
            elif type(value) is float:
                append(value)
            else:
                other(value)
            if len(values) > due:
                look()
        except Exception:  # a fault of ours, or a value that cannot be read, must not become the author's
            return value
        return value

    def other(value: Any) -> None:
        nonlocal tensor, item
        if tensor is None and "torch" in sys.modules:
            tensor = sys.modules["torch"].Tensor
            item = tensor.item
        x = number(value)
        if x is not None:
            append(x)

    def look() -> None:
        nonlocal due
        count = series.total + len(values)
        due = pace.due(count, float(values[-1]), count - 1) - series.total
        if len(values) >= _BATCH:
            settle()

    def settle() -> Series:
        nonlocal due
        numbers = values
        if set(map(type, values)) != {float}:  # `item()` may have given whole numbers and truth values
            numbers = [x for x in map(number, values) if x is not None]
        series.extend(range(series.total, series.total + len(numbers)), numbers)
        due = max(0, due - len(values))
        values.clear()
        return series

    def start() -> None:
        nonlocal series, pace, due
        series, pace, due = Series(), _Pace(tell), 0
        values.clear()

    return Fast(take, lambda: None, settle, lambda: series.total + len(values), start)


def ticking(tell: Tell) -> Fast:
    """For a group with any number of values in a tick: the last one counts."""
    steps: list[int] = []
    values: list[float] = []
    series, pace = Series(), _Pace(tell)
    pending: float | None = None
    ticks = due = 0

    def take(value: Any) -> Any:
        nonlocal pending
        try:
            x = value if type(value) is float else number(value)
            if x is not None:
                pending = x
        except Exception:  # as above
            return value
        return value

    def tick() -> None:
        nonlocal pending, ticks
        if pending is not None:
            steps.append(ticks - 1)
            values.append(pending)
            pending = None
            if ticks > due:
                look()
        ticks += 1

    def look() -> None:
        nonlocal due
        try:
            due = pace.due(ticks, values[-1], steps[-1])
            if len(values) >= _BATCH:
                empty()
        except Exception:  # as above
            return

    def empty() -> None:
        series.extend(steps, values)
        steps.clear()
        values.clear()

    def settle() -> Series:
        nonlocal pending
        if pending is not None:
            steps.append(max(ticks - 1, 0))
            values.append(pending)
            pending = None
        empty()
        return series

    def start() -> None:
        nonlocal series, pace, pending, ticks, due
        series, pace, pending, ticks, due = Series(), _Pace(tell), None, 0, 0

    return Fast(take, tick, settle, lambda: ticks, start)
