"""`aliases:` in a page's header: where the page was before, a small file leads to where it is now.

As in Quarto and Hugo an alias that begins with `/` is a path from the site's root, another one from the page's folder;
one without a file's name is a folder's `index.html`.
"""

from __future__ import annotations

import json
import posixpath
from collections.abc import Collection, Sequence
from html import escape
from urllib.parse import quote, unquote

from gradpress.content import PAGE_SUFFIX
from gradpress.diagnostics import report
from gradpress.numbers import titles
from gradpress.page import SiteView
from gradpress.patterns import pattern
from gradpress.site_parts.addresses import absolute
from gradpress.site_parts.listed import Listed

_ELSEWHERE = pattern(r"[A-Za-z][A-Za-z0-9+.-]*:|//")


def redirects(view: SiteView, pages: Sequence[Listed], made: Collection[str]) -> dict[str, bytes]:
    """Contents by target; an alias that is impossible, or taken by a page or by what is `made`, is reported."""
    taken = dict.fromkeys(made, "the site") | {f"{page.name}.html": page.file for page in pages}
    found: dict[str, bytes] = {}
    for page in pages:
        for alias, line in page.aliases:
            target = _target(page, alias, line)
            if target and not _is_taken(view, page, alias, line, taken.get(target, ""), target):
                taken[target] = page.file
                found[target] = _leading(view, page, target)
    return found


def _target(page: Listed, alias: str, line: int) -> str:
    """The file below the output folder; empty for an alias that is none."""
    wrong, hint = "", "write a path such as /old/page.html"
    path = unquote(alias)
    if _ELSEWHERE.match(alias) or "?" in alias or "#" in alias:
        wrong = "is an address, not a path inside the site"
    joined = path.lstrip("/") if path.startswith("/") else posixpath.join(posixpath.dirname(page.name), path)
    target = posixpath.normpath(PAGE_SUFFIX.sub(".html", joined))
    if path.endswith("/") or not posixpath.splitext(target)[1]:
        target = posixpath.normpath(posixpath.join(target, "index.html"))
    if target.startswith("../") or "\\" in path or "\0" in path:
        wrong = "leads outside the site"
    elif not wrong and not target.endswith((".html", ".htm")):
        wrong = "names a file that is no page"
    if wrong:
        report("alias-path", f"the alias '{alias}' {wrong}", file=page.file, line=line, hint=hint)
    return "" if wrong else target


def _is_taken(view: SiteView, page: Listed, alias: str, line: int, owner: str, target: str) -> bool:
    if not owner and (view.content / target).is_file():
        owner = "a file of the content folder"
    if owner:
        whose = "given twice" if owner == page.file and target != f"{page.name}.html" else f"taken by {owner}"
        message = f"the alias '{alias}' is {whose}"
        report("alias-taken", message, file=page.file, line=line, hint="remove it or choose another one")
    return bool(owner)


def _leading(view: SiteView, page: Listed, target: str) -> bytes:
    """A file that leads to the page, with the fragment where scripts run."""
    there = quote(posixpath.relpath(f"{page.name}.html", posixpath.dirname(target) or "."))
    title = escape(titles.numbered(page.title, page.name, view.targets), quote=False)
    script = json.dumps(there).replace("<", "\\u003c")
    return (
        f'<!DOCTYPE html>\n<html lang="{escape(view.lang)}">\n<head>\n<meta charset="utf-8">\n<title>{title}</title>\n'
        f'<link rel="canonical" href="{escape(absolute(view.base_url, f"{page.name}.html") or there)}">\n'
        f"<script>location.replace({script} + location.search + location.hash)</script>\n"
        f'<meta http-equiv="refresh" content="0; url={escape(there)}">\n</head>\n'
        f'<body>\n<main><p><a href="{escape(there)}">{title}</a></p></main>\n</body>\n</html>\n'
    ).encode()
