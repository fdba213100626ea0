r"""Braces, `\left…\right` and `\begin…\end` of a formula: the first place where they do not match."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from gradpress.math.known import Names
from gradpress.math.regions import Frame, definitions, frames
from gradpress.patterns import pattern
from gradpress.tex.macros import names_in
from gradpress.tex.tokens import Problem, Source, Token, source_of, tokenize

if TYPE_CHECKING:
    from gradpress.tex.preamble import Preamble

_STRUCTURAL = frozenset(["left", "right", "begin", "end"])
# More expansions than any formula needs; beyond it nothing is said about the structure.
_REACH = 2000


class _Open(NamedTuple):
    what: str
    """`{`, `left`, or the name of an environment with braces."""
    token: Token


def unbalanced(formula: str, source: Source, preamble: Preamble, names: Names) -> Problem | None:
    """The first mismatch, if TeX and MathJax agree that it is one."""
    if "{" not in formula and "}" not in formula and "\\" not in formula:
        return None
    problem = _first(source, preamble, names)
    # MathJax knows no comment inside an argument: `\text{50% of}` is fine there.
    return problem if problem and all(map(_is_harmless, source.tokens)) else None


_BRACE = pattern(r"\\.|[{}]", re.DOTALL)


def endless(formula: str) -> Problem | None:
    r"""A `{` that makes MathJax miss the end of the formula in a page, so that it stays TeX.

    It looks for the end before it reads the formula, and counts braces in comments and `\verb` too.
    """
    opened: list[int] = []
    for match in _BRACE.finditer(formula):
        if match[0] == "{":
            opened.append(match.start())
        elif match[0] == "}" and opened:
            opened.pop()
    if not opened:
        return None
    return Problem("math-unbalanced", opened[0], "'{' in a comment or \\verb is never closed; MathJax counts it")


def _is_harmless(token: Token) -> bool:
    """Whether it makes no difference to the structure that a comment is one."""
    if token.kind != "comment":
        return True
    inside = source_of(token.text.lstrip("%"))
    return _braces(inside) is None and not any(t.name in _STRUCTURAL or t.kind == "comment" for t in inside.tokens)


def _first(source: Source, preamble: Preamble, names: Names) -> Problem | None:
    problem = _braces(source)
    if problem or not _readable(source, preamble):
        return problem
    return _pairs(source, preamble, names)


def _braces(source: Source) -> Problem | None:
    for index, token in enumerate(source.tokens):
        if token.kind == "open" and index not in source.partner:
            return _problem(token, "'{' is never closed")
        if token.kind == "close" and index not in source.opener:
            return _problem(token, "'}' without '{'")
    return None


def _readable(source: Source, preamble: Preamble) -> bool:
    """Whether what is written is all there is: no macro in use opens or closes something by itself."""
    if any(definitions(source)[:2]):
        return False
    used = {token.name for token in source.tokens} & preamble.macros.keys()
    seen: set[str] = set()
    todo = list(used)
    while todo:
        name = todo.pop()
        if name in seen:
            continue
        seen.add(name)
        macro = preamble.macros[name]
        mentioned = {macro.body[1:]} if macro.is_alias else names_in(macro)
        if macro.template or len(seen) > _REACH or (mentioned & _STRUCTURAL and not is_whole(macro.body)):
            return False
        todo += mentioned & preamble.macros.keys()
    return True


def is_whole(body: str) -> bool:
    """Whether a macro's body opens as much as it closes."""
    names = [token.name for token in tokenize(body)]
    return names.count("left") == names.count("right") > 0 or names.count("begin") == names.count("end") > 0


def _pairs(source: Source, preamble: Preamble, names: Names) -> Problem | None:
    stack: list[_Open] = []
    for index, _, frame in frames(source, preamble):
        if frame in (Frame.TEXT, Frame.OWN):
            continue
        problem = _see(source, index, stack, preamble, names)
        if problem:
            return problem
    return _left_over(stack)


def _see(source: Source, index: int, stack: list[_Open], preamble: Preamble, names: Names) -> Problem | None:
    token = source.tokens[index]
    top = stack[-1].what if stack else ""
    if token.kind == "open":
        stack.append(_Open("{", token))
    elif token.kind == "close":
        return _closed_brace(stack)
    elif token.name == "left":
        stack.append(_Open("left", token))
        return _delimiter(source, index, preamble, names)
    elif token.name == "right":
        if top != "left":
            return _problem(token, "\\right without \\left")
        stack.pop()
        return _delimiter(source, index, preamble, names)
    elif token.name == "begin":
        stack.append(_Open(f"{{{source.name_of_environment(index)}}}", token))
    elif token.name == "end":
        return _ended(token, source.name_of_environment(index), stack)
    elif token.text == "&" and top == "left":
        return _problem(stack[-1].token, "\\left without \\right before the next '&'")
    return None


def _closed_brace(stack: list[_Open]) -> Problem | None:
    if stack and stack[-1].what == "{":
        stack.pop()
        return None
    # Its own opening brace was passed over with an argument; only what is open inside it counts.
    return _left_over(stack) if any(entry.what == "{" for entry in stack) else None


def _ended(token: Token, name: str, stack: list[_Open]) -> Problem | None:
    top = stack[-1].what if stack else ""
    if top == f"{{{name}}}":
        stack.pop()
        return None
    if top in ("left", "{"):
        return _left_over(stack)
    if any(entry.what == f"{{{name}}}" for entry in stack):
        return _left_over(stack)  # what the \\end belongs to is further out
    if top:
        return _problem(token, f"\\begin{top} is ended by \\end{{{name}}}")
    return _problem(token, f"\\end{{{name}}} without \\begin{{{name}}}")


def _left_over(stack: list[_Open]) -> Problem | None:
    if not stack:
        return None
    what, token = stack[-1]
    if what == "left":
        return _problem(token, "\\left without \\right")
    return _problem(token, "'{' is closed too late" if what == "{" else f"\\begin{what} without \\end{what}")


def _delimiter(source: Source, index: int, preamble: Preamble, names: Names) -> Problem | None:
    """`\\left` takes a delimiter: what is certainly none is reported."""
    command = source.tokens[index]
    at = source.skip(index + 1)
    if at >= len(source.tokens):
        return _problem(command, f"\\{command.name} without a delimiter")
    token = source.tokens[at]
    if token.kind in ("open", "close"):
        hint = f"a brace is written \\{command.name}\\{token.text}"
        return _problem(command, f"\\{command.name} without a delimiter; {hint}")
    if token.kind == "char" and token.text.isascii() and token.text.isalnum():
        return _problem(command, f"\\{command.name} without a delimiter; for none write \\{command.name}.")
    if token.name and _is_no_delimiter(token, preamble, names):
        return _problem(command, f"\\{token.name} is no delimiter for \\{command.name}")
    return None


def _is_no_delimiter(token: Token, preamble: Preamble, names: Names) -> bool:
    defined: Iterable[str] = preamble.macros
    return token.name not in defined and token.name in names.macros and f"\\{token.name}" not in names.delimiters


def _problem(token: Token, message: str) -> Problem:
    return Problem("math-unbalanced", token.offset, message)
