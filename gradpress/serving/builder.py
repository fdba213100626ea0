"""The builder's thread: one build after the other, what readers wait for first.

    saved pages  →  pages that are open or asked for  →  the whole site

A save, or a reader who asks for a page that is not there yet, leaves the build that runs: what it has published stays,
its cells go on (`gradpress.execution.going_on`), and the round begins again with what is newest.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterator
from typing import Any

from gradpress.content import SUFFIXES
from gradpress.diagnostics import UsageError
from gradpress.resident import Left, Resident
from gradpress.serving.news import News
from gradpress.serving.saves import Saved
from gradpress.serving.saying import Saying
from gradpress.site import Options, Watcher

COMMAND = "html"
_FEW = 8
"""Pages saved at once that are built before the others; more of them are no edit but another version."""


class Builder:
    """Builds until it is closed."""

    def __init__(self, options: Options, first: Collection[str], news: News, saying: Saying) -> None:
        self._options = options
        self._news = news
        self._saying = saying
        self._wanted = list(first)
        """Pages that are built next, the most urgent first."""
        self._saved: dict[str, None] = {}
        """Pages that were saved since the whole site was built."""
        self._data: dict[str, str] = {}
        """Other files that have changed since."""
        self._is_other_code = False
        """Whether cells that run may have imported what was saved."""
        self._changed = threading.Condition()
        self._due, self._is_building, self._is_over = True, False, False
        self._was_whole = False
        """Whether the whole site has been built."""
        self._written: dict[str, list[int]] = {}
        watcher = Watcher(saying.page, self._event, saying.bug, self._published)
        self._resident = Resident(options, watcher)
        self._thread = threading.Thread(target=self._run, name="builder", daemon=True)

    def start(self) -> None:
        """Begin with the first build."""
        self._thread.start()

    def saved(self, saved: Saved) -> None:
        """Build what rests on files that were saved, from any thread.

        Data count when the build that runs is at its end: what its cells have written themselves is no change then.
        """
        with self._changed:
            self._data |= saved.data
            self._is_other_code |= any(path.endswith(".py") for path in saved.sources)
            self._take(saved.sources, saved.pages)
            if not self._is_building:
                self._take_data()

    def _take_data(self) -> None:
        data, self._data = self._data, {}
        self._take({path: name for path, name in data.items() if self._resident.has_changed(COMMAND, path)}, ())

    def _take(self, files: dict[str, str], pages: Collection[str]) -> None:
        if files:
            self._saying.saved(list(files.values()))
            self._saved = dict.fromkeys([*pages, *self._saved])
            self._resident.saved(COMMAND, files, during=self._is_building)
            self._again()

    def want(self, page: str) -> bool:
        """A reader waits for the page with this name; whether there will be one."""
        names = [page + suffix for suffix in SUFFIXES]
        if not any((self._options.content / name).is_file() for name in names):
            return not self._was_whole  # the site's first page, for one, is made of the others
        with self._changed:
            if not self._wanted or self._wanted[0] not in names:
                self._wanted = [*names, *(name for name in self._wanted if name not in names)]
                self._again()
        return True

    def close(self, seconds: float) -> bool:
        """End; whether all has ended in that time."""
        with self._changed:
            self._is_over = True
            self._changed.notify_all()
        self._resident.leave()
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def _again(self) -> None:
        self._due = True
        self._news.state(building=True)
        self._changed.notify_all()
        if self._is_building:
            self._resident.leave()

    def _run(self) -> None:
        with self._resident:
            while self._next():
                try:
                    self._round()
                except Left:
                    self._left()
                    continue
                except UsageError as error:
                    self._failed(error)
                except Exception:  # one save must not end them all
                    self._saying.crashed()
                self._news.stopped()
                with self._changed:
                    self._is_building = False
                    self._take_data()
                    self._news.state(building=self._due)

    def _left(self) -> None:
        """Cells go on, unless they are of old code."""
        with self._changed:
            other, self._is_other_code = self._is_other_code, False
        if other:
            self._resident.give_up()

    def _next(self) -> bool:
        """Wait until something is to be done; False at the end."""
        with self._changed:
            self._is_building = False
            self._changed.wait_for(lambda: self._due or self._is_over)
            self._due, self._is_building = False, True
            if not self._is_over:
                self._resident.stay()
            return not self._is_over

    def _round(self) -> None:
        with self._saying.round():
            for pages in self._fronts():
                self._build(pages)
            self._build([])
            self._resident.give_up()
            self._was_whole = True
            self._saved, self._is_other_code = {}, False
            self._wanted = []
            self._news.state(failure="")

    def _fronts(self) -> Iterator[list[str]]:
        """Pages that are built before the others."""
        saved = list(self._saved)
        if 0 < len(saved) <= _FEW:
            yield saved
        open_now = [n.removesuffix(".html") + s for n in dict.fromkeys(self._news.shown()) for s in SUFFIXES]
        if self._wanted or open_now:
            yield [*self._wanted, *open_now]

    def _build(self, pages: list[str]) -> None:
        with self._changed:
            if self._due:
                raise Left
        try:
            self._resident.build(COMMAND, pages)
        finally:
            self._tell_changes()
        found = self._resident.diagnostics(COMMAND)
        self._news.found(found)
        self._saying.built(found)

    def _published(self, file: str) -> None:
        self._saying.published(file)
        self._news.ended(file)
        self._news.changed([f"{file.rpartition('.')[0]}.html"])

    def _event(self, event: Any) -> None:
        self._news.event(event)
        self._saying.event(event)

    def _tell_changes(self) -> None:
        """Whatever was written, new or gone since the last time."""
        now, before = self._resident.outputs(COMMAND), self._written
        self._written = now
        other = [target for target in now.keys() | before.keys() if now.get(target) != before.get(target)]
        if other and before:
            self._news.changed(other)

    def _failed(self, error: UsageError) -> None:
        self._news.state(failure=str(error.diagnostic))
        self._saying.failed(error)
