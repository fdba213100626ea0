"""A page: a source file that went through the chain, ready for every format."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from gradpress.records import dataclass, field

if TYPE_CHECKING:
    from gradpress.context import Context
    from gradpress.document import Document
    from gradpress.navigation import Navigation
    from gradpress.numbers.target import Index, Target
    from gradpress.ran import Ran
    from gradpress.reading.places import Places
    from gradpress.reading.source import Source
    from gradpress.settings import Settings
    from gradpress.tex.preamble import Preamble


@dataclass(frozen=True)
class Page:
    """One page after the chain of filters."""

    name: str
    """Path below the content folder without `.md`, with `/`: `notes/fit`."""
    source: Source
    settings: Settings
    preamble: Preamble
    """The site's preamble, the page's, and the definitions in the text."""
    document: Document
    title: str
    """Plain text, for navigation."""
    targets: tuple[Target, ...]
    """What has a number."""
    identifiers: frozenset[str]
    """What else has a name."""
    asked: frozenset[str]
    """Labels that the page refers to."""
    anchors: frozenset[str]
    """Names that links can lead to."""
    links: Mapping[str, str]
    """`page#name` that the page links to → the link as it is written."""
    context: Context
    """Its surroundings, as the filters had them."""
    places: Places
    """Where formulas and blocks stand, also those that filters have rewritten."""
    cells: tuple[Ran, ...] = ()
    """Its cells with their results, where the format asks for them."""
    raised: int = 0
    """By how many levels its headings have been raised, so that the highest are of level 1."""

    @property
    def names(self) -> Names:
        """What is left of it when it has been written."""
        return Names(self.name, self.targets, self.identifiers, self.asked, self.anchors)


@dataclass(frozen=True)
class Names:
    """What other pages, and the next build, must know of a page; see `Page`."""

    name: str
    targets: tuple[Target, ...]
    identifiers: frozenset[str]
    asked: frozenset[str]
    anchors: frozenset[str]


@dataclass(frozen=True)
class Entry:
    """A page or a section in the navigation."""

    title: str
    url: str | None
    """From the site's root; None for a section without a page of its own."""
    children: tuple[Entry, ...] = ()
    current: bool = False
    open: bool = False


def in_order(nav: Iterable[Entry]) -> Iterator[Entry]:
    """All pages of the navigation, depth first."""
    for entry in nav:
        if entry.url:
            yield entry
        yield from in_order(entry.children)


@dataclass(frozen=True)
class SiteView:
    """What a format needs to know of the site."""

    title: str
    lang: str
    base_url: str
    nav: Navigation
    content: Path
    templates: Path
    cache: Path
    targets: Index
    """The numbers of all pages."""
    styles: tuple[str, ...] = ()
    """The author's style sheets for all pages: addresses, or paths from the site's root."""
    files: Mapping[str, Path] = field(default_factory=dict)
    """Path below the output folder → a file that all pages need."""
    theme: Mapping[str, str] = field(default_factory=dict)
    """The keys of `theme`."""
    values: Mapping[str, Any] = field(default_factory=dict)
    """The site's own keys: what holds for it and not for a page."""
    modified: Mapping[str, str] = field(default_factory=dict)
    """Page → the day of its last change, of pages that ask for it."""
    has_feed: bool = False
    search: bool = True
    """Whether the site can be searched."""
    only_checked: bool = False
    """Whether nothing is kept of what is made: then programs that only find faults may be fetched, and what cannot
    find any is left out."""


@dataclass(frozen=True)
class Written:
    """What a format makes of a page."""

    files: Mapping[str, bytes]
    """Path below the output folder → contents."""
    copies: Mapping[str, Path]
    """Path below the output folder → a file to copy there."""
    shared: Mapping[str, Path] = field(default_factory=dict)
    """Folder below the output folder → a folder to copy there once for all pages."""


class Format(Protocol):
    """An output format."""

    name: str
    suffix: str

    def write(self, page: Page, site: SiteView) -> Written:
        """The files of one page.  Raises PageError when the page cannot be produced."""
