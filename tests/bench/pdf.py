#!/usr/bin/env python3
"""PDF of eight pages of mathematics against bare pandoc with xelatex: `python tests/bench/pdf.py [PAGES [NOTE.md]]`.

Cold, with nothing changed, with one word changed; and a note by itself.  Nothing is asserted.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from measuring import build, corpora, cost, edit, forget, report

from gradpress.pandoc import executable


def main() -> None:
    """All comparisons."""
    pages, note = int(sys.argv[1]) if len(sys.argv) > 1 else 8, Path(sys.argv[2]) if len(sys.argv) > 2 else None
    with tempfile.TemporaryDirectory() as name:
        for work, made, what in corpora(Path(name), pages, note):
            _compare(work, made, f"{what} as PDF")


def _compare(work: Path, pages: list[Path], what: str) -> None:
    ours = build(work, "pdf")
    report(
        f"{what}, cold",
        cost(ours, 1, lambda: forget(work)),
        cost(_bare(work, pages), 1),
        "pandoc, xelatex, two at a time",
    )
    cost(ours, 1)
    report(f"{what}, nothing changed", cost(ours, 5), cost([sys.executable, "-c", "pass"], 5), "python -c pass")
    report(
        f"{what}, one word",
        cost(ours, 3, lambda: edit(pages[0])),
        cost(_bare(work, pages[:1]), 1),
        "pandoc, xelatex, that page",
    )


def _bare(work: Path, pages: list[Path]) -> list[str]:
    one = f"{executable()} --pdf-engine=xelatex -o {work}/$(basename $0).pdf $0"
    names = " ".join(map(str, pages))
    return ["sh", "-c", f"printf '%s\\n' {names} | xargs -P 2 -n 1 sh -c '{one}'"]


if __name__ == "__main__":
    main()
