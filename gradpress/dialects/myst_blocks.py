"""Blocks of MyST: where a fence or a display ends, and what the lines of a directive say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from gradpress.diagnostics import PageError, report
from gradpress.dialects import Lines
from gradpress.dialects.directives import Directive
from gradpress.dialects.myst_signs import OWN
from gradpress.patterns import pattern
from gradpress.reading import yaml_text

_OPTION = pattern(r"^[ \t]*:(?P<key>[\w-]+):(?:[ \t]+(?P<value>.*?))?[ \t]*$")
ENVIRONMENT = pattern(r"^[ \t]*\\begin\{(align|gather|equation|multline|alignat|flalign|eqnarray)(\*?)\}")
"""A display of LaTeX, by its first line."""


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


def extent(lines: Lines, start: int, opening: re.Match[str]) -> tuple[int, int]:
    """Where the body of a directive ends, and where what follows begins.

    One that is never closed is reported.  It ends where Sphinx ends it: with a fence inside that is closed, or with
    what it stands in; mathematics and code, which would make all that follows unreadable, with the paragraph.
    """
    mark, name = opening["mark"], opening["name"].lower()
    end = closing(lines, start, mark, name)
    if end is not None:
        return end, end + 1
    report(
        "fence-unclosed",
        f"the directive '{mark}{{{opening['name']}}}' is not closed",
        line=lines[start][1],
        hint=f"close it with {mark}",
    )
    last = _paragraph(lines, start) if name in _VERBATIM else _balanced(lines, start, mark)
    if last is None:
        last = _item(lines, start, opening["indent"])
    return last, last


def _paragraph(lines: Lines, start: int) -> int | None:
    return next((k for k in range(start + 1, len(lines)) if not lines[k][0].strip()), None)


def _item(lines: Lines, start: int, indent: str) -> int:
    """Index after the list's item, or the whole, in which line `start` stands."""
    depth = len(indent.expandtabs(4))
    for k in range(start + 1, len(lines)):
        text = lines[k][0].expandtabs(4)
        if text.strip() and len(text) - len(text.lstrip()) < depth:
            return k
    return len(lines)


def _balanced(lines: Lines, start: int, mark: str) -> int | None:
    """Index after the first fence inside that is closed with all that it holds."""
    end = next((k for k, depth in _depths(lines, start, mark) if not depth), None)
    return None if end is None else end + 1


def closing(lines: Lines, start: int, mark: str, name: str) -> int | None:
    """Index of the line that closes a fence; inside colons, and inside a directive of text, other fences may stand."""
    is_text = name not in _VERBATIM and name not in OWN
    end = _closing(lines, start, mark, deep=mark[0] == ":" or is_text)
    if end is not None and name == "math" and any(map(_DIRECTIVE.match, (text for text, _ in lines[start + 1 : end]))):
        return None
    return end


_DIRECTIVE = pattern(r"^[ \t]*(?:`{3,}|:{3,})\{[A-Za-z]")


def _closing(lines: Lines, start: int, mark: str, *, deep: bool) -> int | None:
    if not deep:
        closing = _closes(mark[0], len(mark))
        return next((k for k in range(start + 1, len(lines)) if closing.match(lines[k][0])), None)
    return next((k for k, depth in _depths(lines, start, mark) if depth < 0), None)


@lru_cache(maxsize=64)
def _closes(sign: str, count: int) -> re.Pattern[str]:
    return re.compile(rf"^[ \t>]*{re.escape(sign)}{{{count},}}[ \t]*$")


@lru_cache(maxsize=64)
def _opens(sign: str, count: int) -> re.Pattern[str]:
    return re.compile(
        rf"^[ \t]*(?:[-*+][ \t]+)*({re.escape(sign)}{{{count},}})(?!{re.escape(sign)})\s*[^\s{re.escape(sign)}]"
    )


def _depths(lines: Lines, start: int, mark: str) -> Iterator[tuple[int, int]]:
    """Indices of the lines that open or close a fence inside, with how many are open after each; at last -1."""
    opens, open_, at = _opens(mark[0], len(mark)), [len(mark)], start + 1
    while at < len(lines):
        text = lines[at][0]
        if mark[0] == ":" and (inner := re.match(r"^[ \t]*(`{3,}|~{3,})", text)):
            at = _closing(lines, at, inner[1], deep=False) or at
        elif another := opens.match(text):
            open_.append(len(another[1]))
            yield at, len(open_) - 1
        elif _closes(mark[0], open_[-1]).match(text):
            open_.pop()
            yield at, len(open_) - 1
            if not open_:
                return
        at += 1


_QUOTED = pattern(r"^ {0,3}>[ \t]?")
_DIRECTIVE = pattern(r"^[ \t]*(?:`{3,}|~{3,}|:{3,})\{[^{}\s]+\}")


def quotation(lines: Lines, at: int) -> tuple[Lines, int]:
    """What stands in the quotation with a directive in it that begins in a line, and the index after it."""
    end = next((k for k in range(at, len(lines)) if not _QUOTED.match(lines[k][0])), len(lines))
    inside = [(_QUOTED.sub("", text), number) for text, number in lines[at:end]]
    return (inside, end) if any(_DIRECTIVE.match(text) for text, _ in inside) else ([], at)


_ITEM = pattern(r"^[ \t]*(?:[-*+]|\d{1,9}[.)])[ \t]")


def placed(made: Lines, before: str, lines: Lines, at: int) -> Lines:
    """What the directive of a line has become, behind the marker of a list or the spaces before its fence."""
    if before.strip():
        while made and not made[0][0].strip():
            made = made[1:]
        space = " " * len(before)
        return [((space if k else before) + text if text else text, n) for k, (text, n) in enumerate(made)]
    is_kept = not before or len(before) > 3 or _is_in_item(lines, at, len(before))
    return [(before + text if text and is_kept else text, n) for text, n in made]


def _is_in_item(lines: Lines, at: int, indent: int) -> bool:
    """Whether an item of a list asks for the indentation of a line: pandoc reads no division behind another."""
    above = (lines[k][0] for k in range(at - 1, -1, -1))
    outer = next((text for text in above if text.strip() and len(text) - len(text.lstrip()) < indent), "")
    return bool(_ITEM.match(outer))


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
