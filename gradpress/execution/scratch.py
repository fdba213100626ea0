"""The folder of a session and the files through which builder and session work together.

The job, the report of faulthandler, the current line (a page of shared memory that survives a crash), and
the files behind standard output and error: nothing that a stray process holds open can block anyone.
"""

from __future__ import annotations

import json
import os
import re
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from gradpress.execution.protocol import LIMIT

LINE = ".line"
"""Name of the file with the current line; `snapshot.py` knows this mapping as ours."""


class Scratch:
    """Created with a session; `remove` ends it, with all that the cells left in it."""

    def __init__(self, job: Mapping[str, Any]) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="gradpress-", ignore_cleanup_errors=True)
        self.path = Path(self._folder.name)
        self.job = self._file(".job", json.dumps(job).encode())
        self.faults = self._file(".faults")
        self.line = self._file(LINE, bytes(65536))  # one page of memory, whatever its size here
        self.streams = [self._file(n, flags=os.O_APPEND) for n in (".stdout", ".stderr")]

    def _file(self, name: str, data: bytes = b"", flags: int = 0) -> int:
        fd = os.open(self.path / name, os.O_RDWR | os.O_CREAT | os.O_EXCL | flags, 0o600)
        os.write(fd, data)
        os.lseek(fd, 0, os.SEEK_SET)
        return fd

    @property
    def fds(self) -> tuple[int, ...]:
        """All descriptors: job, faults, line, stdout, stderr."""
        return (self.job, self.faults, self.line, *self.streams)

    def current_line(self) -> int:
        """Line of the top-level statement that runs, or ran last."""
        return int.from_bytes(os.pread(self.line, 8, 0), "little")

    def fault_line(self, files: Iterable[str]) -> int:
        """The innermost line in one of `files` in a report of faulthandler, which writes ASCII; or 0."""
        report = os.pread(self.faults, 65536, 0).decode("ascii", "replace")
        known = {f.encode("ascii", "backslashreplace").decode() for f in files}
        found = re.findall(r'^  File "(.*)", line (\d+) in', report, re.MULTILINE)
        return next((int(n) for f, n in found if f in known), 0)

    def bound(self) -> None:
        """What a program writes to standard output faster than anyone reads it must not fill the disk."""
        for fd in self.streams:
            if os.fstat(fd).st_size > 8 * LIMIT:
                os.ftruncate(fd, 2 * LIMIT)

    def release(self) -> None:
        """Close the descriptors; the folder stays."""
        fds, self.streams = self.fds, []
        for fd in fds:
            os.close(fd)

    def remove(self) -> None:
        """Remove the folder."""
        self._folder.cleanup()
