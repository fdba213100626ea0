"""Pages in other processes: what they send back, and which of them cannot be built there."""

from __future__ import annotations

from collections.abc import Callable, Generator
from functools import partial
from typing import TYPE_CHECKING, Any

from gradpress.cache import Store
from gradpress.execution import Message, PageRun
from gradpress.page_work import Work
from gradpress.records import dataclass, field
from gradpress.running import Runner, using
from gradpress.site import Watcher

if TYPE_CHECKING:
    from gradpress.page_run import Run

Said = tuple[str, tuple[Any, ...]]
"""Which method of a Watcher is to be called, and with what."""


class Deferred(BaseException):
    """Cells of the page must run: the builder's processes are not ours.  (No Exception: nobody may report it.)"""


class Deferring:
    """Where cells run in a fork: nowhere."""

    def messages(self, page: PageRun) -> Generator[Message, None, None]:
        """Raises Deferred."""
        raise Deferred
        yield

    def close(self) -> None:
        """Nothing runs."""


@dataclass(eq=False)
class Forks:
    """One thing to do with some pages, in forks of the builder."""

    run: Run
    do: Callable[[Work], None]
    works: list[Work]
    left: list[int] = field(default_factory=list)
    """Pages whose cells must run: the builder does them."""

    def work(self, number: int) -> tuple[tuple[Any, ...], list[Said]] | None:
        """In the fork: what was made of a page, and what was said meanwhile; None for one that is left."""
        said: list[Said] = []
        site = self.run.build.site
        site.watcher = Watcher(event=lambda event: said.append(("event", (event,))), bug=partial(_noted, said))
        self.run.is_fork = True
        try:
            with using(self._runner(site.watcher)):
                self.do(self.works[number])
        except Deferred:
            return None
        sent = self.works[number].sent()
        self.works[number].forget()
        return sent, said

    def told(self, number: int, answer: tuple[tuple[Any, ...], list[Said]] | None) -> None:
        """In the builder: take the answer, and publish what was made."""
        if answer is None:
            self.left.append(number)
            return
        sent, said = answer
        work = self.works[number]
        work.received(sent)
        for method, arguments in said:
            getattr(self.run.build.site.watcher, method)(*arguments)
        if work.written:
            with self.run.guarded(work):
                self.run.publish(work)

    def _runner(self, watcher: Watcher) -> Runner:
        """Stored results, and nothing that runs."""
        from gradpress.execution.cached import Cached, NoExecute
        from gradpress.execution.local import Local

        store = Store(self.run.build.site.options.cache)
        if not self.run.build.how.execute:
            return Runner(NoExecute(store, watcher.event), store)
        return Runner(Cached(Local(Deferring(), store, watcher.event), store, watcher.event), store)


def _noted(said: list[Said], page: str, trace: str) -> None:
    said.append(("bug", (page, trace)))
