"""Diagnostics: what is wrong, where, and what to do about it.

Words: a *place* is a file and a line; a *diagnostic* is data until it is printed; a *log* collects
the diagnostics of one page or of one build.  Exceptions of the program:

    GradpressError              everything an author can cause
    ├── UsageError              wrong command line or configuration: exit code 2
    └── PageError               this page cannot be produced; the others are built

Anything else that escapes is a bug of ours: traceback, "please report", exit code 70.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from fnmatch import fnmatchcase
from typing import Any

from gradpress.reading import included
from gradpress.records import asdict, dataclass, field, replace
from gradpress.rules import RULES, Severity


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where something stands: a file as the author names it, and a line."""

    file: str
    line: int = 0
    """Line in the file, from 1; 0 when only the file is known."""
    column: int = 0
    """Column in the line, from 1; 0 when only the line is known.  `json` and `github` give it."""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}" if self.line else self.file


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding."""

    rule: str
    """Id from `gradpress.rules.RULES`."""
    severity: Severity
    place: Place
    message: str
    """What was found, one line, without a full stop."""
    hint: str = ""
    """What to do, one line; empty where the message says it."""

    def repeats(self, other: Diagnostic) -> bool:
        """Whether it says the same of the same line."""
        return (self.rule, self.message, self.place.file, self.place.line) == (
            other.rule,
            other.message,
            other.place.file,
            other.place.line,
        )

    def __str__(self) -> str:
        text = f"{self.message}; {self.hint}" if self.hint else self.message
        return f"{self.place}: {self.severity}: {_one_line(text)}  [{self.rule}]"


class GradpressError(Exception):
    """Base of everything that an author can cause."""

    def __init__(self, rule: str, message: str, place: Place, hint: str = "") -> None:
        super().__init__(message)
        self.diagnostic = Diagnostic(rule, "error", place, message, hint)


class UsageError(GradpressError):
    """The command line or the configuration is wrong; nothing is built."""


class PageError(GradpressError):
    """A page cannot be produced; its previous version stays, the other pages are built."""


@dataclass
class Log:
    """Collects diagnostics.  `overrides` maps rule ids to severities (or to globs of them)."""

    overrides: Mapping[str, Any] = field(default_factory=dict)
    found: list[Diagnostic] = field(default_factory=list)

    def add(self, diagnostic: Diagnostic) -> None:
        """Keep `diagnostic` with the severity that the configuration gives its rule."""
        severity = _overridden(self.overrides.get(diagnostic.rule), diagnostic)
        changed = replace(diagnostic, severity=severity)
        milder = [d for d in self.found if changed.repeats(d)]
        if severity == "error":  # what was a warning in HTML stops the PDF
            self.found = [d for d in self.found if d not in milder or d.severity == "error"]
            milder = [d for d in milder if d.severity == "error"]
        if severity != "ignore" and not milder:
            self.found.append(changed)

    def count(self, severity: Severity) -> int:
        """How many diagnostics of this severity were found."""
        return sum(d.severity == severity for d in self.found)


class _Printing(Log):
    """The log outside a build (`pandoc -F`): every finding goes to standard error at once."""

    def add(self, diagnostic: Diagnostic) -> None:
        print(diagnostic, file=sys.stderr)


_NOWHERE = Place("<stdin>")
_printing = _Printing()
_log: ContextVar[Log | None] = ContextVar("log", default=None)
_place: ContextVar[Place] = ContextVar("place", default=_NOWHERE)


@contextmanager
def collecting(log: Log, file: str) -> Iterator[Log]:
    """Send what is reported inside the block to `log`, as found in `file`."""
    tokens = _log.set(log), _place.set(Place(file))
    try:
        yield log
    finally:
        _place.reset(tokens[1])
        _log.reset(tokens[0])


def here(line: int = 0, column: int = 0) -> Place:
    """The place `line` in the file that is being worked on, or in one that it includes."""
    file, number = included.place(line)
    return Place(file or _place.get().file, number, column)


def report(rule: str, message: str, *, line: int = 0, column: int = 0, file: str = "", hint: str = "") -> None:
    """Report a finding about the current file (or `file`), with the default severity of its rule."""
    place = Place(file, line, column) if file else here(line, column)
    (_log.get() or _printing).add(Diagnostic(rule, RULES[rule].severity, place, message, hint))


def explanation(first: int, last: int) -> Diagnostic | None:
    """An error of our own checks that was reported between two lines of the current page, or of a file it includes."""
    begin, end = here(first), here(last)
    log = _log.get()
    return next(
        (
            d
            for d in (log.found if log else ())
            if d.severity == "error"
            and d.rule not in ("latex-error", "math-error")
            and d.place.file == begin.file
            and begin.line <= d.place.line <= end.line
        ),
        None,
    )


def reported(*rules: str) -> list[Diagnostic]:
    """What was reported of the current page under these rules."""
    log = _log.get()
    return [d for d in (log.found if log else ()) if d.rule in rules]


def withdraw(*rules: str, place: Place, word: str) -> None:
    """Take back what was said under these rules of this line and this word: it is said better."""
    log = _log.get()
    if log:
        same = (place.file, place.line)
        log.found = [
            d for d in log.found if d.rule not in rules or (d.place.file, d.place.line) != same or word not in d.message
        ]


def record(diagnostic: Diagnostic) -> None:
    """Report a diagnostic that already exists, e.g. one that an exception carried."""
    (_log.get() or _printing).add(diagnostic)


def in_order(found: list[Diagnostic]) -> list[Diagnostic]:
    """The diagnostics by file, then line, each once: what several pages include is said by each of them."""
    once = {(d.place.file, d.place.line, d.rule, d.message): d for d in reversed(found)}
    return [once[key] for key in sorted(once)]


def render(diagnostic: Diagnostic, style: str) -> str:
    """One output line: `text`, `json` (one object) or `github` (a workflow command)."""
    if style == "json":
        place = {key: value for key, value in asdict(diagnostic.place).items() if value or key != "column"}
        return json.dumps({"type": "diagnostic", **asdict(diagnostic), "place": place}, ensure_ascii=False)
    if style == "github":
        return _workflow_command(diagnostic)
    return str(diagnostic)


def _workflow_command(d: Diagnostic) -> str:
    text = f"{d.message}; {d.hint}" if d.hint else d.message
    where = f"file={_escaped(d.place.file, ':,')}" + (f",line={d.place.line}" if d.place.line else "")
    where += f",col={d.place.column}" if d.place.column else ""
    return f"::{d.severity} {where},title={d.rule}::{_escaped(_one_line(text))}"


def _escaped(text: str, also: str = "") -> str:
    """GitHub's percent escapes of workflow commands."""
    return re.sub(rf"[%\r\n{also}]", lambda m: f"%{ord(m[0]):02X}", text)


def _one_line(text: str) -> str:
    """Line breaks and control characters never break the one-line form."""
    return re.sub(r"[\x00-\x1f\x7f\u2028\u2029]+", " ", text).strip()


def _overridden(wish: Any, diagnostic: Diagnostic) -> Severity:
    """`wish` is a severity, or a mapping from path globs to severities."""
    if isinstance(wish, Mapping):
        matching = (s for glob, s in wish.items() if fnmatchcase(diagnostic.place.file, str(glob)))
        wish = next(matching, None)
    return wish if wish in ("error", "warning", "ignore") else diagnostic.severity
