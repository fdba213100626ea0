"""The session's end of the conversation: sends messages, and standard streams in their order.

Python's own streams are replaced by writers that send at once.  What C code or another
program writes goes to two files that stand behind descriptors 1 and 2, and is fetched before anything
else is sent: that keeps the order, and nothing that a stray process holds open can block anyone.
"""

from __future__ import annotations

import io
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from gradpress.execution import Message
from gradpress.execution.protocol import LIMIT, send

STREAMS = ("stdout", "stderr")


class Channel:
    """Sends messages; the only owner of the control descriptor."""

    def __init__(self, fd: int) -> None:
        self._fd = fd
        self._lock = threading.RLock()
        self._owner = os.getpid()
        self._files = {name: os.dup(n) for n, name in enumerate(STREAMS, 1)}
        self._room = LIMIT
        self._busy = 0
        self._interrupted = False

    def moved(self, control: int, out: int, err: int) -> None:
        """Speak and print elsewhere from now on: this process is a fork that goes on for itself."""
        self._owner = os.getpid()
        self._busy, self._interrupted = 0, False
        os.dup2(control, self._fd, inheritable=False)
        for number, (fd, file) in enumerate(zip((out, err), self._files.values(), strict=True), 1):
            os.dup2(fd, number)
            os.dup2(fd, file, inheritable=False)

    @property
    def mine(self) -> bool:
        """False in a process that the author's code forked: it must not speak for us."""
        return os.getpid() == self._owner

    def interrupt(self) -> None:
        """Raise KeyboardInterrupt, now or when the message that is being sent is complete."""
        if self._busy:
            self._interrupted = True
        else:
            raise KeyboardInterrupt

    def send(self, message: Message) -> None:
        """Send `message` after everything that was written before it."""
        with self._alone():
            self._fetch()
            self._put(message)

    def text(self, name: str, text: str) -> None:
        """Send text that Python wrote to a stream."""
        if not self.mine:
            os.write(STREAMS.index(name) + 1, text.encode("utf-8", "replace"))
        elif self._room > 0:
            with self._alone():
                self._fetch()
                self._text(name, text)

    def new_cell(self) -> None:
        """Allow as much text again."""
        self._room = LIMIT

    def _text(self, name: str, text: str) -> None:
        if self._room <= 0 or not text:
            return
        kept = text[: self._room]
        self._room -= len(text)
        self._put({"is": "text", "name": name, "text": kept, "cut": self._room < 0})

    def _fetch(self) -> None:
        """Send what other programs and C code have written since the last time."""
        for name, fd in self._files.items():
            if os.fstat(fd).st_size:
                data = os.pread(fd, LIMIT + 1, 0)
                os.ftruncate(fd, 0)
                self._text(name, data.decode("utf-8", "replace"))

    def _put(self, message: Message) -> None:
        if self.mine:
            send(self._fd, message)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """One thread at a time, and no KeyboardInterrupt in the middle of a message.

        Signals reach the main thread only; what other threads send cannot be interrupted.
        """
        main = threading.current_thread() is threading.main_thread()
        self._busy += main
        try:
            with self._lock:
                yield
        finally:
            self._busy -= main
        if not main:
            return
        if self._interrupted and not self._busy:
            self._interrupted = False
            raise KeyboardInterrupt


class Writer(io.TextIOBase):
    """`sys.stdout` or `sys.stderr` of the cells."""

    encoding = "utf-8"
    errors = "replace"

    def __init__(self, channel: Channel, name: str) -> None:
        self._channel = channel
        self.name = f"<{name}>"
        self._stream = name
        self.buffer = _Bytes(self)

    def write(self, text: str) -> int:
        """Send at once: what waits would be lost in a crash, and late for a program that is started."""
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        self._channel.text(self._stream, text)
        return len(text)

    def writable(self) -> bool:
        """Yes."""
        return True

    def fileno(self) -> int:
        """The descriptor that programs started by a cell write to."""
        return STREAMS.index(self._stream) + 1

    def close(self) -> None:
        """A cell cannot close the streams of the next."""

    def reconfigure(self, **_: Any) -> None:
        """Encoding and buffering are ours."""


class _Bytes(io.RawIOBase):
    """`sys.stdout.buffer`."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        raw = bytes(data)
        self._writer.write(raw.decode("utf-8", "replace"))
        return len(raw)

    def close(self) -> None:
        pass


def flush_c() -> None:
    """Make C's own buffers visible; a fault here is no fault of the cell."""
    for stream in (sys.__stdout__, sys.__stderr__):
        with suppress(OSError, ValueError, AttributeError):
            stream.flush()  # type: ignore[union-attr]
    if "ctypes" in sys.modules:  # a library in C that prints has most likely been loaded with it
        with suppress(OSError, AttributeError):
            sys.modules["ctypes"].CDLL(None).fflush(None)
