"""Code fences: where they stand, and the foreign ones rewritten so that pandoc keeps them.

pandoc silently turns ```` ```{python} ````, ```` ```{code-cell} ipython3 ```` and
```` ```python exec="on" ```` into inline code in a paragraph.  Rewriting changes the opening line
only, so that line numbers stay; what the author meant is left to `filters/cells.py`:

    ```{python} …             → ```{.python .run line="12"}
    ```{code-cell} ipython3   → ```{.python .run .myst line="12"}
    ```{.python .run}, ```python, …   the same with line="12"
    ```{mermaid} …            → ```{.mermaid .foreign-cell line="12"}, ```{.mermaid} with line="12"
"""

from __future__ import annotations

import re
from collections.abc import Sequence, Set

from gradpress.diagnostics import report
from gradpress.patterns import pattern
from gradpress.records import dataclass, replace

PYTHON = frozenset({"python", "py", "python3", "ipython", "ipython3"})
"""First classes that mean Python."""
DIAGRAMS = frozenset({"mermaid", "dot", "graphviz", "tikz"})
"""First classes of blocks that are drawn; see `gradpress.diagrams`."""
_LOCATED = PYTHON | DIAGRAMS
"""What must know its line."""
FOREIGN = "foreign-cell"
"""Class of cells in languages that are not run here."""
LANGUAGES = frozenset(
    "r julia bash sh zsh sql mermaid dot graphviz ojs observable stan rcpp cpp c js javascript node perl ruby octave "
    "matlab scala haskell go rust fortran fortran95 tikz d3 webr webr-r pyodide pyodide-python shinylive-python "
    "shinylive-r sas stata lua awk psql ocaml".split()
)
"""Those languages, as their cells name them."""

_OPENING = pattern(
    r"^(?P<prefix>(?:[ \t]*>)*[ \t]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)*)(?P<ticks>`{3,}|~{3,})(?P<info>.*)$"
)
_SHOWS_FENCES = pattern(r"[{.\s]*(?:markdown|md|myst|q?md|rmd|rmarkdown|text|txt|plain\w*|rst|console)\b", re.I)
"""Languages in which an opening fence is an ordinary line."""
_ENDLESS = 20
"""After so many blocks that are not closed the others are taken as they are."""
_LIST_ITEM = pattern(r"^[ \t]*(?:[-*+]|\d{1,9}[.)]|\([a-z\d]+\)|:)[ \t]+")
_WORD = r"[^\s{}\"'=`]+"
_KEY_VALUE = pattern(r"""([\w:.-]+)\s*=\s*("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[^\s"',}]+)""")
_PANDOC = pattern(
    rf"""^(?:{_WORD}[ \t]*)?\{{\s*(?:(?:[.#]{_WORD}|-|[\w:.-]+=(?:"[^"]*"|'[^']*'|[^\s"'}}]+))\s*)*\}}$"""
)
_BRACED = pattern(r"^\{\s*([^\s{}.#=,][^\s{}=,]*)\s*,?\s*(.*?)\s*\}(.*)$")


@dataclass(frozen=True, slots=True)
class Fence:
    """One fenced block: `start` and `end` are the indices of its opening and closing line."""

    start: int
    end: int
    prefix: str
    """What stands before the ticks: indentation, quote marks, list markers."""
    ticks: str
    info: str
    closed: bool
    nested: bool = False
    """The block holds a fence of the same length; pandoc needs longer ticks outside."""
    short: bool = False
    """The block is a chunk that opens with more ticks than it closes with; `ticks` are those that close it."""


def find(lines: Sequence[str]) -> list[Fence]:
    """All fenced blocks of a text in order; what stands inside one is never an opening.

    A block of code that holds the opening of another one was never closed: what closes it belongs to that other one.
    """
    endless: set[int] = set()
    while len(endless) < _ENDLESS:
        found = _found(lines, endless)
        wrong = next((f.start for f in found if _is_endless(f, lines)), None)
        if wrong is None:
            break
        endless.add(wrong)
    return found


def _is_endless(fence: Fence, lines: Sequence[str]) -> bool:
    is_code = bool(fence.info) and not _SHOWS_FENCES.match(fence.info)
    return is_code and not fence.nested and not fence.short and _holds_opening(fence, lines)


def _found(lines: Sequence[str], endless: Set[int]) -> list[Fence]:
    found: list[Fence] = []
    in_list, blank, at = False, True, 0
    while at < len(lines):
        line = lines[at]
        opening = _OPENING.match(line)
        if opening and _opens(opening, in_list):
            fence = _closed_by(lines, at, opening)
            fence = replace(fence, end=at, closed=False) if at in endless else _with_inner(fence, lines)
            found.append(fence)
            at = fence.end if fence.closed else at
            blank = False
        elif not line.strip():
            blank = True
        else:
            in_list = _still_in_list(line, blank, in_list)
            blank = False
        at += 1
    return _nested(found, lines)


def _nested(found: list[Fence], lines: Sequence[str]) -> list[Fence]:
    """A fence shown inside a fence of the same length leaves one bare, unclosed fence behind.

    That one is taken as the end of the outer block: everything else would run or lose text.
    """
    kept: list[Fence] = []
    for fence in found:
        outer = kept[-1] if kept else None
        if outer and not fence.closed and not fence.info and _holds_opening(outer, lines):
            kept[-1] = replace(outer, end=fence.start, nested=True)
        else:
            kept.append(fence)
    return kept


def _with_inner(fence: Fence, lines: Sequence[str]) -> Fence:
    """A bare fence right behind one that closes an inner block closes the outer one: nobody opens a block there."""
    after = lines[fence.end + 1] if fence.end + 1 < len(lines) else ""
    is_end = after.strip() == fence.ticks and not fence.short and _holds_opening(fence, lines)
    return replace(fence, end=fence.end + 1, nested=True) if is_end else fence


def _holds_opening(fence: Fence, lines: Sequence[str]) -> bool:
    inside = (_OPENING.match(line) for line in lines[fence.start + 1 : fence.end])
    return fence.closed and any(o and o["ticks"] == fence.ticks and o["info"].strip() for o in inside)


def _opens(opening: re.Match[str], in_list: bool) -> bool:
    """Not an indented code block, and no backtick in the info string (that is inline code)."""
    indent = re.split(r"[>]", opening["prefix"])[-1]
    deep = len(indent.expandtabs(4)) - len(indent.lstrip().expandtabs(4)) >= 4
    return not ("`" in opening["ticks"] and "`" in opening["info"]) and (in_list or not deep)


def _still_in_list(line: str, blank: bool, in_list: bool) -> bool:
    """A list lasts until an unindented line after a blank one."""
    if _LIST_ITEM.match(line):
        return True
    return in_list and (not blank or line[0] in " \t")


def _closed_by(lines: Sequence[str], start: int, opening: re.Match[str]) -> Fence:
    ticks = opening["ticks"]
    closing = re.compile(rf"^[ \t>]*{re.escape(ticks[0])}{{{len(ticks)},}}[ \t]*$")
    for at in range(start + 1, len(lines)):
        if closing.match(lines[at]):
            return Fence(start, at, opening["prefix"], ticks, opening["info"].strip(), True)
    if len(ticks) > 3 and opening["info"].startswith("{"):
        shorter = _closed_by_fewer(lines, start, opening)
        if shorter:
            return shorter
    return Fence(start, len(lines) - 1, opening["prefix"], ticks, opening["info"].strip(), False)


def _closed_by_fewer(lines: Sequence[str], start: int, opening: re.Match[str]) -> Fence | None:
    """A chunk that ends with the next bare fence, as knitr reads it; None if another chunk begins before."""
    for at in range(start + 1, len(lines)):
        found = _OPENING.match(lines[at])
        if found and found["ticks"][0] == opening["ticks"][0]:
            bare = not found["info"].strip()
            info = opening["info"].strip()
            return Fence(start, at, opening["prefix"], found["ticks"], info, True, short=True) if bare else None
    return None


def rewritten(fence: Fence, line: int) -> str:
    """The opening line as pandoc reads it; `line` is its number in the file."""
    return f"{fence.prefix}{_ticks(fence)}{_info(fence.info, line)}"


def closing(fence: Fence, line: str) -> str:
    """The closing line as pandoc reads it."""
    return line.replace(fence.ticks, _ticks(fence), 1)


def _ticks(fence: Fence) -> str:
    return fence.ticks + fence.ticks[0] * 3 if fence.nested else fence.ticks


def _info(info: str, line: int) -> str:
    if not info or re.fullmatch(r"[\w+#.-]+", info):
        return f'{{.{info} line="{line}"}}' if info.lower() in _LOCATED else info
    if info.startswith("{=") or re.fullmatch(r"\{\s*\}", info):
        return info
    if _PANDOC.match(info):
        return _with_line(info, line)
    return _foreign(info, line)


def _with_line(info: str, line: int) -> str:
    """pandoc's own attributes, with the line added when the block is Python or a diagram."""
    word, _, attributes = info.partition("{")
    classes = ([f".{word.strip()}"] if word.strip() else []) + re.findall(rf"\.({_WORD})", _unquoted(attributes))
    first = classes[0].lstrip(".").lower() if classes else ""
    lead = f".{word.strip()} " if word.strip() else ""
    added = f' line="{line}"' if first in _LOCATED else ""
    return f"{{{lead}{attributes[:-1].strip()}{added}}}"


def _unquoted(text: str) -> str:
    return re.sub(r"\"[^\"]*\"|'[^']*'", '""', text)


def _foreign(info: str, line: int) -> str:
    """An info string that pandoc cannot read."""
    doubled = re.fullmatch(r"\{\{\s*([\w-]+).*\}\}", info)
    if doubled:
        return f'{{.{doubled[1]} .norun .fenced line="{line}"}}'
    braced = _BRACED.match(info)
    if braced:
        return _directive(braced[1], braced[2], braced[3].strip(), line)
    word = re.match(r"[\w+#-]+", info)
    hint = "write {.python .run} to run a block, {.python} to show it"
    report("fence-syntax", f"the fence's '{info}' cannot be read; the block is shown, not run", line=line, hint=hint)
    if not word:
        return ""
    return f"{{.{word[0]} .norun{_pairs(info)}}}"


def _directive(name: str, options: str, argument: str, line: int) -> str:
    """`{python opt=…}`, `{code-cell} ipython3`, `{code-block} python`, `{mermaid}`."""
    at = f' line="{line}"'
    if name.lower() in PYTHON:
        return f"{{.python .run{_label(options)}{_pairs(options)}{at}}}"
    if name in ("code-cell", "code") and (name == "code-cell" or argument):
        language = argument.split()[0] if argument else "python"
        python = language.lower() in PYTHON
        return (
            f"{{.python .run .myst{at}}}" if python and name == "code-cell" else f"{{.{_class(language)} .norun{at}}}"
        )
    if name in ("code-block", "sourcecode", "literalinclude"):
        return f"{{.{_class(argument) or 'text'} .norun{at}}}"
    if name.lower() in LANGUAGES:
        return f"{{.{_class(name).lower()} .{FOREIGN}{_label(options)}{_pairs(options)}{at}}}"
    return f"{{.{_class(name)}{_label(options)}{_pairs(options)}}}"


def _label(options: str) -> str:
    """The chunk name of R Markdown's `{python name, echo=FALSE}`."""
    name = re.match(r"([A-Za-z0-9][\w.-]*)\s*(?:,|$|\s+\w[\w.]*\s*=)", options)
    return f" #{name[1]}" if name else ""


def _pairs(options: str) -> str:
    """`key=value` pairs as pandoc attributes; R's `fig.cap` is Quarto's `fig-cap`."""
    pairs = (_ours(key.replace(".", "-"), _plain(value)) for key, value in _KEY_VALUE.findall(options))
    return "".join(f' {key}="{value}"' for key, value in pairs)


def _ours(key: str, value: str) -> tuple[str, str]:
    """knitr's `results` is Quarto's `output`."""
    if key == "results" and value in ("hide", "asis"):
        return "output", "false" if value == "hide" else "asis"
    return key, value


def _plain(value: str) -> str:
    inner = re.sub(r"\\(.)", r"\1", value[1:-1]) if value[:1] in "\"'" else value
    return inner.replace("\\", "\\\\").replace('"', '\\"')


def _class(name: str) -> str:
    return re.sub(r"[^\w+-]", "-", name.split()[0].lstrip(".")) if name.split() else ""
