"""What authors save: files that are written, renamed, removed, one or a thousand at once.

Editors write beside the file and rename, or empty it and write again: a page that is gone or empty has a moment to
come back.  What editors, version control and builds leave in the folder is no save.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

import watchfiles

from gradpress.content import SUFFIXES

STEP = 5
"""Milliseconds in which nothing else happens before a save is told: of the 9 that it takes, measured."""
SOURCES = (*SUFFIXES, ".yml", ".yaml", ".ini", ".py", ".bib", ".csl", ".css", ".sty", ".cls", ".lua")
"""Files that no cell is expected to write."""
MOMENT = 0.1
"""Seconds in which an editor brings back what it has moved away."""
_NO_SAVES = ("*~", "#*#", "4913", "*.tmp", "*.bak", "*.part", "*.crswap", "*.pyc", "*___jb_???___")
"""Files of editors; those that begin with a dot are none of ours, either."""


@dataclass(frozen=True)
class Saved:
    """Files that were saved or removed, by the paths that the builder knows, with the names that the author knows."""

    sources: dict[str, str]
    """What people write: pages, configurations, templates, programs."""
    pages: tuple[str, ...]
    """Pages among them, as the content folder names them."""
    data: dict[str, str]
    """Anything else, also folders.  The cells of a page may have written it themselves, while they ran."""


class Saves:
    """Watches the folders that a site is made from."""

    def __init__(self, content: Path, templates: Path, program: Iterable[Path], away: Iterable[Path]) -> None:
        self._content = content
        self._folders = {content.resolve(): content, templates.resolve(): templates}
        self._program = tuple(folder.resolve() for folder in program)
        self._away = tuple(folder.resolve() for folder in away)
        self._stop = threading.Event()

    def close(self) -> None:
        """End `watch`."""
        self._stop.set()

    def watch(self, saved: Callable[[Saved], None], restart: Callable[[list[str]], None]) -> None:
        """Tell of saves until closed; `restart` of files of the program."""
        folders = [*self._folders, *self._program]
        changes = watchfiles.watch(
            *folders,
            watch_filter=self._is_save,
            step=STEP,
            debounce=10 * STEP,
            stop_event=self._stop,
            rust_timeout=500,
            raise_interrupt=False,
            ignore_permission_denied=True,
        )
        for batch in changes:
            paths = sorted({Path(path) for _, path in batch})
            if own := [p for p in paths if self._is_program(p) and p.suffix]:
                restart([path.name for path in own])
            if paths := [p for p in paths if not self._is_program(p)]:
                self._tell(paths, saved)

    def _tell(self, paths: list[Path], saved: Callable[[Saved], None]) -> None:
        if any(_is_page(path) and _is_away(path) for path in paths):
            time.sleep(MOMENT)
        sources = {path for path in paths if self._is_source(path)}
        content = self._content.resolve()
        pages = [path for path in sources if _is_page(path) and path.is_relative_to(content) and path.exists()]
        named = {path: self._named(path) for path in paths}
        saved(
            Saved(
                {str(named[p]): self._words(named[p]) for p in paths if p in sources},
                tuple(sorted(path.relative_to(content).as_posix() for path in pages)),
                {str(named[p]): self._words(named[p]) for p in paths if p not in sources},
            )
        )

    def _is_save(self, change: watchfiles.Change, path: str) -> bool:
        found = Path(path)
        folder = self._folder(found)
        if folder is None or any(found.is_relative_to(away) for away in self._away):
            return False
        parts = found.relative_to(folder).parts
        hidden = any(part.startswith(".") or part == "__pycache__" for part in parts)
        return not hidden and not any(fnmatchcase(found.name, pattern) for pattern in _NO_SAVES)

    def _folder(self, path: Path) -> Path | None:
        return next((f for f in (*self._folders, *self._program) if path.is_relative_to(f)), None)

    def _is_program(self, path: Path) -> bool:
        return not any(path.is_relative_to(f) for f in self._folders)

    def _named(self, path: Path) -> Path:
        """The path as the builder has it: below the folder as the command line names it."""
        folder = next((f for f in self._folders if path.is_relative_to(f)), None)
        return self._folders[folder] / path.relative_to(folder) if folder else path

    def _is_source(self, path: Path) -> bool:
        """Whether people write it: all in the templates, and some kinds of files of the notes."""
        return not path.is_relative_to(self._content.resolve()) or path.name.endswith(SOURCES)

    def _words(self, name: Path) -> str:
        inside = name.is_relative_to(self._content)
        return (name.relative_to(self._content) if inside else name).as_posix()


def _is_page(path: Path) -> bool:
    return path.name.endswith(SUFFIXES)


def _is_away(path: Path) -> bool:
    """Whether the file is gone, or nothing is in it: perhaps its editor has only begun."""
    try:
        return path.stat().st_size == 0
    except OSError:
        return True
