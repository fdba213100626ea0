#!/usr/bin/env python3
"""Sections, theorems, equations, figures, tables and listings get their numbers, the same for every output.

Which lines of formulas are numbered is said by `numbering: {equations: labelled | all | none}`; their numbers are
written into them, and afterwards no formula numbers itself: the rules of MathJax and of LaTeX differ, and
neither knows other pages.  Everything else that has a number has it as the attribute `number`.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Collection
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import panflute as pf

from filters import references
from gradpress import context
from gradpress.cache import Store
from gradpress.numbers import crossref, theorems
from gradpress.numbers.counts import Counts
from gradpress.numbers.equations import LINES, WHOLE, Counter, number
from gradpress.numbers.targets import asked
from gradpress.numbers.words import CALLOUTS
from gradpress.patterns import pattern
from gradpress.reading import scraps
from gradpress.reading.places import rewritten
from gradpress.tex import preamble
from gradpress.walking import collected, walk

wants = (pf.Math, pf.RawBlock, pf.RawInline, pf.Figure, pf.Table, pf.Header, pf.Div, pf.CodeBlock, pf.Image)

_NAMES = "|".join(sorted({*LINES, *WHOLE, "subequations"}))
_BEGIN = pattern(rf"\\begin\s*\{{({_NAMES})(\*?)\}}")


def apply(doc: pf.Doc) -> None:
    """Number everything in `doc`, in place."""
    page = context.of(doc)
    said = crossref.of(page.crossref)
    wanted = asked(doc)
    sections = dict.fromkeys(("equation", "figure", "table", "listing"), page.within) if page.within else {}
    within = sections | theorems.within(preamble.source_in(doc))
    counts = Counts(within, page.chapter, said.form, said.chapters)
    counter = Counter(page.equations, style=page.number_style, take=lambda: counts.next("equation"))
    store = Store(Path(page.cache))

    def see(element: pf.Element, _: pf.Doc) -> pf.Element | list[pf.Element] | None:
        if isinstance(element, pf.Header):
            _heading(element, counts, shown=page.number_sections)
        elif isinstance(element, pf.RawBlock) and element.text.strip() == "\\appendix":
            counts.begin_appendix()
        elif isinstance(element, pf.Div) and "theorem" in element.classes:
            _theorem(element, counts)
        elif isinstance(element, pf.Div) and "listing" in element.classes:
            _listing(element, counts, wanted)
        elif isinstance(element, pf.Div) and "callout" in element.classes:
            _callout(element, counts, said)
        elif isinstance(element, pf.Figure | pf.Table) or (isinstance(element, pf.Div) and "tables" in element.classes):
            _captioned(element, counts, said, wanted)
        return _numbered(element, counter, lambda words: _read(words, said, store))

    walk(doc, see, *wants)


def _heading(heading: pf.Header, counts: Counts, *, shown: bool) -> None:
    if "unnumbered" not in heading.classes:
        number = counts.section(heading.level)
        if shown:
            heading.attributes["number"] = number


def _theorem(theorem: pf.Div, counts: Counts) -> None:
    """A theorem inside another one, which the walk meets first, has the later number."""
    outer = theorem.ancestor(1)
    while outer is not None and not isinstance(outer, pf.Doc):
        if isinstance(outer, pf.Div) and "theorem" in outer.classes:
            _theorem(outer, counts)
        outer = outer.parent
    if theorem.attributes["counter"] and "number" not in theorem.attributes:
        theorem.attributes["number"] = counts.next(theorem.attributes["counter"])


def _listing(listing: pf.Div, counts: Counts, wanted: Collection[str]) -> None:
    if not _inside_figure(listing, wanted):
        listing.attributes["number"] = counts.next(listing.attributes.get("kind", "listing"))


def _callout(callout: pf.Div, counts: Counts, said: crossref.Crossref) -> None:
    """A remark with a label of its kind, `tip-x`, has a number."""
    kind = said.kind(callout.identifier)
    if kind in CALLOUTS:
        callout.attributes |= {"number": counts.next(kind), "kind": kind}


def _captioned(
    element: pf.Figure | pf.Table | pf.Div, counts: Counts, said: crossref.Crossref, wanted: Collection[str]
) -> None:
    """Every caption has a number in LaTeX, whether or not it can be referred to; parts have letters."""
    kind = "figure" if isinstance(element, pf.Figure) else "table"
    is_whole = isinstance(element, pf.Div) or _is_numbered(element, wanted)
    if "number" in element.attributes or _inside_figure(element, wanted) or not is_whole:
        return
    number = element.attributes["number"] = _own_number(element) or counts.next(kind)
    for at, part in enumerate(_parts(element), 1):
        sign = crossref.written(at, said.part_form)
        plain = said.form(kind) == "arabic" and not said.part_form.startswith("roman")
        part.attributes |= {"number": f"{number}{sign}" if plain else f"{number}({sign})", "part": sign}


def _own_number(element: pf.Figure | pf.Table | pf.Div) -> str:
    """`tag` or `label` as an attribute of a figure, its image, or a table: the author's number."""
    holders = [element, *(collected(element, pf.Image) if isinstance(element, pf.Figure) else [])]
    given = [holder.attributes.pop(key, "") for holder in holders for key in ("tag", "label")]
    return next((tag.strip("$") for tag in given if tag), "")


def _is_numbered(element: pf.Figure | pf.Table, wanted: Collection[str]) -> bool:
    """Whatever has a caption, and a figure without one that the page refers to, or to a part of which it does."""
    if element.caption.content or not isinstance(element, pf.Figure):
        return bool(element.caption.content)
    return any(part.identifier in wanted for part in collected(element, pf.Figure) if part.identifier)


def _parts(element: pf.Element) -> list[pf.Element]:
    """What has a letter: figures, tables and floats inside, but not what is inside one of those."""
    found = [part for part in collected(element, pf.Figure, pf.Table, pf.Div) if part is not element and _is_part(part)]
    return [part for part in found if not any(_within(part, outer) for outer in found)]


def _is_part(part: pf.Element) -> bool:
    if isinstance(part, pf.Div):
        return bool({"listing", "tables"} & set(part.classes))
    return bool(part.identifier or part.caption.content)


def _within(part: pf.Element, outer: pf.Element) -> bool:
    above = part.parent
    while above is not None and above is not outer:
        above = above.parent
    return above is outer


def _inside_figure(element: pf.Element, wanted: Collection[str]) -> bool:
    outer = element.parent
    while outer is not None:
        is_figure = isinstance(outer, pf.Figure) and _is_numbered(outer, wanted)
        if is_figure or {"tables", "listing"} & set(getattr(outer, "classes", ())):
            return True
        outer = outer.parent
    return False


def _numbered(
    element: pf.Element, counter: Counter, read: Callable[[str], list[pf.Element]]
) -> pf.Element | list[pf.Element] | None:
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
            parts.append(pf.Math(rewritten(formula.was or element.text, formula.text), format="DisplayMath"))
        elif formula.words:
            parts += [pf.Space(), *read(formula.words), pf.Space()]
        else:  # the labels of `subequations` itself
            parts += [_target(label, line.number) for line in formula.lines for label in line.labels]
    return parts


def _read(words: str, said: crossref.Crossref, store: Store) -> list[pf.Element]:
    """The words between the displays of `subequations`, with the references in them."""
    blocks = scraps.blocks(words, store)
    if blocks is None or not all(isinstance(block, pf.Para | pf.Plain) for block in blocks):
        return [pf.RawInline(words, format="tex")]
    return [inline for block in blocks for inline in references.lifted(block, said).content]


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
