"""Listening to a kernel without our agent: Jupyter's messages become ours.

For kernels of other languages, and for Python kernels whose interpreter cannot import our code.
"""

from __future__ import annotations

import ast
import os
import re
import threading
import time
from contextlib import suppress
from dataclasses import asdict
from queue import Empty
from types import ModuleType
from typing import Any

from gradpress.cells import Cell, Failure, Result, to_json
from gradpress.execution import Message, PageRun
from gradpress.execution.collect import clean
from gradpress.execution.display import Display
from gradpress.execution.protocol import LIMIT, send

LATE = 2.0
"""Seconds in which what a kernel published may still arrive after its reply."""
_PLACE = re.compile(r"(?:Cell |File )?In ?\[(\d+)\](?:, line |:)(\d+)")
"""How IPython and IJulia name a line of a cell."""


class Listener:
    """Runs the cells of one session, one request after the other, and writes our messages to `fd`.

    Where the process dies or hangs, it is the cell's first line that is named, through the file `line`.
    """

    def __init__(self, client: Any, page: PageRun, language: str, fd: int, line: int, stop: threading.Event) -> None:
        self._client = client
        self._page = page
        self._language = language
        self._fd = fd
        self._line = line
        self._stop = stop
        self._display = Display(self._send, ModuleType("page"))
        self._first: dict[int, int] = {}
        """First lines of the cells, by the number that the kernel gave them."""
        self._count = 0
        self._room = LIMIT
        self._failure: Failure | None = None

    def run(self) -> None:
        """All cells up to the first failure; that the pipe closes tells of any end without a word."""
        try:
            with suppress(OSError):  # nobody listens any more
                self._run()
        finally:
            os.close(self._fd)

    def _run(self) -> None:
        for index, cell in enumerate(self._page.cells):
            began = time.monotonic()
            self._failure, self._room = None, LIMIT
            os.pwrite(self._line, cell.place.line.to_bytes(8, "little"), 0)
            self._send({"is": "begin", "cell": index})
            self._cell(cell)
            if self._stop.is_set():
                return
            result = to_json(Result(seconds=time.monotonic() - began))
            failure = asdict(self._failure) if self._failure else None
            seen: Message = {"reads": [], "imports": [], "marks": []}
            self._send({"is": "end", "cell": index, "failure": failure, "result": result, "seen": seen})
            if failure and not cell.options.error:
                return
        self._send({"is": "done"})

    def _cell(self, cell: Cell) -> None:
        asked = {"value": f"str({cell.code})"} if cell.inline and self._language == "python" else None
        code = "" if asked else cell.code
        request = self._client.execute(code, user_expressions=asked, allow_stdin=False, stop_on_error=False)
        reply = self._followed(request, cell)
        if reply is None:
            return
        if asked and reply.get("user_expressions"):
            self._inline(reply["user_expressions"]["value"], cell)
        elif reply["status"] == "error" and self._failure is None:
            self._error(reply, cell)

    def _followed(self, request: str, cell: Cell) -> Any:
        """Pass on what the kernel says until it has replied and is idle; its reply."""
        reply, idle, until = None, False, 0.0
        while not self._stop.is_set() and not (reply and (idle or time.monotonic() > until)):
            with suppress(Empty):
                message = self._client.iopub_channel.get_msg(timeout=0.05)
                if message["parent_header"].get("msg_id") == request:
                    idle = idle or message["content"].get("execution_state") == "idle"
                    self._published(message["msg_type"], message["content"], cell)
            with suppress(Empty):
                if reply is None and self._client.shell_channel.msg_ready():
                    answer = self._client.shell_channel.get_msg(timeout=0.05)
                    if answer["parent_header"].get("msg_id") == request:
                        reply, until = answer["content"], time.monotonic() + LATE
        return reply

    def _published(self, kind: str, content: Any, cell: Cell) -> None:
        match kind:
            case "stream":
                self._text(content["name"], content["text"])
            case "execute_input":
                self._count = int(content["execution_count"])
                self._first[self._count] = cell.place.line
            case "display_data" | "update_display_data" | "execute_result":
                ident = str((content.get("transient") or {}).get("display_id", ""))
                if content["data"]:
                    self._display.publish(content["data"], ident, kind.startswith("update"))
            case "clear_output":
                self._display.publish({})
            case "error":
                self._error(content, cell)

    def _text(self, name: str, text: str) -> None:
        if self._room > 0 and text:
            kept = text[: self._room]
            self._room -= len(text)
            self._send({"is": "text", "name": name, "text": kept, "cut": self._room < 0})

    def _inline(self, value: Any, cell: Cell) -> None:
        if value["status"] == "ok":
            self._display.publish({"text/plain": ast.literal_eval(value["data"]["text/plain"])})
        else:
            self._error(value, cell)

    def _error(self, content: Any, cell: Cell) -> None:
        told = clean("\n".join(content.get("traceback") or ()))
        places = [(int(n), int(line)) for n, line in _PLACE.findall(told)]
        lines = [self._first[n] + line - 1 for n, line in places if n in self._first]
        told = _PLACE.sub(lambda m: self._named(m, cell), told)
        line = lines[-1] if lines else cell.place.line
        self._failure = Failure("error", content.get("ename") or "Error", content.get("evalue", ""), told, line)

    def _named(self, place: re.Match[str], cell: Cell) -> str:
        first = self._first.get(int(place[1]))
        return place[0] if first is None else f"{cell.place.file}:{first + int(place[2]) - 1}"

    def _send(self, message: Message) -> None:
        send(self._fd, message)
