"""Processes that left the group of the session that started them (`setsid`, double fork).

They still carry the session's token in the environment with which they were started; Linux shows it
below `/proc`.  Elsewhere they are not found.
"""

from __future__ import annotations

import os
import signal
from contextlib import suppress

TOKEN = "GRADPRESS_SESSION"
"""Environment variable that marks every process of a session."""


def kill_strays(token: str) -> None:
    """Kill all processes that carry `token`, until there are none: one may start another meanwhile."""
    for _ in range(10):
        found = [pid for pid in _processes() if _carries(pid, token)]
        for pid in found:
            with suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
        if not found:
            return


def _processes() -> list[int]:
    try:
        return [int(name) for name in os.listdir("/proc") if name.isdigit()]
    except OSError:
        return []


def _carries(pid: int, token: str) -> bool:
    try:
        with open(f"/proc/{pid}/environ", "rb") as file:
            return f"{TOKEN}={token}".encode() in file.read().split(b"\0")
    except OSError:
        return False
