"""Several pages at a time in processes of their own: half of a page is Python, and Python runs one thread at a time.

    call(work, count, jobs, told)     work(k) for every k below count, in `jobs` forks of this process

A fork has all that was imported and read before it, and starts in milliseconds.  What it returns is pickled; it must
change nothing that others see.  Only Linux forks safely: elsewhere, and for a few pages, threads do.
"""

from __future__ import annotations

import os
import pickle
import signal
import struct
import sys
from collections.abc import Callable
from contextlib import suppress
from selectors import EVENT_READ, DefaultSelector
from typing import Any

from gradpress import pandoc_worker
from gradpress.records import dataclass, field

WORTH = 12
"""Pages from which on forks pay: each costs 10 ms and a pandoc of its own."""
AHEAD = 2
"""Pages that a fork has been given: one that it works on and one that it need not wait for."""
_LENGTH = struct.Struct(">I")
_is_fork = False


def is_fork() -> bool:
    """Whether this process is one that `call` has made."""
    return _is_fork


def pay(count: int, jobs: int) -> bool:
    """Whether so many pages are built faster in forks."""
    return jobs > 1 and count >= WORTH and sys.platform == "linux"


@dataclass(eq=False)
class _Fork:
    pid: int
    orders: int
    """Where numbers are written to it."""
    results: int
    """Where its results are read."""
    given: list[int] = field(default_factory=list)
    """What it has not answered yet."""
    waiting: bytearray = field(default_factory=bytearray)


def call(
    work: Callable[[int], Any], count: int, jobs: int, begun: Callable[[int], None], told: Callable[[int, Any], None]
) -> list[int]:
    """Let forks do `work(k)` for every k below `count`; `begun(k)` when it is given away, `told(k, result)` at its end.

    Returns what no fork has answered, because it died.  Both callbacks are called here.
    """
    left = list(range(count - 1, -1, -1))
    forks: list[_Fork] = []
    lost: list[int] = []
    try:
        pandoc_worker.settle()
        for number in range(min(jobs, count)):
            forks.append(_forked(work, forks, keeps_worker=number == 0))
        with DefaultSelector() as selector:
            for fork in forks:
                selector.register(fork.results, EVENT_READ, fork)
                _give(fork, left, begun)
            while selector.get_map():
                for key, _ in selector.select():
                    if _heard(key.data, told):
                        _give(key.data, left, begun)
                    else:
                        selector.unregister(key.data.results)
                        lost += key.data.given
    finally:
        _end(forks, lost)
    return lost + left


def _forked(work: Callable[[int], Any], others: list[_Fork], *, keeps_worker: bool) -> _Fork:
    orders, results = os.pipe(), os.pipe()
    sys.stderr.flush()
    pid = os.fork()
    if pid:
        os.close(orders[0])
        os.close(results[1])
        return _Fork(pid, orders[1], results[0])
    try:
        global _is_fork
        _is_fork = True
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # the builder hears Ctrl-C, and ends us
        for other in others:  # else their ends would not be heard
            os.close(other.orders)
            os.close(other.results)
        os.close(orders[1])
        os.close(results[0])
        if not keeps_worker:
            pandoc_worker.forget()
        _serve(work, orders[0], results[1])
        pandoc_worker.end()
    finally:
        os._exit(0)


def _serve(work: Callable[[int], Any], orders: int, results: int) -> None:
    """Answer until there is nothing more to do, or the builder is gone."""
    while order := os.read(orders, _LENGTH.size):
        (number,) = _LENGTH.unpack(order)
        data = pickle.dumps((number, work(number)), pickle.HIGHEST_PROTOCOL)
        _write(results, _LENGTH.pack(len(data)) + data)


def _write(file: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(file, view) :]


def _give(fork: _Fork, left: list[int], begun: Callable[[int], None]) -> None:
    while left and len(fork.given) < AHEAD:
        number = left.pop()
        fork.given.append(number)
        with suppress(BrokenPipeError):  # it has died, and will be heard to have done so
            os.write(fork.orders, _LENGTH.pack(number))
        begun(number)
    if not fork.given and fork.orders >= 0:
        os.close(fork.orders)
        fork.orders = -1


def _heard(fork: _Fork, told: Callable[[int, Any], None]) -> bool:
    """Take what a fork says; False when it says nothing more."""
    data = os.read(fork.results, 1 << 20)
    fork.waiting += data
    while len(fork.waiting) >= _LENGTH.size:
        (size,) = _LENGTH.unpack_from(fork.waiting)
        if len(fork.waiting) < _LENGTH.size + size:
            break
        number, result = pickle.loads(bytes(fork.waiting[_LENGTH.size : _LENGTH.size + size]))
        del fork.waiting[: _LENGTH.size + size]
        fork.given.remove(number)
        told(number, result)
    return bool(data)


def _end(forks: list[_Fork], lost: list[int]) -> None:
    """No fork outlives the call."""
    for fork in forks:
        with suppress(ProcessLookupError, ChildProcessError):  # `serve` that ends kills and waits for all below it
            if fork.given or fork.orders >= 0:  # else it ends by itself
                os.kill(fork.pid, signal.SIGKILL)
            os.waitpid(fork.pid, 0)
        for file in filter(lambda end: end >= 0, (fork.orders, fork.results)):
            os.close(file)
    if lost or any(fork.given for fork in forks):
        pandoc_worker.close()  # the one that was lent may be in the middle of an answer
