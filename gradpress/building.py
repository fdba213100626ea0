"""Building the pages of a site that changed, each on its own: what happens to one does not touch the others."""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress

from gradpress import checking, outline, pandoc_worker, state
from gradpress.amounts import seconds
from gradpress.cache import Store
from gradpress.configuration import load
from gradpress.content import Found, chosen, remembered
from gradpress.decks import site as slides
from gradpress.diagnostics import GradpressError, Log, Place, collecting, in_order
from gradpress.outline import Outline
from gradpress.page_run import Run
from gradpress.parallel import cores
from gradpress.publish import Publisher, disk_error, stamp
from gradpress.reading import inputs
from gradpress.records import dataclass, field, replace
from gradpress.running import How, using
from gradpress.settings import Execute
from gradpress.site import BOOK, SLIDES, Report, Site
from gradpress.site_files import ROBOTS, SiteFiles

PARTIAL = "partial "
"""Before the digest in the state of a build of some pages: the others may have to be built for their navigation."""


@dataclass
class Build:
    """One run of a command that has something to do."""

    site: Site
    command: str
    found: list[Found]
    known: state.State
    common: str
    log: Log
    how: How = field(default_factory=How)

    def run(self) -> Report:
        """Every page that changed, then the files of the site; the state last."""
        options = self.site.options
        configuration = load(options, self.log)
        names = {f.name for f in chosen(self.found, options.pages, options.content)}
        with collecting(self.log, configuration.file):
            if self.known.common.removeprefix(PARTIAL) != self.common:
                self.known.facts = {}  # another program may read other titles
            facts = {f.name: remembered(f, self.known.facts) for f in self.found}
            site = outline.of(self.found, facts, configuration)
            if "image" in configuration.settings.values:
                from gradpress.site_parts import card

                card.check(configuration.settings.values, options.content, configuration.document.line("image"))
        everything, self.found, configuration = self.found, site.found, site.configuration
        if self.command == SLIDES:
            names = slides.chosen(names, site, options)
        noted = inputs.Noted()
        with collecting(self.log, configuration.file), inputs.noting(noted):
            view = site.view(self.command)
        self.known.inputs = state.stamped(noted.paths)
        digest = site.digest(self.common, view)
        publisher = Publisher(self.site.place)
        latex = checking.Latex(view, options.jobs or cores()) if self.command == "check" else None
        run = Run(self, configuration, view, publisher, digest, latex)
        self.how = self._how(configuration.settings.execute)
        runner = self.site.runner(self.how)
        try:
            with using(runner), pandoc_worker.resident():
                reports = run.pages([f for f in self.found if f.name in names])
        except BaseException:
            with suppress(OSError, GradpressError):
                run.remember()
            raise
        finally:
            runner.close()
        with self._reporting_disk():
            self._finish(publisher, SiteFiles(view, site.found, site.listing, digest, self.known.pages), names)
            if self.command == SLIDES:
                slides.judged(run, options)
            self._remember(everything, site)
            Store(options.cache).prune_sometimes(configuration.settings.execute.cache_limit)
        asked = (page for file, page in self.known.pages.items() if file.rpartition(".")[0] in names)
        diagnostics = [*self.log.found, *(d for page in asked for d in page.diagnostics)]
        return replace(reports, diagnostics=tuple(in_order(diagnostics)))

    @contextmanager
    def _reporting_disk(self) -> Iterator[None]:
        """What cannot be written for the whole site does not hide what was found on the pages."""
        try:
            with collecting(self.log, str(self.site.options.output)):
                yield
        except GradpressError as error:
            self.log.add(error.diagnostic)
        except OSError as error:
            output = self.site.options.output
            self.log.add(disk_error(error, Place(str(output)), output).diagnostic)

    def _how(self, site: Execute) -> How:
        options = self.site.options
        wish = options.keep_warm or (site.keep_warm if sys.stderr.isatty() else "off")
        return How(options.execute, options.executor, site.preload, site.env, seconds(wish))

    def remember(self, publisher: Publisher) -> None:
        """Save what is known so far: the next build need not do it again.  It looks at everything."""
        publisher.save()
        self.known.common = PARTIAL + self.common
        self.known.save()

    def _publish_search(self, publisher: Publisher, files: SiteFiles) -> None:
        """The index of all pages that have a record; nothing where the site has no search."""
        made: dict[str, bytes] = {}
        if files.view.search:
            from gradpress.searching import index, record

            stamps = ((p.name, p.outputs.get(record.target(p.name))) for p in self.known.pages.values())
            made = index.files(self.site.options.output, {name: stamp for name, stamp in stamps if stamp})
        publisher.publish("search", made, {})
        self.known.site |= publisher.stamps("search")

    def _publish_book(self, files: SiteFiles) -> None:
        """The chapters as one PDF, beside what other commands have made; it has an owner without a page."""
        from gradpress.book import printed

        publisher = Publisher(self.site.options.output)
        engine = self.site.options.engine or str(files.view.values.get("engine", "xelatex"))
        made = printed.printed(files.view, self.site.place, engine)
        publisher.publish(BOOK, {printed.FILE: made}, {})
        self.known.site = publisher.stamps(BOOK)
        publisher.save()

    def _finish_slides(self, publisher: Publisher, files: SiteFiles, asked: Collection[str]) -> None:
        """Style sheet and script of all decks; pages that are slides no more lose theirs."""
        if not self.site.options.pages:
            for gone in [file for file, page in self.known.pages.items() if page.name not in asked]:
                publisher.publish(f"{SLIDES} {self.known.pages.pop(gone).name}", {}, {})
        made = slides.assets(files.view.templates, files.view.theme) if self.known.pages else {}
        publisher.publish(SLIDES, made, {})
        self.known.site = publisher.stamps(SLIDES)
        self._retire_shared(publisher)

    def _retire_shared(self, publisher: Publisher) -> None:
        used = {target for page in self.known.pages.values() for target in page.shared}
        publisher.retire_shared(used, self.command)

    def _finish(self, publisher: Publisher, files: SiteFiles, asked: Collection[str]) -> None:
        for gone in set(self.known.pages) - {f.file for f in self.found}:
            del self.known.pages[gone]
        if self.command == SLIDES:
            self._finish_slides(publisher, files, asked)
        if self.command == "html":
            publisher.publish("site", *files.made())
            self.known.site = publisher.stamps("site")
            self._publish_search(publisher, files)
            self._retire_shared(publisher)
        if self.command == BOOK:
            self._publish_book(files)
        publisher.retire_pages({f.name for f in self.found})
        publisher.save()

    def _remember(self, everything: list[Found], site: Outline) -> None:
        """What the next build will ask for; `everything` is in the content folder."""
        content = self.site.options.content
        present = {f.file for f in everything}
        self.known.facts = {file: kept for file, kept in self.known.facts.items() if file in present}
        self.known.drafts = site.drafts
        files = [str(content / name) for name in (ROBOTS, *site.drafts)]
        self.known.watched = {**site.watched, **{path: stamp(path) for path in files}}
        self.known.pages = {n: state.refreshed(p, self.site.place) for n, p in self.known.pages.items()}
        self.known.common = (PARTIAL if self.site.options.pages else "") + self.common
        self.known.diagnostics = tuple(self.log.found)
        self.known.save()
