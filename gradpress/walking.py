"""A walk through a panflute document that touches only what it is asked for.

`pf.Element.walk` builds every list of the document anew and asks the action about every space: 3 ms for a page of
2,000 elements, and thirty walks are made.  This one takes a fortieth of that.  What it does is the same otherwise:
children first, then the element; None keeps it, an element or a list replaces it, an empty list removes it.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache
from typing import Any

import panflute as pf
from panflute.containers import DictContainer, ListContainer

Action = Callable[[pf.Element, pf.Doc], pf.Element | list[pf.Element] | None]

NAMED = (
    *(pf.Header, pf.Div, pf.Span, pf.Link, pf.Image, pf.Code, pf.CodeBlock, pf.Figure),
    *(pf.Table, pf.TableHead, pf.TableBody, pf.TableFoot, pf.TableRow, pf.TableCell),
)
"""The elements that can have an identifier."""


class Items(list[Any]):
    """What a `ListContainer` holds in its `list`, with the classes in it, which are looked up once until it changes.

    Most lists are words and spaces in which most walks want nothing; to ask each of a page's 1,300 for its class was
    half of a walk.
    """

    __slots__ = ("_known",)
    _known: frozenset[type]

    def classes(self) -> frozenset[type]:
        """The classes of the items."""
        try:
            return self._known
        except AttributeError:
            self._known = frozenset(map(type, self))
            return self._known


def _forgetting(change: Callable[..., Any]) -> Callable[..., Any]:
    def changed(self: Items, *given: Any, **named: Any) -> Any:
        with suppress(AttributeError):
            del self._known
        return change(self, *given, **named)

    return changed


for _name in (
    *("append", "extend", "insert", "pop", "remove", "clear"),
    *("__setitem__", "__delitem__", "__iadd__", "__imul__"),
):
    setattr(Items, _name, _forgetting(getattr(list, _name)))


def walk(root: pf.Element, action: Action, *kinds: type) -> pf.Element | list[pf.Element]:
    """Apply `action` to every element of `root` that is of one of `kinds` (of any kind, if none is given), in place.

    Returns what has become of `root` itself.
    """
    walker = _Walker(action, root.doc, kinds or (object,))
    walker.below(root)
    altered = action(root, walker.doc) if isinstance(root, walker.kinds) else None
    return root if altered is None else altered


def collected(root: pf.Element, *kinds: type) -> list[Any]:
    """The elements of `root`, itself among them, that are of one of `kinds`; inner ones before outer ones."""
    found: list[Any] = []
    walk(root, lambda element, _: found.append(element), *kinds)
    return found


def classes_in(root: pf.Element) -> set[type]:
    """The classes of `root` and of everything in it."""
    found, waiting, plans = {type(root)}, [root], _plans(())
    while waiting:
        element = waiting.pop()
        for name in getattr(element, "_children", ()):
            items = _held(getattr(element, name))
            classes = _classes_of(items)
            found |= classes
            if not plans.passed.issuperset(classes):
                waiting += [item for item in items if plans[type(item)]]
    return found


def _held(child: Any) -> list[Any]:
    if type(child) is ListContainer:
        items: list[Any] = child.list
        return items
    if type(child) is DictContainer:
        return list(child.dict.values())
    return [] if child is None else [child]


def _classes_of(items: list[Any]) -> frozenset[type]:
    return items.classes() if type(items) is Items else frozenset(map(type, items))


def has(block: pf.Element, *kinds: type) -> bool:
    """Whether something that `block` holds, not deeper, is of one of `kinds`, which have no classes below them."""
    return not _classes_of(block.content.list).isdisjoint(kinds)


def is_inside(element: pf.Element, name: str) -> bool:
    """Whether an element that a walk has come to, or one around it, has this class."""
    outer: pf.Element | None = element
    while outer is not None:
        if name in getattr(outer, "classes", ()):
            return True
        outer = outer.parent
    return False


def inlines_of(block: pf.Element) -> list[Any]:
    """A new list of what a paragraph holds.  (Iterating over panflute's own sets three attributes of every item.)"""
    return list(block.content.list)


_Plan = tuple[bool, tuple[str, ...]] | None
"""Whether the action wants elements of a class, and where their children are; None for what is passed over."""
_HOLDING: _Plan = (False, ("content",))
"""The plan of half of all elements: they only hold others."""


class _Plans(dict[type, _Plan]):
    """What is done with each class of elements where those of `kinds` are wanted."""

    def __init__(self, kinds: tuple[type, ...]) -> None:
        self.kinds = kinds
        self.passed: set[type] = set()
        """Classes that are passed over."""

    def __missing__(self, kind: type) -> _Plan:
        wanted, children = issubclass(kind, self.kinds), tuple(getattr(kind, "_children", ()))
        plan: _Plan = (wanted, children) if wanted or children else None
        plan = self[kind] = _HOLDING if plan == _HOLDING else plan
        if plan is None:
            self.passed.add(kind)
        return plan


_plans = lru_cache(maxsize=200)(_Plans)
"""Those of every walk that is made: there are a hundred, the same for all pages."""


class _Walker:
    def __init__(self, action: Action, doc: pf.Doc, kinds: tuple[type, ...]) -> None:
        self.action, self.doc, self.plans = action, doc, _plans(kinds)
        self.kinds, self.passes = kinds, self.plans.passed.issuperset

    def below(self, element: pf.Element) -> None:
        for name in type(element)._children:
            child = getattr(element, name)
            if type(child) is ListContainer:
                self._list(child)
            elif type(child) is DictContainer:
                self._dict(child)
            elif child is not None:
                self._single(element, name, child)

    def _holds_nothing(self, element: pf.Element) -> bool:
        held = element._content
        items = held.list if type(held) is ListContainer else None
        return type(items) is Items and self.passes(items.classes())

    def _list(self, container: ListContainer) -> None:
        plans, parent, location = self.plans, container.parent, container.location
        made: list[Any] | None = None
        items = container.list
        if self.passes(items.classes() if type(items) is Items else map(type, items)):
            return
        for index, item in enumerate(items):
            kind = type(item)
            plan = plans[kind]
            if plan is None or (plan is _HOLDING and self._holds_nothing(item)):
                if made is not None:
                    made.append(item)
                continue
            item.parent, item.location, item.index = parent, location, index
            if plan[1]:
                self.below(item)
            altered = self.action(item, self.doc) if plan[0] else None
            if altered is not None and altered is not item:
                made = items[:index] if made is None else made
                made.extend(altered) if isinstance(altered, list) else made.append(altered)
            elif made is not None:
                made.append(item)
        if made is not None:
            container[:] = made

    def _dict(self, container: DictContainer) -> None:
        for key in list(container.dict):
            item = container[key]
            if not isinstance(item, pf.Element):
                continue
            altered = self._altered(item)
            if altered == []:
                del container[key]
            elif altered is not item:
                container[key] = altered

    def _single(self, element: pf.Element, name: str, child: pf.Element) -> None:
        altered = self._altered(child)
        if altered is not child:
            setattr(element, name, altered)

    def _altered(self, element: pf.Element) -> Any:
        self.below(element)
        plan = self.plans[type(element)]
        altered = self.action(element, self.doc) if plan and plan[0] else None
        return element if altered is None else altered
