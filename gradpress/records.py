"""`dataclass` without generated code: a build of one page makes a hundred such classes.

The standard one writes the methods of each class as text and compiles them, which takes half a millisecond a class: a
third of what one changed word had to import.  These methods look up the fields when they are called, which takes an
object a microsecond; a class of which many are made has its `__init__` written after all.  All else is the standard
one's: `field`, `fields`, `replace`, `asdict`, `slots`.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from dataclasses import asdict, field, fields, replace
from operator import attrgetter
from reprlib import recursive_repr
from typing import TYPE_CHECKING, Any

__all__ = ["asdict", "dataclass", "field", "fields", "replace"]
_put = object.__setattr__
_MANY = 100
"""Objects of one class after which its `__init__` is compiled."""


class _Plan:
    """What the methods of a class must know of its fields."""

    def __init__(self, cls: type) -> None:
        found = fields(cls)
        self.name = cls.__qualname__
        self.arguments = tuple(f.name for f in found if f.init)
        self.defaults = {f.name: f.default for f in found if f.default is not dataclasses.MISSING}
        self.factories = {f.name: f.default_factory for f in found if f.default_factory is not dataclasses.MISSING}
        self.shown = tuple(f.name for f in found if f.repr)
        self.compared = attrgetter("__class__", *(f.name for f in found if f.compare))
        self.names = tuple(f.name for f in found)
        self.filled = {*self.arguments, *self.defaults, *self.factories}
        self.further = getattr(cls, "__post_init__", None)
        self.until_written = _MANY

    def values(self, given: tuple[Any, ...], named: dict[str, Any]) -> Iterable[tuple[str, Any]]:
        """The fields of a new object.  Raises TypeError where these arguments do not make one."""
        if not named and len(given) == len(self.names) == len(self.arguments):
            return zip(self.arguments, given, strict=True)
        values = {**self.defaults, **dict(zip(self.arguments, given)), **named}  # noqa: B905 (the others are named)
        for name, make in self.factories.items():
            if name not in values:
                values[name] = make()
        if values.keys() != self.filled or len(given) > len(self.arguments) or _twice(self.arguments, given, named):
            asked, got = ", ".join(self.arguments), ", ".join([*map(repr, given), *named])
            raise TypeError(f"{self.name}() takes {asked}; it was given {got}")
        return values.items()


def _twice(arguments: tuple[str, ...], given: tuple[Any, ...], named: dict[str, Any]) -> bool:
    return bool(given and named) and not named.keys().isdisjoint(arguments[: len(given)])


_PLANS: dict[type, _Plan] = {}


def _plan(cls: type) -> _Plan:
    plan = _PLANS.get(cls)
    if plan is None:
        plan = _PLANS[cls] = _Plan(cls)
    return plan


def _init(self: Any, *given: Any, **named: Any) -> None:
    plan = _plan(type(self))
    plan.until_written -= 1
    if not plan.until_written and "__init__" in vars(type(self)):
        type(self).__init__ = _written(type(self))
    for name, value in plan.values(given, named):
        _put(self, name, value)
    if plan.further:
        plan.further(self)


def _written(cls: type) -> Any:
    """The `__init__` of a class, compiled, as the standard one has it: a fifth of the time for each further object."""
    plan, known = _plan(cls), {"_put": _put, "_missing": object()}
    usual = {name: f"=_default_{name}" for name in plan.defaults} | dict.fromkeys(plan.factories, "=_missing")
    lines = [f"def __init__(self, {', '.join(name + usual.get(name, '') for name in plan.arguments)}):"]
    for name in (name for name in plan.names if name in plan.filled):
        value = name if name in plan.arguments else f"_default_{name}"
        if name in plan.factories:
            made = f"_make_{name}()"
            value = f"{made} if {name} is _missing else {name}" if name in plan.arguments else made
        is_open = "__setattr__" not in vars(cls)
        lines.append(f"    self.{name} = {value}" if is_open else f"    _put(self, {name!r}, {value})")
    known |= {f"_default_{name}": value for name, value in plan.defaults.items()}
    known |= {f"_make_{name}": make for name, make in plan.factories.items()}
    exec("\n".join([*lines, *(["    self.__post_init__()"] if plan.further else [])]), known)
    return known["__init__"]


@recursive_repr()
def _repr(self: Any) -> str:
    shown = ", ".join(f"{name}={getattr(self, name)!r}" for name in _plan(type(self)).shown)
    return f"{type(self).__qualname__}({shown})"


def _eq(self: Any, other: object) -> Any:
    if type(other) is not type(self):
        return NotImplemented
    compared = _plan(type(self)).compared
    return compared(self) == compared(other)


def _lt(self: Any, other: object) -> Any:
    if type(other) is not type(self):
        return NotImplemented
    compared = _plan(type(self)).compared
    return compared(self)[1:] < compared(other)[1:]


def _hash(self: Any) -> int:
    return hash(_plan(type(self)).compared(self))


def _fixed(self: Any, name: str, *value: object) -> None:
    raise dataclasses.FrozenInstanceError(f"cannot change {name!r} of {type(self).__qualname__}")


def _state(self: Any) -> list[Any]:
    return [getattr(self, name) for name in _plan(type(self)).names]


def _set_state(self: Any, state: list[Any]) -> None:
    for name, value in zip(_plan(type(self)).names, state, strict=True):
        _put(self, name, value)


def _methods(*, frozen: bool, eq: bool, order: bool, slots: bool) -> dict[str, Any]:
    methods: dict[str, Any] = {"__init__": _init, "__repr__": _repr}
    if eq:
        methods |= {"__eq__": _eq, "__hash__": _hash if frozen else None}
    if order:
        methods |= {"__lt__": _lt}
    if frozen:
        methods |= {"__setattr__": _fixed, "__delattr__": _fixed}
    if frozen and slots:  # pickle would set one attribute after the other
        methods |= {"__getstate__": _state, "__setstate__": _set_state}
    return methods


def _dataclass(
    cls: type | None = None, /, *, frozen: bool = False, eq: bool = True, order: bool = False, slots: bool = False
) -> Any:
    if cls is None:
        return lambda made: _dataclass(made, frozen=frozen, eq=eq, order=order, slots=slots)
    own = set(vars(cls)) - {"__hash__"} if "__eq__" not in vars(cls) else set(vars(cls))
    cls.__doc__ = cls.__doc__ or cls.__name__  # else it is made of a signature
    made: Any = dataclasses.dataclass(init=False, repr=False, eq=False, slots=slots)(cls)
    for name, method in _methods(frozen=frozen, eq=eq, order=order, slots=slots).items():
        if name not in own:
            setattr(made, name, method)
    return made


if TYPE_CHECKING:
    from dataclasses import dataclass
else:
    dataclass = _dataclass
