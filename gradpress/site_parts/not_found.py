"""`404.html`: what a server shows at addresses where there is no page, so its links must work from anywhere."""

from __future__ import annotations

from gradpress.formats import listing
from gradpress.page import SiteView
from gradpress.patterns import pattern
from gradpress.site_parts import addresses
from gradpress.site_parts.words import words

PAGE = f"{addresses.NOT_FOUND}.html"
_RELATIVE = pattern(r'(<[a-z][^<>]*?\s(?:href|src|poster|data)=")(?![a-z][a-z0-9+.-]*:|[/#])', 0)


def page(view: SiteView) -> bytes:
    """The one of a site whose author has written none."""
    said = words(view.lang)
    root = addresses.root(view.base_url)
    return listing.made("404.html.j2", said["missing"], PAGE, view, root, labels=said)


def rooted(body: str, root: str) -> str:
    """The HTML of an author's own `404.md`, with its relative addresses taken from the site's root."""
    return _RELATIVE.sub(lambda m: m[1] + root, body)
