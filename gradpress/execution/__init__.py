"""Running the cells of a page.

Words: a *page run* is what an executor needs to know, as plain data; a *session* is one process and
namespace, by default one per page; an *event* tells how far a run is.  Executors are stacked:
`Cached(Plain(store), store)` is an executor.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from gradpress.cells import Cell, Result
from gradpress.diagnostics import Place


@dataclass(frozen=True, slots=True)
class PageRun:
    """The cells of one page and the circumstances in which they run."""

    file: str
    """The page as its author names it, e.g. `notes/fit.md`."""
    folder: Path
    """Where the cells run: the folder of the page."""
    cells: tuple[Cell, ...]
    seed: int = 0
    """Seed of `random`, numpy and torch, set once before the first cell of a session."""
    threads: int = 1
    """Threads of numpy and torch; sums may differ in the last digits between counts."""
    env: tuple[str, ...] = ()
    """Names of environment variables that the cells see, besides the few that programs need."""
    timeout: float = 60.0
    """Seconds per cell where its options say nothing; 0 means no limit."""
    root: Path | None = None
    """The content folder: files below it that a cell reads are part of its key.  None: `folder`."""


@dataclass(frozen=True, slots=True)
class Event:
    """How far a run is."""

    kind: Literal["cell", "loss"]
    """`cell`: it starts; `loss`: its latest value."""
    place: Place
    """The cell."""
    name: str = ""
    value: float = 0.0
    step: int = 0


OnEvent = Callable[[Event], None]


class Executor(Protocol):
    """Runs pages."""

    def run(self, page: PageRun) -> list[Result]:
        """One result for each cell of `page`, in their order.  Safe to call from several threads."""


def silent(event: Event) -> None:
    """Take no notice."""
