"""The command `verify`: cells run again in cold processes, and must show what the cache has.

Another hash seed and a process that has imported nothing bring to light what a build that forks a template
would always get the same way.  Nothing is written but what the cells themselves write.
"""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Generator, Iterable
from contextlib import suppress
from pathlib import Path

from gradpress.cache import Memory, Storage, Unwritten
from gradpress.cells import Cell, Failure, Result
from gradpress.comparing import Difference, differences
from gradpress.configuration import Configuration, load
from gradpress.content import CONFIGURATION, Found, chosen, scan
from gradpress.diagnostics import Diagnostic, Log, PageError, Place, collecting, in_order, record, report
from gradpress.execution import Message, PageRun, Sessions
from gradpress.execution.cached import stored
from gradpress.execution.local import Local, by_session
from gradpress.looking import look
from gradpress.parallel import cores, each
from gradpress.pipeline import make
from gradpress.reading.manuscript import read
from gradpress.records import dataclass, field, replace
from gradpress.running import Runner, using
from gradpress.site import Options, Watcher, content_exists
from gradpress.site_parts import drafts

HASH_SEED = 1
"""Builds have 0: sets and dicts of strings are ordered otherwise here."""
_CAUSES = {
    "clock": "it measures time",
    "date": "it looks at the date",
    "network": "it asks another machine",
    "program": "it starts a program",
}


@dataclass
class Tally:
    """What was compared."""

    pages: int = 0
    cells: int = 0
    differ: int = 0
    rounded: int = 0
    missing: int = 0
    """Cells without a stored result."""
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, *, cells: int = 0, differ: int = 0, rounded: int = 0, missing: int = 0) -> None:
        """Count more, from any thread."""
        with self._lock:
            self.cells += cells
            self.differ += differ
            self.rounded += rounded
            self.missing += missing

    def __str__(self) -> str:
        found = f"{self.differ} differ, {self.rounded} up to rounding, {self.missing} without a stored result"
        return f"{_many(self.cells, 'cell')} on {_many(self.pages, 'page')} compared; {found}"


def _many(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"


def verify(options: Options, watcher: Watcher) -> tuple[list[Diagnostic], Tally]:
    """Compare the pages that `options` names.  Raises UsageError when there are none of that name."""
    content_exists(options.content)
    log, tally = Log(), Tally()
    with collecting(log, CONFIGURATION):
        found = chosen(scan(options.content, (options.output, options.cache)), options.pages, options.content)
        found = drafts.without(found, options)
    configuration = load(options, log)
    logs = [Log(log.overrides) for _ in found]
    sessions = _Cold()
    try:
        with tempfile.TemporaryDirectory(prefix="gradpress-") as scratch:
            work = _Work(configuration, Unwritten(options.cache), sessions, Path(scratch), tally)

            def page(number: int, found: Found, log: Log) -> None:
                watcher.page(found.file, number, len(logs))
                work.page(found, log)

            each(page, [(n, f, own) for n, (f, own) in enumerate(zip(found, logs, strict=True), 1)], _jobs(options))
    finally:
        sessions.close()
    tally.pages = len(found)
    return in_order([*log.found, *(d for own in logs for d in own.found if _concerns(d))]), tally


def _jobs(options: Options) -> int:
    return options.jobs or cores()


def _concerns(diagnostic: Diagnostic) -> bool:
    """What the filters find besides is for the commands that build."""
    return diagnostic.rule.startswith("verify-")


@dataclass(frozen=True)
class _Work:
    configuration: Configuration
    storage: Storage
    sessions: Sessions
    scratch: Path
    tally: Tally

    def page(self, found: Found, log: Log) -> None:
        """Run one page through the chain, whose cells are compared; a page that cannot be read is an error."""
        memory = Memory(self.scratch / found.name)
        surroundings = replace(self.configuration.context(found), cache=str(self.scratch / "cache"), execute=True)
        executor = Verifying(self.storage, Local(self.sessions, memory), memory, self.tally)
        with collecting(log, found.file), using(Runner(executor, memory)):
            try:
                make(read(found.path, found.file, self.configuration.settings, surroundings), found.name, surroundings)
            except PageError as error:
                why = replace(error.diagnostic, rule="verify-page", severity="error")
                record(why)
            except RecursionError:
                record(Diagnostic("verify-page", "error", Place(found.file), "the page is nested too deeply"))


@dataclass(frozen=True)
class Verifying:
    """An executor that runs cells of which there are stored results, and reports what is not the same."""

    storage: Storage
    fresh: Local
    memory: Memory
    tally: Tally

    def run(self, page: PageRun) -> list[Result]:
        """The stored results; nothing for cells that have none."""
        results = [Result() for _ in page.cells]
        for indices in by_session(page.cells).values():
            own = replace(page, cells=tuple(page.cells[i] for i in indices))
            for index, result in zip(indices, self._session(own), strict=True):
                results[index] = result
        return results

    def _session(self, page: PageRun) -> list[Result]:
        kept = stored(self.storage, page)
        if None in kept:
            first = page.cells[kept.index(None)]
            report("verify-missing", "there is no stored result that still holds", line=first.place.line)
            self.tally.add(missing=kept.count(None))
        known = [k for k in kept if k is not None]
        if known:
            cells = page.cells[: len(known)]
            fresh = self.fresh.run(replace(page, cells=cells))
            for cell, then, now in zip(cells, known, fresh, strict=True):
                self._compare(cell, then, now)
        return known + [Result()] * (len(kept) - len(known))

    def _compare(self, cell: Cell, then: Result, now: Result) -> None:
        if now.error and now.error.kind == "skipped":
            return
        self.tally.add(cells=1)
        found = differences(then, now, self._images)
        for difference in found:
            _report(cell, difference, {*then.marks, *now.marks}, now.error)
        kinds = {d.kind for d in found}
        self.tally.add(differ="differs" in kinds, rounded=kinds == {"rounding"})

    def _images(self, old: str, new: str) -> str:
        a, b = self.storage.blob(old), self.memory.blob(new)
        if a is None or b is None:
            return "its image is no longer in the cache"
        try:
            return look(a, b, new.rpartition(".")[2])
        except ValueError:  # an SVG, or damaged
            return "" if a == b else "its image has other bytes, and cannot be drawn for a closer look"


def _report(cell: Cell, difference: Difference, marks: Iterable[str], error: Failure | None) -> None:
    if difference.kind == "rounding":
        report("verify-rounding", difference.what, line=cell.place.line)
        return
    causes = [words for mark, words in _CAUSES.items() if mark in marks]
    hint = difference.hint or ", and ".join(causes)
    if not hint and not error:
        hint = "seed every generator of random numbers that the cell makes, or show less of what changes"
    report("verify-differs", difference.what, line=(error and error.line) or cell.place.line, hint=hint)


class _Cold:
    """Cold processes, or the kernels that pages name."""

    def __init__(self) -> None:
        from gradpress.execution.kernel import Kernels
        from gradpress.execution.plain import Plain

        self._plain: Sessions = Plain(hash_seed=HASH_SEED)
        self._kernels: Sessions = Kernels()

    def messages(self, page: PageRun) -> Generator[Message, None, None]:
        """See `Sessions`."""
        yield from (self._kernels if page.kernel else self._plain).messages(page)

    def close(self) -> None:
        """See `Sessions`."""
        for sessions in (self._plain, self._kernels):
            with suppress(OSError):
                sessions.close()
