"""The files that citations come from: found beside the page or in the content folder, and nowhere else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from gradpress.diagnostics import report
from gradpress.numbers import words
from gradpress.reading import inputs
from gradpress.reading.yaml_text import Document
from gradpress.settings import Settings

KEYS = ("link-citations", "link-bibliography", "suppress-bibliography", "notes-after-punctuation", "lang")
"""Keys of the header that pandoc's citeproc reads as they are."""


def metadata(settings: Settings, header: Document, page: Path, root: Path) -> dict[str, Any]:
    """What citeproc is told: paths of the files, and the page's wishes.  Missing files are reported."""
    found: dict[str, Any] = {}
    if files := list(_files("bibliography", settings, header, page, root)):
        found["bibliography"] = files
    for key in ("csl", "citation-abbreviations"):
        if files := list(_files(key, settings, header, page, root)):
            found[key] = files[0]
    if not found and not settings.get("references"):
        return {}
    found["link-citations"] = True
    found |= {key: settings.get(key) for key in KEYS if settings.get(key) is not None}
    title = settings.get("reference-section-title")
    found["reference-section-title"] = words.word("references", settings.get("lang", "en")) if title is None else title
    return found


def _files(key: str, settings: Settings, header: Document, page: Path, root: Path) -> Iterator[str]:
    given = settings.get(key) or ()
    for name in [given] if isinstance(given, str) else given:
        line = header.line_of(key, name) if key in header.values else 0
        path = next((p for p in (page.parent / name, root / name) if p.is_file()), page.parent / name)
        inputs.note(path)
        if not path.resolve().is_relative_to(root.resolve()):
            hint = "copy the file into the folder"
            report("path-outside", f"{key}: '{name}' leads outside the content folder", line=line, hint=hint)
        elif not path.is_file():
            hint = "give its path from the page or from the content folder"
            report("bibliography-missing", f"{key}: there is no file '{name}'", line=line, hint=hint)
        else:
            yield str(path)
