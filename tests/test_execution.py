"""Real processes: everything that a cell can do to itself, with the line where it did it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from cell_runs import FILE, FIRST, Bench, cells, page, text

from gradpress.cache import Memory
from gradpress.cells import Cell, Failure, Options, Result, Stream
from gradpress.diagnostics import Place
from gradpress.execution import PageRun
from gradpress.execution.cached import Cached, NoExecute
from gradpress.execution.forked import Forked
from gradpress.execution.local import Local
from gradpress.execution.plain import Plain
from gradpress.execution.scripted import Scripted


@pytest.fixture(scope="module")
def forked() -> Iterator[Forked]:
    sessions = Forked()
    yield sessions
    sessions.close()


@pytest.fixture(params=["plain", "forked"])
def run(request: pytest.FixtureRequest, tmp_path: Path) -> Bench:
    return Bench(tmp_path, Plain() if request.param == "plain" else request.getfixturevalue("forked"))


def failure(result: Result) -> Failure:
    assert result.error is not None
    assert result.outputs[-1] == result.error
    return result.error


# ── faults ───────────────────────────────────────────────────────────────────────────────────────

ERRORS = {
    "exception": ("x = 1\n\nx / 0", "ZeroDivisionError", 2),
    "in a function": ("def f():\n    return 1 / 0\n\nf()", "ZeroDivisionError", 1),
    "syntax": ("x = 1\ny = (1,", "SyntaxError", 1),
    "syntax of the compiler": ("x = 1\nreturn x", "SyntaxError", 1),
    "indentation": ("if True:\nx = 1", "IndentationError", 1),
    "input": ("a = 1\ninput('?')", "EOFError", 1),
    "exit": ("import sys\nsys.exit(0)", "SystemExit", 1),
    "quit": ("\nquit()", "SystemExit", 1),
    "interrupt": ("raise KeyboardInterrupt", "KeyboardInterrupt", 0),
    "recursion": ("def f(n):\n    return f(n + 1)\nf(0)", "RecursionError", 1),
    "group": ("raise ExceptionGroup('both', [ValueError(1), TypeError(2)])", "ExceptionGroup", 0),
    "broken str": ("class E(Exception):\n    def __str__(self): 1 / 0\nraise E", "E", 2),
    "no author frame below": ("import json\n\njson.loads('{')", "JSONDecodeError", 2),
    "NUL in the code": ("x = '\0'", "SyntaxError", 0),
}


@pytest.mark.parametrize(("code", "ename", "offset"), ERRORS.values(), ids=ERRORS)
def test_exception(run: Bench, code: str, ename: str, offset: int) -> None:
    bad, after = run(code, "print('not reached')")
    assert (failure(bad).kind, failure(bad).ename, failure(bad).line) == ("error", ename, FIRST + offset)
    assert failure(after).kind == "skipped"
    assert str(FIRST + offset) in failure(after).evalue


DEATHS = {
    "os._exit(0)": ("import os\nprint('said')\nos._exit(0)", "Exit", 2),
    "os._exit(3) in a function": ("import os\ndef f():\n    os._exit(3)\n\nf()", "Exit", 4),
    "SIGSEGV": ("import ctypes\nprint('said')\nctypes.string_at(0)", "SIGSEGV", 2),
    "SIGABRT": ("import os\ndef f():\n    os.abort()\nf()", "SIGABRT", 2),
    "SIGKILL": ("import os\nprint('said')\nos.kill(os.getpid(), 9)", "SIGKILL", 2),
    "its channel closed": ("import os\nos.closerange(3, 200)\nprint(1)\nx = 1", "Exit", 2),
}


@pytest.mark.parametrize(("code", "ename", "offset"), DEATHS.values(), ids=DEATHS)
def test_death(run: Bench, code: str, ename: str, offset: int) -> None:
    before, dead, after = run("x = 1; print(x)", code, "x")
    assert text(before) == "1\n"
    assert (failure(dead).kind, failure(dead).ename, failure(dead).line) == ("crash", ename, FIRST + 1 + offset)
    assert text(dead) == ("said\n" if "said" in code else "")
    assert failure(after).kind == "skipped"


def test_a_crash_is_a_crash_also_where_errors_are_allowed(run: Bench) -> None:
    dead, after = run("import os; os._exit(0)", "1", error=True)
    assert failure(dead).kind == "crash"
    assert failure(after).kind == "skipped"


LOOPS = {
    "busy": ("x = 1\nwhile True:\n    x += 1", (1, 2)),
    "sleeping": ("import time\n\ntime.sleep(60)", (2, 2)),
    "in a function": ("def f():\n    while True:\n        pass\nf()", (1, 2)),
    "in C, deaf to signals": ("import re\nre.match('(a+)+$', 'a' * 40 + 'b')", (1, 1)),
    "a child": ("import subprocess\nsubprocess.run(['sleep', '60'])", (1, 1)),
}


@pytest.mark.parametrize(("code", "lines"), LOOPS.values(), ids=LOOPS)
def test_time_limit(run: Bench, code: str, lines: tuple[int, int]) -> None:
    slow, after = run("print('on')\n" + code, "1", timeout=0.3)
    assert failure(slow).kind == "timeout"
    assert FIRST + 1 + lines[0] <= failure(slow).line <= FIRST + 1 + lines[1]
    assert text(slow) == "on\n"
    assert failure(after).kind == "skipped"


def test_time_limit_that_the_cell_swallows(run: Bench) -> None:
    code = (
        "import time\nwhile True:\n    try:\n        time.sleep(9)\n    except KeyboardInterrupt:\n        print('no')"
    )
    [result] = run(code, timeout=0.3)
    assert failure(result).kind == "timeout"
    assert FIRST <= failure(result).line <= FIRST + 5
    assert "no" in text(result)


def test_time_limit_that_the_cell_takes_for_its_end(run: Bench) -> None:
    code = "import time\ntry:\n    time.sleep(60)\nexcept KeyboardInterrupt:\n    print('well')"
    result, after = run(code, "1", timeout=0.3)
    assert failure(result) == Failure("timeout", "Timeout", "stopped after 0.3 s", "", FIRST + 2)
    assert text(result) == "well\n"
    assert failure(after).kind == "skipped"


def test_no_time_limit(run: Bench) -> None:
    [result] = run("import time; time.sleep(0.2); print('done')", timeout=0)
    assert text(result) == "done\n"


def test_expected_error_is_an_output_and_the_page_goes_on(run: Bench) -> None:
    bad, after = run("1 / 0", "print('on')", error=True)
    assert bad.error is None
    assert isinstance(bad.outputs[-1], Failure)
    assert text(after) == "on\n"


# ── what a cell leaves behind ────────────────────────────────────────────────────────────────────


def test_fork_in_a_cell_comes_back_once(run: Bench) -> None:
    code = "import os, sys\nprint('before')\npid = os.fork()\nif pid: os.waitpid(pid, 0)\nprint('after')"
    first, second = run(code, "print('next')")
    assert text(first) == "before\nafter\nafter\n"  # the child goes on to the end of its cell, no further
    assert text(second) == "next\n"


def test_output_and_exception_of_a_forked_child_stay_its_own(run: Bench) -> None:
    code = "import os\npid = os.fork()\nif not pid:\n    print('child', flush=True)\n    1 / 0\n_ = os.waitpid(pid, 0)"
    [result] = run(code)
    assert result.error is None
    assert text(result) == "child\n"
    assert f"line {FIRST + 4}" in text(result, "stderr")


def test_multiprocessing(run: Bench) -> None:
    code = (
        "import multiprocessing as mp\ndef f(x): return x * x\n"
        "with mp.get_context('fork').Pool(2) as pool: print(pool.map(f, range(4)))"
    )
    [result] = run(code, timeout=20)
    assert text(result) == "[0, 1, 4, 9]\n"


WAITED = 25
"""Seconds: less than what the strays in these tests sleep for, more than any machine needs without waiting for them."""

DAEMON = """
import os, time
pid = os.fork()
if pid == 0:
    os.setsid()
    if os.fork(): os._exit(0)
    open('daemon', 'w').write(str(os.getpid()))
    while True: time.sleep(1)
_ = os.waitpid(pid, 0)
while not os.path.exists('daemon') or not open('daemon').read(): time.sleep(0.01)
print('left')
"""


def alive(pid: int) -> bool:
    """Whether the process is there a second from now: SIGKILL needs a moment."""
    deadline = time.monotonic() + 1
    while time.monotonic() < deadline:
        try:
            if Path(f"/proc/{pid}/stat").read_text().split(")")[-1].split()[0] == "Z":
                return False
        except OSError:
            return False
        time.sleep(0.01)
    return True


@pytest.mark.skipif(sys.platform != "linux", reason="strays are found through /proc")
def test_daemon_that_holds_the_streams_neither_hangs_nor_survives(run: Bench, tmp_path: Path) -> None:
    began = time.monotonic()
    [result] = run(DAEMON)
    assert time.monotonic() - began < WAITED
    assert text(result) == "left\n"
    assert not alive(int((tmp_path / "daemon").read_text()))


@pytest.mark.parametrize(
    "code",
    [
        "import os, signal\nos.kill(os.getppid(), signal.SIGKILL)\nimport time; time.sleep(60)",
        "import os, signal\nos.kill(0, signal.SIGKILL)",
        "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)",
        "import os\nos._exit(0)",
        "import os\nos.closerange(1, 256)\nimport time; time.sleep(60)",
    ],
)
def test_whatever_a_page_kills_nothing_is_left_and_the_next_page_runs(
    forked: Forked, tmp_path: Path, code: str
) -> None:
    run = Bench(tmp_path, forked)
    result, after = run(DAEMON + code, "1", timeout=20)
    assert failure(result).kind == "crash"
    assert failure(after).kind == "skipped"
    assert not alive(int((tmp_path / "daemon").read_text()))
    assert text(run("print(1)")[0]) == "1\n"


def test_a_killed_template_is_replaced(forked: Forked, tmp_path: Path) -> None:
    code = (
        "import os\nstat = open(f'/proc/{os.getppid()}/stat').read().rpartition(')')[2].split()\n"
        "os.kill(int(stat[1]), 9)\nimport time; time.sleep(60)"
    )
    run = Bench(tmp_path, forked)
    assert failure(run(DAEMON + code, timeout=20)[0]).kind == "crash"
    assert not alive(int((tmp_path / "daemon").read_text()))
    assert text(run("print(1)")[0]) == "1\n"


def test_memory_limit(run: Bench) -> None:
    cell = cells("x = bytearray(3 * 2**30)", "1")
    result, after = run.run(PageRun(FILE, run.folder, cell, memory=2**31))
    assert failure(result).ename == "MemoryError"
    assert failure(result).line == FIRST
    assert failure(after).kind == "skipped"


def test_child_in_the_background_is_killed(run: Bench, tmp_path: Path) -> None:
    [result] = run("import subprocess\nprint(subprocess.Popen(['sleep', '100']).pid)")
    assert not alive(int(text(result)))


def test_threads_and_exit_handlers_do_not_hold_the_builder_up(run: Bench) -> None:
    code = (
        "import atexit, threading, time\natexit.register(time.sleep, 30)\n"
        "threading.Thread(target=time.sleep, args=(30,)).start()\nprint('end')"
    )
    began = time.monotonic()
    assert text(run(code)[0]) == "end\n"
    assert time.monotonic() - began < WAITED


def test_scratch_files_are_gone(run: Bench) -> None:
    [result] = run("import tempfile\nprint(tempfile.mkdtemp())")
    assert not Path(text(result).strip()).exists()


# ── standard streams ─────────────────────────────────────────────────────────────────────────────


def test_streams_in_order_whoever_writes(run: Bench) -> None:
    code = (
        "import os, sys\nprint('a')\n_ = os.system('echo b; echo c >&2')\nprint('d', end='')\n"
        "_ = os.system('echo e')\nprint('f', file=sys.stderr)\n_ = os.write(1, b'g\\n')\nsys.stdout.buffer.write(b'h')"
    )
    [result] = run(code)
    streams = [(o.name, o.text) for o in result.outputs if isinstance(o, Stream)]
    assert streams == [
        ("stdout", "a\nb\n"),
        ("stderr", "c\n"),
        ("stdout", "de\n"),
        ("stderr", "f\n"),
        ("stdout", "g\nh"),
    ]


def test_closed_descriptor(run: Bench) -> None:
    first, second = run("import os\nos.close(1)\nprint('still')", "print('there')")
    assert (text(first), text(second)) == ("still\n", "there\n")


def test_bytes_that_are_no_text(run: Bench) -> None:
    [result] = run(
        r"import os; os.write(1, b'\xff\x00ok\n'); print('a\x00b\ud800'); os.write(1, b'\x1b[31mred\x1b[0m');"
    )
    assert text(result) == "\ufffd\ufffdok\na\ufffdb\ufffd\nred"


def test_our_own_protocol_on_stdout(run: Bench) -> None:
    [result] = run("import os, struct\nm = b'{\"is\": \"done\"}'\n_ = os.write(1, struct.pack('>I', len(m)) + m)")
    assert result.error is None
    assert '{"is": "done"}' in text(result)


def test_progress_bar_leaves_its_last_state(run: Bench) -> None:
    [result] = run(r"for i in range(3): print(f'\r{i}/2', end='')" + "\nprint()")
    assert text(result) == "2/2\n"


BIG = {
    "python": "for i in range(400_000): print('0123456789')",
    "c": "import os\n_ = os.system('yes | head -c 60000000')",
}


@pytest.mark.parametrize("code", BIG.values(), ids=BIG)
def test_too_much_output_is_cut_and_says_so(run: Bench, code: str) -> None:
    first, second = run(code, "print('next')", timeout=30)
    assert first.error is None
    assert 900_000 < len(text(first)) < 1_100_000
    assert "longer than 1 MB" in text(first)
    assert text(second) == "next\n"


def test_warnings_name_the_note_and_no_path_of_the_machine(run: Bench) -> None:
    code = "import warnings, re\nwarnings.warn('mind')\nx = 1"
    assert text(run(code)[0], "stderr") == f"notes/fit.md:{FIRST + 1}: UserWarning: mind\n"
    assert run(code, warning=False)[0].outputs == ()


# ── tracebacks ───────────────────────────────────────────────────────────────────────────────────


def test_traceback_shows_the_author_and_shortened_libraries(run: Bench) -> None:
    [result] = run("import json\ndef f(text):\n    return json.loads(text)\n\nf('{')")
    told = failure(result).traceback
    assert f'File "notes/fit.md", line {FIRST + 4}, in <module>' in told
    assert f'File "notes/fit.md", line {FIRST + 2}, in f' in told
    assert "return json.loads(text)" in told
    assert 'File "json/decoder.py"' in told
    assert "gradpress" not in told
    assert sys.prefix not in told
    assert "\x1b" not in told


def test_traceback_through_many_library_frames(run: Bench, tmp_path: Path) -> None:
    (tmp_path / "deep.py").write_text(
        "def f(n):\n    return g(n)\ndef g(n):\n    return 1 / n if n == 0 else f(n - 1)\n"
    )
    [result] = run("import deep\ndeep.f(4)")
    assert failure(result).line == FIRST + 1
    assert "… 8 more frames" in failure(result).traceback


def test_chained_exceptions(run: Bench) -> None:
    [result] = run("try:\n    {}['a']\nexcept KeyError as e:\n    raise ValueError('b') from e")
    told = failure(result).traceback
    assert "direct cause" in told
    assert f"line {FIRST + 1}" in told
    assert failure(result).line == FIRST + 3


def test_error_in_a_function_of_an_earlier_cell(run: Bench) -> None:
    _, result = run("def f():\n    raise ValueError", "f()")
    assert f"line {FIRST + 2}, in <module>" in failure(result).traceback
    assert failure(result).line == FIRST + 1


def test_syntax_error_keeps_only_what_the_author_wrote(run: Bench) -> None:
    [result] = run("x = 1\nx = = 2")
    assert failure(result).traceback.startswith(f'  File "notes/fit.md", line {FIRST + 1}\n    x = = 2\n')


# ── circumstances ────────────────────────────────────────────────────────────────────────────────


def test_module_beside_the_page_is_found_but_shadows_nothing(run: Bench, tmp_path: Path) -> None:
    (tmp_path / "numpy.py").write_text("raise RuntimeError('shadow')")
    (tmp_path / "json.py").write_text("raise RuntimeError('shadow')")
    (tmp_path / "gradpress.py").write_text("raise RuntimeError('shadow')")
    (tmp_path / "beside.py").write_text("value = 7")
    [result] = run("import beside, json, numpy\nprint(beside.value)", timeout=20)
    assert text(result) == "7\n"


def test_environment_is_allow_listed(run: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_TOKEN", "s")
    monkeypatch.setenv("WANTED", "w")
    code = "import os\nprint(os.environ.get('SECRET_TOKEN'), os.environ.get('WANTED'), os.environ['OMP_NUM_THREADS'])"
    [result] = run.run(replace(page(run.folder, code), env=("WANTED",), threads=2))
    assert text(result) == "None w 2\n"


def test_threads_that_print(run: Bench) -> None:
    code = (
        "import threading\ndef f(c):\n    for _ in range(300): print(c * 20 + '\\n', end='')\n"
        "ts = [threading.Thread(target=f, args=(c,)) for c in 'abcd']\n"
        "for t in ts: t.start()\nfor t in ts: t.join()"
    )
    lines = text(run(code, timeout=20)[0]).splitlines()
    assert sorted(lines) == sorted(c * 20 for c in "abcd" for _ in range(300))


def test_working_folder_and_name(run: Bench, tmp_path: Path) -> None:
    [result] = run("import os, sys\nprint(os.getcwd(), __name__, sys.argv)")
    assert text(result) == f"{tmp_path.resolve()} __main__ ['notes/fit.md']\n"


def test_namespace_is_clean(run: Bench) -> None:
    [result] = run("print([n for n in dir() if not n.startswith('__')])")
    assert text(result) == "[]\n"


def test_what_a_cell_breaks_does_not_reach_the_next_page(run: Bench) -> None:
    run("import builtins, os, sys\nbuiltins.print = None\nsys.stdout = None\nos.chdir('/')\nsys.path.clear()")
    assert text(run("print('fine')")[0]) == "fine\n"


def test_replaced_stream_of_a_cell(run: Bench) -> None:
    first, second = run(
        "import sys, io\nsys.stdout = io.StringIO()\nprint('kept')", "sys.stderr.write(sys.stdout.getvalue());"
    )
    assert text(first) == ""
    assert text(second, "stderr") == "kept\n"


def test_future_import_is_carried_over(run: Bench) -> None:
    _, second = run("from __future__ import annotations", "def f(x: Undefined): ...\nprint(f.__annotations__)")
    assert text(second) == "{'x': 'Undefined'}\n"


def test_pickle_and_source_of_what_cells_define(run: Bench) -> None:
    code = (
        "import inspect, pickle\nclass A:\n    def f(self):  # here\n        return 1\n"
        "pickle.loads(pickle.dumps(A()))\n"
    )
    [result] = run(code + "print(inspect.getsource(A.f))")
    assert text(result) == "    def f(self):  # here\n        return 1\n\n"


def test_await(run: Bench) -> None:
    [result] = run("import asyncio\nawait asyncio.sleep(0)\nasync def f(): return 3\nprint(await f())")
    assert text(result) == "3\n"


def test_sessions_share_nothing(run: Bench) -> None:
    codes = [("x = 1", ""), ("x = 2", "other"), ("print(x)", ""), ("print(x)", "other")]
    cells = tuple(Cell(c, Options(session=s), Place("a.md", n)) for n, (c, s) in enumerate(codes, 1))
    results = run.run(PageRun("a.md", run.folder, cells))
    assert [text(r) for r in results] == ["", "", "1\n", "2\n"]


def test_eval_false_is_not_run(run: Bench) -> None:
    cells = (Cell("x = 1"), Cell("x = 2", Options(eval=False)), Cell("print(x)"))
    results = run.run(PageRun("a.md", run.folder, cells))
    assert results[1] == Result()
    assert text(results[2]) == "1\n"


def test_seeds_hold_for_the_page_and_can_be_set_again(run: Bench) -> None:
    draw = "import random, numpy\nprint(random.random(), numpy.random.rand())"
    one, two, three = (text(r) for r in run(draw, draw, draw))
    assert len({one, two, three}) == 3
    assert [text(r) for r in run(draw, draw)] == [one, two]
    seeded = (Cell(draw), Cell(draw, Options(seed=0)), Cell(draw, Options(seed=5)))
    again = [text(r) for r in run.run(PageRun("a.md", run.folder, seeded))]
    assert again[0] == again[1] == one
    assert again[2] != one


def test_torch_is_seeded_and_given_its_threads_only_when_used(run: Bench) -> None:
    code = "import torch\nprint(torch.rand(2).tolist(), torch.get_num_threads())"
    assert text(run(code, timeout=60)[0]) == "[0.49625658988952637, 0.7682217955589294] 1\n"


def test_a_plain_page_imports_nothing_heavy(tmp_path: Path) -> None:
    code = "import sys\nprint('torch' in sys.modules, 'IPython' in sys.modules)"
    assert text(Bench(tmp_path)(code)[0]) == "False False\n"


def test_events(run: Bench) -> None:
    run("for i in range(3):\n    loss = 1 / (i + 1)", "1", train=True)
    assert [(e.kind, e.place.line) for e in run.events] == [("cell", FIRST), ("loss", FIRST), ("cell", FIRST + 2)]


def test_close_stops_what_runs(tmp_path: Path) -> None:
    import threading

    plain = Plain()
    local = Local(plain, Memory(), lambda event: threading.Timer(0.1, plain.close).start())
    began = time.monotonic()
    [result] = local.run(page(tmp_path, "import time; time.sleep(30)"))
    assert time.monotonic() - began < WAITED
    assert failure(result).ename == "SIGKILL"


def test_builder_side_imports_nothing_heavy() -> None:
    code = (
        "import sys, pkgutil, importlib, gradpress.execution as e\n"
        "child = {'worker', 'shell', 'figures'}\n"
        "[importlib.import_module(m.name) for m in pkgutil.iter_modules(e.__path__, 'gradpress.execution.')"
        " if m.name.rpartition('.')[2] not in child]\n"
        "heavy = {'torch', 'matplotlib', 'IPython', 'numpy', 'panflute', 'asyncio'}\nprint(heavy & set(sys.modules))"
    )
    root = str(Path(__file__).parent.parent)
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env={**os.environ, "PYTHONPATH": root}, check=True
    )
    assert done.stdout == "set()\n"


# ── the cache ────────────────────────────────────────────────────────────────────────────────────


class Counted:
    """Plain sessions, and how often it was asked."""

    def __init__(self, store: Memory) -> None:
        self._local = Local(Plain(), store)
        self.asked = 0

    def run(self, page: PageRun) -> list[Result]:
        self.asked += 1
        return self._local.run(page)


@pytest.fixture
def store() -> Memory:
    return Memory()


@pytest.fixture
def counted(store: Memory) -> Counted:
    return Counted(store)


@pytest.fixture
def cached(store: Memory, counted: Counted) -> Cached:
    return Cached(counted, store)


def test_replay_starts_nothing(cached: Cached, counted: Counted, tmp_path: Path) -> None:
    run = page(tmp_path, "print(1)", "for i in range(3): loss = i", train=True)
    first, second = cached.run(run), cached.run(run)
    assert counted.asked == 1
    assert {r.origin for r in first} == {"ran"}
    assert second == [replace(r, origin="replayed") for r in first]


def test_moved_cells_replay_with_their_new_lines(cached: Cached, counted: Counted, tmp_path: Path) -> None:
    codes = ["def f():\n    1 / 0", "import warnings\nwarnings.warn('w')\nf()", "for i in range(3):\n    loss = i"]
    before = page(tmp_path, *codes, error=True, train=True)
    cached.run(before)
    lines = [("new.md", 5, "# comment\ndef f():\n\n    1 / 0"), ("new.md", 20, codes[1]), ("new.md", 30, codes[2])]
    moved = tuple(replace(c, code=code, place=Place(f, n)) for c, (f, n, code) in zip(before.cells, lines, strict=True))
    _, second, third = cached.run(replace(before, cells=moved))
    assert counted.asked == 1
    bad = second.outputs[-1]
    assert isinstance(bad, Failure)
    assert bad.line == 8
    assert 'File "new.md", line 22, in <module>' in bad.traceback
    assert 'File "new.md", line 8, in f' in bad.traceback
    assert text(second, "stderr") == "new.md:21: UserWarning: w\n"
    assert third.curves[0].line == 31


def test_failures_are_never_kept(cached: Cached, counted: Counted, tmp_path: Path) -> None:
    run = page(tmp_path, "print(1)", "import os\nos._exit(0)", "2")
    cached.run(run)
    assert [r.error.kind for r in cached.run(run) if r.error] == ["crash", "skipped"]
    assert counted.asked == 2


def test_file_that_a_cell_read_has_changed(cached: Cached, counted: Counted, tmp_path: Path) -> None:
    run = page(tmp_path, "text = open('data.txt').read()\nprint(text)", "print(text * 2)")
    (tmp_path / "data.txt").write_text("a")
    cached.run(run)
    (tmp_path / "data.txt").write_text("a")
    os.utime(tmp_path / "data.txt", (1, 1))
    cached.run(run)
    assert counted.asked == 1  # the same contents at another time
    (tmp_path / "data.txt").write_text("b")
    assert [text(r) for r in cached.run(run)] == ["b\n", "bb\n"]
    assert counted.asked == 2


def test_module_that_a_cell_imports_has_changed(cached: Cached, counted: Counted, tmp_path: Path) -> None:
    run = page(tmp_path, "import beside\nprint(beside.x)")
    (tmp_path / "beside.py").write_text("x = 1")
    cached.run(run)
    (tmp_path / "beside.py").write_text("x = 22")
    assert text(cached.run(run)[0]) == "22\n"


def test_file_that_a_cell_wrote_itself_does_not_count(cached: Cached, counted: Counted, tmp_path: Path) -> None:
    run = page(tmp_path, "import time\nopen('out', 'w').write(str(time.time()))\nprint(len(open('out').read()) > 3)")
    cached.run(run)
    (tmp_path / "out").write_text("something else")
    cached.run(run)
    assert counted.asked == 1
    (tmp_path / "out").unlink()
    cached.run(run)
    assert counted.asked == 2


def test_old_result_of_other_data_is_not_used_after_a_failure(cached: Cached, tmp_path: Path) -> None:
    codes = ("x = int(open('n').read())", "assert x != 2", "print(x)")
    run = page(tmp_path, *codes)
    for data, wanted in (("1", ["1\n"]), ("2", []), ("2", [])):
        (tmp_path / "n").write_text(data)
        assert [text(r) for r in cached.run(run) if text(r)] == wanted


def test_lost_blob_is_a_miss(cached: Cached, counted: Counted, store: Memory, tmp_path: Path) -> None:
    run = page(tmp_path, "import matplotlib.pyplot as plt\nplt.plot([1])", timeout=30)
    cached.run(run)
    store.blobs.clear()
    assert cached.run(run)[0].outputs
    assert counted.asked == 2


def test_only_the_session_that_changed_runs(cached: Cached, counted: Counted, tmp_path: Path) -> None:
    cells = (Cell("print(1)"), Cell("print(2)", Options(session="b")))
    cached.run(PageRun("a.md", tmp_path, cells))
    results = cached.run(PageRun("a.md", tmp_path, (cells[0], replace(cells[1], code="print(3)"))))
    assert [r.origin for r in results] == ["replayed", "ran"]


def test_no_execute(cached: Cached, store: Memory, tmp_path: Path) -> None:
    cached.run(page(tmp_path, "print(1)"))
    kept, missing, behind = NoExecute(store).run(page(tmp_path, "print(1)", "print(2)", "print(3)"))
    assert text(kept) == "1\n"
    assert kept.origin == "replayed"
    assert (failure(missing).kind, failure(behind).kind) == ("not-run", "not-run")


def test_cached_over_scripted(store: Memory, tmp_path: Path) -> None:
    script = Scripted({"train()": Result((Stream("stdout", "done\n"),))})
    cached = Cached(script, store)
    known, unknown = cached.run(page(tmp_path, "train()", "other()"))
    assert text(known) == "done\n"
    assert failure(unknown).ename == "NotScripted"
    cached.run(page(tmp_path, "train()"))
    assert len(script.pages) == 1


# ── magics whose body is a cell ──────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("magic", ["%%time", "%%capture told", "\n%%time"])
def test_losses_in_the_body_of_a_magic(run: Bench, magic: str) -> None:
    timed, after = run(f"{magic}\nfor t in range(3): loss = t * 1.0\nz = 4", "print(z)", train=True)
    assert [c.values for c in timed.curves] == [(0.0, 1.0, 2.0)]
    assert [c.line for c in timed.curves] == [FIRST + magic.count("\n") + 1]
    assert text(after) == "4\n"


def test_body_that_runs_many_times_is_not_recorded(run: Bench) -> None:
    timed, plain = run("%%timeit -n2 -r2\nfor t in range(3): loss = t", "for t in range(2): loss = t + 1", train=True)
    assert timed.curves == ()
    assert [c.values for c in plain.curves] == [(1.0, 2.0)]


def test_error_in_the_body_of_a_magic_has_its_line(run: Bench) -> None:
    for code in ("%%time\n\n1 / 0", "%%capture\na = 1\n1 / 0"):
        [result] = run(code)
        assert result.error is not None
        assert (result.error.ename, result.error.line) == ("ZeroDivisionError", FIRST + 2)


def test_a_page_for_a_device_has_a_template_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    forked = Forked()
    try:
        run = page(tmp_path, "device = 'cuda'\nprint(device)")
        assert forked.fits(run), "there is no device"
        monkeypatch.setattr("gradpress.execution.forked.DEVICE", "/dev/null")
        assert not forked.fits(run)
        assert forked.fits(page(tmp_path, "print(1)"))
        assert text(Bench(tmp_path, forked).run(run)[0]) == "cuda\n"
        assert forked._template is None, "the common one was not even started"
    finally:
        forked.close()
