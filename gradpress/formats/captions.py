"""Captions of figures and tables, with the numbers that `filters/numbers.py` has given them."""

from __future__ import annotations

import panflute as pf

from gradpress import references
from gradpress.page import Page


def for_html(element: pf.Figure | pf.Table, page: Page) -> None:
    """The number before the caption, as LaTeX writes it."""
    number = element.attributes.pop("number", "")
    first = element.caption.content[0] if number and element.caption.content else None
    if isinstance(first, pf.Plain | pf.Para):
        name = references.named("figure" if isinstance(element, pf.Figure) else "table", number, page)
        first.content = [pf.Span(pf.Str(f"{name}:"), classes=["number"]), pf.Space(), *first.content]


def for_tex(element: pf.Figure | pf.Table) -> list[pf.Element] | None:
    """LaTeX counts captions by itself: it is told from where.  Without a caption there is no number either."""
    number = element.attributes.pop("number", "")
    if number:
        counter = "figure" if isinstance(element, pf.Figure) else "table"
        return [pf.RawBlock(f"\\setcounter{{{counter}}}{{{int(number) - 1}}}", format="latex"), element]
    return _without_number(element) if isinstance(element, pf.Figure) and not element.caption.content else None


def _without_number(figure: pf.Figure) -> list[pf.Element]:
    """LaTeX would print the number alone."""
    anchor = f"\\phantomsection\\label{{{figure.identifier}}}" if figure.identifier else ""
    start = pf.RawBlock(f"\\begin{{center}}{anchor}", format="latex")
    return [start, *figure.content, pf.RawBlock("\\end{center}", format="latex")]
