"""What a page's head says to machines: Open Graph and Twitter cards, Highwire tags."""

from __future__ import annotations

from collections.abc import Iterator

from gradpress.numbers.words import language
from gradpress.site_parts.about import About

_COUNTRIES = {"en": "US", "de": "DE", "fr": "FR", "es": "ES", "it": "IT", "pt": "PT", "nl": "NL", "zh": "CN",
              "ja": "JP", "ru": "RU"}  # fmt: skip
"""Open Graph names no language without a country."""
Tag = tuple[str, str, str]
"""The attribute that holds the name, the name, the content."""


def tags(about: About) -> tuple[Tag, ...]:
    """The tags of the page that `about` tells of."""
    return tuple(tag for tag in (*_open_graph(about), *_twitter(about), *_highwire(about)) if tag[2])


def _open_graph(about: About) -> Iterator[Tag]:
    kind = "website" if about.name == "index" else "article"
    yield "property", "og:type", kind
    yield "property", "og:title", about.title
    yield "property", "og:description", about.description
    yield "property", "og:url", about.url
    yield "property", "og:site_name", about.site
    yield "property", "og:locale", _locale(about.lang)
    if about.image.url:
        yield "property", "og:image", about.image.url
        yield "property", "og:image:alt", about.image.alt or about.title
    if kind == "article":
        yield "property", "article:published_time", about.published
        yield "property", "article:modified_time", about.modified
        yield from (("property", "article:author", name) for name in about.authors)
        yield from (("property", "article:tag", word) for word in about.keywords)


def _twitter(about: About) -> Iterator[Tag]:
    """The rest is taken from Open Graph."""
    yield "name", "twitter:card", "summary_large_image" if about.image.url else "summary"


def _highwire(about: About) -> Iterator[Tag]:
    """What Google Scholar and reference managers read."""
    if not about.is_cited or not about.is_article:
        return
    yield "name", "citation_title", about.title
    yield from (("name", "citation_author", name) for name in about.authors)
    yield "name", "citation_publication_date", about.published.replace("-", "/")
    yield "name", "citation_journal_title", about.where("container-title")
    yield "name", "citation_volume", about.where("volume")
    yield "name", "citation_issue", about.where("issue")
    yield "name", "citation_doi", about.where("doi")
    yield "name", "citation_language", about.lang
    yield "name", "citation_keywords", "; ".join(about.keywords)
    yield "name", "citation_fulltext_html_url", about.url
    yield "name", "citation_pdf_url", about.pdf


def _locale(lang: str) -> str:
    """`de_AT` for `de-AT`, `de_DE` for `de`; empty for a language whose country we do not know."""
    name, _, country = lang.partition("-")
    if len(country) == 2:
        return f"{name.lower()}_{country.upper()}"
    known = _COUNTRIES.get(name.lower()) if language(name) == name.lower() else None
    return f"{name.lower()}_{known}" if known else ""
