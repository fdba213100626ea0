"""The files of a page that readers can take away: `downloads: [source, pdf, tex]`."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from gradpress.diagnostics import report
from gradpress.formats import parts
from gradpress.page import Page

_SOURCES = {".ipynb": "Jupyter", ".tex": "LaTeX", ".qmd": "Quarto", ".Rmd": "R Markdown", ".rmd": "R Markdown"}
_MADE = {"pdf": "PDF", "tex": "LaTeX"}


class Download(NamedTuple):
    """A file beside the page."""

    label: str
    url: str


def of(page: Page) -> tuple[tuple[Download, ...], dict[str, Path]]:
    """What the page offers, and what must be published for that: its source.

    `pdf` and `tex` are made by commands of their own.
    """
    wanted = page.settings.get("downloads", ())
    if "notebook" in wanted and "downloads" in page.source.header.values:
        line = page.source.header.line_of("downloads", "notebook")
        report("option-later", "'downloads: notebook' has no effect in this version", line=line)
    path = page.source.path
    offered = {f"{page.name}.{kind}": label for kind, label in _MADE.items() if kind in wanted}
    copies = {}
    if "source" in wanted:
        target = f"{page.name}{path.suffix}"
        offered = {target: _SOURCES.get(path.suffix, "Markdown"), **offered}
        copies = {target: path}
    return tuple(Download(label, parts.relative(page, target)) for target, label in offered.items()), copies
