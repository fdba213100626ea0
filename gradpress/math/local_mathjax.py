"""`math.source: local`: the part of MathJax that a page can ask for, copied into the site.

What is left out is what no page loads by itself: other bundles, and speech in languages that the site
does not use.  A copy of version 3 is about 4 MB, one of version 4 about 5 (CHTML) or 13 (SVG, whose
glyphs are JavaScript).
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from gradpress.diagnostics import GradpressError, here
from gradpress.math.mathjax_source import FONT, MHCHEM_FONT, Edition, ScriptTag, edition
from gradpress.math.npm import package
from gradpress.settings import Math

_SHARED = ("input/tex.js", "input/tex/extensions", "input/mml.js", "input/mml", "ui", "a11y")
_SPEECH = ("base", "nemeth", "en")


def folder_name(math: Math) -> str:
    """Name of the folder below `assets/` that holds the copy; it changes with the version."""
    return f"mathjax-{edition(math).version}"


def install(
    math: Math, cache: Path, target: Path, *, near: Path | None = None, languages: Iterable[str] = ()
) -> ScriptTag:
    """Copy what pages with this configuration can load into `target`; the URL is relative to `target`.

    `near` is where a `node_modules` is looked for, upwards; `languages` adds speech for these.
    Files that are already there are not touched.  Raises GradpressError (`mathjax-local`).
    """
    chosen = edition(math)
    start = near or Path.cwd()
    root = package("mathjax", chosen.version, cache, start)
    copy_all(root, _files(chosen, languages), target)
    if chosen.major == "4":
        for name in (FONT, MHCHEM_FONT):
            copy_all(
                package(name, chosen.version, cache, start),
                _font_files(chosen),
                target / "fonts" / name.split("/")[1],
            )
    return ScriptTag(chosen.url)


def _files(chosen: Edition, languages: Iterable[str]) -> Iterator[str]:
    """Paths, of files and folders, below the package."""
    speech = dict.fromkeys((*_SPEECH, *(language.split("-")[0] for language in languages)))
    maps = [f"sre/mathmaps/{language}.json" for language in speech]
    if chosen.major == "3":
        # The menu can change the renderer; both are small here.
        yield from (f"es5/{path}" for path in (*_SHARED, "output", *maps))
    else:
        yield from (*_SHARED, "output", "sre/speech-worker.js", *maps)
    yield chosen.url


def _font_files(chosen: Edition) -> tuple[str, ...]:
    return (f"{chosen.output}.js", chosen.output)


def copy_all(root: Path, paths: Iterable[str], target: Path) -> None:
    """Copy files and folders from below `root` to the same places below `target`."""
    try:
        for path in paths:
            for source in _files_below(root / path):
                _copy(source, target / source.relative_to(root))
    except OSError as error:
        message = f"{root.name} cannot be copied to {target}: {error.strerror or error}"
        raise GradpressError("mathjax-local", message, here()) from error


def _files_below(path: Path) -> Iterator[Path]:
    """The file, or all files of the folder; nothing when this version has no such thing."""
    if path.is_file():
        yield path
    elif path.is_dir():
        yield from sorted(entry for entry in path.rglob("*") if entry.is_file())


def _copy(source: Path, target: Path) -> None:
    if _same(source, target):
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(prefix=".", dir=target.parent)
    os.close(handle)
    try:
        shutil.copy2(source, temporary)
        os.chmod(temporary, 0o644)
        os.replace(temporary, target)
    except BaseException:
        os.unlink(temporary)
        raise


def _same(source: Path, target: Path) -> bool:
    """Size and time of change: `copy2` keeps the time, and a copy is never edited."""
    try:
        old, new = source.stat(), target.stat()
    except OSError:
        return False
    return old.st_size == new.st_size and old.st_mtime_ns == new.st_mtime_ns
