r"""Counters of the author's: `\newcounter{problem}`, `\stepcounter{problem}`, `\theproblem` become the numbers.

The macros and environments that use them are written out before; a `\label` right behind `\refstepcounter` is a place.
"""

from __future__ import annotations

import re

from gradpress.dialects.latex_text import masked
from gradpress.numbers.crossref import written
from gradpress.patterns import pattern
from gradpress.records import dataclass, field
from gradpress.tex.macros import Preamble

_NEW = pattern(r"\\newcounter\s*\{(?P<name>[A-Za-z@]+)\}(?:\s*\[(?P<within>[A-Za-z]+)\])?")
_WITHIN = pattern(r"\\(?:numberwithin|counterwithin\*?)\s*\{(?P<name>[A-Za-z]+)\}\s*\{(?P<within>[A-Za-z]+)\}")
_STEP = (
    r"\\(?P<how>stepcounter|refstepcounter)\s*\{(?P<stepped>[A-Za-z@]+)\}"
    r"|\\(?P<change>setcounter|addtocounter)\s*\{(?P<changed>[A-Za-z@]+)\}\s*\{(?P<by>-?\d+)\}"
    r"|\\(?P<heading>chapter|section|subsection|subsubsection)(?P<star>\*?)\s*[\[{]"
    r"|\\the(?P<shown>NAMES)(?![A-Za-z])|\\(?P<form>arabic|alph|Alph|roman|Roman|value)\s*\{(?P<formed>NAMES)\}"
    r"|\\label\s*\{(?P<label>[^{}]*)\}|\\(?P<other>begin|item)(?![A-Za-z])"
)
_REFERENCE = pattern(r"\\(?P<form>ref|autoref|cref|Cref)\s*\{(?P<label>[^{},]*)\}")
_INSIDE = pattern(r"\\(?:the(?P<shown>[A-Za-z]+)|(?P<form>arabic|alph|Alph|roman|Roman)\s*\{(?P<formed>[A-Za-z@]+)\})")
_FORMS = {"alph": "alpha a", "Alph": "alpha A", "roman": "roman i", "Roman": "roman", "arabic": "arabic"}
_HEADINGS = ("chapter", "section", "subsection", "subsubsection")


@dataclass
class _Counters:
    """Numbers at a place of the text."""

    forms: dict[str, str]
    """Counter → how the author has it shown."""
    within: dict[str, str]
    has_chapters: bool
    values: dict[str, int] = field(default_factory=dict)

    def set(self, name: str, value: int) -> None:
        """Give a counter a value; those within it begin anew."""
        self.values[name] = value
        for inner, outer in self.within.items():
            if outer == name:
                self.set(inner, 0)

    def shown(self, name: str, depth: int = 0) -> str:
        r"""What `\the…` writes."""
        form = self.forms.get(name, "")
        if form and depth < 9:
            return _INSIDE.sub(lambda m: self._part(m, depth), form)
        outer = self.within.get(name, "")
        before = f"{self.shown(outer, depth + 1)}." if outer and depth < 9 and self._is_counted(outer) else ""
        return f"{before if name in _HEADINGS else ''}{self.values.get(name, 0)}"

    def _is_counted(self, heading: str) -> bool:
        return heading != "chapter" or self.has_chapters

    def _part(self, found: re.Match[str], depth: int) -> str:
        if found["shown"]:
            return self.shown(found["shown"], depth + 1)
        return written(self.values.get(found["formed"], 0), _FORMS[found["form"]])


def numbered(text: str, head: str, known: Preamble) -> str:
    """The text of a document with the numbers of the counters that its preamble declares."""
    declared = {found["name"]: found["within"] or "" for found in _NEW.finditer(masked(head))}
    if not declared:
        return text
    within = {name: outer for name, outer in declared.items() if outer} | dict(
        zip(_HEADINGS[1:], _HEADINGS, strict=False)
    )
    within |= {found["name"]: found["within"] for found in _WITHIN.finditer(head) if found["name"] in declared}
    forms = {n: known.macros[f"the{n}"].body for n in declared if f"the{n}" in known.macros}
    shown = masked(text)
    counters = _Counters(forms, within, "\\chapter" in shown)
    names = "|".join(sorted(map(re.escape, (*declared, *_HEADINGS)), key=len, reverse=True))
    edits: list[tuple[int, int, str]] = []
    places: dict[str, str] = {}
    last = ""
    for found in re.finditer(_STEP.replace("NAMES", names), shown):
        new = _seen(found, counters, declared)
        if found["label"] is not None and last:
            places[found["label"].strip()] = last
            new = f"\\hypertarget{{{found['label'].strip()}}}{{}}"
        elif found["how"] == "refstepcounter" and found["stepped"] in declared:
            last = counters.shown(found["stepped"])
        elif found["other"] or found["heading"]:
            last = ""
        if new is not None:
            edits.append((found.start(), found.end(), new))
    edits += [
        (m.start(), m.end(), _link(m, places)) for m in _REFERENCE.finditer(shown) if m["label"].strip() in places
    ]
    for start, stop, new in sorted(edits, reverse=True):
        text = text[:start] + new + text[stop:]
    return text


def _seen(found: re.Match[str], counters: _Counters, declared: dict[str, str]) -> str | None:
    """Count what is said; what stands in its place, None if it stays."""
    name = found["stepped"] or found["changed"]
    value = counters.values.get(name or "", 0)
    if found["heading"]:
        if not found["star"]:
            counters.set(found["heading"], counters.values.get(found["heading"], 0) + 1)
        return None
    if found["shown"]:
        return counters.shown(found["shown"])
    if found["formed"]:
        number = counters.values.get(found["formed"], 0)
        return written(number, _FORMS.get(found["form"], "arabic")) if found["form"] != "value" else str(number)
    if found["stepped"] in declared:
        counters.set(name, value + 1)
        return ""
    if found["changed"] in declared:
        counters.set(name, int(found["by"]) + (value if found["change"] == "addtocounter" else 0))
        return ""
    return None


def _link(found: re.Match[str], places: dict[str, str]) -> str:
    label = found["label"].strip()
    return f"\\hyperlink{{{label}}}{{{places[label]}}}"
