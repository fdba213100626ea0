"""Which files of the project the cells of a session read.

A result is right only as long as these are what they were.  Python's audit events show every file
that is opened through Python; what C code opens must be named in `depends`.
"""

from __future__ import annotations

import os
import stat
import sys
from hashlib import sha256
from typing import Any

Read = tuple[str, int, int, str]
"""Path relative to the root, size, modification time in ns, hash; the hash is empty for no file."""

_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC


class Reads:
    """Collects the files below `root` that are opened for reading, or imported."""

    def __init__(self, root: str) -> None:
        self._root = os.path.join(os.path.realpath(root), "")
        self._new: dict[str, None] = {}
        self._written: set[str] = set()
        self._modules = set(sys.modules)
        sys.addaudithook(self._hook)

    def take(self) -> dict[str, Any]:
        """What was read since the last call, as fields of a `Result` in JSON."""
        names = set(sys.modules) - self._modules
        self._modules |= names
        for name in names:
            self._add(getattr(sys.modules.get(name), "__file__", None))
        taken, self._new = self._new, {}
        reads = [list(fingerprint(self._root, p)) for p in taken if p not in self._written]
        return {"reads": reads, "imports": [], "marks": []}

    def _hook(self, event: str, args: tuple[Any, ...]) -> None:
        if event != "open":
            return
        try:
            path, mode, flags = args
            self._add(path, writing=bool(flags & _WRITING) or any(c in "wax+" for c in mode or ""))
        except Exception:  # what a hook raises would reach the author's code
            return

    def _add(self, path: Any, *, writing: bool = False) -> None:
        if not isinstance(path, str | bytes):
            return
        short = self._short(os.fsdecode(path))
        if not short or "__pycache__" in short or "site-packages" in short:
            return
        if writing:
            self._written.add(short)
        elif short not in self._written:
            self._new[short] = None

    def _short(self, path: str) -> str:
        """`path` relative to the root, also where one of them goes through a symbolic link."""
        ways = (os.path.abspath(path), os.path.realpath(path))
        return next((w[len(self._root) :] for w in ways if w.startswith(self._root)), "")


def fingerprint(root: str, path: str) -> Read:
    """What `path` below `root` is now."""
    full = os.path.join(root, path)
    try:
        with open(full, "rb") as file:
            state = os.fstat(file.fileno())
            digest = sha256()
            while chunk := file.read(1 << 20):
                digest.update(chunk)
    except OSError:
        return path, 0, 0, ""
    return path, state.st_size, state.st_mtime_ns, digest.hexdigest()


def same(root: str, read: Read) -> bool:
    """Whether the file still is what was read; the contents decide only where the dates differ."""
    path, size, date, digest = read
    try:
        state = os.stat(os.path.join(root, path))
    except OSError:
        return digest == ""
    if not stat.S_ISREG(state.st_mode):
        return digest == ""
    if (state.st_size, state.st_mtime_ns) == (size, date):
        return True
    return state.st_size == size and fingerprint(root, path)[3] == digest
