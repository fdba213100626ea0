"""The process on a worker that looks after one session: lays out its files, runs it, passes on what it says.

It reads its job from standard input and runs until that ends: when the job is cancelled, or the worker is
gone in whatever way, the system closes the pipe, and the session and its files are removed.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from gradpress.execution import PageRun, Sessions
from gradpress.execution.plain import Plain
from gradpress.execution.protocol import Reader, send
from gradpress.execution.wire import page_from_json

OVER = "over"
"""The last message: everything is removed."""


def sessions() -> Sessions:
    """What runs the cells on a worker; made anew for each session."""
    return Plain()


def main() -> None:
    """Run the job that comes in standard input."""
    out = os.dup(1)
    os.dup2(2, 1)  # what anything here prints must not look like a message
    job = _receive(0)
    _set_variables(job["env"])
    running = sessions()
    threading.Thread(target=_close_at_end, args=(0, running), daemon=True).start()
    with suppress(BrokenPipeError):
        with tree(job) as root, closing(running.messages(_moved(job, root))) as messages:
            for message in messages:
                send(out, message)
        send(out, {"is": OVER})


@contextmanager
def tree(job: Mapping[str, Any]) -> Iterator[Path]:
    """A folder with the files of the job, at the paths that they have in the project.

    They are copies: a cell that writes to one must not change what the next session gets.  A file that was
    too large is a link to nothing: it is listed, and cannot be opened.
    """
    store = Path(job["store"])
    with tempfile.TemporaryDirectory(prefix="tree-", dir=store, ignore_cleanup_errors=True) as folder:
        root = Path(folder)
        for path, digest in job["files"].items():
            shutil.copyfile(store / digest, _place(root, path))
        for path in job["left"]:
            _place(root, path).symlink_to("/not-sent-to-the-worker/because-too-large")
        (root / job["inside"]).mkdir(parents=True, exist_ok=True)
        yield root


def _place(root: Path, path: str) -> Path:
    place = root / path
    place.parent.mkdir(parents=True, exist_ok=True)
    return place


def _moved(job: Mapping[str, Any], root: Path) -> PageRun:
    return replace(page_from_json(job["page"]), folder=root / job["inside"], root=root)


def _set_variables(values: Mapping[str, str | None]) -> None:
    """Declared variables have the builder's values, which are in the keys of the results."""
    for name, value in values.items():
        os.environ.pop(name, None)
        if value is not None:
            os.environ[name] = value


def _receive(fd: int) -> dict[str, Any]:
    reader = Reader()
    while data := os.read(fd, 1 << 16):
        for message in reader.feed(data):
            return message
    sys.exit("the worker was gone before it had sent the job")


def _close_at_end(fd: int, running: Sessions) -> None:
    with suppress(OSError):
        while os.read(fd, 1 << 16):
            pass
    running.close()
