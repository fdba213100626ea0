"""What the process of a session says to the builder: JSON messages behind their length.

    begin    cell                              the cell with this position starts
    text     name, text, cut                   a piece of a stream; cut: the rest is left out
    rich     data, files, id, update           a displayed value; files in base64 by MIME type
    figure   files, width, height              a matplotlib figure; files in base64, size in inches
    clear                                      forget what the cell has shown so far
    loss     name, value, step                 the latest value of a recorded loss
    end      cell, failure, result, seen       the cell has ended; failure: an exception, or null;
                                               seen: what it rests on (`reads.py`)
    done                                       no more cells

Added by what stands between them: `failed` (the running or next cell died or was stopped: failure) and
`resumed` (cells, messages, moves: the first cells did not run, their state was still in memory; what they
said; lines that have changed since).  `snapshot` (cell, pid, path, or refused) is for `live.py`;
`tick` says that nothing has happened, and `restart` that all starts again elsewhere (`warm_client.py`).  The end of a
session is a message: an end of file alone means that it died.
"""

from __future__ import annotations

import json
import os
import struct
from collections.abc import Iterator

from gradpress.execution import Message

_LENGTH = struct.Struct(">I")
LIMIT = 1_000_000
"""Characters of text that are kept of one cell; more would only make the page unreadable."""


def send(fd: int, message: Message) -> None:
    """Write one message, whole."""
    body = json.dumps(message).encode()
    data = memoryview(_LENGTH.pack(len(body)) + body)
    while data:
        data = data[os.write(fd, data) :]


class Reader:
    """Puts messages together from the pieces that a pipe gives."""

    def __init__(self) -> None:
        self._bytes = bytearray()

    def feed(self, data: bytes) -> Iterator[Message]:
        """The messages that `data` completes; ValueError when they are none of ours."""
        self._bytes += data
        while len(self._bytes) >= _LENGTH.size:
            (size,) = _LENGTH.unpack_from(self._bytes)
            end = _LENGTH.size + size
            if len(self._bytes) < end:
                return
            body = bytes(self._bytes[_LENGTH.size : end])
            del self._bytes[:end]
            yield json.loads(body)
