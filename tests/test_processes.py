"""Pages are built in forks of the builder: as in one process, whatever happens to a fork."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from builds import ROOT, Build

from gradpress import processes

PAGE = """---
title: Page {k}
header-includes: |
  \\newcommand{{\\RR}}{{\\mathbb{{R}}}}
---

# Part {{#sec-{k}}}

$$ x_{k} \\in \\RR $$ {{#eq-{k}}}

See @eq-{k} and @eq-{other}, and [the other](p{other}.md).
"""
CELL = "\n```{python}\nprint('ran', 1 + 1)\n```\n"


def write(notes: Path, count: int) -> None:
    for k in range(count):
        (notes / f"p{k}.md").write_text(PAGE.format(k=k, other=(k + 1) % count) + (CELL if k % 5 == 0 else ""))
    (notes / "gradpress.yml").write_text("execute: {run: all}\n")


def tree(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


@pytest.mark.parametrize("command", ["html", "tex"])
def test_forks_make_the_same_site(command: str, notes: Path, build: Build, tmp_path: Path) -> None:
    write(notes, 20)
    (notes / "wrong.md").write_text("# Wrong\n\n$\\nosuch$ and @eq-nowhere.\n")
    (notes / "_part.md").write_text("\n\n$\\nosuch$ in line 3\n")
    (notes / "with.md").write_text("# With\n\nSee @eq-1.\n\n{{< include _part.md >}}\n")
    forked = build(command, "--jobs=3")
    assert forked.code == 1
    assert sorted(line.split(" ")[0] for line in forked.diagnostics) == (
        ["_part.md:3:", "wrong.md:3:", "wrong.md:3:"] if command == "html" else ["wrong.md:3:"]
    )
    first = tree(tmp_path / "site")
    for name in ("site", "cache"):
        (tmp_path / name).rename(tmp_path / f"{name}-forked")
    single = build(command, "--jobs=1")
    assert single.diagnostics == forked.diagnostics
    again = tree(tmp_path / "site")
    for made in (first, again):  # what the cells of this run took
        assert (made.pop("execution.html", None) is None) == (command == "tex")
    assert again == first
    if command == "html":
        assert b"ran 2" in first["p5.html"]


def test_cells_are_replayed_in_forks(notes: Path, build: Build) -> None:
    write(notes, 15)
    build("html")
    (notes / "gradpress.yml").write_text("execute: {run: all}\ntitle: New\n")
    again = build("html", "--format=json")
    assert again.err.count('"status": "replayed"') == 3
    assert '"status": "ran"' not in again.err


def test_progress_is_told_once_for_each_page(notes: Path, build: Build) -> None:
    write(notes, 15)
    lines = [line for line in build("html", "--jobs=2").err.splitlines() if line.startswith("[")]
    assert sorted(lines) == sorted(f"[{k}/15] {name}" for k, name in enumerate(sorted(_names(15)), 1))


def _names(count: int) -> list[str]:
    return [f"p{k}.md" for k in range(count)]


def test_what_a_dead_fork_had_is_left() -> None:
    done: dict[int, int] = {}

    def work(number: int) -> int:
        if number in (4, 9):
            os.kill(os.getpid(), signal.SIGKILL)
        return number * number

    left = processes.call(work, 30, 3, lambda number: None, done.__setitem__)
    assert {4, 9} <= set(left)
    assert done == {k: k * k for k in range(30) if k not in left}
    assert sorted([*left, *done]) == list(range(30))


def test_what_cannot_be_sent_is_left() -> None:
    left = processes.call(lambda number: lambda: number, 3, 2, lambda number: None, lambda number, result: None)
    assert sorted(left) == [0, 1, 2]


def test_an_answer_longer_than_a_pipe() -> None:
    done: dict[int, bytes] = {}
    assert processes.call(lambda number: b"x" * 3_000_000, 4, 2, lambda number: None, done.__setitem__) == []
    assert {k: len(v) for k, v in done.items()} == dict.fromkeys(range(4), 3_000_000)


def test_no_fork_outlives_its_builder(notes: Path, tmp_path: Path) -> None:
    write(notes, 60)
    places = [f"--content={notes}", f"--output={tmp_path / 'site'}", f"--cache={tmp_path / 'cache'}"]
    builder = subprocess.Popen(
        [sys.executable, str(ROOT / "build.py"), "html", "--jobs=2", *places],
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert builder.stderr
    while not builder.stderr.readline().startswith("[5/"):
        pass
    os.killpg(builder.pid, signal.SIGINT)
    builder.communicate(timeout=30)
    assert builder.returncode == 130
    assert _ended(builder.pid)


def test_forks_end_when_the_builder_is_killed(notes: Path, tmp_path: Path) -> None:
    write(notes, 60)
    places = [f"--content={notes}", f"--output={tmp_path / 'site'}", f"--cache={tmp_path / 'cache'}"]
    command = [sys.executable, str(ROOT / "build.py"), "html", "--jobs=2", *places]
    builder = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, start_new_session=True)
    assert builder.stderr
    while not builder.stderr.readline().startswith("[5/"):
        pass
    builder.kill()
    builder.communicate(timeout=30)
    assert _ended(builder.pid)


def _ended(group: int) -> bool:
    """Whether no process of the group is left, after a while."""
    for _ in range(200):
        listed = subprocess.run(["ps", "-o", "stat=", "-g", str(group)], capture_output=True, text=True, check=False)
        if not [line for line in listed.stdout.splitlines() if not line.startswith("Z")]:
            return True
        time.sleep(0.1)
    return False
