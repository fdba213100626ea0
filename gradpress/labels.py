"""Labels of formulas on a page: each is given once, and each reference finds one."""

from __future__ import annotations

import re

import panflute as pf

from gradpress.diagnostics import report
from gradpress.places import line_in, line_of

_COMMENT = re.compile(r"(?<!\\)((?:\\\\)*)%[^\n]*")
_LABEL = re.compile(r"\\label\s*\{([^{}]*)\}")
_ENVIRONMENT = re.compile(
    r"\\(begin|end)\s*\{(?:equation|align|gather|multline|x?alignat|flalign|eqnarray|dmath|subequations)\*?\}"
)
_REFERENCE = re.compile(r"\\(?:eq)?ref\s*\{([^{}]*)\}")


def check(doc: pf.Doc) -> None:
    """Report labels given twice and references without a label."""
    given: dict[str, int] = {}
    asked: list[tuple[str, int]] = []
    others: set[str] = set()

    def see(element: pf.Element, _: pf.Doc) -> None:
        if isinstance(element, pf.Math):
            _see(element.text, given, asked)
        elif isinstance(element, pf.RawBlock | pf.RawInline) and element.format in ("tex", "latex"):
            _see_raw(element.text, given, others)
        elif isinstance(element, pf.Cite):
            _say_later(element)
        elif getattr(element, "identifier", ""):
            others.add(element.identifier)

    doc.walk(see)
    for name, line in asked:
        if name in others - given.keys():
            message = f"HTML shows ??? for the reference to '{name}', which is no formula"
            report("raw-tex-dropped", message, line=line, hint="its number comes in a later version; PDF has it")
        elif name not in given:
            hint = "references to other pages come in a later version" if ":" in name or "-" in name else ""
            report("label-unknown", f"no formula of this page has the label '{name}'", line=line, hint=hint)


def _see_raw(text: str, given: dict[str, int], others: set[str]) -> None:
    """Labels in a theorem and the like: those of its formulas, and its own."""
    for found in _LABEL.finditer(text):
        before = [m[1] for m in _ENVIRONMENT.finditer(text, 0, found.start())]
        if before.count("begin") > before.count("end"):
            given.setdefault(found[1].strip(), 0)
        else:
            others.add(found[1].strip())


def _say_later(cite: pf.Cite) -> None:
    """`@eq-x`, `[@key]`: shown as text until references by name and citations come."""
    for citation in cite.citations:
        message = f"'@{citation.id}' is shown as text"
        hint = "references by @ and citations come in a later version"
        report("option-later", message, line=line_of(f"@{citation.id}"), hint=hint)


def _see(formula: str, given: dict[str, int], asked: list[tuple[str, int]]) -> None:
    first = line_of(formula)
    text = _COMMENT.sub(lambda m: m[1] + " " * (len(m[0]) - len(m[1])), formula)
    for found in _LABEL.finditer(text):
        name, line = found[1].strip(), line_in(text, found.start(), first)
        if name in given:
            before = f" (first in line {given[name]})" if given[name] else ""
            report("label-duplicate", f"the label '{name}' is given twice{before}", line=line)
        given.setdefault(name, line)
    asked.extend((m[1].strip(), line_in(text, m.start(), first)) for m in _REFERENCE.finditer(text))
