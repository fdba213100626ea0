"""Pages that the site has and no author wrote, such as the one that names all pages of a large site."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from gradpress import __version__, interface, stylesheets, theme
from gradpress.assets import SCRIPT, STYLE
from gradpress.formats import templates
from gradpress.navigation import ALL
from gradpress.numbers import titles
from gradpress.page import Entry, SiteView


def all_pages(site: SiteView) -> bytes:
    """The page that names all pages."""
    title = interface.said(site.lang)["all_pages"]
    entries = tuple(_titled(entry, site) for entry in site.nav.entries)
    return rendered(site, "all-pages.html.j2", ALL, title, entries=entries)


def rendered(site: SiteView, template: str, url: str, title: str, root: str = "", **more: Any) -> bytes:
    """The HTML of such a page; `more` is what its own template asks for."""
    text = (
        templates.html(site.templates, site.cache)
        .get_template(template)
        .render(
            page={"title": title, "title_text": title, "url": url},
            site=site,
            root=root,
            nav=tuple(_titled(entry, site) for entry in site.nav.shown(url)),
            words=interface.said(site.lang),
            theme=theme.appearance(site.theme),
            styles=[link if stylesheets.is_elsewhere(link) else root + link for link in (STYLE, *site.styles)],
            scripts=[root + SCRIPT],
            generator=f"Gradpress {__version__}",
            **more,
        )
    )
    return text.encode()


def _titled(entry: Entry, site: SiteView) -> Entry:
    """The entry and those below it; a reference in a title is the number alone, as no page says its words."""
    children = tuple(_titled(child, site) for child in entry.children)
    title = titles.numbered(entry.title, (entry.url or "").removesuffix(".html"), site.targets)
    return replace(entry, title=title, children=children)
