"""What a page has that references can point to, and what it refers to."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

import panflute as pf

from gradpress import context
from gradpress.numbers import crossref, title_heading, titles, words
from gradpress.numbers.equations import Counter, number
from gradpress.numbers.target import Target
from gradpress.patterns import pattern
from gradpress.reading.places import line_in, line_of
from gradpress.walking import NAMED, walk

_LABEL = pattern(r"\\label\s*\{([^{}]*)\}")
_REFERENCE = pattern(r"\\(?:eq)?ref\s*\{([^{}]*)\}")
_LONGEST = 600
"""Characters of a preview on another page."""
_READ = Counter("none")
"""Numbers nothing: what has a number has been given it."""


def targets_of(doc: pf.Doc, page: str, style: str = "(1)", lang: object = "en") -> tuple[Target, ...]:
    """The targets of a page after the chain, in their order; `style` is that in which numbers are written."""
    found: list[Target] = []
    said = crossref.of(context.of(doc).crossref)

    def see(element: pf.Element, _: pf.Doc) -> None:
        if isinstance(element, pf.Math) and element.format == "DisplayMath":
            found.extend(_equations(element.text, page))
        elif isinstance(element, pf.RawBlock | pf.RawInline) and element.format in ("tex", "latex"):
            found.extend(t for text in _displays(element.text) for t in _equations(text, page, located=False))
        elif isinstance(element, pf.Header):
            found.extend(_section(element, page, said))
        elif isinstance(element, pf.Div) and "theorem" in element.classes:
            found.extend(_theorem(element, page, lang))
        elif isinstance(element, pf.Div) and "title-anchor" in element.classes:
            title = titles.text_of(doc.metadata.content["title"])
            found.append(title_heading.target(element.identifier, element.attributes.get("number", ""), title, page))
        elif isinstance(element, pf.Span) and "place" in element.classes:
            found.append(Target(element.identifier, "", page, kind="place"))
        elif getattr(element, "identifier", "") and "number" in getattr(element, "attributes", {}):
            found.extend(_captioned(element, page))

    walk(doc, see, pf.Math, pf.RawBlock, pf.RawInline, *NAMED)
    return tuple(replace(t, number=_bare(t.number, style)) if t.kind == "equation" else t for t in found)


def _section(heading: pf.Header, page: str, said: crossref.Crossref) -> Iterable[Target]:
    """A section without a number is referred to by its title."""
    title = titles.text_of(heading)
    number = heading.attributes.get("number", "")
    kind = "chapter" if said.chapters and number and heading.level == 1 else "section"
    if re.fullmatch("[A-Z]", number) and said.form(kind) == "arabic":
        kind = "appendix"
    word = title if kind == "section" else ""
    for label in _labels(heading):
        yield Target(label, number, page, kind=kind, word=word, anchor=heading.identifier, shown=title)


def _theorem(theorem: pf.Div, page: str, lang: object) -> Iterable[Target]:
    kind, number = theorem.attributes["theorem"], theorem.attributes.get("number", "")
    word = theorem.attributes["title"] or ("" if number else words.word(kind, lang))
    first = theorem.content[0] if theorem.content else None
    if (not number or word == "=") and isinstance(first, pf.Div) and "theorem-name" in first.classes:
        word = pf.stringify(first).strip()
    solved = theorem.attributes.get("of", "")
    for label in _labels(theorem):
        shown = _said(theorem)
        yield Target(label, number, page, 0, kind, word, theorem.identifier, shown, solved)


def _captioned(element: pf.Element, page: str) -> Iterable[Target]:
    kind = "equation" if isinstance(element, pf.Span) else kind_of(element)
    said = "" if isinstance(element, pf.Span) else _said(getattr(element, "caption", element))
    yield Target(element.identifier, element.attributes["number"], page, kind=kind, shown=said)


def kind_of(element: pf.Element) -> str:
    """What an element with a caption is: `figure`, `table`, `listing`, a remark, or a kind of the author's own."""
    if isinstance(element, pf.Figure):
        return "figure"
    if isinstance(element, pf.Table) or "tables" in element.classes:
        return "table"
    return str(element.attributes.get("kind", "listing"))


def _labels(element: pf.Element) -> list[str]:
    return [label for label in (element.identifier, *element.attributes.get("labels", "").split(",")) if label]


def _said(element: pf.Element) -> str:
    """The words of an element with its formulas as TeX, as far as a preview shows them."""
    parts: list[str] = []

    def see(part: pf.Element, _: pf.Doc) -> None:
        if isinstance(part, pf.Math):
            parts.append(f"\\({part.text}\\)" if part.format == "InlineMath" else f"\\[{part.text}\\]")
        elif isinstance(part, pf.Str | pf.Code):
            parts.append(part.text)
        elif isinstance(part, pf.Space | pf.SoftBreak | pf.LineBreak | pf.Para | pf.Plain):
            parts.append(" ")

    walk(element, see, pf.Math, pf.Str, pf.Code, pf.Space, pf.SoftBreak, pf.LineBreak, pf.Para, pf.Plain)
    text = ""
    for part in parts:
        if len(text) + len(part) > _LONGEST:
            return f"{text.strip()} …"
        text += part
    return " ".join(_LABEL.sub("", text).split())


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
                shown = f"\\[{_LABEL.sub('', text)}\\]" if len(text) <= _LONGEST else ""
                yield Target(label, line.number, page, line_in(text, line.offset, first), shown=shown)


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

    walk(doc, see, pf.Span, pf.Math)
    return frozenset(found)


def identifiers(doc: pf.Doc) -> frozenset[str]:
    """Names on a page that have no number of ours: of figures, sections, theorems."""
    found: set[str] = set()

    def see(element: pf.Element, _: pf.Doc) -> None:
        if getattr(element, "identifier", ""):
            found.add(element.identifier)
        if isinstance(element, pf.RawBlock | pf.RawInline):
            found.update(name.strip() for name in _LABEL.findall(element.text))

    walk(doc, see, *NAMED, pf.RawBlock, pf.RawInline)
    return frozenset(found)
