"""States of sessions that wait in memory, and what they need in order to be."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from gradpress.cells import Cell
from gradpress.execution import Message, looks
from gradpress.execution.entries import AGAIN, today
from gradpress.execution.forked import Guarded
from gradpress.execution.moving import Spot
from gradpress.execution.reads import WRITTEN, same
from gradpress.records import dataclass, field


class Shared:
    """Something that ends when its last user has left."""

    def __init__(self, end: Any) -> None:
        self._end = end
        self._users = 0
        self._lock = threading.Lock()

    def hold(self) -> Shared:
        """One user more."""
        with self._lock:
            self._users += 1
        return self

    def leave(self) -> None:
        """One user less."""
        with self._lock:
            self._users -= 1
            last = self._users == 0
        if last:
            self._end()


@dataclass(eq=False)
class Snapshot:
    """A state that waits in memory."""

    keys: tuple[str, ...]
    """Keys of the cells that have run, in order."""
    spots: tuple[Spot, ...]
    """Where these cells stood when they were compiled."""
    history: tuple[Message, ...]
    """What they said."""
    pid: int
    path: str
    owner: Guarded
    uses: tuple[Shared, ...]
    """The folders and guardians without which it cannot be."""
    used: float = field(default_factory=time.monotonic)
    day: str = field(default_factory=today)

    def holds(self, root: str, cells: Sequence[Cell]) -> bool:
        """Whether `cells` find the world as they would have found it without a pause."""
        ends = [m for m in self.history if m["is"] == "end"]
        marks = {mark for m in ends for mark in m["seen"]["marks"]}
        reads = (r for m in ends for r in m["seen"]["reads"] if r[3] != WRITTEN)  # `effects.py` watches these
        if marks & AGAIN.keys() or ("date" in marks and self.day != today()):
            return False
        if "clock" in marks and (
            self._modules_look_at_clock(ends) or any("clock" in looks.marks(c.code) for c in cells)
        ):
            return False  # a duration would contain the time for which the state has waited
        return all(same(root, (str(p), int(n), int(t), str(h))) for p, n, t, h in reads)

    def _modules_look_at_clock(self, ends: Sequence[Message]) -> bool:
        marks = (m["seen"]["marks"] for m in ends)
        return any("clock" in m and "clock" not in looks.marks(s[2]) for m, s in zip(marks, self.spots, strict=False))

    def end(self) -> None:
        """Give the state up."""
        self.owner.kill(self.pid)
        with suppress(OSError):
            os.unlink(self.path)
        for shared in self.uses:
            shared.leave()


def _looks_at_clock(cell: Cell) -> bool:
    return "clock" in looks.marks(cell.code)
