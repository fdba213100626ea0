"""`check`: the LaTeX of many pages in one run.

Nine tenths of the time of a page's LaTeX go into loading packages and fonts.  Pages with the same preamble are
compiled behind each other; what is said of a page's lines is the page's.  Pages in which there is an error are left
out, for a run of their own that says what it is.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from gradpress.cache import write
from gradpress.formats import latex_log
from gradpress.page import Page, Written

MOST = 60
"""Pages in one run."""
_TRIES = 3
"""Runs with fewer pages each, before the rest are compiled alone."""
_TITLE = re.compile(r"pdftitle=\{.*?\},pdfauthor=\{.*?\},")
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
        """What comes before the page's own text, without its title."""
        return _TITLE.sub("", self.text.partition("\\begin{document}")[0])

    @property
    def body(self) -> str:
        """The page's own text."""
        return self.text.partition("\\begin{document}")[2].rpartition("\\end{document}")[0]


@dataclass(frozen=True)
class Clean:
    """What LaTeX said of a page without errors."""

    overfull: tuple[latex_log.Overfull, ...]
    missing: tuple[str, ...]
    """Characters that no font has."""


def batches(jobs: Sequence[Job]) -> list[list[Job]]:
    """Pages that can be compiled in one run: the same engine, folder and preamble."""
    found: dict[tuple[str, str, str], list[Job]] = {}
    for job in jobs:
        found.setdefault((job.engine, str(Path(job.page.name).parent), job.preamble), []).append(job)
    return [group[k : k + MOST] for group in found.values() for k in range(0, len(group), MOST)]


def compiled(batch: Sequence[Job], cache: Path) -> dict[str, Clean]:
    """Name → what was said, of the pages in which there is no error."""
    left = list(batch)
    for _ in range(_TRIES):
        if len(left) < 2:
            return {}
        log, source, starts = _run(left, cache)
        wrong = _wrong(log, starts)
        if wrong is None:
            return {}
        if not wrong:
            return {job.page.name: _said(job, log, source, span) for job, span in zip(left, starts, strict=True)}
        left = [job for k, job in enumerate(left) if k not in wrong]
    return {}


def _run(batch: Sequence[Job], cache: Path) -> tuple[str, str, list[tuple[int, int]]]:
    """The log, the file, and from which line to which each page stands in it."""
    from gradpress.formats.pdf import run

    names = "\0".join(job.page.name for job in batch)
    folder = (cache / "tex" / f"check-{sha256(names.encode()).hexdigest()[:12]}").resolve()
    parts, spans = [f"{batch[0].preamble}\\begin{{document}}"], []
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
    run(batch[0].engine, "check", folder, option)
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


def _said(job: Job, log: str, source: str, span: tuple[int, int]) -> Clean:
    text = job.body
    missing = tuple(c for c in latex_log.missing_characters(log) if c in text)
    return Clean(tuple(latex_log.overfull(log, source, span=span)), missing)
