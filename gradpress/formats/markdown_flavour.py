"""What the formats that write Markdown have in common, and where they differ: a *flavour*."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import panflute as pf

from gradpress.math.github import Formula

if TYPE_CHECKING:
    from gradpress.tex.macros import Preamble


class Flavour(Protocol):
    """Who reads the Markdown, and what it understands."""

    reader: str
    """Its name, for findings."""
    suffix: str
    """Of the pages' files."""
    folder: str
    """Below the output folder, with a `/` at the end, or empty."""
    has_notes: bool
    """Whether it knows footnotes."""
    has_alerts: bool
    """Whether `> [!NOTE]` is a box."""

    needs_spaces: bool
    """Whether a formula that touches a word is none."""
    marks_headings: bool
    """Whether headings have places of their own where the reader would call them otherwise than pandoc."""

    def formula(self, text: str, own: Preamble, *, display: bool) -> Formula:
        """A formula of a page with this preamble in commands that the reader knows."""

    def inline(self, formula: str) -> str:
        """A formula in a line of text."""

    def display(self, formula: str) -> str:
        """A formula of its own."""

    def anchor(self, name: str) -> str:
        """A place that links lead to."""

    def slug(self, heading: str) -> str:
        """The name of a place that the reader gives a heading by itself."""


def inline(text: str) -> pf.RawInline:
    """Markdown as it is, in a line."""
    return pf.RawInline(text, format="markdown")


def block(text: str) -> pf.RawBlock:
    """Markdown as it is, as a block."""
    return pf.RawBlock(text, format="markdown")
