r"""`align` inside `gather`, which amsmath allows and MathJax does not: displays that follow each other.

Every line keeps its number and its label, which `aligned` would take from all lines but one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from gradpress.patterns import pattern

ALIGNED = frozenset(f"{name}{star}" for name in ("align", "alignat", "flalign", "xalignat") for star in ("", "*"))
"""What may stand in a line of `gather`."""
_OPENING = pattern(r"\s*\\begin\s*\{(gather\*?)\}")
_TOKEN = pattern(r"\\(?P<what>begin|end)\s*\{(?P<name>[A-Za-z]+\*?)\}|\\.|(?P<brace>[{}])|%[^\n]*", re.S)
_OPENED = pattern(r"\\begin\s*\{[a-z]+\*?\}(?:\s*\{\d+\})?")
_BREAK_BEFORE = pattern(r"\\\\\*?\s*(?:\[[^\]]*\])?\s*$")
_BREAK_AFTER = pattern(r"\s*\\\\\*?(?:\[[^\]]*\])?")


def apart(text: str) -> list[str]:
    """The displays that a `gather` with `align` in it consists of, their lines where they were; else nothing."""
    opening = _OPENING.match(text)
    if not opening:
        return []
    name, start, found = opening[1], opening.end(), list[str]()
    end = text.rfind("\\end")
    for first, last in _inner(text, start):
        found += [*_lines(text, start, first, name), _lowered(text[first:last], text.count("\n", 0, first))]
        after = _BREAK_AFTER.match(text, last)
        start = after.end() if after else last
    return [*found, *_lines(text, start, end, name)] if found else []


def _inner(text: str, start: int) -> Iterator[tuple[int, int]]:
    """Where each `align` in a line of its own begins and ends."""
    depth, began = 0, -1
    for token in _TOKEN.finditer(text, start):
        if token["brace"]:
            depth += 1 if token["brace"] == "{" else -1
        elif token["what"] == "begin":
            began = token.start() if not depth and token["name"] in ALIGNED else began
            depth += 1
        elif token["what"] == "end":
            depth -= 1
            if not depth and began >= 0:
                yield began, token.end()
                began = -1


def _lines(text: str, start: int, stop: int, name: str) -> list[str]:
    """The lines of the `gather` itself between two offsets as one of their own."""
    lines = _BREAK_BEFORE.sub("", text[start:stop].rstrip())
    made = f"\\begin{{{name}}}{lines}\n\\end{{{name}}}"
    return [_lowered(made, text.count("\n", 0, start))] if lines.strip() else []


def _lowered(display: str, lines: int) -> str:
    """A display whose lines are as far below its first one as they were."""
    opened = _OPENED.match(display)
    end = opened.end() if opened else 0
    return display[:end] + "\n" * lines + display[end:]
