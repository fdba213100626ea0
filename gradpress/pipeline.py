"""One page through the chain, on one screen.

    read → pandoc → filters (with the cells) → numbers → Page
                                                              → Format.write → Publisher

Everything a stage finds out is reported to the log of the page; what stops a page is a PageError.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from gradpress import anchors, context, dialects, pandoc, ran
from gradpress.cache import Store
from gradpress.content import pretty
from gradpress.document import Document
from gradpress.numbers import labels, targets, title_heading, titles
from gradpress.page import Page
from gradpress.patterns import pattern
from gradpress.reading import leftovers, scraps, source
from gradpress.reading.manuscript import Manuscript, has_backslashes
from gradpress.reading.places import Places, located
from gradpress.tex import layout_words, preamble
from gradpress.walking import classes_in, collected, walk

_REFERENCE = pattern(r"\\[A-Za-z]*ref\b")


def make(manuscript: Manuscript, name: str, surroundings: context.Context, *, keep: bool = False) -> Page:
    """The page that its URL calls `name`, after the chain, and with its cells if `keep` says so.

    Raises PageError when a filter fails.
    """
    text, settings, metadata = manuscript.text, manuscript.settings, manuscript.metadata
    doc = pandoc.load(manuscript.document, "html", metadata)
    _words_of_tex(doc, text, Store(Path(surroundings.cache)))
    if text.reader:
        _macros_in_words(doc, str(metadata.get("header-includes", "")), Store(Path(surroundings.cache)))
    chapter = surroundings.chapter if settings.chapters else ""
    heading = title_heading.taken(doc, text.body, chapter, lambda: _is_titled_so(text, surroundings))
    raised = _from_level_one(doc)
    if text.reader:
        _without_deep_numbers(doc)
    with located(_places(text)) as places:
        with ran.keeping() as cells:
            _filter(doc, places)
        places.restart()
        labels.check(doc, text)
        labels.check_identifiers(doc, text)
        places.restart()
        own = preamble.from_doc(doc)
        leftovers.check(doc, text, own, backslashes=not has_backslashes(text, settings))
        places.restart()
        lang = settings.get("lang", "en")
        found = targets.targets_of(doc, name, settings.number_style, lang)
        found = title_heading.targets(heading, chapter, name, found, _title(doc, name))
        links = anchors.linked(doc, name)
        asked = targets.asked(doc) | frozenset(key for key in links if not key.startswith(f"{name}#"))
        named = found, targets.identifiers(doc), asked, anchors.given(doc, found), links
        places.restart()
        anchors.check_headings(doc)
    title = _title(doc, name)
    kept = tuple(cells) if keep else ()
    return Page(name, text, settings, own, Document(doc), title, *named, context.of(doc), places, kept, raised)


def _is_titled_so(text: source.Source, surroundings: context.Context) -> bool:
    """Whether the page is of a kind whose first heading is its title, even if others of its level follow."""
    folders = text.path.parent, Path(surroundings.root), Path(surroundings.cache)
    return text.path.suffix == ".ipynb" or dialects.begins_with_title(text.text, dialects.Surroundings(*folders))


def _places(text: source.Source) -> Places:
    return Places(text.body.split("\n"), text.lines, [] if text.reader else text.header_lines)


def _filter(doc: Any, places: Places) -> None:
    """The chain; filters whose elements the page does not have are skipped."""
    from filters import BRINGING, chain

    present = classes_in(doc)
    for module in chain():
        if any(issubclass(c, module.wants) for c in present) or not module.wants:
            places.restart()
            module.apply(doc)
            if module.__name__.removeprefix("filters.") in BRINGING:
                present = classes_in(doc)


def _words_of_tex(doc: Any, text: source.Source, store: Store) -> None:
    """Title, authors and date of a LaTeX file, which are TeX."""
    import panflute as pf

    for key in ("title", "author", "date") if text.reader else ():
        given = text.header.values.get(key)
        values = [
            pf.MetaInlines(*blocks[0].content)
            for item in (given if isinstance(given, list) else [given])
            if item and (blocks := scraps.blocks(item, store))
        ]
        if values:
            doc.metadata[key] = pf.MetaList(*values) if isinstance(given, list) else values[0]


def _macros_in_words(doc: Any, tex: str, store: Store) -> None:
    """The author's macros in the abstract and the title, where raw TeX would be shown as it is."""
    import panflute as pf

    known = preamble.parse(tex)

    def expanded(element: Any, _: Any) -> Any:
        if layout_words.only(element.text):
            return []
        if _REFERENCE.match(element.text):
            return None  # the filters read it
        blocks = scraps.blocks(preamble.expand(element.text, known), store, "latex")
        fits = blocks and len(blocks) == 1 and isinstance(blocks[0], pf.Para | pf.Plain)
        return list(blocks[0].content) if blocks and fits else None

    for key in ("title", "abstract", "author"):
        value = doc.metadata.content.get(key)
        if value is not None:
            walk(value, expanded, pf.RawInline)


def _from_level_one(doc: Any) -> int:
    """A page whose sections begin with `##`, as is common below a title, has no level left out; how many were."""
    import panflute as pf

    headings = collected(doc, pf.Header)
    least = min((h.level for h in headings), default=1)
    for heading in headings:
        heading.level -= least - 1
    return int(least) - 1


def _without_deep_numbers(doc: Any) -> None:
    """LaTeX numbers three levels of sections; a paragraph with a title has no number."""
    import panflute as pf

    for heading in collected(doc, pf.Header):
        if heading.level > _NUMBERED_LEVELS and "unnumbered" not in heading.classes:
            heading.classes.append("unnumbered")


_NUMBERED_LEVELS = 3


def _title(doc: Any, name: str) -> str:
    title = doc.metadata.content.get("title")
    text = titles.text_of(title) if title is not None else ""
    return text or pretty(name)
