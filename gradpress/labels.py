"""Labels of formulas on a page: each is given once."""

from __future__ import annotations

import re

import panflute as pf

from gradpress.diagnostics import report
from gradpress.included import said
from gradpress.places import line_in, line_of
from gradpress.walking import walk

_COMMENT = re.compile(r"(?<!\\)((?:\\\\)*)%[^\n]*")
_LABEL = re.compile(r"\\label\s*\{([^{}]*)\}")


def check(doc: pf.Doc) -> None:
    """Report labels given twice."""
    given: dict[str, int] = {}

    def see(element: pf.Element, _: pf.Doc) -> None:
        if isinstance(element, pf.Math):
            _see(element.text, given)

    walk(doc, see, pf.Math)


def _see(formula: str, given: dict[str, int]) -> None:
    first = line_of(formula)
    text = _COMMENT.sub(lambda m: m[1] + " " * (len(m[0]) - len(m[1])), formula)
    for found in _LABEL.finditer(text):
        name, line = found[1].strip(), line_in(text, found.start(), first)
        if name in given:
            before = f" (first in line {said(given[name])})" if given[name] else ""
            report("label-duplicate", f"the label '{name}' is given twice{before}", line=line)
        given.setdefault(name, line)
