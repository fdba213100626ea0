"""Loss recording, second half: what the added calls of `instrument.py` reach while the code runs.

Nothing here may reach the author: every fault is swallowed, no tensor is kept, no graph is held.
"""

from __future__ import annotations

import ast
import math
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from numbers import Real
from typing import Any

from gradpress.cells import DEFAULT_LOSSES, Curve
from gradpress.execution.instrument import Group, Sites, instrument, matches, normal

KEPT = 4096
"""Points kept of one curve: more than a plot has pixels, less than 100 kB of JSON."""
PAUSE = 0.2
"""Seconds between two progress events."""
_LISTS = ("losses", "*_losses")
"""Names of lists that are recorded where none are named."""
_ARRAYS = (*_LISTS, "loss_*")
"""An array or tensor under another default name is a loss per sample, not a history."""

Progress = Callable[[str, float, int], None]


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
        if self.total % self.stride == 0:
            self.steps.append(step)
            self.values.append(value)
            if len(self.values) > KEPT:
                del self.steps[1::2], self.values[1::2]
                self.stride *= 2
        self.total += 1
        self.last = value
        if not math.isfinite(value):
            self.first_bad = step if self.first_bad is None else self.first_bad
        elif self.least is None or value < self.least:
            self.least = value

    def curve(self, name: str, line: int) -> Curve:
        """What was recorded."""
        return Curve(
            name, line, tuple(self.steps), tuple(self.values), self.total, self.first_bad, self.last, self.least
        )


class Recorder:
    """Records the losses of a session.  An instance is what `instrument.NAME` stands for."""

    def __init__(self, progress: Progress | None = None) -> None:
        self.sites = Sites()
        self._progress = progress
        self._quiet_until = 0.0
        self.start()

    def start(self) -> None:
        """Forget what was recorded: a new cell begins."""
        self._series: dict[int, Series] = {}
        self._pending: dict[int, float] = {}
        self._ticks: dict[int, int] = {}
        self._spent: set[int] = set()
        self._by_scope: dict[int, list[int]] = {}

    def instrument(self, tree: ast.Module, names: Sequence[str]) -> ast.Module:
        """`tree` with calls of this recorder; groups are numbered through the session."""
        return instrument(tree, names, self.sites)

    def __call__(self, code: int, *values: Any) -> Any:
        """A value of a group, a literal (complement of the group), or, alone, a tick of a scope."""
        try:
            if not values:
                self._tick(code)
            elif code < 0:
                self._end(~code)
            else:
                self._take(code, values[0])
        except Exception:  # a fault of ours must not become one of the author's
            return values[0] if values else None
        return values[0] if values else None

    def _tick(self, scope: int) -> None:
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

    def _end(self, group: int) -> None:
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
        if clock not in self._ticks:
            clock = site.scope
        step = max(self._ticks.get(clock, 0) - 1, series.steps[-1] + 1 if series.steps else 0)
        if site.scope < 0 or (clock == site.scope and group in self._spent):
            step = series.total
        series.add(step, value)
        self._tell(site.name, value, step)

    def _tell(self, name: str, value: float, step: int) -> None:
        now = time.monotonic()
        if self._progress and now >= self._quiet_until:
            self._quiet_until = now + PAUSE
            self._progress(name, value, step)

    def _of(self, scope: int) -> list[int]:
        if scope not in self._by_scope:
            self._by_scope[scope] = [i for i, g in enumerate(self.sites.groups) if g.scope == scope]
        return self._by_scope[scope]

    def curves(self, wanted: Sequence[str] | None, namespace: Mapping[str, Any], code: str) -> list[Curve]:
        """The curves of the cell that has ended; `wanted` None means the default names."""
        for group in list(self._pending):
            self._flush(group)
        names = [normal(n) for n in wanted or DEFAULT_LOSSES]
        found = [
            (g, self._series[i].curve(g.name, g.line))
            for i, g in enumerate(self.sites.groups)
            if i in self._series and matches(g.name, names)
        ]
        kept = _different([c for g, c in sorted(found, key=_loops_first) if c.total > 1])
        kept.sort(key=lambda c: c.line)
        return kept + _new(lists(wanted, namespace, code), kept, explicit=wanted is not None)


def _loops_first(found: tuple[Group, Curve]) -> bool:
    return not found[0].looped


def _different(curves: Iterable[Curve]) -> list[Curve]:
    """Each curve once: a function's `loss` and the `loss = step()` of the loop that calls it are one."""
    kept: list[Curve] = []
    for curve in curves:
        if not any(equal(curve, other) for other in kept):
            kept.append(curve)
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
    return _different(c for c in fresh if explicit or not seen.issuperset(c.values))


def lists(wanted: Sequence[str] | None, namespace: Mapping[str, Any], code: str) -> list[Curve]:
    """Lists of numbers that stand under a wanted name at the end of the cell that mentions them."""
    names = [normal(n) for n in wanted] if wanted is not None else [*DEFAULT_LOSSES, *_LISTS]
    mentioned = _mentioned(code)
    globals_ = [n for n in namespace if n in mentioned and matches(n, names)]
    others = [n for n in names if not n.isidentifier() and _is_path(n)]
    found = []
    for name in [*globals_, *others]:
        value = _looked_up(name, namespace)
        if wanted is None and not isinstance(value, list | tuple) and not matches(name, _ARRAYS):
            continue
        values = _numbers(value)
        if len(values) > 1:
            found.append(_listed(name, values))
    return found


def _listed(name: str, values: Sequence[float]) -> Curve:
    series = Series()
    for step, value in enumerate(values):
        series.add(step, value)
    return series.curve(name, 0)


def _mentioned(code: str) -> set[str]:
    try:
        return {n.id for n in ast.walk(ast.parse(code)) if isinstance(n, ast.Name)}
    except (SyntaxError, ValueError):
        return set()


def _is_path(name: str) -> bool:
    """Only names, attributes and items: evaluating it calls nothing that the author did not write."""
    try:
        tree = ast.parse(name, mode="eval")
    except (SyntaxError, ValueError):
        return False
    allowed = (ast.Expression, ast.Name, ast.Attribute, ast.Subscript, ast.Constant, ast.Load, ast.UnaryOp, ast.USub)
    return all(isinstance(n, allowed) for n in ast.walk(tree))


def _looked_up(name: str, namespace: Mapping[str, Any]) -> Any:
    try:
        return eval(compile(name, "<loss>", "eval"), dict(namespace))
    except Exception:  # a name of the option that the code never gives a value
        return None


def _numbers(value: Any) -> list[float]:
    """The numbers of a list or 1-D array; empty when it is anything else."""
    torch, numpy = sys.modules.get("torch"), sys.modules.get("numpy")
    is_array = numpy is not None and isinstance(value, numpy.ndarray)
    is_tensor = torch is not None and isinstance(value, torch.Tensor)
    if not (is_array or is_tensor or isinstance(value, list | tuple)):
        return []
    if (is_array or is_tensor) and value.ndim != 1:
        return []
    try:
        numbers = [number(v) for v in (value.tolist() if is_array or is_tensor else value)]
    except Exception:  # a value that cannot be read is no number
        return []
    return [x for x in numbers if x is not None] if None not in numbers else []
