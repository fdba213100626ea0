"""What a build tells while it runs: a live line on a terminal, plain lines elsewhere."""

from __future__ import annotations

import math
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from gradpress.site import Watcher


@contextmanager
def watching(*, quiet: bool, style: str = "text") -> Iterator[Watcher]:
    """A watcher for one build; `style` is that of the diagnostics."""
    if quiet or style == "github":
        yield Watcher(bug=_bug)
    elif style == "json":
        yield Watcher(event=_json, bug=_bug)
    elif sys.stderr.isatty():
        yield from _live()
    else:
        yield Watcher(page=_plain, bug=_bug)


def _plain(name: str, number: int, total: int) -> None:
    print(f"[{number}/{total}] {name}", file=sys.stderr, flush=True)


def _json(event: Any) -> None:
    """One line for each cell that starts, for its losses, and for what became of it."""
    import json

    told = {"type": _TYPES[event.kind], "file": event.place.file, "line": event.place.line}
    if event.kind == "loss":
        value = event.value if math.isfinite(event.value) else repr(event.value)
        told |= {"name": event.name, "value": value, "step": event.step}
    elif event.kind == "result":
        told |= {"cell": event.cell, "status": event.status, "why": event.why, "seconds": round(event.seconds, 3)}
    sys.stderr.write(json.dumps(told, ensure_ascii=False) + "\n")  # in one piece: several pages may run
    sys.stderr.flush()


_TYPES = {"cell": "start", "loss": "loss", "result": "cell"}


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
        self._starting = threading.Lock()
        self._progress: Any = None
        self._task: Any = None
        self._began: dict[str, float] = {}
        """When the running cell of a page began."""

    def page(self, name: str, number: int, total: int) -> None:
        with self._starting:
            if self._progress is None:
                self._start(total)
        self._progress.update(self._task, completed=number - 1, total=total, page=name, detail="")

    def event(self, event: Any) -> None:
        """The latest word of the page that spoke last; several pages may run."""
        if self._progress is None or event.kind == "result":
            return
        if event.kind == "cell":
            self._began[event.place.file] = time.monotonic()
            told = ""
        else:
            told = f"  {event.name} {event.value:.4g}  step {event.step}"
        elapsed = time.monotonic() - self._began.get(event.place.file, time.monotonic())
        detail = f"cell at line {event.place.line}{told}  {elapsed:.0f} s"
        self._progress.update(self._task, page=event.place.file, detail=detail)

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
