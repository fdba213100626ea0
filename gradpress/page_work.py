"""A page on its way through a build, and what keeps its failures from the others."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from gradpress import is_needed
from gradpress.content import Found
from gradpress.diagnostics import Diagnostic, Log, PageError, Place, collecting, record
from gradpress.page import Names, Page, Written
from gradpress.publish import FULL, disk_error
from gradpress.reading import included, inputs
from gradpress.records import dataclass, field
from gradpress.rules import RULES
from gradpress.site import Watcher


@dataclass(eq=False)
class Work:
    """A page on its way."""

    found: Found
    log: Log
    stamp: list[int] = field(default_factory=list)
    """Of the page's file when it was read."""
    noted: inputs.Noted = field(default_factory=inputs.Noted)
    """The files and conditions that it rests on."""
    page: Page | None = None
    """After the chain, until it is written."""
    names: Names | None = None
    """What is known of it from then on."""
    made: list[Written] = field(default_factory=list)
    """What each format has made of it."""
    written: bool = False
    published: bool = False
    """What was made of it is in the output folder."""
    remembered: bool = False
    """A build that ends before its time has told the next one."""
    bug: bool = False
    """The program itself failed on it."""

    def sent(self) -> tuple[Any, ...]:
        """What this process has made of it, for the one that publishes."""
        lines = included.used_by(self.page.source.lines) if self.page else {}
        return lines, self.log.found, self.stamp, self.noted, self.page, self.names, self.made, self.written, self.bug

    def forget(self) -> None:
        """In the process that has sent it: a fork makes thousands of pages."""
        self.page, self.names, self.made = None, None, []

    def received(self, sent: tuple[Any, ...]) -> None:
        """Take what another process has made of it."""
        lines, self.log.found, self.stamp, self.noted, self.page, self.names, self.made, self.written, self.bug = sent
        included.learn(lines)


@contextmanager
def guarded(work: Work, watcher: Watcher, cache: Path) -> Iterator[None]:
    """Whatever happens to one page, the others go on; what is found meanwhile goes into its log."""
    file = work.found.file
    with collecting(work.log, file), inputs.noting(work.noted):
        try:
            yield
        except PageError as error:
            record(error.diagnostic)
        except RecursionError:
            hint = "write it with fewer levels of quotes or lists"
            record(Diagnostic("nested-too-deep", "error", Place(file), "the page is nested too deeply", hint))
        except OSError as error:
            if error.errno in FULL:
                record(disk_error(error, Place(file), cache).diagnostic)
            else:
                _bug(work, watcher)
        except Exception as error:
            if isinstance(error, ModuleNotFoundError) and is_needed(error):
                raise
            _bug(work, watcher)


def _bug(work: Work, watcher: Watcher) -> None:
    """Ours: the page is lost, the others are not, and the run says so."""
    import traceback

    work.bug = True
    trace = traceback.format_exc()
    watcher.bug(work.found.file, trace)
    message = f"Gradpress failed: {trace.strip().splitlines()[-1]}"
    severity = RULES["internal-error"].severity
    record(Diagnostic("internal-error", severity, Place(work.found.file), message, "please report this"))
