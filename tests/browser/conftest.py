"""A headless Chromium that reaches nothing but files and this machine, and records what it was asked for."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from npm_packages import nowhere, npm_cache  # noqa: F401
from playwright.sync_api import Browser, Route, sync_playwright
from visits import Visit

_MISSING = "these tests need a Chromium: install the Debian package 'chromium' (apt-get install chromium)"


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The system's Chromium; a machine without one fails the tests, it does not skip them."""
    program = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if program is None:
        pytest.fail(_MISSING, pytrace=False)
    with sync_playwright() as playwright:
        # A container's root has no user namespace for the sandbox; only pages of our own are opened.
        started = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture
def visit(browser: Browser) -> Iterator[Visit]:
    """A fresh page without memory of others."""
    context = browser.new_context()
    page = context.new_page()
    visit = Visit(page)

    def route(request: Route) -> None:
        url = urlsplit(request.request.url)
        if url.scheme in ("http", "https", "ws", "wss") and url.hostname not in ("127.0.0.1", "localhost", "::1"):
            visit.outside.append(request.request.url)
            request.abort()
        else:
            request.continue_()

    page.route("**/*", route)
    page.on("pageerror", lambda error: visit.errors.append(str(error)))
    page.on("console", lambda message: visit.errors.append(message.text) if message.type == "error" else None)
    page.on("requestfailed", lambda request: visit.errors.append(f"failed: {request.url}"))
    yield visit
    context.close()
