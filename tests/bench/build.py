#!/usr/bin/env python3
"""HTML of 200 pages of mathematics against bare pandoc and a bare interpreter: `python tests/bench/build.py [PAGES]`.

Cold, with nothing changed, with one word changed; and one note by itself (`… build.py PAGES NOTE.md`: yours).  Printed
also where we lose.  Nothing here is asserted: timings are no tests.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from measuring import Cost, corpus, cost, pandoc, report


def main() -> None:
    """All comparisons."""
    pages = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    with tempfile.TemporaryDirectory() as name:
        many, one = Path(name) / "many", Path(name) / "one"
        _compare(many, corpus(many / "content", pages), f"{pages} pages")
        note = corpus(one / "content", 1)
        if len(sys.argv) > 2:
            shutil.copy(sys.argv[2], note[0])
        _compare(one, note, "one note")


def _compare(work: Path, pages: list[Path], what: str) -> None:
    places = [f"--content={work / 'content'}", f"--output={work / 'site'}", f"--cache={work / 'cache'}"]
    build = [sys.executable, "build.py", "html", "--quiet", *places]

    def forget() -> None:
        for name in ("cache", "site"):
            shutil.rmtree(work / name, ignore_errors=True)

    report(f"{what}, cold", cost(build, 3, forget), cost(pandoc(pages), 1), "pandoc -s --mathjax, two at a time")
    cost(build, 1)  # leaves the stamp
    report(f"{what}, nothing changed", cost(build, 9), cost([sys.executable, "-c", "pass"], 9), "python -c pass")
    report(f"{what}, one word in one page", cost(build, 7, _edit(pages[0])), _of_one(pages[0]), "pandoc, that page")


def _edit(page: Path) -> Callable[[], object]:
    return lambda: page.write_text(page.read_text() + "\nword\n")


def _of_one(page: Path) -> Cost:
    return cost(pandoc([page]), 7)


if __name__ == "__main__":
    main()
