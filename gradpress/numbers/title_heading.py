"""A page whose title is its first heading of level 1: the title, and how references find the page by it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import panflute as pf

from gradpress.numbers.target import Target

PAGE = "content"
"""The name of the whole page in HTML."""


def taken(doc: pf.Doc, body: str, chapter: str, is_title: Callable[[], bool] = lambda: False) -> pf.Header | None:
    """The heading that is the title of a page without `title:`, taken out of the text; None if there is none.

    Where others of its level follow, it is one if the page is a chapter or `is_title` says so; the sections below it
    are then as high as those others.

    Where its name is the author's, or the page itself refers to it, a `Div.title-anchor` stands at the top.
    """
    at = next((k for k, block in enumerate(doc.content) if not _shows_nothing(block)), 0)
    first = doc.content[at] if doc.content else None
    if "title" in doc.metadata.content or not isinstance(first, pf.Header) or first.level != 1:
        return None
    others = [k for k, block in enumerate(doc.content) if k > at and isinstance(block, pf.Header) and block.level == 1]
    if others and not chapter and not is_title():
        return None
    for block in doc.content[at + 1 : others[0]] if others else []:
        if isinstance(block, pf.Header):
            block.level -= 1
    doc.metadata["title"] = pf.MetaInlines(*first.content)
    doc.content.pop(at)
    title = pf.stringify(first).strip()
    number = {"number": chapter} if chapter and "unnumbered" not in first.classes else {}
    for name in reversed(_names(first, title, body)):
        doc.content.insert(0, pf.Div(identifier=name, classes=["title-anchor"], attributes={"title": title, **number}))
    return first


def _names(heading: pf.Header, title: str, body: str) -> list[str]:
    names = [name for name in heading.attributes.get("labels", "").split(",") if name]
    own = heading.identifier
    asked = own and (f"#{own}" in body or f"@ref({own})" in body)
    return [own, *names] if own and (own != made_of(title) or asked) else names


def _shows_nothing(block: pf.Element) -> bool:
    """Raw HTML and TeX for one output, and marks of places: what may stand before the title."""
    if isinstance(block, pf.RawBlock):
        return True
    if isinstance(block, pf.Div):
        return bool({"only-html", "only-tex"} & set(block.classes)) and all(map(_shows_nothing, block.content))
    return isinstance(block, pf.Para | pf.Plain) and all(
        (isinstance(x, pf.Span) and not x.content) or isinstance(x, pf.SoftBreak) for x in block.content
    )


def made_of(title: str) -> str:
    """The identifier that pandoc makes of a heading's words."""
    text = re.sub(r"[^\w\s.-]", "", title.lower())
    return re.sub(r"^[\W\d_]+", "", re.sub(r"\s+", "-", text.strip()))


def target(label: str, number: str, title: str, page: str, anchor: str = "") -> Target:
    """The page as a target: a chapter, an appendix, or its title."""
    if not number:
        return Target(label, "", page, kind="section", word=title, anchor=anchor, shown=title)
    kind = "section" if "." in number else "chapter" if number.isdigit() else "appendix"
    return Target(label, number, page, kind=kind, anchor=anchor, shown=title)


def targets(
    heading: pf.Header | None, chapter: str, page: str, found: Sequence[Target], title: str
) -> tuple[Target, ...]:
    """`found` with the page itself, by the name of its heading."""
    if heading is None or not heading.identifier or any(t.label == heading.identifier for t in found):
        return tuple(found)
    number = "" if "unnumbered" in heading.classes else chapter
    return (*found, target(heading.identifier, number, title, page, PAGE))
