"""The executor that collects: sessions talk, and their messages become results."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing

from gradpress.cache import Storage
from gradpress.cells import Cell, Failure, Result
from gradpress.execution import OnEvent, PageRun, Sessions, silent
from gradpress.execution.collect import Collector
from gradpress.records import dataclass, replace


@dataclass(frozen=True)
class Local:
    """Runs every session of a page with `sessions`, from its first cell."""

    sessions: Sessions
    storage: Storage
    on_event: OnEvent = silent

    def run(self, page: PageRun) -> list[Result]:
        """One result per cell; cells with `eval: false` give an empty one."""
        results = [Result() for _ in page.cells]
        for indices in by_session(page.cells).values():
            own = replace(page, cells=tuple(page.cells[i] for i in indices))
            wanted = tuple(k for k, i in enumerate(indices) if i in page.snapshots)
            for index, result in zip(indices, self._session(replace(own, snapshots=wanted)), strict=True):
                results[index] = result
        return results

    def _session(self, page: PageRun) -> list[Result]:
        collector = Collector(page.cells, self.storage, self.on_event)
        with closing(self.sessions.messages(page)) as messages:
            for message in messages:
                collector.take(message)
        done = collector.at_their_lines()
        return done + [_skipped(done)] * (len(page.cells) - len(done))


def by_session(cells: Sequence[Cell]) -> dict[str, list[int]]:
    """Positions of the cells that run, by session."""
    found: dict[str, list[int]] = {}
    for index, cell in enumerate(cells):
        if cell.options.eval:
            found.setdefault(cell.options.session, []).append(index)
    return found


def _skipped(results: Sequence[Result]) -> Result:
    failure = next((r.error for r in results if r.error), None)
    cause = f"line {failure.line}" if failure and failure.line else "an earlier cell"
    skipped = Failure("skipped", "Skipped", f"not run, because {cause} failed")
    return Result((skipped,), (), skipped)
