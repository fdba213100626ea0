"""What Linux offers for looking after processes, and Python has no name for."""

from __future__ import annotations

import ctypes
import os
import signal
import time
from contextlib import suppress

_PDEATHSIG, _SUBREAPER = 1, 36
PATIENCE = 20.0
"""Seconds in which a killed process is sure to be gone, unless it hangs in the kernel."""
_libc = ctypes.CDLL(None, use_errno=True)


def die_with_parent(parent: int, number: int = signal.SIGKILL) -> None:
    """Get the signal `number` when the parent ends; now, if it is no longer `parent`."""
    _libc.prctl(_PDEATHSIG, int(number), 0, 0, 0)
    if os.getppid() != parent:
        os.kill(os.getpid(), number)


def adopt_orphans() -> None:
    """Become the parent of all descendants whose own parent ends."""
    _libc.prctl(_SUBREAPER, 1, 0, 0, 0)


def children(pid: int) -> list[int]:
    """The children of all threads of a process."""
    found: list[int] = []
    with suppress(OSError):
        for task in os.listdir(f"/proc/{pid}/task"):
            with suppress(OSError), open(f"/proc/{pid}/task/{task}/children", encoding="ascii") as file:
                found += map(int, file.read().split())
    return found


def descendants(pid: int, keep: frozenset[int] = frozenset()) -> list[int]:
    """Children, their children, and so on, but for those in `keep` and what is below them."""
    found: list[int] = []
    waiting = [pid]
    while waiting:
        below = [child for child in children(waiting.pop()) if child not in keep]
        found += below
        waiting += below
    return found


def kill_below(pid: int, keep: frozenset[int] = frozenset()) -> dict[int, int]:
    """Kill all descendants but those in `keep` and theirs, until there are none: one may start another.

    The exit codes of children that ended meanwhile, if `pid` is this process.
    """
    ended: dict[int, int] = {}
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        below = descendants(pid, keep)
        for child in below:
            with suppress(ProcessLookupError, PermissionError):
                os.kill(child, signal.SIGKILL)
        ended |= reap()
        if not below:
            break
        time.sleep(0.001)  # a killed process needs a moment, on a busy machine a long one
    return ended


def reap() -> dict[int, int]:
    """Take note of the ended children of this process: exit codes, negative for a signal."""
    ended: dict[int, int] = {}
    with suppress(ChildProcessError):
        while True:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                break
            ended[pid] = os.waitstatus_to_exitcode(status)
    return ended


def shared_memory(pid: int | str = "self") -> int:
    """Proportional set size in bytes: pages shared with others count in part; 0 for a process that is gone."""
    with suppress(OSError, ValueError), open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as file:
        for line in file:
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    return 0
