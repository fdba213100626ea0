"""A book of R Markdown that has no `gradpress.yml`: `_bookdown.yml` names its files, `index.Rmd` its title."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from gradpress.diagnostics import PageError
from gradpress.patterns import pattern
from gradpress.reading import inputs, yaml_text
from gradpress.reading.source import header_end, read_text
from gradpress.reading.yaml_text import Document

FILES = ("_bookdown.yml", "index.Rmd")
_SAME = ("title", "author", "lang", "bibliography", "csl", "link-citations")
"""Keys of the first page's header that are the book's."""

_HEADING = pattern(r"# +\S")
_BARE = pattern(r"\{[^}]*(?:-|\.unnumbered)[^}]*\}\s*$")


def found(content: Path) -> Document | None:
    """The configuration of the book in the folder; None if there is none.  Raises PageError."""
    for name in FILES:
        inputs.note(content / name)
    configuration, first = content / FILES[0], content / FILES[1]
    if not configuration.is_file() or not first.is_file():
        return None
    header = _header(first)
    values: dict[str, Any] = {key: header[key] for key in _SAME if key in header}
    if "bibliography" in values:  # of those that R writes the first page says that they are missing
        given = values["bibliography"]
        names = given if isinstance(given, list) else [given]
        values["bibliography"] = [name for name in names if (content / str(name)).is_file()]
    is_chapter = any(_HEADING.match(line) and not _BARE.search(line) for line in read_text(first).split("\n"))
    values |= {"numbering": {"chapters": True, "sections": True, "index": is_chapter}}
    values["nav"] = _files(content, yaml_text.parse(read_text(configuration)).values.get("rmd_files"))
    return Document(values, {})


def _header(path: Path) -> dict[str, Any]:
    lines = read_text(path).split("\n")
    try:
        end = header_end(lines)
        return yaml_text.parse("\n".join(lines[1:end]), 2).values if end else {}
    except PageError:  # said where the page itself is read
        return {}


def _files(content: Path, given: Any) -> list[str]:
    """The files in their order: as named, else by name, the first page first."""
    if isinstance(given, dict):
        given = given.get("html") or next(iter(given.values()), None)
    if isinstance(given, list) and given:
        return [str(name) for name in given if (content / str(name)).is_file()]
    names = sorted(p.name for p in content.glob("*.Rmd") if p.name != FILES[1] and not p.name.startswith("_"))
    return [FILES[1], *names]
