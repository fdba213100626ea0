"""Images in another format where an output cannot show theirs: SVG as PDF for LaTeX, PDF as PNG for browsers.

SVG needs a program of the machine; without one the words of the image stand for it.
"""

from __future__ import annotations

import shutil
import subprocess
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

from gradpress import looking
from gradpress.cache import Storage
from gradpress.patterns import pattern
from gradpress.reading import inputs

PROGRAMS = {
    "rsvg-convert": ("--format=pdf", "--output={target}", "{source}"),
    "inkscape": ("--export-filename={target}", "{source}"),
}
"""Program → its arguments; the first that is found is used."""
TIME_LIMIT = 60.0


_SVG = pattern(r"<svg\b[^>]*>")
_PAPER = ' style="background:#fff;color:#1f2328">'
DPI = 192
"""Twice that of a screen, for those with small pixels."""


def as_png(source: Path, store: Storage) -> Path | None:
    """The first page of a PDF as a file of the cache; None when it cannot be read."""
    key = sha256(source.read_bytes()).hexdigest()
    known = store.get("pdf-image", key)
    if not isinstance(known, str) or store.blob(known) is None:
        data = looking.png(source.read_bytes(), DPI / 72)
        if not data:
            return None
        known = store.put_blob(data, "png")
        store.put("pdf-image", key, known)
    return store.blob_path(known)


def on_paper(drawing: str) -> str:
    """An SVG that has the colour of the text around it, for those who show it as an image, which knows no text."""
    return _SVG.sub(lambda m: m[0][:-1] + _PAPER, drawing, count=1)


def width(drawing: Path) -> int:
    """Pixels of a screen that a drawing of `as_png` is wide."""
    return round(int.from_bytes(drawing.read_bytes()[16:20], "big") * 96 / DPI)


def as_pdf(source: Path, store: Storage) -> Path | None:
    """The image as a file of the cache; None without a program, or when it fails."""
    for program in PROGRAMS:
        inputs.note_condition(f"program {program}")
    program = next(filter(shutil.which, PROGRAMS), "")
    if not program:
        return None
    key = f"{program} {sha256(source.read_bytes()).hexdigest()}"
    known = store.get("svg", key)
    if not isinstance(known, str) or store.blob(known) is None:
        data = _converted(program, source)
        if not data:
            return None
        known = store.put_blob(data, "pdf")
        store.put("svg", key, known)
    return store.blob_path(known)


def _converted(program: str, source: Path) -> bytes:
    with TemporaryDirectory() as folder:
        target = Path(folder) / "image.pdf"
        arguments = [part.format(source=source.resolve(), target=target) for part in PROGRAMS[program]]
        try:
            subprocess.run([program, *arguments], capture_output=True, timeout=TIME_LIMIT, check=True)
            return target.read_bytes()
        except (OSError, subprocess.SubprocessError):
            return b""
