"""Lists of losses that the author's own code has kept, e.g. `losses.append(loss.item())`."""

from __future__ import annotations

import ast
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from gradpress.cells import DEFAULT_LOSSES, Curve
from gradpress.execution.series import Series, number
from gradpress.execution.sites import matches, normal

_LISTS = ("losses", "*_losses")
"""Names of lists that are recorded where none are named."""
_ARRAYS = (*_LISTS, "loss_*")
"""An array or tensor under another default name is a loss per sample, not a history."""


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
