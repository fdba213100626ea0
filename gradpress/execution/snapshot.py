"""Keeping the state of a session: a fork of its process that waits until it is wanted.

A fork copies everything that is in memory, exactly.  What is not in memory alone makes the copy refuse:
threads, child processes, timers, shared memory, files open for writing, pipes and sockets, devices.  Files
open for reading are opened again at the same position, because forks share positions; and CPython reseeds
`random` in every fork, which is undone.  While a copy waits, nothing of the author's runs in it: neither the
collector with its finalizers nor a handler of signals; and it is no child of the process that it copies,
whose own children the author may count.
"""

from __future__ import annotations

import gc
import os
import random
import signal
import socket
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, NoReturn

from gradpress.execution import linux
from gradpress.execution.effects import Effects, stamp
from gradpress.execution.guardian import guard
from gradpress.execution.looks import at_process
from gradpress.execution.scratch import LINE
from gradpress.execution.template import Request, take

_DEVICES = ("/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom")
_STREAMS = {0, 1, 2}

Resume = Callable[[Request, Sequence[int]], None]


class Keeper:
    """Decides whether the state of this session can be kept, and keeps it."""

    def __init__(self, effects: Effects) -> None:
        self._effects = effects
        self._files = _files()
        self._shared = _shared_maps()
        self._same_process = True

    def moved(self) -> None:
        """This process has just been given other files behind our own descriptors."""
        ours = {fd for fd, _ in self._files}
        self._files = {(fd, to) for fd, to in _files() if fd in ours or to.endswith(f"/{LINE}")}

    def ran(self, code: str, *, same_process: bool = True) -> None:
        """Take note of what has been executed; `same_process`: no module that it uses looks at its process."""
        self._same_process &= same_process and not at_process(code)
        self._effects.ran(code)
        self._files &= _files()  # the number of a descriptor that we have closed may be the author's now

    def obstacle(self) -> str:
        """Why a copy of this process would not be the same; empty when it would."""
        if threading.active_count() > 1 or len(os.listdir("/proc/self/task")) > 1:
            return "threads are running"
        if linux.children(os.getpid()):
            return "child processes are running"
        timers = (signal.ITIMER_REAL, signal.ITIMER_VIRTUAL, signal.ITIMER_PROF)
        if any(signal.getitimer(timer)[0] for timer in timers):
            return "a timer is set"
        if not self._same_process:
            return "the code looks at its process"
        if sys.gettrace() or sys.getprofile():
            return "a trace function is set"
        if signal.pthread_sigmask(signal.SIG_BLOCK, ()):
            return "signals are blocked"
        torch = sys.modules.get("torch")
        if torch is not None and torch.cuda.is_initialized():
            return "the state is on a device"
        if _shared_maps() - self._shared:
            return "memory is shared with other processes"
        return self._file_obstacle()

    def _file_obstacle(self) -> str:
        if not {fd for fd, _ in self._files} >= _STREAMS:
            return "a standard stream is redirected"
        files = self._new_files()
        names = [t for _, t in files if t.startswith("/") and t not in _DEVICES]
        if len(names) > len(set(names)):  # perhaps one position for both
            return "a file is open twice"
        return next(filter(None, map(_blocks, files)), "")

    def _new_files(self) -> list[tuple[int, str]]:
        return sorted(_files() - self._files)

    def keep(self, path: str, resume: Resume) -> dict[str, Any]:
        """Fork a copy that listens at `path`; the fields of the message that tells of it."""
        reason = self.obstacle()
        stamps = None if reason else self._effects.stamps()
        if reason or stamps is None:
            return {"refused": reason or "too many files to watch"}
        reading = {fd: os.lseek(fd, 0, os.SEEK_CUR) for fd, target in self._new_files() if target not in _DEVICES}
        try:
            listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            listener.bind(path)
            listener.listen(4)
        except OSError as error:
            return {"refused": f"no socket: {error.strerror or error}"}
        waiting = _Waiting(listener, stamps, random.getstate(), reading, resume)
        pid = waiting.start()
        listener.close()
        return {"pid": pid, "path": path}


class _Waiting:
    """The copy: it does nothing but fork again."""

    def __init__(
        self,
        listener: socket.socket,
        stamps: dict[str, tuple[int, ...]],
        numbers: Any,
        reading: dict[int, int],
        resume: Resume,
    ) -> None:
        self._listener = listener
        self._stamps = stamps
        self._numbers = numbers
        self._reading = reading
        self._resume = resume
        self._collects = gc.isenabled()
        self._handler = signal.getsignal(signal.SIGCHLD)

    def start(self) -> int:
        """Fork the copy as a child of the guardian; its process."""
        known, told = os.pipe()
        self._quiet()
        middle = os.fork()
        if middle == 0:
            pid = os.fork()
            if pid == 0:
                os.close(known)
                os.close(told)
                self.serve()
            os.write(told, str(pid).encode())
            os._exit(0)
        os.waitpid(middle, 0)
        pid = int(os.read(known, 32))
        os.close(known)
        os.close(told)
        self._author()
        return pid

    def _quiet(self) -> None:
        """Nothing of the author's runs from here on."""
        gc.disable()
        if self._handler is not None:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)

    def _author(self) -> None:
        """All is the author's again."""
        if self._handler is not None:
            signal.signal(signal.SIGCHLD, self._handler)
        if self._collects:
            gc.enable()

    def serve(self) -> NoReturn:
        """Until killed."""
        try:
            # matplotlib closes its fonts in every fork: these numbers will be given to other files
            self._reading = {fd: at for fd, at in self._reading.items() if _is_open(fd)}
            while True:
                connection, _ = self._listener.accept()
                with connection:
                    taken = take(connection)
                    if taken is not None and all(stamp(p) == s for p, s in self._stamps.items()):
                        self._fork(connection, *taken)
                    for number in taken[1] if taken else ():
                        os.close(number)
        finally:
            os._exit(0)

    def _fork(self, connection: socket.socket, request: Request, fds: Sequence[int]) -> None:
        """A guardian that is no child of this process: a snapshot may be given up while it works."""
        middle = os.fork()
        if middle:
            os.waitpid(middle, 0)
            return
        middle = os.getpid()
        if os.fork():
            os._exit(0)
        while os.getppid() == middle:
            os.sched_yield()
        connection.close()
        self._listener.close()
        guard(os.getppid(), socket.socket(fileno=fds[-1]), lambda: self._wake(request, fds))

    def _wake(self, request: Request, fds: Sequence[int]) -> None:
        for fd, position in self._reading.items():
            again = os.open(f"/proc/self/fd/{fd}", os.O_RDONLY | os.O_CLOEXEC)
            os.lseek(again, position, os.SEEK_SET)
            os.dup2(again, fd, inheritable=os.get_inheritable(fd))
            os.close(again)
        random.setstate(self._numbers)
        self._author()
        self._resume(request, fds)


def _is_open(fd: int) -> bool:
    try:
        os.fstat(fd)
    except OSError:
        return False
    return True


def _blocks(file: tuple[int, str]) -> str:
    fd, target = file
    if target in _DEVICES:
        return ""
    if not target.startswith("/"):
        return "a pipe or socket is open"
    with suppress(OSError), open(f"/proc/self/fdinfo/{fd}", encoding="ascii") as info:
        lines = info.readlines()
        if any(line.startswith("lock:") for line in lines):
            return f"'{os.path.basename(target)}' is locked"
        if not os.path.isfile(f"/proc/self/fd/{fd}"):
            return f"'{os.path.basename(target)}' is open"
        flags = next(int(line.split()[1], 8) for line in lines if line.startswith("flags:"))
        if flags & os.O_ACCMODE == os.O_RDONLY:
            return ""
    return f"'{os.path.basename(target)}' is open for writing"


def _files() -> set[tuple[int, str]]:
    found = set()
    for name in os.listdir("/proc/self/fd"):
        with suppress(OSError):
            target = os.readlink(f"/proc/self/fd/{name}")
            if not (target.startswith("/proc/") and target.endswith("/fd")):  # the listing itself
                found.add((int(name), target))
    return found


def _shared_maps() -> set[str]:
    """Files and segments that are mapped for writing into the memory of all."""
    found = set()
    with open("/proc/self/maps", encoding="utf-8", errors="replace") as maps:
        for line in maps:
            parts = line.split(maxsplit=5)
            if parts[1].startswith("rw") and parts[1].endswith("s"):
                path = parts[5].strip() if len(parts) > 5 else ""
                if not path.removesuffix(" (deleted)").endswith(f"/{LINE}"):
                    found.add(f"{path} {parts[4]}")
    return found
