"""What a session leaves outside its own memory, as far as a copy of that memory depends on it.

A snapshot is right only while the files that its cells wrote are as they left them: a later cell may have
changed them since.  Seen are files written through Python (audit events) and, for those written by C code
or by other programs, whatever differs below the page's folder and the folder for temporary files, and in
the places outside that the code names.  Folders that the cells made must hold what they held.
"""

from __future__ import annotations

import ast
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
_PROGRAMS = frozenset({"subprocess.Popen", "os.system", "os.posix_spawn", "os.exec", "os.fork", "os.forkpty"})
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
_NOT = (".sock", ".md", ".yml")
"""Files that belong to us or to the author, who edits them while cells run."""

Stamp = tuple[int, ...]


class Effects:
    """Watches what the cells of this process write."""

    def __init__(self, folders: tuple[str, str]) -> None:
        """`folders`: the page's, and the one for temporary files, in which the cells find nothing at first."""
        self._folders = tuple(os.path.realpath(f) for f in folders if f)
        self._made = {os.path.join(os.path.realpath(f), "") for f in folders[1:] if f}
        self._paths: set[str] = set()
        self._named: set[str] = set()
        self._programs = False
        """Programs ran: they may have removed what was not there before, too."""
        self._began = time.time_ns() - 2_000_000_000  # file systems with coarse dates
        self._before = self._all()
        sys.addaudithook(self._hook)

    def ran(self, code: str) -> None:
        """Take note of the places outside that the code names: C code writes there unseen."""
        try:
            texts: list[Any] = [n.value for n in ast.walk(ast.parse(code)) if isinstance(n, ast.Constant)]
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            texts = [*code.replace('"', " ").replace("'", " ").split()]
        for text in texts:
            if isinstance(text, str) and text.startswith(("/", "~", "..")) and len(text) < 1024 and "\0" not in text:
                self._named.add(os.path.abspath(os.path.expanduser(text)))

    def stamps(self) -> dict[str, Stamp] | None:
        """What was written, as it is now; None when there are too many files to tell."""
        now = self._all()
        if now is None or self._before is None:
            return None
        paths = {p for p in {*now, *self._before} if now.get(p) != self._before.get(p)}
        paths |= self._paths | self._made
        if self._programs:
            paths |= {os.path.join(f, "") for f in self._folders} | {p for p in now if p.endswith(os.sep)}
        for place in {*self._named, os.getcwd()} - set(self._folders):
            paths |= self._young(place)
        return {path: stamp(path) for path in paths}

    def _all(self) -> dict[str, Stamp] | None:
        """All files and folders that are watched."""
        found: dict[str, Stamp] = {}
        for folder in self._folders:
            for base, names, files in os.walk(folder):
                names[:] = [n for n in names if not n.startswith(".") and n != "__pycache__"]
                found |= {os.path.join(base, n, ""): () for n in names}
                paths = [os.path.join(base, f) for f in files if not f.startswith(".") and not f.endswith(_NOT)]
                if len(found) + len(paths) > MANY:
                    return None
                found |= {path: stamp(path) for path in paths}
        return found

    def _young(self, place: str) -> set[str]:
        """The file, or the files in the folder that are younger than the session."""
        if not os.path.isdir(place):
            return {place}
        try:
            with os.scandir(place) as entries:
                return {e.path for e in entries if e.is_file() and e.stat().st_mtime_ns >= self._began}
        except OSError:
            return set()

    def _hook(self, event: str, args: tuple[Any, ...]) -> None:
        try:
            if event == "open":
                path, mode, flags = args
                if not (flags & _WRITING or any(c in "wax+" for c in mode or "")):
                    return
                self._add(path)
            elif event == "shutil.rmtree" or (event == "os.mkdir" and not os.path.isdir(args[0])):
                self._made.add(os.path.join(os.path.abspath(os.fsdecode(args[0])), ""))
            elif event in _PROGRAMS:
                self._programs = True
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
    """Size, date and identity of a file, or that it is a folder; empty for nothing.

    A path that ends in a slash stands for the names in a folder.
    """
    try:
        if path.endswith(os.sep):
            return (1, *sorted(hash(n) for n in os.listdir(path) if not n.startswith(".") and not n.endswith(_NOT)))
        info = os.stat(path)
    except OSError:
        return ()
    if os.path.isdir(path):
        return (1, 0)
    return info.st_size, info.st_mtime_ns, info.st_ino, info.st_mode
