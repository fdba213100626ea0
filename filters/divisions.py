#!/usr/bin/env python3
"""Remarks, tabs and conditional content, as Quarto, MyST and MkDocs write them, become one thing each.

::: {.callout-note title="T" collapse="true"}   ::: note        Div.callout with Div.callout-title
::: {.panel-tabset}  ## One … ## Two …                          Div.tabs with Div.tab, each with its title
::: {.content-visible when-format="html"}                       Div.only-html, .only-tex, or the content
"""

from __future__ import annotations

import sys
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import panflute as pf

from gradpress import context, scraps
from gradpress.cache import Storage, Store
from gradpress.walking import walk

wants = (pf.Div, pf.Span)

KINDS = ("note", "tip", "warning", "important", "caution")
_HTML = ("html", "html5", "html4", "website", "epub", "revealjs")
_TEX = ("pdf", "latex", "beamer", "tex")


def apply(doc: pf.Doc) -> None:
    """Make the divisions of `doc` what they mean, in place."""
    store = Store(Path(context.of(doc).cache))
    walk(doc, lambda element, _: _meant(element, store), *wants)


def _meant(element: pf.Element, store: Storage) -> pf.Element | list[pf.Element] | None:
    if not isinstance(element, pf.Div | pf.Span):
        return None
    conditional = {"content-visible", "content-hidden"} & set(element.classes)
    if conditional:
        return _conditional(element, visible="content-visible" in conditional)
    if isinstance(element, pf.Div) and "panel-tabset" in element.classes:
        return _tabs(element)
    kind = _kind(element) if isinstance(element, pf.Div) and "callout" not in element.classes else ""
    return _callout(element, kind, store) if kind else None


def _kind(div: pf.Div) -> str:
    names = [name.removeprefix("callout-") for name in div.classes]
    return next((name for name in names if name in KINDS), "")


def _callout(div: pf.Div, kind: str, store: Storage) -> pf.Div:
    title: list[pf.Element] = []
    if "title" in div.attributes:
        text = div.attributes.pop("title")
        said = scraps.blocks(text, store, "markdown") or [pf.Plain(pf.Str(text))]
        title = [inline for block in said if hasattr(block, "content") for inline in block.content]
    elif div.content and isinstance(div.content[0], pf.Header):
        title = list(div.content.pop(0).content)
    elif div.content and _is_title(div.content[0]):
        title = list(div.content.pop(0).content[0].content)
    named = f"callout-{kind}" in div.classes
    others = [c for c in div.classes if c not in (kind, f"callout-{kind}")]
    div.classes = ["callout", kind, *(["named"] if named and not title else []), *others]
    if title:
        div.content.insert(0, pf.Div(pf.Plain(*title), classes=["callout-title"]))
    return div


def _is_title(block: pf.Element) -> bool:
    return isinstance(block, pf.Div) and "title" in block.classes and len(block.content) == 1


def _conditional(element: pf.Div | pf.Span, *, visible: bool) -> pf.Element | list[pf.Element]:
    """Formats that we do not write are never the current one."""
    wanted, unwanted = element.attributes.get("when-format"), element.attributes.get("unless-format")
    if wanted is None and unwanted is None:
        return list(element.content) if visible else []
    name = wanted if wanted is not None else unwanted
    html, tex = name in _HTML, name in _TEX
    if wanted is None:
        html, tex = not html, not tex
    if not visible:
        html, tex = not html, not tex
    if html and tex:
        return list(element.content)
    if not html and not tex:
        return []
    element.classes = ["only-html" if html else "only-tex"]
    element.attributes = {}
    return element


def _tabs(div: pf.Div) -> pf.Div | None:
    """A tab begins at each heading of the highest level in the division."""
    levels = [block.level for block in div.content if isinstance(block, pf.Header)]
    if not levels:
        return None
    tabs: list[pf.Div] = []
    before: list[pf.Element] = []
    for block in div.content:
        if isinstance(block, pf.Header) and block.level == min(levels):
            head = pf.Div(pf.Plain(*block.content), classes=["tab-title"])
            tabs.append(pf.Div(head, identifier=block.identifier, classes=["tab"]))
        elif tabs:
            tabs[-1].content.append(block)
        else:
            before.append(block)
    return pf.Div(*before, *tabs, identifier=div.identifier, classes=["tabs"])


if __name__ == "__main__":
    from filters import as_program

    as_program(apply)
