"""The process of a session: takes a job, runs its cells one after the other, tells what happens.

Started by `plain.py`, with the descriptors of the job, of the control channel, of the fault report and
of the current line as arguments.
"""

from __future__ import annotations

import ast
import builtins
import contextlib
import faulthandler
import functools
import json
import mmap
import os
import signal
import sys
import time
import warnings
from builtins import str  # noqa: UP029  a cell may replace them
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NoReturn

from gradpress.execution import running, tracebacks
from gradpress.execution.channel import STREAMS, Channel, Writer, flush_c
from gradpress.execution.display import Display
from gradpress.execution.imports import AfterImport
from gradpress.execution.instrument import NAME
from gradpress.execution.limits import limit, peak
from gradpress.execution.listing import Listing
from gradpress.execution.magics import Bodies
from gradpress.execution.recorder import Recorder
from gradpress.execution.seeds import Seeds
from gradpress.execution.seen import Seen
from gradpress.execution.uses import USES

if TYPE_CHECKING:
    from gradpress.execution.snapshot import Keeper

Json = dict[str, Any]
PAGE = mmap.PAGESIZE


def main(job: int, control: int, faults: int, line: int) -> NoReturn:
    """Run the job that stands in the descriptor `job`."""
    for fd in (job, control, faults, line):
        os.set_inheritable(fd, False)
    faulthandler.enable(faults, all_threads=False)
    faulthandler.register(signal.SIGUSR1, faults, all_threads=False)
    with open(job, encoding="utf-8") as file:
        session = Session(json.load(file), Channel(control), mmap.mmap(line, PAGE), faults)
    session.run()
    os._exit(0)  # what the cells left behind (threads, exit handlers) must not hold the builder up


class Session:
    """The cells of a job and the namespace in which they run."""

    def __init__(self, job: Json, channel: Channel, line: mmap.mmap, faults: int) -> None:
        self._job = job
        self._channel = channel
        self._line = line
        self._faults = faults
        self._seeds = Seeds(int(job["seed"]), job["threads"])
        self._running = False
        self._names = running.Namespace(self._statement)
        self._display = Display(channel.send, self._names.module)
        self._recorder = Recorder(self._progress)
        self._files = {cell["file"] for cell in job["cells"]}
        self._listing = Listing()
        self._bodies = Bodies(self._record)
        self._cell: Json = job["cells"][0]
        self._prepare()

    def _prepare(self) -> None:
        """Make the process look to the cells like a fresh interpreter of their own."""
        sys.path.append(os.getcwd())
        sys.argv = [self._cell["file"]]
        sys.modules["__main__"] = self._names.module
        sys.stdout, sys.stderr = (Writer(self._channel, name) for name in STREAMS)
        vars(builtins)[NAME] = self._recorder.calls
        vars(builtins)["display"] = self._display.display
        warnings.showwarning = self._warning
        signal.signal(signal.SIGINT, self._interrupt)
        limit(self._job["memory"])
        self._keeper: Keeper | None = None
        self._unkept = 0.0
        self._scratch = os.environ.get("TMPDIR", "")
        if self._job["cost"] is not None:
            from gradpress.execution.effects import Effects
            from gradpress.execution.snapshot import Keeper

            self._keeper = Keeper(Effects((os.getcwd(), self._scratch)))
        self._seen = Seen(self._job["root"], USES.install(), self._files)
        self._seeds.set()
        hooks: dict[str, Any] = {
            **self._seeds.hooks,
            "gradpress.execution.figures": self._take_figures,
            "IPython": lambda _: self._display.shell,
        }
        for name in [n for n in hooks if n in sys.modules and n != "IPython"]:  # the template has imported it
            hooks.pop(name)(sys.modules[name])
        if "IPython" in sys.modules and any("ipython" in c["code"].lower() for c in self._job["cells"]):
            hooks.pop("IPython")(None)
        AfterImport(hooks).install()

    def run(self, first: int = 0) -> None:
        """Run the cells from `first` on, up to the first failure."""
        for index, cell in enumerate(self._job["cells"][first:], first):
            self._cell = cell
            self._channel.new_cell()
            self._channel.send({"is": "begin", "cell": index})
            began = time.monotonic()
            failure = self._run_cell(cell)
            self._leave_if_forked()
            flush_c()
            self._channel.send(self._ended(index, failure, time.monotonic() - began))
            if failure and not cell["error"]:
                break
            if self._keeper:
                self._keep(index, time.monotonic() - began)
        self._channel.send({"is": "done"})

    def _keep(self, index: int, seconds: float) -> None:
        """Keep the state where running again up to here would take long, or where it will be wanted."""
        assert self._keeper is not None
        self._keeper.ran(self._cell["code"], same_process=not self._seen.at_process)
        self._unkept += seconds
        if self._unkept < self._job["cost"] and index not in self._job["snapshots"]:
            return
        path = os.path.join(self._scratch, f"{os.getpid()}.{index}.sock")
        try:
            kept = self._keeper.keep(path, functools.partial(self._resume, index + 1))
        except Exception as error:  # it saves time, no more
            kept = {"refused": f"{type(error).__name__}: {error}"}
        if "pid" in kept:
            self._unkept = 0.0
        self._channel.send({"is": "snapshot", "cell": index, **kept})

    def _resume(self, first: int, _: Json, fds: Sequence[int]) -> None:
        """Go on from here with other cells; the process is a fork that has just been made."""
        job, faults, line, out, err, control = fds[:6]
        with open(job, encoding="utf-8") as file:
            self._job = json.load(file)
        self._unkept = 0.0
        self._line = mmap.mmap(line, PAGE)
        self._channel.moved(control, out, err)
        os.dup2(faults, self._faults, inheritable=False)
        for fd in (faults, line, out, err, control):
            os.close(fd)
        if self._keeper:
            self._keeper.moved()
        self._files |= {cell["file"] for cell in self._job["cells"]}
        self._seen.compiled(self._files)
        self.run(first)
        os._exit(0)

    def _run_cell(self, cell: Json) -> Json | None:
        """Run one cell and show its figures; the failure, if it has one."""
        self._recorder.start()
        self._seen.watch()
        if cell["seed"] is not None:
            self._seeds.set(cell["seed"])
        self._running = True
        try:
            with self._sized(cell):
                self._execute(cell)
                self._figures()
        except BaseException as error:  # SystemExit and KeyboardInterrupt are the author's as well
            self._running = False
            failure = tracebacks.describe(error, self._files)
            self._leave_if_forked(failure["traceback"])
            failure["line"] = failure["line"] or self._current()
            self._figures_after(error)
            return failure
        finally:
            self._running = False
        return None

    def _execute(self, cell: Json) -> None:
        code, file, line = cell["code"], cell["file"], cell["line"]
        self._at_line(line)
        self._listing.add(file, line, code)
        self._bodies.begin(code, file, line)
        tree = running.parse(code, file, line, functools.partial(self._transform, code))
        quiet = running.is_quiet(tree, code, line)
        self._record(tree)
        show = self._display.inline if cell["inline"] else self._display.value
        self._names.run(tree, file, None if quiet else show)

    def _record(self, tree: ast.Module) -> None:
        if self._job["losses"]:
            self._recorder.instrument(tree, self._job["losses"])

    def _transform(self, code: str, _: str) -> str:
        if not running.has_magic(code):
            return code
        self._bodies.attach(self._display.shell)
        return str(self._display.shell.transform_cell(code))

    def _ended(self, index: int, failure: Json | None, seconds: float) -> Json:
        curves = []
        if self._cell["records"]:
            curves = self._recorder.curves(self._cell["loss"], self._names.names, self._cell["code"])
        from gradpress.cells import Result, to_json

        told = to_json(Result(curves=tuple(curves), seconds=seconds, memory=peak()))
        seen = self._seen.take(self._cell["code"])
        return {"is": "end", "cell": index, "failure": failure, "result": told, "seen": seen}

    def _figures(self) -> None:
        if "matplotlib.pyplot" in sys.modules:
            from gradpress.execution import figures

            figures.show()

    def _figures_after(self, error: BaseException) -> None:
        """What was drawn before a failure is shown; a second failure adds nothing."""
        with contextlib.suppress(Exception):
            self._figures()

    def _sized(self, cell: Json) -> Any:
        """Figures of the cell have the size that its options ask for, if they do."""
        if not (cell["fig_width"] or cell["fig_height"]):
            return contextlib.nullcontext()
        from gradpress.execution import figures

        return figures.Sized(cell["fig_width"], cell["fig_height"])

    def _take_figures(self, figures: Any) -> None:
        figures.sink = self._channel.send

    def _progress(self, name: str, value: float, step: int) -> None:
        self._channel.send({"is": "loss", "name": name, "value": repr(value), "step": step})

    def _warning(
        self, message: Any, category: type[Warning], filename: str, lineno: int, file: Any = None, line: Any = None
    ) -> None:
        if self._cell["warning"]:
            place = filename if filename in self._files else tracebacks.short(filename)
            print(f"{place}:{lineno}: {category.__name__}: {message}", file=file or sys.stderr)

    def _interrupt(self, *_: object) -> None:
        """The time limit: KeyboardInterrupt in the author's code, never in ours."""
        if self._running and self._channel.mine:
            self._channel.interrupt()

    def _leave_if_forked(self, error: str = "") -> None:
        """A child that the cell forked and that comes out of it has nothing more to do here."""
        if not self._channel.mine:
            os.write(2, error.encode("utf-8", "replace") + b"\n" if error else b"")
            os._exit(bool(error))

    def _statement(self, line: int) -> None:
        self._at_line(line)
        self._recorder.statement()

    def _at_line(self, line: int) -> None:
        if self._channel.mine:
            self._line[:8] = line.to_bytes(8, "little")

    def _current(self) -> int:
        return int.from_bytes(self._line[:8], "little")
