"""The builder's end of the conversation: messages of a session become results."""

from __future__ import annotations

import base64
import re
from collections.abc import Sequence
from typing import Any

from gradpress.cache import Storage
from gradpress.cells import Cell, Failure, Figure, Output, Result, Rich, Stream, from_json
from gradpress.execution import Event, Message, OnEvent, silent
from gradpress.execution.moving import Line, moved
from gradpress.execution.protocol import LIMIT
from gradpress.records import dataclass, field, replace

SUFFIXES = {
    "image/svg+xml": "svg",
    "image/png": "png",
    "image/jpeg": "jpg",
    "image/gif": "gif",
    "image/webp": "webp",
    "application/pdf": "pdf",
}
_CUT = f"\n… the rest of the output is left out: it is longer than {LIMIT // 1_000_000} MB\n"
_ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


@dataclass
class _Running:
    """What a cell has given so far."""

    outputs: list[Output] = field(default_factory=list)
    idents: dict[str, int] = field(default_factory=dict)
    """Positions of outputs that `update_display` may change."""
    stream: str = ""
    """The stream that `pieces` belong to."""
    pieces: list[str] = field(default_factory=list)
    """Text that is not yet an output: joined once, not with every piece."""

    def add(self, output: Output) -> None:
        """One more output, after the text so far."""
        self.end_text()
        self.outputs.append(output)

    def add_text(self, name: str, text: str) -> None:
        """More text of a stream."""
        if name != self.stream:
            self.end_text()
        self.stream = name
        self.pieces.append(text)

    def end_text(self) -> None:
        """Make an output of the text so far."""
        text, self.pieces = clean("".join(self.pieces)), []
        if text:
            self.outputs.append(Stream("stderr" if self.stream == "stderr" else "stdout", text))


class Collector:
    """Takes the messages of one session."""

    def __init__(self, cells: Sequence[Cell], storage: Storage, on_event: OnEvent) -> None:
        self._cells = cells
        self._storage = storage
        self._on_event = on_event
        self._now = _Running()
        self.results: list[Result] = []
        """Results of the cells that have ended."""
        self._moves: dict[Line, Line] = {}
        self.current: int | None = None
        """The cell that runs."""

    def take(self, message: Message) -> None:
        """One message; KeyError or TypeError when it is none of ours."""
        getattr(self, "_" + message["is"])(message)

    def _failed(self, message: Message) -> None:
        """The cell that runs, or would run next, was stopped or died."""
        self._close(Result(origin="ran"), Failure(**message["failure"]))

    def _resumed(self, message: Message) -> None:
        """The first cells did not run: their state was still in memory."""
        on_event, self._on_event = self._on_event, silent
        for said in message["messages"]:
            self.take(said)
        self._on_event = on_event
        self.results = [replace(r, origin="snapshot") for r in self.results]
        self._moves = {(a, m): (b, n) for a, m, b, n in message["moves"]}

    def at_their_lines(self) -> list[Result]:
        """The results, with the lines at which the cells stand in the note."""
        if not self._moves:
            return self.results
        return [moved(r, self._moves, c.place.file) for r, c in zip(self.results, self._cells, strict=False)]

    def _begin(self, message: Message) -> None:
        self.current = int(message["cell"])
        self._now = _Running()
        self._on_event(Event("cell", self._cells[self.current].place))

    def _text(self, message: Message) -> None:
        self._now.add_text(message["name"], message["text"] + (_CUT if message["cut"] else ""))

    def _rich(self, message: Message) -> None:
        files = self._files(message["files"])
        rich = Rich({mime: clean(text) for mime, text in message["data"].items()}, files)
        ident = message["id"]
        if message["update"] and ident in self._now.idents:
            self._now.outputs[self._now.idents[ident]] = rich
            return
        self._now.add(rich)
        if ident:
            self._now.idents[ident] = len(self._now.outputs) - 1

    def _figure(self, message: Message) -> None:
        self._now.add(Figure(self._files(message["files"]), message["width"], message["height"]))

    def _clear(self, message: Message) -> None:
        self._now = _Running()

    def _loss(self, message: Message) -> None:
        place = self._cells[self.current or 0].place
        self._on_event(Event("loss", place, message["name"], float(message["value"]), message["step"]))

    def _end(self, message: Message) -> None:
        result = replace(from_json({**message["result"], **message["seen"]}), origin="ran")
        failure = message["failure"]
        self._close(result, Failure(**failure) if failure else None)

    def _restart(self, message: Message) -> None:
        """What was said so far does not count: the session begins again elsewhere."""
        self.results, self._moves = [], {}
        self.current, self._now = None, _Running()

    def _done(self, message: Message) -> None:
        """Nothing more comes."""

    def _close(self, result: Result, failure: Failure | None) -> None:
        cell = self._cells[len(self.results)]
        if failure is not None:
            failure = replace(failure, evalue=clean(failure.evalue), traceback=clean(failure.traceback))
        self._now.end_text()
        outputs = self._now.outputs
        allowed = cell.options.error and failure is not None and failure.kind == "error"
        self.results.append(
            replace(
                result,
                outputs=(*outputs, failure) if failure else tuple(outputs),
                error=None if allowed else failure,
            )
        )
        self.current, self._now = None, _Running()

    def _files(self, encoded: dict[str, Any]) -> dict[str, str]:
        return {m: self._storage.put_blob(base64.b64decode(d), SUFFIXES[m]) for m, d in encoded.items()}


def clean(text: str) -> str:
    """Text as a terminal would leave it standing: no colours, no overwritten lines, no control characters."""
    if "\x1b" in text:
        text = _ESCAPES.sub("", text)
    if "\r" in text:
        text = "\n".join(_overwritten(line) for line in text.replace("\r\n", "\n").split("\n"))
    return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", text)


def _overwritten(line: str) -> str:
    """What is left of a line when each carriage return writes over what stood there."""
    shown = ""
    for part in line.split("\r"):
        shown = part + shown[len(part) :]
    return shown
