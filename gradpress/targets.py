"""What a page has that references can point to, and what it refers to."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

import panflute as pf

from gradpress.equations import Counter, number
from gradpress.places import line_in, line_of
from gradpress.target import Target

_LABEL = re.compile(r"\\label\s*\{([^{}]*)\}")
_REFERENCE = re.compile(r"\\(?:eq)?ref\s*\{([^{}]*)\}")
_READ = Counter("none")
"""Numbers nothing: what has a number has been given it."""


def targets_of(doc: pf.Doc, page: str, style: str = "(1)") -> tuple[Target, ...]:
    """The targets of a page after the chain, in their order; `style` is that in which numbers are written."""
    found: list[Target] = []

    def see(element: pf.Element, _: pf.Doc) -> None:
        if isinstance(element, pf.Math) and element.format == "DisplayMath":
            found.extend(_equations(element.text, page))
        elif isinstance(element, pf.RawBlock | pf.RawInline) and element.format in ("tex", "latex"):
            found.extend(t for text in _displays(element.text) for t in _equations(text, page, located=False))
        elif isinstance(element, pf.Figure | pf.Table) and element.identifier and "number" in element.attributes:
            kind = "figure" if isinstance(element, pf.Figure) else "table"
            found.append(Target(element.identifier, element.attributes["number"], page, kind=kind))
        elif isinstance(element, pf.Span) and "target" in element.classes:
            found.append(Target(element.identifier, element.attributes["number"], page))

    doc.walk(see)
    return tuple(replace(t, number=_bare(t.number, style)) for t in found)


def _bare(written: str, style: str) -> str:
    before, _, after = style.partition("1")
    fits = style != "(1)" and written.startswith(before) and written.endswith(after)
    return written[len(before) : len(written) - len(after)] if fits else written


def _equations(text: str, page: str, *, located: bool = True) -> Iterable[Target]:
    if "\\label" not in text:
        return
    first = line_of(text) if located else 0
    for formula in number(text, _READ):
        for line in formula.lines:
            for label in line.labels:
                yield Target(label, line.number, page, line_in(text, line.offset, first))


def _displays(text: str) -> Iterable[str]:
    """The starred environments in raw TeX."""
    return (m[0] for m in re.finditer(r"\\begin\s*\{(\w+\*)\}.*?\\end\s*\{\1\}", text, re.S))


def asked(doc: pf.Doc) -> frozenset[str]:
    """The labels that a page refers to."""
    found: set[str] = set()

    def see(element: pf.Element, _: pf.Doc) -> None:
        if isinstance(element, pf.Span) and "ref" in element.classes:
            found.update(element.attributes["labels"].split(","))
        elif isinstance(element, pf.Math) and "ref" in element.text:
            found.update(name.strip() for name in _REFERENCE.findall(element.text))

    doc.walk(see)
    return frozenset(found)


def identifiers(doc: pf.Doc) -> frozenset[str]:
    """Names on a page that have no number of ours: of figures, sections, theorems."""
    found: set[str] = set()

    def see(element: pf.Element, _: pf.Doc) -> None:
        if getattr(element, "identifier", ""):
            found.add(element.identifier)
        if isinstance(element, pf.RawBlock | pf.RawInline):
            found.update(name.strip() for name in _LABEL.findall(element.text))

    doc.walk(see)
    return frozenset(found)
