#!/usr/bin/env python3
"""HTML of 200 pages against MkDocs with Material: `python tests/bench/peers.py MKDOCS [PAGES]`.

MKDOCS is its program, for instance in a virtual environment of its own:

    python -m venv /tmp/peers && /tmp/peers/bin/pip install mkdocs-material

It leaves formulas alone, knows no preamble and reads another Markdown: only the words, tables, listings and places of
formulas are the same.  Both keep their navigation; Material writes its search index, which we have not.
"""

from __future__ import annotations

import sys
import tempfile
from functools import partial
from pathlib import Path

from measuring import build, corpus, cost, edit, forget, report

_CONFIGURATION = """site_name: Notes
docs_dir: content
site_dir: public
theme: {name: material}
markdown_extensions:
  [tables, footnotes, pymdownx.highlight, pymdownx.superfences, {pymdownx.arithmatex: {generic: true}}]
"""


def main() -> None:
    """Cold, nothing changed, one word changed."""
    mkdocs = Path(sys.argv[1]).absolute()
    pages = int(sys.argv[2]) if len(sys.argv) > 2 else 200
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        made = corpus(work / "content", pages)
        (work / "mkdocs.yml").write_text(_CONFIGURATION)
        ours = build(work)
        theirs = [str(mkdocs), "build", "--quiet", "--config-file", str(work / "mkdocs.yml")]

        report(
            f"{pages} pages, cold",
            cost(ours, 3, partial(forget, work)),
            cost(theirs, 3, partial(forget, work)),
            "mkdocs build",
        )
        cost(ours, 1)
        report(f"{pages} pages, nothing changed", cost(ours, 5), cost(theirs, 3), "mkdocs build")
        report(
            f"{pages} pages, one word in one page",
            cost(ours, 5, partial(edit, made[0])),
            cost(theirs, 3, partial(edit, made[0])),
            "mkdocs build",
        )


if __name__ == "__main__":
    main()
