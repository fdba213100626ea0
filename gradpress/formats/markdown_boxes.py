"""Boxes, theorems, tabs, captions and lists of definitions in Markdown."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import panflute as pf

from gradpress.formats import captions, divisions, theorems
from gradpress.formats.markdown_flavour import Flavour, block, inline
from gradpress.formats.markdown_math import apart
from gradpress.numbers import words
from gradpress.page import Page

_ALERTS = {"note": "NOTE", "tip": "TIP", "warning": "WARNING", "important": "IMPORTANT", "caution": "CAUTION"}
_COUNTS = {"LowerAlpha": "a", "UpperAlpha": "A", "LowerRoman": "i", "UpperRoman": "I"}
_INSIDE = (pf.ListItem, pf.BlockQuote, pf.TableCell, pf.Note, pf.Definition)


def callout(div: pf.Div, page: Page, flavour: Flavour) -> list[pf.Element]:
    """An alert; one that folds is `<details>`, one inside something else a quotation."""
    kind = next((c for c in div.classes if c in _ALERTS), "note")
    is_named = "named" in div.classes and not div.attributes.get("number")
    title = divisions.title_of(div, page)
    content = anchored(list(div.content), [div.identifier], flavour)
    if div.attributes.get("collapse", ""):
        return folded(title or [pf.Str("…")], content, is_open=div.attributes["collapse"] == "false")
    if flavour.has_alerts and not _is_inside(div):
        return [_alert(_ALERTS[kind], [] if is_named else title, content)]
    said = title or [pf.Str(words.word(kind, page.settings.get("lang", "en")))]
    return [pf.BlockQuote(pf.Para(*_bold(said)), *content)]


def _alert(name: str, title: Sequence[pf.Element], content: list[pf.Element]) -> pf.BlockQuote:
    mark = [inline(f"[!{name}]"), pf.SoftBreak()]
    if title:
        return pf.BlockQuote(pf.Para(*mark, *_bold(title)), *content)
    if content and isinstance(content[0], pf.Para):
        return pf.BlockQuote(pf.Para(*mark, *content[0].content), *content[1:])
    return pf.BlockQuote(pf.Para(*mark[:1]), *content)


def _is_inside(element: pf.Element) -> bool:
    """Whether it stands in a list, a quotation or a table: GitHub shows no alert there."""
    outer = element.parent
    while outer is not None and not isinstance(outer, pf.Doc):
        if isinstance(outer, _INSIDE) or {"callout"} & set(getattr(outer, "classes", ())):
            return True
        outer = outer.parent
    return False


def folded(title: Sequence[pf.Element], content: Sequence[pf.Element], *, is_open: bool = False) -> list[pf.Element]:
    """What opens when its title is pressed; the title is text, since Markdown is none between these tags."""
    said = escape(pf.stringify(pf.Plain(*title)), quote=False)
    start = f"<details{' open' if is_open else ''}>\n<summary>{said}</summary>"
    return [block(start), *content, block("</details>")]


def theorem(div: pf.Div, page: Page, flavour: Flavour) -> list[pf.Element]:
    """A quotation with the head in bold; proofs and remarks are text like any other."""
    said, name = theorems.taken(div), theorems.name_of(div)
    word = theorems.title(said["theorem"], said["title"], page)
    word = words.joined(word, said["number"], page.settings.get("lang", "en"))
    if said["title"] == "=":
        head = _bold([*name, pf.Str(".")])
    elif name:
        head = [pf.Strong(pf.Str(f"{word} ("), *name, pf.Str(")."))]
    else:
        head = [pf.Strong(pf.Str(f"{word}."))]
    content = list(div.content) if "folds" in div.classes else led(head, list(div.content))
    if said["theorem"] == "proof":
        content = _ended(content, pf.Str("□"))
    labels = [div.identifier, *said["labels"].split(",")]
    if "folds" in div.classes:
        return anchored(folded(head, content), labels, flavour)
    content = anchored(content, labels, flavour)
    is_quoted = said["style"] in ("plain", "definition") and said["theorem"] != "proof"
    return [pf.BlockQuote(*content)] if is_quoted else content


def tabs(div: pf.Div, flavour: Flavour) -> list[pf.Element]:
    """One after the other, each under its title."""
    made: list[pf.Element] = []
    for tab in div.content:
        if isinstance(tab, pf.Div) and "tab" in tab.classes:
            title = pf.Para(*_bold(list(tab.content[0].content[0].content)))
            made += anchored([title, *list(tab.content)[1:]], [tab.identifier], flavour)
        else:
            made.append(tab)
    return made


def listing(div: pf.Div, page: Page, flavour: Flavour) -> list[pf.Element]:
    """Code, or anything else, with its caption."""
    kind = div.attributes.get("kind", "listing")
    head, *rest = div.content
    said = list(head.content[0].content) if head.content else []
    caption = _caption(div, kind, page, said)
    made = [*rest, caption] if captions.below(div, page) else [caption, *rest]
    return anchored(made, [div.identifier], flavour)


def tables(div: pf.Div, page: Page, flavour: Flavour) -> list[pf.Element]:
    """A caption for several tables, above them."""
    head, *rest = div.content
    caption = _caption(div, "table", page, list(head.content[0].content))
    return anchored([caption, *rest], [div.identifier], flavour)


def captioned(
    element: pf.Figure | pf.Table, kind: str, content: Sequence[pf.Element], page: Page, flavour: Flavour
) -> list[pf.Element]:
    """A figure or a table with its caption on the side on which HTML has it."""
    said = [i for part in element.caption.content if hasattr(part, "content") for i in part.content]
    is_table = isinstance(element, pf.Table)
    above = not captions.below(element, page) if is_table else captions.on_top(element, page)
    made = list(content)
    if said or element.attributes.get("number"):
        caption = _caption(element, kind, page, said)
        made = [caption, *made] if above else [*made, caption]
    return anchored(made, [element.identifier], flavour)


def _caption(element: pf.Element, kind: str, page: Page, said: list[pf.Element]) -> pf.Para:
    number, part = element.attributes.get("number", ""), element.attributes.get("part", "")
    if not number and not part:
        return pf.Para(*said)
    first, *rest = captions.before(number, part, kind, page, said)
    return pf.Para(pf.Strong(*first.content), *rest)


def defined(definitions: pf.DefinitionList) -> list[pf.Element]:
    """GitHub has no Markdown for a list of definitions; its HTML has Markdown inside."""
    made: list[pf.Element] = []
    tags = "<dl>"
    for item in definitions.content:
        made += [block(f"{tags}\n<dt>"), pf.Para(*item.term)]
        tags = "</dt>"
        for definition in item.definitions:
            inside = [pf.Para(*b.content) if isinstance(b, pf.Plain) else b for b in definition.content]
            made += [block(f"{tags}\n<dd>"), *inside]
            tags = "</dd>"
    return [*made, block(f"{tags}\n</dl>")]


def lettered(items: pf.OrderedList) -> list[pf.Element] | None:
    """A list that counts in letters or Roman numbers, which Markdown has not; None for one that counts in numbers."""
    if items.style not in _COUNTS:
        return None
    start = f' start="{items.start}"' if items.start > 1 else ""
    tags = f'<ol type="{_COUNTS[items.style]}"{start}>'
    made: list[pf.Element] = []
    for item in items.content:
        made += [block(f"{tags}\n<li>"), *(pf.Para(*b.content) if isinstance(b, pf.Plain) else b for b in item.content)]
        tags = "</li>"
    return [*made, block(f"{tags}\n</ol>")]


def _bold(words: Sequence[pf.Element]) -> list[pf.Element]:
    return apart(pf.Strong(*words), pf.Strong) or [pf.Strong(*words)]


def led(head: Sequence[pf.Element], content: list[pf.Element]) -> list[pf.Element]:
    """The head at the beginning of the first paragraph."""
    if content and isinstance(content[0], pf.Para | pf.Plain):
        return [pf.Para(*head, pf.Space(), *content[0].content), *content[1:]]
    return [pf.Para(*head), *content]


def _ended(content: list[pf.Element], sign: pf.Element) -> list[pf.Element]:
    last = content[-1]
    if isinstance(last, pf.Para) and not (last.content and isinstance(last.content[-1], pf.Math)):
        return [*content[:-1], pf.Para(*last.content, pf.Space(), sign)]
    return [*content, pf.Para(sign)]


def anchored(content: list[pf.Element], names: Sequence[str], flavour: Flavour) -> list[pf.Element]:
    """The blocks with places for links before them."""
    places = "".join(flavour.anchor(name) for name in dict.fromkeys(names) if name)
    if not places:
        return content
    first = content[0] if content else None
    if isinstance(first, pf.Para | pf.Plain | pf.Header):
        first.content = [inline(places), *first.content]
        return content
    return [block(places), *content]
