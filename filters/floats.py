#!/usr/bin/env python3
"""Figures, tables and listings, however they are written, become pandoc's own, with their parts.

    \\begin{figure} … \\caption{…}\\label{fig:x}\\end{figure}      LaTeX, also with `subfigure` in it
    ::: {#fig-x layout-ncol=2}  ![A](a.png){#fig-a} …  Caption :::   Quarto
    <div id="fig:x"> ![A](a.png){#fig:a} …  Caption </div>           pandoc-crossref
    ```{#lst-x .python lst-cap="Caption"}                            a listing

A figure with parts is a `Figure` of class `parts` that holds other figures.  A listing is a `Div.listing` whose
first block is `Div.listing-caption`; so is everything else that has a caption and is neither figure nor table:
`kind` says what it is.  Divisions are the matter of `gradpress.float_divisions`.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import panflute as pf

from gradpress import context, float_divisions, layout
from gradpress.cache import Storage, Store
from gradpress.diagnostics import report
from gradpress.dialects.latex_boxes import unboxed, with_parts
from gradpress.numbers import crossref
from gradpress.patterns import pattern
from gradpress.reading import scraps
from gradpress.reading.places import line_of
from gradpress.walking import has, walk

wants = (pf.RawBlock, pf.Div, pf.CodeBlock, pf.Figure, pf.Table, pf.Image)

_FLOAT = pattern(r"\s*\\begin\s*\{(figure|table|longtable)\*?\}.*\\end\s*\{\1\*?\}\s*", re.S)
_LIST = pattern(r"\\listof(?!figures\b|tables\b|listings\b)[a-z]+\b")
_LABELLED = pattern(r"^fig-")


def apply(doc: pf.Doc) -> None:
    """Find the floats of `doc`, in place."""
    store = Store(Path(context.of(doc).cache))
    said = crossref.of(context.of(doc).crossref)

    def lifted(element: pf.Element, _: pf.Doc) -> pf.Element | list[pf.Element] | None:
        if isinstance(element, pf.RawBlock) and element.format in ("tex", "latex"):
            return _without_lists(element) or _from_tex(element.text, store)
        if isinstance(element, pf.Figure | pf.Table):
            _take_label(element)
        if isinstance(element, pf.Figure):
            _tidied(element)
            return _with_its_parts(element)
        if isinstance(element, pf.Para):
            return _alone(element)
        if isinstance(element, pf.CodeBlock):
            return _listing(element, store)
        if isinstance(element, pf.Div) and (table := _labelled_table(element)):
            return table
        return float_divisions.lifted(element, said, store) if isinstance(element, pf.Div) else None

    walk(doc, lifted, pf.RawBlock, pf.Div, pf.CodeBlock, pf.Figure, pf.Table, pf.Para)


def _without_lists(block: pf.RawBlock) -> list[pf.Element] | None:
    """`\\listofvideos` and its like: of kinds of one's own there are no lists."""
    rest, count = _LIST.subn("", block.text)
    for found in _LIST.finditer(block.text):
        report("option-later", f"'{found[0]}' has no effect in this version", line=line_of(found[0]))
    return [pf.RawBlock(rest, format=block.format)] if count else None


def _alone(paragraph: pf.Para) -> pf.Figure | None:
    """An image with a label that stands alone, in a link or without words, is a figure too."""
    if not has(paragraph, pf.Image, pf.Link):
        return None
    inside = [i for i in paragraph.content if not isinstance(i, pf.Space | pf.SoftBreak)]
    one = inside[0] if len(inside) == 1 else None
    image = one.content[0] if isinstance(one, pf.Link) and len(one.content) == 1 else one
    if not isinstance(image, pf.Image) or not _LABELLED.match(image.identifier):
        return None
    identifier, image.identifier = image.identifier, ""
    caption = pf.Caption(pf.Plain(*image.content)) if image.content else pf.Caption()
    return pf.Figure(pf.Plain(one), caption=caption, identifier=identifier)


def _from_tex(text: str, store: Storage) -> list[pf.Element] | None:
    """A float of LaTeX, if all of it is something that pandoc knows."""
    if not _FLOAT.fullmatch(text):
        return None
    blocks = scraps.blocks(with_parts(unboxed(text)), store) or []
    blocks = [block for block in blocks if _without_layout(block, None) is None]
    if len(blocks) != 1:
        return None
    one = blocks[0]
    one = _labelled_table(one) or one
    if not isinstance(one, pf.Figure | pf.Table) or not one.caption.content:
        return None
    _take_label(one)
    _tidied(one)
    return [(_with_its_parts(one) if isinstance(one, pf.Figure) else None) or one]


def _with_its_parts(figure: pf.Figure) -> pf.Element | None:
    """A figure of LaTeX that holds others, as pandoc's reader gives it."""
    parts = [block for block in figure.content if isinstance(block, pf.Figure)]
    if not parts or "parts" in figure.classes:
        return None
    return float_divisions.with_parts(figure, parts, 2 if len(parts) > 1 else 1)


def _labelled_table(element: pf.Element) -> pf.Table | None:
    """The table of LaTeX that pandoc puts into a division with its label."""
    if not isinstance(element, pf.Div) or len(element.content) != 1 or element.classes or element.attributes:
        return None
    table = element.content[0]
    if not isinstance(table, pf.Table) or not table.caption.content or table.identifier or not element.identifier:
        return None
    table.identifier = element.identifier
    return table


def _take_label(one: pf.Figure | pf.Table) -> None:
    """A `\\label` in a caption names what the caption is of."""
    found: list[str] = []

    def taken(element: pf.Element, _: pf.Doc) -> list[pf.Element] | None:
        label = re.fullmatch(r"\s*\\label\s*\{([^{}]*)\}\s*", element.text)
        if label:
            found.append(label[1].strip())
        return [] if label else None

    for block in one.caption.content:
        walk(block, taken, pf.RawInline)
    if found and not one.identifier:
        one.identifier = found[0]


def _tidied(one: pf.Figure | pf.Table) -> None:
    """A float without LaTeX's layout; the caption is the alternative text of images that have none."""
    walk(one, _without_layout)
    words = pf.stringify(one.caption).strip()
    if words:
        walk(one, lambda e, _: _described(e, words), pf.Image)
    for key in ("latex-placement", "number"):
        one.attributes.pop(key, None)


def _described(image: pf.Image, words: str) -> None:
    if not _says(image) and "fig-alt" not in image.attributes and "alt" not in image.attributes:
        image.content = [pf.Str(words)]


def _says(image: pf.Image) -> bool:
    """pandoc's LaTeX reader gives an image the word `image`."""
    return bool(pf.stringify(image).strip() not in ("", "image"))


def _without_layout(element: pf.Element, _: pf.Doc | None) -> list[pf.Element] | None:
    if isinstance(element, pf.Para | pf.Plain) and not element.content and not isinstance(element.parent, pf.Caption):
        return []
    is_layout = isinstance(element, pf.RawInline | pf.RawBlock) and re.fullmatch(
        r"\s*\\(?:centering|hfill|vspace\{[^}]*\}|hspace\{[^}]*\}|small|footnotesize|quad)\s*", element.text
    )
    return [] if is_layout else None


def _listing(block: pf.CodeBlock, store: Storage) -> pf.Element | None:
    layout.undotted(block.attributes)
    caption = block.attributes.pop("lst-cap", "") or block.attributes.pop("caption", "")
    below = block.attributes.pop("lst-cap-location", "") == "bottom"
    if not caption:
        return None
    identifier, block.identifier = block.identifier, ""
    words = float_divisions.read(caption, store)
    return float_divisions.captioned([block], words, "listing", identifier, below=below)


if __name__ == "__main__":
    from filters import as_program

    as_program(apply)
