"""A builder that stays: one process that builds a site again after every edit.

What a new process spends most of its time on is kept between builds: what is imported, pandoc, the state of the last
build, and the processes in which cells run.  A build can be left from another thread when something newer is to be
built: what it has published stays, and its cells go on, so that the next build need not begin them again.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any

from gradpress import pandoc_worker, state
from gradpress.content import CONFIGURATION, SUFFIXES, scan
from gradpress.diagnostics import Diagnostic, Log, collecting, in_order
from gradpress.leaving import Leaving, Left
from gradpress.lock import exclusive
from gradpress.publish import stamp
from gradpress.running import How, Runner
from gradpress.site import Options, Report, Site, Watcher

__all__ = ["Left", "Resident"]


class Resident:
    """Builds one site until it is closed.

    with Resident(options) as builder:
        report = builder.build("html")
    """

    def __init__(self, options: Options, watcher: Watcher | None = None) -> None:
        self._options = options
        self._leaving = Leaving()
        self._watcher = _leavable(watcher or Watcher(), self._leaving)
        self._sites: dict[str, _Staying] = {}
        self._open = ExitStack()
        self._open.enter_context(pandoc_worker.resident())

    def build(self, command: str, pages: Sequence[str] = ()) -> Report:
        """Build what changed since the last time: of `pages` only, if there are any, as far as they exist.

        Raises UsageError when the configuration is wrong: the next build reads it again.  Raises Left.
        """
        site = self._site(command)
        site.options = replace(self._options, pages=self._existing(pages) if pages else self._options.pages)
        if pages and not site.options.pages:
            return Report(())
        with exclusive(self._options.cache):
            return site.build(command)

    def leave(self) -> None:
        """Let the build that runs, and every later one, raise Left soon; from any thread."""
        self._leaving.ask()

    def stay(self) -> None:
        """Let builds come to their end again."""
        self._leaving.begin()

    def give_up(self) -> None:
        """End cells that still run for a build that was left, and that no later one has asked for."""
        for site in self._sites.values():
            site.give_up()

    def saved(self, command: str, paths: Collection[str], *, during: bool) -> None:
        """Files were saved: pages with errors that rest on them are tried again.

        `during`: a build was running, and may have read them while they were saved; then all that rest on them are.
        """
        self._site(command).saved(frozenset(paths), during=during)

    def has_changed(self, command: str, path: str) -> bool:
        """Whether something that was built rests on this file, or what is in this folder, and it is not as it was."""
        known = self._site(command).inputs()
        inside = {str(p) for p in Path(path).rglob("*") if p.name.endswith(SUFFIXES)}
        below = {file: kept for file, kept in known.items() if file == path or file.startswith(f"{path}{os.sep}")}
        return not (inside <= known.keys() and state.unchanged({file: list(kept) for file, kept in below.items()}))

    def outputs(self, command: str) -> dict[str, list[int]]:
        """The files that belong to the site as it was built last, with their stamps."""
        return self._site(command).written()

    def diagnostics(self, command: str) -> tuple[Diagnostic, ...]:
        """Everything that is to be said of the site as it was built last."""
        return self._site(command).findings()

    def close(self) -> None:
        """End every process that was kept."""
        self._leaving.ask()
        self._open.close()
        for site in self._sites.values():
            site.close()

    def _site(self, command: str) -> _Staying:
        if command not in self._sites:
            self._sites[command] = _Staying(self._options, self._watcher, leaving=self._leaving)
        return self._sites[command]

    def _existing(self, pages: Sequence[str]) -> tuple[str, ...]:
        away = (self._options.output, self._options.cache)
        with collecting(Log(), CONFIGURATION):
            names = {f.file for f in scan(self._options.content, away)}
        return tuple(page for page in dict.fromkeys(pages) if page in names)

    def __enter__(self) -> Resident:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _leavable(watcher: Watcher, leaving: Leaving) -> Watcher:
    """The same, and every word is an occasion to leave."""

    def page(name: str, number: int, total: int) -> None:
        leaving.check()
        watcher.page(name, number, total)

    def event(event: Any) -> None:
        leaving.check()
        watcher.event(event)

    def published(name: str) -> None:
        watcher.published(name)
        leaving.check()

    return Watcher(page, event, watcher.bug, published)


class _Staying(Site):
    """A site that remembers what it knew."""

    def __init__(self, options: Options, watcher: Watcher, leaving: Leaving) -> None:
        super().__init__(options, watcher)
        self._leaving = leaving
        self._stamps: dict[str, list[int]] | None = None
        self._kept: tuple[list[int], state.State] | None = None
        """The state of the last build that ended, and the stamp of its file."""
        self._runner: tuple[How, Runner] | None = None
        self._tried: set[str] = set()
        """Pages that need not be tried again for their errors alone."""
        self._doubted: set[str] = set()
        """Files that were saved while a build may have read them."""

    def build(self, command: str) -> Report:
        """The same; a build that ends early leaves nothing behind."""
        try:
            report = super().build(command)
        except BaseException:
            self._kept = None
            raise
        if self._known:
            self._kept = stamp(self._state_path(command)), self._known
        self._tried |= {file.rpartition(".")[0] for file in self.options.pages or self.pages()}
        return report

    def runner(self, how: How) -> Runner:
        """The one of the last build, if cells are to run as they did then."""
        how = replace(how, keep_warm=0.0, leaving=self._leaving)
        if self._runner is None or self._runner[0] != how:
            self.close()
            self._runner = how, super().runner(how)
        return Runner(self._runner[1].executor, self._runner[1].store)

    def retries(self, page: state.PageState) -> bool:
        """Once: after that a page with an error waits for an edit, as others do."""
        return page.failed and page.name not in self._tried

    def saved(self, paths: frozenset[str], *, during: bool) -> None:
        """See `Resident.saved`."""
        self._tried -= {p.name for p in list(self.pages().values()) if p.failed and not paths.isdisjoint(p.inputs)}
        if during:
            self._doubted |= paths

    def give_up(self) -> None:
        """End cells that nobody waits for."""
        if self._runner:
            self._runner[1].give_up()

    def close(self) -> None:
        """End the processes in which cells run."""
        if self._runner:
            self._runner[1].close()
        self._runner = None

    def pages(self) -> dict[str, state.PageState]:
        """The pages as they were built last."""
        return self._known.pages if self._known else {}

    def inputs(self) -> state.Stamped:
        """The files that the site and its pages rest on."""
        known = {file: kept for page in list(self.pages().values()) for file, kept in page.inputs.items()}
        return {**known, **(self._known.inputs if self._known else {})}

    def written(self) -> dict[str, list[int]]:
        """The files of all pages, and of the site."""
        known = {target: was for page in list(self.pages().values()) for target, was in page.outputs.items()}
        return {**known, **(self._known.site if self._known else {})}

    def findings(self) -> tuple[Diagnostic, ...]:
        """Of the pages, and of the site."""
        own = self._known.diagnostics if self._known else ()
        return tuple(in_order([*own, *(d for page in list(self.pages().values()) for d in page.diagnostics)]))

    def _last(self, command: str) -> state.State:
        """Another process may have built meanwhile."""
        same = self._kept and self._kept[0] == stamp(self._state_path(command))
        known = self._kept[1] if self._kept and same else super()._last(command)
        doubted, self._doubted = self._doubted, set()
        for file, page in known.pages.items():
            if not doubted.isdisjoint(page.inputs):
                known.pages[file] = replace(page, digest="")
        return known

    def _program(self) -> dict[str, list[int]]:
        """A process goes on with the program that it began with."""
        if self._stamps is None:
            self._stamps = super()._program()
        return self._stamps
