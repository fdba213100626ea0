"""The files of a page that readers can take away: `downloads: [source, notebook, pdf, tex]`."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from gradpress.decks import is_deck
from gradpress.formats import parts
from gradpress.page import Page

_SOURCES = {".ipynb": "Jupyter", ".tex": "LaTeX", ".qmd": "Quarto", ".Rmd": "R Markdown", ".rmd": "R Markdown"}
_MADE = {
    "slides": ("Slides", ".slides.html"),
    "notebook": ("Jupyter", ".ipynb"),
    "pdf": ("PDF", ".pdf"),
    "tex": ("LaTeX", ".tex"),
}
"""What commands of the same names make."""


class Download(NamedTuple):
    """A file beside the page."""

    label: str
    url: str


def of(page: Page) -> tuple[tuple[Download, ...], dict[str, Path]]:
    """What the page offers, and what must be published for that: its source.

    What is not the source is made by commands of its own.
    """
    wanted = page.settings.get("downloads", ())
    path = page.source.path
    made = [kind for kind in _MADE if kind in wanted and (kind != "slides" or is_deck(page.settings.values))]
    offered = {page.name + suffix: label for label, suffix in map(_MADE.__getitem__, made)}
    copies = {}
    if "source" in wanted:
        target = f"{page.name}{path.suffix}"
        offered = {target: _SOURCES.get(path.suffix, "Markdown"), **offered}
        copies = {target: path}
    return tuple(Download(label, parts.relative(page, target)) for target, label in offered.items()), copies
