"""Plain sessions: one fresh process for each, without a fork and without a guardian.

For systems on which a process cannot be forked safely, and for `verify`, which wants nothing inherited.
The process has a session and process group of its own; what left that group is found by a mark in its
environment (`strays.py`).
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from gradpress.execution import Message, PageRun
from gradpress.execution.job import environment, job
from gradpress.execution.scratch import Scratch
from gradpress.execution.strays import TOKEN, kill_strays
from gradpress.execution.supervise import Supervision

ROOT = str(Path(__file__).resolve().parent.parent.parent)
_BOOT = (
    f"import sys; sys.path.append({ROOT!r}); from gradpress.execution.worker import main; main(*map(int, sys.argv[1:]))"
)


class Plain:
    """Runs every session from its first cell, in a process of its own."""

    def __init__(self, hash_seed: int = 0) -> None:
        self._hash_seed = hash_seed
        self._alive: set[int] = set()
        self._lock = threading.Lock()
        self._closed = False

    def messages(self, page: PageRun) -> Generator[Message, None, None]:
        """What happens while the cells of `page` run; see `Sessions`."""
        scratch = Scratch(job(page))
        try:
            process = _Process(page, scratch, self._hash_seed)
            with self._known(process.pid):
                try:
                    yield from Supervision(page, scratch, process).messages()
                finally:
                    process.end()
        finally:
            scratch.release()
            scratch.remove()

    def close(self) -> None:
        """Stop everything that runs, from any thread."""
        with self._lock:
            self._closed = True
            for pid in self._alive:
                _kill_group(pid)

    @contextmanager
    def _known(self, pid: int) -> Iterator[None]:
        with self._lock:
            self._alive.add(pid)
            if self._closed:
                _kill_group(pid)
        try:
            yield
        finally:
            with self._lock:
                self._alive.discard(pid)


class _Process:
    """A process of this builder's own."""

    def __init__(self, page: PageRun, scratch: Scratch, hash_seed: int) -> None:
        self._token = f"{os.getpid()}-{time.monotonic_ns()}"
        self.control, give = os.pipe()
        fds = (scratch.job, give, scratch.faults, scratch.line)
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-c", _BOOT, *map(str, fds)],
                cwd=page.folder,
                env={**environment(page, scratch.path), "PYTHONHASHSEED": str(hash_seed), TOKEN: self._token},
                stdin=subprocess.DEVNULL,
                stdout=scratch.streams[0],
                stderr=scratch.streams[1],
                pass_fds=fds,
                start_new_session=True,
            )
        finally:
            os.close(give)
        self.pid = self._process.pid
        self._exit: int | None = None

    def wakes(self) -> list[int]:
        """None: `ended` is asked now and then."""
        return []

    def ended(self) -> bool:
        """Whether the process has ended by itself."""
        return self._process.poll() is not None

    def interrupt(self) -> None:
        """First where it is, then that it stop."""
        for number in (signal.SIGUSR1, signal.SIGINT):
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)
            time.sleep(0.01)

    def end(self) -> int | None:
        """Kill the group and its strays."""
        if self._exit is None:
            _kill_group(self.pid)
            kill_strays(self._token)
            self._exit = self._process.wait()
            os.close(self.control)
        return self._exit


def _kill_group(pid: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)
