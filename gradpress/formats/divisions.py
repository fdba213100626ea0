"""Remarks and tabs in HTML and LaTeX."""

from __future__ import annotations

import html

import panflute as pf

from gradpress.numbers import references, words
from gradpress.page import Page


def title_of(div: pf.Div, page: Page) -> list[pf.Element]:
    """The author's title; the kind's own name for a Quarto callout without one; else none.  Both after a number."""
    number, kind = div.attributes.pop("number", ""), div.attributes.pop("kind", "")
    first = div.content[0] if div.content else None
    title: list[pf.Element] = []
    if isinstance(first, pf.Div) and "callout-title" in first.classes:
        div.content.pop(0)
        title = list(first.content[0].content)
    if number:
        said = references.titled(kind, number, page) + (page.settings.numbers.delimiter if title else "")
        return [pf.Span(pf.Str(said), classes=["number"]), *([pf.Space(), *title] if title else [])]
    if title or "named" not in div.classes:
        return title
    kind = next(c for c in div.classes if c in words.CALLOUTS)
    return [pf.Str(words.word(kind, page.settings.get("lang", "en")))]


def callout_for_html(div: pf.Div, page: Page) -> list[pf.Element] | pf.Element:
    """A box with its title; one that folds is `<details>`."""
    title = title_of(div, page)
    folds = div.attributes.pop("collapse", "")
    for key in ("icon", "appearance"):
        div.attributes.pop(key, None)
    classes = " ".join(html.escape(c) for c in div.classes if c != "named")
    identifier = f' id="{html.escape(div.identifier)}"' if div.identifier else ""
    if folds:
        opened = " open" if folds == "false" else ""
        start = _html(f'<details class="{classes}"{identifier}{opened}><summary class="callout-title">')
        return [start, pf.Plain(*(title or [pf.Str("…")])), _html("</summary>"), *div.content, _html("</details>")]
    div.classes = [c for c in div.classes if c != "named"]
    if title:
        div.content.insert(0, pf.Div(pf.Plain(*title), classes=["callout-title"]))
    return div


def callout_for_tex(div: pf.Div, page: Page) -> list[pf.Element]:
    """A bar at the side, the title in bold."""
    title = title_of(div, page)
    start = "\\begin{gpcallout}" + (f"\\phantomsection\\label{{{div.identifier}}}" if div.identifier else "")
    head = [pf.Plain(_tex_inline("\\textbf{"), *title, _tex_inline("}\\par\\nopagebreak"))] if title else []
    return [_tex(start), *head, *div.content, _tex("\\end{gpcallout}")]


def is_tabs(div: pf.Div) -> bool:
    """Whether a division is what `filters/divisions.py` makes of tabs."""
    tabs = [block for block in div.content if isinstance(block, pf.Div) and "tab" in block.classes]
    firsts = [tab.content[0] if tab.content else None for tab in tabs]
    return "tabs" in div.classes and all(isinstance(b, pf.Div) and "tab-title" in b.classes for b in firsts)


def tabs_for_html(div: pf.Div, number: int) -> list[pf.Element]:
    """Radio buttons choose the tab, so nothing has to run; without CSS all tabs are shown."""
    made: list[pf.Element] = [_html('<div class="tabs">')]
    tabs = [block for block in div.content if isinstance(block, pf.Div) and "tab" in block.classes]
    made += [block for block in div.content if block not in tabs]
    for at, tab in enumerate(tabs):
        name = f"tab-{number}-{at}"
        checked = " checked" if at == 0 else ""
        anchor = f' id="{html.escape(tab.identifier)}"' if tab.identifier else ""
        made.append(
            _html(f'<input type="radio" name="tabs-{number}" id="{name}"{checked}><label for="{name}"{anchor}>')
        )
        made += [pf.Plain(*tab.content[0].content[0].content), _html('</label><div class="tab">')]
        made += [*list(tab.content)[1:], _html("</div>")]
    return [*made, _html("</div>")]


def tabs_for_tex(div: pf.Div) -> list[pf.Element]:
    """One after the other, each under its title."""
    made: list[pf.Element] = []
    for block in div.content:
        if isinstance(block, pf.Div) and "tab" in block.classes:
            title = list(block.content[0].content[0].content)
            made += [pf.Para(pf.Strong(*title)), *list(block.content)[1:]]
        else:
            made.append(block)
    return made


def annotations_for_tex(div: pf.Div) -> list[pf.Element]:
    """The list that explains annotations of code, its numbers like the marks in the code."""
    start = "\\begingroup\\setlist[enumerate,1]{label=\\gpmark{\\arabic*}}"
    return [_tex(start), *div.content, _tex("\\endgroup")]


def _html(text: str) -> pf.RawBlock:
    return pf.RawBlock(text, format="html")


def _tex(text: str) -> pf.RawBlock:
    return pf.RawBlock(text, format="latex")


def _tex_inline(text: str) -> pf.RawInline:
    return pf.RawInline(text, format="latex")
