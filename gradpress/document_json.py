"""pandoc's JSON ↔ panflute's documents: `panflute.load` and `dump`, with the common elements made directly.

panflute checks the type of every item of every list that it reads, and turns a document into nested dictionaries
before it is encoded: 3.4 and 6 ms for a page of 2,000 elements, 1 and 1.5 here.  What pandoc wrote needs no check.
Elements that are not in the tables below go panflute's own way, so that nothing has to be known twice.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from json.encoder import encode_basestring as quoted
from typing import Any

import panflute as pf
from panflute.containers import ListContainer
from panflute.elements import from_json

from gradpress.walking import Items

Maker = Callable[[Any], Any]
Emitter = Callable[[Any], str]


def loads(text: str) -> pf.Doc:
    """The document that `text`, written by pandoc or `dumps`, is."""
    doc = _value(json.loads(text))
    if not isinstance(doc, pf.Doc):
        raise TypeError("this is not a document of pandoc's")
    return doc


def dumps(doc: pf.Doc) -> str:
    """The text that `panflute.dump` gives, byte for byte."""
    api = ",".join(map(str, doc.api_version))
    meta = _encoded(doc.metadata.content.to_json())
    return f'{{"pandoc-api-version":[{api}],"meta":{meta},"blocks":{_list(doc.content)}}}'


# Reading


def _value(data: Any) -> Any:
    """What panflute's own reading makes of a piece of JSON."""
    if isinstance(data, list):
        return [_value(item) for item in data]
    if not isinstance(data, dict):
        return data
    tag = data.get("t")
    maker = _MAKERS.get(tag) if tag else None
    return maker(data.get("c")) if maker else from_json({key: _value(item) for key, item in data.items()})


def _new(kind: type) -> Any:
    element: Any = object.__new__(kind)
    element.parent = element.location = element.index = None
    return element


def _empty(kind: type) -> Maker:
    return lambda _: _new(kind)


def _string(text: str) -> pf.Str:
    element: pf.Str = _new(pf.Str)
    element.text = text
    return element


def _formula(parts: list[Any]) -> pf.Math:
    element: pf.Math = _new(pf.Math)
    element.format, element.text = parts[0]["t"], parts[1]
    return element


def _hold(element: Any, oktypes: type, items: list[Any]) -> None:
    held = object.__new__(ListContainer)
    held.oktypes, held.parent, held.location, held.list = oktypes, element, None, Items(items)
    element._content = held


def _items(data: list[Any]) -> list[Any]:
    makers = _MAKERS
    return [makers[i["t"]](i.get("c")) if i["t"] in makers else _value(i) for i in data]


def _name(element: Any, attributes: list[Any]) -> None:
    element.identifier, element.classes, element.attributes = attributes[0], attributes[1], dict(attributes[2])


def _holding(kind: type, oktypes: type) -> Maker:
    def make(items: list[Any]) -> Any:
        element = _new(kind)
        _hold(element, oktypes, _items(items))
        return element

    return make


def _named(kind: type, oktypes: type) -> Maker:
    def make(parts: list[Any]) -> Any:
        element = _new(kind)
        _name(element, parts[0])
        _hold(element, oktypes, _items(parts[1]))
        return element

    return make


def _code(kind: type) -> Maker:
    def make(parts: list[Any]) -> Any:
        element = _new(kind)
        _name(element, parts[0])
        element.text = parts[1]
        return element

    return make


def _heading(parts: list[Any]) -> pf.Header:
    element: pf.Header = _new(pf.Header)
    element.level = parts[0]
    _name(element, parts[1])
    _hold(element, pf.Inline, _items(parts[2]))
    return element


def _table(parts: list[Any]) -> pf.Table:
    attributes, caption, columns, head, bodies, foot = parts
    return pf.Table(
        *(pf.TableBody(*_rows(b[3]), head=_rows(b[2]), row_head_columns=b[1], **_attributes_of(b[0])) for b in bodies),
        head=pf.TableHead(*_rows(head[1]), **_attributes_of(head[0])),
        foot=pf.TableFoot(*_rows(foot[1]), **_attributes_of(foot[0])),
        caption=pf.Caption(*_items(caption[1]), short_caption=caption[0] and _items(caption[0])),
        colspec=_value(columns),
        **_attributes_of(attributes),
    )


def _attributes_of(data: list[Any]) -> dict[str, Any]:
    return {"identifier": data[0], "classes": data[1], "attributes": dict(data[2])}


def _rows(data: list[Any]) -> list[pf.TableRow]:
    return [_row(item) for item in data]


def _row(parts: list[Any]) -> pf.TableRow:
    row: pf.TableRow = _new(pf.TableRow)
    _name(row, parts[0])
    _hold(row, pf.TableCell, [_cell(part) for part in parts[1]])
    return row


def _cell(parts: list[Any]) -> pf.TableCell:
    cell: pf.TableCell = _new(pf.TableCell)
    _name(cell, parts[0])
    cell.alignment, cell.rowspan, cell.colspan = parts[1]["t"], parts[2], parts[3]
    _hold(cell, pf.Block, _items(parts[4]))
    return cell


_MAKERS: dict[str, Maker] = {
    "Str": _string,
    "Math": _formula,
    **{kind.__name__: _empty(kind) for kind in (pf.Space, pf.SoftBreak, pf.LineBreak)},
    **{kind.__name__: _holding(kind, pf.Inline) for kind in (pf.Para, pf.Plain, pf.Emph, pf.Strong)},
    **{kind.__name__: _code(kind) for kind in (pf.Code, pf.CodeBlock)},
    "Span": _named(pf.Span, pf.Inline),
    "Div": _named(pf.Div, pf.Block),
    "Header": _heading,
    "Table": _table,
}


# Writing


def _encoded(value: Any) -> str:
    return json.dumps(
        value, default=lambda e: e.to_json(), check_circular=False, separators=(",", ":"), ensure_ascii=False
    )


def _list(held: ListContainer) -> str:
    emitters = _EMITTERS
    return f"[{','.join([emitters[type(i)](i) if type(i) in emitters else _encoded(i) for i in held.list])}]"


def _attributes(element: Any) -> str:
    if not (element.identifier or element.classes or element.attributes):
        return '["",[],[]]'
    return _encoded(element._ica_to_json())


def _constant(kind: type) -> Emitter:
    text = f'{{"t":"{kind.__name__}"}}'
    return lambda _: text


def _with_content(kind: type) -> Emitter:
    start = f'{{"t":"{kind.__name__}","c":'
    return lambda element: f"{start}{_list(element._content)}}}"


def _with_attributes(kind: type) -> Emitter:
    start = f'{{"t":"{kind.__name__}","c":['
    return lambda element: f"{start}{_attributes(element)},{_list(element._content)}]}}"


def _with_target(kind: type) -> Emitter:
    start = f'{{"t":"{kind.__name__}","c":['

    def emit(element: Any) -> str:
        target = f"[{quoted(element.url)},{quoted(element.title)}]"
        return f"{start}{_attributes(element)},{_list(element._content)},{target}]}}"

    return emit


def _code_text(kind: type) -> Emitter:
    start = f'{{"t":"{kind.__name__}","c":['
    return lambda element: f"{start}{_attributes(element)},{quoted(element.text)}]}}"


def _raw_text(kind: type) -> Emitter:
    start = f'{{"t":"{kind.__name__}","c":['
    return lambda element: f"{start}{quoted(element.format)},{quoted(element.text)}]}}"


def _math_text(element: pf.Math) -> str:
    return f'{{"t":"Math","c":[{{"t":"{element.format}"}},{quoted(element.text)}]}}'


def _header_text(element: pf.Header) -> str:
    return f'{{"t":"Header","c":[{element.level},{_attributes(element)},{_list(element._content)}]}}'


def _rows_text(element: Any) -> str:
    """A row, the head or the foot of a table."""
    return f"[{_attributes(element)},{_list(element._content)}]"


def _cell_text(cell: pf.TableCell) -> str:
    spans = f"{cell.rowspan},{cell.colspan}"
    return f'[{_attributes(cell)},{{"t":"{cell.alignment}"}},{spans},{_list(cell._content)}]'


def _body_text(body: pf.TableBody) -> str:
    return f"[{_attributes(body)},{body.row_head_columns},{_list(body.head)},{_list(body._content)}]"


def _table_text(table: pf.Table) -> str:
    columns = ",".join(f'[{{"t":"{a}"}},{_width(w)}]' for a, w in table.colspec)
    caption = _encoded(table.caption.to_json())
    bodies = ",".join(map(_body_text, table._content.list))
    parts = f"{caption},[{columns}],{_rows_text(table.head)},[{bodies}],{_rows_text(table.foot)}"
    return f'{{"t":"Table","c":[{_attributes(table)},{parts}]}}'


def _width(width: float | str) -> str:
    return '{"t":"ColWidthDefault"}' if width == "ColWidthDefault" else f'{{"t":"ColWidth","c":{_encoded(width)}}}'


_CONTENT_ONLY = (
    *(pf.Para, pf.Plain, pf.Emph, pf.Strong, pf.Underline, pf.Strikeout, pf.Superscript, pf.Subscript),
    *(pf.SmallCaps, pf.Note, pf.BlockQuote, pf.BulletList),
)
_EMITTERS: dict[type, Emitter] = {
    pf.Str: lambda element: f'{{"t":"Str","c":{quoted(element.text)}}}',
    pf.Math: _math_text,
    pf.Header: _header_text,
    pf.ListItem: lambda item: _list(item._content),
    pf.Table: _table_text,
    pf.TableRow: _rows_text,
    pf.TableCell: _cell_text,
    **{kind: _constant(kind) for kind in (pf.Space, pf.SoftBreak, pf.LineBreak, pf.HorizontalRule)},
    **{kind: _with_content(kind) for kind in _CONTENT_ONLY},
    **{kind: _with_attributes(kind) for kind in (pf.Span, pf.Div)},
    **{kind: _with_target(kind) for kind in (pf.Link, pf.Image)},
    **{kind: _code_text(kind) for kind in (pf.Code, pf.CodeBlock)},
    **{kind: _raw_text(kind) for kind in (pf.RawInline, pf.RawBlock)},
}
