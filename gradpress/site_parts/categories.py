"""Categories of pages: links under titles, and the page that lists them all."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from gradpress.patterns import pattern

PAGE = "categories.html"
_GAP = pattern(r"[^\w]+")


class Category(NamedTuple):
    """One category as a link."""

    name: str
    anchor: str


def links(names: Iterable[str]) -> tuple[Category, ...]:
    """The categories of a page."""
    return tuple(Category(name, anchor(name)) for name in names)


def anchor(name: str) -> str:
    """Where a category begins on its page."""
    return f"category-{_GAP.sub('-', name.casefold()).strip('-')}"
