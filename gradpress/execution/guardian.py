"""The guardian: a small process between the template and a page, in a session of its own.

It forks the page, is the parent of everything that the page leaves behind, tells how the page ended, and
kills all of it when the builder says so, or is gone.  It never runs a line of the author's.
"""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, NoReturn

from gradpress.execution import linux

_OURS = (signal.SIGTERM, signal.SIGCHLD)
"""Signals that a guardian needs for itself."""
Handlers = dict[signal.Signals, Any]


def guard(parent: int, link: socket.socket, page: Callable[[], None]) -> NoReturn:
    """Fork and watch over a page; for a process just forked by `parent`, which it never leaves."""
    before = {number: signal.getsignal(number) for number in _OURS}
    try:
        os.setsid()
        linux.adopt_orphans()
        signal.signal(signal.SIGTERM, _leave)
        linux.die_with_parent(parent, signal.SIGTERM)
        _Guardian(link, page, before).watch()
    finally:
        linux.kill_below(os.getpid())
        os._exit(0)


def _leave(*_: Any) -> None:
    linux.kill_below(os.getpid())
    os._exit(0)


class _Guardian:
    def __init__(self, link: socket.socket, page: Callable[[], None], handlers: Handlers) -> None:
        self._link = link
        self._wake, wake = os.pipe()
        os.set_blocking(wake, False)
        os.set_blocking(self._wake, False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
        me = os.getpid()
        self._page = os.fork()
        if self._page == 0:
            signal.set_wakeup_fd(-1)
            for fd in (self._wake, wake, link.detach()):
                os.close(fd)
            _become_page(me, page, handlers)
        self._tell(pid=self._page)

    def watch(self) -> None:
        """Until nothing is left to watch over."""
        while True:
            ready = select.select([self._link.fileno(), self._wake], [], [])[0]
            if self._wake in ready:
                with suppress(BlockingIOError):
                    os.read(self._wake, 4096)
                self._tell_end(linux.reap())
                if self._ending and not linux.children(os.getpid()):
                    return
            if self._link.fileno() in ready and not self._obey():
                return

    _ending = False

    def _obey(self) -> bool:
        """One command of the builder; False when there will be no more and nothing is kept."""
        try:
            data = self._link.recv(1 << 16)
        except OSError:
            data = b""
        if not data:
            return False
        command = json.loads(data)
        if "signal" in command:
            with suppress(ProcessLookupError):
                os.kill(self._page, command["signal"])
        elif "kill" in command and command["kill"] in linux.children(os.getpid()):
            os.kill(command["kill"], signal.SIGKILL)
        elif "end" in command:
            keep = frozenset(command["end"])
            self._tell_end(linux.kill_below(os.getpid(), keep))
            self._tell(over=True)
            self._ending = True
            return bool(linux.children(os.getpid()))
        return True

    def _tell_end(self, ended: Mapping[int, int]) -> None:
        if self._page in ended:
            self._tell(status=ended[self._page])

    def _tell(self, **message: Any) -> None:
        with suppress(OSError):
            self._link.send(json.dumps(message).encode())


def _become_page(guardian: int, page: Callable[[], None], handlers: Handlers) -> NoReturn:
    """The rest of this process is the author's: its own signals, and its end with the guardian."""
    try:
        os.setpgid(0, 0)  # `os.kill(0, …)` in a cell must not reach the guardian
        for number, handler in handlers.items():
            signal.signal(number, handler)
        linux.die_with_parent(guardian)
        page()
    except BaseException:
        import traceback

        traceback.print_exc(file=sys.__stderr__)
        os._exit(70)
    os._exit(0)
