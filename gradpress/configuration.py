"""The site's configuration: `gradpress.yml` and the command line, made ready for pages and formats."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from gradpress import context, stylesheets
from gradpress.content import CONFIGURATION, PROJECTS, Facts, Found
from gradpress.diagnostics import Log, PageError, Place, UsageError, collecting, report
from gradpress.math.mathjax_source import edition
from gradpress.navigation import Navigation
from gradpress.numbers.equations import letter
from gradpress.numbers.target import Index
from gradpress.page import SiteView
from gradpress.reading import header_lines, inputs, tex_files, yaml_text
from gradpress.reading.source import read_text
from gradpress.records import dataclass, field, replace
from gradpress.rules import RULES
from gradpress.settings import Settings, site_settings

if TYPE_CHECKING:
    from gradpress.site import Options


@dataclass(frozen=True)
class Configuration:
    """What holds for all pages of a build."""

    settings: Settings
    options: Options
    chapters: Mapping[str, str] = field(default_factory=dict)
    """Page → the number of its chapter, in a site that is numbered by chapters."""
    file: str = CONFIGURATION
    """What it was read from."""
    document: yaml_text.Document = field(default_factory=yaml_text.Document)
    """What the file says, with its lines."""
    drafts: tuple[str, ...] = ()
    """Files of pages that are not in the site."""

    def nav_line(self, item: str) -> int:
        """The line of an entry of the navigation."""
        if line := self.document.line_of("nav", item):
            return line
        path = self.options.content / self.file
        lines = read_text(path).split("\n") if path.is_file() else []
        wanted = re.compile(rf"(?<![\w./-]){re.escape(item)}(?![\w./-])")
        return next((number for number, line in enumerate(lines, 1) if wanted.search(line)), 0)

    def numbered(
        self, nav: Navigation, pages: Mapping[str, Facts], given: Mapping[str, str] | None = None
    ) -> Configuration:
        """The same, with the pages numbered in the order of the navigation.

        The site's first page, and those whose heading is unnumbered, have no number; appendices have letters.
        A book that numbers its pages itself has `given` their numbers.
        """
        if given:
            return replace(self, chapters=given, settings=replace(self.settings, chapters=True, number_sections=True))
        if not self.settings.chapters:
            return self
        first = () if self.settings.index else ("index",)
        without = {*first, *(name.rpartition(".")[0] or name for name in self.settings.get("unnumbered", ()))}
        names = [entry.url.removesuffix(".html") for entry in nav.pages if entry.url]
        names = [name for name in names if name not in without and pages[name].numbered]
        late = {posixpath.splitext(name)[0] for name in self.settings.appendices}
        chapters = {name: str(k) for k, name in enumerate((n for n in names if n not in late), 1)}
        letters = {name: letter(k).upper() for k, name in enumerate((n for n in names if n in late), 1)}
        return replace(self, chapters=chapters | letters)

    def view(self, nav: Navigation) -> SiteView:
        """The site as formats see it."""
        from gradpress.site import TEMPLATES

        get = self.settings.get
        root = self.options.content
        styles, files = stylesheets.of(get("css", ()), self.document, root, root)
        return SiteView(
            title=get("title", self.options.content.resolve().name),
            lang=get("lang", "en"),
            base_url=get("base-url", ""),
            nav=nav,
            content=self.options.content,
            templates=TEMPLATES,
            cache=self.options.cache,
            targets=Index(),
            styles=tuple(styles),
            files=files,
            theme=get("theme", {}),
            values=self.settings.values,
            search=get("search", True),
        )

    def context(self, found: Found) -> context.Context:
        """What filters may know of a page before its header is read."""
        return context.Context(
            file=found.file,
            folder=str(found.path.parent),
            root=str(self.options.content),
            cache=str(self.options.cache),
            execute=self.options.execute,
            chapter=self.chapters.get(found.name, ""),
            drafts=self.drafts,
        )


_FILES = "include-in-header"


def load(options: Options, log: Log) -> Configuration:
    """Read `gradpress.yml`.  Raises UsageError when it cannot be used."""
    path = options.content / CONFIGURATION
    before = len(log.found)
    inputs.note(path)
    file = next((name for name in (CONFIGURATION, *PROJECTS) if (options.content / name).is_file()), CONFIGURATION)
    with collecting(log, file):
        try:
            document = yaml_text.parse(read_text(path)) if path.exists() else _of_others(options)
        except PageError as error:
            d = error.diagnostic
            raise UsageError(d.rule, d.message, d.place, d.hint) from None
        settings = site_settings(document)
        tex = settings.get("header-includes", "")
        if tex and path.exists():
            mended = header_lines.mended(tex, read_text(path).split("\n"), 1, "site")
            settings = settings.having("header-includes", mended)
        root = options.content
        tex_files.preamble(settings.get(_FILES), root, root, document.line(_FILES))
        log.overrides = _overrides(document, settings)
    for found in log.found[before:]:
        if found.severity == "error" and not found.rule.startswith("macro"):
            raise UsageError(found.rule, found.message, found.place, found.hint)
    settings = _with_options(settings, options)
    _check_mathjax(settings, document)
    return Configuration(settings, options, file=file, document=document)


def _of_others(options: Options) -> yaml_text.Document:
    """The configuration that another program has left in the folder."""
    path, book = options.content / "_quarto.yml", options.content / "config.ini"
    for file in (path, book):
        inputs.note(file)
    if path.exists():
        from gradpress.projects import quarto as quarto_project

        return quarto_project.translated(yaml_text.parse(read_text(path)))
    if book.is_file():
        from gradpress.projects import d2l as d2l_project

        return d2l_project.translated(read_text(book))
    from gradpress.projects import bookdown as bookdown_project
    from gradpress.projects import myst as myst_project

    if myst_project.is_one(options.content):
        return myst_project.configuration(options.content)
    return bookdown_project.found(options.content) or yaml_text.Document()


def _with_options(settings: Settings, options: Options) -> Settings:
    math = settings.math
    if options.mathjax:
        math = replace(math, method="mathjax", source=options.mathjax)
    return replace(settings, math=math, engine=options.engine or settings.engine)


def _check_mathjax(settings: Settings, document: yaml_text.Document) -> None:
    """Raise UsageError for a MathJax that does not exist: once, and not for every page."""
    keys = [key for key in ("bundle", "version", "source") if ("math", key) in document.lines]
    if keys and settings.math.is_mathjax:
        try:
            edition(settings.math, Place(CONFIGURATION))
        except UsageError as error:
            d = error.diagnostic
            key = "bundle" if d.rule == "mathjax-bundle" else d.message.partition("'math.")[2].partition("'")[0]
            raise UsageError(d.rule, d.message, Place(CONFIGURATION, document.line("math", key)), d.hint) from None


def _overrides(document: yaml_text.Document, settings: Settings) -> dict[str, object]:
    wished = settings.get("diagnostics", {})
    for rule, wish in wished.items():
        for path, severity in wish.items() if isinstance(wish, Mapping) else [("", wish)]:
            if severity not in ("error", "warning", "ignore"):
                message = f"diagnostics: '{rule}' must be error, warning or ignore, not '{severity}'"
                report("key-value", message, line=document.line("diagnostics", rule, *([str(path)] if path else ())))
        if rule not in RULES:
            report(
                "key-unknown",
                f"diagnostics: there is no rule '{rule}'",
                line=document.line("diagnostics", rule),
                hint="the manual's page on diagnostics lists them",
            )
    return dict(wished)
