"""Stored results, moved to where their cells stand now.

Prose above a cell moves it, a comment inside stretches it, and a page may be renamed; none of this runs
it again, but its tracebacks, warnings and curves name lines.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import zip_longest

from gradpress.cells import Failure, Output, Result, Stream

Spot = tuple[str, int, str]
"""Where a cell stood, and how: file, first line, code."""
Line = tuple[str, int]


def moves(before: Sequence[Spot], now: Sequence[Spot]) -> dict[Line, Line]:
    """From each line of cells as they were to the same line as they are; empty when nothing moved."""
    found: dict[Line, Line] = {}
    for (old_file, old_line, old_code), (file, line, code) in zip(before, now, strict=True):
        if (old_file, old_line, old_code) != (file, line, code):
            pairs = _pairs(old_code, code)
            found |= {(old_file, old_line + a): (file, line + b) for a, b in pairs.items()}
    return found


def moved(result: Result, lines: Mapping[Line, Line], file: str) -> Result:
    """`result` with all its lines moved; `file` is where its own cell stood."""
    if not lines:
        return result

    def to(line: int) -> int:
        return lines.get((file, line), (file, line))[1]

    pattern = re.compile(_places({name for name, _ in lines}), re.MULTILINE)
    outputs = tuple(_output(o, pattern, lines, to) for o in result.outputs)
    curves = tuple(replace(c, line=to(c.line)) for c in result.curves)
    error = next((o for o in outputs if isinstance(o, Failure)), None) if result.error else None
    return replace(result, outputs=outputs, curves=curves, error=error)


def _output(output: Output, pattern: re.Pattern[str], lines: Mapping[Line, Line], to: Callable[[int], int]) -> Output:
    def text(old: str) -> str:
        return pattern.sub(lambda m: _place(m, lines), old)

    if isinstance(output, Stream) and output.name == "stderr":
        return replace(output, text=text(output.text))
    if isinstance(output, Failure):
        return replace(output, traceback=text(output.traceback), line=to(output.line))
    return output


def _places(files: set[str]) -> str:
    """`File "x.md", line 3` of a traceback, and `x.md:3:` of a warning."""
    names = "|".join(re.escape(f) for f in sorted(files, key=len, reverse=True))
    return rf'(?P<a>File "(?P<f>{names})", line )(?P<n>\d+)|^(?P<g>{names}):(?P<m>\d+)(?=: )'


def _place(match: re.Match[str], lines: Mapping[Line, Line]) -> str:
    if match["a"]:
        file, line = lines.get((match["f"], int(match["n"])), (match["f"], int(match["n"])))
        return f'File "{file}", line {line}'
    file, line = lines.get((match["g"], int(match["m"])), (match["g"], int(match["m"])))
    return f"{file}:{line}"


def _pairs(before: str, now: str) -> dict[int, int]:
    """Line by line, counted from 0.  Where only comments and layout differ, the trees have the same
    nodes in the same order, and these tell where each line went."""
    rows = range(before.count("\n") + 1)
    if before == now:
        return {n: n for n in rows}
    try:
        trees = [list(ast.walk(ast.parse(code))) for code in (before, now)]
    except (SyntaxError, ValueError):
        return {n: n for n in rows}
    found: dict[int, int] = {}
    for a, b in zip_longest(*trees):
        if hasattr(a, "lineno") and hasattr(b, "lineno"):
            found.setdefault(a.lineno - 1, b.lineno - 1)
    return found
