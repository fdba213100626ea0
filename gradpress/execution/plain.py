"""The plain executor: one fresh process per page and session.

The process has its own session and process group, an allow-listed environment and no standard input.
It speaks over descriptors of its own; its end is a message, and a process that is gone without one has
crashed.  Whatever happens, nothing that it started is left.
"""

from __future__ import annotations

import json
import os
import re
import select
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gradpress.cache import Storage
from gradpress.cells import Cell, Failure, Result
from gradpress.execution import OnEvent, PageRun, silent
from gradpress.execution.collect import Collector
from gradpress.execution.job import environment, job
from gradpress.execution.protocol import LIMIT, Reader
from gradpress.execution.strays import TOKEN, kill_strays

GRACE = 1.0
"""Seconds between asking a cell to stop and killing it."""
TICK = 0.05
"""Seconds between two looks at the clock and at the files behind the standard streams."""
_ROOT = str(Path(__file__).resolve().parent.parent.parent)
_BOOT = (
    f"import sys; sys.path.append({_ROOT!r}); from gradpress.execution.worker import main;"
    " main(*map(int, sys.argv[1:]))"
)


class Plain:
    """Runs every session of a page from its first cell, in a process of its own."""

    def __init__(self, storage: Storage, on_event: OnEvent = silent) -> None:
        self._storage = storage
        self._on_event = on_event
        self._alive: set[int] = set()
        self._lock = threading.Lock()
        self._closed = False

    def run(self, page: PageRun) -> list[Result]:
        """One result per cell; cells with `eval: false` give an empty one."""
        results = [Result() for _ in page.cells]
        for indices in sessions(page.cells).values():
            cells = [page.cells[i] for i in indices]
            for index, result in zip(indices, self._session(page, cells), strict=True):
                results[index] = result
        return results

    def close(self) -> None:
        """Stop everything that runs, from any thread."""
        with self._lock:
            self._closed = True
            for pid in self._alive:
                _kill_group(pid)

    def _session(self, page: PageRun, cells: Sequence[Cell]) -> list[Result]:
        collector = Collector(cells, self._storage, self._on_event)
        with tempfile.TemporaryDirectory(prefix="gradpress-", ignore_cleanup_errors=True) as scratch:
            run = _Run(page, cells, collector, Path(scratch))
            with run.process(self._register):
                run.follow()
        if len(collector.results) < len(cells) and not (collector.done or _failed(collector.results)):
            collector.fail(run.crash())
        return collector.results + [_skipped(collector.results)] * (len(cells) - len(collector.results))

    @contextmanager
    def _register(self, pid: int) -> Iterator[None]:
        with self._lock:
            self._alive.add(pid)
            if self._closed:
                _kill_group(pid)
        try:
            yield
        finally:
            with self._lock:
                self._alive.discard(pid)


def sessions(cells: Sequence[Cell]) -> dict[str, list[int]]:
    """Positions of the cells that run, by session."""
    found: dict[str, list[int]] = {}
    for index, cell in enumerate(cells):
        if cell.options.eval:
            found.setdefault(cell.options.session, []).append(index)
    return found


@dataclass
class _Run:
    """One process, from its start to its end."""

    page: PageRun
    cells: Sequence[Cell]
    collector: Collector
    scratch: Path
    exit: int | None = None
    asked: float | None = None
    """When the running cell was asked to stop."""
    deadline: float | None = None
    _reader: Reader = field(default_factory=Reader)

    @contextmanager
    def process(self, register: Any) -> Iterator[None]:
        """Start the process; at the end, kill it and all that it started."""
        self._open()
        token = f"{os.getpid()}-{time.monotonic_ns()}"
        receive, give = os.pipe()
        fds = (self._job, give, self._faults, self._line)
        try:
            process = subprocess.Popen(
                [sys.executable, "-P", "-c", _BOOT, *map(str, fds)],
                cwd=self.page.folder,
                env={**environment(self.page, self.scratch), TOKEN: token},
                stdin=subprocess.DEVNULL,
                stdout=self._streams[0],
                stderr=self._streams[1],
                pass_fds=fds,
                start_new_session=True,
            )
        finally:
            os.close(give)
        self._process, self._control = process, receive
        try:
            with register(process.pid):
                yield
        finally:
            _kill_group(process.pid)
            kill_strays(token)
            self.exit = process.wait()
            self._fault_text = self._read(self._faults)
            self._last_line = int.from_bytes(self._read_bytes(self._line)[:8], "little")
            for fd in (receive, self._job, self._faults, self._line, *self._streams):
                os.close(fd)

    def _open(self) -> None:
        self._job = self._file("job", json.dumps(job(self.page, self.cells)).encode())
        self._faults = self._file("faults")
        self._line = self._file("line", bytes(65536))  # one page of memory, whatever its size here
        self._streams = [self._file(n, flags=os.O_APPEND) for n in ("stdout", "stderr")]

    def _file(self, name: str, data: bytes = b"", flags: int = 0) -> int:
        fd = os.open(self.scratch / f".{name}", os.O_RDWR | os.O_CREAT | os.O_EXCL | flags, 0o600)
        os.write(fd, data)
        os.lseek(fd, 0, os.SEEK_SET)
        return fd

    def follow(self) -> None:
        """Take messages until the session has ended, in whichever way."""
        while not self.collector.done:
            ready = select.select([self._control], [], [], TICK)[0]
            dead = self._process.poll() is not None
            if ready:
                data = os.read(self._control, 1 << 16)
                if not data:  # dying, perhaps not yet dead
                    with suppress(subprocess.TimeoutExpired):
                        self._process.wait(GRACE)
                if not data or not self._take(data):
                    return
            elif dead:
                return
            self._bound()
            if self._over():
                return

    def _take(self, data: bytes) -> bool:
        """False when no more is wanted: after a time limit, or when the cell wrote into our channel."""
        try:
            for message in self._reader.feed(data):
                self.collector.take(message)
                self._clock(message["is"])
                if message["is"] == "end" and self.asked is not None:
                    return False
        except (ValueError, KeyError, TypeError, AttributeError):
            return False
        return True

    def _clock(self, kind: str) -> None:
        """Start the clock with a cell, stop it with its end."""
        if kind == "begin":
            limit = self._limit(self.collector.current or 0)
            self.deadline = time.monotonic() + limit if limit else None
        elif kind == "end":
            self.deadline = None
            if self.asked is not None:
                self.collector.replace_failure(self._timeout(self.collector.results[-1].outputs))

    def _limit(self, index: int) -> float:
        given = self.cells[index].options.timeout
        return self.page.timeout if given is None else given

    def _over(self) -> bool:
        """Ask a cell to stop at its limit; True when it must be killed."""
        now = time.monotonic()
        if self.collector.current is None:
            return False
        if self.asked is not None and now > self.asked + GRACE:
            self.collector.fail(self._timeout(()))
            return True
        if self.asked is None and self.deadline and now > self.deadline:
            self.asked = now
            for number in (signal.SIGUSR1, signal.SIGINT):  # first where it is, then that it stop
                with suppress(ProcessLookupError):
                    os.kill(self._process.pid, number)
                time.sleep(0.01)
        return False

    def _timeout(self, outputs: Sequence[Any]) -> Failure:
        seen = next((o for o in reversed(outputs) if isinstance(o, Failure)), None)
        line = self._fault_line() or (seen.line if seen else 0) or self._line_now()
        index = len(self.collector.results) - (self.collector.current is None)
        text = f"stopped after {self._limit(index):g} s"
        return Failure("timeout", "Timeout", text, seen.traceback if seen else "", line)

    def crash(self) -> Failure:
        """How the process died, when it did so without a word."""
        status = self.exit or 0
        if status < 0 and -status in set(signal.Signals):
            name = signal.Signals(-status).name
            text = f"the process was killed by {name}{_MEANING.get(name, '')}"
        else:
            name, text = "Exit", f"the process ended with exit code {status} in the middle of the cell"
        line = self._parse_fault(self._fault_text) or self._last_line
        return Failure("crash", name, text, "", line)

    def _fault_line(self) -> int:
        return self._parse_fault(self._read(self._faults))

    def _parse_fault(self, report: str) -> int:
        """The innermost line of the author's in a report of faulthandler, which writes ASCII."""
        files = {c.place.file.encode("ascii", "backslashreplace").decode() for c in self.cells}
        found = re.findall(r'^  File "(.*)", line (\d+) in', report, re.MULTILINE)
        return next((int(n) for f, n in found if f in files), 0)

    def _line_now(self) -> int:
        return int.from_bytes(self._read_bytes(self._line)[:8], "little")

    def _bound(self) -> None:
        """What a program writes to standard output faster than anyone reads it must not fill the disk."""
        for fd in self._streams:
            if os.fstat(fd).st_size > 8 * LIMIT:
                os.ftruncate(fd, 2 * LIMIT)

    def _read(self, fd: int) -> str:
        return self._read_bytes(fd).decode("ascii", "replace")

    @staticmethod
    def _read_bytes(fd: int) -> bytes:
        return os.pread(fd, 65536, 0)


_MEANING = {
    "SIGSEGV": " (invalid memory access)",
    "SIGKILL": " (often because memory ran out)",
    "SIGABRT": " (an assertion in C code)",
}


def _failed(results: Sequence[Result]) -> bool:
    return bool(results and results[-1].error)


def _skipped(results: Sequence[Result]) -> Result:
    failure = next((r.error for r in results if r.error), None)
    cause = f"line {failure.line}" if failure and failure.line else "an earlier cell"
    skipped = Failure("skipped", "Skipped", f"not run, because {cause} failed")
    return Result((skipped,), (), skipped)


def _kill_group(pid: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)
