"""What the process of a session may use, and what it has used."""

from __future__ import annotations

import contextlib
import sys


def limit(memory: int) -> None:
    """At most `memory` bytes of data, 0 for no limit; when the machine's memory ends, this process goes first."""
    with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w", encoding="ascii") as file:
        file.write("1000")
    if memory:
        with contextlib.suppress(ImportError, OSError, ValueError):
            import resource

            resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))


def peak() -> int:
    """Largest resident size of this process so far, in bytes."""
    try:
        import resource
    except ImportError:
        return 0
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
