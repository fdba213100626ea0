r"""Marks that pandoc has left as text although their author meant something by them.

`$x $` has a space before the closing dollar, `\(x\)` is two escaped parentheses in Markdown, `:::` closes nothing.
A page that shows them is wrong, and nothing says so.  Sums of money are left alone: what stands between two
dollars must look like a formula.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import panflute as pf

from gradpress.diagnostics import Diagnostic, report, reported
from gradpress.dialects import latex_text
from gradpress.nearest import nearest
from gradpress.patterns import pattern
from gradpress.reading import (
    displays,
    eqnarrays,
    fences,
    html_comments,
    list_starts,
    pipe_tables,
    text_scripts,
    unended,
)
from gradpress.reading.places import line_of
from gradpress.reading.source import Source
from gradpress.reading.spots import Found, blank
from gradpress.records import dataclass
from gradpress.tex.macros import Preamble
from gradpress.walking import inlines_of, walk

_OTHER = "\ufffc"
"""Stands for what is no text: formulas, code."""
_PAIR = pattern(rf"\$([^${_OTHER}]{{1,300}}?)\$(\d?)")
_FORMULA = pattern(r"\\[A-Za-z]|[_^={}]|^\s*[A-Za-z]\s*$")
_OPEN = "its $$ is not closed"
_LONE = pattern(
    r"(?<![\w$])\$(?:\\[A-Za-z]+|[A-Za-z](?![\w]))(?=[\s,.;:_^=+-])"
    r"|(?<![\w$\\])(?:\\[A-Za-z]+|[a-z](?:[_^]\w)?)\$(?=[\s,.;:)]|$)"
)
"""Half of a formula: its beginning, or its end."""
_MARKER = pattern(r"(?:^|(?<= )):{3,}(?=\s|\{|$)")
_ATTRIBUTES = pattern(r"\{[#.][A-Za-z][\w:.-]*(?=[^{}]*$)")
"""An identifier or a class whose brace is never closed."""
_OPENS = pattern(r"^[\s>]*:{3,}\s*(?:\{.*\}|[\w-]+)\s*:*\s*$")
_CLOSES = pattern(r"^[\s>]*:{3,}\s*$")
_DEFINED_NOTE = pattern(r"^[ ]{0,3}\[\^([^\]\s]+)\]:", re.M)
_NOTE = pattern(r"\[\^[A-Za-z0-9][\w.:-]*\](?!\()")
_LINK = pattern(r"(?<![\w\])])\[([^\[\]]*[A-Za-z]{2}[^\[\]]*)\]\[([A-Za-z][\w .:/-]+)\](?![\[(])")
_SHORT = pattern(r"(?!.*[A-Za-z]{2})(?=.*[A-Za-z])(?=.*[-+*/<>|(])[\w\s+\-*/<>()|.,!']{2,60}")
"""A formula of single letters, digits and signs."""
_ROUND = pattern(r"(?<!\\)\\\((.{1,300}?)(?<!\\)\\\)")
_SQUARE = pattern(r"(?<!\\)\\\[(.{1,2000}?)(?<!\\)\\\]", re.S)
_CODE = pattern(r"(`+)(?!`).*?(?<!`)\1(?!`)", re.S)
_TEX = pattern(r"\$\$.*?\$\$|\\begin\{(\w+\*?)\}.*?\\end\{\1\}|(?<![\\$])\$[^$\n]+\$", re.S)


def check(doc: pf.Doc, text: Source, known: Preamble, *, backslashes: bool = True) -> None:
    """Report marks in the text of `doc` that were meant as mathematics, or as the beginning or end of a division.

    `backslashes`: whether `\\(` is not read as the beginning of a formula.
    """
    marks = _Marks(iter(_stray(text)), frozenset(_DEFINED_NOTE.findall(text.body)), text)
    walk(doc, lambda element, _: _see(element, marks), pf.Para, pf.Plain, pf.Header)
    for rule, line, message in _problems(doc, text, known):
        report(rule, message, line=line)
    for line, found in _escaped(text) if backslashes else ():
        inner = " ".join(found.split())[:40]
        message = "this looks like mathematics, but \\( and \\[ are plain brackets in Markdown"
        report("math-as-text", f"{message}: {inner}", line=line, hint="write $…$ or $$…$$")


def _problems(doc: pf.Doc, text: Source, known: Preamble) -> Iterator[Found]:
    """What is wrong with environments and tables as they are written."""
    plain = _without_code(text)
    yield from unended.problems(plain, text.lines)
    yield from list_starts.problems(plain, text.lines)
    if text.reader:
        yield from text_scripts.problems(doc, plain, text.lines, known)
    else:
        yield from eqnarrays.problems(plain, text.lines, known)
        yield from html_comments.problems(plain, text.lines)
        yield from pipe_tables.problems(_without_blocks(text), text.lines)


@dataclass(frozen=True)
class _Marks:
    """What the text of the page says about marks."""

    stray: Iterator[int]
    """Lines of `:::` that close nothing."""
    notes: frozenset[str]
    """Names of the notes that are defined."""
    source: Source


def unclosed() -> int:
    """The line of a `$$` on the current page that is never closed: what follows it is read the wrong way round."""
    return next((d.place.line for d in open_displays()), 0)


def open_displays() -> Iterator[Diagnostic]:
    """What was reported of such `$$`."""
    return (d for d in reported("math-as-text") if _OPEN in d.message)


def _see(element: pf.Element, marks: _Marks) -> None:
    if not _has_marks(element) or _is_output(element):
        return
    text = "".join(_pieces(element))
    if found := _ATTRIBUTES.search(text):
        message = f"'{found[0]}' is shown as text: no }} closes it"
        report("marker-as-text", message, line=_near(text, found.start(), found[0]) or line_of(text))
    if isinstance(element, pf.Header):
        return
    if found := _MARKER.search(text):
        marker = found[0]
        hint = "put an empty line before it, or open the division that it closes"
        line = next(marks.stray, 0) if text.strip() == marker else _near(text, found.start(), marker)
        report("marker-as-text", f"'{marker}' is shown as text", line=line or line_of(marker), hint=hint)
    if "[" in text:
        _brackets(text, marks.notes)
    if "$" in text:
        _dollars(text, marks)


_SIMPLE = frozenset([pf.Str, pf.Space, pf.SoftBreak, pf.LineBreak, pf.Math, pf.Code])


def _has_marks(element: pf.Element) -> bool:
    """Whether a paragraph can hold what is looked for: most have no dollars, brackets or colons in their words."""
    inlines = inlines_of(element)
    if not _SIMPLE.issuperset(map(type, inlines)):
        return True
    words = "".join([inline.text for inline in inlines if type(inline) is pf.Str])
    return "$" in words or "[" in words or ":::" in words or "{#" in words or "{." in words


def _brackets(text: str, notes: frozenset[str]) -> None:
    """Notes and links whose definition is missing; the words of other brackets are left alone."""
    for found in _NOTE.finditer(text):
        meant = nearest(found[0][2:-1], notes)
        hint = f"did you mean [^{meant}]?" if meant else ""
        report("label-unknown", f"no note has the label '{found[0]}'", line=line_of(found[0]), hint=hint)
    for found in _LINK.finditer(text):
        hint = f"write [{found[2]}]: and the address on a line of its own"
        shown = found[0] if _OTHER not in found[0] else f"[{found[2]}]"
        message = f"the link '{shown}' is shown as text: nothing defines [{found[2]}]"
        report("link-missing", message, line=line_of(f"[{found[2]}]"), hint=hint)


def _stray(source: Source) -> Iterator[int]:
    """The lines of `:::` that close nothing."""
    depth = 0
    lines = _without_code(source).split("\n")
    for line, number in zip(lines, source.lines, strict=False):
        if _OPENS.match(line):
            depth += 1
        elif _CLOSES.match(line):
            if not depth:
                yield number
            depth = max(depth - 1, 0)


def _is_output(element: pf.Element) -> bool:
    outer = element.parent
    while outer is not None:
        if isinstance(outer, pf.Div) and "output" in outer.classes:
            return True
        outer = outer.parent
    return False


def _dollars(text: str, marks: _Marks) -> None:
    at, is_halved = 0, False
    while found := _PAIR.search(text, at):
        why = _why(found[1], found[2]) if _FORMULA.search(found[1]) or _SHORT.fullmatch(found[1]) else ""
        at = found.end() if why else found.start(1)  # the second dollar of a sum of money may open a formula
        if why:
            is_halved = text[found.end() : found.end() + 1] == "$"
            why = f"{_OPEN}: it begins with one $" if is_halved else why
            shown = " ".join(found[0].split())[:50]
            line = _line(found[0], found[1])
            report("math-as-text", f"this looks like mathematics, but {why}: {shown}", line=line)
    if "$$" not in text and _OTHER in text and (found := _LONE.search(text, at)):
        why = "closes" if found[0].startswith("$") else "opens"
        message = f"this looks like mathematics, but no $ {why} it: {found[0]}"
        report("math-as-text", message, line=_near(text, found.start(), found[0]), hint="for the sign write \\$")
    if "$$" in text.replace("$$", "", is_halved):
        message = f"this looks like a display, but {_OPEN}, or an empty line stands in it"
        at = -1 if marks.source.reader else displays.shown(_without_code(marks.source), text.partition("$$")[2])
        line = marks.source.lines[at] if at >= 0 else _near(text, text.index("$$"), "$$")
        report("math-as-text", message, line=line)


def _near(text: str, at: int, mark: str) -> int:
    """The line of a mark, told from others by the words around it."""
    end = at + len(mark)
    before, after = text[max(at - 15, 0) : end].rpartition(_OTHER)[2], text[at : end + 15].partition(_OTHER)[0]
    if len(before.strip()) > len(mark) and (line := line_of(before, end=True)):
        return line
    return (line_of(after) if len(after.strip()) > len(mark) else 0) or line_of(mark)


def _why(inner: str, following: str) -> str:
    if inner[:1].isspace():
        return "there is a space after the opening $"
    if inner[-1:].isspace():
        return "there is a space before the closing $"
    return "a digit follows the closing $" if following else ""


def _line(whole: str, inner: str) -> int:
    words = [word for word in re.split(r"\s+", inner) if len(word) > 1]
    return line_of(whole) or next((line for line in map(line_of, words) if line), 0)


def _pieces(element: pf.Element) -> Iterator[str]:
    for inline in inlines_of(element):
        if isinstance(inline, pf.Str):
            yield inline.text
        elif isinstance(inline, pf.Space | pf.SoftBreak | pf.LineBreak):
            yield " "
        elif isinstance(inline, pf.RawInline):
            yield inline.text if inline.format in ("tex", "latex") else _OTHER
        elif isinstance(inline, pf.Subscript | pf.Superscript | pf.Emph | pf.Strong | pf.Quoted):
            mark = {"Emph": "_", "Subscript": "~", "Superscript": "^"}.get(type(inline).__name__, "")
            yield mark + "".join(_pieces(inline)) + mark
        else:
            yield _OTHER


def _escaped(source: Source) -> Iterator[tuple[int, str]]:
    r"""`\(…\)` and `\[…\]` outside code and TeX that hold a formula, with their lines."""
    text = _without_code(source) if not source.reader else ""
    if "\\(" not in text and "\\[" not in text:
        return
    text = _TEX.sub(blank, text)
    for brackets in (_ROUND, _SQUARE):
        for found in brackets.finditer(text):
            if _FORMULA.search(found[1]) or _SHORT.fullmatch(found[1]):
                yield source.lines[text.count("\n", 0, found.start())], found[0]


def _without_code(source: Source) -> str:
    if source.reader:
        return latex_text.masked(source.body)
    return _CODE.sub(blank, _without_blocks(source))


def _without_blocks(source: Source) -> str:
    """The text of a note without its blocks of code, in as many lines."""
    lines = source.body.split("\n")
    for fence in fences.find(lines):
        for at in range(fence.start, fence.end + 1):
            lines[at] = ""
    kept, before = [], ""
    for line in lines:
        is_code = line.startswith(("    ", "\t")) and not before.strip()
        kept.append("" if is_code else line)
        before = "" if is_code else line
    return "\n".join(kept)
