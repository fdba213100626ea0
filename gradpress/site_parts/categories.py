"""Categories of pages: links under titles, and the page that lists them all."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from gradpress.patterns import pattern

PAGE = "categories.html"
_SIGN = pattern(r"[^\w\s-]")


class Category(NamedTuple):
    """One category as a link."""

    name: str
    anchor: str


def links(names: Iterable[str]) -> tuple[Category, ...]:
    """The categories of a page."""
    return tuple(Category(name, anchor(name)) for name in names)


def anchor(name: str) -> str:
    """Where a category begins on its page."""
    words = "-".join(name.casefold().split())
    return f"category-{_SIGN.sub(lambda sign: f'_{ord(sign[0]):x}', words)}"
