"""What the process of a session is told, and what it sees of the builder's environment."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gradpress.cells import DEFAULT_LOSSES, Cell
from gradpress.execution import PageRun

ALLOWED = (
    "PATH",
    "HOME",
    "LANG",
    "LC_ALL",
    "LC_CTYPE",
    "TZ",
    "USER",
    "LD_LIBRARY_PATH",
    "MPLCONFIGDIR",
    "XDG_CACHE_HOME",
    "SYSTEMROOT",
)
_THREADS = (
    "OMP_NUM_THREADS",
    "MKL_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "NUMEXPR_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
)


def job(page: PageRun, cost: float | None = None) -> Mapping[str, Any]:
    """What the process is told of a page whose cells are all of one session.

    With a `cost`, the state is kept after each so many seconds of running.
    """
    recording = [c for c in page.cells if c.records]
    losses = dict.fromkeys(name for c in recording for name in c.options.loss or DEFAULT_LOSSES)
    return {
        "seed": page.seed,
        "threads": page.threads,
        "memory": page.memory,
        "cost": cost,
        "snapshots": list(page.snapshots),
        "root": str(page.root or page.folder),
        "losses": list(losses),
        "cells": [_cell(c) for c in page.cells],
    }


def _cell(cell: Cell) -> Mapping[str, Any]:
    o = cell.options
    return {
        "code": cell.code,
        "file": cell.place.file,
        "line": max(cell.place.line, 1),
        "inline": cell.inline,
        "records": cell.records,
        "loss": list(o.loss) if o.loss else None,
        "error": o.error,
        "warning": o.warning,
        "seed": o.seed,
        "fig_width": o.fig_width,
        "fig_height": o.fig_height,
    }


def environment(page: PageRun, scratch: Path | None = None) -> dict[str, str]:
    """The variables that the cells see; `scratch` is their folder for temporary files."""
    passed = {name: os.environ[name] for name in (*ALLOWED, *page.env) if name in os.environ}
    fixed = dict.fromkeys(_THREADS, str(page.threads)) | {
        "PYTHONHASHSEED": "0",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONIOENCODING": "utf-8",
        "MPLBACKEND": "module://gradpress.execution.figures",
        **({"TMPDIR": str(scratch)} if scratch else {}),
    }
    return {**fixed, **passed}
