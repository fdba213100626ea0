"""Using the warm host of an earlier build, or leaving one behind; `warm.py` has its side."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Generator, Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from typing import Any

from gradpress.execution import Message, PageRun, Sessions
from gradpress.execution.forked import Profile
from gradpress.execution.job import environment
from gradpress.execution.plain import ROOT
from gradpress.execution.protocol import Reader, send
from gradpress.execution.wire import page_to_json

FOLDER = "warm"
_BOOT = (
    f"import sys; sys.path.append({ROOT!r}); from gradpress.execution.warm import main;"
    " main(int(sys.argv[1]), *sys.argv[2:])"
)


class Warm:
    """Sessions in the warm host; in `otherwise` whenever the host is dead or strange."""

    def __init__(self, cache: Path, otherwise: Sessions, profile: Profile, keep: float = 0.0) -> None:
        self._folder = cache / FOLDER
        self._otherwise = otherwise
        self._profile = profile
        self._keep = keep
        """Seconds that the host is to stay after this build; 0: only use one that is there."""
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()

    def messages(self, page: PageRun) -> Generator[Message, None, None]:
        """What happens while the cells of `page` run; see `Sessions`."""
        started = False
        with suppress(OSError, ValueError, KeyError, TypeError), self._connected() as connection:
            if connection is not None:
                for message in self._asked(connection, page):
                    started = True
                    if message["is"] == "over":
                        return
                    yield message
        if started:
            yield {"is": "restart"}
        yield from self._otherwise.messages(page)

    def close(self) -> None:
        """Stop what runs for this build, from any thread."""
        with self._lock:
            for connection in self._open:
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
        self._otherwise.close()

    def _asked(self, connection: socket.socket, page: PageRun) -> Iterator[Message]:
        request = {
            "do": "run",
            "identity": identity(self._profile),
            "keep": self._keep,
            "page": page_to_json(page),
        }
        send(connection.fileno(), request)
        reader = Reader()
        while data := connection.recv(1 << 16):
            for message in reader.feed(data):
                if message["is"] == "refused":
                    return
                if message["is"] != "tick":
                    yield message

    @contextmanager
    def _connected(self) -> Iterator[socket.socket | None]:
        with self._lock:
            connection = connect(self._folder) or (self._started() if self._keep else None)
            if connection is not None:
                self._open.add(connection)
        try:
            yield connection
        finally:
            if connection is not None:
                with self._lock:
                    self._open.discard(connection)
                connection.close()

    def _started(self) -> socket.socket | None:
        """A new host: the socket is there before its process, so nobody has to wait for it."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._folder.chmod(0o700)
        name = self._folder / "socket"
        with suppress(FileNotFoundError):
            name.unlink()
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        with listener, _short(self._folder) as short:
            listener.bind(short)
            listener.listen(16)
            arguments = [str(name), identity(self._profile), json.dumps([self._profile.preload, self._profile.env])]
            subprocess.Popen(
                [sys.executable, "-P", "-c", _BOOT, str(listener.fileno()), *arguments],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=[listener.fileno()],
                start_new_session=True,
            )
        return connect(self._folder)


def connect(folder: Path) -> socket.socket | None:
    """A connection to the host whose socket lies in `folder`, if there is one."""
    if not (folder / "socket").exists():
        return None
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        with _short(folder) as short:
            connection.connect(short)
    except OSError:
        connection.close()
        return None
    return connection


def stop(cache: Path) -> bool:
    """End the host of this cache; whether there was one."""
    connection = connect(cache / FOLDER)
    if connection is None:
        return False
    with connection, suppress(OSError):
        send(connection.fileno(), {"do": "stop"})
    return True


@contextmanager
def _short(folder: Path) -> Iterator[str]:
    """A path of the socket that is short enough for one (108 bytes), however deep the folder is."""
    fd = os.open(folder, os.O_PATH | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{fd}/socket"
    finally:
        os.close(fd)


def identity(profile: Profile) -> str:
    """Changes with the program, the interpreter, what is installed, and what pages see of the environment."""
    from gradpress import state

    program = state.digest(state.program_stamps([Path(ROOT) / "gradpress", Path(ROOT) / "filters"]))
    seen: dict[str, Any] = environment(PageRun("", Path(), (), env=profile.env))
    installed = [(p, os.stat(p).st_mtime_ns) for p in sys.path if p.endswith("-packages") and os.path.isdir(p)]
    return sha256(json.dumps([program, sys.executable, sys.version, seen, installed]).encode()).hexdigest()
