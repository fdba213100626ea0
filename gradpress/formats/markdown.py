"""A page as Markdown for other readers: one walk to read, one to change, one to place formulas, one pandoc write."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import panflute as pf

from gradpress import pandoc
from gradpress.decks import off_page
from gradpress.formats import math_html, parts
from gradpress.formats.markdown_boxes import anchored
from gradpress.formats.markdown_elements import CHANGED, READ, Elements
from gradpress.formats.markdown_flavour import Flavour, block, inline
from gradpress.formats.markdown_math import PLACED, Placing
from gradpress.numbers import references
from gradpress.page import Page, SiteView
from gradpress.records import dataclass
from gradpress.walking import collected, walk


@dataclass(frozen=True)
class Made:
    """A page as Markdown."""

    text: str
    files: Mapping[str, bytes]
    """Path below the output folder → contents."""
    copies: Mapping[str, Path]
    """Path below the output folder → a file to copy there."""


def _as_it_is(doc: pf.Doc) -> None:
    """Nothing is rearranged."""


def written(page: Page, site: SiteView, flavour: Flavour, arrange: Callable[[pf.Doc], None] = _as_it_is) -> Made:
    """The page, with its title as its first heading; `arrange` changes the document before anything else does."""
    doc = page.document.taken("gfm")
    off_page.taken_away(doc, page)
    for heading in collected(doc, pf.Header):
        heading.level = min(heading.level + 1, 6)
    doc.content = [*_head(doc, page, site), *doc.content]
    doc.metadata = {}
    arrange(doc)
    elements = Elements(page, site, page.context, flavour, _slugs(doc, flavour), _takes_notes(doc, flavour))
    walk(doc, elements.read, *READ)
    walk(doc, elements.element, *CHANGED)
    math_html.compiled(elements.formulas, elements.checked, site, elements.store)
    doc.content = [*doc.content, *_notes(elements)]
    walk(doc, Placing(flavour).element, *PLACED)
    text = pandoc.write(pandoc.dump(doc), "gfm")
    return Made(text.strip("\n") + "\n", elements.files, elements.copies)


def _head(doc: pf.Doc, page: Page, site: SiteView) -> Iterator[pf.Element]:
    """Title, subtitle, authors, date and abstract."""
    get = doc.metadata.content.get
    chapter = parts.chapter(page)
    title = _inlines(get("title")) or [pf.Str(references.title(page.title, page.name, page, site.targets))]
    yield pf.Header(*([pf.Str(chapter), pf.Space()] if chapter else []), *title, level=1)
    if subtitle := _inlines(get("subtitle")):
        yield pf.Para(*subtitle)
    authors = get("author")
    given = list(authors.content) if isinstance(authors, pf.MetaList) else [authors] if authors is not None else []
    by = [line for one in [*given, get("date")] if (line := _inlines(one))]
    if by:
        yield pf.Para(*[i for at, line in enumerate(by) for i in [*([pf.Str(" · ")] if at else []), *line]])
    abstract = get("abstract")
    if abstract is not None:
        blocks = abstract.content if isinstance(abstract, pf.MetaBlocks) else [pf.Para(*_inlines(abstract))]
        yield pf.BlockQuote(*blocks)


def _inlines(value: pf.MetaValue | None) -> list[pf.Element]:
    if isinstance(value, pf.MetaInlines):
        return list(value.content)
    if isinstance(value, pf.MetaString):
        return [pf.Str(value.text)]
    if isinstance(value, pf.MetaBlocks):
        return [i for b in value.content if hasattr(b, "content") for i in b.content]
    return []


def _slugs(doc: pf.Doc, flavour: Flavour) -> dict[str, str]:
    """Names of headings → the names that the reader gives them; none for those with formulas."""
    found: dict[str, str] = {}
    count: dict[str, int] = {}
    for heading in collected(doc, pf.Header):
        words = " ".join(filter(None, (heading.attributes.get("number", ""), pf.stringify(heading).strip())))
        slug = flavour.slug(words)
        seen = count[slug] = count.get(slug, -1) + 1
        if heading.identifier and not collected(heading, pf.Math, pf.Image):
            found[heading.identifier] = f"{slug}-{seen}" if seen else slug
    return found


def _takes_notes(doc: pf.Doc, flavour: Flavour) -> bool:
    notes = collected(doc, pf.Note)
    return bool(notes) and (not flavour.has_notes or any(collected(note, pf.Math) for note in notes))


def _notes(elements: Elements) -> Iterator[pf.Element]:
    """The footnotes as text at the end."""
    for number, content in enumerate(elements.notes, 1):
        if number == 1:
            yield block("---")
        blocks = anchored(content, [f"note-{number}"], elements.flavour)
        first = blocks[0]
        if isinstance(first, pf.Para | pf.Plain):
            place, *rest = first.content
            first.content = [place, inline(f"[{number}](#note-{number}-at)."), pf.Space(), *rest]
        yield from blocks
