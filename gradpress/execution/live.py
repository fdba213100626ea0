"""Sessions of a long-lived build: an edit goes on from the nearest state that is still in memory.

States are kept as forks of the page's process (`snapshot.py`).  One is used again when the cells before it
have the same keys, stand where they stood or can be told apart from the new ones by their lines, and the
files that they read and wrote are as they left them.  Otherwise the page runs from its top: slower, never
wrong.  `serve` and `--keep-warm` are built on this.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Generator, Iterator, Sequence
from typing import Any

from gradpress.execution import Message, PageRun, linux, looks
from gradpress.execution.entries import spot
from gradpress.execution.forked import Forked, Guarded, NoStart, request_page
from gradpress.execution.job import job
from gradpress.execution.keys import chain_keys
from gradpress.execution.moving import Spot, moves
from gradpress.execution.scratch import Scratch
from gradpress.execution.states import Shared, Snapshot
from gradpress.execution.supervise import Supervision
from gradpress.records import dataclass, field, replace

COST = 0.5
"""Seconds of running that are worth a snapshot: a fork takes 20 to 60 ms."""
BUDGET = 2 << 30
"""Bytes of memory (proportional set size) that all snapshots together may take."""
MOST = 40
"""Snapshots at the same time: each is two processes and two descriptors of the builder, and those of small pages take
so little memory that the budget let hundreds be.  An author works on fewer pages."""
STEP = 10_000
"""Cells that are resumed below code that has moved are compiled this many lines further down."""
_LINES = ("traceback", "lineno", "dis.", "import dis", "rofile", "pstats", "tracemalloc", "stack_info")
"""Names by which code can tell of lines in text that is not searched for them."""


class Live:
    """Runs sessions from the nearest snapshot, else from their first cell."""

    def __init__(self, forked: Forked, budget: int = BUDGET, cost: float = COST, tick: float = 0.0) -> None:
        self._forked = forked
        self._tick = tick
        self._budget = budget
        self._cost = cost
        self._lock = threading.Lock()
        self.snapshots: list[Snapshot] = []
        """Least recently used first."""
        self.refused: list[str] = []
        """Why states could not be kept, latest last."""

    def messages(self, page: PageRun) -> Generator[Message, None, None]:
        """What happens while the cells of `page` run; see `Sessions`."""
        if not self._forked.fits(page):
            yield from self._forked.messages(page)
            return
        keys = state_keys(page)
        while True:
            start = self._resumed(page, keys) or self._started(page, keys)
            try:
                process = start.open(self._forked, self._cost)
                break
            except NoStart as error:
                if start.origin is None:
                    yield {"is": "failed", "failure": error.failure}
                    return
                self._drop(start.origin)  # dead, or its files have changed
        yield from self._follow(start, process)

    def close(self) -> None:
        """Stop everything, from any thread."""
        self._forked.close()
        self.forget()

    def forget(self) -> None:
        """Give up all states."""
        with self._lock:
            gone, self.snapshots = self.snapshots, []
        for snapshot in gone:
            snapshot.end()

    def memory(self) -> int:
        """Bytes that the snapshots take now."""
        return sum(linux.shared_memory(s.pid) for s in self.snapshots)

    def _started(self, page: PageRun, keys: Sequence[str]) -> _Start:
        return _Start(page, tuple(keys), tuple(map(spot, page.cells)))

    def _resumed(self, page: PageRun, keys: Sequence[str]) -> _Start | None:
        """The longest usable beginning, if there is one."""
        with self._lock:
            candidates = sorted(self.snapshots, key=lambda s: len(s.keys), reverse=True)
        root = str(page.root or page.folder)
        for snapshot in candidates:
            count = len(snapshot.keys)
            fits = count < len(keys) and tuple(keys[:count]) == snapshot.keys and snapshot.spots[0][0] == page.file
            if not fits or not snapshot.holds(root, page.cells[count:]):
                continue
            start = _Start.after(snapshot, page, tuple(keys))
            if start is not None:
                self._touch(snapshot)
                return start
        return None

    def _follow(self, start: _Start, process: Guarded) -> Iterator[Message]:
        history = list(start.history)
        if start.origin:
            yield {"is": "resumed", "cells": start.first, "messages": history, "moves": start.moves}
        supervision = Supervision(start.page, start.scratch, process, start.first, self._tick)
        guarded = Shared(lambda: process.link.close())
        uses = (*(start.origin.uses if start.origin else ()), Shared(start.scratch.remove), guarded)
        held = [s.hold() for s in uses]
        try:
            for message in supervision.messages():
                if message["is"] == "snapshot":
                    self._kept(message, start, process, uses, history)
                    continue
                if message["is"] not in ("loss", "done", "failed", "tick"):
                    history.append(message)
                yield message
        finally:
            process.end()
            start.scratch.release()
            for shared in held:
                shared.leave()
            self._bound()

    def _kept(
        self, message: Message, start: _Start, process: Guarded, uses: Sequence[Shared], history: Sequence[Message]
    ) -> None:
        if "refused" in message:
            self.refused.append(message["refused"])
            return
        count = int(message["cell"]) + 1
        process.keep.append(message["pid"])
        snapshot = Snapshot(
            start.keys[:count],
            start.spots[:count],
            tuple(history),
            message["pid"],
            message["path"],
            process,
            tuple(s.hold() for s in uses),
        )
        with self._lock:
            old = [s for s in self.snapshots if s.keys == snapshot.keys]
            self.snapshots = [s for s in self.snapshots if s not in old] + [snapshot]
        for replaced in old:
            replaced.end()

    def _bound(self) -> None:
        """Give up the least recently used states until the others are few enough and fit the budget."""
        while self.snapshots and (len(self.snapshots) > MOST or self.memory() > self._budget):
            self._drop(self.snapshots[0])

    def _touch(self, snapshot: Snapshot) -> None:
        with self._lock:
            if snapshot in self.snapshots:
                self.snapshots.remove(snapshot)
                self.snapshots.append(snapshot)

    def _drop(self, snapshot: Snapshot) -> None:
        with self._lock:
            known = snapshot in self.snapshots
            if known:
                self.snapshots.remove(snapshot)
        if known:
            snapshot.end()


@dataclass
class _Start:
    """Where a session begins: at its top, or after the cells of a snapshot."""

    page: PageRun
    """The page, its cells at the lines at which they are compiled."""
    keys: tuple[str, ...]
    spots: tuple[Spot, ...]
    first: int = 0
    history: tuple[Message, ...] = ()
    moves: list[list[Any]] = field(default_factory=list)
    """File and line as compiled, file and line now; empty when nothing has moved."""
    origin: Snapshot | None = None

    @classmethod
    def after(cls, snapshot: Snapshot, page: PageRun, keys: tuple[str, ...]) -> _Start | None:
        """After the cells of `snapshot`; None when lines of old and new code could not be told apart."""
        count = len(snapshot.keys)
        now = tuple(map(spot, page.cells))
        if now[:count] == snapshot.spots:
            return cls(page, keys, now, count, snapshot.history, [], snapshot)
        if tells_lines(page):
            return None
        highest = max(line + code.count("\n") for _, line, code in snapshot.spots)
        down = (highest // STEP + 1) * STEP
        cells = [
            replace(c, place=replace(c.place, line=c.place.line + (down if i >= count else 0)))
            for i, c in enumerate(page.cells)
        ]
        compiled = (*snapshot.spots, *map(spot, cells[count:]))
        pairs = [[*old, *new] for old, new in moves(compiled, now).items()]
        return cls(replace(page, cells=tuple(cells)), keys, compiled, count, snapshot.history, pairs, snapshot)

    def open(self, forked: Forked, cost: float) -> Guarded:
        """A process for it.  Raises NoStart."""
        self.scratch = Scratch(job(self.page, cost))
        try:
            if self.origin is None:
                return forked.fork(self.page, self.scratch)
            with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as channel:
                channel.settimeout(10)
                channel.connect(self.origin.path)
                return request_page(channel, {}, self.scratch, threading.Lock())
        except OSError as error:
            self._clean()
            raise NoStart(f"the state could not be taken up: {error.strerror or error}") from None
        except NoStart:
            self._clean()
            raise

    def _clean(self) -> None:
        self.scratch.release()
        self.scratch.remove()

    scratch: Scratch = field(init=False)


def tells_lines(page: PageRun) -> bool:
    """Whether the code may tell at which lines it stands."""
    return any(looks.at_itself(c.code) or any(name in c.code for name in _LINES) for c in page.cells)


def state_keys(page: PageRun) -> tuple[str, ...]:
    """Keys of the states after each cell: of the results, and of what later cells ask of earlier ones.

    Which losses are recorded, and whether IPython's shell is there, is settled for a session at its start.
    """
    shell = any("ipython" in cell.code.lower() for cell in page.cells)
    whole = (str(page.folder), str(page.root), page.memory, page.env, job(page)["losses"], shell)
    return tuple(f"{key} {whole}" for key in chain_keys(page, page.cells))
