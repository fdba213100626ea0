"""The files of a page that readers can take away: `downloads: [source, notebook, pdf, tex]`."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from gradpress.formats import parts
from gradpress.page import Page

_SOURCES = {".ipynb": "Jupyter", ".tex": "LaTeX", ".qmd": "Quarto", ".Rmd": "R Markdown", ".rmd": "R Markdown"}
_MADE = {"notebook": ("Jupyter", ".ipynb"), "pdf": ("PDF", ".pdf"), "tex": ("LaTeX", ".tex")}
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
    offered = {page.name + suffix: label for kind, (label, suffix) in _MADE.items() if kind in wanted}
    copies = {}
    if "source" in wanted:
        target = f"{page.name}{path.suffix}"
        offered = {target: _SOURCES.get(path.suffix, "Markdown"), **offered}
        copies = {target: path}
    return tuple(Download(label, parts.relative(page, target)) for target, label in offered.items()), copies
