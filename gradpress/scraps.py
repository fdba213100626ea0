"""Pieces of LaTeX in a note as pandoc's elements: what is inside a theorem, a figure, a table."""

from __future__ import annotations

import panflute as pf

from gradpress import pandoc
from gradpress.cache import Storage
from gradpress.diagnostics import Log, PageError, collecting

READER = "latex+raw_tex"
"""What pandoc does not know stays raw TeX; nothing is lost."""


def blocks(tex: str, store: Storage, reader: str = READER) -> list[pf.Element] | None:
    """The elements that `tex` is; None when pandoc cannot read it.  Remembered by its text."""
    key = f"{pandoc.identity()} {reader} {tex}"
    document = store.get("raw-tex", key)
    if not isinstance(document, str):
        try:
            with collecting(Log(), ""):  # what pandoc says of a scrap of TeX has no line of the page
                document = pandoc.read(tex, reader=reader)
        except PageError:
            return None
        store.put("raw-tex", key, document)
    return list(pandoc.load(document, "html").content)
