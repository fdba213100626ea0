"""What an author sees of an exception: their own frames with the note's file and line, the libraries'
frames below them shortened, ours not at all; no machine paths, no colours."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Iterable
from typing import Any

OURS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
MANY = 3
"""A run of library frames longer than this shows its first and last only."""


class _Stack(traceback.StackSummary):
    """A stack that says where frames were left out."""

    left_out: dict[int, int]

    def format_frame_summary(self, frame_summary: Any, **options: Any) -> str:
        text = super().format_frame_summary(frame_summary, **options)
        count = self.left_out.get(id(frame_summary), 0)
        return f"{text}  … {count} more frames\n" if count else text


def describe(error: BaseException, files: Iterable[str]) -> dict[str, Any]:
    """The fields of a `Failure` for an exception that left a cell of one of `files`."""
    mine = frozenset(files)
    told = traceback.TracebackException.from_exception(error, compact=True)
    line = _line(told, mine)
    evalue = f"{_message(error)}{_elsewhere(told, mine)}"
    _clean(told, mine, set())
    return {
        "kind": "error",
        "ename": type(error).__name__,
        "evalue": evalue,
        "traceback": "".join(told.format()).rstrip(),
        "line": line,
    }


def short(path: str) -> str:
    """A file by its name in the library, not by its place on this machine."""
    roots = sorted((p for p in sys.path if p), key=len, reverse=True)
    full = os.path.abspath(path)
    root = next((r for r in roots if full.startswith(os.path.join(os.path.abspath(r), ""))), None)
    return os.path.relpath(full, root) if root and os.path.isabs(path) else path


def _message(error: BaseException) -> str:
    try:
        return str(error.msg if isinstance(error, SyntaxError) else error)
    except Exception:  # the author's own exception class may be broken
        return "<exception str() failed>"


def _elsewhere(told: traceback.TracebackException, mine: frozenset[str]) -> str:
    """Where in a module beside the note it was raised, or which of them does not parse."""
    frame = told.stack[-1] if told.stack else None
    file, line = (frame.filename, frame.lineno) if frame else ("", 0)
    if issubclass(told.exc_type, SyntaxError):
        file, line = told.filename or "", int(told.lineno or 0)
    here = os.path.join(os.path.realpath(os.getcwd()), "")
    path = os.path.realpath(file)
    if not file or file.startswith("<") or file in mine or not path.startswith(here) or "site-packages" in path:
        return ""
    return f" (in {os.path.relpath(path, here)}, line {line})"


def _line(told: traceback.TracebackException, mine: frozenset[str]) -> int:
    """The innermost line of the author's, or the line that does not parse."""
    if issubclass(told.exc_type, SyntaxError) and told.filename in mine:
        return int(told.lineno or 0)
    return next((f.lineno or 0 for f in reversed(told.stack) if f.filename in mine), 0)


def _clean(told: traceback.TracebackException | None, mine: frozenset[str], seen: set[int]) -> None:
    """Shorten the stacks of an exception, of its causes, and of the members of a group."""
    if told is None or id(told) in seen:
        return
    seen.add(id(told))
    told.stack = _shortened(told.stack, mine, unparsed=issubclass(told.exc_type, SyntaxError))
    for other in (told.__cause__, told.__context__, *(told.exceptions or ())):
        _clean(other, mine, seen)


def _shortened(stack: traceback.StackSummary, mine: frozenset[str], *, unparsed: bool) -> traceback.StackSummary:
    """What above the author's first frame stands is ours; code that does not parse has no frame at all."""
    frames = [f for f in stack if f.filename in mine or not _hidden(f.filename)]
    first = next((i for i, f in enumerate(frames) if f.filename in mine), None)
    frames = frames[first or 0 :] if first is not None or not unparsed else []
    kept, run, left_out = _Stack(), [], {}
    for frame in [*frames, None]:
        if frame is not None and frame.filename not in mine:
            run.append(_renamed(frame))
            continue
        if len(run) > MANY:
            left_out[id(run[0])] = len(run) - 2
            run = [run[0], run[-1]]
        kept.extend(run)
        run = []
        if frame is not None:
            kept.append(frame)
    kept.left_out = left_out
    return kept


def _hidden(filename: str) -> bool:
    return filename.startswith((OURS, "<frozen "))


def _renamed(frame: traceback.FrameSummary) -> traceback.FrameSummary:
    return traceback.FrameSummary(short(frame.filename), frame.lineno, frame.name, line=frame.line)
