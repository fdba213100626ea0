"""Resumed states are the states: every case of the corpus, against runs from the top."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from cell_runs import cells, page, text
from corpus_live import CASES, Case

from gradpress.cache import Memory
from gradpress.cells import Result
from gradpress.execution import PageRun
from gradpress.execution.forked import Forked
from gradpress.execution.live import Live
from gradpress.execution.local import Local
from gradpress.execution.strays import TOKEN

EDITS = ("", "\nprint('once more')", "\nprint('and again')")


@pytest.fixture(scope="module")
def forked() -> Iterator[Forked]:
    made = Forked()
    yield made
    made.close()


@pytest.fixture
def live(forked: Forked) -> Iterator[Live]:
    made = Live(forked, cost=0)
    yield made
    made.forget()


def folder(base: Path, name: str) -> Path:
    """A folder with the file that the cases read; its date is the same everywhere."""
    made = base / name
    made.mkdir()
    (made / "data.txt").write_text("one\ntwo\nthree\nfour\n")
    os.utime(made / "data.txt", (1, 1))
    return made


def plain(results: list[Result]) -> list[Result]:
    return [replace(r, seconds=0, memory=0, origin="none", reads=()) for r in results]


def pages(case: Case, where: Path) -> list[PageRun]:
    made = [page(where, case.first, case.second + edit) for edit in EDITS]
    return [replace(p, cells=(p.cells[0], replace(p.cells[1], train=case.train))) for p in made]


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.name)
def test_resumed_or_refused(case: Case, tmp_path: Path, forked: Forked, live: Live) -> None:
    ours, theirs = folder(tmp_path, "live"), folder(tmp_path, "fresh")
    origins = []
    for run, same in zip(pages(case, ours), pages(case, theirs), strict=True):
        got = Local(live, Memory()).run(run)
        assert plain(got) == plain(Local(forked, Memory()).run(same))
        assert got[0].error is None
        origins.append(got[0].origin)
    if case.refused:
        assert origins == ["ran"] * 3
        assert case.refused in " ".join(live.refused)
    else:
        assert origins == ["ran"] + ["snapshot" if case.again else "ran"] * 2, live.refused


@pytest.mark.parametrize("above", [0, 7])
def test_moved_cells_keep_their_lines(tmp_path: Path, forked: Forked, live: Live, above: int) -> None:
    first = "import warnings\ndef f():\n  warnings.warn('here')\n  1/0"
    Local(live, Memory()).run(page(tmp_path, first, "2"))
    run = page(tmp_path, first, "x=1\nf()")
    moved = [replace(c, place=replace(c.place, line=c.place.line + above)) for c in run.cells]
    run = replace(run, cells=tuple(moved))
    got = Local(live, Memory()).run(run)
    assert got[0].origin == "snapshot"
    assert plain(got) == plain(Local(forked, Memory()).run(run))


def test_lines_in_printed_text_are_no_guess(tmp_path: Path, forked: Forked, live: Live) -> None:
    first = "import traceback\ndef f():\n  1/0"
    second = "try:\n  f()\nexcept Exception: print(traceback.format_exc())"
    Local(live, Memory()).run(page(tmp_path, first, "2"))
    run = page(tmp_path, "# a remark\n" + first, second)
    assert plain(Local(live, Memory()).run(run)) == plain(Local(forked, Memory()).run(run))


def test_a_later_wish_to_record_reaches_earlier_functions(tmp_path: Path, forked: Forked, live: Live) -> None:
    first = "def train():\n  for i in range(3): cost=i"
    Local(live, Memory()).run(page(tmp_path, first, "train()"))
    run = page(tmp_path, first, "train()")
    wish = replace(run.cells[1], train=True, options=replace(run.cells[1].options, loss=("cost",)))
    run = replace(run, cells=(run.cells[0], wish))
    got = Local(live, Memory()).run(run)
    assert [c.name for c in got[1].curves] == ["cost"]
    assert plain(got) == plain(Local(forked, Memory()).run(run))


def test_nothing_is_kept_beyond_the_budget(tmp_path: Path, forked: Forked) -> None:
    live = Live(forked, budget=0, cost=0)
    for _ in range(2):
        got = Local(live, Memory()).run(page(tmp_path, "x=1", "print(x)"))
        assert [r.origin for r in got] == ["ran", "ran"]
        assert text(got[1]) == "1\n"
        assert live.snapshots == []


def test_the_least_recently_used_state_goes_first(tmp_path: Path, live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    local = Local(live, Memory())
    for x in (1, 2):
        local.run(page(tmp_path, f"x={x}", "print(x)"))
    local.run(page(tmp_path, "x=1", "print(x, x)"))
    assert live.memory() > 0
    monkeypatch.setattr(live, "memory", lambda: len(live.snapshots))
    before = list(live.snapshots)
    live._budget = len(before) - 1
    live._bound()
    assert live.snapshots == before[1:]
    assert local.run(page(tmp_path, "x=1", "print(-x)"))[0].origin == "snapshot"


def test_states_are_not_too_many(tmp_path: Path, live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gradpress.execution.live.MOST", 3)
    local = Local(live, Memory())
    for x in range(4):
        local.run(page(tmp_path, f"x={x}", "print(x)"))
    assert len(live.snapshots) == 3
    assert [local.run(page(tmp_path, f"x={x}", "print(-x)"))[0].origin for x in (3, 0)] == ["snapshot", "ran"]


def test_a_killed_state_is_no_obstacle(tmp_path: Path, live: Live) -> None:
    local = Local(live, Memory())
    local.run(page(tmp_path, "x=1", "print(x)"))
    for snapshot in live.snapshots:
        os.kill(snapshot.pid, signal.SIGKILL)
    got = local.run(page(tmp_path, "x=1", "print(x+1)"))
    assert (text(got[1]), got[0].origin) == ("2\n", "ran")


def test_an_earlier_state_may_go_before_a_later_one(tmp_path: Path, live: Live) -> None:
    local = Local(live, Memory())
    local.run(page(tmp_path, "x=[1]", "2"))
    local.run(page(tmp_path, "x=[1]", "x.append(2)", "print(x)"))
    for snapshot in [s for s in live.snapshots if len(s.keys) == 1]:
        live._drop(snapshot)
    for n in range(2):
        got = local.run(page(tmp_path, "x=[1]", "x.append(2)", f"x.append({n}); print(x)"))
        assert (text(got[2]), got[1].origin) == (f"[1, 2, {n}]\n", "snapshot")


def test_states_after_every_cell_of_one_run(tmp_path: Path, live: Live) -> None:
    local = Local(live, Memory())
    codes = ["f=open('data.txt')", "a=f.readline()", "b=f.readline()"]
    where = folder(tmp_path, "live")
    local.run(page(where, *codes, "1"))
    assert {len(s.keys) for s in live.snapshots} >= {1, 2, 3}
    for n in range(2):
        got = local.run(page(where, *codes, f"print(a, b, f.readline(), {n})"))
        assert (text(got[3]), got[2].origin) == (f"one\n two\n three\n {n}\n", "snapshot")


def test_pages_and_sessions_do_not_mix(tmp_path: Path, live: Live) -> None:
    local = Local(live, Memory())
    for name in ("a", "b"):
        got = local.run(page(folder(tmp_path, name), "import os\nx=os.path.basename(os.getcwd())", "print(x)"))
        assert (text(got[1]), got[0].origin) == (f"{name}\n", "ran")
    one, two = cells("x=1", "print(x)", session="one"), cells("x=1", "print(x)", session="two")
    assert [r.origin for r in local.run(replace(page(tmp_path, "1"), cells=(*one, *two)))] == ["ran"] * 4


def test_pages_with_threads_are_never_kept(tmp_path: Path, live: Live) -> None:
    run = replace(page(tmp_path, "x=1", "print(x)"), threads=2)
    assert [r.origin for r in Local(live, Memory()).run(run)] == ["ran", "ran"]
    assert live.snapshots == []


def test_no_process_is_left(tmp_path: Path) -> None:
    live = Live(Forked(), cost=0)
    Local(live, Memory()).run(page(tmp_path, "x=1", "print(x)"))
    assert _ours()
    live.close()
    until = time.monotonic() + 30
    while _ours(live) and time.monotonic() < until:
        time.sleep(0.01)
    assert not _ours(live)


def _ours(live: Live | None = None) -> list[int]:
    """Processes of this test's templates; after `live` is closed, only those of its own."""
    found = []
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            mark = Path(f"/proc/{name}/environ").read_bytes()
        except OSError:
            continue
        own = live._forked._template._token if live and live._forked._template else str(os.getpid())
        if f"{TOKEN}={own}".encode() in mark:
            found.append(int(name))
    return found


# ── what a state rests on besides memory ─────────────────────────────────────────────────────────


def resumed(live: Live, folder: Path, *codes: str) -> str:
    """What became of the first cell after an edit of the last one."""
    local = Local(live, Memory())
    local.run(page(folder, *codes))
    return local.run(page(folder, *codes[:-1], f"{codes[-1]}\nprint('edited')"))[0].origin


def test_a_duration_over_a_resumed_state_would_contain_the_pause(tmp_path: Path, live: Live) -> None:
    assert resumed(live, tmp_path, "import time\nt = time.time()", "print(time.time() - t < 60)") == "ran"
    assert resumed(live, tmp_path, "import time\nt = time.time()\nprint(time.time() - t < 60)", "2") == "snapshot"
    (tmp_path / "watch.py").write_text(
        "import time\nt = time.perf_counter()\ndef stop(): return time.perf_counter() - t\n"
    )
    assert resumed(live, tmp_path, "import watch", "watch.stop()") == "ran"


def test_a_module_that_looks_at_its_process(tmp_path: Path, live: Live) -> None:
    (tmp_path / "tags.py").write_text("import os\ntag = os.getpid()\n")
    assert resumed(live, tmp_path, "import tags", "tags.tag") == "ran"
    assert "looks at its process" in " ".join(live.refused)


def test_a_state_of_yesterday(tmp_path: Path, live: Live) -> None:
    codes = ("import datetime\nd = datetime.date.today()", "print(d)")
    assert resumed(live, tmp_path, *codes) == "snapshot"
    for snapshot in live.snapshots:
        snapshot.day = "2001-01-01"
    assert Local(live, Memory()).run(page(tmp_path, codes[0], "print(d, d)"))[0].origin == "ran"


def test_answers_of_another_machine_are_asked_for_again(tmp_path: Path, live: Live) -> None:
    ask = "import socket\ntry:\n    socket.getaddrinfo('example.invalid', 80)\nexcept OSError:\n    answer = 'none'"
    assert resumed(live, tmp_path, ask, "print(answer)") == "ran"


@pytest.mark.parametrize("change", ["data.txt", "local.py", "many/x"])
def test_a_file_that_the_state_rests_on(tmp_path: Path, live: Live, change: str) -> None:
    where = folder(tmp_path, "page")
    (where / "many").mkdir()
    (where / "local.py").write_text("x = 1\n")
    first = "import local, os\na = open('data.txt').read()\nn = os.listdir('many')"
    assert resumed(live, where, first, "print(a, n)") == "snapshot"
    (where / change).write_text("x = 22\n")
    got = Local(live, Memory()).run(page(where, first, "print(a, n, local.x)"))
    assert got[0].origin == "ran"
    assert {"data.txt": "x = 22\n", "local.py": " 22\n", "many/x": "['x']"}[change] in text(got[1])


def test_a_killed_template_is_started_again(tmp_path: Path) -> None:
    with_own = Forked()
    live = Live(with_own, cost=0)
    try:
        local = Local(live, Memory())
        local.run(page(tmp_path, "x=1", "print(x)"))
        assert with_own._template is not None
        with_own._template._process.kill()
        with_own._template._process.wait()
        assert text(local.run(page(tmp_path, "y=2", "print(y)"))[1]) == "2\n"
        assert text(local.run(page(tmp_path, "x=1", "print(x+5)"))[1]) == "6\n"
    finally:
        live.close()
