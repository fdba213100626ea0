"""The warm host: template and snapshots of the pages just built, left running for the next build.

It is bound to a project and a user by a socket in the cache folder (mode 0700), and to a program and an
environment by their identity, which every request carries.  It ends by itself: when nobody has used it
for the time it was given, when its socket is gone, when it is asked to, when a request shows that the
program or the environment has changed, and when it takes more memory than its budget.

    Request: JSON behind its length, {"do": "run", "identity", "keep", "page"} or {"do": "stop"}
    Answer to run: {"is": "refused"}, or the messages of the session and {"is": "over"}
"""

from __future__ import annotations

import json
import os
import socket
import struct
import sys
import threading
import time
from contextlib import closing, suppress
from typing import Any

from gradpress.execution import linux
from gradpress.execution.forked import Forked, Profile
from gradpress.execution.live import BUDGET, Live
from gradpress.execution.protocol import Reader, send
from gradpress.execution.wire import page_from_json

PAUSE = 1.0
"""Seconds between two looks at the clock."""


def main(listener: int, path: str, identity: str, profile: str) -> None:
    """Serve builds on the listening descriptor; `path` is where its socket lies."""
    for name in ("stdin", "stdout", "stderr"):
        with suppress(OSError, ValueError, AttributeError):
            getattr(sys, name).flush()
    os.set_inheritable(listener, False)
    Host(socket.socket(fileno=listener), path, identity, Profile(*map(tuple, json.loads(profile)))).serve()
    os._exit(0)


class Host:
    """Sessions for builds that come and go."""

    def __init__(self, listener: socket.socket, path: str, identity: str, profile: Profile) -> None:
        self._listener = listener
        self._path = path
        self._inode = os.stat(path).st_ino
        self._identity = identity
        self._live = Live(Forked(profile), BUDGET, tick=0.5)
        self._busy = 0
        self._until = time.monotonic() + 60
        self._lock = threading.Lock()
        self._stopped = False

    def serve(self) -> None:
        """Until it is time to end."""
        self._listener.settimeout(PAUSE)
        try:
            while not self._over():
                with suppress(TimeoutError):
                    connection, _ = self._listener.accept()
                    threading.Thread(target=self._serve, args=(connection,), daemon=True).start()
        finally:
            if self._is_ours():
                with suppress(OSError):
                    os.unlink(self._path)
            self._listener.close()
            self._live.close()

    def _over(self) -> bool:
        if self._stopped or not self._is_ours():
            return True
        with self._lock:
            idle = not self._busy
        return idle and (time.monotonic() > self._until or self._memory() > 2 * BUDGET)

    def _is_ours(self) -> bool:
        with suppress(OSError):
            return os.stat(self._path).st_ino == self._inode
        return False

    def _memory(self) -> int:
        return sum(map(linux.shared_memory, [os.getpid(), *linux.descendants(os.getpid())]))

    def _serve(self, connection: socket.socket) -> None:
        with connection, suppress(OSError, ValueError, KeyError, TypeError):
            if _user(connection) != os.getuid():
                return
            request = receive(connection, Reader())
            if request is None or request["do"] == "stop":
                self._stopped = request is not None
            elif request["identity"] != self._identity:
                self._stopped = True
                send(connection.fileno(), {"is": "refused"})
            else:
                self._run(connection, request)

    def _run(self, connection: socket.socket, request: dict[str, Any]) -> None:
        with self._lock:
            self._busy += 1
        try:
            with closing(self._live.messages(page_from_json(request["page"]))) as messages:
                for message in messages:
                    send(connection.fileno(), message)
            send(connection.fileno(), {"is": "over"})
        finally:
            with self._lock:
                self._busy -= 1
                if request["keep"]:
                    self._until = time.monotonic() + request["keep"]


def receive(connection: socket.socket, reader: Reader) -> dict[str, Any] | None:
    """The first message that comes; None when none will."""
    while data := connection.recv(1 << 16):
        for message in reader.feed(data):
            return message
    return None


def _user(connection: socket.socket) -> int:
    """Who is at the other end, as Linux knows it."""
    size = struct.calcsize("3i")
    _, user, _ = struct.unpack("3i", connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, size))
    return int(user)
