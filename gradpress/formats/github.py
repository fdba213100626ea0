"""Markdown that GitHub shows as it stands: no preamble, no header, outputs and plots beside it."""

from __future__ import annotations

from gradpress.formats import markdown
from gradpress.math import github
from gradpress.page import Page, SiteView, Written
from gradpress.patterns import pattern
from gradpress.tex.macros import Preamble

_DROPPED = pattern(r"[^\w\- ]")
FOLDER = "github/"


class _GitHub:
    """What GitHub's Markdown has."""

    reader = "GitHub"
    suffix = ".md"
    folder = FOLDER
    has_notes = True
    has_alerts = True
    needs_spaces = True
    marks_headings = True

    def formula(self, text: str, own: Preamble, *, display: bool) -> github.Formula:
        """With everything expanded: GitHub lets nobody define macros."""
        return github.formula(text, own, display=display)

    def inline(self, formula: str) -> str:
        """Inside backticks, where Markdown does not look."""
        return f"$`{formula}`$"

    def display(self, formula: str) -> str:
        """A block of code of its own kind."""
        return f"```math\n{formula}\n```"

    def anchor(self, name: str) -> str:
        """GitHub lets `name` pass."""
        return f'<a name="{name}"></a>'

    def slug(self, heading: str) -> str:
        """Lower case, without punctuation, hyphens for spaces."""
        return _DROPPED.sub("", heading.lower()).replace(" ", "-")


class Github:
    """`github/a/b.md` for `a/b.md`, with its figures in `github/a/b_files/`."""

    name = "github"
    suffix = ".md"

    def write(self, page: Page, site: SiteView) -> Written:
        """The page's Markdown and the files that it shows."""
        made = markdown.written(page, site, _GitHub())
        return Written({f"{FOLDER}{page.name}.md": made.text.encode(), **made.files}, made.copies)
