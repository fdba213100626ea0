"""The cached executor: results of earlier builds are shown again, as long as nothing can have changed them.

A session is replayed only as a whole, because the state between two cells cannot be kept on disk without
being silently wrong for some code; otherwise it runs from its first cell, and what succeeds is kept.
Failures never are: a time limit or a lack of memory must not stick.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from gradpress.cache import Storage
from gradpress.cells import Cell, Failure, Result
from gradpress.execution import Event, Executor, OnEvent, PageRun, Status, entries, past, silent
from gradpress.execution.keys import CellKey, cell_keys
from gradpress.execution.local import by_session
from gradpress.records import dataclass, replace

REPLAYED = "nothing that it rests on has changed"


@dataclass(frozen=True)
class Cached:
    """Replays what it can, and lets `executor` run the rest."""

    executor: Executor
    storage: Storage
    on_event: OnEvent = silent

    def run(self, page: PageRun) -> list[Result]:
        """One result per cell; `Result.origin` says whether it ran or was replayed, and `Result.why` why."""
        return _by_session(page, self._session, self.on_event)

    def _session(self, page: PageRun) -> list[Result]:
        keys, known = cell_keys(page, page.cells), past.load(self.storage, page)
        kept, why = _look_up(self.storage, page, keys)
        if not why:
            past.save(self.storage, page, keys, len(keys), known)
            return [replace(r, why=REPLAYED) for r in kept]
        first = len(kept)
        why = (known.why(page, keys, first) or why) if known else "it is new"
        results = self.executor.run(replace(page, snapshots=(first - 1,) if first else ()))
        if [k.key for k in keys] == [k.key for k in cell_keys(page, page.cells)]:  # else a file changed meanwhile
            past.save(self.storage, page, keys, entries.keep(self.storage, page, keys, results), known)
        return list(_with_reasons(page, results, first, why) if known else (replace(r, why=why) for r in results))


@dataclass(frozen=True)
class NoExecute:
    """Replays what is there; runs nothing."""

    storage: Storage
    on_event: OnEvent = silent

    def run(self, page: PageRun) -> list[Result]:
        """Stored results, `stale` ones where the code or what it rests on has changed; the failure `not-run` else."""
        return _by_session(page, self._session, self.on_event)

    def _session(self, page: PageRun) -> list[Result]:
        keys, known = cell_keys(page, page.cells), past.load(self.storage, page)
        kept, why = _look_up(self.storage, page, keys, strict=False)
        results, first = [replace(r, why=REPLAYED) for r in kept], len(kept)
        if known is None:
            return results + [_NOT_RUN] * (len(keys) - first)
        was = known.before(keys)
        for index in range(first, len(keys)):
            reason = f"line {page.cells[first].place.line} has changed"
            reason = (known.why(page, keys, first) or why) if index == first else reason
            results.append(self._stale(page, index, known.cells, was[index], reason))
        return results

    def _stale(self, page: PageRun, index: int, cells: Sequence[CellKey], was: int | None, why: str) -> Result:
        entry = None if was is None else entries.load(self.storage, cells[was].key)
        return replace(entry.here(page.cells, index), origin="stale", why=why) if entry else _NOT_RUN


def stored(storage: Storage, page: PageRun) -> list[Result | None]:
    """What is known of the cells of one session; after the first unknown one nothing counts."""
    found, _ = _look_up(storage, page, cell_keys(page, page.cells), strict=False)
    return [*found, *[None] * (len(page.cells) - len(found))]


def _look_up(
    storage: Storage, page: PageRun, keys: Sequence[CellKey], *, strict: bool = True
) -> tuple[list[Result], str]:
    """The results up to the first that is missing or does not hold, and why that one does not."""
    found: list[Result] = []
    for index, key in enumerate(keys):
        entry = entries.load(storage, key.key)
        if entry is None:
            return found, "there is no stored result"
        why = entries.obstacle(storage, page, entry, index, strict=strict)
        if why:
            return found, why
        found.append(replace(entry.here(page.cells, index), origin="replayed"))
    return found, ""


def _with_reasons(page: PageRun, results: Sequence[Result], first: int, why: str) -> Iterator[Result]:
    """Why each cell of a session ran, when `first` had to."""
    line = page.cells[first].place.line
    for index, result in enumerate(results):
        others = f"line {line} needs its state" if index < first else f"line {line} ran again"
        yield replace(result, why=why if index == first else others)


def _by_session(page: PageRun, session: Callable[[PageRun], list[Result]], on_event: OnEvent) -> list[Result]:
    results = [Result() for _ in page.cells]
    for indices in by_session(page.cells).values():
        cells = tuple(page.cells[i] for i in indices)
        for index, result in zip(indices, session(replace(page, cells=cells)), strict=True):
            results[index] = result
    tell(page, results, on_event)
    return results


def tell(page: PageRun, results: Sequence[Result], on_event: OnEvent) -> None:
    """One event for each cell: what became of it."""
    for number, (cell, result) in enumerate(zip(page.cells, results, strict=True)):
        status, why = _outcome(cell, result)
        seconds = result.seconds if status == "ran" else 0.0
        on_event(Event("result", cell.place, cell=number, status=status, why=why, seconds=seconds))


def _outcome(cell: Cell, result: Result) -> tuple[Status, str]:
    """What became of a cell, and why."""
    kind = result.error.kind if result.error else ""
    if not cell.options.eval:
        return "skipped", "eval: false"
    if kind == "skipped":
        return "skipped", result.error.evalue if result.error else ""
    if kind == "not-run":
        return "missing", "there is no stored result"
    if result.origin == "snapshot":
        return "snapshot", "its state was still in memory"
    if result.origin in ("replayed", "stale"):
        return result.origin, result.why
    return "ran", result.why


_FAILURE = Failure("not-run", "NotRun", "no stored result, and cells are not run")
_NOT_RUN = Result((_FAILURE,), (), _FAILURE)
