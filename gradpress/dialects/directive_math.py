r"""Directives of mathematics: `{math}`, as Sphinx writes it for LaTeX.

Lines that `\\` separates are aligned; formulas that an empty line separates stand below each other.
"""

from __future__ import annotations

import re

from gradpress.dialects import Lines
from gradpress.dialects.directives import Directive, Inside
from gradpress.patterns import pattern

NAMES = ("math", "amsmath", "displaymath")

_OUTER = pattern(r"\s*\\begin\{(align|gather|equation|multline|alignat|flalign|eqnarray)\*?\}")
_INNERMOST = pattern(r"\\begin\{(\w+\*?)\}(?:(?!\\begin\{).)*?\\end\{\1\}", re.S)
_BRACES = pattern(r"(?<!\\)\{[^{}]*\}")
_COMMENT = pattern(r"(?<!\\)((?:\\\\)*)%[^\n]*")
_NOT_NUMBERED = pattern(r"\\(?:nonumber|notag)(?![A-Za-z])[ \t]?")
"""Takes the number of the whole display away when it stands in a part of it; a label asks for one."""
_BREAK = pattern(r"\\\\|(?<!\\)&")


def markdown(found: Directive, inside: Inside) -> Lines:
    """A display with its label."""
    body = list(found.body)
    if found.argument:
        body.insert(0, (found.argument, found.line))
    label = "".join(f"\\label{{{name}}}" for name in found.labels[:1])
    is_outer = _OUTER.match(_COMMENT.sub(r"\1", "\n".join(line for line, _ in body)))
    if label and not is_outer:
        body = [(_NOT_NUMBERED.sub("", text), number) for text, number in body]
    groups = _groups(body)
    if not groups:
        return [("", found.line)]
    if is_outer:
        return [("", found.line), *_labelled(_joined(groups), label), ("", found.last)]
    start, end = "", ""
    if len(groups) > 1:
        aligned = "aligned" if any(map(_is_broken, groups)) else "gathered"
        start, end = f"\\begin{{{aligned}}}", f"\\end{{{aligned}}}"
        for group in groups[:-1]:
            line, number = group[-1]
            group[-1] = (line if line.rstrip().endswith("\\\\") else f"{line} \\\\", number)
    elif _is_broken(groups[0]):
        start, end = "\\begin{split}", "\\end{split}"
    lines = _joined(groups)
    begin, last = max(found.line, lines[0][1] - 1), lines[-1][1]  # right before: options stand between
    ended = [(f"{end}{label}", last)] if end or label else []
    return [("", found.line), (f"$${start}", begin), *lines, *ended, ("$$", last), ("", found.last)]


def _groups(body: Lines) -> list[Lines]:
    """Formulas between empty lines."""
    groups: list[Lines] = [[]]
    for text, number in body:
        if text.strip():
            groups[-1].append((text, number))
        elif groups[-1]:
            groups.append([])
    return [group for group in groups if group]


def _joined(groups: list[Lines]) -> Lines:
    return [line for group in groups for line in group]


def _is_broken(group: Lines) -> bool:
    r"""Whether there is a `\\` or `&` that belongs to no environment and stands in no braces."""
    text = _COMMENT.sub(r"\1", "\n".join(line for line, _ in group))
    before = ""
    while text != before:
        before, text = text, _BRACES.sub("", _INNERMOST.sub("", text))
    return bool(_BREAK.search(text))


def _labelled(body: Lines, label: str) -> Lines:
    closing = next((k for k in range(len(body) - 1, -1, -1) if "\\end{" in body[k][0]), None)
    if label and closing is not None:
        line, number = body[closing]
        at = line.rindex("\\end{")
        body[closing] = (f"{line[:at]}{label}{line[at:]}", number)
    return body
