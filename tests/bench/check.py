#!/usr/bin/env python3
"""`check` on 200 pages of mathematics against bare pandoc on them: `python tests/bench/check.py [PAGES]`.

`check` reads the pages, compiles their formulas with MathJax in node and with LaTeX; bare pandoc only converts them.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

from measuring import corpus, cost, pandoc, report


def main() -> None:
    """Cold, again, and after an edit."""
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        pages = corpus(work / "content", int(sys.argv[1]) if len(sys.argv) > 1 else 200)
        check = [sys.executable, "build.py", "check", "--quiet", f"--content={work / 'content'}"]
        check += [f"--output={work / 'site'}", f"--cache={work / 'cache'}"]
        bare = cost(pandoc(pages), 1)

        def forget() -> None:
            shutil.rmtree(work / "cache", ignore_errors=True)

        def edit() -> None:
            pages[0].write_text(pages[0].read_text() + "\nword\n")

        report(f"check, {len(pages)} pages, cold", cost(check, 1, forget), bare, "pandoc -s, two at a time")
        report(f"check, {len(pages)} pages, again", cost(check, 5), bare, "pandoc -s, two at a time")
        report(
            f"check, {len(pages)} pages, one edited", cost(check, 3, edit), bare, "pandoc -s --mathjax, two at a time"
        )


if __name__ == "__main__":
    main()
