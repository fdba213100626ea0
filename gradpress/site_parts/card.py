"""The picture that stands for a page where others link to it.

The page's own `image`, else its first figure in a format that such places show, else the site's `image`.
"""

from __future__ import annotations

from collections.abc import Mapping
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from gradpress.diagnostics import report
from gradpress.page import Page, SiteView
from gradpress.patterns import pattern
from gradpress.site_parts.about import NONE, Card
from gradpress.site_parts.addresses import absolute

_SHOWN = pattern(r"(?i)\.(?:png|jpe?g)$")
_IMAGE = pattern(r"<img\b[^>]*>")
_ATTRIBUTE = pattern(r'\s(src|alt)="([^"]*)"')


def of(page: Page, site: SiteView, body: str) -> Card:
    """The picture of a page whose HTML is `body`."""
    own = page.source.header.values.get("image")
    if own is False or (own and "image" in page.settings.values):
        return _named(page, site) if own else NONE
    if not site.base_url:
        return NONE
    return _first(page, site, body) or _of_site(site)


def _named(page: Page, site: SiteView) -> Card:
    """The one that the header names; that it exists is checked without a base, too."""
    from filters.links import local_path

    url, alt = str(page.settings.get("image")), str(page.settings.get("image-alt", ""))
    if url.startswith(("http://", "https://")):
        return Card(url, alt)
    path, line = local_path(url, page.context), page.source.header.line("image")
    if path is None:
        hint = "copy the file into the folder"
        report("path-outside", f"'{url}' leads outside the content folder and is refused", line=line, hint=hint)
    elif not path.is_file():
        report("image-missing", f"the image '{url}' does not exist", line=line)
    elif site.base_url:
        target = path.relative_to(Path(page.context.root).resolve()).as_posix()
        return Card(absolute(site.base_url, target), alt, {target: path})
    return NONE


def _first(page: Page, site: SiteView, body: str) -> Card | None:
    for tag in _IMAGE.findall(body):
        given = {name: unescape(value) for name, value in _ATTRIBUTE.findall(tag)}
        if _SHOWN.search(given.get("src", "").partition("?")[0]):
            address = urljoin(absolute(site.base_url, f"{page.name}.html"), given["src"])
            return Card(address, given.get("alt", ""))
    return None


def _of_site(site: SiteView) -> Card:
    url, alt = str(site.values.get("image", "")), str(site.values.get("image-alt", ""))
    if not url or url.startswith(("http://", "https://")):
        return Card(url, alt)
    path = site.content / url.lstrip("/")
    if not is_inside(path, site.content):
        return NONE  # told once, with its line in the configuration
    target = path.resolve().relative_to(site.content.resolve()).as_posix()
    return Card(absolute(site.base_url, target), alt, {target: path})


def check(values: Mapping[str, Any], content: Path, line: int) -> None:
    """Report a picture of the site that is not there, once and not on every page."""
    url = str(values.get("image", ""))
    if url and not url.startswith(("http://", "https://")) and not is_inside(content / url.lstrip("/"), content):
        report("image-missing", f"the image '{url}' does not exist", line=line, hint="name it from the content folder")


def is_inside(path: Path, content: Path) -> bool:
    """Whether a file exists, and in the content folder."""
    return path.is_file() and path.resolve().is_relative_to(content.resolve())
