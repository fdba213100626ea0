"""The cached executor: results of earlier builds are shown again, as long as nothing can have changed them.

A session is replayed only as a whole, because the state between two cells cannot be kept on disk without
being silently wrong for some code; otherwise it runs from its first cell, and what succeeds is kept.
Failures never are: a time limit or a lack of memory must not stick.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from gradpress.cache import Storage
from gradpress.cells import Cell, Failure, Result, Stream, from_json, to_json
from gradpress.execution import Event, Executor, OnEvent, PageRun, Status, silent
from gradpress.execution.keys import chain_keys
from gradpress.execution.local import by_session
from gradpress.execution.moving import Spot, moved, moves
from gradpress.execution.reads import same

KIND = "cells"


@dataclass(frozen=True)
class Cached:
    """Replays what it can, and lets `executor` run the rest."""

    executor: Executor
    storage: Storage
    on_event: OnEvent = silent

    def run(self, page: PageRun) -> list[Result]:
        """One result per cell; `Result.origin` says whether it ran or was replayed."""
        results = [Result() for _ in page.cells]
        for indices in by_session(page.cells).values():
            cells = tuple(page.cells[i] for i in indices)
            for index, result in zip(indices, self._session(replace(page, cells=cells)), strict=True):
                results[index] = result
        tell(page, results, self.on_event)
        return results

    def _session(self, page: PageRun) -> list[Result]:
        kept = stored(self.storage, page)
        if None not in kept:
            return [r for r in kept if r is not None]
        keys = chain_keys(page, page.cells)
        first = kept.index(None)
        results = self.executor.run(replace(page, snapshots=(first - 1,) if first else ()))
        if keys == chain_keys(page, page.cells):  # else a file changed while the cells ran
            _keep(self.storage, page, keys, results)
        return results


@dataclass(frozen=True)
class NoExecute:
    """Replays what is there; runs nothing."""

    storage: Storage
    on_event: OnEvent = silent

    def run(self, page: PageRun) -> list[Result]:
        """Stored results; a cell without one has the failure `not-run`."""
        results = [Result() for _ in page.cells]
        for indices in by_session(page.cells).values():
            kept = stored(self.storage, replace(page, cells=tuple(page.cells[i] for i in indices)))
            for index, result in zip(indices, kept, strict=True):
                results[index] = result or _NOT_RUN
        tell(page, results, self.on_event)
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
        return "missing", "no stored result that still holds"
    if result.origin == "replayed":
        return "replayed", "nothing that it rests on has changed"
    if result.origin == "snapshot":
        return "snapshot", "its state was still in memory"
    return "ran", "it, a cell before it, or something they rest on is new"


_FAILURE = Failure("not-run", "NotRun", "no stored result, and cells are not run")
_NOT_RUN = Result((_FAILURE,), (), _FAILURE)


def stored(storage: Storage, page: PageRun) -> list[Result | None]:
    """What is known of the cells of one session; after the first unknown one nothing counts."""
    found: list[Result | None] = []
    for index, key in enumerate(chain_keys(page, page.cells)):
        known = not found or found[-1] is not None
        found.append(_entry(storage, page, key, index) if known else None)
    return found


def _entry(storage: Storage, page: PageRun, key: str, index: int) -> Result | None:
    """The stored result, where its cell stands now; None when a file it rests on has changed."""
    entry = storage.get(KIND, key)
    try:
        result = from_json(entry["result"])
        spots = {int(i): (str(f), int(n), str(c)) for i, f, n, c in entry["spots"]}
        reads = [(str(p), int(n), int(t), str(h)) for p, n, t, h in entry["rests"]]
    except (KeyError, TypeError, ValueError):
        return None
    root = str(page.root or page.folder)
    if not all(same(root, r) for r in reads) or None in map(storage.blob, result.blobs):
        return None
    now = [_spot(page.cells[i]) for i in spots]
    return replace(moved(result, moves(list(spots.values()), now), spots[index][0]), origin="replayed")


def _keep(storage: Storage, page: PageRun, keys: Sequence[str], results: Sequence[Result]) -> None:
    """Keep the results up to the first failure, each with all files that it and those before it read."""
    rests: dict[str, Any] = {}
    for index, (key, result) in enumerate(zip(keys, results, strict=True)):
        if result.error or any(isinstance(o, Failure) and o.kind != "error" for o in result.outputs):
            return
        for read in result.reads:
            rests.setdefault(read[0], list(read))
        spots = [(i, *_spot(page.cells[i])) for i in range(0 if _names_lines(result) else index, index + 1)]
        entry = {"result": to_json(result), "spots": spots, "rests": list(rests.values())}
        storage.put(KIND, key, entry)


def _names_lines(result: Result) -> bool:
    """Whether the outputs may name lines of earlier cells: tracebacks and warnings do."""
    return any(isinstance(o, Failure) or (isinstance(o, Stream) and o.name == "stderr") for o in result.outputs)


def _spot(cell: Cell) -> Spot:
    return cell.place.file, cell.place.line, cell.code
