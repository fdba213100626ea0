"""What a build tells while it runs: a live line on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from gradpress.site import Watcher


@contextmanager
def watching(*, quiet: bool) -> Iterator[Watcher]:
    """A watcher for one build."""
    if quiet:
        yield Watcher(bug=_bug)
    elif sys.stderr.isatty():
        yield from _live()
    else:
        yield Watcher(page=_plain, bug=_bug)


def _plain(name: str, number: int, total: int) -> None:
    print(f"[{number}/{total}] {name}", file=sys.stderr, flush=True)


def _bug(page: str, trace: str) -> None:
    print(trace, file=sys.stderr)


def _live() -> Iterator[Watcher]:
    """rich draws the line; it is imported when the first page is built, a no-op build never sees it."""
    lines = _Line()
    try:
        yield Watcher(page=lines.page, event=lines.event, bug=_bug)
    finally:
        lines.end()


class _Line:
    """Pages done, the running cell, its latest loss, the time since the page began."""

    def __init__(self) -> None:
        self._progress: Any = None
        self._task: Any = None
        self._cell = ""
        self._began = time.monotonic()

    def page(self, name: str, number: int, total: int) -> None:
        if self._progress is None:
            self._start(total)
        self._cell, self._began = "", time.monotonic()
        self._progress.update(self._task, completed=number - 1, total=total, page=name, detail="")

    def event(self, event: Any) -> None:
        if self._progress is None:
            return
        if event.kind == "cell":
            self._cell, self._began = f"cell at line {event.place.line}", time.monotonic()
            detail = self._cell
        else:
            detail = f"{self._cell}  {event.name} {event.value:.4g}  step {event.step}"
        self._progress.update(self._task, detail=f"{detail}  {time.monotonic() - self._began:.0f} s")

    def end(self) -> None:
        if self._progress is not None:
            self._progress.stop()

    def _start(self, total: int) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

        self._progress = Progress(
            BarColumn(20),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("{task.fields[page]}", markup=False),
            TextColumn("{task.fields[detail]}", style="dim", markup=False),
            console=Console(stderr=True),
            transient=True,
        )
        self._progress.start()
        self._task = self._progress.add_task("", total=total, page="", detail="")
