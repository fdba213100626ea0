"""A site: its configuration and pages, what must be built again, and building it.

The question "has anything changed?" is answered first, with file stamps only (`gradpress.state`);
the libraries are imported when the answer is yes.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gradpress import state
from gradpress.content import CONFIGURATION, CONFIGURATIONS, Found, scan
from gradpress.diagnostics import Diagnostic, Log, Place, UsageError, collecting, in_order
from gradpress.publish import MANIFEST, stamp
from gradpress.records import dataclass, field, replace

if TYPE_CHECKING:
    from gradpress.running import How, Runner

ROOT = Path(__file__).resolve().parent.parent
TEMPLATES = ROOT / "templates"
BOOK = "book"
"""The command that `pdf --book` is, and the folder of its chapters in the cache."""
SLIDES = "slides"
"""The command that takes only the pages that are decks."""


@dataclass(frozen=True)
class Options:
    """What the command line says about a build."""

    content: Path = Path("content")
    output: Path = Path("site")
    cache: Path = Path(".gradpress")
    pages: tuple[str, ...] = ()
    """Pages below the content folder; none means all."""
    execute: bool = True
    strict: bool = False
    mathjax: str = ""
    engine: str = ""
    jobs: int = 0
    """Pages at a time; 0: as many as there are processors."""
    executor: str = ""
    """Where cells run: `dask://host:port`, or on this machine."""
    links: bool = False
    """Whether links to other sites are tried."""
    drafts: bool = False
    """Whether pages with `draft: true` are in the site."""
    keep_warm: str = ""
    """How long processes stay after the build, such as `10m`; empty: as the configuration says."""


@dataclass(frozen=True)
class Report:
    """How a build ended."""

    diagnostics: tuple[Diagnostic, ...]
    built: int = 0
    unchanged: int = 0
    bugs: int = 0
    """Pages on which the program itself failed."""


@dataclass
class Watcher:
    """Is told how a build goes on; the default one says nothing."""

    page: Callable[[str, int, int], None] = lambda name, number, total: None
    event: Callable[[Any], None] = lambda event: None
    bug: Callable[[str, str], None] = lambda page, trace: None
    published: Callable[[str], None] = lambda name: None
    """Called with a page's file when what was made of it is in the output folder."""


@dataclass
class Site:
    """One content folder on its way into one output folder."""

    options: Options
    watcher: Watcher = field(default_factory=Watcher)
    _seen: dict[str, list[int]] = field(default_factory=dict)
    """Files and folders that the build looked at before it read a page, as they were then."""
    _known: state.State | None = None
    """What the next build will know."""
    place: Path = field(init=False)
    """The folder for what is made of single pages."""

    def __post_init__(self) -> None:
        self.place = self.options.output

    def build(self, command: str) -> Report:
        """Build what changed.  Raises UsageError when the configuration or a page name is wrong."""
        content_exists(self.options.content)
        _output_is_folder(self.options.output)
        if command == BOOK:  # of which the site is to have the whole only
            self.place = self.options.cache / BOOK
        log = Log()
        with collecting(log, CONFIGURATION):
            found = scan(self.options.content, (self.options.output, self.options.cache), self._seen)
        known = self._known = self._last(command)
        common = self._common(command)
        if self._nothing_to_do(found, known, common):
            return _replayed(known)
        from gradpress.parallel import seldom_collecting

        with seldom_collecting():
            from gradpress import pandoc

            pandoc.prepare()
            from gradpress.building import Build  # everything heavy is behind this import

            return Build(self, command, found, known, common, log).run()

    def _last(self, command: str) -> state.State:
        """What the last build of the command knew."""
        return state.load(self._state_path(command))

    def runner(self, how: How) -> Runner:
        """What runs the cells of a build."""
        from gradpress.running import local

        return local(self.options.cache, how, self.watcher.event)

    def _nothing_to_do(self, found: list[Found], known: state.State, common: str) -> bool:
        files = sorted([*known.pages, *known.drafts])
        if known.common != common or self.options.pages or [f.file for f in found] != files:
            return False
        look = cache(stamp)
        return (
            not any(d.severity == "error" for d in known.diagnostics)
            and all(stamp(path) == then for path, then in known.watched.items())
            and state.outputs_there(self.options.output, known.site)
            and state.unchanged(known.inputs, look)
            and all(self.is_current(page, look) for page in known.pages.values())
        )

    def is_current(self, page: state.PageState, look: state.Look = stamp) -> bool:
        """Whether a page need not be built again."""
        return not self.retries(page) and fresh(page, self.place, look)

    def retries(self, page: state.PageState) -> bool:
        """Whether a page is built again although it is as it was: errors are no reason not to try."""
        return page.failed

    def _common(self, command: str) -> str:
        stamps = self._program() | state.program_stamps((TEMPLATES,))
        program = state.digest([(path, known[0], known[2]) for path, known in stamps.items()])
        self._seen |= stamps
        options = replace(self.options, pages=(), jobs=0, executor="", keep_warm="")
        configuration = [stamp(self.options.content / name) for name in CONFIGURATIONS]
        self._seen |= {str(self.options.content / n): s for n, s in zip(CONFIGURATIONS, configuration, strict=True)}
        engines = os.environ.get("PATH", "") if command in ("pdf", "check", BOOK) else ""
        return state.digest(command, program, str(options), configuration, engines)

    def _program(self) -> dict[str, list[int]]:
        """The files of the program, as they were when it began."""
        return state.program_stamps((ROOT / "gradpress", ROOT / "filters"))

    def rests_on(self, command: str) -> tuple[Mapping[str, Sequence[int]], frozenset[str]] | None:
        """All files with their stamps, and the environment variables, that the result of `build` rests on.

        None if it rests on something else as well, such as the date.
        """
        if self._known is None or self.options.pages or self.options.keep_warm:
            return None
        pages = self._known.pages.values()
        conditions = dict(item for page in pages for item in page.conditions.items())
        if any(state.condition(name) != value for name, value in conditions.items()):
            return None
        names = {name.removeprefix("env ") for name in conditions if name.startswith("env ")}
        programs = {name for name in conditions if name.startswith("program ")}
        if conditions.keys() - {f"env {name}" for name in names} - programs - {"packages"}:
            return None
        rests = (self._known.inputs, *(page.inputs for page in pages))
        inputs = {path: known[1:] for files in rests for path, known in files.items()}
        written = {str(self.options.output / path): stamp for path, stamp in self._known.site.items()}
        written |= {str(self.place / path): stamp for page in pages for path, stamp in page.outputs.items()}
        searched = os.get_exec_path() if programs else ()  # installing one changes the date of a folder
        packages = (folder for folder in sys.path if folder.endswith("-packages"))
        folders = {folder: stamp(folder) for folder in (*packages, *searched)}
        engines = {"PATH"} if programs or command in ("pdf", "check", BOOK) else set()
        if self._known.drafts or command == SLIDES:  # another page may have been built by its name since
            self._seen[str(self.options.output / MANIFEST)] = stamp(self.options.output / MANIFEST)
        files = {**self._seen, **self._known.watched, **inputs, **written, **folders}
        return files, frozenset({"PYTHONPATH", *names, *engines})

    def _state_path(self, command: str) -> Path:
        where = state.digest(str(self.options.content.resolve()), str(self.options.output.resolve()))
        return self.options.cache / "state" / f"{command}-{where}.json"


def content_exists(content: Path) -> None:
    """Raises UsageError when the content folder does not exist."""
    if not content.is_dir():
        hint = "name the folder of your notes with --content DIR"
        raise UsageError("key-value", f"there is no folder '{content}'", Place(str(content)), hint)


def _output_is_folder(output: Path) -> None:
    if output.exists() and not output.is_dir():
        hint = "remove it, or name another folder with --output DIR"
        raise UsageError("disk-error", "a file stands where the output folder should be", Place(str(output)), hint)


def fresh(page: state.PageState, output: Path, look: state.Look = stamp) -> bool:
    """Whether a page is as it was built: its files, and what it was made from."""
    return (
        state.outputs_there(output, page.outputs)
        and state.unchanged(page.inputs, look)
        and all(state.condition(name) == value for name, value in page.conditions.items())
    )


def _replayed(known: state.State) -> Report:
    """The findings of the last build, which still hold."""
    found = [*known.diagnostics, *(d for page in known.pages.values() for d in page.diagnostics)]
    return Report(tuple(in_order(found)), built=0, unchanged=len(known.pages))
