"""Labels and identifiers on a page: each is given once."""

from __future__ import annotations

import re

import panflute as pf

from gradpress.diagnostics import here, report, reported
from gradpress.patterns import pattern
from gradpress.reading.included import said, text_at
from gradpress.reading.places import line_in, line_of
from gradpress.reading.source import Source
from gradpress.walking import NAMED, walk

_COMMENT = pattern(r"(?<!\\)((?:\\\\)*)%[^\n]*")
_LABEL = pattern(r"\\label\s*\{([^{}]*)\}")


def check(doc: pf.Doc, source: Source) -> None:
    """Report labels given twice."""
    given: dict[str, int] = {}

    def see(element: pf.Element, _: pf.Doc) -> None:
        if isinstance(element, pf.Math):
            _see(element.text, given, source)

    walk(doc, see, pf.Math)


_IDENTIFIER = pattern(
    r"\{#([\w:.-]+)(?=[\s}])|^[ \t>]*#\|[ \t]*label:[ \t]*([\w:.-]+)[ \t]*$|^\(([\w:.-]+)\)=[ \t]*$"
    r"|\\label\s*\{\s*([\w:.-]+)\s*\}"
)
_TWICE = frozenset(["only-html", "only-tex", "content-visible", "content-hidden"])
"""Divisions of which an output shows one: each may have the same name."""


def check_identifiers(doc: pf.Doc, text: Source) -> None:
    """Report identifiers that two elements of the page have."""
    given: dict[str, list[int]] = {}
    for line, number in zip(text.body.split("\n"), text.lines, strict=False):
        for found in _IDENTIFIER.finditer(_COMMENT.sub(r"\1", line) if "\\label" in line else line):
            given.setdefault(found[found.lastindex or 0], []).append(number)
    doubtful = {name: lines for name, lines in given.items() if len(lines) > 1}
    if not doubtful:
        return
    count = dict.fromkeys(doubtful, 0)

    def see(element: pf.Element, _: pf.Doc) -> None:
        for name in _names(element):
            if name in count and not _is_alternative(element):
                count[name] += 1

    walk(doc, see, pf.Math, *NAMED)
    told = {(d.message.partition(" is given twice")[0], d.place.line) for d in reported("label-duplicate")}
    for label, numbers in doubtful.items():
        first, *others = (_written(label, number, text) for number in numbers)
        for at in others if count[label] > 1 else ():
            if (f"the label '{label}'", here(at).line) in told:
                continue
            report("label-duplicate", f"the label '{label}' is given twice (first in line {said(first)})", line=at)


def _names(element: pf.Element) -> set[str]:
    """The labels that an element gives, each once."""
    if isinstance(element, pf.Math):
        return {name.strip() for name in _LABEL.findall(element.text)}
    if "ref" in getattr(element, "classes", ()):
        return set()  # what it refers to
    return {element.identifier, *getattr(element, "attributes", {}).get("labels", "").split(",")} - {""}


def _is_alternative(element: pf.Element) -> bool:
    while element is not None:
        if isinstance(element, pf.Div) and _TWICE & set(element.classes):
            return True
        element = element.parent
    return False


_BELOW = 3


def _written(label: str, line: int, source: Source) -> int:
    """The line in which the author has written a label, which a dialect may have put into the one before."""
    text, raised = text_at(line, source.text)
    lines = text.split("\n")
    name = re.compile(rf"(?<![\w:.-]){re.escape(label)}(?![\w:-]|\.\w)")
    near = range(max(line - raised, 1), min(line - raised + _BELOW, len(lines) + 1))
    return next((raised + k for k in near if name.search(lines[k - 1])), line) if line else 0


def _see(formula: str, given: dict[str, int], source: Source) -> None:
    first = line_of(formula)
    text = _COMMENT.sub(lambda m: m[1] + " " * (len(m[0]) - len(m[1])), formula)
    for found in _LABEL.finditer(text):
        name = found[1].strip()
        line = _written(name, line_in(text, found.start(), first), source)
        if name in given:
            before = f" (first in line {said(given[name])})" if given[name] else ""
            report("label-duplicate", f"the label '{name}' is given twice{before}", line=line)
        given.setdefault(name, line)
