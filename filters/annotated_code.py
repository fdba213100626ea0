#!/usr/bin/env python3
"""Annotations of code as Quarto has them: `# <1>` at the ends of lines, explained by the list that follows.

The marks leave the code for its attribute `annotations`, and the list stands in a `Div.annotations`.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import panflute as pf

from gradpress.patterns import pattern
from gradpress.reading.places import rewritten
from gradpress.walking import collected, walk

wants = (pf.OrderedList,)

_MARK = pattern(r"[ \t]*(?:#|//|--|%|;+|!|'|/\*|<!--|\(\*)+[ \t]*(?P<marks>(?:<\d+>[ ,]*)+)(?:\*/|-->|\*\))?[ \t]*$")
"""A comment, in whatever language, that is nothing but numbers."""


def apply(doc: pf.Doc) -> None:
    """Take the marks out of code that a numbered list follows, in place."""
    walk(doc, _explained, pf.OrderedList)


def _explained(listed: pf.OrderedList, _: pf.Doc) -> pf.Div | None:
    """The list of what the marks of the block before it mean."""
    is_block = listed.index and listed.location in (None, "content")
    before = listed.parent.content[listed.index - 1] if is_block else None
    if not isinstance(before, pf.CodeBlock | pf.Div):
        return None
    found = [_without_marks(block) for block in collected(before, pf.CodeBlock) if "output" not in block.classes]
    if not any(found):
        return None
    listed.style, listed.delimiter = "DefaultStyle", "DefaultDelim"
    return pf.Div(listed, classes=["annotations"])


def _without_marks(block: pf.CodeBlock) -> bool:
    """Whether the block had any."""
    lines, marks = block.text.split("\n"), {}
    for at, line in enumerate(lines):
        if found := _MARK.search(line):
            lines[at] = line[: found.start()]
            marks[at + 1] = ",".join(re.findall(r"\d+", found["marks"]))
    if not marks:
        return False
    block.text = rewritten(block.text, "\n".join(lines))
    block.attributes["annotations"] = " ".join(f"{line}:{numbers}" for line, numbers in marks.items())
    return True


if __name__ == "__main__":
    from filters import as_program

    as_program(apply)
