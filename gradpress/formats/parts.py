"""What all formats do alike: one pandoc write for all parts of a page, raw TeX, published names."""

from __future__ import annotations

import posixpath
import re
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote, unquote

import panflute as pf

from gradpress import context, pandoc
from gradpress.decks import off_page
from gradpress.page import Page
from gradpress.records import dataclass
from gradpress.walking import Action, walk

Walk = tuple[Action, tuple[type, ...]]
"""What is done to the elements of some kinds."""

_TEMPLATE = Path(__file__).parent.parent / "data" / "fields.template"
_RECORD, _UNIT = "\x1e", "\x1f"
"""Separators of `fields.template`; JSON escapes them, and they are taken out of every document."""


class Drawing(NamedTuple):
    """A figure in SVG that is a PDF, too."""

    url: str
    """As the page names it; empty for one that stands inside the page."""
    pdf: Path


@dataclass(frozen=True)
class Parts:
    """The parts of a page in the target's markup; empty where the page has none."""

    title: str
    subtitle: str
    authors: tuple[str, ...]
    date: str
    abstract: str
    toc: str
    body: str


def written(doc: pf.Doc, to: str, *options: str) -> Parts:
    """One run of pandoc for everything that a template needs of the page."""
    harmless = pandoc.dump(doc).replace("\\u001e", "").replace("\\u001f", "")
    text = pandoc.write(harmless, to, f"--template={_TEMPLATE}", *options)
    title, subtitle, authors, date, abstract, toc, body = (part.strip("\n") for part in text.split(_RECORD))
    names = tuple(filter(None, authors.split(_UNIT)))
    return Parts(title.strip(), subtitle.strip(), names, date.strip(), abstract.strip(), toc.strip(), body)


def prepared(page: Page, to: str, walks: tuple[Walk, ...], *, of_deck: bool = False) -> pf.Doc:
    """The page's document as one format wants it; `of_deck`: with what is only for slides."""
    doc = page.document.taken(to)
    if not of_deck:
        off_page.taken_away(doc, page)
    doc.metadata.content.pop(context.KEY, None)
    doc.metadata.content.pop("header-includes", None)
    for action, kinds in walks:
        walk(doc, action, *kinds)
    return doc


def chapter(page: Page) -> str:
    """The number of the page in a site of chapters; empty in any other."""
    return page.context.chapter if page.settings.chapters else ""


def is_remote(url: str) -> bool:
    """Whether the URL names something that is not a file beside the page."""
    return not url or url.startswith(("#", "//")) or bool(re.match(r"[A-Za-z][A-Za-z0-9+.-]+:", url))


def below_output(page: Page, url: str) -> str:
    """Where a file that the page names by `url` lies below the output folder."""
    path = unquote(re.split(r"[?#]", url, maxsplit=1)[0])
    return posixpath.normpath(posixpath.join(posixpath.dirname(page.name), path))


def relative(page: Page, target: str) -> str:
    """URL from the page to `target`, both below the output folder."""
    return quote(posixpath.relpath(target, posixpath.dirname(page.name) or "."), safe="/:@!$&'()*+,;=-._~")


def language_of(block: pf.CodeBlock) -> str:
    """The first class of a code block, which pandoc takes for its language."""
    return block.classes[0] if block.classes else ""
