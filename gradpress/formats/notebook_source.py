"""A page that is a notebook already: the notebook itself, with what its cells give now where the page runs it."""

from __future__ import annotations

import json
from pathlib import Path

import panflute as pf

from gradpress.cache import Storage
from gradpress.content import PAGE_SUFFIX
from gradpress.dialects import notebook_formats
from gradpress.dialects.notebook_outputs import text_of
from gradpress.formats import notebook_cells, parts
from gradpress.formats.notebook_cells import Json
from gradpress.page import Page
from gradpress.walking import collected

_KEPT = ("markdown", "raw", "code")


def notebook(page: Page, storage: Storage) -> Json:
    """The notebook in format 4.5; cells that did not run are as they were."""
    given = notebook_formats.of_format_4(json.loads(page.source.path.read_text(encoding="utf-8")))
    cells = [_as_text(cell) for cell in given["cells"]]
    waiting = [ran for ran in page.cells if ran.result is not None]
    count = 0
    for cell in cells:
        runs = cell["cell_type"] == "code" and waiting and _is_same(cell["source"], waiting[0].cell.code)
        if not runs:
            continue
        count += 1
        fresh = notebook_cells.code(waiting.pop(0), storage, count)
        if fresh["execution_count"]:
            cell.update(outputs=fresh["outputs"], execution_count=count)
    kept = {key: given[key] for key in ("metadata",) if key in given}
    return {"metadata": {}, **kept, "cells": _with_ids(cells), "nbformat": 4, "nbformat_minor": 5}


def beside(page: Page) -> dict[str, Path]:
    """The files that its text shows and links to, by their places below the output folder."""
    found: dict[str, Path] = {}
    for element in collected(page.document.taken("gfm"), pf.Image, pf.Link):
        target = parts.below_output(page, element.url)
        source = Path(page.context.root) / target
        is_ours = not parts.is_remote(element.url) and not target.startswith(("..", "/"))
        if is_ours and source.is_file() and not PAGE_SUFFIX.search(target):
            found[target] = source
    return found


def _is_same(source: str, code: str) -> bool:
    """Options at the top of the cell are no part of its code."""
    return source.strip().endswith(code.strip())


def _as_text(cell: Json) -> Json:
    """With what format 4.5 wants of each kind, and nothing that it does not know."""
    kind = cell.get("cell_type") if cell.get("cell_type") in _KEPT else "raw"
    made: Json = {"cell_type": kind, "source": text_of(cell.get("source", "")), "metadata": cell.get("metadata", {})}
    if kind == "code":
        made |= {"outputs": cell.get("outputs", []), "execution_count": cell.get("execution_count")}
    return made | {key: cell[key] for key in ("id", "attachments") if key in cell and (kind != "code" or key == "id")}


def _with_ids(cells: list[Json]) -> list[Json]:
    """Ids of their own where they have them."""
    own = {cell["id"] for cell in cells if "id" in cell}
    without = [cell for cell in cells if "id" not in cell]
    for cell in notebook_cells.with_ids(without):
        while cell["id"] in own:
            cell["id"] += "-2"
    return cells
