"""A build that does not come to its end: the next one goes on where it stopped."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from builds import ROOT, Build

PAGES = 30
SLOW = "# Slow\n\n```{python}\nimport time\n\ntime.sleep(50)\n```\n"
_WITHOUT_PATIENCE = """
import sys
from gradpress import cli, page_run
page_run.REMEMBER = 0
sys.exit(cli.main(sys.argv[1:]))
"""
"""Remembers after every page what is done."""


@pytest.fixture
def site(notes: Path) -> Path:
    """Pages that are soon done, and one that is not; some of them refer to others."""
    for k in range(PAGES):
        (notes / f"p{k:02}.md").write_text(f"# Page {k} {{#sec-{k}}}\n\n$$ x_{k} $$ {{#eq-{k}}}\n\nSee @eq-{k}.\n")
    (notes / "refers.md").write_text("# Refers\n\nSee @eq-3.\n")
    (notes / "slow.md").write_text(SLOW)
    return notes


def start(folder: Path, program: tuple[str, ...], *arguments: str) -> subprocess.Popen[bytes]:
    places = [f"--{name}={folder / name}" for name in ("content", "cache")] + [f"--output={folder / 'site'}"]
    command = [sys.executable, *program, "html", "--quiet", *places, *arguments]
    return subprocess.Popen(command, cwd=folder, stderr=subprocess.DEVNULL)


def wait_for_pages(folder: Path, count: int) -> None:
    end = time.monotonic() + 120
    while len(list((folder / "site").glob("p*.html"))) < count:
        assert time.monotonic() < end, "the pages are not there"
        time.sleep(0.05)


def built(text: str) -> tuple[int, int]:
    """Pages that were built, and that were left as they are."""
    numbers = re.search(r"(\d+) pages? built(?:, (\d+) unchanged)?", text)
    assert numbers, text
    return int(numbers[1]), int(numbers[2] or 0)


@pytest.mark.parametrize("jobs", ["1", "2"], ids=["one at a time", "in forks"])
@pytest.mark.parametrize(
    ("program", "number"),
    [((str(ROOT / "build.py"),), signal.SIGINT), (("-c", _WITHOUT_PATIENCE), signal.SIGKILL)],
    ids=["interrupted", "killed"],
)
def test_what_is_done_is_not_done_again(
    site: Path, tmp_path: Path, build: Build, program: tuple[str, ...], number: signal.Signals, jobs: str
) -> None:
    process = start(tmp_path, program, f"--jobs={jobs}")
    wait_for_pages(tmp_path, PAGES)
    time.sleep(0.5)  # the last page is written before it is remembered
    process.send_signal(number)
    assert process.wait(60) != 0
    (site / "slow.md").write_text("# Slow\n\nNot any more.\n")
    done = build("html")
    assert (done.code, built(done.err)) == (0, (2, PAGES)), done.err
    assert "Equation" in (tmp_path / "site" / "refers.html").read_text()
    assert (tmp_path / "site" / "assets" / "gradpress.css").exists()
    assert built(build("html").err) == (0, PAGES + 2)
