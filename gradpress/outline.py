"""The outline of a site: which pages are in it, in which order, and what each is known to be from its header alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from gradpress import page_tree, state
from gradpress.cache import Store
from gradpress.configuration import Configuration
from gradpress.content import Facts, Found
from gradpress.navigation import Navigation
from gradpress.page import SiteView
from gradpress.projects import d2l as d2l_project
from gradpress.records import dataclass, replace
from gradpress.site_parts import drafts, listed
from gradpress.site_parts.addresses import NOT_FOUND
from gradpress.site_parts.listed import Listed

if TYPE_CHECKING:
    from gradpress.site import Options


@dataclass(frozen=True)
class Outline:
    """What is known of a site before its pages are read."""

    found: list[Found]
    """Its pages."""
    drafts: tuple[str, ...]
    """Files that a build of the whole site leaves out."""
    configuration: Configuration
    nav: Navigation
    decks: frozenset[str]
    """Pages that are slides, too."""
    listing: tuple[Listed, ...]
    """The pages that lists tell of."""
    days: Mapping[str, str]
    """Page → the day of its last change, of pages that ask for it."""
    watched: Mapping[str, list[int]]
    """Stamps of files on which the days rest."""

    def view(self, command: str) -> SiteView:
        """The site as formats see it."""
        view = replace(self.configuration.view(self.nav), only_checked=command == "check", modified=self.days)
        return replace(view, has_feed=bool(view.base_url) and any(page.in_feed for page in self.listing))

    def digest(self, common: str, view: SiteView) -> str:
        """Of what all pages have in common."""
        settings, drafts = str(self.configuration.settings), self.configuration.drafts
        return state.digest(common, settings, view.styles, drafts, view.has_feed)


def of(found: Sequence[Found], facts: Mapping[str, Facts], configuration: Configuration) -> Outline:
    """The outline of the pages `found`; what the configuration says of it and cannot be is reported."""
    options, values = configuration.options, configuration.settings.values
    unseen = drafts.all_of(found, facts, options)
    away = drafts.left_out(unseen, options)
    present = [f for f in found if f not in away]
    shown = {name: _shown(name, page, configuration) for name, page in facts.items()}
    wish = values.get("nav")
    book = d2l_project.order(present, shown) if wish is None else None
    nav = Navigation(book.nav if book else page_tree.entries(shown, wish, configuration.nav_line))
    numbered = configuration.numbered(nav, facts, book.numbers if book else None)
    days, watched = _days(listed.asking(present, facts, values), options)
    listing = listed.pages(present, shown, values, days)
    slides = frozenset(f.name for f in present if "slides" in facts[f.name].listed)
    numbered = replace(numbered, drafts=tuple(sorted(f.file for f in away)))
    return Outline(present, tuple(f.file for f in unseen), numbered, nav, slides, listing, days, watched)


def _days(asking: list[Found], options: Options) -> tuple[dict[str, str], dict[str, list[int]]]:
    if not asking:
        return {}, {}
    from gradpress.site_parts import modified

    return modified.days(asking, options.content, Store(options.cache))


def _shown(name: str, page: Facts, configuration: Configuration) -> Facts:
    """The page as lists have it: whether it is in none of them."""
    is_hidden = name == NOT_FOUND or (page.draft and not configuration.options.drafts)
    return page if page.draft == is_hidden else replace(page, draft=is_hidden)
