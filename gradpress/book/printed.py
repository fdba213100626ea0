"""The book compiled: a chapter with an error is left out and told of, the others are printed."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

from gradpress.book.assembled import Assembled, assembled
from gradpress.book.chapters import Chapter, read
from gradpress.cache import Store, write
from gradpress.diagnostics import PageError, Place, report
from gradpress.formats import latex_log, latex_places, pdf
from gradpress.page import SiteView
from gradpress.publish import all_files
from gradpress.records import replace

FILE = "book.pdf"
"""Below the output folder."""
_TRIES = 5
"""Runs with fewer chapters each."""

Finding = tuple[str, str, str, int, str]
"""Rule, message, file below the content folder, line, hint."""


def printed(site: SiteView, folder: Path, engine: str) -> bytes:
    """The PDF of the chapters in `folder`, from the store if nothing changed.

    What is wrong with a chapter is reported.  Raises PageError when there is no PDF.
    """
    chapters = read(folder, site.nav)
    program = pdf.engine_at(engine)
    store, key = Store(site.cache), _key(assembled(chapters, site), folder, program)
    known = store.get("book", key)
    data = store.blob(known["pdf"]) if isinstance(known, dict) else None
    findings: list[Finding] = [tuple(f) for f in known["findings"]] if data else []
    if data is None:
        data, findings = _compiled(chapters, site, folder, program)
        store.put("book", key, {"pdf": store.put_blob(data, "pdf"), "findings": findings})
    for rule, message, file, line, hint in findings:
        report(rule, message, line=line, file=file, hint=hint)
    return data


def _key(book: Assembled, folder: Path, program: str) -> str:
    digest = sha256(f"{program} {Path(program).stat().st_mtime_ns}\0{book.source}".encode())
    for path in sorted(_figures(folder)):
        digest.update(str(path.relative_to(folder)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def _figures(folder: Path) -> list[Path]:
    return [path for path in all_files(folder) if path.suffix != ".json"]


def _compiled(chapters: Sequence[Chapter], site: SiteView, folder: Path, program: str) -> tuple[bytes, list[Finding]]:
    work = (site.cache / "tex" / "book").resolve()
    shutil.rmtree(work, ignore_errors=True)
    for path in _figures(folder):
        write(work / path.relative_to(folder), path.read_bytes())
    findings: list[Finding] = []
    for _ in range(_TRIES):
        book = assembled(chapters, site)
        write(work / "book.tex", book.source.encode())
        log = pdf.settled(work, "book", program)
        wrong = _wrong(log, book, chapters, site)
        if not wrong:
            break
        findings += wrong.values()
        chapters = [_left_out(c) if c.name in wrong else c for c in chapters]
    missing = [f for character in latex_log.missing_characters(log) for f in _missing(character, chapters, site)]
    return pdf.whole(work / "book.pdf", log), [*findings, *missing]


def _left_out(chapter: Chapter) -> Chapter:
    return replace(chapter, data={})


def _wrong(log: str, book: Assembled, chapters: Sequence[Chapter], site: SiteView) -> dict[str, Finding]:
    """The first error of each chapter that has one.  Raises PageError for one that no chapter has."""
    lines = book.source.split("\n")
    found: dict[str, Finding] = {}
    for error in latex_log.errors(log):
        if asking := _asking(error[2] or error[3], chapters, site):
            found |= asking
            continue
        number = latex_log.line_of(error, log)
        said = (error[2] or error[3]).strip().rstrip(".").removeprefix("LaTeX Error: ")
        at = next((k for k, (first, last) in enumerate(book.spans) if first <= number <= last), None)
        if at is not None and chapters[at].data:
            file, line = str(chapters[at].data["file"]), latex_places.block(lines, number).start
            hint = "the chapter is left out; 'pdf' of this page says more"
            found.setdefault(chapters[at].name, ("latex-error", f"LaTeX: {said}", file, line, hint))
        elif not found:
            raise PageError(
                "latex-error", f"LaTeX: {said}", Place(FILE), "the log lies in the cache: tex/book/book.log"
            )
    return found


def _asking(said: str, chapters: Sequence[Chapter], site: SiteView) -> dict[str, Finding]:
    """The chapters that ask for a package which is not installed."""
    name, hint = latex_log.absent_package(said)
    found: dict[str, Finding] = {}
    for chapter in (c for c in chapters if name in {package.name for package in c.packages}):
        file = str(chapter.data["file"])
        line = _line_with(name, site.content / file)
        found[chapter.name] = ("latex-error", f"LaTeX has no package {name}", file, line, hint)
    return found


def _line_with(word: str, path: Path) -> int:
    text = path.read_text(encoding="utf-8", errors="replace")
    return text.count("\n", 0, text.find(word)) + 1 if word in text else 0


def _missing(character: str, chapters: Sequence[Chapter], site: SiteView) -> list[Finding]:
    """Where a character stands that no font has."""
    hint = "PDF leaves it out; name a font that has it with mainfont, or install one"
    message = f"no font has {character} (U+{ord(character[0]):04X})"
    found: list[Finding] = []
    for data in (c.data for c in chapters if character in str(c.data.get("body", ""))):
        file: Any = data["file"]
        found.append(("glyph-missing", message, file, _line_with(character, site.content / file), hint))
    return found
