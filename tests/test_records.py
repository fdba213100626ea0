"""Our `dataclass` makes what the standard one makes."""

from __future__ import annotations

import copy
import dataclasses
import pickle
from typing import Any

import pytest

from gradpress import records
from gradpress.records import field, fields, replace


def _classes(make: Any) -> tuple[Any, ...]:
    """The same four classes, by the decorator `make`."""

    @make(frozen=True, order=True)
    class Fixed:
        a: int
        b: str = "b"
        c: list[int] = field(default_factory=list, compare=False)

    @make(frozen=True, slots=True)
    class Slotted:
        """With slots."""

        a: int
        b: tuple[int, ...] = ()

    @make
    class Loose:
        a: int
        b: list[int] = field(default_factory=list, repr=False)
        c: int = field(init=False)

        def __post_init__(self) -> None:
            self.c = self.a + 1

    @make(eq=False)
    class Inherits(Loose):
        d: int = 4

        def __repr__(self) -> str:
            return "own"

    return Fixed, Slotted, Loose, Inherits


OURS, THEIRS = _classes(records.dataclass), _classes(dataclasses.dataclass)
USED = _classes(records.dataclass)
for _kind in USED:  # so many that their `__init__` is compiled
    for _number in range(2 * records._MANY):
        _kind(_number)
Slotted, Plain = OURS[1], OURS[0]
for _kind in (Slotted, Plain):  # where pickle finds them
    _kind.__qualname__ = {Slotted: "Slotted", Plain: "Plain"}[_kind]
ARGUMENTS: list[tuple[tuple[Any, ...], dict[str, Any]]] = [
    ((), {}),
    ((1,), {}),
    ((), {"a": 1}),
    ((1,), {"b": "x"}),
    ((1, "x"), {}),
    ((1, "x", [2]), {}),
    ((1, "x"), {"c": [2]}),
    ((1, "x", [2], 4), {}),
    ((1, "x", [2], 4, 5), {}),
    ((1,), {"a": 2}),
    ((1,), {"unknown": 2}),
    ((), {"unknown": 2}),
    ((), {"b": "x"}),
]


def _said(kind: Any, given: tuple[Any, ...], named: dict[str, Any]) -> Any:
    """What an object says of itself, or that there is none."""
    try:
        made = kind(*given, **named)
    except TypeError:
        return "TypeError"
    values = {f.name: getattr(made, f.name) for f in fields(made)}
    return repr(made).rpartition(".")[2].partition("(")[2], values, made == kind(*given, **named), made == object()


@pytest.mark.parametrize("ours", [OURS, USED], ids=["first", "later"])
@pytest.mark.parametrize("number", range(4))
@pytest.mark.parametrize(("given", "named"), ARGUMENTS)
def test_objects_are_as_those_of_the_standard_library(
    number: int, given: tuple[Any, ...], named: dict[str, Any], ours: tuple[Any, ...]
) -> None:
    assert _said(ours[number], given, named) == _said(THEIRS[number], given, named)


def test_objects_share_no_default_that_is_made() -> None:
    for kind in (OURS[0], USED[0]):
        assert kind(1).c is not kind(1).c
    assert [kind.__init__.__name__ for kind in USED] == ["__init__"] * 4
    assert all(kind.__init__ is not records._init for kind in USED)


@pytest.mark.parametrize("number", range(4))
def test_equality_order_and_hash(number: int) -> None:
    def seen(kind: Any) -> list[Any]:
        one, same, other = kind(1), kind(1), kind(2)
        hashes = hash(one) == hash(same) if kind.__hash__ else None
        return [one == same, one == other, one != other, hashes, hasattr(kind, "__lt__") and _less(one, other)]

    assert seen(OURS[number]) == seen(THEIRS[number])


def _less(one: Any, other: Any) -> Any:
    try:
        return one < other, other < one
    except TypeError:
        return None


def test_what_is_left_out_of_a_comparison_counts_neither_there_nor_in_the_hash() -> None:
    one, other = Plain(1, "b", [1]), Plain(1, "b", [2])
    assert one == other
    assert hash(one) == hash(other)


@pytest.mark.parametrize("kind", [Plain, Slotted])
def test_a_frozen_one_does_not_change(kind: Any) -> None:
    made = kind(1)
    with pytest.raises(dataclasses.FrozenInstanceError, match="'a'"):
        made.a = 2
    with pytest.raises(dataclasses.FrozenInstanceError):
        del made.a
    assert replace(made, a=2).a == 2
    assert made.a == 1


def test_slots_are_slots() -> None:
    assert not hasattr(Slotted(1), "__dict__")


@pytest.mark.parametrize("kind", [Plain, Slotted])
def test_copies_and_what_goes_to_other_processes_are_equal(kind: Any) -> None:
    made = kind(1, (2, 3))
    assert copy.copy(made) == made
    assert copy.deepcopy(made) == made
    assert pickle.loads(pickle.dumps(made)) == made


def test_a_wrong_argument_is_named() -> None:
    with pytest.raises(TypeError, match=r"Slotted\(\) takes a, b; it was given 1, wrong"):
        Slotted(1, wrong=2)


def test_each_object_has_a_list_of_its_own() -> None:
    one, other = Plain(1), Plain(1)
    one.c.append(1)
    assert other.c == []
