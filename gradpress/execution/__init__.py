"""Running the cells of a page.

Words: a *page run* is what an executor needs to know, as plain data; a *session* is one process and
namespace, by default one per page; a *message* is what a session says while it runs (`protocol.py`); an
*event* tells the reader of a terminal how far a run is.

Two seams.  `Sessions` turn the cells of one session into messages: in a cold process, in a fork of a
template, from a snapshot, in a Jupyter kernel, on another machine.  An `Executor` turns a page into
results; executors are stacked: `Cached(Local(sessions, store), store)` is an executor.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any, Literal, Protocol

from gradpress.cells import Cell, Result
from gradpress.diagnostics import Place
from gradpress.records import dataclass

Message = dict[str, Any]
"""One message of a session, plain JSON; `protocol.py` lists them."""
PRELOAD = ("numpy", "matplotlib", "torch")
"""What the template imports before it forks, if a page that waits mentions it."""


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
    """The content folder: files that a cell reads are named relative to it.  None: `folder`."""
    preload: tuple[str, ...] = PRELOAD
    """Modules that may be imported before the page's process is forked."""
    memory: int = 0
    """Bytes that a session may allocate; 0 means no limit of ours."""
    kernel: str = ""
    """Name of a Jupyter kernel; empty for our own processes."""
    snapshots: tuple[int, ...] = ()
    """Positions of cells after which a long-lived executor should keep the state, cheap or not."""


Status = Literal["ran", "replayed", "snapshot", "skipped", "missing", "stale"]
"""`ran`; `replayed` from the store, nothing ran; `snapshot`: its state was still in memory; `skipped`: an
earlier cell failed, or `eval: false`; `missing` and `stale` under `--no-execute`."""


@dataclass(frozen=True, slots=True)
class Event:
    """How far a run is."""

    kind: Literal["cell", "loss", "result"]
    """`cell`: it starts; `loss`: its latest value; `result`: what became of it."""
    place: Place
    """The cell."""
    name: str = ""
    value: float = 0.0
    step: int = 0
    cell: int = -1
    """Its number on the page, from 0."""
    status: Status | None = None
    """For `result`."""
    why: str = ""
    """For `result`: why it ran, or did not, in a few words."""
    seconds: float = 0.0
    """For `result`: how long it took when it ran."""


OnEvent = Callable[[Event], None]


class Executor(Protocol):
    """Runs pages."""

    def run(self, page: PageRun) -> list[Result]:
        """One result for each cell of `page`, in their order.  Safe to call from several threads."""


class Sessions(Protocol):
    """Runs the cells of one session at a time in each thread."""

    def messages(self, page: PageRun) -> Generator[Message, None, None]:
        """What happens while the cells of `page`, all of one session, run.

        Every end is a message: `done`, or `failed` for a process that died or was stopped.  Closing the
        generator early stops what runs.  Safe to call from several threads.
        """

    def close(self) -> None:
        """Stop everything, from any thread."""


def silent(event: Event) -> None:
    """Take no notice."""
