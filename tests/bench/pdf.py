#!/usr/bin/env python3
"""PDF of eight pages of mathematics against bare pandoc with xelatex: `python tests/bench/pdf.py [PAGES [NOTE.md]]`.

Cold, with nothing changed, with one word changed; and a note by itself.  Nothing is asserted.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

from measuring import corpus, cost, report

from gradpress.pandoc import executable


def main() -> None:
    """All comparisons."""
    pages = int(sys.argv[1]) if len(sys.argv) > 1 else 8
    with tempfile.TemporaryDirectory() as name:
        many, one = Path(name) / "many", Path(name) / "one"
        _compare(many, corpus(many / "content", pages), f"{pages} pages as PDF")
        note = corpus(one / "content", 1)
        if len(sys.argv) > 2:
            shutil.copy(sys.argv[2], note[0])
        _compare(one, note, "one note as PDF")


def _compare(work: Path, pages: list[Path], what: str) -> None:
    places = [f"--content={work / 'content'}", f"--output={work / 'site'}", f"--cache={work / 'cache'}"]
    build = [sys.executable, "build.py", "pdf", "--quiet", *places]

    def forget() -> None:
        for name in ("cache", "site"):
            shutil.rmtree(work / name, ignore_errors=True)

    def edit() -> None:
        pages[0].write_text(pages[0].read_text() + "\nword\n")

    report(f"{what}, cold", cost(build, 1, forget), cost(_bare(work, pages), 1), "pandoc, xelatex, two at a time")
    cost(build, 1)
    report(f"{what}, nothing changed", cost(build, 5), cost([sys.executable, "-c", "pass"], 5), "python -c pass")
    report(f"{what}, one word", cost(build, 3, edit), cost(_bare(work, pages[:1]), 1), "pandoc, xelatex, that page")


def _bare(work: Path, pages: list[Path]) -> list[str]:
    one = f"{executable()} --pdf-engine=xelatex -o {work}/$(basename $0).pdf $0"
    names = " ".join(map(str, pages))
    return ["sh", "-c", f"printf '%s\\n' {names} | xargs -P 2 -n 1 sh -c '{one}'"]


if __name__ == "__main__":
    main()
