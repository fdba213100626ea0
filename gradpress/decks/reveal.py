"""reveal.js as the site serves it: the files of its npm package that a deck loads, and its themes without a network."""

from __future__ import annotations

import threading
from pathlib import Path

from gradpress.cache import write
from gradpress.diagnostics import GradpressError, here
from gradpress.math.local_mathjax import copy_all
from gradpress.math.npm import package
from gradpress.page import SiteView
from gradpress.patterns import pattern

VERSION = "5.2.1"
NAME = f"reveal-{VERSION}"
OWN = "own"
"""The look of our pages."""
TARGET = f"assets/{NAME}"
"""Where the site has it."""
DARK = ("black", "black-contrast", "blood", "dracula", "league", "moon", "night")
"""Themes with light letters on a dark ground."""
_REMOTE = pattern(r"@import\s+url\(\s*[\"']?https?:[^)]*\)\s*;?")
"""Fonts that a theme asks another host for; the next one of its list, or the reader's own, stands in."""
_FONTS = pattern(r"@import\s+url\(\s*[\"']?\./fonts/([\w-]+)/")
_staging = threading.Lock()


def staged(site: SiteView, theme: str) -> dict[str, Path]:
    """Folders to publish by their targets, with the theme unless it is our own.  Raises GradpressError."""
    try:
        root = package("reveal.js", VERSION, site.cache, site.content.resolve())
    except GradpressError as error:
        message = f"slides need the npm package reveal.js: {error.diagnostic.message}"
        hint = f"'npm install reveal.js@{VERSION}' beside the notes"
        raise GradpressError("slides-missing", message, here(), hint) from None
    local = site.cache / "local"
    with _staging:
        copy_all(root / "dist", ("reveal.js", "reveal.css"), local / NAME)
        copy_all(root, ("plugin/notes/notes.js", "LICENSE"), local / NAME)
        if theme == OWN:
            return {TARGET: local / NAME}
        _stage_theme(root / "dist" / "theme", theme, local / f"{NAME}-{theme}")
    return {TARGET: local / NAME, f"{TARGET}-{theme}": local / f"{NAME}-{theme}"}


def style(theme: str) -> str:
    """Where the site has the style sheet of a theme; empty for our own."""
    return "" if theme == OWN else f"{TARGET}-{theme}/{theme}.css"


def _stage_theme(themes: Path, theme: str, folder: Path) -> None:
    css = (themes / f"{theme}.css").read_text(encoding="utf-8")
    copy_all(themes, [f"fonts/{name}" for name in _FONTS.findall(css)], folder)
    data = _REMOTE.sub("", css).encode()
    if not (folder / f"{theme}.css").is_file() or (folder / f"{theme}.css").read_bytes() != data:
        write(folder / f"{theme}.css", data)
