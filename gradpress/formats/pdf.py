"""PDF: the page's LaTeX compiled in a folder of its own, checked, and remembered by its content."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path

from gradpress.cache import Store, write
from gradpress.diagnostics import PageError, here, report
from gradpress.formats import latex_batch, latex_failure, latex_log, latex_overfull, tex_packages
from gradpress.formats.tex import Tex
from gradpress.page import Page, SiteView, Written
from gradpress.patterns import pattern

TIME_LIMIT = 180.0
"""Seconds for one run of LaTeX; a page of 371 sheets takes 3."""
MAX_RUNS = 4

_RERUN = pattern(
    r"Rerun to get|Rerun LaTeX|rerunfilecheck.*changed|Table widths have changed|Label\(s\) may have changed"
)
_WRITTEN = pattern(r"Output written on .*?\((\d+) pages?")


Finding = tuple[str, str, int, str]
"""Rule, message, line in the Markdown file, hint."""


class Pdf:
    """`a/b.pdf` for `a/b.md`."""

    name = "pdf"
    suffix = ".pdf"

    def write(self, page: Page, site: SiteView) -> Written:
        """The compiled page; from the store when neither its LaTeX nor its figures changed."""
        data = self._data(page, site, Tex().write(page, site))
        return Written({f"{page.name}.pdf": data}, {})

    def check(self, page: Page, site: SiteView, tex: Written) -> None:
        """Report what `write` would report; nothing is compiled when a common run has found no error in the page."""
        known = Store(site.cache).get("latex-check", _key(tex, engine_at(page.settings.engine)))
        if not isinstance(known, list):
            self._data(page, site, tex)
            return
        _report_refused(page)
        for rule, message, line, hint in known:
            report(rule, message, line=line, hint=hint)

    def _data(self, page: Page, site: SiteView, tex: Written) -> bytes:
        _report_refused(page)
        engine = engine_at(page.settings.engine)
        store = Store(site.cache)
        key = _key(tex, engine)
        known = store.get("pdf", key)
        data = store.blob(known["pdf"]) if isinstance(known, dict) else None
        findings = known["findings"] if data else []
        if data is None:
            data, findings = self._compiled(page, site, tex, engine)
            store.put("pdf", key, {"pdf": store.put_blob(data, "pdf"), "findings": findings})
        for rule, message, line, hint in findings:
            report(rule, message, line=line, hint=hint)
        return data

    def _compiled(self, page: Page, site: SiteView, tex: Written, engine: str) -> tuple[bytes, list[Finding]]:
        folder = (site.cache / "tex" / page.name).resolve()
        shutil.rmtree(folder, ignore_errors=True)
        base = Path(page.name).parent
        for target, text in tex.files.items():
            write(folder / Path(target).relative_to(base), text)
        for target, source in tex.copies.items():
            write(folder / Path(target).relative_to(base), source.read_bytes())
        return compiled(page, folder, Path(page.name).name, engine)


def together(site: SiteView, jobs: int) -> latex_batch.Together:
    """Compiles the LaTeX of many pages in few runs, and remembers what was said of those without an error."""
    store = Store(site.cache)

    def compile_batch(batch: list[latex_batch.Job]) -> None:
        clean = latex_batch.compiled(batch, site.cache)
        for job in batch:
            if said := clean.get(job.page.name):
                findings = [*_missing(job.page, list(said.missing)), *map(_overfull, said.overfull)]
                store.put("latex-check", _key(job.tex, job.engine), findings)

    return latex_batch.Together(compile_batch, jobs)


def job(page: Page, tex: Written, site: SiteView) -> latex_batch.Job | None:
    """The page for a run together with others; None when it is known what LaTeX says of it."""
    engine = shutil.which(page.settings.engine)
    if not engine:
        return None
    store, key = Store(site.cache), _key(tex, engine)
    is_known = store.get("latex-check", key) is not None or store.get("pdf", key) is not None
    return None if is_known else latex_batch.Job(page, tex, engine)


def _report_refused(page: Page) -> None:
    for package, reason in tex_packages.refused(page.preamble.packages):
        message = f"the package {package.name} is not loaded: {reason}"
        report("package-refused", message, line=header_line(page, package.name))


def engine_at(name: str) -> str:
    """The program of that name.  Raises PageError when it is not there."""
    found = shutil.which(name)
    if not found:
        hint = "install texlive-xetex lmodern texlive-latex-recommended texlive-fonts-recommended (Debian)"
        raise PageError("latex-missing", f"{name} was not found", here(), hint)
    return found


def _key(tex: Written, engine: str) -> str:
    digest = sha256(f"{engine} {os.stat(engine).st_mtime_ns}".encode())
    for target, text in sorted(tex.files.items()):
        digest.update(target.encode() + b"\0" + text)
    for target, source in sorted(tex.copies.items()):
        digest.update(target.encode() + b"\0" + source.read_bytes())
    return digest.hexdigest()


def compiled(page: Page, folder: Path, job: str, engine: str) -> tuple[bytes, list[Finding]]:
    """Run LaTeX until its references are stable; the PDF, and what a reader would see.  Raises PageError."""
    log = settled(folder, job, engine)
    source = _text(folder / f"{job}.tex")
    return _checked(page, folder / f"{job}.pdf", log, source)


def settled(folder: Path, job: str, engine: str) -> str:
    """Run LaTeX until its references are stable; its log.  Raises PageError when it does not end."""
    log, before = "", b""
    for _ in range(MAX_RUNS):
        run(engine, job, folder)
        log = _text(folder / f"{job}.log")
        after = b"".join(_bytes(folder / f"{job}.{kind}") for kind in ("aux", "out", "toc"))
        if latex_log.errors(log) or (after == before and not _RERUN.search(log)):
            break
        if not _RERUN.search(log) and before:
            break
        before = after
    return log


def _checked(page: Page, path: Path, log: str, source: str) -> tuple[bytes, list[Finding]]:
    found = latex_log.located(log, source, page)
    if found and "Error in luaotfload" in log:
        hint = "install texlive-luatex (Debian), or take another --engine"
        raise PageError("latex-missing", "lualatex cannot load fonts: luaotfload is not installed", here(), hint)
    if found:
        raise latex_failure.failure(found, page)
    data = whole(path, log)
    wide = [_overfull(found) for found in latex_overfull.overfull(log, source, page)]
    return data, [*_missing(page, latex_log.missing_characters(log)), *wide]


def whole(path: Path, log: str) -> bytes:
    """The PDF that LaTeX says to have written.  Raises PageError when it is not whole."""
    data = _bytes(path)
    pages = _WRITTEN.search(log)
    if not pages or not data.startswith(b"%PDF") or b"%%EOF" not in data[-1024:] or b"startxref" not in data[-1024:]:
        raise PageError(
            "latex-error", "LaTeX wrote no complete PDF", here(), f"is the disk full? see {path.with_suffix('.log')}"
        )
    return data


def _overfull(found: latex_overfull.Overfull) -> Finding:
    hint = "break the formula or the line, or let it be narrower"
    return ("latex-overfull", f"{found.points:.0f} pt stick out of the text", found.line, hint)


def _missing(page: Page, missing: list[str]) -> Iterator[Finding]:
    """One finding for each line with characters that no font has."""
    text = page.source.text
    lines: dict[int, list[str]] = {}
    for character in missing:
        line = text.count("\n", 0, text.find(character)) + 1 if character in text else 0
        lines.setdefault(line, []).append(character)
    for line, characters in lines.items():
        hint = "PDF leaves them out; name a font that has them with mainfont, or install one"
        names = " ".join(f"{c} (U+{ord(c):04X})" if len(c) == 1 else c for c in characters)
        yield ("glyph-missing", f"no font has {names}", line, hint)


def run(engine: str, job: str, folder: Path, *options: str, seconds: float = TIME_LIMIT) -> None:
    """One run of LaTeX.  Raises PageError when it takes too long."""
    command = [engine, *options, "-no-shell-escape", "-interaction=nonstopmode", "-file-line-error", f"{job}.tex"]
    try:
        subprocess.run(
            command,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=seconds,
            env=_environment(),
            check=False,
        )
    except subprocess.TimeoutExpired:
        hint = "look for a macro that expands to itself"
        raise PageError("latex-error", f"LaTeX did not end in {seconds:.0f} s", here(), hint) from None


def _environment() -> Mapping[str, str]:
    """Paranoid file access: nothing above the job's folder is read by `\\input` or written at all."""
    kept = {k: v for k, v in os.environ.items() if k in ("PATH", "HOME", "TMPDIR", "LANG") or k.startswith("TEXMF")}
    limits = {"max_print_line": "10000", "error_line": "254", "half_error_line": "238"}
    return {**kept, **limits, "openin_any": "p", "openout_any": "p", "shell_escape": "f"}


def header_line(page: Page, word: str) -> int:
    """The line of the page's header in which `word` stands first; 0 if it does not."""
    for number, line in enumerate(page.source.text.split("\n"), 1):
        if word in line:
            return number
    return 0


def _text(path: Path) -> str:
    return _bytes(path).decode("utf-8", errors="replace")


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""
