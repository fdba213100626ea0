"""A page that is open in the browser of the tests."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Page


@dataclass
class Visit:
    """A page that is open, and what happened on it."""

    page: Page
    outside: list[str] = field(default_factory=list)
    """Requests to other machines; all were refused."""
    errors: list[str] = field(default_factory=list)
    """Uncaught exceptions, error messages on the console, local files that do not exist."""

    def open(self, path: Path) -> None:
        """Show a file."""
        self.page.goto(path.as_uri())

    def typeset(self) -> None:
        """Wait until MathJax has finished; a page without formulas has none."""
        if self.page.evaluate("window.MathJax === undefined"):
            assert self.page.locator(".math").count() == 0
            return
        self.page.wait_for_function("window.MathJax && MathJax.startup && MathJax.startup.promise", timeout=15_000)
        self.page.evaluate(
            """() => Promise.race([MathJax.startup.promise,
                 new Promise((_, no) => setTimeout(() => no(new Error('MathJax does not finish')), 15000))])"""
        )
