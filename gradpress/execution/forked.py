"""Forked sessions: a page's process is a fork of a template, and starts in about 10 ms.

The template is started when the first cell must run.  A page with circumstances of its own (threads, other
preloads, declared variables that the site does not declare) gets a template of its own that has preloaded
nothing and ends with it: a cold process under the same guardian.
"""

from __future__ import annotations

import ast
import json
import os
import re
import socket
import subprocess
import sys
import threading
from collections.abc import Generator
from contextlib import suppress
from typing import Any

from gradpress.execution import PRELOAD, Message, PageRun
from gradpress.execution.job import environment, job
from gradpress.execution.plain import ROOT
from gradpress.execution.scratch import Scratch
from gradpress.execution.strays import TOKEN, kill_strays
from gradpress.execution.supervise import Supervision
from gradpress.records import dataclass, field

_BOOT = f"import sys; sys.path.append({ROOT!r}); from gradpress.execution.template import main; main(int(sys.argv[1]))"


DEVICE = "/dev/nvidiactl"
"""Is there where CUDA can be used."""


@dataclass(frozen=True)
class Profile:
    """What pages must have in common to be forked from one template."""

    preload: tuple[str, ...] = PRELOAD
    env: tuple[str, ...] = ()


_HERE = Profile()


class Forked:
    """Runs every session from its first cell, in a fork of the template."""

    def __init__(self, profile: Profile = _HERE, hash_seed: int = 0, tick: float = 0.0) -> None:
        self._profile = profile
        self._hash_seed = hash_seed
        self._tick = tick
        self._lock = threading.Lock()
        self._template: Template | None = None
        self._own: set[Template] = set()
        self._closed = False

    def messages(self, page: PageRun) -> Generator[Message, None, None]:
        """What happens while the cells of `page` run; see `Sessions`."""
        scratch = Scratch(job(page))
        template: Template | None = None
        try:
            template = self._template_for(page)
            process = template.start(page, scratch, needed(page) if template is self._template else ())
            try:
                yield from Supervision(page, scratch, process, tick=self._tick).messages()
            finally:
                process.end()
        except NoStart as error:
            yield {"is": "failed", "failure": error.failure}
        finally:
            if template is not None and template is not self._template:
                self._forget(template)
            scratch.release()
            scratch.remove()

    def fork(self, page: PageRun, scratch: Scratch) -> Guarded:
        """A process that runs the job in `scratch`, for a page that fits.  Raises NoStart."""
        return self._template_for(page).start(page, scratch, needed(page))

    def close(self) -> None:
        """Stop everything that runs, from any thread."""
        with self._lock:
            self._closed = True
            templates = [*self._own, *([self._template] if self._template else [])]
        for template in templates:
            template.close()

    def _template_for(self, page: PageRun) -> Template:
        with self._lock:
            if self._closed:
                raise NoStart("the build is being stopped")
            if not self.fits(page):
                template = Template(page, self._hash_seed)
                self._own.add(template)
                return template
            if self._template is None or not self._template.alive():
                self._template = Template(page, self._hash_seed)
            return self._template

    def fits(self, page: PageRun) -> bool:
        """Whether the page can be forked from the template of all."""
        declared = {n for n in page.env if n in os.environ}
        common = {n for n in self._profile.env if n in os.environ}
        alike = page.threads == 1 and page.preload == self._profile.preload and declared == common
        return alike and not wants_device(page)

    def _forget(self, template: Template) -> None:
        template.close()
        with self._lock:
            self._own.discard(template)


def wants_device(page: PageRun) -> bool:
    """Whether the cells may compute on a CUDA device that is there; its driver must be new in their process."""
    return os.path.exists(DEVICE) and any("cuda" in cell.code for cell in page.cells)


class NoStart(Exception):
    """A process that could not be started."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.failure = {"kind": "crash", "ename": "NotStarted", "evalue": reason, "traceback": "", "line": 0}


class Template:
    """The builder's end of a template process."""

    def __init__(self, page: PageRun, hash_seed: int = 0) -> None:
        self._token = f"{os.getpid()}-{id(self)}-{os.urandom(4).hex()}"
        self._channel, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        env = {**environment(page), "PYTHONHASHSEED": str(hash_seed), TOKEN: self._token}
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-c", _BOOT, str(theirs.fileno())],
                env=env,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                start_new_session=True,
            )
        self._lock = threading.Lock()
        self._closed = False

    def alive(self) -> bool:
        """Whether it still takes requests."""
        return self._process.poll() is None

    def start(self, page: PageRun, scratch: Scratch, preload: tuple[str, ...] = ()) -> Guarded:
        """A process that runs the job in `scratch`.  Raises NoStart."""
        request = {"folder": str(page.folder), "env": {"TMPDIR": str(scratch.path)}, "preload": preload}
        return request_page(self._channel, request, scratch, self._lock)

    def close(self) -> None:
        """End the process and everything below it."""
        if self._closed:
            return
        self._closed = True
        self._channel.close()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        kill_strays(self._token)


def request_page(channel: socket.socket, request: dict[str, Any], scratch: Scratch, lock: Any) -> Guarded:
    """Ask a template or a snapshot for a process.  Raises NoStart."""
    control, give = os.pipe()
    link, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    fds = [scratch.job, scratch.faults, scratch.line, *scratch.streams, give, theirs.fileno()]
    try:
        with lock:
            socket.send_fds(channel, [json.dumps(request).encode()], fds)
    except OSError as error:
        os.close(control)
        link.close()
        raise NoStart(f"the process of the page could not be started: {error.strerror or error}") from None
    finally:
        os.close(give)
        theirs.close()
    return Guarded(control, link)


@dataclass
class Guarded:
    """A page's process, reached through its guardian."""

    control: int
    link: socket.socket
    pid: int = 0
    status: int | None = None
    keep: list[int] = field(default_factory=list)
    """Snapshots, which stay when the page ends."""
    _gone: bool = False
    """The guardian has been killed, or has left."""
    _over: bool = False

    def __post_init__(self) -> None:
        while not self.pid and not self._gone:
            self._hear()
        if not self.pid:
            os.close(self.control)
            raise NoStart("the process of the page ended before its first cell")

    def wakes(self) -> list[int]:
        """The guardian speaks when the page has ended."""
        return [] if self._gone or self.status is not None else [self.link.fileno()]

    def ended(self) -> bool:
        """Whether the page has ended; takes what the guardian has said, without waiting."""
        self.link.setblocking(False)
        with suppress(BlockingIOError):
            while not self._gone and self.status is None:
                self._hear()
        return self._gone or self.status is not None

    def interrupt(self) -> None:
        """First where it is, then that it stop."""
        import signal
        import time

        for number in (signal.SIGUSR1, signal.SIGINT):
            self._say(signal=int(number))
            time.sleep(0.01)

    def end(self) -> int | None:
        """Kill what is left, but for snapshots; the exit code, None when the guardian was killed."""
        if not self._over:
            self._over = True
            self.link.setblocking(True)
            self.link.settimeout(30)
            self._say(end=self.keep)
            finished = False
            while not self._gone and not finished:
                finished = self._hear()
            os.close(self.control)
            if not self.keep or self._gone:
                self.link.close()
        return self.status

    def kill(self, pid: int) -> None:
        """End one snapshot."""
        self._say(kill=pid)

    def _say(self, **command: Any) -> None:
        with suppress(OSError):
            self.link.send(json.dumps(command).encode())

    def _hear(self) -> bool:
        """Take one message of the guardian; True when everything but the snapshots is dead."""
        try:
            data = self.link.recv(1 << 16)
        except BlockingIOError:
            raise
        except OSError:
            data = b""
        if not data:
            self._gone = True
            return False
        said = json.loads(data)
        self.pid = said.get("pid", self.pid)
        if self.status is None:
            self.status = said.get("status")
        return bool(said.get("over"))


def needed(page: PageRun) -> tuple[str, ...]:
    """The modules among the page's preloads that its cells mention, and IPython if values are shown."""
    text = "\n".join(cell.code for cell in page.cells)
    found = [name for name in page.preload if re.search(rf"\b{re.escape(name)}\b", text)]
    if any(_shows(cell.code) or cell.inline for cell in page.cells):
        found.append("IPython")
    return tuple(found)


def _shows(code: str) -> bool:
    """Whether the last statement of a cell may show a value that is not plain."""
    if "display(" in code:
        return True
    try:
        body = ast.parse(code).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return True
    if not body or not isinstance(body[-1], ast.Expr) or code.rstrip().endswith(";"):
        return False
    value = body[-1].value
    calls = isinstance(value, ast.Call) and ast.unparse(value.func).split(".")[-1] in _SHOWS_NOTHING
    return not calls and not isinstance(value, ast.Constant)


_SHOWS_NOTHING = {"print", "show", "step", "backward", "append", "train", "title", "legend", "seed", "manual_seed"}
"""Functions whose value is nothing to be shown, as a rule; a wrong guess costs a moment."""
