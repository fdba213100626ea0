"""A command that has nothing to do says so before anything is imported; every kind of change is noticed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from builds import ROOT, Build

PAGES = {
    "a.md": "# A\n\nWords and $x$.\n\n{{< include _part.md >}}\n",
    "_part.md": "Part.\n",
    "sub/b.md": "---\nbibliography: refs.bib\n---\n\n# B\n\n[@one]\n\n![A dot](dot.png)\n",
    "sub/refs.bib": "@book{one, author={A}, title={T}, year={2000}}\n",
    "part.tex": "not a page\n",
}
UNTOUCHED = "html: 0 pages built, 2 unchanged; 0 errors, 0 warnings; 0.0 s\n"


@pytest.fixture
def site(notes: Path, build: Build) -> Path:
    for name, text in PAGES.items():
        (notes / name).parent.mkdir(exist_ok=True)
        (notes / name).write_text(text, encoding="utf-8")
    shutil.copy(next((ROOT / "content").rglob("*.png")), notes / "sub" / "dot.png")
    assert "2 pages built" in build("html").err
    assert _asked(notes.parent)
    return notes


def _asked(folder: Path, *, env: dict[str, str] | None = None) -> bool:
    """Whether the stamp alone answers the command."""
    start = f"import sys; sys.path.insert(0, {str(ROOT)!r}); from gradpress.unchanged import told"
    code = f"{start}; sys.exit(not told(sys.argv[1:]))"
    places = [f"--content={folder / 'content'}", f"--output={folder / 'site'}", f"--cache={folder / 'cache'}"]
    done = subprocess.run([sys.executable, "-c", code, "html", *places], cwd=folder, env=env, check=False)
    return done.returncode == 0


def _new(site: Path) -> None:
    (site / "sub" / "c.md").write_text("# C\n")


def _page_of_tex(site: Path) -> None:
    (site / "part.tex").write_text("\\documentclass{article}\\begin{document}x\\end{document}\n")


def _output(site: Path) -> None:
    (site.parent / "site" / "a.html").write_text("mine")


CHANGES: dict[str, Callable[[Path], object]] = {
    "a word": lambda site: (site / "a.md").write_text("# A\n\nOther words.\n"),
    "an include": lambda site: (site / "_part.md").write_text("Other.\n"),
    "a bibliography": lambda site: (site / "sub" / "refs.bib").write_text("@book{one, author={B}, title={T}}\n"),
    "a page more": _new,
    "a page less": lambda site: (site / "a.md").unlink(),
    "a folder": lambda site: (site / "sub").rename(site / "bus"),
    "a fragment that becomes a page": _page_of_tex,
    "a configuration": lambda site: (site / "gradpress.yml").write_text("title: T\n"),
    "a configuration of another program": lambda site: (site / "_quarto.yml").write_text("project:\n  type: website\n"),
    "a picture": lambda site: shutil.copy(sorted((ROOT / "content").rglob("*.png"))[-1], site / "sub" / "dot.png"),
    "an output that was changed": _output,
    "an output that is gone": lambda site: (site.parent / "site" / "sub" / "b.html").unlink(),
    "a file of the site that is gone": lambda site: (site.parent / "site" / "assets" / "gradpress.css").unlink(),
}


@pytest.mark.parametrize("change", CHANGES)
def test_every_change_is_noticed(change: str, site: Path, build: Build) -> None:
    CHANGES[change](site)
    assert not _asked(site.parent)
    build("html")
    again = build("html")
    assert again.code == 0
    assert "html: 0 pages built" in again.err


def test_a_touched_file_is_looked_at_once(site: Path, build: Build) -> None:
    os.utime(site / "a.md")
    assert not _asked(site.parent)
    assert build("html").err == UNTOUCHED
    assert _asked(site.parent)


def test_the_answer_says_what_the_build_says(site: Path, build: Build) -> None:
    assert build("html").err == UNTOUCHED
    (site / "a.md").write_text("# A\n\nIt costs $x $ today.\n")
    said = build("html").diagnostics
    assert len(said) == 1
    assert build("html").diagnostics == said
    assert _asked(site.parent)


def test_another_python_path_asks_again(site: Path) -> None:
    assert not _asked(site.parent, env={**os.environ, "PYTHONPATH": str(site)})


def test_errors_are_never_remembered(site: Path, build: Build) -> None:
    (site / "a.md").write_text("# A\n\n$\\nosuch$\n")
    assert build("html").code == 1
    assert not _asked(site.parent)


def test_nothing_is_imported(site: Path) -> None:
    places = [f"--content={site}", f"--output={site.parent / 'site'}", f"--cache={site.parent / 'cache'}"]
    program = [sys.executable, "-X", "importtime", str(ROOT / "build.py"), "html", *places]
    done = subprocess.run(program, cwd=site.parent, capture_output=True, text=True, check=True)
    imported = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines() if "|" in line}
    ours = {name for name in imported if name.startswith("gradpress")}
    assert ours == {"gradpress", "gradpress.unchanged"}
    assert not imported & {"json", "typing", "dataclasses", "hashlib", "argparse"}
