"""Our half of a Python kernel: what IPython shows, records and fails with becomes our own messages.

Set up inside the kernel, by a silent request.  The cells stay the kernel's: IPython transforms and runs
them.  Messages go through a named pipe, not through the kernel's publishing socket, which drops what its
reader is too slow for.
"""

from __future__ import annotations

import ast
import builtins
import contextlib
import faulthandler
import json
import mmap
import os
import signal
import sys
import time
import warnings
from typing import Any

from gradpress.execution import tracebacks
from gradpress.execution.channel import STREAMS, Channel, Writer, flush_c
from gradpress.execution.display import Display
from gradpress.execution.imports import AfterImport
from gradpress.execution.instrument import NAME
from gradpress.execution.kernel_shell import check, quieten
from gradpress.execution.limits import limit, peak
from gradpress.execution.listing import Listing
from gradpress.execution.magics import Bodies
from gradpress.execution.recorder import Recorder
from gradpress.execution.scratch import LINE
from gradpress.execution.seeds import Seeds
from gradpress.execution.seen import Seen

Json = dict[str, Any]
AT = "__gradpress_line__"
"""What the added code calls, in `builtins`, to say which line runs."""
CONTROL = ".control"
"""Name of the pipe, in the folder of the session."""
_EXIT_ADVICE = "To exit: use"
_agent: Any = None


def install(folder: str, shell: Any) -> None:
    """Set up the kernel around `shell` for the job in the session's `folder`."""
    global _agent
    check(shell)
    with open(os.path.join(folder, ".job"), encoding="utf-8") as file:
        job = json.load(file)
    faults = _opened(folder, ".faults")
    faulthandler.enable(file=faults, all_threads=False)
    faulthandler.register(signal.SIGUSR1, file=faults, all_threads=False)
    for number, name in enumerate(STREAMS, 1):
        fd = _opened(folder, f".{name}", os.O_APPEND)
        os.dup2(fd, number)
        os.close(fd)
    channel = Channel(os.open(os.path.join(folder, CONTROL), os.O_WRONLY))
    _agent = Agent(job, channel, mmap.mmap(_opened(folder, LINE), mmap.PAGESIZE), shell)


def _opened(folder: str, name: str, flags: int = 0) -> int:
    return os.open(os.path.join(folder, name), os.O_RDWR | flags)


class _Shown(Display):
    """Values, shown with the kernel's own shell."""

    def __init__(self, send: Any, kernel_shell: Any) -> None:
        super().__init__(send, kernel_shell.user_module)
        self._shell = kernel_shell


class Agent:
    """Follows the cells of a job through the events of IPython."""

    def __init__(self, job: Json, channel: Channel, line: mmap.mmap, shell: Any) -> None:
        self._job = job
        self._channel = channel
        self._line = line
        self._shell = shell
        self._seeds = Seeds(int(job["seed"]), job["threads"])
        self._display = _Shown(channel.send, shell)
        self._recorder = Recorder(self._progress)
        self._files = {cell["file"] for cell in job["cells"]}
        self._listing = Listing()
        self._bodies = Bodies(self._record)
        self._index = -1
        self._cell: Json = job["cells"][0]
        self._depth = 0
        self._running = False
        self._parsed = False
        self._began = 0.0
        self._size = contextlib.ExitStack()
        self._prepare()
        self._take_over()

    def _prepare(self) -> None:
        """What every session of ours sets up."""
        limit(int(self._job["memory"]))
        sys.stdout, sys.stderr = (Writer(self._channel, name) for name in STREAMS)
        vars(builtins).update({NAME: self._recorder.calls, AT: self._statement})
        os.environ["MPLBACKEND"] = "module://gradpress.execution.figures"
        warnings.showwarning = self._warning
        self._seen = Seen(self._job["root"], None, (cell["file"] for cell in self._job["cells"]))
        hooks = {**self._seeds.hooks, "gradpress.execution.figures": self._take_figures}
        AfterImport(hooks).install()
        for name in hooks.keys() & sys.modules.keys():
            hooks[name](sys.modules[name])

    def _take_over(self) -> None:
        """What of IPython and its kernel speaks to a reader speaks to us."""
        shell = self._shell
        shell.ast_transformers.append(self)
        shell.compile.cache = self._named
        self._bodies.name(shell)
        shell.display_trap.hook = self._value
        quieten(shell, self._display)
        shell.events.register("pre_run_cell", self._begin)
        shell.events.register("post_run_cell", self._end)

    # ── the cells ────────────────────────────────────────────────────────────────────────────────

    def _begin(self, info: Any) -> None:
        self._depth += 1
        if self._depth > 1:  # a cell that has another run
            return
        self._index += 1
        self._cell = self._job["cells"][self._index]
        self._channel.new_cell()
        self._channel.send({"is": "begin", "cell": self._index})
        self._at_line(self._cell["line"])
        self._bodies.begin(self._cell["code"], self._cell["file"], self._cell["line"])
        self._listing.add(self._cell["file"], self._cell["line"], self._cell["code"])
        self._recorder.start()
        self._seen.watch()
        self._reseed()
        self._resize()
        if signal.getsignal(signal.SIGINT) is signal.default_int_handler:  # else it stops a coroutine
            signal.signal(signal.SIGINT, self._interrupt)
        self._inner: BaseException | None = None
        self._parsed, self._running, self._began = False, True, time.monotonic()

    def _end(self, result: Any) -> None:
        self._depth -= 1
        error = result.error_before_exec or result.error_in_exec
        if self._depth:
            self._inner = error if self._bodies.running else None  # `%%capture` would swallow it
            return
        error = error or self._inner
        self._leave_if_forked(error)
        try:
            self._figures(quiet=error is not None)
        except BaseException as failed:
            error = error or failed
        self._running = False
        failure = self._described(error) if error is not None else None
        seconds = time.monotonic() - self._began
        self._size.close()
        flush_c()
        self._channel.send(self._ended(failure, seconds))
        if self._index + 1 == len(self._job["cells"]) or (failure and not self._cell["error"]):
            self._channel.send({"is": "done"})

    def _leave_if_forked(self, error: BaseException | None) -> None:
        """A child that the cell forked and that comes out of it has nothing more to do here."""
        if not self._channel.mine:
            os.write(2, f"{self._described(error)['traceback']}\n".encode("utf-8", "replace") if error else b"")
            os._exit(error is not None)

    def _described(self, error: BaseException) -> Json:
        if isinstance(error, SyntaxError) and not self._parsed:
            error = self._unparsed(error)
        failure = tracebacks.describe(error, self._files)
        failure["line"] = failure["line"] or int.from_bytes(self._line[:8], "little")
        return failure

    def _unparsed(self, error: SyntaxError) -> SyntaxError:
        """Code that does not parse never reached `visit`: its lines, and now and then its text, are IPython's."""
        try:
            ast.parse("\n" * (self._cell["line"] - 1) + self._cell["code"], self._cell["file"])
        except SyntaxError as own:
            return own
        error.filename = self._cell["file"]  # a magic
        error.lineno = (error.lineno or 1) + self._offset()
        return error

    def _ended(self, failure: Json | None, seconds: float) -> Json:
        curves = []
        if self._cell["records"]:
            curves = self._recorder.curves(self._cell["loss"], self._shell.user_ns, self._cell["code"])
        from gradpress.cells import Result, to_json

        told = to_json(Result(curves=tuple(curves), seconds=seconds, memory=peak()))
        seen = self._seen.take(self._cell["code"])
        return {"is": "end", "cell": self._index, "failure": failure, "result": told, "seen": seen}

    def visit(self, tree: ast.Module) -> ast.Module:
        """Put the lines of the note into a cell's tree, and the calls of recorder and line counter."""
        if self._parsed or not self._depth:  # `%%time` and the like transform their own part
            return self._bodies.visit(tree) if self._depth else tree
        self._parsed = True
        ast.increment_lineno(tree, self._offset())
        self._record(tree)
        tree.body = [node for statement in tree.body for node in (_mark(statement), statement)]
        return tree

    def _record(self, tree: ast.Module) -> None:
        if self._job["losses"]:
            self._recorder.instrument(tree, self._job["losses"])

    def _offset(self) -> int:
        """Lines between IPython's counting, which leaves out blank ones at the top, and the note's."""
        rows = self._cell["code"].splitlines()
        blank = next((i for i, row in enumerate(rows) if row.strip()), 0)
        return int(self._cell["line"]) - 1 + blank

    def _named(self, code: str, number: int = 0, raw_code: str | None = None) -> str:
        """The file name of the cell that runs, for tracebacks."""
        return str(self._cell["file"])

    # ── what it shows ────────────────────────────────────────────────────────────────────────────

    def _value(self, value: Any) -> None:
        hook = self._shell.displayhook
        if value is None or hook.quiet():
            return
        hook.update_user_ns(value)
        (self._display.inline if self._cell["inline"] else self._display.value)(value)

    def _figures(self, *, quiet: bool) -> None:
        """Show what was drawn; after a failure a second one adds nothing."""
        if "matplotlib.pyplot" not in sys.modules:
            return
        from gradpress.execution import figures

        with contextlib.suppress(Exception) if quiet else contextlib.nullcontext():
            figures.show()

    def _resize(self) -> None:
        width, height = self._cell["fig_width"], self._cell["fig_height"]
        if width or height:
            from gradpress.execution import figures

            self._size.enter_context(figures.Sized(width, height))

    def _take_figures(self, figures: Any) -> None:
        figures.sink = self._channel.send

    def _progress(self, name: str, value: float, step: int) -> None:
        self._channel.send({"is": "loss", "name": name, "value": repr(value), "step": step})

    def _warning(
        self, message: Any, category: type[Warning], filename: str, lineno: int, file: Any = None, line: Any = None
    ) -> None:
        if self._cell["warning"] and not str(message).startswith(_EXIT_ADVICE):
            place = filename if filename in self._files else tracebacks.short(filename)
            print(f"{place}:{lineno}: {category.__name__}: {message}", file=file or sys.stderr)

    # ── seeds, lines, limits ─────────────────────────────────────────────────────────────────────

    def _reseed(self) -> None:
        """Before the first cell, and before one that asks for it."""
        asked = self._cell["seed"]
        if asked is None and self._index:
            return
        self._seeds.set(asked)

    def _interrupt(self, *_: object) -> None:
        """The time limit: KeyboardInterrupt in the author's code, never in ours."""
        if self._running and self._channel.mine:
            self._channel.interrupt()

    def _statement(self, line: int) -> None:
        self._at_line(line)
        self._recorder.statement()

    def _at_line(self, line: int) -> None:
        if self._channel.mine:
            self._line[:8] = line.to_bytes(8, "little")


def _mark(statement: ast.stmt) -> ast.stmt:
    call = ast.Call(ast.Name(AT, ast.Load()), [ast.Constant(statement.lineno)], [])
    return ast.fix_missing_locations(ast.copy_location(ast.Expr(call), statement))
