"""The pages of one build: those that changed are read, numbered together, written and published, each on its own."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from gradpress import checking, formats, processes, state
from gradpress.configuration import Configuration
from gradpress.content import Found
from gradpress.diagnostics import Log
from gradpress.numbers.target import Index
from gradpress.page import Format, Names, Page, SiteView, Written
from gradpress.page_forks import Forks
from gradpress.page_work import Work, guarded
from gradpress.parallel import cores, each
from gradpress.preloading import Preloading
from gradpress.publish import Publisher, all_files, stamp
from gradpress.reading import inputs, manuscript
from gradpress.reading.places import located
from gradpress.records import dataclass, field, replace
from gradpress.running import local, using
from gradpress.site import Report

if TYPE_CHECKING:
    from gradpress.building import Build


REMEMBER = 30.0
"""Seconds after which what is done is remembered: for 10,000 pages that takes half a second."""


@dataclass
class Run:
    """The pages of one build."""

    build: Build
    configuration: Configuration
    view: SiteView
    publisher: Publisher
    digest: str
    """Of what all pages have in common."""
    latex: checking.Latex | None
    """Compiles what `check` has written."""
    shared: dict[str, frozenset[Path]] = field(default_factory=dict)
    """What was published of each shared folder in this build."""
    is_fork: bool = False
    """Whether this is another process, which publishes nothing."""
    works: list[Work] = field(default_factory=list)
    """The pages that are built."""
    _numbered: bool = False
    """Whether the view knows the numbers of all pages."""
    _needed: Preloading = field(init=False)
    _remembered: float = field(default_factory=time.monotonic)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self._needed = Preloading(self._load)

    def pages(self, found: list[Found]) -> Report:
        """Each page that is not up to date; those that refer to others when all have their numbers."""
        known = self.build.known.pages
        started = self.works
        look = cache(stamp)  # many pages rest on the same files
        self._read([page for page in found if not self._up_to_date(page, look)])
        self._number(started)
        rest = {page.file: page for page in found} | {w.found.file: None for w in started}
        self._read([p for p in rest.values() if p and self._means_another(known[p.file])])
        self._each(self._write, [work for work in started if not work.written])
        if self.latex:
            self.latex.finish()
            each(self._check, [(w,) for w in started if w.page and len(w.made) == 2], self._jobs())
        for work in started:
            known[work.found.file] = self.state(work, self.view.targets)
        built = sum(bool(known[w.found.file].outputs) or self.build.command == "check" for w in started)
        return Report((), built, len(found) - len(started), sum(work.bug for work in started))

    def remember(self) -> None:
        """Let the next build know the pages that are done, should this one not come to its end."""
        for work in self.works:
            if work.published and work.names and not work.remembered:
                index = self.view.targets if self._numbered else Index.of(work.names.targets)
                self.build.known.pages[work.found.file] = self.state(work, index)
                work.remembered = True
        self.build.remember(self.publisher)
        self._remembered = time.monotonic()

    def _load(self) -> None:
        from importlib import import_module

        from filters import chain

        import_module("gradpress.pipeline")
        chain()
        self._formats()

    def _jobs(self) -> int:
        return self.build.site.options.jobs or cores()

    def _read(self, found: list[Found]) -> None:
        """The pages through the chain, with their cells run; those that need no others are written, too."""
        started = [Work(page, Log(self.build.log.overrides)) for page in found]
        self.works += started

        def begin(number: int) -> None:
            self.build.site.watcher.page(started[number].found.file, number + 1, len(started))

        self._each(self._read_one, started, begin)

    def _read_one(self, work: Work) -> None:
        with self.guarded(work):
            inputs.note(work.found.path)
            work.stamp = stamp(work.found.path)
            page = work.page = self._made(work.found)
            names = work.names = page.names
            if self._asked(names) <= {t.label for t in names.targets} | names.identifiers:
                self._finish(work, replace(self.view, targets=Index.of(names.targets)))
            else:
                page.document.settle()

    def _asked(self, names: Names) -> frozenset[str]:
        """The labels that the page shows something of, also in the titles of other pages."""
        return names.asked | self.view.nav.labels if self.build.command == "html" else names.asked

    def _each(
        self, do: Callable[[Work], None], works: list[Work], begin: Callable[[int], None] = lambda number: None
    ) -> None:
        """Do something with each page: in other processes where that pays, what they leave in threads.

        LaTeX of `check` is compiled here.
        """
        begun: set[int] = set()

        def start(number: int) -> None:
            if number not in begun:
                begun.add(number)
                begin(number)

        rest = list(range(len(works)))
        if self.latex is None and processes.pay(len(works), self._jobs()):
            from gradpress.formats import math_html

            self._needed.finish()  # once, not in each of them
            math_html.prepare(self.configuration.settings.math, self.view)
            forks = Forks(self, do, works)
            rest = processes.call(forks.work, len(works), self._jobs(), start, forks.told) + forks.left

        def one(number: int) -> None:
            start(number)
            do(works[number])

        each(one, [(number,) for number in sorted(rest)], self._jobs())

    def _number(self, started: list[Work]) -> None:
        """Let the pages know each other's numbers."""
        known = self.build.known.pages
        old = {f.file: known[f.file] for f in self.build.found if f.file in known}
        new = {w.found.file: w.names for w in started if w.names}
        read: dict[str, Names | state.PageState] = {**old, **new}
        failed = [w.found.path for w in started if not w.names]
        index = _index(read, failed)
        unread = [f for f in self.build.found if f.file not in read]
        asked = {(label, n.name) for n in new.values() for label in self._asked(n) - n.identifiers}
        if unread and any(not index.knows(label, name) for label, name in asked):
            new |= {f.file: page.names for f in unread if (page := self._page(f))}
            index = _index({**old, **new}, failed)
        self.view, self._numbered = replace(self.view, targets=index), True

    def _page(self, found: Found) -> Page | None:
        """A page that is not to be built now, for its numbers; no cell runs."""
        work = Work(found, Log())
        options = self.build.site.options
        with self.guarded(work), using(local(options.cache, replace(self.build.how, execute=False))):
            work.page = self._made(found)
        return work.page

    def _means_another(self, page: state.PageState) -> bool:
        """Whether a label that the page refers to has another number, or is elsewhere, since it was built."""
        index = self.view.targets
        return any(index.resolution(n, page.name) != meant for n, meant in page.references.items())

    def _up_to_date(self, page: Found, look: state.Look) -> bool:
        kept = self.build.known.pages.get(page.file)
        if kept is None or kept.digest != self._digest(page):
            return False
        return self.build.site.is_current(kept, look)

    def _digest(self, page: Found) -> str:
        """Of what the page does not have from its own files: the program, its settings, its place in the site."""
        shown = self.view.nav.digest(f"{page.name}.html") if self.build.command == "html" else ""
        day = self.view.modified.get(page.name, "")
        return f"{self.digest} {self.configuration.chapters.get(page.name, '')} {day} {shown}"

    def _write(self, work: Work) -> None:
        """Write and publish a page that refers to others."""
        with self.guarded(work):
            self._finish(work, self.view)

    def _finish(self, work: Work, view: SiteView) -> None:
        if work.page is not None:
            work.written = True
            from gradpress import anchors

            with located(work.page.places):
                anchors.check(work.page, view.targets)
                if self.build.command == "check":
                    checking.advise(work.page, self.build.site.options)
            work.made = self._written(work.page, view)
            if self.latex:
                self.latex.add(work.page, work.made[1])
            self.publish(work)

    def _check(self, work: Work) -> None:
        with self.guarded(work):
            if work.page is not None:
                with located(work.page.places):
                    checking.report_latex(work.page, self.view, work.made[1])

    def _owner(self, found: Found) -> str:
        return f"{self.build.command} {found.name}"

    def guarded(self, work: Work) -> AbstractContextManager[None]:
        """Keep what happens to one page from the others."""
        return guarded(work, self.build.site.watcher, self.build.site.options.cache)

    def state(self, work: Work, index: Index) -> state.PageState:
        """What the next build must know of the page; one that could not be read keeps its numbers."""
        name, file = work.found.name, work.found.file
        before = self.build.known.pages.get(file)
        names = work.names
        asked = self._asked(names) - names.identifiers if names else ()
        return state.PageState(
            self._digest(work.found) if stamp(work.found.path) == work.stamp else "",  # else it was saved meanwhile
            name,
            state.stamped(work.noted.paths),
            self.publisher.stamps(self._owner(work.found)),
            tuple(work.log.found),
            tuple(t for written in work.made for t in written.shared),
            names.targets if names else before.targets if before else (),
            tuple(sorted(names.anchors)) if names else before.anchors if before else (),
            {label: index.resolution(label, name) for label in sorted(asked)},
            {condition: state.condition(condition) for condition in sorted(work.noted.conditions)},
            tuple(work.noted.costs),
        )

    def _made(self, found: Found) -> Page:
        surroundings = self.configuration.context(found)
        read = manuscript.read(found.path, found.file, self.configuration.settings, surroundings, self._needed.begin)
        self._needed.finish()
        from gradpress.pipeline import make

        return make(read, found.name, surroundings, keep=self.build.command == "notebook")

    def _written(self, page: Page, view: SiteView) -> list[Written]:
        made = []
        page.document.uses = len(self._formats())
        for form in self._formats():
            with located(page.places):
                made.append(form.write(page, view))
        return made

    def _formats(self) -> Sequence[Format]:
        names = ("html", "tex") if self.build.command == "check" else (self.build.command,)
        return [formats.get(name) for name in names]

    def publish(self, work: Work) -> None:
        """Publish what was made of a page; then it need not be kept."""
        for written in work.made:
            for source in written.copies.values():
                inputs.note(source)
        if self.build.command == "check":
            return
        if self.is_fork:
            work.page = None
            return
        if not (self.build.site.options.strict and work.log.found):
            with self._lock:
                self._publish_files(self._owner(work.found), work.made)
        work.page, work.made = None, [Written({}, {}, written.shared) for written in work.made]
        work.published = True
        self.build.site.watcher.published(work.found.file)
        if time.monotonic() - self._remembered > REMEMBER:
            with self._lock:
                self.remember()

    def _publish_files(self, owner: str, made: list[Written]) -> None:
        for written in made:
            self.publisher.publish(owner, written.files, written.copies)
            for target, folder in written.shared.items():
                present = frozenset(all_files(folder))  # another page may have asked for another bundle
                if self.shared.get(target) != present:
                    self.shared[target] = present
                    self.publisher.publish_folder(target, folder, self.build.command)


def _index(pages: Mapping[str, Names | state.PageState], failed: Sequence[Path]) -> Index:
    targets = (target for page in pages.values() for target in page.targets)
    anchors = {page.name: frozenset(page.anchors) for page in pages.values()}
    return Index.of(targets, anchors, failed)
