"""Which files are the author's: named relative to the content folder where that makes sense.

Files of Python, of installed packages, of the system and of this program are not: versions of
distributions stand for them.
"""

from __future__ import annotations

import os
import site
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path

_SYSTEM = ("/proc", "/sys", "/dev", "/etc", "/usr", "/lib", "/lib64", "/bin", "/sbin", "/run", "/System", "/Library")
_INSTALLED = (f"{os.sep}site-packages{os.sep}", f"{os.sep}dist-packages{os.sep}", f"{os.sep}__pycache__{os.sep}")


class Own:
    """Tells the author's files from all others."""

    def __init__(self, root: str) -> None:
        self._root = os.path.join(os.path.realpath(root), "")
        places = {os.path.join(place, "") for p in _foreign() for place in (os.path.abspath(p), os.path.realpath(p))}
        self._foreign = tuple(p for p in places if not self._root.startswith(p))

    def name(self, path: str) -> str:
        """`path` relative to the root, or absolute where they share no folder; empty for others' files.

        A path through a symbolic link counts as below the root when the link or its target is there.
        """
        there = os.path.abspath(path)
        if self._is_foreign(there):
            return ""  # most files of a session: spare them the questions of `realpath`
        ways = (there, os.path.realpath(path))
        if self._is_foreign(ways[1]):
            return ""
        inside = next((w[len(self._root) :] for w in ways if w.startswith(self._root)), None)
        if inside is not None:
            return inside
        if os.path.join(ways[0], "") == self._root:
            return "."
        return self._outside(ways[0])

    def _is_foreign(self, path: str) -> bool:
        return os.path.join(path, "").startswith(self._foreign) or any(mark in path for mark in _INSTALLED)

    def _outside(self, path: str) -> str:
        try:
            apart = os.path.commonpath((self._root, path)) == os.path.abspath(os.sep)
        except ValueError:  # another drive
            return path
        return path if apart else os.path.relpath(path, self._root)


def _foreign() -> Iterator[str]:
    home = os.path.expanduser("~")
    yield from _SYSTEM
    yield from {sys.prefix, sys.base_prefix, *sysconfig.get_paths().values()}
    yield site.getusersitepackages()
    yield str(Path(__file__).resolve().parents[1])
    yield os.environ.get("XDG_CACHE_HOME") or os.path.join(home, ".cache")
    yield os.environ.get("MPLCONFIGDIR") or os.path.join(home, ".config", "matplotlib")
    yield from (os.path.join(home, name) for name in (".matplotlib", ".ipython", ".jupyter", ".local/share/jupyter"))
    if os.environ.get("TMPDIR"):
        yield os.environ["TMPDIR"]
