"""Files of a site that belong to no page: style sheets, lists of pages for readers and machines, redirects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape  # that of xml.sax imports all of http: 12 ms
from pathlib import Path
from urllib.parse import quote

from gradpress.assets import bundled
from gradpress.cache import Store
from gradpress.content import Found
from gradpress.navigation import ALL, EXECUTION
from gradpress.page import SiteView
from gradpress.publish import all_files
from gradpress.records import dataclass
from gradpress.site_parts import addresses, categories
from gradpress.site_parts.listed import Listed
from gradpress.state import PageState

ROBOTS = "robots.txt"
_NOT_FOUND = f"{addresses.NOT_FOUND}.html"


@dataclass(frozen=True)
class SiteFiles:
    """What the files of a site are made from."""

    view: SiteView
    found: Sequence[Found]
    """All its pages."""
    pages: Sequence[Listed]
    """Those that lists tell of."""
    digest: str
    """Of all that is not seen here: program, templates, settings."""
    built: Mapping[str, PageState]
    """Its pages as they were built."""

    def made(self) -> tuple[dict[str, bytes], dict[str, Path]]:
        """Contents by target, and files to copy by target."""
        view = self.view
        assets = view.templates / "assets"
        copies = {f"assets/{p.relative_to(assets).as_posix()}": p for p in all_files(assets)}
        copies |= view.files
        made = bundled(view.templates, view.theme) | self._for_readers()
        if view.base_url:
            made |= self._for_machines()
        if (own := view.content / ROBOTS).is_file():
            made.pop(ROBOTS, None)
            copies[ROBOTS] = own
        if any(page.aliases for page in self.pages):  # one of them may be the first page
            from gradpress.site_parts import redirects

            made |= redirects.redirects(view, self.pages, made.keys() - {"index.html"})
        return made, copies

    def _for_machines(self) -> dict[str, bytes]:
        """Lists with absolute addresses."""
        from gradpress.site_parts import feed, sitemap

        view, pages = self.view, self.pages
        made = {"sitemap.xml": sitemap.sitemap(view, pages), ROBOTS: sitemap.robots(view)}
        return made | ({feed.FILE: feed.feed(view, pages)} if view.has_feed else {})

    def _missing(self, *targets: str) -> list[str]:
        """Those that no author has written."""
        written = {f"{f.name}.html" for f in self.found}
        return [target for target in targets if target not in written]

    def _for_readers(self) -> dict[str, bytes]:
        """Pages that stand in for those that nobody has written."""
        wanted = {
            _NOT_FOUND: True,
            ALL: not self.view.nav.is_whole,
            categories.PAGE: any(page.categories for page in self.pages),
        }
        made = {target: self._kept(target) for target in self._missing(*wanted) if wanted[target]}
        made |= {target: _first_page(self.view) for target in self._missing("index.html")}
        costs = {page.name: page.costs for page in self.built.values() if page.costs}
        if costs and self._missing(EXECUTION):
            from gradpress.formats.execution_page import execution

            made[EXECUTION] = execution(self.view, costs)
        return made

    def _kept(self, target: str) -> bytes:
        """A page with the site's navigation, which takes longer to make than to remember."""
        key = f"{target} {self.digest} {self.view.nav.digest(target)}"
        if target != _NOT_FOUND:
            key += repr((self.pages, self.view.nav.entries))
        store = Store(self.view.cache)
        known = store.get("site-page", key)
        if not isinstance(known, str):
            known = self._rendered(target).decode()
            store.put("site-page", key, known)
        return known.encode()

    def _rendered(self, target: str) -> bytes:
        if target == _NOT_FOUND:
            from gradpress.site_parts import not_found

            return not_found.page(self.view)
        if target == ALL:
            from gradpress.formats.listing import all_pages

            return all_pages(self.view)
        from gradpress.site_parts import categories_page

        return categories_page.page(self.view, self.pages)


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
