"""Which executor and which store the cells of the current page use.

The builder sets them; a filter that runs alone (`pandoc -F filters/cells.py`) gets its own.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import TYPE_CHECKING

from gradpress.cache import Storage, Store
from gradpress.cells import Result
from gradpress.context import Context
from gradpress.execution import PRELOAD, Executor, Message, OnEvent, PageRun, Sessions, silent
from gradpress.records import dataclass

if TYPE_CHECKING:
    from gradpress.leaving import Leaving


@dataclass(frozen=True)
class Runner:
    """What runs cells, and where their results are kept."""

    executor: Executor
    store: Storage
    close: Callable[[], None] = lambda: None
    """Stop every process that still runs."""
    give_up: Callable[[], None] = lambda: None
    """Stop what runs for nobody."""


@dataclass(frozen=True)
class How:
    """Where cells run."""

    execute: bool = True
    executor: str = ""
    """`dask://host:port`; empty: on this machine."""
    preload: tuple[str, ...] = PRELOAD
    env: tuple[str, ...] = ()
    """Declared for the whole site."""
    keep_warm: float = 0.0
    """Seconds that processes stay after the build."""
    leaving: Leaving | None = None
    """How a builder that stays leaves a build: it keeps the states of pages itself, and what runs goes on."""


_current: ContextVar[Runner | None] = ContextVar("runner", default=None)


@contextmanager
def using(runner: Runner) -> Iterator[None]:
    """Let cells run with `runner` inside the block."""
    token = _current.set(runner)
    try:
        yield
    finally:
        _current.reset(token)


_USUAL = How()


def runner(page: Context) -> Runner:
    """The builder's runner; outside a build a local one with the page's cache."""
    current = _current.get()
    return current or local(Path(page.cache), How(execute=page.execute))


def local(cache: Path, how: How = _USUAL, on_event: OnEvent = silent) -> Runner:
    """Cells where `how` says, their results in the folder `cache`.

    Raises UsageError when the executor cannot be reached.
    """
    store = Store(cache)
    executor = _OnDemand(lambda: _made(store, cache, how, on_event))
    if how.executor:
        executor.made()
    return Runner(executor, store, executor.close, executor.give_up)


def _made(store: Store, cache: Path, how: How, on_event: OnEvent) -> Runner:
    from gradpress.execution.cached import Cached, NoExecute
    from gradpress.execution.local import Local

    if not how.execute:
        return Runner(NoExecute(store, on_event), store)
    sessions = Routed(cache, how)
    cached = Cached(Local(sessions, store, on_event), store, on_event)
    return Runner(cached, store, sessions.close, sessions.give_up)


class _OnDemand:
    """An executor that is made for the first page with cells: what runs them takes 30 ms to import."""

    def __init__(self, make: Callable[[], Runner]) -> None:
        self._make = make
        self._lock = threading.Lock()
        self._runner: Runner | None = None

    def made(self) -> Runner:
        """What stands behind it."""
        with self._lock:
            if self._runner is None:
                self._runner = self._make()
            return self._runner

    def run(self, page: PageRun) -> list[Result]:
        """One result for each cell of `page`."""
        return self.made().executor.run(page)

    def give_up(self) -> None:
        """Stop what runs for nobody, if there is anything."""
        if self._runner:
            self._runner.give_up()

    def close(self) -> None:
        """Stop everything, if there is anything."""
        if self._runner:
            self._runner.close()


class Routed:
    """Each page where it belongs: in a Jupyter kernel, on a cluster, or in a process of this machine."""

    def __init__(self, cache: Path, how: How) -> None:
        if how.executor:
            from gradpress.execution.cluster import connect

            self._ours: Sessions = connect(how.executor)
        else:
            self._ours = _processes(cache, how)
        self._kernels: Sessions | None = None

    def messages(self, page: PageRun) -> Generator[Message, None, None]:
        """What happens while the cells of `page` run; see `Sessions`."""
        if page.kernel and self._kernels is None:
            from gradpress.execution.kernel import Kernels

            self._kernels = Kernels()
        chosen = self._kernels if page.kernel and self._kernels else self._ours
        yield from chosen.messages(page)

    def give_up(self) -> None:
        """Stop what runs for nobody."""
        give_up = getattr(self._ours, "give_up", None)
        if give_up:
            give_up()

    def close(self) -> None:
        """Stop everything, from any thread."""
        self._ours.close()
        if self._kernels:
            self._kernels.close()


def _processes(cache: Path, how: How) -> Sessions:
    """Forks where a fork is safe: on Linux.  macOS forbids it to programs that use its frameworks."""
    if sys.platform != "linux":
        from gradpress.execution.plain import Plain

        return Plain()
    from gradpress.execution.forked import Forked, Profile
    from gradpress.execution.warm_client import FOLDER, Warm

    profile = Profile(how.preload, how.env)
    if how.leaving:
        from gradpress.execution.going_on import GoingOn

        return GoingOn(profile, how.leaving)
    forked = Forked(profile)
    if how.keep_warm or (cache / FOLDER / "socket").exists():
        return Warm(cache, forked, profile, how.keep_warm)
    return forked
