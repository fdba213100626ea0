"""`check`: the LaTeX of many pages in one run.

Nine tenths of the time of a page's LaTeX go into loading packages and fonts.  Pages with the same packages are
compiled behind each other, each in a group with its own macros; what is said of a page's lines is the page's.  Pages
in which there is an error are left out, for a run of their own that says what it is.
"""

from __future__ import annotations

import contextvars
import shutil
import threading
from collections.abc import Callable, Mapping, Sequence
from hashlib import sha256
from pathlib import Path

from gradpress.cache import write
from gradpress.diagnostics import PageError
from gradpress.formats import latex_log, latex_overfull
from gradpress.page import Page, Written
from gradpress.patterns import pattern
from gradpress.records import dataclass
from gradpress.tex.macros import Environment, Macro

MOST = 60
"""Pages in one run."""
TIME_LIMIT = 60.0
"""Seconds for one run; sixty long pages take 5."""
_TRIES = 3
"""Runs with fewer pages each, before the rest are compiled alone."""
_OWN = pattern(r"pdftitle=\{.*?\},pdfauthor=\{.*?\},|\\renewcommand\\thesection\{\d+\.\\arabic\{section\}\}\n")
"""What is every page's own in the template, and has no errors."""
_DEFINITIONS = "% ---- the author's definitions\n"
_LOCAL = frozenset(
    "newcommand renewcommand providecommand DeclareRobustCommand newcommand* renewcommand* providecommand* "
    "DeclareRobustCommand* DeclareMathOperator DeclareMathOperator* def let newenvironment renewenvironment "
    "newenvironment* renewenvironment*".split()
)
"""Definitions that end with the group in which they are made."""
_KEPT = "\\makeatletter\\let\\gpdmo\\DeclareMathOperator\\let\\gpdeclmathop\\@declmathop\\makeatother\n"
_OPENED = "\\makeatletter\\let\\DeclareMathOperator\\gpdmo\\let\\@declmathop\\gpdeclmathop\\makeatother\n"
_CLOSED = "\n\\makeatletter\\let\\DeclareMathOperator\\@notprerr\\makeatother\n"
"""Operators are declared before the text only; here also at the beginning of a page's group."""
_END = "Here is how much of TeX's memory"


@dataclass(frozen=True)
class Job:
    """A page with its LaTeX."""

    page: Page
    tex: Written
    engine: str

    @property
    def text(self) -> str:
        """The LaTeX file."""
        return self.tex.files[f"{self.page.name}.tex"].decode()

    @property
    def preamble(self) -> str:
        """What pages of one run have in common: what comes before the page's own text, without what is local."""
        before = _OWN.sub("", self.text.partition("\\begin{document}")[0])
        return before.partition(_DEFINITIONS)[0] if self._is_local else before

    @property
    def body(self) -> str:
        """The page's own text, after its local definitions."""
        before, _, text = self.text.partition("\\begin{document}")
        text = text.rpartition("\\end{document}")[0]
        own = before.partition(_DEFINITIONS)[2].strip() if self._is_local else ""
        return f"\n{_OPENED}{own}{_CLOSED}{text}" if own else text

    @property
    def _is_local(self) -> bool:
        items = self.page.preamble.items
        return all(
            isinstance(i, Macro | Environment) and i.kind in _LOCAL and "global" not in getattr(i, "prefix", "")
            for i in items
        )


@dataclass(frozen=True)
class Clean:
    """What LaTeX said of a page without errors."""

    overfull: tuple[latex_overfull.Overfull, ...]
    missing: tuple[str, ...]
    """Characters that no font has."""


class Together:
    """Compiles pages as they come, in threads of their own, whenever there are enough for one run."""

    def __init__(self, work: Callable[[list[Job]], None], jobs: int) -> None:
        self._work = work
        self._slots = threading.Semaphore(jobs)
        self._lock = threading.Lock()
        self._waiting: dict[tuple[str, str, str], list[Job]] = {}
        self._threads: list[threading.Thread] = []

    def add(self, job: Job) -> None:
        """Compile the page with others: the same engine, folder and preamble."""
        key = (job.engine, str(Path(job.page.name).parent), job.preamble)
        with self._lock:
            group = self._waiting.setdefault(key, [])
            group.append(job)
            if len(group) >= MOST:
                self._start(self._waiting.pop(key))

    def finish(self) -> None:
        """Compile the rest, and wait for all; short waits, so that Ctrl-C is heard."""
        with self._lock:
            for group in self._waiting.values():
                self._start(group)
            self._waiting = {}
        for thread in self._threads:
            while thread.is_alive():
                thread.join(0.1)

    def _start(self, batch: list[Job]) -> None:
        def serve() -> None:
            with self._slots:
                self._work(batch)

        thread = threading.Thread(target=contextvars.copy_context().run, args=(serve,), daemon=True)
        self._threads.append(thread)
        thread.start()


def compiled(batch: Sequence[Job], cache: Path) -> dict[str, Clean]:
    """Name → what was said, of the pages in which there is no error."""
    left = list(batch)
    for _ in range(_TRIES):
        if len(left) < 2:
            return {}
        try:
            log, source, starts = _run(left, cache)
        except PageError:
            return {}  # it did not end: every page for itself, which tells the one that is to blame
        wrong = _wrong(log, starts)
        if wrong is None:
            return {}
        if not wrong:
            return _said(left, log, source, starts)
        left = [job for k, job in enumerate(left) if k not in wrong]
    return {}


def _run(batch: Sequence[Job], cache: Path) -> tuple[str, str, list[tuple[int, int]]]:
    """The log, the file, and from which line to which each page stands in it."""
    from gradpress.formats.pdf import run

    names = "\0".join(job.page.name for job in batch)
    folder = (cache / "tex" / f"check-{sha256(names.encode()).hexdigest()[:12]}").resolve()
    parts, spans = [f"{batch[0].preamble}{_KEPT}\\begin{{document}}"], []
    line = parts[0].count("\n") + 1
    for job in batch:
        text = f"\n\\clearpage\\begingroup{job.body}\n\\endgroup"
        spans.append((line + 1, line + text.count("\n")))
        line += text.count("\n")
        parts.append(text)
    source = "".join([*parts, "\n\\end{document}\n"])
    write(folder / "check.tex", source.encode())
    for target, path in _copies(batch).items():
        write(folder / target, path.read_bytes())
    option = "-no-pdf" if batch[0].engine.endswith("xelatex") else "-draftmode"
    run(batch[0].engine, "check", folder, option, seconds=TIME_LIMIT)
    log = (folder / "check.log").read_text(errors="replace") if (folder / "check.log").exists() else ""
    shutil.rmtree(folder, ignore_errors=True)
    return log, source, spans


def _copies(batch: Sequence[Job]) -> Mapping[str, Path]:
    return {
        str(Path(target).relative_to(Path(job.page.name).parent)): path
        for job in batch
        for target, path in job.tex.copies.items()
    }


def _wrong(log: str, spans: Sequence[tuple[int, int]]) -> set[int] | None:
    """The pages with errors; None when an error cannot be given to a page, or LaTeX did not come to its end."""
    wrong: set[int] = set()
    for line in latex_log.error_lines(log):
        page = next((k for k, (first, last) in enumerate(spans) if first <= line <= last), None)
        if page is None:
            return wrong or None
        wrong.add(page)
    return wrong if _END in log or wrong else None


def _said(jobs: Sequence[Job], log: str, source: str, spans: Sequence[tuple[int, int]]) -> dict[str, Clean]:
    """Name → what was said of the page."""
    missing = latex_log.missing_characters(log)
    wide = latex_overfull.overfull_in(log, source, spans, [job.page for job in jobs])
    bodies = [job.body if missing else "" for job in jobs]
    return {
        job.page.name: Clean(tuple(found), tuple(c for c in missing if c in body))
        for job, found, body in zip(jobs, wide, bodies, strict=True)
    }
