#!/usr/bin/env python3
"""Equations, figures and tables get their numbers, the same for every output.

Which lines of formulas are numbered is said by `numbering: {equations: labelled | all | none}`; their numbers are
written into them, and afterwards no formula numbers itself: the rules of MathJax and of LaTeX differ, and
neither knows other pages.  A figure or table with a caption has its number as the attribute `number`.
"""

from __future__ import annotations

import itertools
import re
import sys
from collections.abc import Iterator
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import panflute as pf

from gradpress import context
from gradpress.equations import LINES, WHOLE, Counter, number
from gradpress.places import rewritten

wants = (pf.Math, pf.RawBlock, pf.RawInline, pf.Figure, pf.Table)

_NAMES = "|".join(sorted({*LINES, *WHOLE, "subequations"}))
_BEGIN = re.compile(rf"\\begin\s*\{{({_NAMES})(\*?)\}}")


def apply(doc: pf.Doc) -> None:
    """Number the equations of `doc`, in place."""
    page = context.of(doc)
    counter = Counter(page.equations, style=page.number_style)
    doc.walk(lambda element, _: _numbered(element, counter))
    for kind in (pf.Figure, pf.Table):
        captioned = itertools.count(1)
        doc.walk(lambda element, _, kind=kind, captioned=captioned: _captioned(element, kind, captioned))


def _captioned(element: pf.Element, kind: type[pf.Element], count: Iterator[int]) -> None:
    """Every caption has a number in LaTeX, whether or not it can be referred to."""
    if isinstance(element, kind) and element.caption.content:
        element.attributes["number"] = str(next(count))


def _numbered(element: pf.Element, counter: Counter) -> pf.Element | list[pf.Element] | None:
    if isinstance(element, pf.RawBlock | pf.RawInline) and element.format in ("tex", "latex"):
        element.text = rewritten(element.text, _inside(element.text, counter))
        return None
    if not isinstance(element, pf.Math) or element.format != "DisplayMath":
        return None
    formulas = number(element.text, counter)
    if len(formulas) == 1:
        element.text = rewritten(element.text, formulas[0].text)
        return None
    parts: list[pf.Element] = []
    for formula in formulas:
        if formula.text:
            parts.append(pf.Math(rewritten(element.text, formula.text), format="DisplayMath"))
        else:  # the labels of `subequations` itself
            parts += [_target(label, line.number) for line in formula.lines for label in line.labels]
    return parts


def _target(label: str, written: str) -> pf.Span:
    return pf.Span(identifier=label, classes=["target"], attributes={"number": written})


def _inside(text: str, counter: Counter) -> str:
    """Raw TeX, such as a theorem, with the equations in it numbered; `subequations` in it stay LaTeX's own."""
    done, rest = "", text
    while found := _BEGIN.search(rest):
        end = _end(rest, found)
        if end < 0 or found[1] == "subequations":
            stop = found.end() if end < 0 else end
            done, rest = done + rest[:stop], rest[stop:]
            continue
        formula = number(rest[found.start() : end], counter)[0].text
        done, rest = done + rest[: found.start()] + formula, rest[end:]
    return done + rest


def _end(text: str, begin: re.Match[str]) -> int:
    """Position after the `\\end` that closes the environment; -1 if none."""
    depth = 0
    name = re.escape(begin[1] + begin[2])
    for found in re.finditer(rf"\\(begin|end)\s*\{{{name}\}}", text[begin.start() :]):
        depth += 1 if found[1] == "begin" else -1
        if not depth:
            return begin.start() + found.end()
    return -1


if __name__ == "__main__":
    from filters import as_program

    as_program(apply)
