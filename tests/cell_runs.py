"""Running cells in tests: pages in a few words."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from gradpress.cache import Memory
from gradpress.cells import Cell, Options, Result, Stream
from gradpress.diagnostics import Place
from gradpress.execution import Event, PageRun, Sessions
from gradpress.execution.local import Local
from gradpress.execution.plain import Plain

FILE = "notes/fit.md"
FIRST = 101
"""Line of the first cell; the next ones stand right behind it."""


def cells(*codes: str, train: bool = False, inline: bool = False, **options: Any) -> tuple[Cell, ...]:
    """Cells one after the other, with the same options."""
    made, line = [], FIRST
    for code in codes:
        made.append(Cell(code, Options(**options), Place(FILE, line), train, inline))
        line += code.count("\n") + 1
    return tuple(made)


def page(folder: Path, *codes: str, **options: Any) -> PageRun:
    """A page of these cells, run in `folder`."""
    return PageRun(FILE, folder, cells(*codes, **options))


class Bench:
    """Plain sessions over a store in memory, in a folder of the test's own."""

    def __init__(self, folder: Path, sessions: Sessions | None = None) -> None:
        self.folder = folder
        self.sessions = sessions or Plain()
        self.store = Memory()
        self.events: list[Event] = []

    def __call__(self, *codes: str, **options: Any) -> list[Result]:
        """The results of these cells."""
        return self.run(page(self.folder, *codes, **options))

    def run(self, run: PageRun) -> list[Result]:
        """The results of a page."""
        return Local(self.sessions, self.store, self.events.append).run(run)


Run = Callable[..., list[Result]]


def text(result: Result, name: str = "stdout") -> str:
    """What the cell wrote to a stream."""
    return "".join(o.text for o in result.outputs if isinstance(o, Stream) and o.name == name)
