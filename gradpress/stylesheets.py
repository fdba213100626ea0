"""Style sheets of the author's: `css:` in `gradpress.yml` and in the header of a page.

They are published where they lie, with the fonts and pictures that they name, and come after ours on the page.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import unquote

from gradpress.diagnostics import report
from gradpress.patterns import pattern
from gradpress.reading import inputs
from gradpress.reading.yaml_text import Document

_NAMED = pattern(r"""(?:url\(\s*|@import\s+)["']?([^"')\s]+)""")
_ELSEWHERE = pattern(r"^(?:[A-Za-z][A-Za-z0-9+.-]*:|//|#)")


def of(names: Iterable[str], header: Document, folder: Path, root: Path) -> tuple[list[str], dict[str, Path]]:
    """What the page links, and the files behind it by their place below the output folder.

    A name is an address elsewhere, used as it is, or a path from `folder` or from the content folder `root`; links
    to files are given from the site's root.  What cannot be used is reported, with its line in `header`.
    """
    links: list[str] = []
    copies: dict[str, Path] = {}
    for name in names:
        if _ELSEWHERE.match(name):
            links.append(name)
        elif path := _found(name, header, folder, root):
            links.append(_place(path, root))
            copies |= dict(_with_its_own(path, root))
    return links, copies


def is_elsewhere(link: str) -> bool:
    """Whether a link of `of` is an address, and not a file of the site."""
    return bool(_ELSEWHERE.match(link))


def _found(name: str, header: Document, folder: Path, root: Path) -> Path | None:
    line = header.line_of("css", name) if "css" in header.values else 0
    given = name.lstrip("/")
    path = next((p for p in (folder / given, root / given) if p.is_file()), folder / given)
    inputs.note(path)
    if not path.resolve().is_relative_to(root.resolve()):
        message = f"css: '{name}' leads outside the content folder"
        report("path-outside", message, line=line, hint="copy the file into the folder")
        return None
    if not path.is_file():
        hint = "give its path from the page or from the content folder"
        report("css-missing", f"css: there is no file '{name}'", line=line, hint=hint)
        return None
    return path


def _place(path: Path, root: Path) -> str:
    return posixpath.normpath(path.resolve().relative_to(root.resolve()).as_posix())


def _with_its_own(path: Path, root: Path, seen: frozenset[Path] = frozenset()) -> Iterator[tuple[str, Path]]:
    """A sheet and the files of the content folder that it names, also those of sheets that it imports."""
    yield _place(path, root), path
    if path.suffix != ".css" or path in seen:
        return
    for name in _NAMED.findall(path.read_text(encoding="utf-8", errors="replace")):
        file = path.parent / unquote(name.partition("#")[0].partition("?")[0])
        if _ELSEWHERE.match(name) or not file.resolve().is_relative_to(root.resolve()):
            continue
        inputs.note(file)
        if file.is_file():
            yield from _with_its_own(file, root, seen | {path})
