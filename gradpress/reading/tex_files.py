"""`include-in-header`: LaTeX preambles in files of their own, as pandoc's `-H` and Quarto take them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from gradpress.content import CONFIGURATION
from gradpress.context import Context
from gradpress.diagnostics import Log, PageError, Place, collecting, here, record, report
from gradpress.reading import header_lines, inputs
from gradpress.reading.source import read_text
from gradpress.tex.preamble import parse


def preamble(value: Any, folder: Path, root: Path, line: int = 0, *, told: bool = False) -> str:
    """The TeX that `include-in-header` names or holds; files are looked for in `folder`, then in `root`.

    `told`: what is wrong with it has been reported.
    """
    if told:
        with collecting(Log(), "") as log:
            text = "\n".join(_texts(value, folder, root, line))
        for diagnostic in log.found:
            if diagnostic.rule == "macro-syntax":
                record(diagnostic)  # it explains what LaTeX says of the page
        return text
    return "\n".join(_texts(value, folder, root, line))


def recall(tex: str, root: Path) -> None:
    """Record what was reported of definitions in the preamble of the site's configuration, for a page that uses it."""
    if not parse(tex, origin="site").problems:
        return
    with suppress(OSError, PageError), collecting(Log(), CONFIGURATION) as log:
        header_lines.mended(tex, read_text(root / CONFIGURATION).split("\n"), 1, "site")
    for diagnostic in log.found:
        if diagnostic.rule == "macro-syntax":
            record(diagnostic)


def names(value: Any, folder: Path, root: Path) -> tuple[str, ...]:
    """The files among it, by their paths from the content folder."""
    entries = value if isinstance(value, list | tuple) else [value]
    named = (e.get("file", "") if isinstance(e, dict) else e for e in entries if e and not is_of_html(e))
    paths = (_path(str(name), folder, root) for name in named if "\\" not in str(name) and "\n" not in str(name))
    return tuple(
        _shown(path, root) for path in paths if path.is_file() and path.resolve().is_relative_to(root.resolve())
    )


def place_of(word: str, page: Context) -> Place:
    """Where a file of the preamble, or the site's configuration, holds a word that the page itself does not hold."""
    for file in (*page.preambles, CONFIGURATION):
        with suppress(OSError, PageError):
            lines = read_text(Path(page.root) / file).split("\n")
            if at := next((k for k, line in enumerate(lines, 1) if word in line), 0):
                return Place(file, at)
    return here()


def _path(name: str, folder: Path, root: Path) -> Path:
    return next((p for p in (folder / name, root / name) if p.is_file()), folder / name)


def _shown(path: Path, root: Path) -> str:
    return path.resolve().relative_to(root.resolve()).as_posix()


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
    path = _path(name, folder, root)
    inputs.note(path)
    if not path.resolve().is_relative_to(root.resolve()):
        hint = "copy the file into the folder"
        report("path-outside", f"include-in-header: '{name}' leads outside the content folder", line=line, hint=hint)
        return ""
    if not path.is_file():
        report("include-missing", f"include-in-header: there is no file '{name}'", line=line)
        return ""
    try:
        text = read_text(path)
        return header_lines.mended(text, text.split("\n"), 1, "page", file=_shown(path, root))
    except PageError as error:
        report(error.diagnostic.rule, f"{name}: {error.diagnostic.message}", line=line)
        return ""
