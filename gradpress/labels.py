"""Labels of formulas on a page: each is given once, and each reference finds one."""

from __future__ import annotations

import re

import panflute as pf

from gradpress.diagnostics import report
from gradpress.places import line_of

_COMMENT = re.compile(r"(?<!\\)((?:\\\\)*)%[^\n]*")
_LABEL = re.compile(r"\\label\s*\{([^{}]*)\}")
_REFERENCE = re.compile(r"\\(?:eq)?ref\s*\{([^{}]*)\}")


def check(doc: pf.Doc) -> None:
    """Report labels given twice and references without a label."""
    given: dict[str, int] = {}
    asked: list[tuple[str, int]] = []

    def see(element: pf.Element, _: pf.Doc) -> None:
        if isinstance(element, pf.Math):
            _see(element.text, given, asked)
        elif getattr(element, "identifier", ""):
            given.setdefault(element.identifier, 0)

    doc.walk(see)
    for name, line in asked:
        if name not in given:
            hint = "references to other pages come in a later version" if ":" in name or "-" in name else ""
            report("label-unknown", f"no formula of this page has the label '{name}'", line=line, hint=hint)


def _see(formula: str, given: dict[str, int], asked: list[tuple[str, int]]) -> None:
    text = _COMMENT.sub(r"\1", formula)
    line = line_of(formula)
    for name in _LABEL.findall(text):
        if name in given:
            first = f" (first in line {given[name]})" if given[name] else ""
            report("label-duplicate", f"the label '{name}' is given twice{first}", line=line)
        given.setdefault(name, line)
    asked.extend((name.strip(), line) for name in _REFERENCE.findall(text))
