"""Files of a site that belong to no page: style sheets, and the list of pages for search engines."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape  # that of xml.sax imports all of http: 12 ms
from pathlib import Path
from urllib.parse import quote

from gradpress.assets import bundled
from gradpress.content import Found
from gradpress.navigation import ALL, EXECUTION
from gradpress.page import SiteView
from gradpress.publish import all_files
from gradpress.state import PageState


def files(view: SiteView, found: list[Found], pages: Iterable[PageState]) -> tuple[dict[str, bytes], dict[str, Path]]:
    """Contents by target, and files to copy by target."""
    assets = view.templates / "assets"
    copies = {f"assets/{p.relative_to(assets).as_posix()}": p for p in all_files(assets)}
    copies |= view.files
    made = bundled(view.templates, view.theme)
    if view.base_url:
        made["sitemap.xml"] = _sitemap(view).encode()
    names = {f"{f.name}.html" for f in found}
    if "index.html" not in names:
        made["index.html"] = _first_page(view)
    if not view.nav.is_whole and ALL not in names:
        from gradpress.formats.listing import all_pages

        made[ALL] = all_pages(view)
    costs = {page.name: page.costs for page in pages if page.costs}
    if costs and EXECUTION not in names:
        from gradpress.formats.execution_page import execution

        made[EXECUTION] = execution(view, costs)
    return made, copies


def _sitemap(view: SiteView) -> str:
    base = view.base_url.rstrip("/")
    places = "".join(f"<url><loc>{escape(f'{base}/{quote(u)}', quote=False)}</loc></url>\n" for u in view.nav.urls)
    head = '<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
    return f"{head}{places}</urlset>\n"


def _first_page(view: SiteView) -> bytes:
    """Without an `index.md` the site opens at its first page."""
    urls = view.nav.urls
    target = escape(quote(urls[0])) if urls else ""
    title = escape(view.title, quote=False)
    refresh = f'<meta http-equiv="refresh" content="0; url={target}">' if urls else ""
    link = f'<p><a href="{target}">{title}</a></p>' if urls else f"<p>{title}</p>"
    return (
        f'<!DOCTYPE html>\n<html lang="{escape(view.lang)}"><head><meta charset="utf-8">{refresh}'
        f"<title>{title}</title></head><body><main>{link}</main></body></html>\n"
    ).encode()
