#!/usr/bin/env python3
"""Running cells against the same code as plain scripts, in one run: `python tests/bench/execution.py [SECONDS]`.

SECONDS is the length of the training that the edits of the last cell come after (default 5).  CPU seconds count all
processes below; medians of a few runs; ratios, because other load hits both sides.  Nothing here is asserted.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from gradpress.cache import Memory
from gradpress.cells import Cell, Options
from gradpress.diagnostics import Place
from gradpress.execution import PageRun, linux
from gradpress.execution.forked import Forked
from gradpress.execution.live import Live
from gradpress.execution.local import Local

ROOT = Path(__file__).resolve().parent.parent.parent
TORCH = (
    "import torch\ntorch.set_num_threads(1)\nx = torch.linspace(0, 1, 256)[:, None]\nw = torch.zeros(64, 1, "
    "requires_grad=True)\nv = torch.randn(1, 64)",
    "for t in range({steps}):\n    loss = ((torch.tanh(x @ v) @ w - x**2) ** 2).mean()\n    loss.backward()\n"
    "    with torch.no_grad():\n        w -= 0.01 * w.grad\n        w.grad = None",
    "print(float(loss))",
)
NOTE = "---\ntitle: Note {n}\n---\n\n```{{.python .run}}\n{code}\n```\n\n```{{.python .run}}\nprint({last})\n```\n"
BUSY = "n = 0\nfor _ in range({count}):\n    n += 1"


def used() -> float:
    """CPU seconds of this process and of all that it has waited for."""
    own, below = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + below.ru_utime + below.ru_stime


def timed(work: Callable[[], object], runs: int = 3) -> tuple[float, float]:
    """Median wall and CPU seconds."""
    walls, cpus = [], []
    for _ in range(runs):
        wall, cpu = time.monotonic(), used()
        work()
        walls.append(time.monotonic() - wall)
        cpus.append(used() - cpu)
    return median(walls), median(cpus)


def busy(seconds: float) -> str:
    """Code that computes for so long, without a look at a clock."""
    count = 2_000_000
    _, cpu = timed(lambda: exec(compile(BUSY.format(count=count), "busy", "exec"), {}), 5)
    return BUSY.format(count=int(count * seconds / cpu))


def line(what: str, ours: float, theirs: float, reference: str) -> None:
    print(f"{what:52} {ours:8.3f} s   {reference:38} {theirs:8.3f} s   ratio {ours / theirs:6.2f}", flush=True)


def page(folder: Path, *codes: str) -> PageRun:
    """A page of these cells."""
    return PageRun("n.md", folder, tuple(Cell(c, Options(), Place("n.md", 1 + 50 * i)) for i, c in enumerate(codes)))


def script(code: str) -> Callable[[], object]:
    """The same code in an interpreter of its own, with the threads of a page."""
    env = {**os.environ, "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
    return lambda: subprocess.run([sys.executable, "-c", code], check=True, stdout=subprocess.DEVNULL, env=env)


def build(work: Path, *options: str, content: str = "content") -> Callable[[], object]:
    """One build as a command."""
    command = [sys.executable, str(ROOT / "build.py"), "html", "--quiet", f"--content={work / content}"]
    command += [f"--output={work / 'site'}", f"--cache={work / 'cache'}", *options]
    return lambda: subprocess.run(command, check=True)


def pages_through_template(count: int, codes: tuple[str, ...]) -> None:
    """Run as a process of its own, whose end has waited for everything: `--pages COUNT STEPS`."""
    with tempfile.TemporaryDirectory() as name:
        sessions = Forked()
        for _ in range(count):
            Local(sessions, Memory()).run(page(Path(name), *codes))
        sessions.close()


def start_up(work: Path) -> None:
    """A page that does nothing, after the template is there."""
    sessions = Forked()
    local = Local(sessions, Memory())
    local.run(page(work, "import torch"))
    wall, _ = timed(lambda: local.run(page(work, "pass")), 15)
    sessions.close()
    line("start of a page from a template with torch", wall, timed(script("pass"), 5)[0], "python -c pass")
    line("the same", wall, timed(script("import torch"), 3)[0], "python -c 'import torch'")


def overhead(steps: int = 2000) -> None:
    """CPU of a page over its code: what five pages cost more than one, against what the loop itself costs."""
    codes = tuple(c.format(steps=steps) for c in TORCH)
    here = [sys.executable, __file__, "--pages"]
    _, one = timed(lambda: subprocess.run([*here, "1", str(steps)], check=True))
    _, five = timed(lambda: subprocess.run([*here, "5", str(steps)], check=True))
    _, whole = timed(script("\n".join(codes)))
    _, imports = timed(script("import torch"))
    line("3-cell torch page, CPU, template up", (five - one) / 4, whole, "plain script")
    line("the same", (five - one) / 4, whole - imports, "plain script without its imports")
    line("the same with its template, one page", one, whole, "plain script")


def edits(work: Path, seconds: float) -> None:
    """Edit the last cell after a training; the training itself is the measure."""
    (work / "content").mkdir()
    note = work / "content" / "n.md"
    count = iter(range(1000))
    training = busy(seconds)
    seconds, _ = timed(script(training), 1)

    def edit() -> None:
        note.write_text(NOTE.format(n=0, code=training, last=next(count)))

    edit()
    cold, _ = timed(build(work), 1)
    line("cold build with the training", cold, seconds, "the training")
    line("no-op", timed(build(work), 7)[0], timed(script("pass"), 7)[0], "python -c pass")
    line("edit of the last cell, one-shot, cold", timed(lambda: (edit(), build(work)()), 1)[0], seconds, "the training")
    edit()
    build(work, "--keep-warm=5m")()
    warm, _ = timed(lambda: (edit(), build(work)()), 3)
    line("edit of the last cell, one-shot, warm", warm, seconds, "the training")
    subprocess.run(
        [sys.executable, str(ROOT / "build.py"), "clean", "--quiet", f"--cache={work / 'cache'}"], check=True
    )
    live = Live(Forked())
    local = Local(live, Memory())
    local.run(page(work, training, "print(n)"))
    again, _ = timed(lambda: local.run(page(work, training, f"print(n, {next(count)})")), 5)
    line("edit of the last cell, in a long-lived build", again, seconds, "the training")
    print(f"{'memory of its snapshot (PSS)':52} {live.memory() / 2**20:8.1f} MiB")
    live.close()


def many(work: Path) -> None:
    """40 pages, a second of work each, on one and on two jobs."""
    folder = work / "many"
    folder.mkdir()
    code = busy(0.5)
    for n in range(40):
        (folder / f"n{n:02}.md").write_text(NOTE.format(n=n, code=f"{code}\npage = {n}", last="n > 0"))
    one, _ = timed(build(work, "--jobs=1", content="many"), 1)
    subprocess.run(["rm", "-rf", str(work / "cache"), str(work / "site")], check=True)
    two, _ = timed(build(work, "--jobs=2", content="many"), 1)
    line("40 pages on two jobs", two, one, "on one job")


def memory(work: Path) -> None:
    """What a template, and a page forked from it, take."""
    sessions = Forked()
    seen: list[int] = []
    look = "import torch, time; time.sleep(1)"

    def event(_: object) -> None:
        time.sleep(0.5)
        below = linux.descendants(os.getpid())
        seen.append(sum(map(linux.shared_memory, below)))

    Local(sessions, Memory(), event).run(page(work, look))
    sessions.close()
    print(f"{'template, guardian and one torch page (PSS)':52} {seen[0] / 2**20:8.1f} MiB")


def main() -> None:
    """All of it."""
    if sys.argv[1:2] == ["--pages"]:
        pages_through_template(int(sys.argv[2]), tuple(c.format(steps=sys.argv[3]) for c in TORCH))
        return
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 5.0
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        start_up(work)
        overhead()
        memory(work)
        edits(work, seconds)
        many(work)


if __name__ == "__main__":
    main()
