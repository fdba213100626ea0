"""Other files in the place of a line that asks for them: Quarto's shortcode, knitr's children."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Callable
from pathlib import Path

from gradpress.diagnostics import PageError, here, report
from gradpress.dialects import Lines, Surroundings
from gradpress.reading import included, inputs

_DEEPEST = 10
"""Includes inside each other; more are a circle."""


def lines_of(
    name: str, number: int, page: Surroundings, folder: Path, depth: int, translated: Callable[[Lines, Path], Lines]
) -> Lines:
    """The lines of the file `name`, seen from `folder`, with its own line numbers.

    `translated` is given them and the folder of their file: they may include others.
    """
    path = (page.root / name.lstrip("/") if name.startswith("/") else folder / name).resolve()
    inputs.note(path)
    if not path.is_relative_to(page.root.resolve()):
        message = f"'{name}' leads outside the content folder and is not included"
        report("path-outside", message, line=number, hint="copy the file into the folder")
        return []
    if not path.is_file():
        report("include-missing", f"there is no file '{name}' to include", line=number)
        return []
    if depth >= _DEEPEST:
        report("include-missing", f"'{name}' includes itself", line=number, hint="take the include out")
        return []
    relative = os.path.relpath(path, page.folder.resolve()).replace(os.sep, "/")
    name = posixpath.normpath(posixpath.join(posixpath.dirname(here().file), relative))
    lines = _body(path, included.first(name, number, path))
    return [("", number), *translated(lines, path.parent), ("", number)]


def _body(path: Path, before: int) -> Lines:
    """The text of a file without its header; `before` is what its line numbers are raised by."""
    from gradpress.reading.source import header_end, read_text

    try:
        lines = read_text(path).split("\n")
        end = header_end(lines)
    except PageError as error:
        report(error.diagnostic.rule, f"{path.name}: {error.diagnostic.message}")
        return []
    start = end + 1 if end else 0
    if path.suffix == ".tex":  # a comment of TeX's is text in Markdown
        lines = ["" if line.lstrip().startswith("%") else line for line in lines]
    return [(line, before + at) for at, line in enumerate(lines[start:], start + 1)]
