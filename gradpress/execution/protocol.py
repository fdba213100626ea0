"""What the builder and the process of a session say to each other: JSON messages behind their length.

From the session: `begin`, `text`, `rich`, `figure`, `clear`, `loss`, `end`, `done`.  The end of a
session is a message: an end of file alone means that it died.  See `collect.py` for their fields.
"""

from __future__ import annotations

import json
import os
import struct
from collections.abc import Iterator
from typing import Any

Message = dict[str, Any]
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
