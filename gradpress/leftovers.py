r"""Marks that pandoc has left as text although their author meant something by them.

`$x $` has a space before the closing dollar, `\(x\)` is two escaped parentheses in Markdown, `:::` closes nothing.
A page that shows them is wrong, and nothing says so.  Sums of money are left alone: what stands between two
dollars must look like a formula.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import panflute as pf

from gradpress import fences
from gradpress.diagnostics import report
from gradpress.places import line_of
from gradpress.source import Source

_OTHER = "\ufffc"
"""Stands for what is no text: formulas, code."""
_PAIR = re.compile(rf"\$([^${_OTHER}]{{1,300}}?)\$(\d?)")
_FORMULA = re.compile(r"\\[A-Za-z]|[_^={}]|^\s*[A-Za-z]\s*$")
_MARKER = re.compile(r"(?:^|(?<= )):{3,}(?=\s|\{|$)")
_ROUND = re.compile(r"(?<!\\)\\\((.{1,300}?)(?<!\\)\\\)")
_SQUARE = re.compile(r"(?<!\\)\\\[(.{1,2000}?)(?<!\\)\\\]", re.S)
_CODE = re.compile(r"(`+)(?!`).*?(?<!`)\1(?!`)", re.S)
_TEX = re.compile(r"\$\$.*?\$\$|\\begin\{(\w+\*?)\}.*?\\end\{\1\}|(?<![\\$])\$[^$\n]+\$", re.S)


def check(doc: pf.Doc, text: Source) -> None:
    """Report marks in the text of `doc` that were meant as mathematics, or as the beginning or end of a division."""
    doc.walk(_see)
    for line, found in _escaped(text):
        inner = " ".join(found.split())[:40]
        message = "this looks like mathematics, but \\( and \\[ are plain brackets in Markdown"
        report("math-as-text", f"{message}: {inner}", line=line, hint="write $…$ or $$…$$")


def _see(element: pf.Element, _: pf.Doc) -> None:
    if not isinstance(element, pf.Para | pf.Plain) or _is_output(element):
        return
    text = "".join(_pieces(element))
    if found := _MARKER.search(text):
        marker = found[0]
        hint = "put an empty line before it, or open the division that it closes"
        report("marker-as-text", f"'{marker}' is shown as text", line=line_of(marker), hint=hint)
    if "$" in text:
        _dollars(text)


def _is_output(element: pf.Element) -> bool:
    outer = element.parent
    while outer is not None:
        if isinstance(outer, pf.Div) and "output" in outer.classes:
            return True
        outer = outer.parent
    return False


def _dollars(text: str) -> None:
    at = 0
    while found := _PAIR.search(text, at):
        why = _why(found[1], found[2]) if _FORMULA.search(found[1]) else ""
        at = found.end() if why else found.start(1)  # the second dollar of a sum of money may open a formula
        if why:
            shown = " ".join(found[0].split())[:50]
            line = _line(found[0], found[1])
            report("math-as-text", f"this looks like mathematics, but {why}: {shown}", line=line)
    if "$$" in text:
        message = "this looks like a display, but its $$ is not closed, or an empty line stands in it"
        at = text.index("$$")
        around = (text[max(at - 15, 0) : at + 2].rpartition(_OTHER)[2], text[at : at + 17].partition(_OTHER)[0])
        line = next((n for part in around if len(part) > 2 and (n := line_of(part))), 0)
        report("math-as-text", message, line=line or line_of("$$"))


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
    for inline in element.content:
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
    text = _without_code(source.body)
    if "\\(" not in text and "\\[" not in text:
        return
    text = _TEX.sub(_blank, text)
    for pattern in (_ROUND, _SQUARE):
        for found in pattern.finditer(text):
            if _FORMULA.search(found[1]):
                yield source.lines[text.count("\n", 0, found.start())], found[0]


def _without_code(body: str) -> str:
    lines = body.split("\n")
    for fence in fences.find(lines):
        for at in range(fence.start, fence.end + 1):
            lines[at] = ""
    kept = ["" if line.startswith(("    ", "\t")) else line for line in lines]
    return _CODE.sub(_blank, "\n".join(kept))


def _blank(found: re.Match[str]) -> str:
    return re.sub(r"[^\n]", " ", found[0])
