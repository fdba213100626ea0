"""News for browsers: what changed, what is wrong, what runs.

The builder tells them from its threads; every browser that is open has a queue in the server's.  What a browser that
comes later must know is kept: the state of the build, the diagnostics, and the cells that run.

    state     building, failure (why nothing is built, or ""), restart (files of the program that changed),
              diagnostics: severity, file, line, text
    changed   targets: files of the site that are others now, new or gone
    cells     cells: page, file, line, seconds since it began, losses: name → [[step, value], …]
"""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from gradpress.diagnostics import Diagnostic, here
from gradpress.execution import Event
from gradpress.serving.curves import Cell, Curve

PAUSE = 0.2
"""Seconds between two looks at the losses; the eye wants no more."""
ALIVE = 15.0
"""Seconds after which something is sent anyway: else nobody notices that a browser is gone."""
_LONGEST = 1000
"""Events that wait for a browser; one that takes none for so long is not there."""


@dataclass(eq=False)
class Reader:
    """One browser that is open."""

    page: str
    """The file of the site that it shows."""
    waiting: asyncio.Queue[str | None] = field(default_factory=lambda: asyncio.Queue(_LONGEST))


class News:
    """Takes news from any thread."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._readers: list[Reader] = []
        self._lock = threading.Lock()
        self._state: dict[str, Any] = {"building": True, "failure": "", "restart": [], "diagnostics": []}
        self._cells: dict[str, Cell] = {}
        """The running cell of each page."""
        self._told = 0.0
        self.is_over = False

    @property
    def is_building(self) -> bool:
        """Whether something is still to be built."""
        return bool(self._state["building"])

    def shown(self) -> list[str]:
        """Files that browsers show now, the one opened last first."""
        return [reader.page for reader in reversed(self._readers)]

    def begin(self) -> None:
        """The server runs; called in its thread."""
        self._loop = asyncio.get_running_loop()

    def close(self) -> None:
        """Let every browser go; called in the server's thread."""
        self.is_over = True
        for reader in self._readers:
            _put(reader, None)

    def state(self, **news: Any) -> None:
        """Some parts of the state are others now."""
        with self._lock:
            if all(self._state[name] == value for name, value in news.items()):
                return
            self._state |= news
            self._send("state", self._state)

    def found(self, diagnostics: Sequence[Diagnostic]) -> None:
        """What is to be said of the site."""
        self.state(diagnostics=[_plain(d) for d in diagnostics])

    def changed(self, targets: Iterable[str]) -> None:
        """Files of the site are others now."""
        self._send("changed", {"targets": sorted(targets)})

    def event(self, event: Event) -> None:
        """What a cell says, in the thread of its page."""
        page = here().file
        with self._lock:
            if event.kind == "cell":
                self._begun(page, Cell(event.place.file, event.place.line))
            elif event.kind == "loss" and page in self._cells:
                self._cells[page].curves.setdefault(event.name, Curve()).add(event.step, event.value)
                self._tell_cells(soon=False)

    def ended(self, page: str) -> None:
        """Nothing of this page runs any more."""
        with self._lock:
            if self._cells.pop(page, None):
                self._tell_cells()

    def stopped(self) -> None:
        """Nothing runs any more."""
        with self._lock:
            if self._cells:
                self._cells.clear()
                self._tell_cells()

    async def read(self, page: str, first: Iterable[str] = ()) -> AsyncIterator[str]:
        """What a browser that shows the file `page` is told, as lines of an event stream; `first`: changed targets."""
        reader = Reader(page)
        with self._lock:
            self._readers.append(reader)
            _put(reader, _line("state", self._state))
            _put(reader, _line("cells", self._running()))
        if targets := sorted(first):
            _put(reader, _line("changed", {"targets": targets}))
        try:
            while not self.is_over:
                try:
                    news = await asyncio.wait_for(reader.waiting.get(), ALIVE)
                except TimeoutError:
                    news = ": \n\n"
                if news is None:
                    return
                yield news
        finally:
            with self._lock:
                self._readers.remove(reader)

    def _begun(self, page: str, cell: Cell) -> None:
        old = self._cells.get(page)
        if old and (old.file, old.line) == (cell.file, cell.line):
            cell.began = old.began  # a build was left, and the next one follows the cell from its beginning
        self._cells[page] = cell
        self._tell_cells()

    def _running(self) -> dict[str, Any]:
        return {"cells": [cell.as_json(f"{page.rpartition('.')[0]}.html") for page, cell in self._cells.items()]}

    def _tell_cells(self, *, soon: bool = True) -> None:
        now = time.monotonic()
        if soon or now > self._told + PAUSE:
            self._told = now
            self._send("cells", self._running())

    def _send(self, kind: str, data: Any) -> None:
        if self._loop and not self.is_over and self._readers:
            line = _line(kind, data)
            with suppress(RuntimeError):  # the server has just ended
                self._loop.call_soon_threadsafe(self._deliver, line)

    def _deliver(self, line: str) -> None:
        for reader in self._readers:
            _put(reader, line)


def _put(reader: Reader, line: str | None) -> None:
    with suppress(asyncio.QueueFull):
        reader.waiting.put_nowait(line)


def _line(kind: str, data: Any) -> str:
    return f"event: {kind}\ndata: {json.dumps(data)}\n\n"


def _plain(found: Diagnostic) -> dict[str, Any]:
    return {"severity": found.severity, "file": found.place.file, "line": found.place.line, "text": str(found)}
