"""Jupyter notebooks with their outputs: cells as cells, all else as Markdown, the preamble in the first cell."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from gradpress.cache import Storage, Store
from gradpress.content import PAGE_SUFFIX
from gradpress.diagnostics import report
from gradpress.formats import markdown, notebook_cells, notebook_macros
from gradpress.formats.notebook_cells import Json
from gradpress.formats.notebook_layout import MARK, Layout
from gradpress.math import plain_tex
from gradpress.math.github import RULE, Formula
from gradpress.page import Page, SiteView, Written
from gradpress.ran import Ran
from gradpress.tex.macros import Preamble

_FOREIGN = ("written", "removed")
"""Hashes of files that cells themselves have made."""


class _Jupyter:
    """What Jupyter's Markdown has."""

    reader = "Jupyter"
    suffix = ".ipynb"
    folder = ""
    has_notes = False
    has_alerts = False
    needs_spaces = False
    marks_headings = False

    def formula(self, text: str, own: Preamble, *, display: bool) -> Formula:
        """With the author's macros, which the first cell defines."""
        return notebook_macros.formula(text, own, display=display)

    def inline(self, formula: str) -> str:
        """Between dollars."""
        return f"${formula}$"

    def display(self, formula: str) -> str:
        """Between two dollars, in lines of their own."""
        return f"$$\n{formula}\n$$"

    def anchor(self, name: str) -> str:
        """A place for links."""
        return f'<a id="{name}"></a>'

    def slug(self, heading: str) -> str:
        """The words, with hyphens for spaces."""
        return heading.replace(" ", "-")


class Notebook:
    """`a/b.ipynb` for `a/b.md`."""

    name = "notebook"
    suffix = ".ipynb"

    def write(self, page: Page, site: SiteView) -> Written:
        """The notebook, and the files that its text shows and its cells read."""
        store = Store(site.cache)
        data = _data(page)
        if page.source.path.suffix == ".ipynb":
            from gradpress.formats import notebook_source

            own = _json(notebook_source.notebook(page, store))
            return Written({f"{page.name}.ipynb": own}, {**data, **notebook_source.beside(page)})
        _tell_sessions(page)
        made = markdown.written(page, site, _Jupyter(), Layout(page.cells).apply)
        cells = notebook_cells.with_ids(list(_cells(made.text, page, store)))
        files = {f"{page.name}.ipynb": _json({**_about(page), "cells": cells})}
        return Written({**files, **made.files}, {**data, **made.copies})


def _cells(text: str, page: Page, store: Storage) -> Iterator[Json]:
    if macros := notebook_macros.definitions(plain_tex.with_configured(page.preamble, page.settings.math)):
        yield notebook_cells.markdown(macros, {"tags": ["hide-cell"], "jupyter": {"source_hidden": True}})
    ran = {str(one.number): one for one in page.cells}
    first, *parts = MARK.split(text)
    if first.strip():
        yield notebook_cells.markdown(first.strip())
    count = 0
    for number, words in zip(parts[::2], parts[1::2], strict=True):
        if number != "0":
            count += 1
            yield notebook_cells.code(ran[number], store, count)
        if words.strip():
            yield notebook_cells.markdown(words.strip())


def _tell_sessions(page: Page) -> None:
    """A notebook has one namespace."""
    seen: set[str] = set()
    for ran in page.cells:
        session = ran.cell.options.session
        if session and session not in seen:
            seen.add(session)
            message = f"Jupyter cannot keep the session '{session}' apart: it runs in the namespace of the page"
            report(RULE, message, line=_line_of_session(ran, page), hint="use other names in it")


def _line_of_session(ran: Ran, page: Page) -> int:
    """The line above the code, or the fence, that names the session."""
    lines, at = page.source.text.split("\n"), ran.cell.place.line
    named = (k for k in range(min(at, len(lines)), 0, -1) if "session" in lines[k - 1])
    return next(named, at) if at else 0


def _about(page: Page) -> Json:
    kernel = page.context.kernel or "python3"
    names = {"display_name": "Python 3" if kernel == "python3" else kernel, "language": "python", "name": kernel}
    metadata = {"kernelspec": names, "language_info": {"name": "python"}}
    return {"metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


def _json(notebook: Json) -> bytes:
    """As Jupyter writes it: a line of a source is a line of the file."""
    lined = {**notebook, "cells": [{**c, "source": c["source"].splitlines(True)} for c in notebook["cells"]]}
    return (json.dumps(lined, indent=1, ensure_ascii=False, sort_keys=True) + "\n").encode()


def _data(page: Page) -> dict[str, Path]:
    """What the cells read, where they will look for it: beside the notebook as beside the page."""
    root = Path(page.context.root)
    found: dict[str, Path] = {}
    for path, _, _, digest in _reads(page.cells):
        inside = not path.startswith(("/", "..")) and not path.endswith("/") and digest not in _FOREIGN
        if inside and (root / path).is_file() and not PAGE_SUFFIX.search(path):
            found[path] = root / path
    return found


def _reads(cells: tuple[Ran, ...]) -> Iterator[tuple[str, int, int, str]]:
    for ran in cells:
        if ran.result:
            yield from ran.result.reads
