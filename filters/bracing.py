#!/usr/bin/env python3
r"""`$f_\boldsymbol{\sigma}(x)$` compiles everywhere: script arguments that TeX would misread are put in braces.

Works on formulas, raw TeX and the bodies of macros in `header-includes`; what has no safe reading is reported.  Also
spells out the few macros that no MathJax configuration can define (xparse's stars and later optional arguments).
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import panflute as pf

from gradpress.diagnostics import report
from gradpress.math.plain import Words, words
from gradpress.reading.places import line_of, rewritten
from gradpress.tex.bracing import Braced, brace
from gradpress.tex.preamble import KEYS, Preamble, arities, expand, from_doc, inexpressible, source_in
from gradpress.walking import walk

wants = (pf.Math, pf.RawInline, pf.RawBlock)


def apply(doc: pf.Doc) -> None:
    """Brace the scripts of `doc` in place."""
    preamble = from_doc(doc)
    known = arities(preamble)
    hidden = inexpressible(preamble)
    source = brace(source_in(doc), known).text
    for key in KEYS:
        doc.metadata.content.pop(key, None)
    right = words(preamble)
    walk(doc, lambda element, _: _braced(element, preamble, known, hidden, right), *wants)
    if source:
        doc.metadata[KEYS[0]] = pf.MetaString(source)


def _braced(
    element: pf.Element, preamble: Preamble, known: Mapping[str, str], hidden: frozenset[str], right: Words
) -> None:
    if isinstance(element, pf.Math):
        if right.allow(element.text, display=True):
            return
        _report(element.text, brace(element.text, known))
        text = expand(element.text, preamble, hidden) if hidden else element.text
        element.text = rewritten(element.text, brace(text, known).text)
    elif isinstance(element, pf.RawInline | pf.RawBlock) and element.format in ("tex", "latex"):
        braced = brace(element.text, known, mode="text")
        _report(element.text, braced)
        element.text = rewritten(element.text, braced.text)


def _report(text: str, braced: Braced) -> None:
    """Report each problem with the line of the formula, and of the place within it."""
    if not braced.problems:
        return
    first, start = line_of(text), len(text) - len(text.lstrip())
    for problem in braced.problems:
        line = first + text.count("\n", start, problem.offset) if first else 0
        report(problem.rule, problem.message, line=line)


if __name__ == "__main__":
    from filters import as_program

    as_program(apply)
