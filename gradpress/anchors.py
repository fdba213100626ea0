"""Places on pages that links lead to: `[text](#section)`, `[text](other.md#section)`."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable
from urllib.parse import unquote

import panflute as pf

from gradpress.diagnostics import report
from gradpress.nearest import nearest
from gradpress.numbers.target import Index, Target
from gradpress.page import Page
from gradpress.patterns import pattern
from gradpress.reading.included import said
from gradpress.reading.places import line_of
from gradpress.walking import NAMED, walk

_PAGE = pattern(r"\.(?:md|qmd|html|ipynb|tex|[Rr]md)$")
_NAMED = pattern(r"""<[^>]*\s(?:id|name)\s*=\s*["']?([^"'\s>]+)""")


def given(doc: pf.Doc, targets: Iterable[Target]) -> frozenset[str]:
    """The names on a page that a link can lead to."""
    found = {target.anchor or target.label for target in targets}

    def see(element: pf.Element, _: pf.Doc) -> None:
        if getattr(element, "identifier", ""):
            found.add(element.identifier)
        elif isinstance(element, pf.RawBlock | pf.RawInline) and element.format == "html":
            found.update(_NAMED.findall(element.text))

    walk(doc, see, *NAMED, pf.RawBlock, pf.RawInline)
    return frozenset(found)


def linked(doc: pf.Doc, page: str) -> dict[str, str]:
    """`page#name` of every link from `page` to a place on a page of the site → the link as it is written."""
    found: dict[str, str] = {}

    def see(element: pf.Element, _: pf.Doc) -> None:
        if isinstance(element, pf.Link) and "#" in element.url and not re.match(r"[A-Za-z][\w+.-]*:|//", element.url):
            path, _, name = element.url.partition("#")
            if not path or _PAGE.search(path):
                there = posixpath.normpath(posixpath.join(posixpath.dirname(page), unquote(_PAGE.sub("", path))))
                if name:
                    found.setdefault(f"{there if path else page}#{unquote(name)}", element.url)

    walk(doc, see, pf.Link)
    return found


def check(page: Page, index: Index) -> None:
    """Report every link of `page` to a place that is not there."""
    for key, url in page.links.items():
        name, _, anchor = key.partition("#")
        there = page.anchors if name == page.name else index.anchors.get(name)
        if there is None or anchor in there:
            continue  # a page that does not exist has been reported as such
        where = "this page" if name == page.name else f"{name}.md"
        near = nearest(anchor, there)
        hint = f"did you mean #{near}?" if near else ""
        message = f"the link '{url}' leads to a place that {where} does not have"
        report("anchor-missing", message, line=line_of(f"]({url}"), hint=hint)


def check_headings(doc: pf.Doc) -> None:
    """Report a heading that its section has twice."""
    above: list[str] = []
    seen: dict[tuple[str, ...], int] = {}

    def see(element: pf.Element, _: pf.Doc) -> None:
        if not isinstance(element, pf.Header):
            return
        title = pf.stringify(element).strip()
        line = line_of(title)
        del above[element.level - 1 :]
        above.extend([""] * (element.level - 1 - len(above)))
        above.append(title)
        if title and tuple(above) in seen:
            first = seen[tuple(above)]
            before = f" (first in line {said(first)})" if first else ""
            message = f"the heading '{title}' stands twice in one section{before}"
            report("heading-duplicate", message, line=line, hint="tell them apart by another word")
        seen.setdefault(tuple(above), line)

    walk(doc, see, pf.Header)
