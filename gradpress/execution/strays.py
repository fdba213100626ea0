"""Processes that left the group of the session that started them (`setsid`, double fork).

They still carry the session's token in the environment with which they were started; Linux shows it
below `/proc`.  Elsewhere they are not found.
"""

from __future__ import annotations

import os
import signal
import time
from contextlib import suppress

TOKEN = "GRADPRESS_SESSION"
"""Environment variable that marks every process of a session."""


_LOOKS = 3
"""Looks that must find nothing: a process in the middle of `exec` shows no environment at all for a moment."""
_PAUSE = 0.02


def kill_strays(token: str) -> None:
    """Kill all processes whose token begins with `token`, until there are none: one may start another meanwhile."""
    nothing = 0
    for _ in range(10):
        found = [pid for pid in _processes() if _carries(pid, token)]
        for pid in found:
            with suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
        nothing = 0 if found else nothing + 1
        if nothing == _LOOKS:
            return
        time.sleep(_PAUSE)


def _processes() -> list[int]:
    try:
        return [int(name) for name in os.listdir("/proc") if name.isdigit()]
    except OSError:
        return []


def _carries(pid: int, token: str) -> bool:
    try:
        with open(f"/proc/{pid}/environ", "rb") as file:
            return f"\0{TOKEN}={token}".encode() in b"\0" + file.read()
    except OSError:
        return False
