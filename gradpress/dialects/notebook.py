"""Jupyter notebooks as pages: Markdown cells as they are, code cells with the outputs that the notebook holds.

A notebook is run only if its first cell, a raw one or Markdown with a YAML header, says `execute: {enabled: true}`.
Every line has the number of the line of the `.ipynb` file in which it stands.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Iterator
from typing import Any

from gradpress.cache import Store
from gradpress.diagnostics import PageError, here, report
from gradpress.dialects import Lines, Surroundings

_IMAGES = {"image/svg+xml": "svg", "image/png": "png", "image/jpeg": "jpg"}
_ANSI = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]")


def read(text: str, page: Surroundings) -> Lines:
    """A notebook's text as lines of Markdown.  Raises PageError for what is no notebook."""
    try:
        notebook = json.loads(text)
        cells = list(notebook["cells"])
    except (ValueError, KeyError, TypeError):
        raise PageError("notebook-syntax", "this is no notebook of format 4", here(), "save it with Jupyter") from None
    language = str(_language(notebook)).lower()
    numbers = _Numbers(text)
    done: Lines = []
    runs = "enabled: true" in "".join(_source(cells[0])) if cells else False
    for cell in cells:
        kind, source = cell.get("cell_type"), _source(cell)
        lines = [(line, numbers.of(line)) for line in source]
        first = lines[0][1] if lines else numbers.last
        if kind == "code":
            done += _code(cell, lines, first, language, runs, page)
        elif kind == "markdown" or (kind == "raw" and source[:1] == ["---"]):
            done += [*_attachments(cell, lines, page), ("", first)]
        elif source:
            done += [("```", first), *lines, ("```", first), ("", first)]
    return done


def _language(notebook: dict[str, Any]) -> Any:
    metadata = notebook.get("metadata", {})
    return metadata.get("language_info", {}).get("name") or metadata.get("kernelspec", {}).get("language") or "python"


def _source(cell: dict[str, Any]) -> list[str]:
    return _text(cell.get("source", "")).split("\n") if cell.get("source") else []


def _text(value: Any) -> str:
    return "".join(map(str, value)) if isinstance(value, list) else str(value)


class _Numbers:
    """Lines of the file in which texts stand, found in their order."""

    def __init__(self, text: str) -> None:
        self._lines = text.split("\n")
        self.last = 1

    def of(self, line: str) -> int:
        """The line that holds this text; the last one found if it stands nowhere."""
        wanted = json.dumps(line, ensure_ascii=False)[1:-1]
        escaped = json.dumps(line)[1:-1]
        if wanted.strip():
            for at in range(self.last - 1, min(self.last + 20_000, len(self._lines))):
                if wanted in self._lines[at] or escaped in self._lines[at]:
                    self.last = at + 1
                    break
        return self.last


def _code(
    cell: dict[str, Any], lines: Lines, first: int, language: str, runs: bool, page: Surroundings
) -> Iterator[tuple[str, int]]:
    tags = set(cell.get("metadata", {}).get("tags", ()))
    hidden = {"remove-cell", "hide-cell", "remove_cell"} & tags
    if hidden or not any(text.strip() for text, _ in lines):
        return
    if runs and language == "python":
        yield from [("``````{.python .run}", first), *lines, ("``````", first), ("", first)]
        return
    yield "::::::: {.cell}", first
    if not {"remove-input", "hide-input", "remove_input"} & tags:
        yield from [(f"``````{{.{language} .norun}}", first), *lines, ("``````", first), ("", first)]
    if not {"remove-output", "remove_output"} & tags:
        for output in cell.get("outputs", ()):
            for text in _output(output, page):
                yield text, first
    yield from [(":::::::", first), ("", first)]


def _output(output: dict[str, Any], page: Surroundings) -> list[str]:
    kind = output.get("output_type")
    if kind == "stream":
        return _shown("stderr" if output.get("name") == "stderr" else "stdout", _text(output.get("text", "")))
    if kind == "error":
        text = "\n".join(map(str, output.get("traceback", ()))) or f"{output.get('ename')}: {output.get('evalue')}"
        return _shown("error", text)
    return _rich(output.get("data", {}), page)


def _shown(kind: str, text: str) -> list[str]:
    plain = _ANSI.sub("", text).rstrip("\n").split("\n")
    return [f":::::: {{.output .{kind}}}", "``````{.output}", *plain, "``````", "::::::", ""]


def _rich(data: dict[str, Any], page: Surroundings) -> list[str]:
    """The richest form that both HTML and PDF can show."""
    for kind, suffix in _IMAGES.items():
        if kind in data:
            return _image(_text(data[kind]), kind, suffix, page)
    if "text/latex" in data:
        return ["", *_text(data["text/latex"]).strip().split("\n"), ""]
    if "text/markdown" in data:
        return ["", *_text(data["text/markdown"]).split("\n"), ""]
    plain = _shown("result", _text(data["text/plain"])) if "text/plain" in data else []
    if "text/html" in data:
        html = _text(data["text/html"]).split("\n")
        raw = ["::::::: {.output .html .only-html}", "``````{=html}", *html, "``````", ":::::::", ""]
        return [*raw, "::::::: {.only-tex}", *plain, ":::::::", ""] if plain else raw
    return plain


def _image(text: str, kind: str, suffix: str, page: Surroundings) -> list[str]:
    try:
        data = text.encode() if suffix == "svg" else base64.b64decode(text)
    except (binascii.Error, ValueError):
        report("notebook-syntax", f"an output of type {kind} cannot be read; it is left out")
        return []
    store = Store(page.cache)
    return [f"![]({store.blob_path(store.put_blob(data, suffix))}){{fig-alt='Output of the cell'}}", ""]


def _attachments(cell: dict[str, Any], lines: Lines, page: Surroundings) -> Lines:
    """`![x](attachment:a.png)` shows a file that the cell holds."""
    store, names = Store(page.cache), {}
    for name, forms in (cell.get("attachments") or {}).items():
        for kind, text in forms.items():
            if kind in _IMAGES:
                data = base64.b64decode(_text(text)) if kind != "image/svg+xml" else _text(text).encode()
                names[f"attachment:{name}"] = str(store.blob_path(store.put_blob(data, _IMAGES[kind])))
    for name, path in names.items():
        lines = [(line.replace(name, path), number) for line, number in lines]
    return lines
