"""A real Dask scheduler and real workers on loopback: what a page gives there is what it gives here."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest
from builds import ROOT
from cell_runs import FIRST, Bench, cells, page, text

from gradpress.cells import Failure, Figure, Result
from gradpress.diagnostics import UsageError
from gradpress.execution import PageRun, Sessions, cluster, cluster_files, cluster_job, cluster_sessions
from gradpress.execution.cached import Cached
from gradpress.execution.local import Local

PATIENCE = 120
MARK = "GRADPRESS_TEST_MARK"


class Cluster:
    """A scheduler, and workers that may be killed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._started: list[subprocess.Popen[bytes]] = []
        file = folder / "scheduler.json"
        self._start("scheduler", "--port", "0", "--no-dashboard", "--scheduler-file", str(file), cwd=folder)
        wait(lambda: file.exists() and file.stat().st_size > 0)
        self.address = json.loads(file.read_text())["address"]
        self.url = self.address.replace("tcp", "dask")

    def worker(self, env: dict[str, str] | None = None, cwd: Path = ROOT) -> int:
        """Start a worker."""
        place = ["--local-directory", str(self._folder), "--host", "127.0.0.1"]
        options = ["--nthreads", "1", "--no-nanny", "--no-dashboard"]
        return self._start("worker", self.address, *options, *place, env=env, cwd=cwd)

    def stop(self) -> None:
        """End all of it."""
        for process in reversed(self._started):
            process.kill()
            process.wait()

    def kill_scheduler(self) -> None:
        self._started[0].kill()

    def _start(self, *words: str, env: dict[str, str] | None = None, cwd: Path = ROOT) -> int:
        host = ["--host", "127.0.0.1"] if words[0] == "scheduler" else []
        log = open(self._folder / f"{words[0]}-{len(self._started)}.log", "wb")  # noqa: SIM115
        with log:
            self._started.append(
                subprocess.Popen([sys.executable, "-m", "dask", *words, *host], stderr=log, env=env, cwd=cwd)
            )
        return self._started[-1].pid


@pytest.fixture(scope="module")
def workers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    made = Cluster(tmp_path_factory.mktemp("cluster"))
    try:
        made.worker()
        made.worker()
        yield made
    finally:
        made.stop()


@pytest.fixture(scope="module")
def sessions(workers: Cluster) -> Iterator[Sessions]:
    connected = cluster.connect(workers.url)
    connected._client.wait_for_workers(2, timeout=PATIENCE)
    yield connected
    connected.close()


@pytest.fixture
def there(sessions: Sessions, tmp_path: Path) -> Bench:
    return Bench(tmp_path, sessions)


@pytest.fixture
def here(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


@pytest.fixture
def mark(monkeypatch: pytest.MonkeyPatch) -> str:
    """A variable that marks all processes of a page that declares it."""
    value = uuid4().hex
    monkeypatch.setenv(MARK, value)
    return value


def wait(so: object) -> None:
    """Until it is so."""
    until = time.monotonic() + PATIENCE
    while not so():  # type: ignore[operator]
        assert time.monotonic() < until, "waited in vain"
        time.sleep(0.05)


def marked(mark: str) -> list[int]:
    """Processes whose environment holds the mark: the test's own does not, as it was set later."""
    found = []
    for name in filter(str.isdigit, os.listdir("/proc")):
        with contextlib.suppress(OSError), open(f"/proc/{name}/environ", "rb") as file:
            if f"{MARK}={mark}".encode() in file.read().split(b"\0"):
                found.append(int(name))
    return found


def parent(pid: int) -> int:
    with open(f"/proc/{pid}/stat") as file:
        return int(file.read().rpartition(")")[2].split()[1])


def is_host(pid: int) -> bool:
    return b"cluster_host" in Path(f"/proc/{pid}/cmdline").read_bytes()


def same(one: list[Result], other: list[Result]) -> bool:
    """Whether results are equal but for what no two runs have in common."""

    def bare(results: list[Result]) -> list[Result]:
        return [replace(r, seconds=0, memory=0) for r in results]

    return bare(one) == bare(other)


def failure(result: Result) -> Failure:
    assert result.error
    return result.error


NUMBERS = (
    "import numpy as np\nx = np.random.rand(100)\nprint(x.sum())",
    "import matplotlib.pyplot as plt\nplt.plot(x)\nplt.show()",
    "w = 1.0\nfor i in range(50):\n    loss = (w - 3) ** 2\n    w -= 0.2 * (w - 3)\nw",
    "import sys; print('to stderr', file=sys.stderr); {1: 2}",
)


def test_a_page_gives_what_it_gives_here(there: Bench, here: Bench) -> None:
    run = PageRun("notes/fit.md", there.folder, cells(*NUMBERS, train=True), seed=3)
    far, near = there.run(run), here.run(run)
    assert same(far, near)
    assert any(isinstance(o, Figure) for o in far[1].outputs)
    assert far[2].curves[0].total == 50
    assert not any(r.error for r in far)
    assert all(there.store.blob(b) is not None for r in far for b in r.blobs)


def test_progress_comes_once_for_each_cell(there: Bench) -> None:
    there.run(PageRun("notes/fit.md", there.folder, cells(*NUMBERS, train=True)))
    assert [e.place.line for e in there.events if e.kind == "cell"] == [FIRST, FIRST + 3, FIRST + 6, FIRST + 11]
    assert {e.name for e in there.events if e.kind == "loss"} == {"loss"}


def test_progress_is_live(there: Bench, sessions: Sessions) -> None:
    flag = there.folder / "flag"
    code = f"import os, time\nwhile not os.path.exists('/'.join({list(flag.parts)})):\n    time.sleep(0.05)"
    messages = sessions.messages(page(there.folder, code))
    assert next(messages) == {"is": "begin", "cell": 0}
    flag.touch()
    assert [m["is"] for m in messages] == ["end", "done"]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A page's folder in a project, with what a page may read."""
    folder = tmp_path / "content" / "notes"
    (folder / "deep").mkdir(parents=True)
    (tmp_path / "content" / "data").mkdir()
    (folder / "numbers.txt").write_text("1 2 3\n")
    (folder / "deep" / "more.txt").write_text("4\n")
    (folder / "local.py").write_text("def f():\n    return 'from local'\n\ndef bad():\n    raise ValueError('no')\n")
    (tmp_path / "content" / "data" / "other.txt").write_text("5\n")
    (tmp_path / "content" / ".secret").write_text("x")
    return folder


def run_in(project: Path, *codes: str, **options: object) -> PageRun:
    return PageRun("notes/fit.md", project, cells(*codes, **options), root=project.parent)


READING = (
    "print(open('numbers.txt').read(), open('deep/more.txt').read())",
    "import local\nlocal.f()",
    "print(open('../data/other.txt').read())",
)


def test_files_and_modules_are_there(there: Bench, here: Bench, project: Path) -> None:
    far, near = (bench.run(run_in(project, *READING)) for bench in (there, here))
    assert same(far, near)  # with sizes, dates and hashes of the files that were read, as they are here
    assert [r[0] for r in far[0].reads] == ["notes/numbers.txt", "notes/deep/more.txt"]
    assert "notes/local.py" in [r[0] for r in far[1].reads]
    bad = run_in(project, "import local", "local.bad()")
    assert same(there.run(bad), here.run(bad))


def test_a_changed_file_is_fetched_again_and_the_cache_knows(there: Bench, project: Path) -> None:
    cached = Cached(Local(there.sessions, there.store), there.store)
    run = run_in(project, *READING)
    assert [r.origin for r in cached.run(run)] == ["ran"] * 3
    assert [r.origin for r in cached.run(run)] == ["replayed"] * 3
    (project / "numbers.txt").write_text("changed\n")
    again = cached.run(run)
    assert again[0].origin == "ran"
    assert "changed" in text(again[0])


def test_a_file_that_changes_meanwhile_is_not_taken_for_what_was_read(there: Bench, project: Path) -> None:
    cached = Cached(Local(there.sessions, there.store), there.store)
    run = run_in(project, "print(open('numbers.txt').read())")
    messages = there.sessions.messages(run)
    assert next(messages)["is"] == "begin"  # it has been sent
    (project / "numbers.txt").write_text("later\n")
    [end] = [m for m in messages if m["is"] == "end"]
    [(path, _, date, digest)] = end["seen"]["reads"]
    assert (path, date) == ("notes/numbers.txt", 0)
    assert digest != there.sessions._hashes.of(str(project.parent), path)[3]  # type: ignore[attr-defined]
    assert "later" in text(cached.run(run)[0])


def test_what_a_cell_writes_changes_no_later_run(there: Bench, project: Path) -> None:
    for _ in range(2):
        [result] = there.run(run_in(project, "f = open('numbers.txt', 'r+'); print(f.read()); f.write('more')"))
        assert text(result) == "1 2 3\n\n"
    assert (project / "numbers.txt").read_text() == "1 2 3\n"


def test_a_file_that_is_only_here(there: Bench, project: Path) -> None:
    [hidden] = there.run(run_in(project, "name = '../.sec' + 'ret'\nopen(name)"))
    assert failure(hidden).ename == "FileNotFoundError"
    assert "`depends`" in failure(hidden).evalue
    [absent] = there.run(run_in(project, "open('nowhere.txt')"))
    assert failure(absent).evalue == "[Errno 2] No such file or directory: 'nowhere.txt'"
    [absolute] = there.run(run_in(project, f"open('{project}/numbers.txt')"))
    assert "a place on this machine" in failure(absolute).evalue


def test_large_files_are_not_sent(there: Bench, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (project / "large.bin").write_bytes(bytes(2000))
    monkeypatch.setattr(cluster_files, "FILE_LIMIT", 1000)
    assert text(there.run(run_in(project, "print(1)"))[0]) == "1\n"
    [named] = there.run(run_in(project, "open('large.bin')"))
    [found] = there.run(run_in(project, "import glob\nopen(glob.glob('*.bin')[0])"))
    assert "'notes/large.bin' has 0 MB and is not sent" in failure(named).evalue
    assert failure(found).ename == "FileNotFoundError"
    assert "was not sent to the worker" in failure(found).evalue


def test_declared_variables_have_the_builders_values(there: Bench, mark: str) -> None:
    code = f"import os; print(os.environ.get('{MARK}'))"
    declared = replace(page(there.folder, code), env=(MARK,))
    assert text(there.run(declared)[0]) == mark + "\n"
    assert text(there(code)[0]) == "None\n"


FAULTS = {
    "exception": "x = 1\n1 / 0",
    "syntax": "x = (",
    "exit": "import os\nos._exit(3)",
    "killed": "import os\nprint('said', flush=True)\nos.kill(os.getpid(), 9)",
    "allowed": "raise KeyError(1)",
}


@pytest.mark.parametrize("name", FAULTS)
def test_failures_are_the_same(there: Bench, here: Bench, name: str) -> None:
    codes = ("print('before')", FAULTS[name], "print('after')")
    options = {"error": name == "allowed"}
    assert same(there(*codes, **options), here(*codes, **options))


def test_time_limit(there: Bench) -> None:
    result, after = there("import time\ntime.sleep(600)", "1", timeout=0.5)
    assert (failure(result).kind, failure(result).line) == ("timeout", FIRST + 1)
    assert failure(after).kind == "skipped"


STRAY = "import os, subprocess, time\nsubprocess.Popen(['sleep', '600'], start_new_session=True)\n"


def test_nothing_is_left_behind(there: Bench, mark: str) -> None:
    run = replace(page(there.folder, STRAY), env=(MARK,))
    assert not there.run(run)[0].error
    assert not marked(mark)


def test_a_page_that_is_given_up_is_stopped(there: Bench, sessions: Sessions, mark: str) -> None:
    messages = sessions.messages(replace(page(there.folder, STRAY + "time.sleep(600)"), env=(MARK,)))
    assert next(messages)["is"] == "begin"
    wait(lambda: len(marked(mark)) >= 2)
    messages.close()
    wait(lambda: not marked(mark))


def test_a_host_that_is_killed_is_tried_again_and_leaves_nothing(there: Bench, here: Bench, mark: str) -> None:
    flag = there.folder / "flag"
    run = page(there.folder, f"{STRAY}if not os.path.exists('/'.join({list(flag.parts)})): time.sleep(600)")
    run = replace(run, env=(MARK,), timeout=0)

    def kill() -> None:
        wait(lambda: len(marked(mark)) >= 2)
        host = next(parent(pid) for pid in marked(mark) if is_host(parent(pid)))
        flag.touch()
        os.kill(host, signal.SIGKILL)

    killing = threading.Thread(target=kill)
    killing.start()
    far = there.run(run)
    killing.join()
    assert same(far, here.run(run))
    wait(lambda: not marked(mark))


def test_close_stops_what_runs(there: Bench, workers: Cluster, mark: str) -> None:
    own = cluster.connect(workers.url)
    run = replace(page(there.folder, STRAY + "time.sleep(600)"), env=(MARK,))

    def close() -> None:
        wait(lambda: len(marked(mark)) >= 2)
        own.close()

    closing = threading.Thread(target=close)
    closing.start()
    [result] = Bench(there.folder, own).run(run)
    closing.join()
    assert "stopped" in failure(result).evalue
    wait(lambda: not marked(mark))


def test_a_builder_that_is_killed_leaves_nothing(there: Bench, workers: Cluster, mark: str) -> None:
    code = (
        f"import sys; sys.path[:0] = [{str(ROOT)!r}, {str(ROOT / 'tests')!r}]\n"
        "from pathlib import Path; from dataclasses import replace; from cell_runs import Bench, page\n"
        "from gradpress.execution.cluster import connect\n"
        f"run = page(Path({str(there.folder)!r}), {STRAY + 'time.sleep(600)'!r})\n"
        f"Bench(run.folder, connect({workers.url!r})).run(replace(run, env=('{MARK}',)))"
    )
    builder = subprocess.Popen([sys.executable, "-c", code])
    try:
        wait(lambda: len(set(marked(mark)) - {builder.pid}) == 2)
    finally:
        builder.kill()
        builder.wait()
    wait(lambda: not marked(mark))


def test_a_lost_worker(there: Bench, here: Bench, workers: Cluster, mark: str, project: Path) -> None:
    flag = there.folder / "flag"
    waiting = f"if not os.path.exists('/'.join({list(flag.parts)})): time.sleep(600)"
    run = run_in(project, *READING, STRAY + waiting, "import numpy; numpy.random.rand(3)")
    run = replace(run, env=(MARK,), timeout=0)

    def kill() -> None:
        wait(lambda: len(marked(mark)) >= 2)
        host = next(parent(pid) for pid in marked(mark) if is_host(parent(pid)))
        flag.touch()
        os.kill(parent(host), signal.SIGKILL)

    killing = threading.Thread(target=kill)
    killing.start()
    far = there.run(run)
    killing.join()
    workers.worker(env={k: v for k, v in os.environ.items() if k != MARK})
    assert same(far, here.run(run))
    assert not any(r.error for r in far)
    wait(lambda: not marked(mark))


def test_other_versions_are_refused(workers: Cluster, there: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    mine = cluster_job.versions() | {"numpy": "0.1"}
    monkeypatch.setattr(cluster_job, "versions", lambda: mine)
    with pytest.raises(UsageError, match=r"the worker tcp://127.0.0.1:\d+ has numpy [1-9.]+\S*, this machine 0\.1"):
        cluster.connect(workers.url)
    [late] = there("print(1)")  # a worker that came later than the builder
    assert "has numpy" in failure(late).evalue


def test_another_version_of_an_imported_package_is_refused(there: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster_job, "identities", lambda _: {"psutil": "psutil 0.1"})
    assert text(there("print(1)")[0]) == "1\n"
    [other] = there("import psutil")
    assert "has psutil " in failure(other).evalue
    assert "this machine psutil 0.1" in failure(other).evalue


def test_a_worker_without_gradpress_is_refused(tmp_path: Path) -> None:
    bare = Cluster(tmp_path)
    try:
        blocked = tmp_path / "blocked"
        (blocked / "gradpress").mkdir(parents=True)
        (blocked / "gradpress" / "__init__.py").write_text("raise ImportError('none here')")
        bare.worker(env={**os.environ, "PYTHONPATH": str(blocked)}, cwd=blocked)
        with pytest.raises(UsageError, match="cannot import gradpress"):
            cluster.connect(bare.url)
    finally:
        bare.stop()


@pytest.mark.parametrize("url", ["dask://", "dask://host", "tcp://host:1", "dask://h:x", "slurm", "dask://h:1/p", ""])
def test_a_url_that_is_none(url: str) -> None:
    with pytest.raises(UsageError, match="names no executor"):
        cluster.connect(url)


def test_somebody_else_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "REACH", 1)
    answering = pytest.raises(UsageError, match="no Dask scheduler answers")
    with socket.create_server(("127.0.0.1", 0)) as silent, answering:
        cluster.connect(f"dask://127.0.0.1:{silent.getsockname()[1]}")


def test_no_workers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "REACH", 1)
    alone = Cluster(tmp_path)
    try:
        with pytest.raises(UsageError, match="has no worker"):
            cluster.connect(alone.url)
    finally:
        alone.stop()


def test_all_workers_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster_sessions, "ALONE", 0.5)
    lost = Cluster(tmp_path)
    try:
        worker = lost.worker()
        sessions = cluster.connect(lost.url)
        messages = sessions.messages(page(tmp_path, "import time; time.sleep(600)"))
        assert next(messages)["is"] == "begin"
        os.kill(worker, signal.SIGKILL)
        [failed] = messages
        assert "no worker" in failed["failure"]["evalue"]
        sessions.close()
    finally:
        lost.stop()


def test_a_scheduler_that_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mark: str) -> None:
    monkeypatch.setattr(cluster_sessions, "ALONE", 0.5)
    lost = Cluster(tmp_path)
    try:
        lost.worker(env={k: v for k, v in os.environ.items() if k != MARK})
        sessions = cluster.connect(lost.url)
        messages = sessions.messages(replace(page(tmp_path, STRAY + "time.sleep(600)"), env=(MARK,)))
        assert next(messages)["is"] == "begin"
        wait(lambda: len(marked(mark)) >= 2)
        lost.kill_scheduler()
        [failed] = messages
        assert failed["is"] == "failed"
        wait(lambda: not marked(mark))
        sessions.close()
    finally:
        lost.stop()


def test_nobody_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "REACH", 1)
    with pytest.raises(UsageError, match=r"no Dask scheduler answers at dask://127\.0\.0\.1:9"):
        cluster.connect("dask://127.0.0.1:9")
