"""Pages that no note has been written for; the one that names all pages of a large site."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from gradpress import __version__, interface, stylesheets, theme
from gradpress.assets import SCRIPT, STYLE
from gradpress.formats import templates
from gradpress.navigation import ALL
from gradpress.numbers import titles
from gradpress.page import Entry, SiteView
from gradpress.searching import phrases


def all_pages(site: SiteView) -> bytes:
    """Its HTML."""
    entries = tuple(titled(entry, site) for entry in site.nav.entries)
    return made("all-pages.html.j2", interface.said(site.lang)["all_pages"], ALL, site, entries=entries)


def made(template: str, title: str, url: str, site: SiteView, root: str = "", **shown: Any) -> bytes:
    """A page that no note has been written for: what every page has around its text, and what the template asks for."""
    text = (
        templates.html(site.templates, site.cache)
        .get_template(template)
        .render(
            page={"title": title, "title_text": title, "url": url},
            site=site,
            search=phrases.said(site.lang) if site.search else {},
            root=root,
            nav=tuple(titled(entry, site) for entry in site.nav.shown(url)),
            words=interface.said(site.lang),
            theme=theme.appearance(site.theme),
            styles=[link if stylesheets.is_elsewhere(link) else root + link for link in (STYLE, *site.styles)],
            scripts=[root + SCRIPT],
            generator=f"Gradpress {__version__}",
            **shown,
        )
    )
    return text.encode()


def titled(entry: Entry, site: SiteView) -> Entry:
    """The entry and those below it; a reference in a title is the number alone, as no page says its words."""
    children = tuple(titled(child, site) for child in entry.children)
    title = titles.numbered(entry.title, (entry.url or "").removesuffix(".html"), site.targets)
    return replace(entry, title=title, children=children)
