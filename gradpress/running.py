"""Which executor and which store the cells of the current page use.

The builder sets them; a filter that runs alone (`pandoc -F filters/cells.py`) gets its own.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path

from gradpress.cache import Storage, Store
from gradpress.context import Context
from gradpress.execution import Executor, OnEvent, Sessions, silent
from gradpress.settings import Execute


@dataclass(frozen=True)
class Runner:
    """What runs cells, and where their results are kept."""

    executor: Executor
    store: Storage
    close: Callable[[], None] = lambda: None
    """Stop every process that still runs."""


_current: ContextVar[Runner | None] = ContextVar("runner", default=None)


@contextmanager
def using(runner: Runner) -> Iterator[None]:
    """Let cells run with `runner` inside the block."""
    token = _current.set(runner)
    try:
        yield
    finally:
        _current.reset(token)


def runner(page: Context) -> Runner:
    """The builder's runner; outside a build a local one with the page's cache."""
    current = _current.get()
    return current or local(Path(page.cache), execute=page.execute)


def local(
    cache: Path, *, execute: bool = True, on_event: OnEvent = silent, settings: Execute | None = None
) -> Runner:
    """Cells in processes of this machine, their results in the folder `cache`; `settings` are the site's."""
    from gradpress.execution.cached import Cached, NoExecute
    from gradpress.execution.local import Local

    store = Store(cache)
    if not execute:
        return Runner(NoExecute(store), store)
    sessions = _sessions(settings or Execute())
    return Runner(Cached(Local(sessions, store, on_event), store), store, sessions.close)


def _sessions(settings: Execute) -> Sessions:
    """Forks where a fork is safe: on Linux.  macOS forbids it to libraries that use its frameworks."""
    if sys.platform == "linux":
        from gradpress.execution.forked import Forked, Profile

        return Forked(Profile(env=tuple(settings.env)))
    from gradpress.execution.plain import Plain

    return Plain()
