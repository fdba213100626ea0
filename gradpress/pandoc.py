"""The only module that starts pandoc: read Markdown, write HTML or LaTeX, load and dump documents.

The JSON text is the immutable form of a document between stages (a `copy.deepcopy` of a panflute
document is four times dearer than dump and load).
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from gradpress import pandoc_worker
from gradpress.diagnostics import PageError, Place, here, report
from gradpress.reading import entry_faults
from gradpress.reading.places import line_of

if TYPE_CHECKING:
    import panflute as pf

READER = "markdown-latex_macros+tex_math_double_backslash+east_asian_line_breaks"
r"""Macros stay as written in formulas: each output gets its own definitions.  `\\\\(x\\\\)` is a formula, too."""
TIME_LIMIT = 60.0
"""Seconds for one page.  pandoc's reader is exponential in nested `[`: a dozen of them run for hours."""


@lru_cache(maxsize=1)
def executable() -> str:
    """Path of the pandoc that ships with `pypandoc_binary`, else of the one on PATH."""
    from importlib.util import find_spec

    spec = find_spec("pypandoc")  # importing pypandoc takes 50 ms, finding it one
    if spec and spec.origin:
        bundled = os.path.join(os.path.dirname(spec.origin), "files", "pandoc")
        if os.path.exists(bundled):
            return bundled
    import pypandoc

    return str(pypandoc.get_pandoc_path())


@lru_cache(maxsize=1)
def identity() -> str:
    """Changes when pandoc does: asking the binary for its version would start it in every build."""
    info = os.stat(executable())
    return f"pandoc {info.st_size} {info.st_mtime_ns}"


class Answer(NamedTuple):
    """What pandoc wrote, and what it said about it."""

    text: str
    messages: str = ""


def read(markdown: str, lines: tuple[int, ...] = (), reader: str = READER) -> str:
    """Markdown → pandoc's JSON.  `lines` translates pandoc's line numbers into the file's."""
    answer = convert(markdown, "-f", reader, "-t", "json", lines=lines)
    report_warnings(answer.messages, lines)
    return answer.text


def write(document: str, to: str, *options: str) -> str:
    """pandoc's JSON → text in format `to`."""
    answer = convert(document, "-f", "json", "-t", to, "--wrap=preserve", "--syntax-highlighting=none", *options)
    report_warnings(answer.messages)
    return answer.text


def load(document: str, to: str, metadata: Mapping[str, Any] | None = None) -> pf.Doc:
    """pandoc's JSON as a panflute document for filters that ask for the output format `to`.

    `metadata` replaces what the document has under these keys: plain texts, flags, or lists of them.
    """
    from gradpress import document_json

    doc = document_json.loads(document)
    doc.format = to  # panflute takes it from sys.argv, which is ours
    for key, value in (metadata or {}).items():
        doc.metadata[key] = value
    return doc


def dump(doc: pf.Doc) -> str:
    """The document as pandoc's JSON."""
    from gradpress import document_json

    return document_json.dumps(doc)


def prepare() -> None:
    """Let pandoc start while other things are prepared."""
    with suppress(OSError, ImportError):  # said where pandoc is needed
        pandoc_worker.prepare(executable(), _environment(), READER)


def convert(text: str, *options: str, lines: tuple[int, ...] = ()) -> Answer:
    """Run pandoc.  Raises PageError when it fails; its warnings are in the answer."""
    try:
        reply = pandoc_worker.ask(executable(), _environment(), options, text, TIME_LIMIT)
    except pandoc_worker.OutOfTime:
        raise _out_of_time() from None
    return Answer(*reply) if reply else _converted(text, options, lines)


def _converted(text: str, options: Sequence[str], lines: tuple[int, ...]) -> Answer:
    """By a process of its own."""
    command = [executable(), "+RTS", "-M2g", "-RTS", *options]
    try:
        done = subprocess.run(command, input=text.encode(), capture_output=True, timeout=TIME_LIMIT, env=_environment())
    except subprocess.TimeoutExpired:
        raise _out_of_time() from None
    messages = done.stderr.decode(errors="replace")
    if done.returncode:
        raise _failure(messages, lines, text)
    return Answer(done.stdout.decode(), messages)


def _out_of_time() -> PageError:
    hint = "look for nested or unclosed '[' and simplify the text around them"
    return PageError("pandoc-timeout", f"pandoc did not end in {TIME_LIMIT:.0f} s", here(), hint)


def _failure(messages: str, lines: tuple[int, ...], text: str) -> PageError:
    if open_one := re.search(r"unexpected end of input\s+expecting \\end\{([A-Za-z*]+)\}", messages):
        at = _never_closed(text, open_one[1])
        message = f"\\begin{{{open_one[1]}}} has no \\end{{{open_one[1]}}}"
        return PageError("pandoc-error", message, here(lines[min(at, len(lines)) - 1] if at and lines else 0))
    if "unexpected end of input" in messages:
        from gradpress.reading import open_dollars

        if at := open_dollars.line(text):
            place = here(lines[min(at, len(lines)) - 1] if lines else 0)
            return PageError("math-unbalanced", "a $ is not closed before the paragraph ends", place)
    bibliography = re.search(
        r"Error reading bibliography file (.*?):\s*\(line (\d+), column \d+\):\s*(.*)", messages, re.S
    )
    if bibliography:
        path, number, said = bibliography.groups()
        line, why = entry_faults.cause(path, int(number))
        message = why or " ".join(said.split())[:200]
        return PageError("bibliography-syntax", message, Place(os.path.basename(path), line), "correct the entry")
    return PageError("pandoc-error", _cause(messages), here(_line(messages, lines)))


def _never_closed(text: str, name: str) -> int:
    """The line of the last `\\begin{name}` that no `\\end{name}` follows; 0 if there is none."""
    opened: list[int] = []
    for found in re.finditer(rf"\\(begin|end)\s*\{{{re.escape(name)}\}}", text):
        if found[1] == "begin":
            opened.append(text.count("\n", 0, found.start()) + 1)
        elif opened:
            opened.pop()
    return opened[-1] if opened else 0


def report_warnings(messages: str, lines: tuple[int, ...] = ()) -> None:
    """What pandoc warned of, as diagnostics of the current page."""
    for warning in re.findall(r"^\[WARNING\] (.*(?:\n {2,}.*)*)", messages, re.M):
        _report(warning, lines)


def _environment() -> dict[str, str]:
    return {key: value for key, value in os.environ.items() if key in ("PATH", "HOME", "TMPDIR", "LANG")}


def _cause(messages: str) -> str:
    said = [line for line in messages.splitlines() if line.strip() and not line.startswith("[")]
    return "pandoc: " + (" ".join(said)[:300] or "failed without a message")


def _line(message: str, lines: tuple[int, ...]) -> int:
    at = re.search(r"line (\d+)", message)
    return lines[min(int(at[1]), len(lines)) - 1] if at and lines else 0


def _report(warning: str, lines: tuple[int, ...]) -> None:
    """pandoc's warnings as ours, but for those that our own checks give with more detail."""
    if re.match(
        r"This document format requires|Reference not found|Not rendering|Citeproc: citation|Duplicate identifier",
        warning,
    ):
        return
    unconverted = re.match(r"Could not convert TeX math\s+(.*?),? rendering as TeX", warning, re.S)
    if unconverted:
        formula = " ".join(unconverted[1].split())
        report("math-method", f"cannot show '{formula[:60]}'; the page has its TeX", line=line_of(unconverted[1]))
        return
    text = re.sub(r" at (?:\S+ )?line \d+ column \d+", "", " ".join(warning.split()))
    report("pandoc-warning", text[:300], line=_line(warning, lines))
