"""The page that names all pages of a large site."""

from __future__ import annotations

from gradpress import __version__
from gradpress.formats import templates
from gradpress.formats.html import STYLES
from gradpress.navigation import ALL
from gradpress.page import SiteView


def all_pages(site: SiteView) -> bytes:
    """Its HTML."""
    title = "All pages"
    template = templates.html(site.templates, site.cache).get_template("all-pages.html.j2")
    text = template.render(
        page={"title": title, "title_text": title, "url": ALL},
        site={"title": site.title, "lang": site.lang, "base_url": site.base_url},
        root="",
        nav=site.nav.shown(ALL),
        entries=site.nav.entries,
        styles=[STYLES],
        scripts=[],
        generator=f"Gradpress {__version__}",
    )
    return text.encode()
