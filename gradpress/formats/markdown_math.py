"""Formulas in Markdown: where displays end a paragraph, and where readers need a space.

A `$` behind a letter, a digit, a hyphen or a mark of emphasis begins no formula on GitHub.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import panflute as pf

from gradpress.formats.markdown_flavour import Flavour, block, inline
from gradpress.walking import inlines_of

PLACED = (
    *(pf.Para, pf.Plain, pf.Header, pf.LineItem, pf.Emph, pf.Strong, pf.Quoted, pf.Link, pf.Strikeout, pf.Span),
    *(pf.Superscript, pf.Subscript),
)
"""What `Placing.element` looks at: whatever holds a line of text."""
_BLANK = (pf.Space, pf.SoftBreak, pf.LineBreak)
_MARKED = (pf.Emph, pf.Strong, pf.Strikeout, pf.Code, pf.Link, pf.Math, pf.Note, pf.Superscript, pf.Subscript)
"""What a formula may not touch."""
_TOUCHING = frozenset("-_*~`$\\")


def apart(element: pf.Element, wrap: Callable[..., pf.Element]) -> list[pf.Element] | None:
    """An emphasis or a link without the displays in it and the formulas at its edges, which it would break.

    None where nothing of the kind stands in it.
    """
    items = inlines_of(element)
    if not any(isinstance(item, pf.Math) for item in items):
        return None
    made: list[pf.Element] = []
    run: list[pf.Element] = []
    for item in [*items, None]:
        if item is not None and not _is_display(item):
            run.append(item)
            continue
        made += _peeled(run, wrap)
        made += [item] if item is not None else []
        run = []
    return made


def without_formulas(element: pf.Element, wrap: Callable[..., pf.Element]) -> list[pf.Element] | None:
    """A link in pieces between its formulas, or behind them if there is nothing else; None where it has none."""
    items = inlines_of(element)
    if not any(isinstance(item, pf.Math) for item in items):
        return None
    made: list[pf.Element] = []
    for item in items:
        if isinstance(item, (pf.Math, *_BLANK)) or _is_mark(item):
            made.append(item)
        elif made and isinstance(made[-1], pf.Link):
            made[-1].content.append(item)
        else:
            made.append(wrap(item))
    return made if any(isinstance(item, pf.Link) for item in made) else [*made, pf.Space(), wrap(pf.Str("↗"))]


def _peeled(run: list[pf.Element], wrap: Callable[..., pf.Element]) -> list[pf.Element]:
    first, last = 0, len(run)
    while first < last and isinstance(run[first], (pf.Math, *_BLANK)):
        first += 1
    while last > first and isinstance(run[last - 1], (pf.Math, *_BLANK)):
        last -= 1
    return [*run[:first], *([wrap(*run[first:last])] if last > first else []), *run[last:]]


def _is_display(item: pf.Element) -> bool:
    return isinstance(item, pf.Math) and item.format == "DisplayMath"


def _is_mark(item: pf.Element) -> bool:
    return isinstance(item, pf.RawInline)


class Placing:
    """The last walk: formulas become Markdown."""

    def __init__(self, flavour: Flavour) -> None:
        self._flavour = flavour

    def element(self, element: pf.Element, _: pf.Doc) -> list[pf.Element] | None:
        """Write the formulas of a line; a paragraph ends at its displays."""
        items = inlines_of(element)
        if not any(isinstance(item, pf.Math) for item in items):
            return None
        is_block = isinstance(element, pf.Para | pf.Plain) and not isinstance(element.parent, pf.Caption)
        if is_block and any(map(_is_display, items)) and not _in_line(element):
            return self._blocks(items)
        element.content = self._line(items)
        return None

    def _blocks(self, items: Sequence[pf.Element]) -> list[pf.Element]:
        made: list[pf.Element] = []
        run: list[pf.Element] = []
        for item in items:
            if not _is_display(item):
                run.append(item)
                continue
            made += [*self._paragraph(run), block(self._flavour.display(item.text))]
            run = []
        return [*made, *self._paragraph(run)]

    def _paragraph(self, run: Sequence[pf.Element]) -> list[pf.Element]:
        line = list(run)
        while line and isinstance(line[0], _BLANK):
            del line[0]
        while line and isinstance(line[-1], _BLANK):
            del line[-1]
        return [pf.Para(*self._line(line))] if line else []

    def _line(self, items: Sequence[pf.Element]) -> list[pf.Element]:
        made: list[pf.Element] = []
        for at, item in enumerate(items):
            if not isinstance(item, pf.Math):
                made.append(item)
                continue
            before = items[at - 1] if at else None
            after = items[at + 1] if at + 1 < len(items) else None
            spaced = self._flavour.needs_spaces
            made += [pf.Space()] if spaced and _touches(before, -1) and not isinstance(before, pf.Math) else []
            made.append(inline(self._flavour.inline(_in_text(item))))
            made += [pf.Space()] if spaced and _touches(after, 0) else []
        return made


def _in_line(element: pf.Element) -> bool:
    """Whether a paragraph cannot be taken apart: the cell of a table that has no other blocks."""
    return isinstance(element.parent, pf.TableCell)


def _touches(neighbour: pf.Element | None, end: int) -> bool:
    """Whether the end of the neighbour that is at the formula would hide its dollar."""
    if isinstance(neighbour, pf.Str) and neighbour.text:
        sign = neighbour.text[end]
        return sign.isalnum() or (sign in _TOUCHING and end == -1)
    return isinstance(neighbour, _MARKED)


def _in_text(formula: pf.Math) -> str:
    return f"\\displaystyle {formula.text}" if _is_display(formula) else str(formula.text)
