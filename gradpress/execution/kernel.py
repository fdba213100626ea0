"""Sessions in Jupyter kernels: `kernel: NAME` in a page's header.

A Python kernel in which our code can be imported gets an agent (`kernel_agent.py`) and then speaks our own
protocol.  Any other one is listened to as a notebook would (`kernel_outputs.py`).  Either way one process
is followed by the same supervision as our own.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from queue import Empty
from typing import Any

from gradpress.cells import Failure
from gradpress.execution import Message, PageRun
from gradpress.execution.job import environment, job
from gradpress.execution.kernel_specs import Connection, Unavailable, command, find
from gradpress.execution.scratch import Scratch
from gradpress.execution.strays import TOKEN, kill_strays
from gradpress.execution.supervise import Supervision

ROOT = str(Path(__file__).resolve().parent.parent.parent)
CONTROL = ".control"
"""Name of the pipe of messages, in the folder of the session."""
START = 120.0
"""Seconds until a kernel must have answered for the first time; Julia compiles meanwhile."""
_AGENT = """
import sys
sys.path.insert(0, root)
try:
    from gradpress.execution.kernel_agent import install
finally:
    sys.path.remove(root)
    sys.path.append(root)
install(folder, get_ipython())
"""


class Kernels:
    """Runs every session from its first cell, in a kernel of its own."""

    def __init__(self) -> None:
        self._alive: set[int] = set()
        self._lock = threading.Lock()
        self._closed = False

    def messages(self, page: PageRun) -> Generator[Message, None, None]:
        """What happens while the cells of `page` run; see `Sessions`."""
        scratch = Scratch(job(page))
        try:
            yield from self._followed(page, scratch)
        except Unavailable as error:
            line = page.cells[0].place.line
            yield {"is": "failed", "failure": asdict(Failure("crash", "Kernel", str(error), "", line))}
        finally:
            scratch.release()
            scratch.remove()

    def _followed(self, page: PageRun, scratch: Scratch) -> Iterator[Message]:
        kernel = _Kernel(page, scratch, find(page.kernel))
        with self._known(kernel.group):
            try:
                kernel.start()
                yield from Supervision(page, scratch, kernel).messages()
            finally:
                kernel.end()

    def close(self) -> None:
        """Stop everything that runs, from any thread."""
        with self._lock:
            self._closed = True
            for group in self._alive:
                _kill_group(group)

    @contextmanager
    def _known(self, group: int) -> Iterator[None]:
        with self._lock:
            self._alive.add(group)
            if self._closed:
                _kill_group(group)
        try:
            yield
        finally:
            with self._lock:
                self._alive.discard(group)


class _Kernel:
    """One kernel's process, and the client through which its cells are requested."""

    def __init__(self, page: PageRun, scratch: Scratch, spec: Any) -> None:
        from jupyter_client.blocking.client import BlockingKernelClient

        self._page, self._scratch, self._spec = page, scratch, spec
        self._token = f"{os.getpid()}-{time.monotonic_ns()}"
        self._stop = threading.Event()
        self._listener: threading.Thread | None = None
        self._exit: int | None = None
        self._connection = Connection(scratch.path / ".kernel.json")
        self._process = self._launched()
        self.pid = self.group = self._process.pid
        pipe = scratch.path / CONTROL
        os.mkfifo(pipe, 0o600)
        self.control = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
        self._give = os.open(pipe, os.O_WRONLY)
        self._client: Any = BlockingKernelClient(connection_file=str(self._connection.file))
        self._has_agent = False

    def _launched(self) -> subprocess.Popen[bytes]:
        with open(self._scratch.path / ".kernel", "wb") as log:
            try:
                return subprocess.Popen(
                    command(self._spec, self._connection.file),
                    cwd=self._page.folder,
                    env=self._environment(),
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                )
            except OSError as error:
                raise Unavailable(f"the kernel '{self._page.kernel}' cannot be started: {error}") from None

    def _environment(self) -> dict[str, str]:
        """What our own sessions see, and what the kernel asks for; the author's IPython profile stays out."""
        env = environment(self._page, self._scratch.path)
        del env["MPLBACKEND"]  # the agent sets it; without one the kernel knows its own
        own = {k: re.sub(r"\$\{(\w+)\}", lambda m: env.get(m[1], ""), v) for k, v in self._spec.env.items()}
        ours = {"IPYTHONDIR": str(self._scratch.path / ".ipython"), "JPY_PARENT_PID": str(os.getpid())}
        return {**env, **ours, TOKEN: self._token, **own}

    def start(self) -> None:
        """Wait until the kernel answers, then let it run the cells; Unavailable when it does not."""
        import zmq

        self._client.load_connection_file()
        self._client.context.setsockopt(zmq.RCVHWM, 0)  # what a kernel prints is not dropped on our side
        self._client.start_channels(stdin=False, hb=False)
        self._answer(self._client.kernel_info())
        if self._spec.language.lower() == "python" and self._agent():
            self._request()
        else:
            self._listen()

    def _agent(self) -> bool:
        """Whether the kernel could take our agent in; its process may be another than the one we started."""
        names = {"root": ROOT, "folder": str(self._scratch.path)}
        pid = {"pid": "__import__('os').getpid()"}
        request = self._client.execute(f"exec({_AGENT!r}, {{**{names!r}, 'get_ipython': get_ipython}})", silent=True)
        if self._answer(request)["status"] != "ok":
            return False
        told = self._answer(self._client.execute("", silent=True, user_expressions=pid))
        self.pid = int(told["user_expressions"]["pid"]["data"]["text/plain"])
        self._has_agent = True
        return True

    def _request(self) -> None:
        """Ask for all cells at once: the kernel takes them one after the other, and leaves after a failure."""
        self._client.iopub_channel.stop()  # nobody reads what the kernel publishes besides
        self._close_pipe()
        for cell in self._page.cells:
            code = cell.code if cell.code.strip() else "pass"
            self._client.execute(code, allow_stdin=False, stop_on_error=not cell.options.error)

    def _listen(self) -> None:
        import resource

        from gradpress.execution.kernel_outputs import Listener

        if self._page.memory and sys.platform == "linux":  # the agent would set its own limit
            resource.prlimit(self.group, resource.RLIMIT_DATA, (self._page.memory,) * 2)
        self._subscribe()
        language = self._spec.language.lower()
        listener = Listener(self._client, self._page, language, self._give, self._scratch.line, self._stop)
        self._give = -1
        self._listener = threading.Thread(target=listener.run, daemon=True)
        self._listener.start()

    def _subscribe(self) -> None:
        """Until something arrives, what the kernel publishes may go to nobody."""
        for _ in range(50):
            self._answer(self._client.kernel_info())
            with suppress(Empty):
                self._client.iopub_channel.get_msg(timeout=0.2)
                return
        raise Unavailable(f"the kernel '{self._page.kernel}' publishes nothing")

    def _answer(self, request: str) -> Any:
        """The reply to a request; a kernel that has not bound its sockets yet gets it later."""
        until = time.monotonic() + START
        while time.monotonic() < until and not self.ended():
            with suppress(Empty):
                reply = self._client.shell_channel.get_msg(timeout=0.1)
                if reply["parent_header"].get("msg_id") == request:
                    return reply["content"]
        said = (self._scratch.path / ".kernel").read_text("utf-8", "replace").strip().splitlines()
        why = said[-1] if said and self.ended() else "no answer"
        raise Unavailable(f"the kernel '{self._page.kernel}' did not start: {why}")

    def wakes(self) -> list[int]:
        """None: `ended` is asked now and then."""
        return []

    def ended(self) -> bool:
        """Whether the process has ended by itself."""
        return self._process.poll() is not None

    def interrupt(self) -> None:
        """As the kernel wants it; with our agent in it, first where it is."""
        if self._spec.interrupt_mode == "message":
            session = self._client.session
            self._client.control_channel.send(session.msg("interrupt_request", {}))
            return
        with suppress(ProcessLookupError, PermissionError):
            if not self._has_agent:
                os.killpg(self.group, signal.SIGINT)
                return
            os.kill(self.pid, signal.SIGUSR1)
            time.sleep(0.01)
            os.kill(self.pid, signal.SIGINT)

    def end(self) -> int | None:
        """Kill the group and its strays."""
        if self._exit is None:
            self._stop.set()
            _kill_group(self.group)
            kill_strays(self._token)
            self._exit = self._process.wait()
            os.close(self.control)
            self._close_pipe()
            if self._listener:
                self._listener.join()
            self._client.stop_channels()
            self._client.context.destroy(linger=0)
            self._connection.close()
        return self._exit

    def _close_pipe(self) -> None:
        give, self._give = self._give, -1
        if give >= 0:
            os.close(give)


def _kill_group(group: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signal.SIGKILL)
