"""What happens to a page between reading and writing: one filter a file, in the order of `CHAIN`.

Each filter is a function `apply(doc)` that changes a panflute document in place, with `wants`, the
element classes without which it has nothing to do.  Each file is also a program for pandoc:

    pandoc -F filters/environments.py -F filters/bracing.py note.md -o note.pdf

gives what the chain gives.  Nothing here knows the output format.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import panflute as pf

CHAIN = (
    "lists",  # first: what stands in a swallowed list is not seen as paragraphs by the others
    "scripts",  # a second MathJax would overwrite the macros
    "tags",  # before all that looks for images, links and tables
    "preamble",  # collects the definitions in the text: the filters below ask for arities
    "cells",  # before the mathematics: formulas in outputs are treated like the author's
    "diagrams",  # like them; after the preamble, whose macros stand in labels
    "foreign_cells",  # the cells that are left: what they show has captions
    "divisions",  # before theorems, which take the headings in theirs
    "theorems",  # before references and environments, which look into what it reads
    "floats",  # like it
    "annotated_code",  # when each block of code is where it will be
    "references",  # before environments, which would take `\\eqref` for a formula
    "citations",  # after references, which take their own from it; before what treats formulas
    "environments",  # before bracing: lifted environments are formulas like all others
    "bracing",
    "numbers",  # when all displays are what they will be
    "overviews",  # when everything has its number
    "links",  # last: also checks what cells have put in
)

BRINGING = frozenset(("tags", "cells", "diagrams", "foreign_cells", "theorems", "floats"))
"""Filters after which a page can have elements that come from none of its kind: a formula that a cell has printed."""


def chain() -> list[ModuleType]:
    """The filter modules in order; imported here because panflute takes 60 ms."""
    return [import_module(f"filters.{name}") for name in CHAIN]


def as_program(apply: Callable[[pf.Doc], None]) -> None:
    """Run one filter between pandoc's JSON on standard input and output."""
    import panflute as pf

    doc = pf.load()
    apply(doc)
    pf.dump(doc)
