"""What is to be said of a page to those who do not see it: plain texts and absolute addresses."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from gradpress.formats.parts import Drawing, Parts
from gradpress.page import Page, SiteView
from gradpress.patterns import pattern
from gradpress.records import dataclass
from gradpress.site_parts import dates
from gradpress.site_parts.addresses import absolute

_NOTE = pattern(r'<a [^>]*class="footnote-ref".*?</a>')
_DELIMITER = pattern(r"\\[()\[\]]")
"""MathJax's marks around formulas."""
_TAG = pattern(r"<[^>]+>")


class Card(NamedTuple):
    """A picture that stands for a page."""

    url: str = ""
    """Empty: there is none, or no address without `base-url`."""
    alt: str = ""
    copies: Mapping[str, Path] = {}
    """What must be published for it."""


NONE = Card()


@dataclass(frozen=True)
class About:
    """One page; what is not known is empty."""

    name: str
    title: str
    description: str
    lang: str
    authors: tuple[str, ...]
    published: str
    """A day, `2024-05-17`."""
    modified: str
    keywords: tuple[str, ...]
    has_abstract: bool
    image: Card
    url: str
    site: str
    site_url: str
    citation: bool | Mapping[str, str] | None
    """What the key says; None where it says nothing."""
    pdf: str
    """Where the page is as a PDF."""

    @property
    def is_article(self) -> bool:
        """Whether somebody has written it at some time: then it can be cited."""
        return bool(self.authors and self.published)

    @property
    def is_cited(self) -> bool:
        """Whether readers are told how to cite it."""
        return self.citation is not False and (self.is_article or self.citation is not None)

    def where(self, key: str) -> str:
        """What `citation:` says of where it was published."""
        return self.citation.get(key, "") if isinstance(self.citation, Mapping) else ""


def of(
    page: Page, site: SiteView, made: Parts, title: str, description: str, drawings: Sequence[Drawing] = ()
) -> About:
    """What is known of a page."""
    get = page.settings.get
    base = site.base_url
    return About(
        page.name,
        title,
        " ".join(_DELIMITER.sub("", str(description)).split()),
        str(get("lang", site.lang)),
        tuple(filter(None, map(plain, made.authors))),
        dates.iso(str(get("date", ""))),
        modified(page, site),
        tuple(dict.fromkeys([*get("keywords", ()), *get("categories", ())])),
        bool(made.abstract),
        _image(page, site, made.body, drawings),
        absolute(base, f"{page.name}.html"),
        site.title,
        f"{base.rstrip('/')}/" if base else "",
        get("citation"),
        absolute(base, f"{page.name}.pdf") if "pdf" in get("downloads", ()) else "",
    )


def _image(page: Page, site: SiteView, body: str, drawings: Sequence[Drawing]) -> Card:
    if not site.base_url and "image" not in page.settings.values:
        return NONE
    from gradpress.site_parts import card

    return card.of(page, site, body, drawings)


def modified(page: Page, site: SiteView) -> str:
    """The day of its last change, as its author or its history says it."""
    return site.modified.get(page.name) or dates.iso(str(page.settings.get("date-modified", "")))


def plain(markup: str) -> str:
    """HTML as plain text, without the numbers of footnotes."""
    return " ".join(html.unescape(_TAG.sub("", _NOTE.sub("", markup))).split())
