"""Absolute addresses, which need `base-url`."""

from __future__ import annotations

from urllib.parse import quote, urlsplit

NOT_FOUND = "404"
"""The page that servers show where there is none: no list of pages has it, and its own addresses are from the root."""


def absolute(base: str, target: str) -> str:
    """Where a file of the site is on the web; empty without a base."""
    return f"{base.rstrip('/')}/{quote(target)}" if base else ""


def root(base: str) -> str:
    """The path of the site's root on its server, with slashes around: `/notes/`."""
    return f"{urlsplit(base).path.rstrip('/')}/" if base else "/"
