"""`{{< embed notebook.ipynb#label >}}`: cells of a notebook with the outputs that it holds, as parts of a page.

A cell is named by `#| label:`, by its id, or by a tag; several are separated by commas; without a name all are meant.
The code is left out unless `echo=true` is said.  A figure of a labelled cell has its label and `fig-cap`.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from gradpress.diagnostics import PageError, report
from gradpress.dialects import Lines, Surroundings, notebook
from gradpress.reading import inputs, option_lines


def lines(arguments: str, number: int, page: Surroundings, folder: Path) -> Lines | None:
    """What stands in place of the shortcode; None if it cannot be followed, which is reported."""
    words = arguments.split()
    name, _, wanted = words[0].strip("\"'").partition("#") if words else ("", "", "")
    path = (page.root / name.lstrip("/") if name.startswith("/") else folder / name).resolve()
    inputs.note(path)
    if not path.is_relative_to(page.root.resolve()) or not path.is_file():
        report("include-missing", f"there is no file '{name}' to embed", line=number)
        return None
    if path.suffix != ".ipynb":
        return None
    try:
        given = json.loads(path.read_text(encoding="utf-8"))
        cells = [cell for cell in given["cells"] if not wanted or set(wanted.split(",")) & _names(cell)]
        text = json.dumps({**given, "cells": [_prepared(cell, "echo=true" in words) for cell in cells]})
        made = notebook.read(text, page)
    except (ValueError, KeyError, TypeError, PageError):
        report("notebook-syntax", f"'{name}' is no notebook of format 4", line=number)
        return None
    if not cells:
        report("include-missing", f"'{name}' has no cell '{wanted}'", line=number)
        return None
    return [("", number), *((_named(line, cells), number) for line, _ in made), ("", number)]


def _source(cell: dict[str, Any]) -> str:
    source = cell.get("source", "")
    return "".join(source) if isinstance(source, list) else str(source)


def _options(cell: dict[str, Any]) -> dict[str, Any]:
    return option_lines.split(_source(cell), 0, myst=False)[0] if cell.get("cell_type") == "code" else {}


def _names(cell: dict[str, Any]) -> set[str]:
    tags = cell.get("metadata", {}).get("tags", ())
    return {str(_options(cell).get("label", "")), str(cell.get("id", "")), *map(str, tags)} - {""}


def _prepared(cell: dict[str, Any], echo: bool) -> dict[str, Any]:
    """A cell as the reader of notebooks takes it."""
    if echo or cell.get("cell_type") != "code":
        return cell
    metadata = cell.get("metadata", {})
    return {**cell, "metadata": {**metadata, "tags": [*metadata.get("tags", ()), "remove-input"]}}


def _named(line: str, cells: list[dict[str, Any]]) -> str:
    """An image that stands alone gets the caption and the label of its cell."""
    image = re.fullmatch(r"!\[\]\(([^()\s]+)\)\{[^{}]*\}", line.strip())
    options = _options(cells[0]) if len(cells) == 1 else {}
    if not image or not options.get("label"):
        return line
    return f"![{options.get('fig-cap') or ''}]({image[1]}){{#{options['label']}}}"
