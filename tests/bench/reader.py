#!/usr/bin/env python3
"""What a reader waits for: a page of mathematics by Gradpress, in both ways, beside the same note by bare pandoc.

    python tests/bench/reader.py [NOTE] [--formulas 256] [--slower 4]

Each page is opened in Chromium from a server on this machine that compresses nothing, with the processor slowed down
as a phone's.  All of them use the same copy of MathJax, which `npm` fetches.  "First screen" is the time until every
formula that is seen without scrolling is there; blocked are the milliseconds of tasks beyond 50.
"""

from __future__ import annotations

import argparse
import gzip
import http.server
import subprocess
import sys
import tempfile
import threading
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

from measuring import build, formulas_page
from playwright.sync_api import Browser, sync_playwright

from gradpress.pandoc import executable

WATCH = """
window.seen = {shift: 0, blocked: 0, first: 0, all: 0};
new PerformanceObserver(list => list.getEntries().forEach(e => { seen.shift += e.value; }))
  .observe({type: 'layout-shift', buffered: true});
new PerformanceObserver(list => list.getEntries().forEach(e => { seen.blocked += Math.max(0, e.duration - 50); }))
  .observe({type: 'longtask', buffered: true});
let math, screen;
const look = () => {  // little work of its own: the page is to be measured, not this
  if (document.readyState !== 'loading') {
    math ||= [...document.querySelectorAll('.math')].filter(e => !e.closest('.page-toc'));
    screen ||= math.filter(e => e.getBoundingClientRect().top < innerHeight);
    screen = screen.filter(e => !e.querySelector('mjx-container'));
    if (!seen.first && !screen.length && !(screen = math.filter(e => e.getBoundingClientRect().top < innerHeight)
      .filter(e => !e.querySelector('mjx-container'))).length) seen.first = performance.now();
    while (math.length && math.at(-1).querySelector('mjx-container')) math.pop();
    if (!math.length) { seen.all = performance.now(); return; }
  }
  requestAnimationFrame(look);
};
look();
"""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("note", nargs="?", type=Path)
    parser.add_argument("--formulas", type=int, default=256)
    parser.add_argument("--slower", type=float, default=4)
    parser.add_argument("--runs", type=int, default=5)
    given = parser.parse_args()
    work = Path(tempfile.mkdtemp(prefix="reader"))
    text = given.note.read_text() if given.note else formulas_page(given.formulas)
    pages = {f"Gradpress, {method}": _built(work / method, method, text) for method in ("mathjax", "prerendered")}
    pages["bare pandoc, MathJax"] = _bare(work / "mathjax" / "site", text)
    print(f"{'':24}{'first screen':>13}{'all':>9}{'blocked':>10}{'shift':>8}{'page':>10}{'page gz':>9}")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        for name, page in pages.items():
            runs = [_visit(browser, page, given.slower) for _ in range(given.runs)]
            first, whole, blocked, shift = (
                median(run[key] for run in runs) for key in ("first", "all", "blocked", "shift")
            )
            size = page.read_bytes()
            print(
                f"{name:24}{first / 1000:11.2f} s{whole / 1000:7.2f} s{blocked:7.0f} ms{shift:8.3f}"
                f"{len(size) / 1000:7.0f} kB{len(gzip.compress(size)) / 1000:6.0f} kB"
            )


def _built(work: Path, method: str, text: str) -> Path:
    (work / "content").mkdir(parents=True)
    (work / "content" / "index.md").write_text(text)
    (work / "content" / "gradpress.yml").write_text(f"math: {{method: {method}, source: local}}\n")
    subprocess.run(build(work), check=False)
    return work / "site" / "index.html"


def _bare(site: Path, text: str) -> Path:
    """Beside the copy of MathJax that Gradpress has made."""
    script = next((site / "assets").glob("mathjax-*/es5/tex-chtml.js")).relative_to(site)
    note, page = site / "bare.md", site / "bare.html"
    note.write_text(text)
    command = [executable(), "-s", f"--mathjax={script}", str(note), "-o", str(page)]
    subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
    return page


def _visit(browser: Browser, page: Path, slower: float) -> dict[str, Any]:
    context = browser.new_context(viewport={"width": 412, "height": 823})
    shown = context.new_page()
    context.new_cdp_session(shown).send("Emulation.setCPUThrottlingRate", {"rate": slower})
    shown.add_init_script(WATCH)
    with _Served(page.parent) as address:
        shown.goto(f"{address}/{page.name}")
        shown.wait_for_function("window.seen.all", timeout=120_000)
        shown.wait_for_timeout(300)
        found: dict[str, Any] = shown.evaluate("window.seen")
    context.close()
    return found


class _Served:
    """A folder on a port of this machine."""

    def __init__(self, folder: Path) -> None:
        handler = partial(_Quiet, directory=str(folder))
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)

    def __enter__(self) -> str:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{self._server.server_port}"

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Says nothing."""


if __name__ == "__main__":
    sys.exit(main())
