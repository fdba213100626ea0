"""Output formats: one a file, all with the protocol `gradpress.page.Format`."""

from __future__ import annotations

from importlib import import_module
from typing import cast

from gradpress.page import Format

FORMATS = {
    "html": "Html",
    "tex": "Tex",
    "pdf": "Pdf",
    "book": "Book",
    "slides": "Slides",
    "github": "Github",
    "notebook": "Notebook",
}
"""Command → class in the module of the same name."""


def get(name: str) -> Format:
    """The format, imported only now: each needs its own libraries."""
    return cast(Format, getattr(import_module(f"gradpress.formats.{name}"), FORMATS[name])())
