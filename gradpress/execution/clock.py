"""Time limits that a busy machine does not trip.

A cell's time is what passes while its process runs or waits for something other than a processor.  Linux
counts the time in which a thread could run but another had the processor (`/proc/PID/schedstat`, second
number, in nanoseconds); where that is not to be had, all time counts.
"""

from __future__ import annotations

import time


class Clock:
    """The time of one cell of the process `pid`, from now on."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._delayed = _delay(pid)
        self._began = time.monotonic()

    def seconds(self) -> float:
        """How long the cell has had."""
        return time.monotonic() - self._began - max(0.0, _delay(self._pid) - self._delayed)


def _delay(pid: int) -> float:
    try:
        with open(f"/proc/{pid}/schedstat", encoding="ascii") as file:
            return int(file.read().split()[1]) / 1e9
    except (OSError, ValueError, IndexError):
        return 0.0
