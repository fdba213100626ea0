#!/usr/bin/env python3
"""HTML of 200 pages of mathematics against bare pandoc and a bare interpreter: `python tests/bench/build.py [PAGES]`.

Cold, with nothing changed, with one word changed; and one note by itself (`… build.py PAGES NOTE.md`: yours).  Printed
also where we lose.  Nothing here is asserted: timings are no tests.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from measuring import Cost, build, corpora, cost, edit, forget, pandoc, report

from gradpress.resident import Resident
from gradpress.site import Options


def main() -> None:
    """All comparisons."""
    pages, note = int(sys.argv[1]) if len(sys.argv) > 1 else 200, Path(sys.argv[2]) if len(sys.argv) > 2 else None
    with tempfile.TemporaryDirectory() as name:
        for work, made, what in corpora(Path(name), pages, note):
            _compare(work, made, what)


def _compare(work: Path, pages: list[Path], what: str) -> None:
    ours = build(work)
    report(
        f"{what}, cold",
        cost(ours, 3, lambda: forget(work)),
        cost(pandoc(pages), 1),
        "pandoc -s --mathjax, two at a time",
    )
    cost(ours, 1)  # leaves the stamp
    report(f"{what}, nothing changed", cost(ours, 9), cost([sys.executable, "-c", "pass"], 9), "python -c pass")
    report(
        f"{what}, one word in one page", cost(ours, 7, lambda: edit(pages[0])), _of_one(pages[0]), "pandoc, that page"
    )
    _resident(work, pages[0])


def _resident(work: Path, page: Path, runs: int = 15) -> None:
    """Milliseconds from a saved source to the written file, in a builder that stays."""
    written, taken = work / "site" / f"{page.stem}.html", []
    with Resident(Options(work / "content", work / "site", work / "cache")) as builder:
        for _ in range(runs + 1):
            edit(page)
            start = time.time_ns()
            builder.build("html")
            taken.append((written.stat().st_mtime_ns - start) / 1e6)
    first, *others = taken
    print(
        f"{'one word, resident builder':44} {median(others):.0f} ms (least {min(others):.0f}); the first {first:.0f} ms"
    )


def _of_one(page: Path) -> Cost:
    return cost(pandoc([page]), 7)


if __name__ == "__main__":
    main()
