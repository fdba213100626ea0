"""Files that a page was made from, noted while it is made: a change of one of them rebuilds the page."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

_noted: ContextVar[set[str] | None] = ContextVar("inputs", default=None)


@contextmanager
def noting() -> Iterator[set[str]]:
    """Collect the files that `note` is told of inside the block."""
    paths: set[str] = set()
    token = _noted.set(paths)
    try:
        yield paths
    finally:
        _noted.reset(token)


def note(path: Path | str) -> None:
    """The current page depends on this file, whether or not it exists."""
    paths = _noted.get()
    if paths is not None:
        paths.add(str(path))
