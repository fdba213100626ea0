"""The chapters of a book as `gradpress.formats.book` has left them, and the definitions that they share."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from gradpress.navigation import Navigation
from gradpress.page import Entry
from gradpress.patterns import pattern
from gradpress.records import dataclass
from gradpress.tex.for_latex import redeclared
from gradpress.tex.macros import Package, in_regimes

Piece = tuple[str, str, Sequence[str] | None]
"""LaTeX of a definition, characters that are letters in it, what it declares; None for what a group ends."""
_ONCE = pattern(r"\s*\\(?:usetikzlibrary|usepgflibrary|usepgfplotslibrary|tcbuselibrary|lstloadlanguages)\b")
"""What is loaded for the whole document, whether or not a group stands around it."""
_STYLE = pattern(r"\s*\\(?:new)?theoremstyle\b")


@dataclass(frozen=True)
class Chapter:
    """A page of the book."""

    name: str
    """The page below the content folder, without suffix."""
    parts: tuple[str, ...]
    """Titles of the parts that begin with it."""
    data: dict[str, Any]
    """As `formats.book` wrote it; empty if the page could not be made."""

    @property
    def definitions(self) -> list[Piece]:
        """The page's own, in their order."""
        return [(text, letters, declares) for text, letters, declares in self.data.get("definitions", ())]

    @property
    def packages(self) -> list[Package]:
        """What the page loads."""
        return [Package(name, options) for name, options in self.data.get("packages", ())]


def read(folder: Path, nav: Navigation) -> list[Chapter]:
    """The chapters that lie in `folder`, in the order of the navigation."""
    found, parts = [], list[str]()
    for entry, depth in _entries(nav.entries):
        if not entry.url:
            parts += [entry.title] if not depth else []
            continue
        name = entry.url.removesuffix(".html")
        path = folder / f"{name}.json"
        data = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
        found.append(Chapter(name, tuple(parts), data))
        parts = []
    return found


def _entries(entries: Iterable[Entry], depth: int = 0) -> Iterable[tuple[Entry, int]]:
    for entry in entries:
        yield entry, depth
        yield from _entries(entry.children, depth + 1)


def packages(chapters: Sequence[Chapter]) -> tuple[Package, ...]:
    """What any chapter loads, each once with the options of all."""
    options: dict[str, list[str]] = {}
    for package in (package for chapter in chapters for package in chapter.packages):
        given = options.setdefault(package.name, [])
        given += [option for option in package.options.split(",") if option and option not in given]
    return tuple(Package(name, ",".join(given)) for name, given in options.items())


@dataclass
class Definitions:
    """What stands before the first chapter, and what each has for itself.

    A `\\newtheorem` holds for the whole document, and a second one of the same name is an error; so is a library that
    is loaded in a group only, and not again after it.
    """

    shared: str
    first: dict[str, str]
    """Name → how the document declares it before the first chapter."""
    changed: set[str]
    """Names that a chapter has declared otherwise."""

    @classmethod
    def of(cls, chapters: Sequence[Chapter]) -> Definitions:
        """Those of all chapters."""
        pieces: list[tuple[str, str]] = []
        first: dict[str, str] = {}
        for text, letters, declares in (piece for chapter in chapters for piece in chapter.definitions):
            is_new = declares and not any(name in first for name in declares)
            if is_new or (
                declares == [] and (_STYLE.match(text) or (_ONCE.match(text) and (text, letters) not in pieces))
            ):
                pieces.append((redeclared(text, declares or (), first), letters))
        return cls(in_regimes(pieces), first, set())

    def own(self, chapter: Chapter) -> str:
        """What the group of a chapter begins with."""
        return in_regimes((self._own(*piece), piece[1]) for piece in chapter.definitions)

    def _own(self, text: str, letters: str, declares: Sequence[str] | None) -> str:
        if not declares:
            return "" if declares is not None and _ONCE.match(text) else text
        if all(self.first.get(name) == text and name not in self.changed for name in declares):
            return ""
        self.changed |= {name for name in declares if self.first.get(name) != text}
        return redeclared(text, declares, dict.fromkeys(declares, "otherwise"))
