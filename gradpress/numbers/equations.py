r"""Numbering equations: every line that has a number gets it written down, as `\tag`.

MathJax and LaTeX number by themselves, by rules that differ, and neither knows another page.  So each
environment becomes its starred form, which numbers nothing, and each line that is to have a number a `\tag`:

    \begin{align}                     \begin{align*}
      a &= b \label{eq:a} \\            a &= b \label{eq:a}\tag{1} \\
      c &= d \notag                     c &= d \notag
    \end{align}                       \end{align*}
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Literal

from gradpress.records import dataclass, field, replace
from gradpress.tex.tokens import Source, source_of

Which = Literal["labelled", "all", "none"]
LINES = frozenset("align gather alignat flalign xalignat eqnarray IEEEeqnarray".split())
"""Environments in which each line may have a number."""
WHOLE = frozenset("equation multline dmath".split())
"""Environments with one number, however many lines they have."""
_SILENT = frozenset(["notag", "nonumber"])


@dataclass(frozen=True)
class Numbered:
    """A line that has a number."""

    labels: tuple[str, ...]
    number: str
    """As it is written, without parentheses: `3`, `3a`, or the author's own tag."""
    offset: int
    """Where the first label, or the line, stands in the formula as it was."""


@dataclass
class Counter:
    """Counts the equations of a page."""

    which: Which = "all"
    last: int = 0
    style: str = "(1)"
    take: Callable[[], str] | None = None
    """Where numbers come from when they do not just count: `2.3`."""

    def next(self) -> str:
        """The next number."""
        if self.take:
            return self.take()
        self.last += 1
        return str(self.last)

    def tag(self, number: str) -> str:
        """What writes the number beside its line."""
        if self.style == "(1)":
            return f"\\tag{{{number}}}"
        return f"\\tag*{{{self.style.replace('1', number, 1)}}}"


@dataclass(frozen=True)
class Formula:
    """A display with its numbers written down."""

    text: str
    lines: tuple[Numbered, ...] = ()
    was: str = ""
    """The part of `subequations` that it was, which is where its lines are."""
    words: str = ""
    """What stands instead of a display between those of `subequations`: text."""


@dataclass
class _Line:
    """What one line says about its number; offsets into the formula."""

    end: int
    """Where a tag can be put."""
    start: int
    labels: list[str] = field(default_factory=list)
    label_at: int = -1
    tag: str | None = None
    silent: bool = False


def number(text: str, counter: Counter) -> list[Formula]:
    """The displays that `text` consists of, with their numbers; `subequations` are taken apart."""
    source = source_of(text)
    begin = source.skip(0)
    if begin >= len(source.tokens) or source.tokens[begin].name != "begin" or begin not in source.partner:
        return [Formula(text)]
    name = source.name_of_environment(begin)
    if source.name_of_environment(source.partner[begin]) != name:
        return [Formula(text)]
    if name == "subequations":
        return list(_together(text, source, begin, counter))
    if name.removesuffix("*") not in LINES | WHOLE:
        return [Formula(text)]
    return [_environment(text, source, begin, name, counter)]


def _environment(text: str, source: Source, begin: int, name: str, counter: Counter) -> Formula:
    plain, edits, found = name.removesuffix("*"), [], []
    for line in _lines(source, begin, whole=plain in WHOLE):
        wanted = bool(line.labels) or (counter.which == "all" and not name.endswith("*"))
        written = line.tag
        if written is None and wanted and not line.silent and counter.which != "none":
            written = counter.next()
            edits.append((line.end, line.end, counter.tag(written)))
        if written is not None:
            found.append(Numbered(tuple(line.labels), written, max(line.label_at, line.start)))
    if not name.endswith("*"):
        edits += _starred(source, begin, plain)
    return Formula(_edited(text, edits), tuple(found))


def _starred(source: Source, begin: int, plain: str) -> Iterator[tuple[int, int, str]]:
    """Edits that make an environment its starred form; `eqnarray`, in which `\\tag` is an error, becomes `align*`."""
    for index in (begin, source.partner[begin]):
        opened = source.skip(index + 1)
        start, stop = source.tokens[opened].offset, source.tokens[source.partner[opened]].offset + 1
        yield start, stop, "{align*}" if plain == "eqnarray" else f"{{{plain}*}}"
    if plain == "eqnarray":
        for mark in _second_marks(source, begin):
            yield mark, mark + 1, ""


def _second_marks(source: Source, begin: int) -> Iterator[int]:
    """The second `&` of each line of an `eqnarray`."""
    count = 0
    for index, depth in _inside(source, begin):
        token = source.tokens[index]
        if depth == 0 and token.name == "\\":
            count = 0
        elif depth == 0 and token.text == "&":
            count += 1
            if count == 2:
                yield token.offset


def _inside(source: Source, begin: int) -> Iterator[tuple[int, int]]:
    """Indexes of the tokens between `\\begin{…}` and `\\end`, and in how many groups and environments they stand."""
    depth = 0
    first = source.partner[source.skip(begin + 1)] + 1
    for index in range(first, source.partner[begin]):
        token = source.tokens[index]
        if token.kind == "close" or token.name == "end":
            depth -= 1
        yield index, depth
        if token.kind == "open" or token.name == "begin":
            depth += 1


def _lines(source: Source, begin: int, *, whole: bool) -> list[_Line]:
    tokens = source.tokens
    lines: list[_Line] = []
    line: _Line | None = None
    for index, depth in _inside(source, begin):
        token = tokens[index]
        if depth == 0 and token.name == "\\" and not whole:
            line = None
            continue
        if token.kind in ("space", "comment"):
            continue
        if line is None:
            line = _Line(token.offset, token.offset)
            lines.append(line)
        line.end = token.offset + len(token.text)
        _see(source, index, line)
    return [line for line in lines if source.tokens and not _is_empty(source, line)]


def _is_empty(source: Source, line: _Line) -> bool:
    """What stands behind the last `\\\\` may be `[2ex]`, or an `\\hline`, and no line."""
    text = "".join(t.text for t in source.tokens if line.start <= t.offset < line.end)
    return re.fullmatch(r"\*?\s*(?:\[[^\]]*\])?", text) is not None


def _see(source: Source, index: int, line: _Line) -> None:
    token = source.tokens[index]
    if token.name in _SILENT:
        line.silent = True
    elif token.name == "label":
        opened = source.skip(index + 1)
        closed = source.group(opened)
        if closed:
            line.labels.append(source.text(opened + 1, closed - 1).strip())
            line.label_at = token.offset if line.label_at < 0 else line.label_at
    elif token.name == "tag" and line.tag is None:
        opened = source.skip(index + 1)
        opened = (
            source.skip(opened + 1) if opened < len(source.tokens) and source.tokens[opened].text == "*" else opened
        )
        closed = source.group(opened)
        line.tag = source.text(opened + 1, closed - 1).strip() if closed else None


def _together(text: str, source: Source, begin: int, counter: Counter) -> Iterator[Formula]:
    """`subequations`: the displays inside, numbered 3a, 3b, …; a label of its own means 3."""
    closing = source.partner[begin]
    letters = _Letters(counter, wanted=_has_own_label(source, begin))
    own: list[str] = []
    inside: list[Formula] = []
    words = ""
    index = source.partner[source.skip(begin + 1)] + 1
    while index < closing:
        token = source.tokens[index]
        if token.name == "begin" and index in source.partner:
            stop = source.partner[source.skip(source.partner[index] + 1)] + 1
            part = source.text(index, stop)
            inside += [*_said(words), *(replace(one, was=part) for one in number(part, letters))]
            index, words = stop, ""
            continue
        if token.name == "label" and (closed := source.group(source.skip(index + 1))):
            own.append(source.text(source.skip(index + 1) + 1, closed - 1).strip())
            index = closed
            continue
        words += "" if token.kind == "comment" else token.text
        index += 1
    if own and letters.number:
        yield Formula("", (Numbered(tuple(own), letters.number, text.find("\\label")),))
    yield from [*inside, *_said(words)]


def _has_own_label(source: Source, begin: int) -> bool:
    """A label that is in none of the displays means their common number, so that they have one."""
    return any(source.tokens[index].name == "label" and not depth for index, depth in _inside(source, begin))


def _said(words: str) -> list[Formula]:
    return [Formula("", words=words.strip())] if words.strip() else []


class _Letters(Counter):
    """Counts within one number of another counter."""

    def __init__(self, outer: Counter, *, wanted: bool) -> None:
        super().__init__("all" if wanted and outer.which == "labelled" else outer.which, style=outer.style)
        self._outer = outer
        self.number = ""

    def next(self) -> str:
        """The next letter behind the common number."""
        self.number = self.number or self._outer.next()
        self.last += 1
        return self.number + letter(self.last)


def letter(count: int) -> str:
    """a, b, …, z, aa, ab, …"""
    letters = ""
    while count:
        count, rest = divmod(count - 1, 26)
        letters = chr(ord("a") + rest) + letters
    return letters


def _edited(text: str, edits: list[tuple[int, int, str]]) -> str:
    for start, stop, new in sorted(edits, reverse=True):
        text = text[:start] + new + text[stop:]
    return text
