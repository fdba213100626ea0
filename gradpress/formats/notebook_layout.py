"""A page as a sequence of texts and cells: what holds a cell is taken apart, since Jupyter nests nothing.

A mark stands where a cell, or a new cell of text, begins; it is a line of its own in the Markdown.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

import panflute as pf

from gradpress.formats.markdown_flavour import block
from gradpress.patterns import pattern
from gradpress.ran import Ran
from gradpress.walking import collected

_LEFT, _RIGHT = "\ue010", "\ue011"
MARK = pattern(rf"^{_LEFT}(\d+){_RIGHT}$", re.MULTILINE)
_HEADS = frozenset({"callout-title", "tab-title", "theorem-name"})
_PARTED = (pf.Figure, pf.Table, pf.Div)
_SECTION = 3
"""Headings down to this level begin a cell."""


class Layout:
    """Takes one document apart."""

    def __init__(self, cells: Sequence[Ran]) -> None:
        self._cells = {str(ran.number): ran for ran in cells if ran.result is not None}

    def apply(self, doc: pf.Doc) -> None:
        """Put marks for all cells, also for those that show nothing, in their order."""
        made: list[pf.Element] = []
        waiting = list(self._cells)
        for part in self._flat(doc.content):
            number = _number_of(part)
            if number in waiting:
                at = waiting.index(number)
                made += map(_mark, waiting[:at])
                del waiting[: at + 1]
            elif isinstance(part, pf.Header) and part.level <= _SECTION:
                made.append(_mark("0"))
            made.append(part)
        doc.content = [*made, *map(_mark, waiting)]

    def _has_cell(self, element: pf.Element) -> bool:
        return any(div.attributes.get("cell", "") in self._cells for div in collected(element, pf.Div))

    def _flat(self, blocks: Iterable[pf.Element]) -> Iterator[pf.Element]:
        for part in blocks:
            if not self._has_cell(part):
                yield part
            elif isinstance(part, pf.Div) and part.attributes.get("cell", "") in self._cells:
                yield from self._cell(part)
            elif isinstance(part, pf.BulletList | pf.OrderedList):
                yield from self._list(part)
            elif isinstance(part, pf.Figure):
                yield from self._flat(part.content)
                yield from _captions(part)
            elif isinstance(part, pf.Div | pf.BlockQuote):
                yield from self._flat(map(_as_text, part.content))
            else:
                yield part
                yield from (
                    _mark(div.attributes["cell"]) for div in collected(part, pf.Div) if "cell" in div.attributes
                )

    def _cell(self, div: pf.Div) -> Iterator[pf.Element]:
        """The mark, and the captions of what the cell shows."""
        place = [pf.Div(identifier=div.identifier)] if div.identifier else []
        yield from place
        yield _mark(div.attributes["cell"])
        for part in div.content:
            yield from _captions(part)

    def _list(self, items: pf.BulletList | pf.OrderedList) -> Iterator[pf.Element]:
        """The items before a cell, the cell, the items after it, which are counted on."""
        run: list[pf.ListItem] = []
        count = items.start if isinstance(items, pf.OrderedList) else 1
        for item in items.content:
            if not self._has_cell(item):
                run.append(item)
                continue
            parts = list(self._flat(item.content))
            at = next(k for k, part in enumerate(parts) if _number_of(part))
            yield _listed(items, [*run, pf.ListItem(*parts[:at])], count)
            count, run = count + len(run) + 1, []
            yield from parts[at:]
        if run:
            yield _listed(items, run, count)


def _listed(like: pf.Element, items: list[pf.ListItem], start: int) -> pf.Element:
    if isinstance(like, pf.OrderedList):
        return pf.OrderedList(*items, start=start, style=like.style, delimiter=like.delimiter)
    return pf.BulletList(*items)


def _as_text(part: pf.Element) -> pf.Element:
    """The title of a box that is no box any more."""
    if isinstance(part, pf.Div) and _HEADS & set(part.classes):
        return pf.Para(pf.Strong(*part.content[0].content))
    return part


def _mark(number: str) -> pf.RawBlock:
    return block(f"{_LEFT}{number}{_RIGHT}")


def _number_of(part: pf.Element) -> str:
    found = MARK.match(part.text) if isinstance(part, pf.RawBlock) and part.format == "markdown" else None
    return found[1] if found else ""


def _captions(element: pf.Element) -> Iterator[pf.Element]:
    """The captions of figures, tables and listings, without these."""
    for part in collected(element, *_PARTED):
        if isinstance(part, pf.Div):
            head = part.content[0] if part.content else None
            if "listing" in part.classes and head is not None:
                yield _caption(part, part.attributes.get("kind", "listing"), list(head.content))
            continue
        kind = "table" if isinstance(part, pf.Table) else "figure"
        if part.caption.content or part.attributes.get("number"):
            yield _caption(part, kind, list(part.caption.content))


def _caption(of: pf.Element, kind: str, words: list[pf.Element]) -> pf.Div:
    said = [inline for line in words if hasattr(line, "content") for inline in line.content]
    head = pf.Div(pf.Plain(*said), classes=["listing-caption"])
    given = {key: of.attributes[key] for key in ("number", "part") if key in of.attributes}
    return pf.Div(head, identifier=of.identifier, classes=["listing"], attributes={**given, "kind": kind})
