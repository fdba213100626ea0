"""`include-in-header`: LaTeX preambles in files of their own, as pandoc's `-H` and Quarto take them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from gradpress.diagnostics import PageError, report
from gradpress.reading import inputs
from gradpress.reading.source import read_text


def preamble(value: Any, folder: Path, root: Path, line: int = 0) -> str:
    """The TeX that `include-in-header` names or holds; files are looked for in `folder`, then in `root`."""
    return "\n".join(_texts(value, folder, root, line))


_OF_HTML = (".html", ".htm", ".css", ".js")
"""Files that go into the head of a page of HTML; Quarto names them alike."""


def is_of_html(entry: Any) -> bool:
    """Whether an entry is for the head of a page of HTML."""
    name = entry.get("file", "") if isinstance(entry, dict) else entry
    return "<" in str(entry) or str(name).endswith(_OF_HTML)


def _texts(value: Any, folder: Path, root: Path, line: int) -> Iterator[str]:
    if isinstance(value, list | tuple):
        for item in value:
            yield from _texts(item, folder, root, line)
    elif is_of_html(value):
        report("option-later", f"include-in-header: '{value}' is HTML, and is not included", line=line)
    elif isinstance(value, dict):
        if "text" in value:
            yield str(value["text"])
        if "file" in value:
            yield _file(str(value["file"]), folder, root, line)
    elif isinstance(value, str) and value.strip():
        is_text = "\\" in value or "\n" in value.strip()
        yield value if is_text else _file(value.strip(), folder, root, line)


def _file(name: str, folder: Path, root: Path, line: int) -> str:
    path = next((p for p in (folder / name, root / name) if p.is_file()), folder / name)
    inputs.note(path)
    if not path.resolve().is_relative_to(root.resolve()):
        hint = "copy the file into the folder"
        report("path-outside", f"include-in-header: '{name}' leads outside the content folder", line=line, hint=hint)
        return ""
    if not path.is_file():
        report("include-missing", f"include-in-header: there is no file '{name}'", line=line)
        return ""
    try:
        return read_text(path)
    except PageError as error:
        report(error.diagnostic.rule, f"{name}: {error.diagnostic.message}", line=line)
        return ""
