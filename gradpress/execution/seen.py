"""What the result of a cell rests on besides its code: files, packages, and what no file can hold.

The marks of a result, and what they mean for using it again (`entries.py`):

    network   it asked another machine      program   the author's code started a program
    date      it looks at today's date      clock     it looks at how long something takes
    source    a module looks at the code that calls it, perhaps
"""

from __future__ import annotations

import os
import sys
import sysconfig
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from gradpress.execution import looks
from gradpress.execution.own import Own
from gradpress.execution.reads import Reads, fingerprint
from gradpress.execution.uses import MAIN, Uses

_NETWORK = frozenset(
    {"socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "urllib.Request", "http.client.connect"}
)
_PROGRAMS = frozenset({"subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "pty.spawn"})
_HERE = ("127.", "::1", "localhost", "0.0.0.0")


class Seen:
    """Watches what the cells of this process rest on."""

    def __init__(self, root: str, uses: Uses | None, files: Iterable[str] = ()) -> None:
        """`uses`: None where packages are not followed; `files`: names under which cells are compiled."""
        self._own = Own(root)
        self._root = os.path.realpath(root)
        self._uses = uses
        self._files = set(files)
        self._stdlib = (sysconfig.get_path("stdlib"), sysconfig.get_path("platstdlib"), "<frozen")
        self._marks: set[str] = set()
        self.at_process = False
        """Whether a module of the author looks at its process."""
        self._inside = {MAIN}
        """Names of the cells and of the author's modules."""
        self._reads = Reads(self._own, root)
        sys.addaudithook(self._hook)

    def watch(self) -> None:
        """A cell begins."""
        self._reads.watching = True

    def compiled(self, files: Iterable[str]) -> None:
        """More names under which cells are compiled."""
        self._files |= set(files)

    def take(self, code: str) -> dict[str, Any]:
        """What the cell `code`, which has just ended, rests on: fields of a `Result` in JSON."""
        self._reads.watching = False
        modules = self._reads.modules()
        self._inside |= set(modules)
        self._marks |= looks.marks(code)
        for text in map(_text, modules.values()):
            self._marks |= looks.marks(text)
            if looks.at_itself(text):
                self._marks.add("source")
            self.at_process = self.at_process or looks.at_process(text)
        names: set[str] = set()
        missing: list[list[Any]] = []
        if self._uses:
            names = self._uses.reached(n.partition(".")[0] for n in self._inside)
            missing = [list(fingerprint(self._root, path)) for path in self._places(self._uses)]
        marks, self._marks = sorted(self._marks), set()
        return {"reads": self._reads.take() + missing, "imports": sorted(names), "marks": marks}

    def _places(self, uses: Uses) -> list[str]:
        """Where modules that were asked for and are not there would be found."""
        asked = uses.asked(self._inside)
        gone = [n for n in asked if n not in sys.modules and n not in sys.stdlib_module_names]
        folders = [short for folder in sys.path if (short := self._own.name(folder or "."))]
        endings = (".py", "/__init__.py")
        return [os.path.normpath(os.path.join(f, n + e)) for n in sorted(gone) for f in folders for e in endings]

    def _hook(self, event: str, args: tuple[Any, ...]) -> None:
        if event in _NETWORK:
            with suppress(Exception):
                if _elsewhere(event, args):
                    self._marks.add("network")
        elif event in _PROGRAMS:
            with suppress(Exception):
                if self._is_authors(sys._getframe(1)):
                    self._marks.add("program")

    def _is_authors(self, frame: Any) -> bool:
        """Whether the first caller outside the standard library is a cell or a module of the author."""
        while frame is not None:
            file = frame.f_code.co_filename
            if file in self._files:
                return True
            if not file.startswith(self._stdlib) or "-packages" in file:
                return bool(self._own.name(file))
            frame = frame.f_back
        return False


def _elsewhere(event: str, args: tuple[Any, ...]) -> bool:
    if event == "urllib.Request":
        return not str(args[0]).startswith(("file:", "data:"))
    if event == "socket.connect":
        return isinstance(args[1], tuple) and not str(args[1][0]).startswith(_HERE)
    host = args[1] if event == "http.client.connect" else args[0]
    name = os.fsdecode(host) if isinstance(host, bytes) else host
    return bool(name) and not str(name).startswith(_HERE)


def _text(file: str) -> str:
    with suppress(OSError), open(file, encoding="utf-8", errors="replace") as source:
        return source.read() if file.endswith(".py") else ""
    return ""
