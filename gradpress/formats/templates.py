"""Jinja environments, one for each kind of template: compiling a template costs more than rendering a page."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemBytecodeCache, FileSystemLoader

_TEX: dict[str, Any] = {
    "variable_start_string": "<<",
    "variable_end_string": ">>",
    "block_start_string": "<%",
    "block_end_string": "%>",
    "comment_start_string": "<#",
    "comment_end_string": "#>",
}
"""Braces and percent signs mean something else in LaTeX."""


@lru_cache(maxsize=8)
def html(folder: Path, cache: Path) -> Environment:
    """For HTML: everything that is not markup is escaped."""
    return _environment(folder, cache, autoescape=True)


@lru_cache(maxsize=8)
def tex(folder: Path, cache: Path) -> Environment:
    """For LaTeX."""
    return _environment(folder, cache, autoescape=False, **_TEX)


def _environment(folder: Path, cache: Path, **settings: Any) -> Environment:
    return Environment(
        loader=FileSystemLoader(folder),
        trim_blocks=True,
        lstrip_blocks=True,
        bytecode_cache=FileSystemBytecodeCache(str(_compiled(folder, cache))),
        **settings,
    )


def _compiled(folder: Path, cache: Path) -> Path:
    """Where compiled templates are kept: where Python keeps modules, for all sites and their first builds.

    In the cache if that is not allowed.
    """
    beside = folder / "__pycache__"
    if not sys.dont_write_bytecode:
        with suppress(OSError):
            beside.mkdir(exist_ok=True)
            if os.access(beside, os.R_OK | os.W_OK):
                return beside
    own = cache / "jinja"
    own.mkdir(parents=True, exist_ok=True)
    return own
