"""One build at a time in one cache: a second one says for whom it waits, then goes on."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from gradpress.diagnostics import Place, UsageError


@contextmanager
def exclusive(cache: Path) -> Iterator[None]:
    """Hold the lock of `cache` inside the block.  It ends with the process, however that ends."""
    try:
        import fcntl
    except ImportError:  # Windows: stores and outputs are atomic by themselves
        yield
        return
    try:
        cache.mkdir(parents=True, exist_ok=True)
        handle = os.open(cache / "lock", os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        hint = "choose another folder with --cache DIR"
        raise UsageError("disk-error", f"the cache cannot be used: {error.strerror}", Place(str(cache)), hint) from None
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            print(f"waiting for {_owner(handle)}", file=sys.stderr)
            fcntl.flock(handle, fcntl.LOCK_EX)
        with suppress(OSError):  # a full disk must not stop a build that writes nothing
            os.ftruncate(handle, 0)
            os.pwrite(handle, str(os.getpid()).encode(), 0)
        yield
    finally:
        os.close(handle)


def _owner(handle: int) -> str:
    number = os.pread(handle, 20, 0).decode(errors="replace")
    return f"the build of process {number}" if number else "another build"
