"""Notes written for other programs, translated line for line into the Markdown that pandoc reads.

One dialect a file; each has `translated(lines, page)`, which gives back lines with the numbers that they have in
the file, so that every finding keeps its place.  A dialect whose marks do not occur changes nothing and costs a
search for a substring.  What is not understood stays where it is and is reported.

    quarto     {{< include >}}, {{< meta >}}, … of .qmd files
    children   chunks of R Markdown that stand for files
    bookdown   (\\#eq:x), (ref:x), theorems as chunks, of R Markdown
    myst       directives and roles of MyST Markdown, `(label)=`
    crossref   {#eq:a tag="…"}, : Caption {#lst:a}, +@fig:a of pandoc-crossref and pandoc-fignos
    d2l        :label:`…`, :eqref:`…` of d2lbook; with `d2l_tabs` for its frameworks, `d2l_contents` for its toc

Notebooks and LaTeX files are whole files of another kind: `notebook` and `latex` read them.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from gradpress.records import dataclass, field

_D2L = (":`", "_tab:", "#@tab", "%%tab", "```toc", "```eval_rst")
"""What a page of d2lbook has at least one of."""

_CROSSREF = ("#lst:", "#lst-", "{#eq", "{#fig:}", "{#tbl:}", "{#fig: ", "{#tbl: ", "+@", "*@", "!@", "{@")

Lines = list[tuple[str, int]]
"""Texts of lines with their numbers in the file."""


@dataclass(frozen=True)
class Surroundings:
    """What a dialect may know of the page."""

    folder: Path
    """Folder of the page's file."""
    root: Path
    """The content folder: nothing outside is included."""
    cache: Path
    header: dict[str, Any] = field(default_factory=dict)
    """Values of the YAML header."""


def translated(lines: Lines, page: Surroundings) -> Lines:
    """The lines as pandoc's Markdown."""
    from gradpress.dialects import bookdown, children

    text = "\n".join(line for line, _ in lines)
    if children.concerns(text):
        lines = children.translated(lines, page)
        text = "\n".join(line for line, _ in lines)
    if "{{<" in text or "](`" in text:
        from gradpress.dialects import quarto

        lines = quarto.translated(lines, page)
    if bookdown.concerns(text := "\n".join(line for line, _ in lines)):
        lines = bookdown.translated(lines)
    if any(mark in text for mark in _D2L):
        from gradpress.dialects import d2l

        lines = d2l.translated(lines, page)
    if any(mark in text for mark in _CROSSREF):
        from gradpress.dialects import crossref

        lines = crossref.translated(lines, page)
    from gradpress.dialects import myst_signs

    if not myst_signs.speaks(lines, page):
        return lines
    from gradpress.dialects import myst

    return myst.translated(lines, page)


def begins_with_title(text: str, page: Surroundings) -> bool:
    """Whether a note is MyST or d2lbook's, where the first heading is the title of the page."""
    from gradpress.dialects import myst_signs

    return any(mark in text for mark in _D2L) or myst_signs.speaks([(line, 0) for line in text.split("\n")], page)


def in_code(lines: Lines) -> set[int]:
    """Indices of lines inside fenced code, the fences' own among them."""
    from gradpress.reading import fences

    found = fences.find([text for text, _ in lines])
    return {k for fence in found if fence.closed for k in range(fence.start, fence.end + 1)}
