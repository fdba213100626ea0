"""The files that a session may need on another machine.

What a cell reads is known only after it ran.  So these go with it: the page's folder without its notes,
the Python modules of the project, and what the cells name in `depends` or in a string.
"""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path

from gradpress.execution import PageRun
from gradpress.execution.reads import Read, fingerprint
from gradpress.records import dataclass

FILE_LIMIT = 50_000_000
"""Bytes of one file that are sent."""
PAGE_LIMIT = 200_000_000
"""Bytes that are sent for one page."""
LIMITS = f"at most {FILE_LIMIT // 1_000_000} MB a file and {PAGE_LIMIT // 1_000_000} MB a page are sent"
_STRING = re.compile(r"""["']([^"'\n]+)["']""")


class Hashes:
    """Fingerprints of files; one is computed again only when its file's dates differ."""

    def __init__(self) -> None:
        self._known: dict[str, Read] = {}
        self._lock = threading.Lock()

    def of(self, root: str, path: str) -> Read:
        """What `path` below `root` is now."""
        full = os.path.join(root, path)
        with self._lock:
            known = self._known.get(full)
        try:
            state = os.stat(full)
        except OSError:
            return fingerprint(root, path)
        if known and (state.st_size, state.st_mtime_ns) == known[1:3]:
            return known
        found = fingerprint(root, path)
        with self._lock:
            self._known[full] = found
        return found


@dataclass(frozen=True)
class Inputs:
    """Files by their paths relative to the root."""

    root: str
    sent: Mapping[str, str]
    """Their hashes."""
    left: Mapping[str, int]
    """Sizes of those that are too large."""
    named: frozenset[str]
    """Those of both that the cells name."""

    def refusal(self, page: PageRun) -> str:
        """Why the page cannot run elsewhere; empty if it can."""
        for path in sorted(self.named & self.left.keys()):
            return f"'{path}' has {self.left[path] / 1e6:.0f} MB and is not sent to a worker: {LIMITS}"
        for cell in page.cells:
            for text in _STRING.findall(cell.code):
                if text.startswith(os.path.join(self.root, "")):
                    return f"'{text}' is a place on this machine: a worker finds files relative to the page only"
        return ""

    def explain(self, page: PageRun, text: str) -> str:
        """Why a file that an error names is there on this machine only; empty if that is not so."""
        for name in _STRING.findall(text):
            full = os.path.normpath(os.path.join(page.folder, name))
            path = os.path.relpath(full, self.root)
            if path in self.left:
                return f"the file has {self.left[path] / 1e6:.0f} MB and was not sent to the worker: {LIMITS}"
            if path not in self.sent and os.path.exists(full):
                return "it was not sent to the worker: name it in `depends`, by its path relative to the page"
        return ""


def inputs(page: PageRun, hashes: Hashes) -> Inputs:
    """What may be read by the cells of `page`."""
    root = os.path.abspath(page.root or page.folder)
    named = dict.fromkeys(_named(page, root))
    sent: dict[str, str] = {}
    left: dict[str, int] = {}
    total = 0
    for path in dict.fromkeys([*named, *_modules(root), *_beside(page, root)]):
        size = _size(os.path.join(root, path))
        if size is None:
            continue
        if size > FILE_LIMIT or total + size > PAGE_LIMIT:
            left[path] = size
            continue
        total += size
        sent[path] = hashes.of(root, path)[3]
    return Inputs(root, {p: h for p, h in sent.items() if h}, left, frozenset(named))


def _named(page: PageRun, root: str) -> Iterator[str]:
    """Files, and files of folders, that the cells name."""
    folder = os.path.abspath(page.folder)
    for cell in page.cells:
        for name in (*cell.options.depends, *_STRING.findall(cell.code)):
            full = os.path.normpath(os.path.join(folder, name))
            if not full.startswith(os.path.join(root, "")):
                continue
            if os.path.isfile(full):
                yield os.path.relpath(full, root)
            elif os.path.isdir(full) and not os.path.join(folder, "").startswith(os.path.join(full, "")):
                yield from _files(full, root)


def _modules(root: str) -> Iterator[str]:
    return (path for path in _files(root, root) if path.endswith(".py"))


def _beside(page: PageRun, root: str) -> Iterator[str]:
    return (path for path in _files(os.path.abspath(page.folder), root) if not path.endswith(".md"))


def _files(top: str, root: str) -> Iterator[str]:
    """Files below `top`, but hidden ones and what Python compiled, in a fixed order."""
    for folder, folders, names in os.walk(top):
        folders[:] = sorted(f for f in folders if not f.startswith(".") and f != "__pycache__")
        for name in sorted(names):
            if not name.startswith("."):
                yield os.path.relpath(os.path.join(folder, name), root)


def _size(path: str) -> int | None:
    """Bytes of a regular file."""
    try:
        return os.path.getsize(path) if Path(path).is_file() else None
    except OSError:
        return None
