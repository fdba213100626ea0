"""What sticks out of the slides of a build, measured by a headless Chromium of this machine where there is one.

One browser looks at all decks that are not remembered, each in a frame of one page; it reaches no network.  Without
the site's own copy of MathJax the formulas of a copy are set by one that is on this machine; where there is none,
slides with formulas are not measured.
"""

from __future__ import annotations

import html
import json
import os
import re
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import quote

from gradpress.cache import Store
from gradpress.diagnostics import report
from gradpress.diagrams import browser
from gradpress.math import npm
from gradpress.reading import inputs

TIME_LIMIT = 120
"""Seconds for all decks of a build; ten take five."""
Found = Sequence[Sequence[int]]
"""Line of a slide, pixels below it, pixels to its right."""
_FLAGS = (
    *("--headless", "--disable-gpu", "--no-first-run", "--disable-extensions", "--disable-background-networking"),
    *("--disable-dev-shm-usage", "--hide-scrollbars", "--host-resolver-rules=MAP * ~NOTFOUND", "--dump-dom"),
    *("--virtual-time-budget=30000", "--window-size=1280,720"),
)
_ANSWER = re.compile(r'<pre id="said">(.*?)</pre>', re.DOTALL)
_MATHJAX = re.compile(r'<script src="https?:[^"]*mathjax@(\d+\.\d+\.\d+)/([^"]*)" id="MathJax-script"[^>]*>')
_PAGE = """<!doctype html><meta charset="utf-8"><pre id="said"></pre><script>
const found = {}, said = document.getElementById("said");
addEventListener("message", ({data}) => { found[data[0]] = data[1]; said.textContent = JSON.stringify(found); });
</script>
"""


def program() -> str:
    """The path of a Chromium; empty without one."""
    for name in browser.PROGRAMS:
        inputs.note_condition(f"program {name}")
    return browser.program()


def measured(decks: Mapping[str, Path], cache: Path, near: Path) -> dict[str, Found]:
    """Deck → what sticks out of its slides.  Remembered by the deck's text."""
    path = program()
    if not path:
        return {}
    store = Store(cache)
    texts = {name: _here(file, cache, near) for name, file in decks.items() if file.is_file()}
    keys = {name: f"{path} {text}" for name, text in texts.items()}
    known: dict[str, Found] = {}
    for name, key in keys.items():
        if isinstance(found := store.get("outside", key), list):
            known[name] = found
    rest = {name: text for name, text in texts.items() if name not in known}
    if rest:
        fresh = _looked_at(path, rest)
        for name, found in fresh.items():
            store.put("outside", keys[name], found)
        known |= fresh
    return known


def tell(found: Found) -> None:
    """Report what sticks out of the slides of the current page."""
    for line, down, right in found:
        where = f"{down} px below its end" if down > 2 else f"{right} px to its right"
        report(
            "slide-overflow",
            f"the slide is too full: its text goes on {where}",
            line=line,
            hint="shorten it, begin a new slide with ---, or give its heading {.scrolling}",
        )


def _here(file: Path, cache: Path, near: Path) -> str:
    """The deck as a copy elsewhere: its addresses begin at its folder, its MathJax is on this machine."""

    def script(found: re.Match[str]) -> str:
        root = npm.present("mathjax", found[1], cache, near)
        if root is None or not (root / found[2]).is_file():
            return ""
        return f'<script src="{html.escape((root / found[2]).resolve().as_uri())}" id="MathJax-script" defer>'

    text = file.read_text(encoding="utf-8")
    base = f'<base href="{html.escape(file.parent.resolve().as_uri())}/">'
    return _MATHJAX.sub(script, text).replace("<head>", f"<head>\n{base}", 1)


def _looked_at(path: str, texts: Mapping[str, str]) -> dict[str, list[list[int]]]:
    with tempfile.TemporaryDirectory(prefix="gradpress-slides-") as folder:
        page = _PAGE
        for number, (name, text) in enumerate(texts.items()):
            (Path(folder) / f"{number}.html").write_text(text, encoding="utf-8")
            frame = f"{number}.html?measured={quote(name)}"
            page += f'<iframe src="{html.escape(frame)}" width="1280" height="720"></iframe>\n'
        (Path(folder) / "all.html").write_text(page, encoding="utf-8")
        answer = _ANSWER.search(_dumped(path, Path(folder)))
    found = json.loads(html.unescape(answer[1]) or "{}") if answer else {}
    return {name: found[name] for name in texts if name in found}


def _dumped(path: str, folder: Path) -> str:
    environment = {name: os.environ[name] for name in browser.ENVIRONMENT if name in os.environ}
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []  # Chromium refuses to run as root in one
    command = [path, *_FLAGS, *sandbox, f"--user-data-dir={folder / 'profile'}", (folder / "all.html").as_uri()]
    try:
        done = subprocess.run(command, env=environment, capture_output=True, timeout=TIME_LIMIT, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.decode("utf-8", errors="replace")
