"""Following a session: its messages, its time limits, and how it ended if it did so without a word.

The end of a session is a message.  A process that is gone without one has crashed, whatever its exit
code says; a cell that passes its limit is asked to stop, and killed if it does not.
"""

from __future__ import annotations

import os
import select
import signal
import time
from collections.abc import Iterator
from typing import Any, Protocol

from gradpress.cells import Failure
from gradpress.execution import Message, PageRun
from gradpress.execution.clock import Clock
from gradpress.execution.protocol import Reader
from gradpress.execution.scratch import Scratch
from gradpress.records import asdict, dataclass, field

GRACE = 1.0
"""Seconds between asking a cell to stop and killing it."""
TICK = 0.05
"""Seconds between two looks at the clock and at the files behind the standard streams."""
_MEANING = {
    "SIGSEGV": " (invalid memory access)",
    "SIGKILL": " (often because memory ran out)",
    "SIGABRT": " (an assertion in C code)",
}


class Process(Protocol):
    """A running session, as far as its supervisor can reach it."""

    pid: int
    control: int
    """Descriptor from which the session's messages come."""

    def wakes(self) -> list[int]:
        """Descriptors that become readable when the process has ended."""

    def ended(self) -> bool:
        """Whether the process has ended by itself."""

    def interrupt(self) -> None:
        """Let it write down where it is, then raise KeyboardInterrupt in it."""

    def end(self) -> int | None:
        """Kill what is left of it and of all that it started; its exit code, negative for a signal."""


@dataclass
class Supervision:
    """One session, from its first message to its last."""

    page: PageRun
    scratch: Scratch
    process: Process
    at: int = 0
    """The cell that runs or would run next."""
    tick: float = 0.0
    """Seconds after which a `tick` says that nothing has happened; 0: no ticks."""
    _told: float = field(default_factory=time.monotonic)
    _running: bool = False
    _done: bool = False
    _clock: Clock | None = None
    _asked: float | None = None
    """The time that the running cell had had when it was asked to stop."""
    _reader: Reader = field(default_factory=Reader)

    def messages(self) -> Iterator[Message]:
        """Everything the session says, up to `done`, to the end of a cell that failed, or to `failed`."""
        stopped = yield from self._follow()
        if stopped is None and not self._done and self.at < len(self.page.cells):
            alive = not self.process.ended()
            stopped = self._crash(self.process.end(), alive)
        if stopped is not None:
            yield {"is": "failed", "failure": asdict(stopped)}

    def _follow(self) -> Any:
        """Take messages until the session has ended, in whichever way; the failure of a killed cell."""
        while not self._done:
            dead = self.process.ended()  # asked first: its last words may come between the two questions
            waiting = [self.process.control, *self.process.wakes()]
            ready = select.select(waiting, [], [], TICK)[0]
            if self.process.control in ready:
                data = os.read(self.process.control, 1 << 16)
                if not data:
                    self._await_death()
                    return None
                try:
                    for message in self._reader.feed(data):
                        yield self._seen(message)
                        if self._done:  # what a stopped cell's successors did meanwhile does not count
                            return None
                except (ValueError, KeyError, TypeError, AttributeError):
                    return None  # the cell wrote into our channel
            elif dead:
                return None
            if self.tick and time.monotonic() > self._told + self.tick:
                self._told = time.monotonic()
                yield {"is": "tick"}
            self.scratch.bound()
            if failure := self._overdue():
                return failure
        return None

    def _await_death(self) -> None:
        """Its channel is closed: it is dying, perhaps not yet dead."""
        until = time.monotonic() + GRACE
        while not self.process.ended() and time.monotonic() < until:
            time.sleep(0.005)

    def _seen(self, message: Message) -> Message:
        kind = message["is"]
        if kind == "begin":
            self.at, self._running = int(message["cell"]), True
            self._clock = Clock(self.process.pid) if self._limit() else None
        elif kind == "end":
            if self._asked is not None:
                message = {**message, "failure": asdict(self._timeout(message["failure"]))}
            cell = self.page.cells[self.at]
            failed = message["failure"] and (not cell.options.error or self._asked is not None)
            self._running, self._clock = False, None
            self._done = bool(failed)
            self.at += 1
        elif kind == "done":
            self._done = True
        return message

    def _limit(self) -> float:
        given = self.page.cells[self.at].options.timeout
        return self.page.timeout if given is None else given

    def _overdue(self) -> Failure | None:
        """Ask a cell to stop at its limit; the failure of one that has to be killed."""
        if not self._running:
            return None
        had = self._clock.seconds() if self._clock else 0.0
        if self._asked is not None:
            return self._timeout(None) if had > self._asked + GRACE else None
        if self._clock and had > self._limit():
            self._asked = had
            self.process.interrupt()
        return None

    def _files(self) -> set[str]:
        return {c.place.file for c in self.page.cells}

    def _timeout(self, seen: Message | None) -> Failure:
        line = self.scratch.fault_line(self._files()) or (seen or {}).get("line") or self.scratch.current_line()
        text = f"stopped after {self._limit():g} s"
        return Failure("timeout", "Timeout", text, (seen or {}).get("traceback", ""), line)

    def _crash(self, status: int | None, alive: bool) -> Failure:
        """How the process died, when it did so without a word."""
        if alive:
            name, text = "Closed", "the cell closed or broke the channel of the process that runs it"
        elif status is None:
            name, text = "Killed", "the process and its guardian were killed in the middle of the cell"
        elif status < 0 and -status in set(signal.Signals):
            name = signal.Signals(-status).name
            text = f"the process was killed by {name}{_MEANING.get(name, '')}"
        else:
            name, text = "Exit", f"the process ended with exit code {status} in the middle of the cell"
        line = self.scratch.fault_line(self._files()) or self.scratch.current_line()
        return Failure("crash", name, text, "", line)
