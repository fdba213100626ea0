"""The one Chromium in which all diagrams of a build are drawn, spoken to through a pair of pipes.

It starts for the first diagram that is not remembered (0.4 to 1.4 s), reaches no network, and ends with the build, or
when nobody has asked for anything for a minute.  No package drives it: its protocol is a line of JSON for each order,
ended by a zero byte, on the file descriptors 3 and 4.
"""

from __future__ import annotations

import atexit
import base64
import fcntl
import json
import os
import select
import shutil
import signal
import tempfile
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from gradpress.records import dataclass, field

PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
"""The first that is found is used."""
TIME_LIMIT = 30.0
"""Seconds for one order; a diagram takes 0.1."""
IDLE = 60.0
"""Seconds without an order after which the browser ends."""
_FLAGS = (
    "--headless",
    "--remote-debugging-pipe",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-gpu",
    "--disable-extensions",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--hide-scrollbars",
    "--force-color-profile=srgb",
    "--font-render-hinting=none",
    "--host-resolver-rules=MAP * ~NOTFOUND",
)
_EMPTY = "data:text/html,<!doctype html><meta charset=utf-8><title>Diagram</title><body>"
ENVIRONMENT = ("PATH", "HOME", "LANG", "TMPDIR", "XDG_RUNTIME_DIR", "FONTCONFIG_PATH", "FONTCONFIG_FILE")
"""What a Chromium is given of ours."""


class BrowserError(Exception):
    """The browser does not start, or does not answer."""


def program() -> str:
    """The path of a Chromium; empty without one."""
    return next(filter(None, map(shutil.which, PROGRAMS)), "")


@dataclass(eq=False)
class _Chromium:
    """One process, with one empty page."""

    pid: int
    profile: str
    orders: int
    """Where orders are written."""
    answers: int
    """Where answers are read."""
    session: str = ""
    """The page, when it is open."""
    loaded: set[str] = field(default_factory=set)
    """Scripts that the page has, by their names."""
    _waiting: bytearray = field(default_factory=bytearray)
    _number: int = 0

    def open(self) -> None:
        """Open the page.  Raises BrowserError."""
        target = self.order("Target.createTarget", {"url": "about:blank"})["targetId"]
        self.session = self.order("Target.attachToTarget", {"targetId": target, "flatten": True})["sessionId"]
        self.order("Page.enable", {})

    def order(self, method: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
        """The answer to one order.  Raises BrowserError."""
        self._number += 1
        said = {"id": self._number, "method": method, "params": parameters}
        try:
            self._write(json.dumps(said | ({"sessionId": self.session} if self.session else {})).encode() + b"\0")
            answer = self._answer(self._number, time.monotonic() + TIME_LIMIT)
        except OSError as error:
            raise BrowserError(f"it does not answer ({error.strerror or error})") from None
        if "error" in answer:
            raise BrowserError(str(answer["error"].get("message", "")))
        result: dict[str, Any] = answer["result"]
        return result

    def _write(self, data: bytes) -> None:
        view = memoryview(data)
        while view:
            view = view[os.write(self.orders, view) :]

    def _answer(self, number: int, limit: float) -> dict[str, Any]:
        while True:
            while (end := self._waiting.find(b"\0")) >= 0:
                message = json.loads(bytes(self._waiting[:end]))
                del self._waiting[: end + 1]
                if message.get("id") == number:
                    return dict(message)
            if not select.select([self.answers], [], [], max(limit - time.monotonic(), 0))[0]:
                raise BrowserError(f"it did not answer in {TIME_LIMIT:.0f} s")
            data = os.read(self.answers, 1 << 20)
            if not data:
                raise BrowserError("it has ended")
            self._waiting += data

    def close(self) -> None:
        """End it with all its children, which are of its group."""
        with suppress(OSError):
            os.killpg(self.pid, signal.SIGKILL)
        with suppress(OSError):
            os.waitpid(self.pid, 0)
        for file in (self.orders, self.answers):
            with suppress(OSError):
                os.close(file)
        shutil.rmtree(self.profile, ignore_errors=True)


def _started(path: str, *more: str) -> _Chromium:
    """A Chromium whose page is open.  Raises BrowserError."""
    theirs, orders = _pipe()
    answers, ours = _pipe()
    profile = tempfile.mkdtemp(prefix="gradpress-chromium-")
    null = os.open(os.devnull, os.O_RDWR | os.O_CLOEXEC)
    files = [(null, 0), (null, 1), (null, 2), (theirs, 3), (ours, 4)]
    actions = [(os.POSIX_SPAWN_DUP2, mine, number) for mine, number in files]
    environment = {name: os.environ[name] for name in ENVIRONMENT if name in os.environ}
    command = [path, *_FLAGS, *more, f"--user-data-dir={profile}"]
    try:
        pid = os.posix_spawn(path, command, environment, file_actions=actions, setpgroup=0)
    except OSError as error:
        raise BrowserError(f"it cannot be started ({error.strerror or error})") from None
    finally:
        for file in (theirs, ours, null):
            os.close(file)
    made = _Chromium(pid, profile, orders, answers)
    try:
        made.open()
    except BaseException:
        made.close()
        raise
    return made


def _pipe() -> tuple[int, int]:
    """Both ends above the numbers that the browser's ends are given."""
    ends = os.pipe()
    high = [fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, 10) for end in ends]
    for end in ends:
        os.close(end)
    return high[0], high[1]


@dataclass(eq=False)
class Browser:
    """The browser of this process, started when it is asked for something."""

    _running: _Chromium | None = None
    _failed: str = ""
    """Why it did not start; it is not tried again in this process."""
    _idle: threading.Timer | None = None
    lock: threading.RLock = field(default_factory=threading.RLock)
    """Held over orders that belong together."""

    def open(self, scripts: Mapping[str, str]) -> None:
        """An empty page with these scripts in their order, and nothing of an earlier one.  Raises BrowserError."""
        with self.lock:
            running = self._awake()
            for name in (name for name in scripts if name not in running.loaded):  # in their order
                self._ordered(running, "Page.addScriptToEvaluateOnNewDocument", {"source": scripts[name]})
                running.loaded.add(name)
            self._ordered(running, "Page.navigate", {"url": _EMPTY})

    def value(self, expression: str) -> Any:
        """What a JavaScript expression, or what it promises, is.  Raises BrowserError."""
        with self.lock:
            return self._evaluated(self._awake(), {"expression": expression}).get("value")

    def pdf(self, width: float, height: float) -> bytes:
        """The page as it stands, on one sheet of so many pixels, without the date.  Raises BrowserError."""
        sheet = {"paperWidth": width / 96, "paperHeight": height / 96, "printBackground": True, "pageRanges": "1"}
        margins = {f"margin{side}": 0 for side in ("Top", "Bottom", "Left", "Right")}
        with self.lock:
            return base64.b64decode(self._ordered(self._awake(), "Page.printToPDF", {**sheet, **margins})["data"])

    def png(self, width: float, height: float, scale: float) -> bytes:
        """The upper left corner of the page, `scale` times as large, without a ground.  Raises BrowserError."""
        clip = {"x": 0, "y": 0, "width": width, "height": height, "scale": scale}
        clear = {"color": {"r": 0, "g": 0, "b": 0, "a": 0}}
        with self.lock:
            running = self._awake()
            self._ordered(running, "Emulation.setDefaultBackgroundColorOverride", clear)
            asked = {"format": "png", "clip": clip, "captureBeyondViewport": True}
            return base64.b64decode(self._ordered(running, "Page.captureScreenshot", asked)["data"])

    def close(self) -> None:
        """End it; the next order starts another one."""
        with self.lock:
            if self._idle:
                self._idle.cancel()
            if self._running:
                self._running.close()
            self._running, self._idle = None, None

    def _evaluated(self, running: _Chromium, asked: Mapping[str, Any]) -> dict[str, Any]:
        answer = self._ordered(running, "Runtime.evaluate", {**asked, "awaitPromise": True, "returnByValue": True})
        if thrown := answer.get("exceptionDetails"):
            said = thrown.get("exception", {}).get("description") or thrown.get("text", "")
            raise BrowserError(said.split("\n")[0])
        return dict(answer["result"])

    def _ordered(self, running: _Chromium, method: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
        try:
            return running.order(method, parameters)
        except BrowserError:
            self.close()
            raise

    def _awake(self) -> _Chromium:
        """The running browser.  Raises BrowserError."""
        if self._failed:
            raise BrowserError(self._failed)
        if self._running is None:
            try:
                self._running = self._start()
            except BrowserError as error:
                self._failed = str(error)
                raise
        if self._idle:
            self._idle.cancel()
        self._idle = threading.Timer(IDLE, self.close)
        self._idle.daemon = True
        self._idle.start()
        return self._running

    def _start(self) -> _Chromium:
        path = program()
        if os.geteuid() == 0:  # Chromium refuses to run as root in its sandbox
            return _started(path, "--no-sandbox")
        try:
            return _started(path)
        except BrowserError:  # containers and some systems forbid the sandbox; only our own page is ever opened
            return _started(path, "--no-sandbox")


browser = Browser()
atexit.register(browser.close)


def _forget() -> None:
    """In a fork: the browser is the parent's, two would read each other's answers."""
    browser.__dict__.update(vars(Browser()))


os.register_at_fork(after_in_child=_forget)
