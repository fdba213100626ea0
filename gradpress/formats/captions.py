"""Captions of figures, tables and listings, with the numbers that `filters/numbers.py` has given them."""

from __future__ import annotations

import re
from collections.abc import Sequence

import panflute as pf

from gradpress import references, words
from gradpress.page import Page


def kind_of(element: pf.Element) -> str:
    """`figure`, `table` or `listing`."""
    return "figure" if isinstance(element, pf.Figure) else "table" if isinstance(element, pf.Table) else "listing"


def for_html(element: pf.Figure | pf.Table, page: Page) -> None:
    """The number before the caption, as LaTeX writes it."""
    number = element.attributes.pop("number", "")
    first = element.caption.content[0] if number and element.caption.content else None
    if isinstance(first, pf.Plain | pf.Para):
        first.content = [*_before(number, kind_of(element), page), pf.Space(), *first.content]
    elif number and _letter(number):
        element.caption = pf.Caption(pf.Plain(*_before(number, kind_of(element), page)))
    if "parts" in element.classes:
        _panels(element.content[0], element.attributes.pop("columns"))


def panels_for_html(div: pf.Div) -> None:
    """Columns without a caption of their own."""
    _panels(div, div.attributes.pop("columns", "1"))


def _panels(div: pf.Div, columns: str) -> None:
    div.attributes["style"] = f"--columns: {columns}"


def _letter(number: str) -> str:
    found = re.search(r"[a-z]+$", number)
    return found[0] if found else ""


def _before(number: str, kind: str, page: Page) -> list[pf.Element]:
    letter = _letter(number)
    text = f"({letter})" if letter else f"{_named(kind, number, page)}:"
    return [pf.Span(pf.Str(text), classes=["number"])]


def names_for_tex(page: Page) -> dict[str, str]:
    """`\\figurename` and `\\tablename`, where the author calls them something else than the language does."""
    kinds = [kind for kind in ("figure", "table") if kind in {**page.settings.prefixes, **page.settings.captions}]
    return {f"{kind}name": _named(kind, "", page).strip() for kind in kinds}


def _named(kind: str, number: str, page: Page) -> str:
    """`Figure 3`, as captions call it."""
    own = page.settings.captions
    word = own.get(kind) or (words.word(kind, page.settings.get("lang", "en")) if kind in own else "")
    return references.named(kind, number, page, word=word)


def for_tex(element: pf.Figure | pf.Table) -> list[pf.Element] | None:
    """LaTeX counts captions by itself: it is told the number.  Without a caption there is no number either."""
    number = element.attributes.pop("number", "")
    if "parts" in element.classes:
        return _parts(element, number)
    if isinstance(element, pf.Table) and _letter(number):
        return [pf.RawBlock(f"\\renewcommand{{\\thetable}}{{{number}}}", format="latex"), element]
    if _letter(number):
        return None  # of a part: the whole one writes it
    if number:
        return [pf.RawBlock(f"\\renewcommand{{\\the{kind_of(element)}}}{{{number}}}", format="latex"), element]
    return _without_number(element) if isinstance(element, pf.Figure) and not element.caption.content else None


def _without_number(figure: pf.Figure) -> list[pf.Element]:
    """LaTeX would print the number alone."""
    return [_tex(f"\\begin{{center}}{_anchor(figure)}"), *figure.content, _tex("\\end{center}")]


def _parts(figure: pf.Figure, number: str) -> list[pf.Element]:
    """Parts side by side, each with its letter; they are counted here, so no package is needed."""
    columns = int(figure.attributes.pop("columns"))
    start = f"\\renewcommand{{\\thefigure}}{{{number}}}\n" if number else ""
    made = [_tex(f"{start}\\begin{{figure}}\n\\centering")]
    made += columns_for_tex(list(figure.content[0].content), columns, lettered=bool(number))
    caption = [i for block in figure.caption.content if hasattr(block, "content") for i in block.content]
    if caption:
        made.append(pf.Plain(_tex_inline("\\caption{"), *caption, _tex_inline("}")))
    label = f"\\label{{{figure.identifier}}}" if figure.identifier else ""
    return [*made, _tex(f"{label}\\end{{figure}}")]


def columns_for_tex(parts: Sequence[pf.Element], columns: int, *, lettered: bool = False) -> list[pf.Element]:
    """Blocks side by side, in rows of so many columns."""
    width = 0.96 / columns
    made: list[pf.Element] = []
    gap = ""
    for at, part in enumerate(parts):
        centred = "\\centering" if isinstance(part, pf.Figure) else ""
        made.append(_tex(f"{gap}\\begin{{minipage}}[t]{{{width:.3f}\\linewidth}}{centred}"))
        made += _one_part(part, at) if lettered and isinstance(part, pf.Figure) else _whole(part)
        gap = "\\end{minipage}\\hfill%\n" if (at + 1) % columns else "\\end{minipage}\\par\\medskip\n"
    return [*made, _tex("\\end{minipage}\\par\\medskip")] if parts else []


def _whole(part: pf.Element) -> list[pf.Element]:
    """A figure in a column cannot float; its caption stays."""
    if not isinstance(part, pf.Figure):
        return [part]
    caption = [i for block in part.caption.content if hasattr(block, "content") for i in block.content]
    said = [pf.Plain(_tex_inline("\\captionof{figure}{"), *caption, _tex_inline("}"))] if caption else []
    number = part.attributes.pop("number", "")
    start = [_tex(f"\\renewcommand{{\\thefigure}}{{{number}}}")] if number else []
    return [*start, *part.content, *said, *([_tex(_anchor(part))] if part.identifier else [])]


def _one_part(part: pf.Figure, at: int) -> list[pf.Element]:
    caption = [i for block in part.caption.content if hasattr(block, "content") for i in block.content]
    letter = chr(ord("a") + at % 26)
    said = pf.Plain(_tex_inline(f"\\par\\smallskip{{\\small ({letter}) "), *caption, _tex_inline("\\par}"))
    return [_tex(_anchor(part)), *part.content, said]


def _anchor(element: pf.Element) -> str:
    return f"\\phantomsection\\label{{{element.identifier}}}" if element.identifier else ""


def _tex(text: str) -> pf.RawBlock:
    return pf.RawBlock(text, format="latex")


def _tex_inline(text: str) -> pf.RawInline:
    return pf.RawInline(text, format="latex")


def tables_for_html(div: pf.Div, page: Page) -> pf.Div:
    """A caption for several tables, above them."""
    number = div.attributes.pop("number", "")
    first = div.content[0].content[0]
    first.content = [*_before(number, "table", page), pf.Space(), *first.content]
    return div


def tables_for_tex(div: pf.Div, page: Page) -> list[pf.Element]:
    """The same in LaTeX; the tables stand one after the other, each with its letter."""
    number = div.attributes.pop("number", "")
    word = _named("table", number, page).replace("\N{NO-BREAK SPACE}", "~")
    start = f"\\par\\addvspace{{\\medskipamount}}{_anchor(div)}{{\\centering\\small\\textbf{{{word}:}} "
    said = pf.Plain(_tex_inline(start), *div.content[0].content[0].content, _tex_inline("\\par}\\nopagebreak"))
    return [said, *list(div.content)[1:]]


def listing_for_html(div: pf.Div, page: Page) -> pf.Div:
    """Caption and code together."""
    number = div.attributes.pop("number", "")
    head = div.content[0]
    if isinstance(head, pf.Div) and head.content:
        first = head.content[0]
        first.content = [*_before(number, "listing", page), pf.Space(), *first.content]
    return div


def listing_for_tex(div: pf.Div, page: Page) -> list[pf.Element]:
    """The caption above the code, as `\\caption` writes it."""
    number = div.attributes.pop("number", "")
    head, *rest = div.content
    word = _named("listing", number, page).replace("\N{NO-BREAK SPACE}", "~")
    first = f"\\par\\addvspace{{\\medskipamount}}{_anchor(div)}\\noindent{{\\small\\textbf{{{word}:}} "
    said = pf.Plain(_tex_inline(first), *head.content[0].content, _tex_inline("\\par}\\nopagebreak"))
    return [said, *rest]
