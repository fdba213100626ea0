"""Captions of figures, tables and listings in HTML, with the numbers that `filters/numbers.py` has given them."""

from __future__ import annotations

import panflute as pf

from gradpress import layout
from gradpress.numbers import references
from gradpress.numbers.targets import kind_of
from gradpress.page import Page


def for_html(element: pf.Figure | pf.Table, page: Page) -> None:
    """The number before the caption, as LaTeX writes it."""
    number, part = element.attributes.pop("number", ""), element.attributes.pop("part", "")
    if isinstance(element, pf.Figure) and not part and on_top(element, page) and "caption-top" not in element.classes:
        element.classes.append("caption-top")
    if isinstance(element, pf.Table) and below(element, page) and "caption-bottom" not in element.classes:
        element.classes.append("caption-bottom")
    if not number:
        return
    first = element.caption.content[0] if element.caption.content else None
    if isinstance(first, pf.Plain | pf.Para):
        first.content = before(number, part, kind_of(element), page, list(first.content))
    else:
        element.caption = pf.Caption(pf.Plain(*before(number, part, kind_of(element), page, [])))


def on_top(figure: pf.Figure, page: Page) -> bool:
    """Whether the caption stands above, as the figure or the header of its page says."""
    of_page = page.settings.get("fig-cap-location") == "top" and "caption-bottom" not in figure.classes
    return of_page or "caption-top" in figure.classes


def below(table: pf.Table | pf.Div, page: Page) -> bool:
    """Whether the caption of a table, or of what is one, stands below it."""
    of_page = page.settings.get("tbl-cap-location") == "bottom" and "caption-top" not in table.classes
    is_table = isinstance(table, pf.Table) or table.attributes.get("kind") == "table"
    return (of_page and is_table) or "caption-bottom" in table.classes or "below" in table.attributes


def before(number: str, part: str, kind: str, page: Page, words: list[pf.Element]) -> list[pf.Element]:
    """The words of a caption with its number, or its letter, before them."""
    text = f"({part})" if part else references.titled(kind, number, page)
    if words and not part:
        text += page.settings.numbers.delimiter
    return [pf.Span(pf.Str(text), classes=["number"]), *([pf.Space(), *words] if words else [])]


def names_for_tex(page: Page) -> dict[str, str]:
    """`\\figurename` and `\\tablename`, where the author calls them something else than the language does."""
    own = page.settings.caption_words
    return {f"{kind}name": own[kind] for kind in ("figure", "table") if kind in own}


def panels_for_html(div: pf.Div) -> None:
    """Columns: a grid, or rows whose blocks have widths of their own."""
    columns, rows = div.attributes.pop("columns", "1"), layout.read(div.attributes.pop("rows", ""))
    if not rows:
        div.attributes["style"] = f"--columns: {columns}"
        return
    div.classes.append("rows")
    div.content = [
        pf.Div(block, attributes={"style": f"--gap: {gap:g}%; --share: {share:g}%"})
        for block, (gap, share, _) in zip(div.content, layout.placed(rows, len(div.content)), strict=True)
    ]


def tables_for_html(div: pf.Div, page: Page) -> pf.Div:
    """A caption for several tables, above them."""
    number, part = div.attributes.pop("number", ""), div.attributes.pop("part", "")
    first = div.content[0].content[0]
    first.content = before(number, part, "table", page, list(first.content))
    return div


def listing_for_html(div: pf.Div, page: Page) -> pf.Div:
    """Caption and code together."""
    number, part = div.attributes.pop("number", ""), div.attributes.pop("part", "")
    is_below = below(div, page)
    kind, _ = div.attributes.pop("kind", "listing"), div.attributes.pop("below", "")
    head = div.content[0]
    if isinstance(head, pf.Div) and head.content and number:
        first = head.content[0]
        first.content = before(number, part, kind, page, list(first.content))
    if is_below:
        div.content = [*list(div.content)[1:], head]
    return div
