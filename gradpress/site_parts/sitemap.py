"""`sitemap.xml` and `robots.txt`: what search engines ask for first."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape  # that of xml.sax imports all of http: 12 ms

from gradpress.page import SiteView
from gradpress.site_parts.addresses import absolute
from gradpress.site_parts.listed import Listed


def sitemap(view: SiteView, pages: Sequence[Listed]) -> bytes:
    """All pages, in the order of the navigation, then those that are not in it."""
    by_url = {f"{page.name}.html": page for page in pages if not page.is_draft}
    ranks = {url: rank for rank, url in enumerate(view.nav.urls)}
    urls = sorted(by_url, key=lambda url: (ranks.get(url, len(ranks)), url))
    places = "".join(_place(absolute(view.base_url, url), by_url[url].changed) for url in urls)
    head = '<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
    return f"{head}{places}</urlset>\n".encode()


def _place(address: str, changed: str) -> str:
    date = f"<lastmod>{changed}</lastmod>" if changed else ""
    return f"<url><loc>{escape(address, quote=False)}</loc>{date}</url>\n"


def robots(view: SiteView) -> bytes:
    """Everybody may read everything."""
    return f"User-agent: *\nDisallow:\n\nSitemap: {absolute(view.base_url, 'sitemap.xml')}\n".encode()
