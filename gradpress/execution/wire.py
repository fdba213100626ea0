"""Page runs as plain JSON, for executors in other processes and on other machines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

from gradpress.cells import Cell, Options
from gradpress.diagnostics import Place
from gradpress.execution import PageRun


def page_to_json(page: PageRun) -> dict[str, Any]:
    """`page` as JSON; paths as text."""
    plain = {f.name: getattr(page, f.name) for f in fields(page)}
    plain["folder"] = str(page.folder)
    plain["root"] = None if page.root is None else str(page.root)
    plain["cells"] = [asdict(cell) for cell in page.cells]
    return plain


def page_from_json(data: Mapping[str, Any]) -> PageRun:
    """The page run that `page_to_json` wrote; KeyError or TypeError when it is none."""
    names = ("env", "preload", "snapshots")
    return PageRun(
        **{
            **data,
            "folder": Path(data["folder"]),
            "root": None if data["root"] is None else Path(data["root"]),
            "cells": tuple(map(_cell, data["cells"])),
            **{name: tuple(data[name]) for name in names},
        }
    )


def _cell(data: Mapping[str, Any]) -> Cell:
    options: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in data["options"].items()}
    return Cell(**{**data, "options": Options(**options), "place": Place(**data["place"])})
