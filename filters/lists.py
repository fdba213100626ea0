#!/usr/bin/env python3
"""Bullet lists and headings directly after a line of text: made what they are, or reported.

pandoc reads them as part of the paragraph, without a word.  A list is certain when at least two
markers follow each other, or a colon ends the text before; one dash at the start of a line may be
hard-wrapped prose and is only reported.  In a build `gradpress.reading.blank_lines` has already helped the
certain lists, nested ones included; here the flat ones of any pandoc document are made lists.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import panflute as pf

from gradpress.diagnostics import report
from gradpress.reading.places import line_of
from gradpress.walking import has, inlines_of, walk

wants = (pf.Para, pf.Plain)

_BULLETS = ("-", "*", "+")
_HINT = "put a blank line before it"


def apply(doc: pf.Doc) -> None:
    """Make the certain lists of `doc` lists, in place; report the doubtful ones."""
    walk(doc, _repaired, pf.Para)


def _repaired(element: pf.Element, _: pf.Doc) -> list[pf.Element] | None:
    if not has(element, pf.SoftBreak):  # nothing in it begins a line
        return None
    inlines = inlines_of(element)
    if any(isinstance(inline, pf.Str) and inline.text.startswith("\\begin{") for inline in inlines):
        return None  # a formula that is not ended, which is reported as such; its minus begins no list
    _report_headings(inlines)
    marks = [k for k in range(1, len(inlines) - 1) if _is_marker(inlines, k)]
    if not marks:
        return None
    if len(marks) < 2 and not _ends_with_colon(inlines[: marks[0] - 1]):
        _report(inlines, marks[0])
        return None
    return _split(inlines, marks)


def _is_marker(inlines: list[pf.Element], at: int) -> bool:
    """A bullet at the start of a source line; all bullets of one list are the same sign."""
    item = inlines[at]
    return (
        isinstance(item, pf.Str)
        and item.text in _BULLETS
        and isinstance(inlines[at - 1], pf.SoftBreak)
        and isinstance(inlines[at + 1], pf.Space)
    )


def _ends_with_colon(inlines: list[pf.Element]) -> bool:
    return pf.stringify(pf.Plain(*inlines)).rstrip().endswith(":") if inlines else False


def _split(inlines: list[pf.Element], marks: list[int]) -> list[pf.Element] | None:
    signs = {inlines[k].text for k in marks}
    if len(signs) > 1:
        _report(inlines, marks[0])
        return None
    ends = [k - 1 for k in marks[1:]] + [len(inlines)]
    items = [pf.ListItem(pf.Plain(*inlines[k + 2 : end])) for k, end in zip(marks, ends, strict=True)]
    return [pf.Para(*inlines[: marks[0] - 1]), pf.BulletList(*items)]


def _report(inlines: list[pf.Element], at: int) -> None:
    words = pf.stringify(pf.Plain(*inlines[at : at + 6])).strip()
    message = f"'{words}…' after a line of text is read as text, not as a list"
    report("list-swallowed", message, line=line_of(words), hint=f"{_HINT} if it is one")


def _report_headings(inlines: list[pf.Element]) -> None:
    for k in range(1, len(inlines) - 1):
        item = inlines[k]
        if (
            isinstance(item, pf.Str)
            and re.fullmatch(r"#{1,6}", item.text)
            and isinstance(inlines[k - 1], pf.SoftBreak)
            and isinstance(inlines[k + 1], pf.Space)
        ):
            words = pf.stringify(pf.Plain(*inlines[k : k + 6])).strip()
            report("heading-swallowed", f"'{words}…' is read as text", line=line_of(words), hint=_HINT)


if __name__ == "__main__":
    from filters import as_program

    as_program(apply)
