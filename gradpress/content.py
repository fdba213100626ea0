"""The content folder: which files are pages, and the order in which readers find them."""

from __future__ import annotations

import json
import os
import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from gradpress.diagnostics import Place, UsageError, report
from gradpress.numbers import titles
from gradpress.patterns import pattern
from gradpress.publish import stamp
from gradpress.records import dataclass, field
from gradpress.tex.groups import BRACES

CONFIGURATION = "gradpress.yml"
CONFIGURATIONS = (
    *(CONFIGURATION, "_quarto.yml", "config.ini", "_config.yml", "_toc.yml", "myst.yml", "conf.py"),
    *("_bookdown.yml", "index.Rmd"),
)
"""The other ones are read where ours is missing."""
PROJECTS = ("_quarto.yml", "config.ini", "_toc.yml", "_config.yml", "myst.yml", "_bookdown.yml")
"""Those among them of which a message names one."""
SUFFIXES = (".md", ".qmd", ".ipynb", ".tex", ".Rmd", ".rmd")
PAGE_SUFFIX = pattern(r"\.(?:md|qmd|ipynb|tex|[Rr]md)$")
"""How a link to a page's file ends."""


@dataclass(frozen=True, order=True)
class Found:
    """A page's file."""

    name: str
    """Path below the content folder without suffix: `notes/fit`."""
    path: Path
    """The file."""
    file: str
    """The file below the content folder: what diagnostics and the command line call it."""


@dataclass(frozen=True)
class Facts:
    """What navigation needs of a page's header."""

    title: str
    order: float | None
    draft: bool
    numbered: bool = True
    """Whether its heading may have a number: it is not `{.unnumbered}`."""
    listed: Mapping[str, Any] = field(default_factory=dict)
    """What the files of the site tell of it: see `site_parts.listed`."""


def scan(content: Path, skipped: Iterable[Path], seen: dict[str, list[int]] | None = None) -> list[Found]:
    """All pages below `content`, by name.  Names that begin with `_` or `.` are no pages.

    Folders are not followed through symbolic links: a loop would never end.  In `seen` are put the stamps of what
    decides which files are pages.
    """
    seen = {} if seen is None else seen
    away = {p.resolve() for p in skipped}
    found: list[Found] = []
    folders = [""]
    while folders:
        folder = folders.pop()
        seen[str(content / folder)] = stamp(content / folder)
        for entry in _entries(content / folder):
            name = posixpath.join(folder, entry.name)
            if entry.name[0] in "._" or (not _is_plain_file(entry) and Path(entry.path).resolve() in away):
                continue
            if entry.name.endswith(".tex"):
                seen[entry.path] = stamp(entry.path)
            if entry.name.endswith(SUFFIXES) and _is_page(entry, name, content) and _is_document(entry):
                found.append(Found(posixpath.splitext(name)[0], Path(entry.path), name))
            elif entry.is_dir(follow_symlinks=False) and not entry.name.endswith(SUFFIXES):
                folders.append(name)
    return sorted(_once(found))


def _once(found: Iterable[Found]) -> Iterator[Found]:
    """One file for each page."""
    taken: dict[str, Found] = {}
    for one in sorted(found, key=lambda f: SUFFIXES.index(posixpath.splitext(f.file)[1])):
        if one.name in taken and one.file.endswith((".Rmd", ".rmd")):
            continue  # what R Markdown has made of it is the page
        if one.name in taken:
            message = f"makes the same page as {taken[one.name].file}, which is built"
            report("page-duplicate", message, file=one.file, hint="rename one of them")
        else:
            taken[one.name] = one
            yield one


def chosen(found: Sequence[Found], given: Iterable[str], content: Path) -> list[Found]:
    """The pages that the command line names, by themselves or by their folder; all when it names none.

    Raises UsageError for a name that no page has.
    """
    names: set[str] = set()
    for name in given:
        matching = {f.name for f in found if _matches(f, name, content)}
        if not matching:
            hint = "name pages by their path below the content folder"
            raise UsageError("key-value", f"there is no page '{name}'", Place(str(content)), hint)
        names |= matching
    return [f for f in found if f.name in names or not names]


def _matches(found: Found, given: str, content: Path) -> bool:
    name = given.removeprefix("./").rstrip("/")
    name = name.removeprefix(f"{content.as_posix().rstrip('/')}/")
    return name in (found.file, found.name) or found.file.startswith(f"{name}/")


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except OSError as error:
        report("file-unreadable", f"the folder cannot be read: {error.strerror}", file=str(folder))
        return []


def _is_plain_file(entry: os.DirEntry[str]) -> bool:
    return entry.is_file(follow_symlinks=False)


def _is_document(entry: os.DirEntry[str]) -> bool:
    """A LaTeX file without a beginning is a preamble, or a part of another one."""
    if not entry.name.endswith(".tex") or not entry.is_file():
        return True
    try:
        with open(entry.path, "rb") as file:
            return b"\\begin{document}" in file.read()
    except OSError:
        return True


def _is_page(entry: os.DirEntry[str], name: str, content: Path) -> bool:
    """A link that leads out of the content folder is refused; what is no file is told by reading it."""
    if entry.is_symlink() and not Path(entry.path).resolve().is_relative_to(content.resolve()):
        report("path-outside", "a symbolic link that leads outside the content folder", file=name)
        return False
    return True


_UNNUMBERED = pattern(r"\{(?:[^}]*[\s])?(?:-|\.unnumbered)(?:\s[^}]*)?\}")
_HEADING = pattern(
    r"^#[ \t]+(.+?)[ \t]*(?:\{[^}]*\})?[ \t]*#*$|\A\s*(?!\s|[-:`~<|>])(.+?)[ \t]*(?:\{[^}]*\})?\n=+[ \t]*$", re.M
)
"""`# Title`, or a line at the top that is underlined."""


def facts(found: Found) -> Facts:
    """Title, order and draft of a page, from its header or first heading; never raises."""
    from gradpress.diagnostics import Log, PageError, collecting
    from gradpress.dialects import myst_header
    from gradpress.reading import yaml_text
    from gradpress.reading.source import header_end, read_text
    from gradpress.site_parts import listed

    with collecting(Log(), found.file):
        try:
            text = _as_markdown(read_text(found.path), found.path.suffix)
            lines = text.split("\n")
            end = header_end(lines)
            header = yaml_text.parse("\n".join(lines[1:end]), 2) if end else yaml_text.Document()
        except PageError:
            return Facts(pretty(found.name), None, False)
    heading = _HEADING.search("\n".join(lines[end + 1 if end else 0 :]))
    values = header.values
    said = listed.taken(myst_header.translated(header), has_lines=found.path.suffix != ".ipynb")
    title = values.get("title") or (heading[1] or heading[2] if heading else pretty(found.name))
    order = values.get("order")
    rank = float(order) if isinstance(order, int | float) and not isinstance(order, bool) else None
    bare = bool(heading and _UNNUMBERED.search(heading[0]))
    return Facts(plain(titles.marked(str(title))), rank, values.get("draft") is True, not bare, said)


def remembered(found: Found, known: dict[str, list[Any]]) -> Facts:
    """The same, remembered in `known` (file → its stamp, and the facts) for as long as the file is as it was."""
    now, kept = stamp(found.path), known.get(found.file)
    if kept and kept[:-1] == now:
        return Facts(*kept[-1])
    read = facts(found)
    known[found.file] = [*now, [read.title, read.order, read.draft, read.numbered, dict(read.listed)]]
    return read


def _as_markdown(text: str, suffix: str) -> str:
    """The beginning of a notebook or of a LaTeX file as a Markdown page would have it."""
    if suffix == ".ipynb":
        try:
            cells = json.loads(text)["cells"]
            texts = (c["source"] for c in cells if c.get("cell_type") in ("markdown", "raw"))
            return "\n".join("".join(t) if isinstance(t, list) else str(t) for t in texts)
        except (ValueError, KeyError, TypeError, AttributeError):
            return ""
    if suffix == ".tex":
        from gradpress.reading.tex_header import commented

        title = re.search(rf"\\title\s*{BRACES}", text)
        words = _expanded(title[1], text) if title and "\\" in title[1] else title[1] if title else ""
        plain = re.sub(r"\\([A-Za-z]+)\s*(?:\{\})?|[{}]", r"\1", words)
        return "\n".join([*commented(text), f"# {' '.join(plain.split())}" if plain.strip() else ""])
    return text


def _expanded(title: str, text: str) -> str:
    """A title with the document's macros written out, without fonts."""
    from gradpress.tex import layout_words, preamble

    known = preamble.parse(text.partition("\\begin{document}")[0])
    pieces = re.split(r"(\\[A-Za-z]+\s*)", preamble.expand(title, known))
    return "".join(piece for piece in pieces if not piece.startswith("\\") or not layout_words.only(piece))


def pretty(name: str) -> str:
    """The name of a file or folder as a title."""
    words = re.sub(r"[-_]+", " ", posixpath.basename(name)).strip()
    return words[:1].upper() + words[1:]


def plain(title: str) -> str:
    """A title without Markdown's marks; formulas stay as typed, without their dollars."""
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", title)
    return re.sub(r"(?<!\\)[*`$]|(?<![\w\\])_|_(?!\w)", "", text).strip()
