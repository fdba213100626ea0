#!/usr/bin/env python3
"""A `<script>` that loads MathJax or KaTeX inside a note is dropped: the template loads it already.

Two copies of MathJax on a page overwrite each other's configuration, and the note's macros are lost.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import panflute as pf

from gradpress.diagnostics import report
from gradpress.patterns import pattern
from gradpress.reading.places import line_of
from gradpress.walking import has, inlines_of, walk

wants = (pf.RawBlock, pf.RawInline)

_SCRIPT = pattern(r"<script\b([^>]*)>(.*?)</script\s*>|<script\b([^>]*)/?>\s*$", re.S | re.I)
_LOADER = pattern(r"mathjax|katex|polyfill\.(?:io|min\.js)", re.I)
_OPENING = pattern(r"^<script\b[^>]*>$", re.S | re.I)


def apply(doc: pf.Doc) -> None:
    """Drop such scripts from `doc` in place."""
    walk(doc, _without_loader, *wants)
    walk(doc, _without_opened, pf.Para, pf.Plain)


def _without_loader(element: pf.Element, _: pf.Doc) -> pf.Element | list[pf.Element] | None:
    """A whole `<script …>…</script>` in one raw element, as pandoc delivers script blocks."""
    if not isinstance(element, pf.RawBlock | pf.RawInline) or element.format != "html":
        return None
    kept = _SCRIPT.sub(lambda m: "" if _loads_math(m) else m[0], element.text)
    if kept == element.text:
        return None
    _say(element.text)
    if not kept.strip():
        return []
    element.text = kept
    return element


def _without_opened(element: pf.Element, _: pf.Doc) -> None:
    """`<script …>` and `</script>` as two inline elements, as pandoc delivers them in a paragraph."""
    if not has(element, pf.RawInline):
        return
    inlines, kept, dropping = inlines_of(element), [], False
    for item in inlines:
        html = item.text if isinstance(item, pf.RawInline) and item.format == "html" else ""
        if _OPENING.match(html.strip()) and _LOADER.search(html):
            _say(html)
            dropping = True
        elif not dropping:
            kept.append(item)
        if html.strip().lower().startswith("</script"):
            dropping = False
    if len(kept) != len(inlines):
        element.content = kept


def _loads_math(script: re.Match[str]) -> bool:
    attributes = script[1] or script[3] or ""
    if _LOADER.search(attributes):
        return True
    return bool(
        re.search(r"\b(?:window\.)?MathJax\s*=|MathJax\.Hub|import\b[^\n]*(?:mathjax|katex)", script[2] or "", re.I)
    )


def _say(script: str) -> None:
    hint = "choose the source with 'math: {source: …}' in the header"
    report("script-dropped", "a <script> for MathJax or KaTeX is dropped", line=line_of(script), hint=hint)


if __name__ == "__main__":
    from filters import as_program

    as_program(apply)
