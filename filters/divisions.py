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

from gradpress import context
from gradpress.cache import Storage, Store
from gradpress.diagnostics import report
from gradpress.nearest import nearest
from gradpress.numbers.words import CALLOUTS as KINDS
from gradpress.reading import scraps
from gradpress.reading.places import line_of
from gradpress.walking import walk

wants = (pf.Div, pf.Span, pf.CodeBlock)

_HTML = ("html", "html5", "html4", "html:js", "website")
_TEX = ("pdf", "latex", "tex")
_CONDITIONS = ("when-format", "unless-format", "when-meta", "unless-meta", "when-profile", "unless-profile")


def apply(doc: pf.Doc) -> None:
    """Make the divisions of `doc` what they mean, in place."""
    store = Store(Path(context.of(doc).cache))
    page = context.of(doc)
    walk(doc, lambda element, _: _meant(element, store, page), *wants)


def _meant(element: pf.Element, store: Storage, page: context.Context) -> pf.Element | list[pf.Element] | None:
    if not isinstance(element, pf.Div | pf.Span | pf.CodeBlock):
        return None
    conditional = {"content-visible", "content-hidden"} & set(element.classes)
    if conditional:
        return _conditional(element, page, visible="content-visible" in conditional)
    if isinstance(element, pf.Div) and {"when-format", "unless-format"} & set(element.attributes):
        return _conditional(element, page, visible=True)
    if isinstance(element, pf.Div) and "panel-tabset" in element.classes:
        return _tabs(element)
    kind = _kind(element) if isinstance(element, pf.Div) and "callout" not in element.classes else ""
    if isinstance(element, pf.Div) and not kind:
        _tell_misspelt(element)
    return _callout(element, kind, store) if kind else None


def _tell_misspelt(div: pf.Div) -> None:
    for name in div.classes:
        if name.startswith("callout-") and (meant := nearest(name, [f"callout-{kind}" for kind in KINDS])):
            message = f"there is no box '{name}'; its text is shown without one"
            report("dialect-unknown", message, line=line_of(name), hint=f"did you mean {meant}?")


def _kind(div: pf.Div) -> str:
    names = [name.removeprefix("callout-").removeprefix("rmd") for name in div.classes]
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
    others = [c for c in div.classes if c not in (kind, f"callout-{kind}", f"rmd{kind}")]
    div.classes = ["callout", kind, *(["named"] if named and not title else []), *others]
    if title:
        div.content.insert(0, pf.Div(pf.Plain(*title), classes=["callout-title"]))
    return div


def _is_title(block: pf.Element) -> bool:
    return isinstance(block, pf.Div) and "title" in block.classes and len(block.content) == 1


def _conditional(
    element: pf.Div | pf.Span | pf.CodeBlock, page: context.Context, *, visible: bool
) -> pf.Element | list[pf.Element]:
    """All conditions must hold; formats that we do not write are never the current one."""
    given = {key: element.attributes.pop(key) for key in _CONDITIONS if key in element.attributes}
    html, tex = (all(_holds(key, value, names, page) for key, value in given.items()) for names in (_HTML, _TEX))
    if not visible:
        html, tex = not html, not tex
    element.classes = [name for name in element.classes if name not in ("content-visible", "content-hidden")]
    if html and tex:
        return element if isinstance(element, pf.CodeBlock) or element.identifier else list(element.content)
    if not html and not tex:
        return []
    if isinstance(element, pf.CodeBlock):
        return pf.Div(element, classes=["only-html" if html else "only-tex"])
    element.classes = ["only-html" if html else "only-tex"]
    element.attributes = {}
    return element


def _holds(key: str, value: str, names: tuple[str, ...], page: context.Context) -> bool:
    """Whether a condition holds in the format with these names; profiles are none that we have."""
    if key.endswith("-format"):
        found = any(name.strip() in names for name in value.split(","))
    else:
        found = bool(_looked_up(page.header, value)) if key.endswith("-meta") else False
    return found is key.startswith("when")


def _looked_up(values: object, path: str) -> object:
    for part in path.split("."):
        values = values.get(part) if isinstance(values, dict) else None
    return values


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
