"""Pieces of LaTeX in a note as pandoc's elements: what is inside a theorem, a figure, a table."""

from __future__ import annotations

import re

import panflute as pf

from gradpress import pandoc
from gradpress.cache import Storage
from gradpress.diagnostics import Log, PageError, collecting
from gradpress.patterns import pattern
from gradpress.reading.places import rewritten
from gradpress.walking import walk

_BEGUN = pattern(r"(\\begin\{[A-Za-z]+\*?\})\n")
_LABELLED = pattern(r"\$\$(?P<formula>(?:[^$\\]|\\.)*)\$\$(?P<between>\s*)\{#(?P<label>eq[:-][^\s{}]+)[^{}]*\}", re.S)
_SUBEQUATIONS = pattern(r"(\\begin\s*\{subequations\})")
_LABEL_LAST = pattern(r"\s*\\label\{[^{}]*\}\s*\Z")
_MARK = "\\relax"
READER = "latex+raw_tex"
"""What pandoc does not know stays raw TeX; nothing is lost."""


def blocks(tex: str, store: Storage, reader: str = READER) -> list[pf.Element] | None:
    """The elements that `tex` is; None when pandoc cannot read it.  Remembered by its text."""
    written, tex = tex, _for_pandoc(tex) if reader == READER else tex
    key = f"{pandoc.identity()} {reader} {tex}"
    document = store.get("raw-tex", key)
    if not isinstance(document, str):
        try:
            with collecting(Log(), ""):  # what pandoc says of a scrap of TeX has no line of the page
                document = pandoc.read(tex, reader=reader)
        except PageError:
            return None
        store.put("raw-tex", key, document)
    found = pandoc.load(document, "html")
    walk(found, lambda element, _: _as_written(element, tex), pf.Math)
    if written != tex:
        walk(found, lambda element, _: _remember(element), pf.Math)
    return list(found.content)


def _for_pandoc(tex: str) -> str:
    r"""Labels of Quarto as LaTeX's; `subequations`, which pandoc takes away, with a mark."""
    tex = _LABELLED.sub(r"$$\g<formula>\\label{\g<label>}$$\g<between>", tex)
    return _SUBEQUATIONS.sub(lambda m: f"{m[1]}{_MARK} ", tex)


def _remember(element: pf.Element) -> None:
    """Behind the dollars a label is no part of the formula: that is what stands on a line of the page."""
    if isinstance(element, pf.Math) and (label := _LABEL_LAST.search(element.text)):
        rewritten(element.text[: label.start()], element.text)


def _as_written(element: pf.Element, tex: str) -> None:
    """`subequations` as they were; no line break behind `\\begin{equation}`, where pandoc's reader puts one."""
    if isinstance(element, pf.Math) and element.text.lstrip().startswith(_MARK):
        inside = element.text.lstrip().removeprefix(_MARK)
        element.text = f"\\begin{{subequations}}{inside.strip()}\\end{{subequations}}"
    begun = _BEGUN.match(element.text) if isinstance(element, pf.Math) else None
    if begun and element.text not in tex:
        element.text = f"{begun[1]}{element.text[begun.end() :]}"
