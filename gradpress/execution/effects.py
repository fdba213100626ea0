"""What a session leaves outside its own memory, as far as a copy of that memory depends on it.

A snapshot is right only while the files that its cells wrote are as they left them: a later cell may have
changed them since.  Seen are files written through Python (audit events) and, for those written by C code
or by other programs, all files below the page's folder and the folder for temporary files that are younger
than the session.
"""

from __future__ import annotations

import os
import sys
import time
from typing import Any

MANY = 5000
"""Files in a folder that are worth a look after each expensive cell."""
_CHANGES = frozenset(
    {
        *("os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.truncate", "os.symlink", "os.link"),
        *("os.chmod", "os.utime", "sqlite3.connect"),
    }
)
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
_NOT = (".sock", ".md", ".yml")
"""Files that belong to us or to the author, who edits them while cells run."""

Stamp = tuple[int, ...]


class Effects:
    """Watches what the cells of this process write."""

    def __init__(self, folders: tuple[str, ...]) -> None:
        self._folders = folders
        self._paths: set[str] = set()
        self._began = time.time_ns() - 2_000_000_000  # file systems with coarse dates
        self._before = {path: now for folder in folders for path, now in (self._young(folder) or {}).items()}
        sys.addaudithook(self._hook)

    def stamps(self) -> dict[str, Stamp] | None:
        """What was written, as it is now; None when there are too many files to tell."""
        found = {path: stamp(path) for path in list(self._paths)}
        for folder in self._folders:
            young = self._young(folder)
            if young is None:
                return None
            found |= {path: now for path, now in young.items() if self._before.get(path) != now}
        return found

    def _young(self, folder: str) -> dict[str, Stamp] | None:
        found: dict[str, Stamp] = {}
        count = 0
        for base, names, files in os.walk(folder):
            names[:] = [n for n in names if not n.startswith(".") and n != "__pycache__"]
            count += len(files)
            if count > MANY:
                return None
            for path in (os.path.join(base, f) for f in files if not f.startswith(".") and not f.endswith(_NOT)):
                now = stamp(path)
                if now and now[1] >= self._began:
                    found[path] = now
        return found

    def _hook(self, event: str, args: tuple[Any, ...]) -> None:
        try:
            if event == "open":
                path, mode, flags = args
                if not (flags & _WRITING or any(c in "wax+" for c in mode or "")):
                    return
                self._add(path)
            elif event in _CHANGES:
                for path in args[:2]:
                    self._add(path)
        except Exception:  # what a hook raises would reach the author's code
            return

    def _add(self, path: Any) -> None:
        if isinstance(path, str | bytes | os.PathLike):
            full = os.path.abspath(os.fsdecode(path))
            if not full.startswith(("/dev/", "/proc/")):
                self._paths.add(full)


def stamp(path: str) -> Stamp:
    """Size, date and identity of a file, or that it is a folder; empty for nothing."""
    try:
        info = os.stat(path)
    except OSError:
        return ()
    if os.path.isdir(path):
        return (1, 0)
    return info.st_size, info.st_mtime_ns, info.st_ino
