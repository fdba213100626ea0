"""Captions of figures, tables and listings in LaTeX, which counts by itself: it is told every number and word."""

from __future__ import annotations

from collections.abc import Sequence

import panflute as pf

from gradpress import layout
from gradpress.formats.captions import below, on_top
from gradpress.formats.tex_text import escaped
from gradpress.numbers import references, words
from gradpress.page import Page
from gradpress.walking import collected


def for_tex(element: pf.Figure | pf.Table, page: Page) -> list[pf.Element] | None:
    """A figure or a table with its number.  Without a caption there is no number either."""
    if "part" in element.attributes:  # a figure is written by what it is a part of
        return _table_part(element) if isinstance(element, pf.Table) else None
    if isinstance(element, pf.Figure) and "panels" in getattr(element.parent, "classes", ()):
        return None  # like one that stands in a column
    number = element.attributes.pop("number", "")
    if isinstance(element, pf.Figure) and not _is_pandocs(element, page):
        return _figure(element, number, page)
    if isinstance(element, pf.Table) and element.caption.content and below(element, page):
        return _table_above(element, number, page)
    return [_tex(_told(element, number, page)), element] if number else None


def _is_pandocs(figure: pf.Figure, page: Page) -> bool:
    """Whether pandoc writes it as we want it: an image with its caption below."""
    plain = all(isinstance(block, pf.Plain | pf.Para) for block in figure.content)
    return plain and bool(figure.caption.content) and "parts" not in figure.classes and not on_top(figure, page)


def _told(element: pf.Element, number: str, page: Page) -> str:
    """What makes LaTeX write this number, and the author's word and sign around it."""
    kind = "figure" if isinstance(element, pf.Figure) else "table"
    made = f"\\renewcommand{{\\the{kind}}}{{{number}}}"
    if (sign := page.settings.numbers.delimiter) != ":":
        made += "\\captionsetup{labelsep=none}"
        said = [i for block in element.caption.content if hasattr(block, "content") for i in block.content]
        if said:
            element.caption = pf.Caption(pf.Plain(pf.Str(sign.replace(" ", words.NO_BREAK)), pf.Space(), *said))
    return made


def _figure(figure: pf.Figure, number: str, page: Page) -> list[pf.Element]:
    """Anything under a caption; what has tables in it cannot float."""
    told = _told(figure, number, page) + "\n" if number else ""
    caption = [i for block in figure.caption.content if hasattr(block, "content") for i in block.content]
    floats = not any(collected(block, pf.Table) for block in figure.content)
    start = "\\begin{figure}\n\\centering" if floats else "\\par\\addvspace{\\bigskipamount}"
    end = "\\end{figure}" if floats else "\\par\\addvspace{\\bigskipamount}"
    if not number and not caption:
        return [_tex(f"\\begin{{center}}{_anchor(figure)}"), *figure.content, _tex("\\end{center}")]
    label = f"\\label{{{figure.identifier}}}" if figure.identifier else ""
    command = "\\caption" if number else "\\caption*"
    opening = f"{command}{{" if floats else f"\\captionof{command[8:]}{{figure}}{{"
    bare = "" if caption else "\\captionsetup{labelsep=none}"
    said = [pf.Plain(_inline(bare + opening), *caption, _inline(f"}}{label}"))]
    body = [*said, *figure.content] if on_top(figure, page) else [*figure.content, *said]
    return [_tex(f"{told}{start}"), *body, _tex(end)]


def _table_above(table: pf.Table, number: str, page: Page) -> list[pf.Element]:
    """A table with its caption below, which a long table cannot have by itself."""
    told = _told(table, number, page) if number else ""
    caption = [i for block in table.caption.content if hasattr(block, "content") for i in block.content]
    label = f"\\label{{{table.identifier}}}" if table.identifier else ""
    start = _inline(f"\\nopagebreak{{\\centering{told}\\captionof{'' if number else '*'}{{table}}{{")
    end = _inline(f"}}{label}\\par}}\\endgroup\\addvspace{{\\medskipamount}}")
    table.identifier, table.caption = "", pf.Caption()
    return [_tex("\\begingroup\\setlength\\LTpost{0pt}"), table, pf.Plain(start, *caption, end)]


def columns_for_tex(div: pf.Div, page: Page) -> list[pf.Element]:
    """Blocks side by side; a table with a caption of its own may be longer than a page, and stands by itself."""
    parts: Sequence[pf.Element] = list(div.content)
    columns, rows = int(div.attributes.get("columns", "1")), layout.read(div.attributes.get("rows", ""))
    tables = [table for part in parts for table in collected(part, pf.Table)]
    if any(table.caption.content for table in tables):
        return [block for part in parts for block in (_one_part(part) if _is_part(part) else _whole(part, page))]
    alike = tuple([100 / columns] * columns for _ in range(-(-len(parts) // columns)))
    placed = layout.placed(rows or tuple(map(tuple, alike)), len(parts))
    made: list[pf.Element] = []
    ended = ""
    for part, (gap, share, last) in zip(parts, placed, strict=True):
        centred = "\\centering" if isinstance(part, pf.Figure) else ""
        space = f"\\hspace*{{{0.0096 * gap:.3f}\\linewidth}}" if gap else ""
        short = "\\gpshorttables" if tables else ""
        made.append(_tex(f"{ended}{space}\\begin{{minipage}}[t]{{{0.0096 * share:.3f}\\linewidth}}{short}{centred}"))
        made += _one_part(part) if _is_part(part) else _whole(part, page)
        ended = "\\end{minipage}\\par\\medskip\n" if last else "\\end{minipage}\\hfill%\n"
    return [*made, _tex("\\end{minipage}\\par\\medskip")] if parts else []


def _is_part(part: pf.Element) -> bool:
    return isinstance(part, pf.Figure) and "part" in part.attributes


def _whole(part: pf.Element, page: Page) -> list[pf.Element]:
    """A figure in a column cannot float; its caption stays."""
    if not isinstance(part, pf.Figure):
        return [part]
    number = part.attributes.pop("number", "")
    start = [_tex(_told(part, number, page))] if number else []
    caption = [i for block in part.caption.content if hasattr(block, "content") for i in block.content]
    said = [pf.Plain(_inline("\\captionof{figure}{"), *caption, _inline("}"))] if caption else []
    return [*start, *part.content, *said, *([_tex(_anchor(part))] if part.identifier else [])]


def _one_part(part: pf.Figure) -> list[pf.Element]:
    caption = [i for block in part.caption.content if hasattr(block, "content") for i in block.content]
    return [_tex(_anchor(part)), *part.content, _lettered(part.attributes["part"], caption)]


def _lettered(letter: str, caption: list[pf.Element]) -> pf.Plain:
    return pf.Plain(_inline(f"\\par\\smallskip{{\\small ({letter}) "), *caption, _inline("\\par}"))


def _table_part(table: pf.Table) -> list[pf.Element]:
    caption = [i for block in table.caption.content if hasattr(block, "content") for i in block.content]
    head = _tex(f"{_anchor(table)}\\par{{\\centering")
    said = _lettered(table.attributes.pop("part"), caption)
    table.attributes.pop("number", None)
    table.identifier, table.caption = "", pf.Caption()
    return [pf.Div(head, said, _tex("}\\nopagebreak"), table)]


def tables_for_tex(div: pf.Div, page: Page) -> list[pf.Element]:
    """A caption for several tables; they stand one after the other, each with its letter."""
    start = f"\\par\\addvspace{{\\medskipamount}}{_anchor(div)}{{\\centering\\small{_number(div, 'table', page)}"
    said = pf.Plain(_inline(start), *div.content[0].content[0].content, _inline("\\par}\\nopagebreak"))
    return [pf.Div(said, *list(div.content)[1:])]


def listing_for_tex(div: pf.Div, page: Page) -> list[pf.Element]:
    """The caption above the code, or below, as `\\caption` writes it."""
    head, *rest = div.content
    number = _number(div, div.attributes.get("kind", "listing"), page)
    first = f"\\par\\addvspace{{\\medskipamount}}{_anchor(div)}\\noindent{{\\small{number}"
    is_below = below(div, page)
    words_of_it = list(head.content[0].content) if head.content else []
    said = pf.Plain(_inline(first), *words_of_it, _inline("\\par}" + ("" if is_below else "\\nopagebreak")))
    return [pf.Div(*([*rest, said] if is_below else [said, *rest]))]


def _number(div: pf.Div, kind: str, page: Page) -> str:
    if part := div.attributes.get("part", ""):
        return f"({part}) "
    said = references.titled(kind, div.attributes.get("number", ""), page)
    has_words = bool(div.content[0].content and div.content[0].content[0].content)
    sign = page.settings.numbers.delimiter if has_words else ""
    return f"\\textbf{{{escaped(said + sign)}}} ".replace(words.NO_BREAK, "~")


def _anchor(element: pf.Element) -> str:
    return f"\\phantomsection\\label{{{element.identifier}}}" if element.identifier else ""


def _tex(text: str) -> pf.RawBlock:
    return pf.RawBlock(text, format="latex")


def _inline(text: str) -> pf.RawInline:
    return pf.RawInline(text, format="latex")
