"""Tables in Markdown: pipe tables where they can be, else HTML with Markdown in its cells.

GitHub reads Markdown between tags that stand in lines of their own, with blank lines around it.
"""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

import panflute as pf

from gradpress.formats.markdown_flavour import block, inline
from gradpress.math.github import without_bars
from gradpress.patterns import pattern
from gradpress.walking import collected, walk

_ALIGNED = {"AlignLeft": "left", "AlignRight": "right", "AlignCenter": "center"}
_TICKS = pattern(r"`+")
_BAR = "\\|"


def written(table: pf.Table) -> list[pf.Element]:
    """The table without its caption."""
    table.caption = pf.Caption()
    return [_piped(table)] if _is_plain(table) else list(_in_html(table))


def _rows(table: pf.Table) -> list[pf.TableRow]:
    bodies = [row for body in table.content for row in (*body.head, *body.content)]
    return [*table.head.content, *bodies, *table.foot.content]


def _is_plain(table: pf.Table) -> bool:
    """Whether every cell is a line of text, and one row at most is a header."""
    bodies = list(table.content)
    heads = len(table.head.content)
    if heads > 1 or len(bodies) > 1 or any(body.row_head_columns or body.head for body in bodies):
        return False
    return all(_is_line(cell) for row in _rows(table) for cell in row.content)


def _is_line(cell: pf.TableCell) -> bool:
    if cell.rowspan > 1 or cell.colspan > 1 or len(cell.content) > 1:
        return False
    if cell.content and not isinstance(cell.content[0], pf.Plain | pf.Para):
        return False
    if collected(cell, pf.LineBreak, pf.Note):
        return False
    return not any(f.format == "DisplayMath" or "\\begin" in f.text for f in collected(cell, pf.Math))


def _piped(table: pf.Table) -> pf.Table:
    for formula in collected(table, pf.Math):
        formula.text = without_bars(formula.text)
    for cell in collected(table, pf.TableCell):
        cell.content = [pf.Plain(*map(_one_line, line.content)) for line in cell.content]
    for item in collected(table, pf.RawInline):  # a bar in what is written already, such as an address
        item.text = item.text.replace("|", "&#124;")
    walk(table, _code, pf.Code)
    table.colspec = [(alignment, "ColWidthDefault") for alignment, _ in table.colspec]
    return table


def _code(item: pf.Element, _: pf.Doc) -> pf.RawInline | None:
    """Code with a bar: a table is cut into cells before code is seen."""
    if "|" not in item.text:
        return None
    marks = "`" * (max([0, *map(len, _TICKS.findall(item.text))]) + 1)
    space = " " if item.text.startswith("`") or item.text.endswith("`") else ""
    return inline(f"{marks}{space}{item.text.replace('|', _BAR)}{space}{marks}")


def _one_line(item: pf.Element) -> pf.Element:
    return pf.Space() if isinstance(item, pf.SoftBreak) else item


def _in_html(table: pf.Table) -> Iterator[pf.Element]:
    """Tags and, between them, what stands in the cells."""
    tags = "<table>"
    parts = [("thead", list(table.head.content), 0)]
    parts += [("tbody", [*body.head, *body.content], body.row_head_columns) for body in table.content]
    parts += [("tfoot", list(table.foot.content), 0)]
    for name, rows, heads in parts:
        if not rows:
            continue
        tags += f"\n<{name}>"
        for row in rows:
            tags += "\n<tr>"
            for at, cell in enumerate(row.content):
                tag = "th" if name == "thead" or at < heads else "td"
                tags += f"\n{_opened(tag, cell, table.colspec[at][0] if at < len(table.colspec) else '')}"
                if cell.content:
                    yield block(tags)
                    yield from (_paragraph(inside) for inside in cell.content)
                    tags = ""
                tags = f"{tags}</{tag}>" if not cell.content else f"</{tag}>"
            tags += "\n</tr>"
        tags += f"\n</{name}>"
    yield block(f"{tags}\n</table>")


def _paragraph(inside: pf.Element) -> pf.Element:
    return pf.Para(*inside.content) if isinstance(inside, pf.Plain) else inside


def _opened(tag: str, cell: pf.TableCell, column: str) -> str:
    alignment = _ALIGNED.get(cell.alignment) or _ALIGNED.get(column, "")
    spans = {"align": alignment, "colspan": _many(cell.colspan), "rowspan": _many(cell.rowspan)}
    said = "".join(f' {name}="{escape(value)}"' for name, value in spans.items() if value)
    return f"<{tag}{said}>"


def _many(count: int) -> str:
    return str(count) if count > 1 else ""
