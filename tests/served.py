"""A running `build.py serve`, for tests and benchmarks."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

from builds import ROOT

PATIENCE = 60.0
"""Seconds for whatever must happen at last; nothing is asserted of how long it takes."""


def wait_for(happened: Callable[[], object], what: str) -> None:
    end = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < end, f"it never happened: {what}"
        time.sleep(0.02)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


class Served:
    """The server of the notes in `folder / "content"`."""

    def __init__(self, folder: Path, *arguments: str, port: int = 0, home: Path = ROOT) -> None:
        self.folder, self.content, self.site = folder, folder / "content", folder / "site"
        self._log = folder / "serve.log"
        places = [f"--content={self.content}", f"--output={self.site}", f"--cache={folder / 'cache'}"]
        command = [
            sys.executable,
            str(home / "build.py"),
            "serve",
            *arguments,
            *places,
            f"--port={port or free_port()}",
        ]
        with self._log.open("w") as log:
            self.process = subprocess.Popen(command, cwd=folder, stderr=log, stdout=log, start_new_session=True)
        wait_for(lambda: "serving http" in self.said or self.process.poll() is not None, "it serves")
        found = re.search(r"serving (http://127\.0\.0\.1:(\d+)/)", self.said)
        assert found, self.said
        self.url, self.port = found[1], int(found[2])

    @property
    def said(self) -> str:
        return self._log.read_text()

    def built(self) -> Served:
        """After the first build."""
        return self.says("built: ")

    def says(self, text: str, times: int = 1) -> Served:
        wait_for(lambda: self.said.count(text) >= times or self.process.poll() is not None, f"it says {text!r}")
        assert self.process.poll() is None, self.said
        return self

    def save(self, name: str, text: str) -> None:
        (self.content / name).write_text(text, encoding="utf-8")

    def ask(self, head: str) -> tuple[int, str]:
        """Status and the whole answer to the lines of a request, as they stand."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE) as connection:
            connection.sendall(head.replace("\n", "\r\n").encode() + b"\r\n\r\n")
            answer = b"".join(iter(lambda: connection.recv(1 << 16), b""))
        return int(answer.split()[1]), answer.decode(errors="replace")

    def get(self, path: str, *headers: str, method: str = "GET") -> tuple[int, str]:
        lines = [f"{method} {path} HTTP/1.1", f"Host: 127.0.0.1:{self.port}", "Connection: close", *headers]
        return self.ask("\n".join(lines))

    def stop(self, number: int = signal.SIGINT) -> int:
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.process.wait(PATIENCE)

    def __enter__(self) -> Served:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self.stop()
        finally:
            self.process.kill()
