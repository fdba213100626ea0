"""Diagrams that are written as text: Mermaid's, Graphviz', TikZ'.

Words: a *diagram* is the text of the author; a *drawing* is what a program has made of it, an SVG for HTML and, where
LaTeX cannot be given that, a PDF or a PNG.  Drawings are remembered by their text and by all that draws them.

    mermaid.py   in a browser       dot.py   by Graphviz       tikz.py   by LaTeX, for HTML only

Each is a `Kind`; none is imported before a page has a diagram of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Protocol

from gradpress.cache import Storage
from gradpress.records import dataclass, field

KINDS = {"mermaid": "mermaid", "dot": "dot", "graphviz": "dot"}
"""First class of a block → the module that draws it."""
TIKZ = "tikz"
"""First class of a block whose text is TeX: it stays TeX, and `tikz.py` draws it for HTML."""
NAMES = {"mermaid": "Mermaid diagram", "dot": "Graphviz diagram", "graphviz": "Graphviz diagram", TIKZ: "TikZ picture"}


@dataclass(frozen=True, slots=True)
class Diagram:
    """What is to be drawn."""

    text: str
    options: Mapping[str, str] = field(default_factory=dict)
    """Those that change the drawing: see `Kind.options`."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """What has been made of it: names of blobs."""

    image: str
    """SVG or PNG."""
    words: str = ""
    """What stands in the drawing, for those who cannot see it."""
    pdf: str = ""
    """The same for LaTeX, where an SVG cannot be converted."""
    pixels: float = 0.0
    """How wide it is, if the image does not say."""
    dark: bool = False
    """Whether it is made for a dark ground."""
    warnings: tuple[tuple[int, str], ...] = ()
    """What the program says of it, with the lines of the diagram from 0."""


@dataclass(frozen=True, slots=True)
class Tools:
    """What drawing needs besides the diagram."""

    store: Storage
    cache: Path
    root: Path
    """The content folder: npm packages are looked for from here on upwards."""


class Failed(Exception):
    """A diagram that cannot be drawn; its page shows the text."""

    def __init__(self, rule: str, message: str, offset: int = 0, hint: str = "") -> None:
        super().__init__(message)
        self.rule = rule
        self.message = message
        self.offset = offset
        """The line of the diagram that is to blame, from 0."""
        self.hint = hint


class Kind(Protocol):
    """What draws one kind of diagram: a module."""

    options: Mapping[str, str]
    """Names of options that change the drawing → what values they have, as a regular expression."""

    def drawn(self, diagram: Diagram, tools: Tools) -> Drawing:
        """The drawing, remembered or new.  Raises Failed."""


def kind(name: str) -> Kind:
    """The kind that a block's first class names."""
    module: Kind = import_module(f"gradpress.diagrams.{KINDS[name]}")
    return module
