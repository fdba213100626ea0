#!/usr/bin/env python3
"""A large site: `python tests/bench/large.py [PAGES [FOLDERS]]`, 2,000 pages in one folder if not said otherwise.

Cold, nothing changed, one word changed, one title changed, interrupted and taken up again; milliseconds a page beside a
site of 200 pages, and the peak memory of the builder.  Nothing is asserted.
"""

from __future__ import annotations

import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from measuring import ROOT, build, corpus, cost, forget, report

_BUILDER = """
import sys
from gradpress.unchanged import told
if not told(sys.argv[1:]):
    from gradpress.cli import main
    main()
print(next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")))
"""
"""Builds, and says how many kB of memory its own process had at most (forks and pandoc have theirs)."""


def main() -> None:
    """All figures, for a small and for a large site."""
    pages = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    folders = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background jobs ignore it, and so do theirs
    for count in (200, pages):
        with tempfile.TemporaryDirectory() as name:
            _site(Path(name), count, folders)


def _site(work: Path, pages: int, folders: int) -> None:
    made = _spread(corpus(work / "content", pages), folders)
    _interrupted(work, pages)
    seconds, memory = _built(work)
    print(
        f"{pages} pages, cold: {seconds:.1f} s, {1000 * seconds / pages:.1f} ms a page, builder at most {memory:.0f} MB"
    )
    _built(work)
    report(f"{pages} pages, nothing changed", cost(build(work), 5), cost([sys.executable, "-c", "pass"], 9), "python")
    middle = made[len(made) // 2]
    for what, old, new in (("word", "\n\n", "\n\nword "), ("title", "title: Note", "title: Leaf")):
        middle.write_text(middle.read_text().replace(old, new, 1))
        seconds, memory = _built(work)
        print(f"{pages} pages, one {what} changed: {seconds:.2f} s, builder at most {memory:.0f} MB", flush=True)


def _spread(made: list[Path], folders: int) -> list[Path]:
    if folders < 2:
        return made
    moved = []
    for number, page in enumerate(made):
        folder = page.parent / f"part-{number % folders:03}"
        folder.mkdir(exist_ok=True)
        moved.append(page.rename(folder / page.name))
    return moved


def _interrupted(work: Path, pages: int) -> None:
    """A build that is stopped after some seconds, and how many pages the next one need not build."""
    process = subprocess.Popen(build(work), cwd=ROOT, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    time.sleep(0.01 * pages)
    process.send_signal(signal.SIGINT)
    process.wait()
    done = subprocess.run([w for w in build(work) if w != "--quiet"], cwd=ROOT, capture_output=True, text=True)
    print(f"{pages} pages, interrupted and taken up again: {done.stderr.splitlines()[-1]}", flush=True)
    forget(work)


def _built(work: Path) -> tuple[float, float]:
    """Seconds, and megabytes of the builder."""
    start = time.perf_counter()
    done = subprocess.run(build(work, program=("-c", _BUILDER)), cwd=ROOT, capture_output=True, text=True, check=True)
    return time.perf_counter() - start, int(done.stdout) / 1024


if __name__ == "__main__":
    main()
