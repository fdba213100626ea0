"""Loss recording, last third: what the added calls of `instrument.py` reach while the code runs.

Nothing here may reach the author: every fault is swallowed, no tensor is kept, no graph is held.  A step of
a training loop costs a call or two of functions that are made for it (`fast.py`).
"""

from __future__ import annotations

import ast
import functools
import math
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from gradpress.cells import DEFAULT_LOSSES, Curve
from gradpress.execution import fast
from gradpress.execution.instrument import instrument
from gradpress.execution.listed import lists
from gradpress.execution.series import Series, number
from gradpress.execution.sites import Group, Sites, matches, normal

Progress = Callable[[str, float, int], None]


class Recorder:
    """Records the losses of a session."""

    def __init__(self, progress: Progress | None = None) -> None:
        self.sites = Sites()
        self.calls: list[Callable[..., Any]] = []
        """What `instrument.NAME` stands for."""
        self._progress = progress
        self._quiet_until: dict[int, float] = {}
        """When each curve may say something again."""
        self.start()

    def start(self) -> None:
        """Forget what was recorded: a new cell begins."""
        self._series: dict[int, Series] = {}
        self._runs: dict[int, list[Series]] = {}
        """Curves of a group that are complete."""
        self._pending: dict[int, float] = {}
        self._ticks: dict[int, int] = {}
        self._spent: set[int] = set()
        self._by_scope: dict[int, list[int]] = {}
        self._fast: dict[int, fast.Fast] = {}
        self._bind()

    def statement(self) -> None:
        """A statement of the cell begins: trainings in functions that it calls are other ones than those so far."""
        for group in [g for g in {*self._series, *self._fast, *self._pending} if self.sites.groups[g].called]:
            series = self._settled(group)
            if series.total:
                self._runs.setdefault(group, []).append(series)
                self._series.pop(group, None)
                scope = self.sites.groups[group].scope
                for clock in {scope, self.sites.inner.get(scope, scope)}:
                    self._ticks.pop(clock, None)
                self._spent.discard(group)
                if group in self._fast:
                    self._fast[group].start()

    def instrument(self, tree: ast.Module, names: Sequence[str]) -> ast.Module:
        """`tree` with calls of this recorder; groups are numbered through the session."""
        known = len(self.sites.calls)
        instrumented = instrument(tree, names, self.sites)
        self._by_scope.clear()
        self._bind(known)
        return instrumented

    def _bind(self, first: int = 0) -> None:
        """A function for each call; `calls` stays the same list, which the author's code refers to."""
        self.calls[first:] = [self._call(what, number) for what, number in self.sites.calls[first:]]

    def _call(self, what: str, number: int) -> Callable[..., Any]:
        group = self._only_group(number) if what == "tick" else number
        if group is not None and self._is_plain(group):
            if group not in self._fast:
                make = fast.steady if group in self.sites.steady else fast.ticking
                self._fast[group] = make(functools.partial(self._tell, group))
            return self._fast[group].tick if what == "tick" else self._fast[group].take
        functions: dict[str, Callable[[int, Any], None]]
        functions = {"tick": self._tick, "literal": self._end, "value": self._take}
        return _guarded(functions[what], number)

    def _is_plain(self, group: int) -> bool:
        """Whether the group is alone in its scope, is no sum over another one, and is not ended by literals."""
        scope = self.sites.groups[group].scope
        return (
            scope >= 0
            and self._only_group(scope) == group
            and group not in self.sites.ended
            and scope not in self.sites.inner
        )

    def _only_group(self, scope: int) -> int | None:
        groups = self._of(scope)
        return groups[0] if len(groups) == 1 else None

    def _tick(self, scope: int, _: Any = None) -> None:
        for group in self._of(scope):
            self._flush(group)
        self._spent.difference_update(self._of(scope))
        self._ticks[scope] = self._ticks.get(scope, 0) + 1

    def _take(self, group: int, value: Any) -> None:
        x = number(value)
        if x is None:
            return
        if self.sites.groups[group].scope < 0:
            self._point(group, x)
        else:
            self._pending[group] = x

    def _end(self, group: int, _: Any) -> None:
        """A literal starts the sum anew: what was summed is a point, what is left at the tick is none."""
        if group in self._pending:
            self._flush(group, force=True)
            self._spent.add(group)

    def _flush(self, group: int, *, force: bool = False) -> None:
        value = self._pending.pop(group, None)
        if value is not None and (force or group not in self._spent):
            self._point(group, value)

    def _point(self, group: int, value: float) -> None:
        series = self._series.setdefault(group, Series())
        site = self.sites.groups[group]
        clock = self.sites.inner.get(site.scope, site.scope)
        clock = clock if self._ticked(clock) else site.scope
        step = max(self._ticked(clock) - 1, series.steps[-1] + 1 if series.steps else 0)
        if site.scope < 0 or (clock == site.scope and group in self._spent):
            step = series.total
        series.add(step, value)
        self._tell(group, value, step)

    def _ticked(self, scope: int) -> int:
        """How often a scope has ticked."""
        group = self._only_group(scope)
        own = None if group is None else self._fast.get(group)
        return own.ticked() if own else self._ticks.get(scope, 0)

    def _tell(self, group: int, value: float, step: int) -> None:
        now = time.monotonic()
        if self._progress and now >= self._quiet_until.get(group, 0.0):
            self._quiet_until[group] = now + fast.PAUSE
            self._progress(self.sites.groups[group].name, value, step)

    def _of(self, scope: int) -> list[int]:
        if scope not in self._by_scope:
            self._by_scope[scope] = [i for i, g in enumerate(self.sites.groups) if g.scope == scope]
        return self._by_scope[scope]

    def _settled(self, group: int) -> Series:
        """The points of a group so far, with the last one."""
        if group in self._fast:
            return self._fast[group].settle()
        self._flush(group)
        return self._series.get(group, Series())

    def curves(self, wanted: Sequence[str] | None, namespace: Mapping[str, Any], code: str) -> list[Curve]:
        """The curves of the cell that has ended; `wanted` None means the default names."""
        names = [normal(n) for n in wanted or DEFAULT_LOSSES]
        found = [
            (g, list(_numbered(g, [*self._runs.get(i, ()), self._settled(i)])))
            for i, g in enumerate(self.sites.groups)
            if matches(g.name, names)
        ]
        kept = _different(curves for _, curves in sorted(found, key=_loops_first))
        kept.sort(key=lambda c: c.line)
        return kept + _new(lists(wanted, namespace, code), kept, explicit=wanted is not None)


def _guarded(function: Callable[[int, Any], None], number: int) -> Callable[..., Any]:
    """`function` for one group or scope; it gives its value back, and no fault."""

    def call(value: Any = None) -> Any:
        try:
            function(number, value)
        except Exception:  # a fault of ours must not become one of the author's
            return value
        return value

    return call


def _numbered(group: Group, runs: Iterable[Series]) -> Iterator[Curve]:
    """The curves of a group; several trainings are told apart by their numbers."""
    whole = [series for series in runs if series.total > 1]
    for number_, series in enumerate(whole, 1):
        yield series.curve(f"{group.name} ({number_})" if len(whole) > 1 else group.name, group.line)


def _loops_first(found: tuple[Group, Sequence[Curve]]) -> bool:
    return not found[0].looped


def _different(found: Iterable[Sequence[Curve]]) -> list[Curve]:
    """Each curve once: a function's `loss` and the `loss = step()` of the loop that calls it are one."""
    kept: list[Curve] = []
    for curves in found:
        kept += [c for c in curves if not any(equal(c, other) for other in kept)]
    return kept


def equal(a: Curve, b: Curve) -> bool:
    """The same numbers, up to single precision."""
    return a.total == b.total and len(a.values) == len(b.values) and all(map(_close, a.values, b.values))


def _close(a: float, b: float) -> bool:
    return math.isclose(a, b, rel_tol=1e-6) or (math.isnan(a) and math.isnan(b))


def _new(found: list[Curve], kept: list[Curve], *, explicit: bool) -> list[Curve]:
    """The lists that say more than the recorded curves; an asked-for one that is no copy says more."""
    seen = {value for curve in kept for value in curve.values}
    fresh = [c for c in found if not any(equal(c, k) for k in kept)]
    return _different([c] for c in fresh if explicit or not seen.issuperset(c.values))
