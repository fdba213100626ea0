"""What `serve` says on the terminal: findings as every build has them, and a line for each round of builds."""

from __future__ import annotations

import sys
import threading
import time
import traceback
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from gradpress.diagnostics import Diagnostic, UsageError
from gradpress.progress import watching
from gradpress.resident import Left
from gradpress.site import Watcher

_NAMED = 3
"""Files that a line names; of more it gives the number."""


class Saying:
    """Says it as the command line asks for it."""

    def __init__(self, *, quiet: bool, style: str, say: Callable[[Diagnostic], None]) -> None:
        self._quiet = quiet
        self._style = style
        self._say = say
        self._line = Watcher()
        """The live line on a terminal, while a round is going on."""
        self._lock = threading.Lock()
        self._said: set[Diagnostic] = set()
        self._saved: dict[str, None] = {}
        self._began = time.monotonic()
        self._published: set[str] = set()
        """Pages of the round that were written."""
        self._pages: set[str] = set()
        """Pages that were begun since findings were said last."""

    def note(self, text: str) -> None:
        """A line of our own."""
        if not self._quiet and self._style == "text":
            print(text, file=sys.stderr, flush=True)

    def page(self, name: str, number: int, total: int) -> None:
        """A page is begun."""
        with self._lock:
            self._pages.add(name)
        self._line.page(name, number, total)

    def published(self, name: str) -> None:
        """A page is written."""
        with self._lock:
            self._published.add(name)

    def event(self, event: Any) -> None:
        """What a cell says."""
        self._line.event(event)

    def bug(self, page: str, trace: str) -> None:
        """The program itself failed on a page."""
        print(trace, file=sys.stderr, flush=True)

    def crashed(self) -> None:
        """The program itself failed."""
        traceback.print_exc()
        print("gradpress: this is a bug of ours, please report it", file=sys.stderr, flush=True)

    def saved(self, files: Collection[str]) -> None:
        """Why the next round begins."""
        if not self._saved:
            self._began = time.monotonic()
        self._saved |= dict.fromkeys(sorted(files))

    @contextmanager
    def round(self) -> Iterator[None]:
        """Some builds that belong together; one that is left is counted with the next."""
        shows = sys.stderr.isatty() and self._style == "text" and not self._quiet
        with watching(quiet=not shows, style=self._style) as line:
            self._line = line
            try:
                yield
            except Left:
                raise
            except BaseException:
                self._forget()
                raise
            finally:
                self._line = Watcher()
        self._end()

    def built(self, found: Sequence[Diagnostic]) -> None:
        """A build has ended: what it has found that was not said yet, or is still so on pages that it built."""
        with self._lock:
            pages, self._pages = self._pages, set()
        news = [d for d in found if d not in self._said or d.place.file in pages]
        for diagnostic in news:
            self._say(diagnostic)
        self._said = set(found)

    def failed(self, error: UsageError) -> None:
        """The configuration is wrong: nothing is built."""
        self._say(error.diagnostic)
        self.note("the site stays as it was")

    def _end(self) -> None:
        what = f"{_named(list(self._saved))} saved" if self._saved else "built"
        built = len(self._published)
        count = f"{built} page{'' if built == 1 else 's'}"
        errors = sum(d.severity == "error" for d in self._said)
        wrong = f"; {errors} error{'' if errors == 1 else 's'}" if errors else ""
        if self._saved or built:
            self.note(f"{what}: {count} in {time.monotonic() - self._began:.2f} s{wrong}")
        self._forget()

    def _forget(self) -> None:
        self._saved, self._began = {}, time.monotonic()
        self._published = set()


def _named(files: list[str]) -> str:
    return ", ".join(files) if len(files) <= _NAMED else f"{len(files)} files"
