"""Theorems in HTML and LaTeX, with the numbers that they have been given."""

from __future__ import annotations

import panflute as pf

from gradpress.numbers import words
from gradpress.numbers.theorems import STANDARD
from gradpress.page import Page

_ATTRIBUTES = ("theorem", "title", "style", "counter", "environment", "number", "labels", "of")


def taken(div: pf.Div) -> dict[str, str]:
    """What a theorem says of itself, which it loses."""
    return {key: div.attributes.pop(key, "") for key in _ATTRIBUTES}


def title(kind: str, own: str, page: Page) -> str:
    """What the theorem is called: by its author, else in the language of the page."""
    return own or words.word(kind, page.settings.get("lang", "en"), own=page.settings.caption_words)


def name_of(div: pf.Div) -> list[pf.Element]:
    """The name in its head, which is taken out of it."""
    first = div.content[0] if div.content else None
    if isinstance(first, pf.Div) and "theorem-name" in first.classes:
        div.content.pop(0)
        return list(first.content[0].content)
    return []


def for_html(div: pf.Div, page: Page) -> pf.Div:
    """`Theorem 1 (Name).` at the beginning of the first paragraph."""
    said, name = taken(div), name_of(div)
    replaced = said["title"] == "="
    word = words.joined(title(said["theorem"], said["title"], page), said["number"], page.settings.get("lang", "en"))
    head: list[pf.Element] = [pf.Span(*(name if replaced else [pf.Str(word)]), classes=["number"])]
    if name and not replaced:
        head += [pf.Space(), pf.Span(pf.Str("("), *name, pf.Str(")"), classes=["theorem-name"])]
    start = [pf.Span(*head, pf.Str("."), classes=["theorem-head"]), pf.Space()]
    first = div.content[0] if div.content else None
    if isinstance(first, pf.Para | pf.Plain):
        first.content = [*start, *first.content]
    else:
        div.content.insert(0, pf.Para(*start[:1]))
    if said["theorem"] == "proof":
        _append(div, pf.Span(pf.Str("□"), classes=["qed"], attributes={"aria-label": "end of proof"}))
    folds = "folds" in div.classes
    div.classes = ["theorem", f"theorem-{said['style']}", *([kind] if (kind := said["theorem"]) in STANDARD else [])]
    anchors = [pf.Span(identifier=label) for label in filter(None, said["labels"].split(","))]
    if anchors:
        div.content.insert(0, pf.Plain(*anchors))
    if folds:
        _fold(div)
    return div


def _fold(div: pf.Div) -> None:
    """The head opens the rest."""
    first = next(block for block in div.content if isinstance(block, pf.Para | pf.Plain) and block.content)
    head = next((x for x in first.content if isinstance(x, pf.Span) and "theorem-head" in x.classes), None)
    if head is None:
        return
    first.content = [x for x in first.content if x is not head]
    start = pf.RawBlock('<details class="fold"><summary>', format="html"), pf.Plain(head)
    div.content = [
        *start, pf.RawBlock("</summary>", format="html"), *div.content, pf.RawBlock("</details>", format="html")
    ]  # fmt: skip


def _append(div: pf.Div, mark: pf.Element) -> None:
    last = div.content[-1] if div.content else None
    if isinstance(last, pf.Para | pf.Plain):
        last.content = [*last.content, pf.Space(), mark]
    else:
        div.content.append(pf.Para(mark))


def for_tex(div: pf.Div, page: Page) -> list[pf.Element]:
    """The author's own environment where the preamble has one, else ours; each is told its number."""
    said, name = taken(div), name_of(div)
    labels = "".join(f"\\label{{{label}}}" for label in [div.identifier, *said["labels"].split(",")] if label)
    if said["environment"] and said["theorem"] != "proof":
        return _own(div, said, name, labels)
    word = title(said["theorem"], said["title"], page)
    word = words.joined(word, said["number"], page.settings.get("lang", "en")).replace(words.NO_BREAK, "~")
    font = {"plain": "\\itshape", "definition": ""}.get(said["style"], "")
    weight = "\\textit" if said["style"] == "remark" else "\\gphead"
    anchor = f"\\phantomsection{labels}" if labels else ""
    replaced = said["title"] == "="
    head = [_inline(f"{weight}{{"), *name, _inline("}")] if replaced else [_inline(f"{weight}{{{word}}}")]
    said_name = [] if replaced else _in_parentheses(name)
    begin = _inline(f"\\begin{{gptheorem}}{{{font}}}{anchor}")
    start = [begin, *head, *said_name, _inline(f"{weight}{{.}}\\enspace\\ignorespaces ")]
    if said["theorem"] == "proof":
        _append(div, _inline("\\gpqed{}"))
    return [*_joined(start, div), pf.RawBlock("\\end{gptheorem}", format="latex")]


def _own(div: pf.Div, said: dict[str, str], name: list[pf.Element], labels: str) -> list[pf.Element]:
    environment, number = said["environment"], said["number"]
    given = f"\\renewcommand{{\\the{environment}}}{{{number}}}" if number else ""
    start: list[pf.Element] = [_inline(f"{{{given}\\begin{{{environment}}}")]
    if name:
        start += [_inline("[{"), *name, _inline("}]")]
    anchor = labels if number or not labels else f"\\phantomsection{labels}"
    blocks = [pf.Plain(*start, _inline(f"{anchor}\\leavevmode\\ignorespaces ")), *div.content]
    if isinstance(div.content[0] if div.content else None, pf.Para | pf.Plain):
        blocks = _joined([*start, _inline(anchor)], div)
    return [*blocks, pf.RawBlock(f"\\end{{{environment}}}}}", format="latex")]


def _joined(start: list[pf.Element], div: pf.Div) -> list[pf.Element]:
    """The head in the first paragraph: a paragraph of its own would end the line."""
    content = list(div.content)
    if content and isinstance(content[0], pf.Para | pf.Plain):
        content[0].content = [*start, *content[0].content]
        return content
    return [pf.Para(*start, _inline("\\leavevmode")), *content]


def _in_parentheses(name: list[pf.Element]) -> list[pf.Element]:
    return [_inline("\\ ("), *name, _inline(")")] if name else []


def _inline(text: str) -> pf.RawInline:
    return pf.RawInline(text, format="latex")
