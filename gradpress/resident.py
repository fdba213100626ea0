"""A builder that stays: one process that builds a site again after every edit.

What a new process spends most of its time on is kept between builds: what is imported, pandoc, the state of the last
build, and the processes in which cells run.
"""

from __future__ import annotations

from contextlib import ExitStack
from types import TracebackType

from gradpress import pandoc_worker, state
from gradpress.lock import exclusive
from gradpress.publish import stamp
from gradpress.running import How, Runner
from gradpress.site import Options, Report, Site, Watcher


class Resident:
    """Builds one site until it is closed.

    with Resident(options) as builder:
        report = builder.build("html")
    """

    def __init__(self, options: Options, watcher: Watcher | None = None) -> None:
        self._options = options
        self._watcher = watcher or Watcher()
        self._sites: dict[str, _Staying] = {}
        self._open = ExitStack()
        self._open.enter_context(pandoc_worker.resident())

    def build(self, command: str) -> Report:
        """Build what changed since the last time.

        Raises UsageError when the configuration is wrong: the next build reads it again.
        """
        site = self._sites.setdefault(command, _Staying(self._options, self._watcher))
        with exclusive(self._options.cache):
            return site.build(command)

    def close(self) -> None:
        """End every process that was kept."""
        self._open.close()
        for site in self._sites.values():
            site.close()

    def __enter__(self) -> Resident:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class _Staying(Site):
    """A site that remembers what it knew."""

    _stamps: dict[str, list[int]] | None = None
    _kept: tuple[list[int], state.State] | None = None
    """The state of the last build that ended, and the stamp of its file."""
    _runner: tuple[How, Runner] | None = None

    def build(self, command: str) -> Report:
        """The same; a build that ends early leaves nothing behind."""
        try:
            report = super().build(command)
        except BaseException:
            self._kept = None
            raise
        if self._known:
            self._kept = stamp(self._state_path(command)), self._known
        return report

    def runner(self, how: How) -> Runner:
        """The one of the last build, if cells are to run as they did then."""
        if self._runner is None or self._runner[0] != how:
            self.close()
            self._runner = how, super().runner(how)
        return Runner(self._runner[1].executor, self._runner[1].store)

    def close(self) -> None:
        """End the processes in which cells run."""
        if self._runner:
            self._runner[1].close()
        self._runner = None

    def _last(self, command: str) -> state.State:
        """Another process may have built meanwhile."""
        if self._kept and self._kept[0] == stamp(self._state_path(command)):
            return self._kept[1]
        return super()._last(command)

    def _program(self) -> dict[str, list[int]]:
        """A process goes on with the program that it began with."""
        if self._stamps is None:
            self._stamps = super()._program()
        return self._stamps
