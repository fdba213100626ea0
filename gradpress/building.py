"""Building the pages of a site that changed, each on its own: what happens to one does not touch the others."""

from __future__ import annotations

import sys
import threading
import traceback
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

from gradpress import formats, inputs, state
from gradpress.amounts import seconds
from gradpress.cache import Store
from gradpress.configuration import Configuration, load
from gradpress.content import CONFIGURATION, Facts, Found, chosen, facts, navigation
from gradpress.diagnostics import Diagnostic, Log, PageError, Place, collecting, in_order, record
from gradpress.page import Format, SiteView, Written
from gradpress.parallel import cores, each
from gradpress.pipeline import make
from gradpress.places import located
from gradpress.publish import Publisher, all_files, stamp
from gradpress.rules import RULES
from gradpress.running import How, local, using
from gradpress.settings import Execute
from gradpress.site import Report, Site, fresh
from gradpress.site_files import files


@dataclass
class Build:
    """One run of a command that has something to do."""

    site: Site
    command: str
    found: list[Found]
    known: state.State
    common: str
    log: Log

    def run(self) -> Report:
        """Every page that changed, then the files of the site; the state last."""
        options = self.site.options
        configuration = load(options, self.log)
        names = {f.name for f in chosen(self.found, options.pages, options.content)}
        with collecting(self.log, CONFIGURATION):
            pages = {f.name: self._facts(f) for f in self.found}
            nav = navigation(pages, configuration.settings.get("nav"))
        view = configuration.view(nav)
        digest = state.digest(self.common, str(configuration.settings), str(nav) if self.command == "html" else "")
        publisher = Publisher(options.output)
        run = _Run(self, configuration, view, publisher, digest)
        runner = local(options.cache, self._how(configuration.settings.execute), self.site.watcher.event)
        try:
            with using(runner):
                reports = run.pages([f for f in self.found if f.name in names])
        finally:
            runner.close()
        self._finish(publisher, view, digest)
        Store(options.cache).prune_sometimes(configuration.settings.execute.cache_limit)
        asked = (page for file, page in self.known.pages.items() if file.rpartition(".")[0] in names)
        diagnostics = [*self.log.found, *(d for page in asked for d in page.diagnostics)]
        return replace(reports, diagnostics=tuple(in_order(diagnostics)))

    def _how(self, site: Execute) -> How:
        options = self.site.options
        wish = options.keep_warm or (site.keep_warm if sys.stderr.isatty() else "off")
        return How(options.execute, options.executor, site.preload, site.env, seconds(wish))

    def _facts(self, found: Found) -> Facts:
        """Title, order and draft, remembered by the file's stamp."""
        now = stamp(found.path)
        kept = self.known.facts.get(found.file)
        if kept and kept[:-1] == now:
            return Facts(*kept[-1])
        known = facts(found)
        self.known.facts[found.file] = [*now, [known.title, known.order, known.draft]]
        return known

    def _finish(self, publisher: Publisher, view: SiteView, digest: str) -> None:
        present = {f.file for f in self.found}
        for gone in set(self.known.pages) - present:
            del self.known.pages[gone]
        self.known.facts = {file: kept for file, kept in self.known.facts.items() if file in present}
        if self.command == "html":
            publisher.publish("site", *files(view, self.found))
            self.known.site = publisher.stamps("site")
            publisher.retire_shared({t for page in self.known.pages.values() for t in page.shared})
        publisher.retire_pages({f.name for f in self.found})
        publisher.save()
        output = self.site.options.output
        self.known.pages = {n: state.refreshed(p, output) for n, p in self.known.pages.items()}
        self.known.common = self.common
        self.known.diagnostics = tuple(self.log.found)
        self.known.save()


@dataclass
class _Run:
    """The pages of one build."""

    build: Build
    configuration: Configuration
    view: SiteView
    publisher: Publisher
    digest: str
    shared: dict[str, frozenset[Path]] = field(default_factory=dict)
    """What was published of each shared folder in this build."""
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def pages(self, found: list[Found]) -> Report:
        """Each page that is not up to date."""
        options = self.build.site.options
        known = self.build.known.pages
        tried = [page for page in found if not self._up_to_date(page)]
        failed: list[bool] = []

        def build(number: int, page: Found) -> None:
            self.build.site.watcher.page(page.file, number, len(tried))
            known[page.file], bug = self._page(page)
            failed.append(bug)

        each(build, list(enumerate(tried, 1)), options.jobs or cores())
        built = sum(bool(known[page.file].outputs) or self.build.command == "check" for page in tried)
        return Report((), built, len(found) - len(tried), sum(failed))

    def _up_to_date(self, page: Found) -> bool:
        kept = self.build.known.pages.get(page.file)
        return kept is not None and kept.digest == self.digest and fresh(kept, self.build.site.options.output)

    def _page(self, found: Found) -> tuple[state.PageState, bool]:
        """Build one page; whatever happens to it, the others go on."""
        log = Log(self.build.log.overrides)
        owner = f"{self.build.command} {found.name}"
        bug = False
        made: list[Written] = []
        with collecting(log, found.file), inputs.noting() as noted:
            inputs.note(found.path)
            try:
                made = self._written(found)
                self._publish(owner, made, log)
            except PageError as error:
                record(error.diagnostic)
            except RecursionError:
                hint = "write it with fewer levels of quotes or lists"
                record(Diagnostic("nested-too-deep", "error", Place(found.file), "the page is nested too deeply", hint))
            except Exception:  # ours: the page is lost, the others are not, and the run says so
                bug = True
                trace = traceback.format_exc()
                self.build.site.watcher.bug(found.file, trace)
                record(
                    Diagnostic(
                        "internal-error",
                        RULES["internal-error"].severity,
                        Place(found.file),
                        f"Gradpress failed: {trace.strip().splitlines()[-1]}",
                        "please report this",
                    )
                )
        with self._lock:
            stamps = self.publisher.stamps(owner)
        shared = tuple(t for written in made for t in written.shared)
        conditions = {name: state.condition(name) for name in sorted(noted.conditions)}
        stamped = state.stamped(noted.paths)
        return state.PageState(self.digest, stamped, stamps, tuple(log.found), shared, conditions), bug

    def _written(self, found: Found) -> list[Written]:
        surroundings = self.configuration.context(found)
        page = make(found.path, found.file, found.name, self.configuration.settings, surroundings)
        made = []
        for form in self._formats():
            with located(page.places):
                made.append(form.write(page, self.view))
        return made

    def _formats(self) -> Iterable[Format]:
        names = ("html", "pdf") if self.build.command == "check" else (self.build.command,)
        return [formats.get(name) for name in names]

    def _publish(self, owner: str, made: list[Written], log: Log) -> None:
        for written in made:
            for source in written.copies.values():
                inputs.note(source)
        if self.build.command == "check" or (self.build.site.options.strict and log.found):
            return
        with self._lock:
            self._publish_files(owner, made)

    def _publish_files(self, owner: str, made: list[Written]) -> None:
        for written in made:
            self.publisher.publish(owner, written.files, written.copies)
            for target, folder in written.shared.items():
                present = frozenset(all_files(folder))  # another page may have asked for another bundle
                if self.shared.get(target) != present:
                    self.shared[target] = present
                    self.publisher.publish_folder(target, folder)
