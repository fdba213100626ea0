"""Notebooks of format 3, as IPython wrote them until 2015, in the shape of format 4."""

from __future__ import annotations

from typing import Any

_KINDS = {
    "text": "text/plain",
    "html": "text/html",
    "svg": "image/svg+xml",
    "png": "image/png",
    "jpeg": "image/jpeg",
    "latex": "text/latex",
    "json": "application/json",
    "javascript": "application/javascript",
}


def of_format_4(notebook: dict[str, Any]) -> dict[str, Any]:
    """The same notebook in format 4."""
    if "worksheets" not in notebook:
        return notebook
    cells = [_cell(cell) for sheet in notebook["worksheets"] for cell in sheet.get("cells", ())]
    metadata = dict(notebook.get("metadata", {}))
    language = next((c["language"] for s in notebook["worksheets"] for c in s.get("cells", ()) if "language" in c), "")
    if language:
        metadata.setdefault("kernelspec", {"language": language})
    return {**notebook, "metadata": metadata, "cells": cells}


def _cell(cell: dict[str, Any]) -> dict[str, Any]:
    kind = cell.get("cell_type")
    if kind == "heading":
        source = cell.get("source", "")
        text = "".join(source) if isinstance(source, list) else str(source)
        level = min(max(int(cell.get("level", 1)), 1), 6)
        return {**cell, "cell_type": "markdown", "source": f"{'#' * level} {' '.join(text.split())}"}
    if kind != "code":
        return {**cell, "cell_type": "markdown" if kind == "html" else kind}
    return {**cell, "source": cell.get("input", ""), "outputs": [_output(o) for o in cell.get("outputs", ())]}


def _output(output: dict[str, Any]) -> dict[str, Any]:
    kind = output.get("output_type")
    if kind == "stream":
        return {**output, "name": output.get("stream", "stdout")}
    if kind == "pyerr":
        return {**output, "output_type": "error"}
    data = {_KINDS[key]: value for key, value in output.items() if key in _KINDS}
    return {"output_type": "execute_result" if kind == "pyout" else kind, "data": data, "metadata": {}}
