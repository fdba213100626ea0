#!/usr/bin/env python3
"""Definitions in the text belong to the preamble: they are collected, and what only defined leaves no trace.

After this filter the metadata key `header-includes` is one string of TeX with all definitions of the page in their
order, whatever YAML or Markdown they were written in: `gradpress.tex.preamble.from_doc` parses it for everyone.
"""

from __future__ import annotations

import sys
from operator import and_
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import panflute as pf

from gradpress.diagnostics import report
from gradpress.reading.places import rewritten
from gradpress.tex.preamble import KEYS, definitions_in, source_in
from gradpress.walking import inlines_of, walk

wants = (pf.Math, pf.RawBlock, pf.RawInline)

_Tex = pf.Math | pf.RawBlock | pf.RawInline


def apply(doc: pf.Doc) -> None:
    """Move definitions from the text of `doc` to its metadata, in place."""
    metadata = doc.metadata.content
    misspelt = KEYS[1]
    if misspelt in metadata:
        report("key-misspelt", f"'{misspelt}' is used as '{KEYS[0]}'")
    found = [source_in(doc)]
    for key in KEYS:
        metadata.pop(key, None)
    walk(doc, lambda element, _: _collected(element, found), *wants, pf.Para, pf.Plain, pf.Div)
    if text := "\n".join(filter(None, found)):
        doc.metadata[KEYS[0]] = pf.MetaString(text)


def _collected(element: pf.Element, found: list[str]) -> pf.Element | list[pf.Element] | None:
    """Take the definitions out of an element; what becomes empty by that goes.  Children come first."""
    if _is_tex(element):
        return _without_definitions(element, found)
    if isinstance(element, pf.Para | pf.Plain):
        return _tidied(element)
    if isinstance(element, pf.Div) and "hidden" in element.classes:
        return _without_raw(element, found)
    return None


def _is_tex(element: pf.Element) -> bool:
    return isinstance(element, pf.Math) or _is_raw(element)


def _is_raw(element: pf.Element) -> bool:
    return isinstance(element, pf.RawBlock | pf.RawInline) and element.format in ("tex", "latex")


def _without_definitions(element: pf.Element, found: list[str]) -> pf.Element | list[pf.Element] | None:
    defined, remaining = definitions_in(element.text)
    if not defined:
        return None
    found.append(defined)
    if not remaining:
        return []
    element.text = rewritten(element.text, remaining)
    return element


def _tidied(element: pf.Para | pf.Plain) -> list[pf.Element] | None:
    """Without the doubled space where a definition stood; pandoc itself makes none, and no empty paragraph."""
    inlines = inlines_of(element)
    blanks = [type(inline) in _BLANK for inline in inlines]
    if inlines and not blanks[0] and not any(map(and_, blanks, blanks[1:])):
        return None
    after = [None, *inlines]
    kept = [inline for inline, before in zip(inlines, after, strict=False) if not (_blank(inline) and _blank(before))]
    while kept and _blank(kept[0]):
        kept.pop(0)
    if not kept:
        return []
    if len(kept) != len(inlines):
        element.content = kept
    return None


def _blank(inline: pf.Element | None) -> bool:
    return type(inline) in _BLANK


_BLANK = (pf.Space, pf.SoftBreak)


def _without_raw(element: pf.Div, found: list[str]) -> list[pf.Element] | None:
    """`::: hidden` is where definitions live: its other raw TeX is preamble too.  Cells in it stay."""
    kept = []
    for block in element.content:
        if _is_raw(block):
            found.append(block.text)
        else:
            kept.append(block)
    element.content = kept
    return None if kept else []


if __name__ == "__main__":
    from filters import as_program

    as_program(apply)
