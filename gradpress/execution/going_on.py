"""Sessions that go on when the build that has asked for them is left.

Half of a training is not thrown away because a word above it was corrected: the next build that asks for the same
cells follows what still runs.  If cells further down are others now, it follows as far as both agree, and the state
that is kept there (`live.py`) is where it goes on.  What nobody asks for again is given up.
"""

from __future__ import annotations

import threading
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing

from gradpress.execution import Message, PageRun
from gradpress.execution.entries import spot
from gradpress.execution.forked import Forked, Profile
from gradpress.execution.live import Live, state_keys, tells_lines
from gradpress.execution.moving import moves
from gradpress.leaving import Leaving

TICK = 0.1
"""Seconds after which a run that says nothing sees that it was given up."""
PATIENCE = 30.0
"""Seconds for the end of a run; a guardian that takes longer has met something that cannot be killed."""
_NOTHING: Message = {"is": "tick"}
_LOSSES = 2000
"""Losses that are kept for one that follows later."""


class GoingOn:
    """Live sessions, each in a thread of its own."""

    def __init__(self, profile: Profile, leaving: Leaving) -> None:
        self._live = Live(Forked(profile, tick=TICK), tick=TICK)
        self._leaving = leaving
        self._lock = threading.Lock()
        self._runs: list[_Run] = []

    def messages(self, page: PageRun) -> Generator[Message, None, None]:
        """What happens while the cells of `page` run; see `Sessions`.  Raises Left when the build is left."""
        keys = state_keys(page)
        old = self._taken(page, keys)
        if old and old.is_all_of(page, keys):
            yield from old.moved(page)
            yield from self._followed(old)
            return
        if old:
            yield from self._followed(old, until=_common(old.keys, keys))
            old.wait()  # its end takes everything with it that its guardian has started, but for the states
            yield {"is": "restart"}
        with self._lock:
            run = _Run(self._live, page, keys)
            self._runs.append(run)
        yield from self._followed(run)

    def give_up(self) -> None:
        """End what nobody follows."""
        with self._lock:
            left = [run for run in self._runs if not run.is_followed]
            self._runs = [run for run in self._runs if run.is_followed]
        for run in left:
            run.give_up()

    def close(self) -> None:
        """Stop everything, from any thread."""
        self._live.close()

    def _taken(self, page: PageRun, keys: Sequence[str]) -> _Run | None:
        """The run that nobody follows which agrees with `keys` beyond the cell that runs; others of the page end."""
        with self._lock:
            same = [run for run in self._runs if run.is_of(page) and not run.is_followed]
            fitting = [run for run in same if run.at < _common(run.keys, keys)]
            best = max(fitting, key=lambda run: _common(run.keys, keys), default=None)
            if best:
                best.is_followed = True
            gone = [run for run in same if run is not best]
            self._runs = [run for run in self._runs if run not in gone]
        for run in gone:
            run.give_up()
        for run in gone:
            run.wait()
        return best

    def _followed(self, run: _Run, until: int | None = None) -> Iterator[Message]:
        """What a run says, to its end or to the beginning of the cell `until`; it goes on when the build is left."""
        stays = False
        try:
            for message in run.messages(self._leaving):
                if until is not None and (message["is"] in ("done", "failed") or message.get("cell", -1) >= until):
                    break
                yield message
        except BaseException:
            stays = self._leaving.is_asked()
            raise
        finally:
            run.is_followed = False
            if not stays:
                with self._lock:
                    self._runs = [other for other in self._runs if other is not run]
                run.give_up()


class _Run:
    """One session on its way."""

    def __init__(self, live: Live, page: PageRun, keys: Sequence[str]) -> None:
        self.page = page
        self.keys = tuple(keys)
        self.at = 0
        """The cell that runs."""
        self.is_followed = True
        self._said: list[Message] = []
        self._losses: list[int] = []
        """Where among them the losses are."""
        self._changed = threading.Condition()
        self._is_over = self._is_given_up = False
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._go, args=(live,), daemon=True)
        self._thread.start()

    def is_of(self, page: PageRun) -> bool:
        """Whether it is the same session of the same page."""
        return (self.page.file, _session(self.page)) == (page.file, _session(page))

    def is_all_of(self, page: PageRun, keys: Sequence[str]) -> bool:
        """Whether its results are those of `page`: the same cells, at lines that can be translated if they moved."""
        if self.keys != tuple(keys):
            return False
        stayed = list(map(spot, self.page.cells)) == list(map(spot, page.cells))
        with self._changed:
            resumed = any(message["is"] == "resumed" and message["moves"] for message in self._said)
        return stayed or not (resumed or tells_lines(page))

    def moved(self, page: PageRun) -> Iterator[Message]:
        """Where the lines of its cells are now, if they have moved."""
        pairs = moves(list(map(spot, self.page.cells)), list(map(spot, page.cells)))
        if pairs:
            yield {"is": "resumed", "cells": 0, "messages": [], "moves": [[*old, *new] for old, new in pairs.items()]}

    def messages(self, leaving: Leaving) -> Iterator[Message]:
        """Everything from its beginning on.  Raises Left."""
        told = 0
        while True:
            leaving.check()
            with self._changed:
                self._changed.wait_for(lambda told=told: len(self._said) > told or self._is_over, TICK)  # type: ignore[misc]
                news, over = self._said[told:], self._is_over
            told += len(news)
            for message in news:
                leaving.check()
                if message is not _NOTHING:
                    yield message
            if over and not news:
                break
        if self._error:
            raise self._error

    def give_up(self) -> None:
        """Let it end."""
        self._is_given_up = True

    def wait(self) -> None:
        """Until it has ended."""
        self._thread.join(PATIENCE)

    def _go(self, live: Live) -> None:
        try:
            with closing(live.messages(self.page)) as messages:
                for message in messages:
                    if self._is_given_up:
                        return
                    if message["is"] != "tick":
                        self._say(message)
        except BaseException as error:
            self._error = error
        finally:
            with self._changed:
                self._is_over = True
                self._changed.notify_all()

    def _say(self, message: Message) -> None:
        with self._changed:
            self.at = int(message["cell"]) if message["is"] == "begin" else self.at
            if message["is"] == "loss":
                self._losses.append(len(self._said))
            self._said.append(message)
            if len(self._losses) > _LOSSES:
                self._thin()
            self._changed.notify_all()

    def _thin(self) -> None:
        """A long training says more than anybody draws: every second loss is forgotten."""
        for position in self._losses[1::2]:
            self._said[position] = _NOTHING
        del self._losses[1::2]


def _session(page: PageRun) -> str:
    return page.cells[0].options.session if page.cells else ""


def _common(one: Sequence[str], other: Sequence[str]) -> int:
    """How many keys at the beginning are the same."""
    return next((k for k, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
