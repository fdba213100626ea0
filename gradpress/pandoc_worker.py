"""Resident pandocs: a process that answers many requests costs a third of a process for each.

What the command line does and Lua does not is made up for here and in `data/worker.lua`: line ends, tabs, columns,
abbreviations.  A request that a worker cannot answer returns None: the command line then says why.
"""

from __future__ import annotations

import atexit
import json
import os
import select
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

SCRIPT = Path(__file__).parent / "data" / "worker.lua"
LARGEST = 600 << 20
"""Bytes of memory after which a worker is replaced; one that has read a thousand pages has 200 to 300 MB."""
_PATIENCE = 5.0
"""Seconds for the first answer."""
_CHECKED = 50
"""Requests between two looks at the memory."""


class Reply(NamedTuple):
    """What a worker wrote, and pandoc's warnings as the command line prints them."""

    text: str
    messages: str


class OutOfTime(Exception):
    """pandoc did not end in time; the worker is gone."""


_OPTIONS: Mapping[str, tuple[str, Any]] = {
    "--wrap": ("wrap_text", str),
    "--syntax-highlighting": ("highlight_method", str),
    "--toc": ("table_of_contents", bool),
    "--toc-depth": ("toc_depth", int),
    "--email-obfuscation": ("email_obfuscation", str),
}
_MATH = ("mathjax", "katex")
"""MathML warns of formulas that it cannot show, and Lua's writers lose warnings: that is for the command line."""


def request(options: Sequence[str]) -> dict[str, Any] | None:
    """The options of a command line as a request; None when a worker does not know one of them."""
    asked: dict[str, Any] = {"options": {}}
    words = iter(options)
    for word in words:
        name, _, value = word.partition("=")
        if word in ("-f", "-t"):
            asked["from" if word == "-f" else "to"] = next(words)
        elif name in _OPTIONS:
            key, kind = _OPTIONS[name]
            asked["options"][key] = kind(value) if value else True
        elif name == "--template":
            asked["template"] = _text(value)
        elif name.removeprefix("--") in _MATH:
            asked["options"]["html_math_method"] = {"method": name.removeprefix("--"), "url": value}
        else:
            return None
    return asked


@lru_cache
def _text(path: str) -> str:
    return Path(path).read_text(encoding="utf-8")


@lru_cache
def _abbreviations(executable: str) -> list[str]:
    command = [executable, "--print-default-data-file=abbreviations"]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout.split()


class _Worker:
    """One process."""

    def __init__(self, executable: str, environment: Mapping[str, str]) -> None:
        command = [executable, "+RTS", "-M2g", "-RTS", "lua", str(SCRIPT)]
        pipe, nothing = subprocess.PIPE, subprocess.DEVNULL
        self._process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=nothing, env=environment)
        self.owner = os.getpid()
        """The process whose child it is: a fork may use it, and leaves it running."""
        self._waiting = bytearray()
        self._answered = 0
        self._write(json.dumps(_abbreviations(executable)).encode() + b"\n")

    def ask(self, header: Mapping[str, Any], body: bytes, seconds: float) -> Reply | None:
        """The answer; None if pandoc says no.  Raises OutOfTime, or OSError when the process has died."""
        end = time.monotonic() + seconds
        self._write(json.dumps({**header, "size": len(body)}).encode() + b"\n" + body)
        answer = json.loads(self._line(end))
        text = self._bytes(answer["size"], end).decode()
        self._answered += 1
        end_of_line = "" if "template" in header or text.endswith("\n") else "\n"  # as the command line has it
        return Reply(text + end_of_line, answer["messages"]) if answer["ok"] else None

    def is_large(self) -> bool:
        """Whether the process has grown so much that another should take its place."""
        if self._answered % _CHECKED:
            return False
        try:
            pages = int(Path(f"/proc/{self._process.pid}/statm").read_text().split()[1])
        except (OSError, ValueError, IndexError):
            return self._answered >= 20 * _CHECKED
        return pages * os.sysconf("SC_PAGE_SIZE") > LARGEST

    def close(self) -> None:
        """End the process; it takes 10 ms to give its memory back, for which `end` waits when all else is done."""
        self._process.kill()
        for stream in (self._process.stdin, self._process.stdout):
            if stream:
                with suppress(OSError):
                    stream.close()
        _ending.append(self._process)

    def _write(self, data: bytes) -> None:
        assert self._process.stdin
        self._process.stdin.write(data)
        self._process.stdin.flush()

    def _line(self, end: float) -> bytes:
        while (at := self._waiting.find(b"\n")) < 0:
            self._more(end)
        line = bytes(self._waiting[:at])
        del self._waiting[: at + 1]
        return line

    def _bytes(self, size: int, end: float) -> bytes:
        while len(self._waiting) < size:
            self._more(end)
        found = bytes(self._waiting[:size])
        del self._waiting[:size]
        return found

    def _more(self, end: float) -> None:
        assert self._process.stdout
        poll = select.poll()
        poll.register(self._process.stdout, select.POLLIN | select.POLLHUP)
        if not poll.poll(max(end - time.monotonic(), 0) * 1000):
            raise OutOfTime
        data = os.read(self._process.stdout.fileno(), 1 << 20)
        if not data:
            raise BrokenPipeError("pandoc has ended")
        self._waiting += data


_idle: list[_Worker] = []
_ending: list[subprocess.Popen[bytes]] = []
"""Processes that were ended, until the system has taken them away."""
_lock = threading.Lock()
_wanted = 0
_starting: threading.Thread | None = None


_SAMPLE = """# A {#a}

*b* **c** $d$ `e` [f](g) "h"[^1] --- ![i](j){.k} \\alpha <b>l</b>

[^1]: m

- n

| o | p |
|---|--:|
| q | $r$ |

::: s
> t
:::

```python
u
```

$$v$$
"""
"""What most pages have some of: reading it makes pandoc ready for them."""
_TIMES = 10
"""How often it is in the text that is read first: a heap that has grown once reads and writes a page of 10 KB in 45 ms
instead of 65.  That takes 75 ms, and there are 140 until the first page comes."""


def prepare(executable: str, environment: Mapping[str, str], reader: str = "markdown") -> None:
    """Start a worker while the program is still being imported, and let it read something with `reader`.

    A fresh pandoc builds its tables for 80 ms, as long as the imports take: together they take half of that.
    A builder that stays has one already.
    """
    global _starting
    with _lock:
        if _idle:
            return

    def start() -> None:
        with suppress(OSError, ValueError, subprocess.SubprocessError, OutOfTime):
            worker = _Worker(executable, environment)
            document = worker.ask({"from": reader, "to": "json", "options": {}}, (_SAMPLE * _TIMES).encode(), _PATIENCE)
            if document:
                worker.ask({"from": "json", "to": "html5", "options": {}}, document.text.encode(), _PATIENCE)
            with _lock:
                _idle.append(worker)

    _starting = threading.Thread(target=start, daemon=True)
    _starting.start()


@contextmanager
def resident() -> Iterator[None]:
    """Inside the block requests go to resident workers: worth it from about three pages on."""
    global _wanted
    with _lock:
        _wanted += 1
    try:
        yield
    finally:
        with _lock:
            _wanted -= 1
        if not _wanted:
            close()


def ask(
    executable: str, environment: Mapping[str, str], options: Sequence[str], text: str, limit: float
) -> Reply | None:
    """The answer of a worker; None when there is none, or it cannot answer.  Raises OutOfTime."""
    header = request(options) if _wanted else None
    if header is None:
        return None
    plain = text if header["from"] == "json" else text.replace("\r\n", "\n").expandtabs(4)
    try:
        worker = _taken(executable, environment)
    except (OSError, subprocess.SubprocessError):
        return None
    try:
        reply = worker.ask(header, plain.encode(), limit)
    except (OSError, ValueError):
        worker.close()
        return None
    except BaseException:
        worker.close()
        raise
    _give_back(worker)
    return reply


def _taken(executable: str, environment: Mapping[str, str]) -> _Worker:
    settle()
    _reap()
    with _lock:
        if _idle:
            return _idle.pop()
    return _Worker(executable, environment)


def _give_back(worker: _Worker) -> None:
    if worker.is_large() or not _wanted:
        worker.close()
        return
    with _lock:
        _idle.append(worker)


def _reap() -> None:
    """Let the system forget workers that have ended: a builder that stays would collect them."""
    for process in list(_ending):
        if process.poll() is not None:
            with suppress(ValueError):  # another thread was faster
                _ending.remove(process)


def settle() -> None:
    """Wait for the worker that is being started: a process must not be forked meanwhile."""
    if _starting:
        _starting.join()


def forget() -> None:
    """In a fork: leave the workers to the process that has started them."""
    global _starting
    _idle.clear()
    _ending.clear()
    _starting = None


@atexit.register
def end() -> None:
    """End the workers that are idle, and wait for all that were ended: what they have cost is counted as ours."""
    close()
    for process in _ending:
        process.wait()
    _ending.clear()


def close() -> None:
    """End the workers that are idle."""
    settle()
    with _lock:
        workers, _idle[:] = list(_idle), []
    for worker in workers:
        if worker.owner == os.getpid():
            worker.close()
