"""The page that names all pages of a large site."""

from __future__ import annotations

from dataclasses import replace

from gradpress import __version__, interface, theme
from gradpress.assets import SCRIPT, STYLE
from gradpress.formats import templates
from gradpress.navigation import ALL
from gradpress.numbers import titles
from gradpress.page import Entry, SiteView


def all_pages(site: SiteView) -> bytes:
    """Its HTML."""
    title = interface.said(site.lang)["all_pages"]
    template = templates.html(site.templates, site.cache).get_template("all-pages.html.j2")
    text = template.render(
        page={"title": title, "title_text": title, "url": ALL},
        site=site,
        root="",
        nav=tuple(_titled(entry, site) for entry in site.nav.shown(ALL)),
        entries=tuple(_titled(entry, site) for entry in site.nav.entries),
        words=interface.said(site.lang),
        theme=theme.appearance(site.theme),
        styles=[STYLE, *site.styles],
        scripts=[SCRIPT],
        generator=f"Gradpress {__version__}",
    )
    return text.encode()


def _titled(entry: Entry, site: SiteView) -> Entry:
    """The entry and those below it; a reference in a title is the number alone, as no page says its words."""
    children = tuple(_titled(child, site) for child in entry.children)
    title = titles.numbered(entry.title, (entry.url or "").removesuffix(".html"), site.targets)
    return replace(entry, title=title, children=children)
