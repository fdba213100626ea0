"""Blocks of MyST: where a fence or a display ends, and what the lines of a directive say."""

from __future__ import annotations

import re

from gradpress.diagnostics import PageError, report
from gradpress.dialects import Lines
from gradpress.dialects.directives import Directive
from gradpress.reading import yaml_text

_OPTION = re.compile(r"^[ \t]*:(?P<key>[\w-]+):(?:[ \t]+(?P<value>.*?))?[ \t]*$")
ENVIRONMENT = re.compile(r"^[ \t]*\\begin\{(align|gather|equation|multline|alignat|flalign|eqnarray)(\*?)\}")
"""A display of LaTeX, by its first line."""
OWN = frozenset(["python", "code-cell", "mermaid", "r", "julia", "tikz", "dot", "ojs"])
"""Names in braces that are no directives, or that `gradpress.reading.fences` reads."""


def after_plain_fence(lines: Lines, at: int) -> int:
    """Index after the fence that opens in line `at`: nothing inside it is MyST; the next line if none does."""
    fence = re.match(r"^[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)*(`{3,}(?=[^`]*$)|~{3,})", lines[at][0])
    end = closing(lines, at, fence[1], "") if fence else None
    return at + 1 if end is None else end + 1


def after_display(lines: Lines, at: int) -> int:
    """Index after a display that begins in line `at`; `at` if none does."""
    text = lines[at][0]
    if environment := ENVIRONMENT.match(text):
        closing = f"\\end{{{environment[1]}{environment[2]}}}"
        end = next((k for k in range(at, len(lines)) if closing in lines[k][0]), None)
        return at if end is None else end + 1
    if not text.lstrip().startswith("$$"):
        return at
    if text.count("$$") == 2:
        return at + 1 if re.search(r"\$\$[ \t]*(?:\([\w:.-]+\))?[ \t]*$", text) else at
    if text.count("$$") != 1:
        return at
    for k in range(at + 1, len(lines)):
        if "$$" in lines[k][0]:
            return k + 1
    return at


_VERBATIM = ("math", "code", "code-block", "sourcecode", "raw", "eval-rst", "myst", "literalinclude", "mermaid", "")


def closing(lines: Lines, start: int, mark: str, name: str) -> int | None:
    """Index of the line that closes a fence; inside colons other fences may stand.

    A directive of text that holds another one of the same length is closed behind that one's end, where there is
    such an end.
    """
    if mark[0] == "`" and name not in _VERBATIM and name not in OWN:
        nested = _closing(lines, start, mark, deep=True)
        if nested is not None:
            return nested
    return _closing(lines, start, mark, deep=mark[0] == ":")


def _closing(lines: Lines, start: int, mark: str, *, deep: bool) -> int | None:
    closing = re.compile(rf"^[ \t>]*{re.escape(mark[0])}{{{len(mark)},}}[ \t]*$")
    another = re.compile(rf"^[ \t]*(?:[-*+][ \t]+)*{re.escape(mark[0])}{{{len(mark)}}}(?!{re.escape(mark[0])})\s*\S")
    at, depth = start + 1, 0
    while at < len(lines):
        text = lines[at][0]
        if mark[0] == ":" and (inner := re.match(r"^[ \t]*(`{3,}|~{3,})", text)):
            at = _closing(lines, at, inner[1], deep=False) or at
        elif deep and another.match(text):
            depth += 1
        elif closing.match(text):
            if not depth:
                return at
            depth -= 1
        at += 1
    return None


def read(opening: re.Match[str], line: int, inside: Lines) -> Directive:
    """Options are `:key: value` lines, or YAML between two `---`."""
    options: dict[str, str] = {}
    places: dict[str, int] = {}
    indent = len(opening["indent"])
    inside = [(text[indent:] if not text[:indent].strip() else text.lstrip(), number) for text, number in inside]
    at = 0
    if inside and inside[0][0].strip() == "---":
        at = next((k for k, (text, _) in enumerate(inside) if k and text.strip() == "---"), 0)
        options, places = _yaml("\n".join(text for text, _ in inside[1:at]), inside[0][1] + 1)
        at += 1 if at else 0
    else:
        while at < len(inside) and (option := _OPTION.match(inside[at][0])):
            options[option["key"]] = (option["value"] or "").strip("\"'") if option["value"] else ""
            places[option["key"]] = inside[at][1]
            at += 1
    given = (opening["attributes"] or "").strip()
    options |= {key: value.strip("\"'") for key, value in re.findall(r"([\w-]+)=(\"[^\"]*\"|'[^']*'|\S+)", given)}
    if classes := re.findall(r"\.([\w-]+)", re.sub(r"[\w-]+=(?:\"[^\"]*\"|\S+)", "", given)):
        options["class"] = " ".join([options.get("class", ""), *classes]).strip()
    return Directive(opening["name"].lower(), opening["argument"], options, inside[at:], line, (), given, places)


def _yaml(text: str, line: int) -> tuple[dict[str, str], dict[str, int]]:
    """The options, and the lines in which they stand."""
    try:
        given = yaml_text.parse(text, line)
    except PageError as error:
        report("cell-option", error.diagnostic.message, line=error.diagnostic.place.line)
        return {}, {}
    shown = {key: ", ".join(map(str, v)) if isinstance(v, list) else v for key, v in given.values.items()}
    texts = {key: ("true" if v is True else "false" if v is False else str(v)) for key, v in shown.items()}
    return texts, {key: given.line(key) for key in texts}
