#!/usr/bin/env python3
"""Whole commands against bare pandoc and a bare interpreter, in one run: `python tests/bench/build.py [NOTE.md]`.

Every line is a ratio of CPU seconds (children included), medians of a few runs; other load on the machine hits both
sides.  Printed also where we lose.  Nothing here is asserted: timings are no tests.
"""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from statistics import median

from gradpress.pandoc import executable

ROOT = Path(__file__).resolve().parent.parent.parent
NOTE = r"""---
title: Note {number}
header-includes: |
  \newcommand{{\ww}}{{\boldsymbol{{\omega}}}}
---

{body}
"""
BODY = r"""
Text with $f_\ww(x)$ and $\sum_{i=1}^n x_i^2$, then

\begin{align}
  a_i &= b_i + c_i \\
  d_i &= \frac{1}{n} \sum_{j} e_{ij}
\end{align}

- a list
- of two items with $x \in \mathbb{R}^n$
"""


def cpu(command: list[str], runs: int = 5, before: Callable[[], object] = lambda: None) -> float:
    """Median CPU seconds of a command with all its children."""
    seconds = []
    for _ in range(runs):
        before()
        start = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(command, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=ROOT)
        end = resource.getrusage(resource.RUSAGE_CHILDREN)
        seconds.append(end.ru_utime + end.ru_stime - start.ru_utime - start.ru_stime)
    return median(seconds)


def report(what: str, ours: float, theirs: float, reference: str) -> None:
    """One line: our seconds, theirs, and the ratio."""
    print(f"{what:46} {ours:8.3f} s   {reference:34} {theirs:8.3f} s   ratio {ours / theirs:6.2f}")


def corpus(folder: Path, pages: int) -> None:
    """Pages of mathematics."""
    folder.mkdir(parents=True)
    for number in range(pages):
        (folder / f"n{number:03}.md").write_text(NOTE.format(number=number, body=BODY * 8))


def main() -> None:
    """All comparisons."""
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        note = Path(sys.argv[1]) if len(sys.argv) > 1 else None
        single = work / "single"
        single.mkdir()
        (single / "note.md").write_text(note.read_text() if note else NOTE.format(number=0, body=BODY * 8))
        _compare(work, single, "one note")
        corpus(work / "many", 40)
        _compare(work, work / "many", "40 pages")


def _compare(work: Path, content: Path, what: str) -> None:
    build = [sys.executable, "build.py", "html", "--quiet", f"--content={content}", f"--output={work / 'site'}"]
    build.append(f"--cache={work / 'cache'}")

    def forget() -> None:
        shutil.rmtree(work / "cache", ignore_errors=True)
        shutil.rmtree(work / "site", ignore_errors=True)

    pages = sorted(content.glob("*.md"))
    script = " && ".join(f"{executable()} -s --mathjax {page} -o {os.devnull}" for page in pages)
    pandoc = cpu(["sh", "-c", script], 3)
    report(f"{what}, cold, html", cpu(build, 3, forget), pandoc, "pandoc -s --mathjax")
    report(f"{what}, nothing changed", cpu(build, 7), cpu([sys.executable, "-c", "pass"], 7), "python -c pass")

    def edit() -> None:
        pages[0].write_text(pages[0].read_text() + "\nword\n")

    one = cpu([executable(), "-s", "--mathjax", str(pages[0]), "-o", os.devnull], 5)
    report(f"{what}, one word in one page", cpu(build, 5, edit), one, "pandoc -s --mathjax, that page")


if __name__ == "__main__":
    main()
