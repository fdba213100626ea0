"""Real Jupyter kernels: what a page shows does not depend on who runs its cells."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cell_runs import FILE, FIRST, Bench, cells, page, text

from gradpress.cells import Cell, Failure, Figure, Result, Rich
from gradpress.diagnostics import Place
from gradpress.execution import PageRun
from gradpress.execution.kernel import Kernels
from gradpress.execution.kernel_specs import identity

NO_AGENT = (
    "import sys; sys.modules['gradpress'] = None; from ipykernel.kernelapp import launch_new_instance as run; run()"
)
"""A Python kernel that cannot import our code."""


def in_kernel(folder: Path, run: PageRun, name: str = "python3") -> list[Result]:
    return Bench(folder, Kernels()).run(replace(run, kernel=name))


def go(folder: Path, *codes: str, name: str = "python3", **options: Any) -> list[Result]:
    return in_kernel(folder, page(folder, *codes, **options), name)


def failure(result: Result) -> Failure:
    assert result.error is not None
    return result.error


def alike(result: Result) -> Result:
    """The result without what no two runs share; packages are not followed in kernels: the key has them all."""
    return replace(result, seconds=0, memory=0, imports=(), reads=tuple(r for r in result.reads if r[3]))


def install(folder: Path, monkeypatch: pytest.MonkeyPatch, *argv: str, language: str = "python", **env: str) -> str:
    """A kernel of our own making."""
    spec = folder / "share" / "kernels" / "ours"
    spec.mkdir(parents=True)
    told = {"argv": [*argv, "-f", "{connection_file}"], "display_name": "Ours", "language": language, "env": env}
    (spec / "kernel.json").write_text(json.dumps(told))
    monkeypatch.setenv("JUPYTER_PATH", str(folder / "share"))
    return "ours"


def gone(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


# ── alike ────────────────────────────────────────────────────────────────────────────────────────

MIXED = {
    "streams": "import os, sys\nprint('a')\nprint('b', file=sys.stderr)\nos.write(1, b'raw\\n')\nos.system('echo c')",
    "value": "1 + 1",
    "quiet": "x = 5\nx;",
    "none": "None",
    "blank lines above": "\n\n\n1 / 0",
    "no code": "\n\n",
    "only a comment": "# nothing",
    "a function's error": "def f():\n    return 1 / 0\n\nf()",
    "does not parse": "x = 1\ny = (1,",
    "does not compile": "x = 1\nreturn x",
    "indentation": "if True:\nx = 1",
    "NUL": "x = '\0'",
    "input": "input('?')",
    "sys.exit": "import sys\nsys.exit(3)",
    "quit": "\nquit()",
    "broken str": "class E(Exception):\n    def __str__(self): 1 / 0\nraise E",
    "library below": "import json\njson.loads('{')",
    "group": "raise ExceptionGroup('both', [ValueError(1), TypeError(2)])",
    "shell": "!echo hello",
    "rich": "from IPython.display import HTML, SVG, Latex, clear_output\ndisplay(HTML('<b>a</b>'), Latex('$x$'))",
    "image": "SVG('<svg xmlns=\"http://www.w3.org/2000/svg\"/>')",
    "update": "h = display('x', display_id=True)\nprint(1)\nh.update('y')",
    "clear": "print('gone')\nclear_output()\nprint('left')",
    "await": "import asyncio\nawait asyncio.sleep(0)\n'done'",
    "await and fail": "await asyncio.sleep(0)\n\nraise ValueError('a')",
    "plot": "import matplotlib.pyplot as plt\nprint('before')\nplt.plot([1, 2])",
    "figure": "%matplotlib inline\nfig, ax = plt.subplots()\nax.plot([2, 1])\nfig",
    "two figures and an error": "plt.plot([1])\nplt.show()\nprint('after')\nplt.plot([2])\n1 / 0",
    "random": "import numpy as np, random\nprint(np.random.rand(), random.random())",
    "file": "open('data.txt').read()",
    "module": "import near\nnear.x",
    "warning": "import warnings\nwarnings.warn('beware')",
    "source": "import inspect\ndef g():\n    return 1  # one\nprint(inspect.getsource(g))",
    "future": "from __future__ import annotations\ndef f(x: nowhere): pass\nprint(__name__)",
    "broken repr": "class B:\n    def _repr_html_(self): 1 / 0\n    def __repr__(self): return 'B'\nB()",
    "fork": "pid = os.fork()\nif not pid: 1 / 0\nos.waitpid(pid, 0)[1]",
    "many lines": "for i in range(20_000): print(i)",
}


def test_a_kernel_gives_what_our_own_process_gives(tmp_path: Path) -> None:
    (tmp_path / "data.txt").write_text("7")
    (tmp_path / "near.py").write_text("x = 1")
    run = page(tmp_path, *MIXED.values(), error=True)
    expected = dict(zip(MIXED, map(alike, Bench(tmp_path).run(run)), strict=True))
    assert dict(zip(MIXED, map(alike, in_kernel(tmp_path, run)), strict=True)) == expected


def test_options_of_cells(tmp_path: Path) -> None:
    code = (
        "import warnings, matplotlib.pyplot as plt, random\nwarnings.warn('no')\nplt.plot([1])\nprint(random.random())"
    )
    run = page(tmp_path, code, "random.random()", warning=False, fig_width=3.0, fig_height=2.0, seed=5)
    found = in_kernel(tmp_path, run)
    assert list(map(alike, found)) == list(map(alike, Bench(tmp_path).run(run)))
    assert [(o.width, o.height) for o in found[0].outputs if isinstance(o, Figure)] == [(3.0, 2.0)]


def test_inline(tmp_path: Path) -> None:
    inline = cells("x", "1 / 2", inline=True)
    run = PageRun(FILE, tmp_path, (Cell("x = 'text'", place=Place(FILE, 90)), *inline))
    assert [r.outputs for r in in_kernel(tmp_path, run)] == [
        (),
        (Rich({"text/plain": "text"}),),
        (Rich({"text/plain": "0.5"}),),
    ]


def test_loss_curve(tmp_path: Path) -> None:
    code = "w = 4.0\nfor step in range(50):\n    loss = w * w\n    w -= 0.2 * w\nlosses = [3, 2, 1]"
    run = page(tmp_path, code, train=True)
    bench = Bench(tmp_path, Kernels())
    [found] = bench.run(replace(run, kernel="python3"))
    assert found.curves == Bench(tmp_path).run(run)[0].curves
    assert (found.curves[0].name, found.curves[0].total, found.curves[0].line) == ("loss", 50, FIRST + 2)
    assert ("loss", 16.0) in [(e.name, e.value) for e in bench.events if e.kind == "loss"]


def test_the_kernel_is_the_one_that_was_asked_for(tmp_path: Path) -> None:
    first, second, third = go(tmp_path, "type(get_ipython()).__name__", "_", "In[1]")
    assert [o.data["text/plain"] for r in (first, second) for o in r.outputs if isinstance(o, Rich)] == [
        "'ZMQInteractiveShell'",
        "'ZMQInteractiveShell'",
    ]
    assert "get_ipython" in str(third.outputs)


def test_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET", "s")
    monkeypatch.setenv("SHOWN", "t")
    run = replace(
        page(tmp_path, "import os\nprint(os.getcwd())\nprint([os.getenv(n) for n in ('SECRET', 'SHOWN')])"),
        env=("SHOWN",),
    )
    assert text(in_kernel(tmp_path, run)[0]).splitlines() == [str(tmp_path), "[None, 't']"]


def test_sessions_of_a_page_do_not_share_names(tmp_path: Path) -> None:
    (one,), (two,) = cells("x = 1"), cells("x = 2", session="b")
    (shown,), (other,) = cells("x"), cells("x", session="b")
    results = in_kernel(tmp_path, PageRun(FILE, tmp_path, (one, two, shown, other)))
    assert [r.outputs for r in results[2:]] == [(Rich({"text/plain": "1"}),), (Rich({"text/plain": "2"}),)]


# ── faults ───────────────────────────────────────────────────────────────────────────────────────


def test_exception(tmp_path: Path) -> None:
    bad, after = go(tmp_path, "x = 1\n\nx / 0", "print('not reached')")
    assert (failure(bad).kind, failure(bad).ename, failure(bad).line) == ("error", "ZeroDivisionError", FIRST + 2)
    assert f'File "{FILE}", line {FIRST + 2}' in failure(bad).traceback
    assert (failure(after).kind, text(after)) == ("skipped", "")


DEATHS = {
    "os._exit(0)": ("import os\nprint('said')\nos._exit(0)", "Exit", 2),
    "SIGSEGV": ("import ctypes\nprint('said')\ndef f():\n    ctypes.string_at(0)\nf()", "SIGSEGV", 3),
    "SIGKILL": ("import os\nprint('said')\nos.kill(os.getpid(), 9)", "SIGKILL", 2),
}


@pytest.mark.parametrize(("code", "ename", "offset"), DEATHS.values(), ids=DEATHS)
def test_death(tmp_path: Path, code: str, ename: str, offset: int) -> None:
    before, dead, after = go(tmp_path, "x = 1; print(x)", code, "x")
    assert text(before) == "1\n"
    assert (failure(dead).kind, failure(dead).ename, failure(dead).line) == ("crash", ename, FIRST + 1 + offset)
    assert text(dead) == "said\n"
    assert failure(after).kind == "skipped"


LOOPS = {
    "sleeping": ("import time\n\ntime.sleep(60)", 2),
    "in C, deaf to signals": ("import re\nre.match('(a+)+$', 'a' * 40 + 'b')", 1),
    "waiting in the event loop": ("import asyncio\nawait asyncio.sleep(60)", 1),
    "taken for its end": ("import time\ntry: time.sleep(60)\nexcept KeyboardInterrupt: print('well')", 1),
}


@pytest.mark.parametrize(("code", "offset"), LOOPS.values(), ids=LOOPS)
def test_time_limit(tmp_path: Path, code: str, offset: int) -> None:
    slow, after = go(tmp_path, "print('on')\n" + code, "1", timeout=0.3)
    assert (failure(slow).kind, failure(slow).line) == ("timeout", FIRST + 1 + offset)
    assert text(slow).startswith("on\n")
    assert failure(after).kind == "skipped"


@pytest.mark.skipif(sys.platform != "linux", reason="other systems set no limit for another process")
@pytest.mark.parametrize("language", ["python", "calc"])
def test_memory_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, language: str) -> None:
    name = install(tmp_path, monkeypatch, sys.executable, "-m", "ipykernel_launcher", language=language)
    run = replace(page(tmp_path, "x = 1", "b = bytearray(3 * 2**30)"), memory=2**31)
    _, bad = in_kernel(tmp_path, run, name)
    assert (failure(bad).ename, failure(bad).line) == ("MemoryError", FIRST + 1)


@pytest.mark.skipif(sys.platform != "linux", reason="strays are found through /proc")
def test_no_process_is_left(tmp_path: Path) -> None:
    code = (
        "import os, subprocess\nprint(os.getpid())\nprint(subprocess.Popen(['sleep', '100']).pid)\n"
        "print(subprocess.Popen(['sleep', '100'], start_new_session=True).pid)"
    )
    pids = text(go(tmp_path, code)[0]).split()
    assert len(pids) == 3
    assert all(gone(int(pid)) for pid in pids)


def test_closing_stops_a_session(tmp_path: Path) -> None:
    kernels = Kernels()
    run = replace(page(tmp_path, "import os\nprint(os.getpid())\nwhile True: pass", timeout=0), kernel="python3")
    seen = []
    for message in kernels.messages(run):
        seen.append(message)
        if message["is"] == "text" and message["text"].strip():
            kernels.close()
    assert seen[-1]["failure"]["kind"] == "crash"
    assert gone(int(next(m["text"] for m in seen if m["is"] == "text")))


def test_missing_kernel_names_the_installed_ones(tmp_path: Path) -> None:
    bad, after = go(tmp_path, "1", "2", name="fortran-77")
    assert (failure(bad).kind, failure(bad).line) == ("crash", FIRST)
    assert "'fortran-77'" in failure(bad).evalue
    assert "python3" in failure(bad).evalue
    assert failure(after).kind == "skipped"


def test_without_the_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "jupyter_client.kernelspec", None)
    assert "pip install gradpress[kernel]" in failure(go(tmp_path, "1")[0]).evalue


# ── kernels without our agent ────────────────────────────────────────────────────────────────────


def test_python_that_cannot_import_us(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    name = install(tmp_path, monkeypatch, sys.executable, "-c", NO_AGENT)
    code = [
        "print('a')\n1 + 1",
        "h = display('x', display_id=True)\nprint(1)\nh.update('y')",
        "print('gone')\nfrom IPython.display import HTML, clear_output\nclear_output()\nHTML('<b>a</b>')",
        "def f():\n    return 1 / 0",
        "\nf()",
    ]
    given = page(tmp_path, *code, "2").cells
    inline = Cell("'a' + 'b'", place=Place(FILE, 90), inline=True)
    results = in_kernel(tmp_path, PageRun(FILE, tmp_path, (inline, *given)), name)
    expected = Bench(tmp_path).run(PageRun(FILE, tmp_path, (inline, *given)))
    assert [r.outputs for r in results[:-2]] == [r.outputs for r in expected[:-2]]
    bad = failure(results[-2])
    assert (bad.ename, bad.line) == ("ZeroDivisionError", failure(expected[-2]).line)
    assert f"{FILE}:{bad.line}" in bad.traceback
    assert "\x1b" not in bad.traceback


def test_another_language(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    launcher = [sys.executable, "-m", "ipykernel_launcher"]
    name = install(tmp_path, monkeypatch, *launcher, language="calc")
    plot = "import matplotlib.pyplot as plt\nplt.plot([1])\nplt.show()"
    drawn, slow, after = go(tmp_path, plot, "import time\ntime.sleep(60)", "1", name=name, timeout=5)
    assert [set(o.files) for o in drawn.outputs if isinstance(o, Rich)] == [{"image/png"}]
    assert (failure(slow).kind, failure(slow).line) == ("timeout", FIRST + 4)
    assert failure(after).kind == "skipped"


def test_nothing_that_another_language_prints_is_lost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    name = install(tmp_path, monkeypatch, sys.executable, "-m", "ipykernel_launcher", language="calc")
    # More than our side would keep by itself; a kernel drops what is 1,000 messages behind on a busy machine.
    code = "import sys\nfor i in range(1500): print(i); sys.stdout.flush()"
    [result, after] = go(tmp_path, code, "print('x' * 3_000_000)", name=name, timeout=30)
    assert text(result).split() == [str(i) for i in range(1500)]
    assert "longer than 1 MB" in text(after)


def test_death_of_another_language(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    name = install(tmp_path, monkeypatch, sys.executable, "-m", "ipykernel_launcher", language="calc")
    before, dead = go(tmp_path, "print(1)", "import os; os._exit(4)", name=name)
    assert text(before) == "1\n"
    assert (failure(dead).kind, failure(dead).ename, failure(dead).line) == ("crash", "Exit", FIRST + 1)
    assert "exit code 4" in failure(dead).evalue


BROKEN = {
    "it ends at once": ([sys.executable, "-c", "raise SystemExit('no licence')"], "no licence"),
    "there is no program": ([os.path.join(os.sep, "nowhere", "kernel")], "cannot be started"),
}


@pytest.mark.parametrize(("argv", "said"), BROKEN.values(), ids=BROKEN)
def test_kernel_that_does_not_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, argv: list[str], said: str
) -> None:
    [bad] = go(tmp_path, "1", name=install(tmp_path, monkeypatch, *argv))
    assert (failure(bad).kind, failure(bad).line) == ("crash", FIRST)
    assert said in failure(bad).evalue


def test_identity(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a kernel's results rest on: which it is, and what is installed where it runs."""
    same = identity.__wrapped__
    packages = tmp_path / "packages"
    (packages / "near-1.0.dist-info").mkdir(parents=True)
    name = install(tmp_path, monkeypatch, sys.executable, "-m", "ipykernel_launcher", PYTHONPATH=str(packages))
    assert same(name) == (before := same(name))
    (packages / "near-1.0.dist-info" / "METADATA").write_text("Metadata-Version: 2.1\nName: near\nVersion: 1.0\n")
    assert len({same("python3"), same("nowhere"), before, same(name)}) == 4


def test_body_of_a_magic(tmp_path: Path) -> None:
    timed, after = go(tmp_path, "%%time\n\nfor t in range(3): loss = t * 1.0\nz = 4", "print(z)", train=True)
    assert ([c.values for c in timed.curves], [c.line for c in timed.curves]) == ([(0.0, 1.0, 2.0)], [FIRST + 2])
    assert text(after) == "4\n"
    assert failure(go(tmp_path, "%%capture\na = 1\n1 / 0")[0]).line == FIRST + 2
