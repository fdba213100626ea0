"""Divisions that hold figures, tables, code or anything else under one caption, or side by side.

::: {#fig-x layout-ncol=2} … Caption :::     the last paragraph is the caption, labelled blocks are parts
::: {#tbl-x} … :::   ::: {#lst-x} … :::      tables, listings, and kinds of the author's own
::: {layout="[[1, 1], [1]]"} … :::           side by side, without a caption of their own
"""

from __future__ import annotations

from collections.abc import Sequence

import panflute as pf

from gradpress import layout, list_table
from gradpress.cache import Storage
from gradpress.numbers.crossref import Crossref
from gradpress.reading import scraps

_OTHER = frozenset({"cell", "tables", "panels", "theorem", "callout", "tabs", "cell-parts"})
"""Divisions that are something else already."""
_CAPTIONS = ("fig-cap", "tbl-cap", "lst-cap")
_BELOW = ("fig-cap-location", "tbl-cap-location", "lst-cap-location", "cap-location")


def lifted(div: pf.Div, said: Crossref, store: Storage) -> pf.Element | None:
    """What the division is; None if it is none of ours."""
    first = div.content[0] if div.content else None
    made = "listing" in div.classes and "listing-caption" in getattr(first, "classes", ())
    if made or _OTHER & set(div.classes) or "theorem" in div.attributes:
        return None
    if "list-table" in div.classes and (table := list_table.made(div)):
        return table
    kind = "figure" if "figure-group" in div.classes else said.kind(div.identifier)
    columns, rows = layout.taken(div.attributes, len(div.content))
    if kind in ("figure", "table", "listing", *said.custom):
        return _float(div, kind, columns, rows, said, store)
    return _side_by_side(div, columns, rows) if columns else None


def _float(
    div: pf.Div, kind: str, columns: int, rows: layout.Rows, said: Crossref, store: Storage
) -> pf.Element | None:
    content = [part for block in div.content for part in _opened(block, kind, store)]
    caption = _caption(div, content, store)
    if not content:
        return None
    if kind == "listing" and caption is None and _is_caption_first(content):
        caption = list(content.pop(0).content)  # pandoc-crossref's way
    if kind == "table" and (made := _tables(div, content, caption, columns)):
        return made
    if kind == "figure":
        return _figure(div, content, caption, columns, rows)
    below = (kind in said.custom and not said.custom[kind].above) or _place(div) == "bottom"
    return captioned(content, caption, kind, div.identifier, below=below)


def _is_caption_first(content: list[pf.Element]) -> bool:
    is_text = isinstance(content[0], pf.Para | pf.Plain) and len(content) == 2
    return is_text and (isinstance(content[1], pf.CodeBlock) or "cell" in getattr(content[1], "classes", ()))


def _opened(block: pf.Element, kind: str, store: Storage) -> list[pf.Element]:
    """A block of a float: a table in HTML is a table in every output, and words right under an image its caption."""
    if kind != "figure" and isinstance(block, pf.RawBlock) and block.format == "html" and "<table" in block.text:
        return scraps.blocks(block.text, store, "html") or [block]
    if isinstance(block, pf.Para) and block.content and isinstance(block.content[0], pf.Image):
        at = next((k for k, i in enumerate(block.content) if isinstance(i, pf.SoftBreak | pf.LineBreak)), 0)
        rest = list(block.content)[at + 1 :] if at else []
        if rest and not any(isinstance(i, pf.Image) for i in rest):
            return [pf.Para(*list(block.content)[:at]), pf.Para(*rest)]
    return [block]


def _caption(div: pf.Div, content: list[pf.Element], store: Storage) -> list[pf.Element] | None:
    """The caption as inlines, taken out of the content; None if there is none."""
    given = next(filter(None, [div.attributes.pop(key, "") for key in _CAPTIONS]), "")
    if given:
        return read(given, store)
    last = content[-1] if len(content) > 1 else None
    if isinstance(last, pf.Para | pf.Plain) and not pictures(last):
        return _without_sign(list(content.pop().content))
    return None


def _without_sign(caption: list[pf.Element]) -> list[pf.Element]:
    """A caption in a division may begin with the colon of captions, `: Caption` or `\\: Caption`."""
    if len(caption) > 2 and isinstance(caption[0], pf.Str) and caption[0].text == ":":
        return caption[2:] if isinstance(caption[1], pf.Space) else caption[1:]
    return caption


def _place(div: pf.Div) -> str:
    return next(filter(None, [div.attributes.pop(key, "") for key in _BELOW]), "")


def read(text: str, store: Storage) -> list[pf.Element]:
    """Markdown in an attribute as inlines."""
    blocks = scraps.blocks(text, store, "markdown-latex_macros") or [pf.Plain(pf.Str(text))]
    return [inline for block in blocks if hasattr(block, "content") for inline in block.content]


def captioned(
    content: Sequence[pf.Element], caption: list[pf.Element] | None, kind: str, identifier: str, *, below: bool = False
) -> pf.Div:
    """Anything with a caption; without one the number stands alone."""
    head = pf.Div(pf.Plain(*(caption or [])), classes=["listing-caption"])
    attributes = {**({"kind": kind} if kind != "listing" else {}), **({"below": "true"} if below else {})}
    return pf.Div(head, *content, identifier=identifier, classes=["listing"], attributes=attributes)


def _figure(
    div: pf.Div, content: list[pf.Element], caption: list[pf.Element] | None, columns: int, rows: layout.Rows
) -> pf.Element:
    words = pf.Caption(pf.Plain(*caption)) if caption is not None else pf.Caption()
    if caption is None and len(content) == 1 and isinstance(content[0], pf.Figure) and not content[0].identifier:
        content[0].identifier = div.identifier
        return content[0]
    parts = [part for block in content for part in (_parts(block) or [block])]
    found = [part for part in parts if _is_part(part)]
    classes = [name for name in div.classes if name.startswith("column-")]
    whole = pf.Figure(caption=words, identifier=div.identifier, classes=classes)
    if _place(div) == "top":
        whole.classes.append("caption-top")
    if len(found) > 1 or (found and found[0].identifier):
        side = max((len(pictures(block)) for block in content), default=1) or 1
        return with_parts(whole, parts, columns or side, rows)
    whole.content = [side_by_side(parts, columns, rows)] if columns > 1 else content
    return whole


def _is_part(block: pf.Element) -> bool:
    if isinstance(block, pf.Table):
        return bool(block.identifier and block.caption.content)
    is_other = isinstance(block, pf.Div) and bool({"listing", "tables"} & set(block.classes))
    return is_other or isinstance(block, pf.Figure)


def with_parts(whole: pf.Figure, parts: Sequence[pf.Element], columns: int, rows: layout.Rows = ()) -> pf.Figure:
    """A figure that consists of others."""
    whole.content = [side_by_side(parts, columns, rows)]
    whole.classes.append("parts")
    return whole


def side_by_side(parts: Sequence[pf.Element], columns: int, rows: layout.Rows = ()) -> pf.Div:
    """Blocks in columns."""
    attributes = {"columns": str(max(columns, 1)), **({"rows": layout.said(rows)} if rows else {})}
    return pf.Div(*parts, classes=["panels"], attributes=attributes)


def _side_by_side(div: pf.Div, columns: int, rows: layout.Rows) -> pf.Element:
    parts = [part for block in div.content for part in (_parts(block) or [block])]
    made = side_by_side(parts, columns, rows)
    made.identifier, made.classes = div.identifier, [*div.classes, "panels"]
    return made


def pictures(block: pf.Element) -> list[pf.Image]:
    """The images that a paragraph consists of; empty if it has any text."""
    if not isinstance(block, pf.Para | pf.Plain):
        return []
    seen = [i for i in block.content if not isinstance(i, pf.Space | pf.SoftBreak | pf.LineBreak)]
    return seen if all(isinstance(i, pf.Image) for i in seen) else []


def _parts(block: pf.Element) -> list[pf.Element]:
    """The figures that a block is."""
    if isinstance(block, pf.Figure):
        return [block]
    made: list[pf.Element] = []
    for image in pictures(block):
        identifier, image.identifier = image.identifier, ""
        caption = pf.Caption(pf.Plain(*image.content)) if image.content else pf.Caption()
        made.append(pf.Figure(pf.Plain(image), caption=caption, identifier=identifier))
    return made


def _tables(
    div: pf.Div, content: list[pf.Element], caption: list[pf.Element] | None, columns: int
) -> pf.Element | None:
    """One table with the division's label, or several with a caption for all of them: `Div.tables`."""
    tables = [block for block in content if isinstance(block, pf.Table)]
    if len(tables) == 1:
        table = tables[0]
        table.identifier = div.identifier
        if caption and not table.caption.content:
            table.caption = pf.Caption(pf.Plain(*caption))
        elif caption:
            content.append(pf.Para(*caption))
        return table if len(content) == 1 else pf.Div(*content)
    if len(tables) < 2 or caption is None:
        return None
    head = pf.Div(pf.Plain(*caption), classes=["tables-caption"])
    return pf.Div(head, side_by_side(content, columns), identifier=div.identifier, classes=["tables"])
