"""The picture that stands for a page where others link to it.

The page's own `image`, else its first figure, else the site's `image`.  Such places show PNG and JPEG: an SVG is drawn
as PNG, by way of the PDF that cells make of their figures, or that a program of the machine makes of the author's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from gradpress.cache import Store
from gradpress.diagnostics import report
from gradpress.formats import parts, pictures
from gradpress.formats.parts import Drawing
from gradpress.page import Page, SiteView
from gradpress.patterns import pattern
from gradpress.reading import inputs
from gradpress.site_parts.about import NONE, Card
from gradpress.site_parts.addresses import absolute

_FOLDER = "assets/cards"
_SHOWN = pattern(r"(?i)\.(?:png|jpe?g)$")
_DRAWN = pattern(r"(?i)\.svg$")
_IMAGE = pattern(r'<(?:img\b|svg role="img")[^>]*>')
_ATTRIBUTE = pattern(r'\s(src|alt|aria-label)="([^"]*)"')


def of(page: Page, site: SiteView, body: str, drawings: Sequence[Drawing]) -> Card:
    """The picture of a page whose HTML is `body`, with its figures that are PDF, too."""
    own = page.source.header.values.get("image")
    if own is False or (own and "image" in page.settings.values):
        return _named(page, site) if own else NONE
    if not site.base_url:
        return NONE
    return _first(page, site, body, drawings) or _of_site(site)


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


def _first(page: Page, site: SiteView, body: str, drawings: Sequence[Drawing]) -> Card | None:
    inside = iter([drawing.pdf for drawing in drawings if not drawing.url])
    beside = {drawing.url: drawing.pdf for drawing in drawings}
    for tag in _IMAGE.findall(body):
        given = {name: unescape(value) for name, value in _ATTRIBUTE.findall(tag)}
        url, alt = given.get("src", ""), given.get("alt") or given.get("aria-label", "")
        path = url.partition("?")[0]
        if _SHOWN.search(path):
            return Card(urljoin(absolute(site.base_url, f"{page.name}.html"), url), alt)
        pdf = next(inside, None) if tag.startswith("<svg") else beside.get(url)
        if pdf is None and _DRAWN.search(path) and not parts.is_remote(url):
            pdf = _of_file(site.content / parts.below_output(page, path), site)
        if pdf and (png := pictures.as_png(pdf, Store(site.cache))):
            target = f"{_FOLDER}/{png.name}"
            return Card(absolute(site.base_url, target), alt, {target: png})
    return None


def _of_file(svg: Path, site: SiteView) -> Path | None:
    inputs.note(svg)
    return pictures.as_pdf(svg, Store(site.cache)) if is_inside(svg, site.content) else None


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
