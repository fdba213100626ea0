"""Several pages at a time, in threads: the heavy work is in processes of their own."""

from __future__ import annotations

import contextvars
import gc
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVarTuple

Args = TypeVarTuple("Args")


def cores() -> int:
    """Processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


_OBJECTS = 100_000
"""What some ten pages allocate.  A page's document is full of cycles; Python looks for garbage among all that a
build holds after every 700 new objects, which was a sixth of its time.  This costs 15 MB."""


@contextmanager
def seldom_collecting() -> Iterator[None]:
    """Let Python look for cyclic garbage after some pages instead of several times in each."""
    before = gc.get_threshold()
    gc.set_threshold(_OBJECTS, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


def each(work: Callable[[*Args], None], items: Sequence[tuple[*Args]], jobs: int) -> None:
    """Call `work` with each of `items`, at most `jobs` at a time; the first exception is raised at the end.

    The threads are daemons: after Ctrl-C nobody waits for a page that is being built.
    """
    if jobs == 1 or len(items) < 2:
        for item in items:
            work(*item)
        return
    waiting = list(reversed(items))
    errors: list[BaseException] = []

    def serve() -> None:
        while waiting and not errors:
            try:
                item = waiting.pop()
            except IndexError:
                return
            try:
                work(*item)
            except BaseException as error:
                errors.append(error)

    threads = [
        threading.Thread(target=contextvars.copy_context().run, args=(serve,), daemon=True)
        for _ in range(min(jobs, len(items)))
    ]
    for thread in threads:
        thread.start()
    try:
        for thread in threads:
            while thread.is_alive():
                thread.join(0.1)
    except BaseException:
        waiting.clear()
        raise
    if errors:
        raise errors[0]
