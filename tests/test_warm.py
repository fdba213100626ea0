"""Processes that outlive a build: the next one goes on where the last one stopped, or without them."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from builds import Build, Run

from gradpress.execution import linux
from gradpress.execution.warm_client import FOLDER, stop

PAGE = """---
title: Warm
---

Words.

```{{.python .run}}
import os, time
mark = open("runs", "a").write("x")
time.sleep(0.7)
values = [1, 2, 3]
```

```{{.python .run}}
print({last})
```
"""
SOON = 30.0
"""Seconds in which something is sure to have happened."""


@pytest.fixture
def warm(notes: Path, tmp_path: Path, build: Build) -> Iterator[Callable[..., Run]]:
    def run(last: str, *options: str, above: str = "") -> Run:
        (notes / "a.md").write_text(PAGE.format(last=last).replace("Words.", f"{above}Words."))
        return build("html", "--format=json", *options)

    yield run
    stop(tmp_path / "cache")
    assert until(lambda: not hosts(tmp_path))


def until(true: Callable[[], bool]) -> bool:
    """Whether it becomes true before long."""
    deadline = time.monotonic() + SOON
    while not true() and time.monotonic() < deadline:
        time.sleep(0.05)
    return true()


def hosts(tmp_path: Path) -> list[int]:
    """Warm hosts of this test's cache."""
    found = []
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            command = Path(f"/proc/{name}/cmdline").read_bytes().decode()
        except OSError:
            continue
        if "execution.warm" in command and str(tmp_path) in command:
            found.append(int(name))
    return found


def ran(notes: Path) -> int:
    """How often the first cell ran."""
    return len((notes / "runs").read_text())


def cells(run: Run) -> list[str]:
    """What became of the cells, as the build told it."""
    told = [json.loads(line) for line in run.err.splitlines() if line.startswith("{")]
    return [t["status"] for t in told if t["type"] == "cell"]


def shown(tmp_path: Path) -> str:
    return (tmp_path / "site" / "a.html").read_text()


def test_an_edit_of_the_last_cell_goes_on_from_memory(warm: Callable[..., Run], notes: Path, tmp_path: Path) -> None:
    assert warm("sum(values)", "--keep-warm=10m").code == 0
    assert oct((tmp_path / "cache" / FOLDER).stat().st_mode)[-3:] == "700"
    again = warm("sum(values) * 7")
    assert again.code == 0
    assert cells(again) == ["snapshot", "ran"]
    assert "42" in shown(tmp_path)
    assert ran(notes) == 1


def test_lines_are_right_after_prose_above_has_moved_everything(warm: Callable[..., Run], notes: Path) -> None:
    warm("sum(values)", "--keep-warm=10m")
    broken = warm("values[9]", above="More\n\nand more\n\n")
    assert [json.loads(line)["place"] for line in broken.err.splitlines() if "cell-error" in line] == [
        {"file": "a.md", "line": 19}
    ]
    assert ran(notes) == 1


def test_a_dead_host_is_no_trouble(warm: Callable[..., Run], notes: Path, tmp_path: Path) -> None:
    warm("1", "--keep-warm=10m")
    [host] = hosts(tmp_path)
    os.kill(host, signal.SIGKILL)
    assert until(lambda: not hosts(tmp_path))
    assert warm("2").code == 0
    assert ran(notes) == 2


def test_a_strange_host_is_no_trouble(warm: Callable[..., Run], notes: Path, tmp_path: Path) -> None:
    warm("1", "--keep-warm=10m")
    [host] = hosts(tmp_path)
    os.kill(host, signal.SIGKILL)
    folder = tmp_path / "cache" / FOLDER
    (folder / "socket").unlink()
    (folder / "socket").write_text("no socket")
    assert warm("2").code == 0
    assert ran(notes) == 2


def test_it_ends_when_the_environment_changes(
    warm: Callable[..., Run], notes: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    warm("1", "--keep-warm=10m")
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    assert warm("2").code == 0
    assert ran(notes) == 2
    assert until(lambda: not hosts(tmp_path))


def test_it_ends_when_its_time_is_over(warm: Callable[..., Run], tmp_path: Path) -> None:
    warm("1", "--keep-warm=1s")
    assert until(lambda: not hosts(tmp_path))
    assert not (tmp_path / "cache" / FOLDER / "socket").exists()


def test_clean_ends_it_and_all_its_processes(warm: Callable[..., Run], build: Build, tmp_path: Path) -> None:
    warm("1", "--keep-warm=10m")
    [host] = hosts(tmp_path)
    below = linux.descendants(host)
    assert below
    assert build("clean").code == 0
    assert until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in (host, *below)))


def test_without_being_asked_nothing_stays(warm: Callable[..., Run], tmp_path: Path) -> None:
    warm("1")
    assert not hosts(tmp_path)
    assert not (tmp_path / "cache" / FOLDER).exists()


def test_a_wrong_time_is_a_usage_error(warm: Callable[..., Run]) -> None:
    assert warm("1", "--keep-warm=soon").code == 2
