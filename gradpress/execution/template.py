"""The template: a process that has imported what pages need, and is forked for each of them.

It runs no tensor operation and no thread: an OpenMP pool does not survive a fork.  What a page needs is
imported when the first page that needs it asks, so a page without torch never waits for it.

    Request (SOCK_SEQPACKET): JSON {folder, env, preload}, with the descriptors
    job, faults, line, stdout, stderr, control, link to the guardian.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import select
import signal
import socket
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, NoReturn

from gradpress.execution import linux
from gradpress.execution.guardian import guard
from gradpress.execution.uses import USES

FDS = 7
"""Descriptors that come with a request."""
SIZE = 1 << 20
"""Bytes of the longest request."""
_TOGETHER = {
    "numpy": ("numpy.random",),
    "matplotlib": (
        *("matplotlib.pyplot", "matplotlib.backends.backend_svg", "matplotlib.backends.backend_pdf"),
        *("encodings.utf_16_be", "gradpress.execution.figures"),
    ),
    "IPython": (
        "gradpress.execution.shell",
        *(
            f"IPython.core.{name}"
            for name in ("application", "completer", "completerlib", "crashhandler", "magics", "oinspect")
        ),
    ),
}
"""What a page that imports the first is almost sure to need as well."""

Request = dict[str, Any]


def main(fd: int) -> NoReturn:
    """Serve requests until the builder closes its end."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    linux.adopt_orphans()
    os.set_inheritable(fd, False)
    _Template(socket.socket(fileno=fd)).serve()
    linux.kill_below(os.getpid())
    os._exit(0)


class _Template:
    def __init__(self, channel: socket.socket) -> None:
        self._channel = channel
        self._guardians: set[int] = set()
        self._woken, wake = os.pipe()
        for end in (self._woken, wake):
            os.set_blocking(end, False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
        import gradpress.execution.worker  # noqa: F401  before the first fork

        USES.install()

    def serve(self) -> None:
        while True:
            ready = select.select([self._channel.fileno(), self._woken], [], [])[0]
            if self._woken in ready:
                self._tidy()
            if self._channel.fileno() in ready:
                taken = take(self._channel)
                if taken is None:
                    return
                preload(taken[0]["preload"])
                self._fork(*taken)

    def _fork(self, request: Request, fds: Sequence[int]) -> None:
        me = os.getpid()
        pid = os.fork()
        if pid == 0:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            self._channel.close()
            guard(me, socket.socket(fileno=fds[-1]), lambda: start(request, fds))
        self._guardians.add(pid)
        for number in fds:
            os.close(number)

    def _tidy(self) -> None:
        """Guardians that have ended are forgotten; what a killed one left behind is killed."""
        with suppress(BlockingIOError):
            os.read(self._woken, 4096)
        self._guardians -= set(linux.reap())
        linux.kill_below(os.getpid(), frozenset(self._guardians))


def take(channel: socket.socket) -> tuple[Request, list[int]] | None:
    """The next request; None when there will be none."""
    try:
        data, fds, _, _ = socket.recv_fds(channel, SIZE, FDS)
    except OSError:
        return None
    return (json.loads(data), list(fds)) if data else None


def preload(names: Sequence[str]) -> None:
    """Import what a page is going to import."""
    missing = [m for name in names for m in (name, *_TOGETHER.get(name, ())) if m not in sys.modules]
    for module in missing:
        with suppress(Exception, SystemExit):  # the page's own import will tell
            importlib.import_module(module)
    if sys.modules.keys() & missing:
        gc.collect()
        gc.freeze()  # the collector of a page would copy what it only looks at


def start(request: Request, fds: Sequence[int]) -> None:
    """Become a page: its streams, folder and environment, then its cells."""
    from gradpress.execution import worker

    job, faults, line, out, err, control = fds[:6]
    nothing = os.open(os.devnull, os.O_RDONLY)
    for source, target in ((nothing, 0), (out, 1), (err, 2)):
        os.dup2(source, target)
        os.close(source)
    os.chdir(request["folder"])
    os.environ.update(request["env"])
    worker.main(job, control, faults, line)
