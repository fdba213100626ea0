"""Which files of the author the cells of a session read, and which folders they listed.

A result is right only as long as these are what they were.  Python's audit events show every file
that is opened and every folder that is listed through Python; what C code opens must be named in `depends`.
"""

from __future__ import annotations

import os
import stat
import sys
from hashlib import sha256
from typing import Any

from gradpress.execution.own import Own

Read = tuple[str, int, int, str]
"""Path relative to the root, size, modification time in ns, hash; the hash is empty for no file.

A path that ends in a slash stands for the names in a folder.  `written` in place of the hash: a file that
the cell left behind, whatever it holds by now; `removed`: one that an earlier cell had left behind."""
WRITTEN = "written"
REMOVED = "removed"
CHANGED = "changed"
"""In place of the hash: the file was not what it had been when the cell ended."""

_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC


class Reads:
    """Collects the author's files that are opened for reading, or imported."""

    def __init__(self, own: Own, root: str) -> None:
        self._own = own
        self._root = os.path.realpath(root)
        self._new: dict[str, tuple[int, int] | None] = {}
        """Names and, for files, size and date when they were opened first."""
        self._written: set[str] = set()
        self._told: set[str] = set()
        """Written files that were there after the last cell."""
        self._modules = set(sys.modules)
        self.watching = False
        """Whether a cell runs: what this program does between two cells does not count."""
        sys.addaudithook(self._hook)

    def modules(self) -> dict[str, str]:
        """The author's modules that were imported since the last call, with their files."""
        names = set(sys.modules) - self._modules
        self._modules |= names
        files = {name: getattr(sys.modules.get(name), "__file__", None) for name in sorted(names)}
        return {name: file for name, file in files.items() if isinstance(file, str) and self.add(file)}

    def add(self, path: str) -> bool:
        """Whether `path`, which was read, is the author's."""
        short = self._own.name(path)
        if short and short not in self._written:
            self._new.setdefault(short, None)
        return bool(short)

    def take(self) -> list[list[Any]]:
        """What was read since the last call, and what was left behind."""
        taken, self._new = self._new, {}
        reads = [self._now(p, at) for p, at in taken.items() if p not in self._written]
        there = {p for p in self._written if os.path.isfile(os.path.join(self._root, p))}
        before, self._told = self._told, there
        reads += [[p, -1, 0, WRITTEN] for p in sorted(there - before)]
        return reads + [[p, -1, 0, REMOVED] for p in sorted(before - there)]

    def _now(self, path: str, at: tuple[int, int] | None) -> list[Any]:
        found = fingerprint(self._root, path)
        changed = at is not None and at != found[1:3]
        return [path, 0, 0, CHANGED] if changed else list(found)

    def _hook(self, event: str, args: tuple[Any, ...]) -> None:
        if not self.watching:
            return
        try:
            if event == "open":
                path, mode, flags = args
                self._opened(path, writing=bool(flags & _WRITING) or any(c in "wax+" for c in mode or ""))
            elif event in ("os.listdir", "os.scandir"):
                if not sys._getframe(1).f_code.co_filename.startswith("<frozen importlib"):
                    self._listed("." if args[0] is None else args[0])
            elif event == "os.rename":
                self._opened(args[1], writing=True)
            elif event == "sqlite3.connect" and args[0] != ":memory:":
                self._opened(args[0], writing=False)
        except Exception:  # what a hook raises would reach the author's code
            return

    def _opened(self, path: Any, *, writing: bool) -> None:
        if not isinstance(path, str | bytes | os.PathLike):
            return
        short = self._own.name(os.fsdecode(path))
        if short and writing:
            self._written.add(short)
        elif short and short not in self._written and short not in self._new:
            state = os.stat(path) if os.path.exists(path) else None
            self._new[short] = (state.st_size, state.st_mtime_ns) if state and stat.S_ISREG(state.st_mode) else (0, 0)

    def _listed(self, path: Any) -> None:
        if isinstance(path, str | bytes | os.PathLike):
            short = self._own.name(os.fsdecode(path))
            if short:
                self._new.setdefault(f"{short}/", None)


def fingerprint(root: str, path: str) -> Read:
    """What `path`, relative to `root` or absolute, is now."""
    full = os.path.join(root, path)
    try:
        if path.endswith("/"):
            return _listing(full, path)
        with open(full, "rb") as file:
            state = os.fstat(file.fileno())
            digest = sha256()
            while chunk := file.read(1 << 20):
                digest.update(chunk)
    except OSError:
        return path, 0, 0, ""
    return path, state.st_size, state.st_mtime_ns, digest.hexdigest()


def _listing(full: str, path: str) -> Read:
    """Hidden names do not count: they come and go with editors and caches."""
    date = os.stat(full).st_mtime_ns
    names = sorted(n for n in os.listdir(full) if not n.startswith(".") and n != "__pycache__")
    return path, len(names), date, sha256("\0".join(names).encode("utf-8", "surrogateescape")).hexdigest()


def same(root: str, read: Read) -> bool:
    """Whether the file still is what was read; the contents decide only where the dates differ."""
    path, size, date, digest = read
    if digest in (CHANGED, REMOVED):
        return digest == REMOVED
    try:
        state = os.stat(os.path.join(root, path))
    except OSError:
        return digest == ""
    if digest == WRITTEN:
        return True
    if path.endswith("/"):
        return state.st_mtime_ns == date or fingerprint(root, path)[3] == digest
    if not stat.S_ISREG(state.st_mode):
        return digest == ""
    if (state.st_size, state.st_mtime_ns) == (size, date):
        return True
    return state.st_size == size and fingerprint(root, path)[3] == digest
