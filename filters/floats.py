#!/usr/bin/env python3
"""Figures, tables and listings, however they are written, become pandoc's own, with their parts.

    \\begin{figure} … \\caption{…}\\label{fig:x}\\end{figure}      LaTeX, also with `subfigure` in it
    ::: {#fig-x layout-ncol=2}  ![A](a.png){#fig-a} …  Caption :::   Quarto
    <div id="fig:x"> ![A](a.png){#fig:a} …  Caption </div>           pandoc-crossref
    ```{#lst-x .python lst-cap="Caption"}                            a listing

A figure with parts is a `Figure` of class `parts` that holds other figures; `columns` says how many stand
side by side.  A listing is a `Div.listing` whose first block is `Div.listing-caption`.
"""

from __future__ import annotations

import json
import math
import re
import sys
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import panflute as pf

from gradpress import context, scraps
from gradpress.cache import Storage, Store
from gradpress.walking import walk

wants = (pf.RawBlock, pf.Div, pf.CodeBlock, pf.Figure, pf.Table)

_FLOAT = re.compile(r"\s*\\begin\s*\{(figure|table)\*?\}.*\\end\s*\{\1\*?\}\s*", re.S)
_LAYOUT = ("layout", "layout-ncol", "layout-nrow")


def apply(doc: pf.Doc) -> None:
    """Find the floats of `doc`, in place."""
    store = Store(Path(context.of(doc).cache))

    def lifted(element: pf.Element, _: pf.Doc) -> pf.Element | list[pf.Element] | None:
        if isinstance(element, pf.RawBlock) and element.format in ("tex", "latex"):
            return _from_tex(element.text, store)
        if isinstance(element, pf.Figure | pf.Table):
            _take_label(element)
        if isinstance(element, pf.Figure):
            _tidied(element)
        if isinstance(element, pf.CodeBlock):
            return _listing(element, store)
        if isinstance(element, pf.Div) and not {"cell", "tables", "panels"} & set(element.classes):
            return _division(element)
        return None

    walk(doc, lifted, *wants)


def _from_tex(text: str, store: Storage) -> list[pf.Element] | None:
    """A float of LaTeX, if all of it is something that pandoc knows."""
    if not _FLOAT.fullmatch(text):
        return None
    blocks = scraps.blocks(text, store)
    if not blocks or len(blocks) != 1:
        return None
    one = blocks[0]
    if isinstance(one, pf.Div) and len(one.content) == 1 and isinstance(one.content[0], pf.Table):
        one.content[0].identifier = one.identifier
        one = one.content[0]
    if not isinstance(one, pf.Figure | pf.Table) or not one.caption.content:
        return None
    _take_label(one)
    _tidied(one)
    parts = [b for b in one.content if isinstance(b, pf.Figure)] if isinstance(one, pf.Figure) else []
    return [_with_parts(one, parts, 2 if len(parts) > 1 else 1) if parts else one]


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


def _without_layout(element: pf.Element, _: pf.Doc) -> list[pf.Element] | None:
    if isinstance(element, pf.Para | pf.Plain) and not element.content and not isinstance(element.parent, pf.Caption):
        return []
    is_layout = isinstance(element, pf.RawInline | pf.RawBlock) and re.fullmatch(
        r"\s*\\(?:centering|hfill|vspace\{[^}]*\}|hspace\{[^}]*\}|small|footnotesize|quad)\s*", element.text
    )
    return [] if is_layout else None


def _division(div: pf.Div) -> pf.Element | None:
    if re.match(r"^lst[-:]", div.identifier) and (made := _wrapped_listing(div)):
        return made
    kind = re.match(r"^(fig|tbl|tab)[-:]", div.identifier)
    columns = _columns(div)
    content = list(div.content)
    is_figure = "figure-group" in div.classes or (kind is not None and kind[1] == "fig")
    if kind and not is_figure:
        return _table(div, content) or _tables(div, content, columns)
    if is_figure and content:
        caption = content.pop() if isinstance(content[-1], pf.Para | pf.Plain) and not _pictures(content[-1]) else None
        parts = [part for block in content for part in _parts(block)]
        return _figure(div, content, parts, caption, columns)
    if columns and not kind:
        return _side_by_side(div, content, columns)
    return None


def _figure(
    div: pf.Div, content: list[pf.Element], parts: list[pf.Figure], caption: pf.Element | None, columns: int
) -> pf.Element:
    words = pf.Caption(pf.Plain(*caption.content)) if caption else pf.Caption()
    if len(parts) > 1 or (parts and parts[0].identifier):
        side = max([1, *(len(_pictures(block)) for block in content)])
        whole = pf.Figure(caption=words, identifier=div.identifier)
        return _with_parts(whole, parts, columns or side)
    return pf.Figure(*content, caption=words, identifier=div.identifier)


def _with_parts(whole: pf.Figure, parts: list[pf.Figure], columns: int) -> pf.Figure:
    whole.content = [pf.Div(*parts, classes=["panels"])]
    whole.classes.append("parts")
    whole.attributes["columns"] = str(columns)
    return whole


def _side_by_side(div: pf.Div, content: list[pf.Element], columns: int) -> pf.Element:
    for key in _LAYOUT:
        div.attributes.pop(key, None)
    parts = [part for block in content for part in ([block] if not _pictures(block) else _parts(block))]
    div.content = parts
    div.classes.append("panels")
    div.attributes["columns"] = str(columns)
    return div


def _pictures(block: pf.Element) -> list[pf.Image]:
    """The images that a paragraph consists of; empty if it has any text."""
    if not isinstance(block, pf.Para | pf.Plain):
        return []
    seen = [i for i in block.content if not isinstance(i, pf.Space | pf.SoftBreak | pf.LineBreak)]
    return seen if all(isinstance(i, pf.Image) for i in seen) else []


def _parts(block: pf.Element) -> list[pf.Figure]:
    if isinstance(block, pf.Figure):
        return [block]
    made = []
    for image in _pictures(block):
        identifier, image.identifier = image.identifier, ""
        caption = pf.Caption(pf.Plain(*image.content)) if image.content else pf.Caption()
        made.append(pf.Figure(pf.Plain(image), caption=caption, identifier=identifier))
    return made


def _table(div: pf.Div, content: list[pf.Element]) -> pf.Element | None:
    tables = [block for block in content if isinstance(block, pf.Table)]
    if len(tables) != 1:
        return None
    table = tables[0]
    table.identifier = div.identifier
    last = content[-1]
    if isinstance(last, pf.Para) and not table.caption.content:
        table.caption = pf.Caption(pf.Plain(*last.content))
        content.pop()
    return table if len(content) == 1 else pf.Div(*content)


def _tables(div: pf.Div, content: list[pf.Element], columns: int) -> pf.Element | None:
    """Several tables with a caption for all of them: `Div.tables` with `Div.tables-caption` first."""
    if sum(isinstance(block, pf.Table) for block in content) < 2 or not isinstance(content[-1], pf.Para):
        return None
    head = pf.Div(pf.Plain(*content.pop().content), classes=["tables-caption"])
    panels = pf.Div(*content, classes=["panels"], attributes={"columns": str(max(columns, 1))})
    return pf.Div(head, panels, identifier=div.identifier, classes=["tables"])


def _columns(div: pf.Div) -> int:
    """How many columns the division's layout has; 0 if it has none."""
    for key in ("layout.ncol", "layout.nrow"):  # an old spelling of Quarto's
        if key in div.attributes:
            div.attributes[key.replace(".", "-")] = div.attributes.pop(key)
    get = div.attributes.get
    if get("layout-ncol", "").isdigit():
        return int(get("layout-ncol"))
    if get("layout-nrow", "").isdigit():
        return math.ceil(len(div.content) / max(1, int(get("layout-nrow"))))
    try:
        rows = json.loads(get("layout", "0"))
    except ValueError:
        return 0
    if not isinstance(rows, list) or not rows:
        return 0
    return max(len(row) if isinstance(row, list) else len(rows) for row in rows)


def _wrapped_listing(div: pf.Div) -> pf.Element | None:
    """A caption and code in a division: pandoc-crossref's way."""
    content = list(div.content)
    if len(content) != 2 or not isinstance(content[0], pf.Para | pf.Plain) or "listing-caption" in div.classes:
        return None
    head = pf.Div(pf.Plain(*content[0].content), classes=["listing-caption"])
    is_code = isinstance(content[1], pf.CodeBlock) or "cell" in getattr(content[1], "classes", ())
    return pf.Div(head, content[1], identifier=div.identifier, classes=["listing"]) if is_code else None


def _listing(block: pf.CodeBlock, store: Storage) -> pf.Element | None:
    caption = block.attributes.pop("lst-cap", "") or block.attributes.pop("caption", "")
    if not caption:
        return None
    identifier, block.identifier = block.identifier, ""
    said = scraps.blocks(caption, store, "markdown") or [pf.Plain(pf.Str(caption))]
    inlines = [inline for part in said if hasattr(part, "content") for inline in part.content]
    head = pf.Div(pf.Plain(*inlines), classes=["listing-caption"])
    return pf.Div(head, block, identifier=identifier, classes=["listing"])


if __name__ == "__main__":
    from filters import as_program

    as_program(apply)
