"""`categories.html`: every category of the site with its pages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from gradpress.formats import listing
from gradpress.numbers import titles
from gradpress.page import SiteView
from gradpress.site_parts.categories import PAGE, anchor
from gradpress.site_parts.listed import Listed
from gradpress.site_parts.words import words


class Group(NamedTuple):
    """A category and its pages."""

    name: str
    anchor: str
    pages: tuple[Listed, ...]


def groups(pages: Iterable[Listed]) -> list[Group]:
    """Categories by name, and in each the newest page first; upper and lower case are one."""
    found: dict[str, dict[str, Listed]] = {}
    names: dict[str, str] = {}
    for page in pages:
        for name in page.categories:
            found.setdefault(anchor(name), {})[page.name] = page
            names.setdefault(anchor(name), name)
    ranked = sorted(found, key=lambda key: (names[key].casefold(), key))
    return [Group(names[key], key, tuple(_ranked(found[key].values()))) for key in ranked]


def _ranked(pages: Iterable[Listed]) -> list[Listed]:
    by_title = sorted(pages, key=lambda page: (page.title.casefold(), page.name))
    return sorted(by_title, key=lambda page: page.published, reverse=True)


def page(view: SiteView, pages: Sequence[Listed]) -> bytes:
    """The page's HTML."""
    said = words(view.lang)

    def title(page: Listed) -> str:
        return titles.numbered(page.title, page.name, view.targets)

    shown: dict[str, Any] = {"groups": groups(pages), "labels": said, "title_of": title}
    return listing.made("categories.html.j2", said["categories"], PAGE, view, **shown)
