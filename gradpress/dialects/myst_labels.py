"""What a MyST page, and the other pages of its project, call by name: labels, terms, titles of files."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from gradpress.dialects import glossary
from gradpress.patterns import pattern
from gradpress.reading import inputs

_GIVEN = pattern(
    r"^[ \t]*\((?P<target>[^()\s]+)\)=[ \t]*$"
    r"|^[ \t]*:(?:label|name):[ \t]*(?P<option>\S+)"
    r"|\\label\s*\{(?P<tex>[^{}]*)\}"
    r"|\$\$[ \t]*\((?P<dollars>[\w:.-]+)\)[ \t]*$"
    r"|\{#(?P<attribute>[^\s{}]+)"
    r"|^#\|[ \t]*(?:label|name):[ \t]*(?P<cell>\S+)"
    r"|^[ \t]*(?:label|name):[ \t]*(?P<yaml>[\w:.-]+)[ \t]*$",
    re.M,
)
SUFFIXES = (".md", ".ipynb", ".qmd", ".tex")


def given(text: str) -> frozenset[str]:
    """The labels that a text gives."""
    return frozenset(name for found in _GIVEN.finditer(text) for name in found.groups() if name)


_EQUATION = pattern(
    r"^[ \t]*[`:~]{3,}\{math\}[^\n]*\n(?:[ \t]*:(?!label)[\w-]+:[^\n]*\n)*[ \t]*:label:[ \t]*(\S+)"
    r"|\$\$[ \t]*\(([\w:.-]+)\)[ \t]*$",
    re.M,
)
_PLACE = pattern(r"^[ \t]*\(([^()\s]+)\)=[ \t]*\n(?![ \t]*(?:[`:~]{3,}\{math\}|\$\$))", re.M)


def twofold(text: str) -> frozenset[str]:
    """Names that a formula and a place in the text have: Sphinx tells them apart by the role that refers to them."""
    formulas = {name for found in _EQUATION.finditer(text) for name in found.groups() if name}
    return frozenset(formulas & {found[1] for found in _PLACE.finditer(text)}) if formulas else frozenset()


@lru_cache(maxsize=4096)
def _twofold(path: Path, _: int) -> frozenset[str]:
    return twofold(_text(path))


def twofold_in(path: Path) -> frozenset[str]:
    """The same for another page."""
    return _twofold(path, _stamp(path))


def of_formula(name: str) -> str:
    """What a formula is called whose name something else has, too."""
    return f"eq-{name}"


def of_project(root: Path) -> dict[str, Path]:
    """The labels that the pages of the project give, and the terms that they explain, each with its page."""
    return {name: path for path in _pages(root) for name in _labels(path, _stamp(path))}


def _pages(root: Path) -> Iterator[Path]:
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(name for name in folders if name[0] not in "._" and name != "node_modules")
        yield from (Path(folder, n) for n in sorted(names) if n.endswith((".md", ".ipynb")) and n[0] not in "._")


def _stamp(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0


@lru_cache(maxsize=4096)
def _labels(path: Path, _: int) -> frozenset[str]:
    text = _text(path)
    return given(text) | frozenset(glossary.terms(text.split("\n")))


def _text(path: Path) -> str:
    """What the author has written; of a notebook its text."""
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    if path.suffix != ".ipynb":
        return text
    try:
        sources = (cell.get("source", "") for cell in json.loads(text)["cells"] if cell.get("cell_type") != "code")
        return "\n\n".join("".join(s) if isinstance(s, list) else str(s) for s in sources)
    except (ValueError, KeyError, TypeError, AttributeError):
        return ""


_CITES = pattern(r"\{(?:foot)?cite[\w:]*\}`([^`]+)`|(?<![\w@/.:`])@([A-Za-z][\w:-]*)")


def keys_in(text: str) -> list[str]:
    """The keys of entries that a text may cite, in their order."""
    given = (found[1] or found[2] for found in _CITES.finditer(text))
    keys = (re.sub(r"\{[^{}]*\}|^[^<]*<|>$", "", key).strip() for keys in given for key in keys.split(","))
    return list(dict.fromkeys(key for key in keys if re.fullmatch(r"[\w:./+-]+", key)))


def cited(root: Path) -> list[str]:
    """What the pages of the project cite by roles."""
    found: list[str] = []
    for path in _pages(root):
        inputs.note(path)
        text = _text(path)
        found += keys_in(re.sub(r"(?<!\})`[^`\n]*`|@", "", text)) if "cite" in text else []
    return list(dict.fromkeys(found))


def file_of(name: str, folder: Path, root: Path) -> str | None:
    """A page's file by its name with or without suffix, as a link names it; None if there is none."""
    base = root if name.startswith("/") else folder
    for suffix in ("", *SUFFIXES):
        if (base / (name.lstrip("/") + suffix)).is_file():
            return name + suffix
    return None


def title_of(name: str, folder: Path, root: Path) -> str:
    """The title of a page's file, in its own Markdown; empty if it has none."""
    path = (root if name.startswith("/") else folder) / name.lstrip("/")
    inputs.note(path)
    return _title(path, _stamp(path)) if path.is_file() else ""


_HEADER = pattern(r"\A---[ \t]*\n(.*?)^(?:---|\.\.\.)[ \t]*$", re.M | re.S)
_TITLE = pattern(r"^title:[ \t]*(.+?)[ \t]*$", re.M)
_HEADING = pattern(r"^#[ \t]+(.+?)[ \t]*#*$|^(\S.*)\n={3,}[ \t]*$", re.M)


@lru_cache(maxsize=4096)
def _title(path: Path, _: int) -> str:
    text = _text(path)
    header = _HEADER.match(text)
    said = _TITLE.search(header[1]) if header else None
    if said:
        return said[1].strip("\"'")
    body = re.sub(r"^(`{3,}|~{3,}).*?^\1[`~]*[ \t]*$", "", text[header.end() if header else 0 :], flags=re.M | re.S)
    heading = _HEADING.search(body)
    words = (heading[1] or heading[2]) if heading else ""
    return re.sub(r"\s*\{[^{}]*\}$", "", re.sub(r"\{[\w:-]+\}(`+)(.+?)\1", r"\2", words))
