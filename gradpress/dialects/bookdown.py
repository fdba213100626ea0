r"""What bookdown adds to Markdown: labels in text, theorems and boxes as chunks, references to text.

    (\#eq:x) in a formula         ![(\#fig:x) Caption](a.png)        : (\#tab:x) Caption
    ```{theorem, x, name="N"}     ```{block2, type="rmdnote"}        divisions of that class
    (ref:x) Some *text*           a paragraph that stands wherever `(ref:x)` is written
    # (PART) Title {-}            the mark is taken away; `(APPENDIX)` too

Also `{#eq-x alt="…"}` of Quarto, behind a display: pandoc's Markdown has no attributes there.
"""

from __future__ import annotations

import re

from gradpress.dialects import Lines, in_code
from gradpress.numbers.theorems import PREFIXES
from gradpress.patterns import pattern
from gradpress.reading import fences

_SHORT = {kind: short for short, kind in reversed(PREFIXES.items())}
"""Kind of theorem → how its labels begin."""
_CHUNK = pattern(r"^\{\s*(?P<name>[a-z]+2?)\s*(?:,\s*(?P<options>.*?))?\s*\}$")
_NAME = pattern(r"""\b(?:name|title)\s*=\s*("[^"]*"|'[^']*')""")
_LABEL = pattern(r"""^(?:label\s*=\s*)?["']?([\w:.-]+)["']?\s*(?:,|$)|\blabel\s*=\s*["']([\w:.-]+)["']""")
_TYPE = pattern(r"""\btype\s*=\s*["']([\w-]+)["']""")
_EQUATION = pattern(r"\(\\#(eq:[\w:.-]+)\)")
_FIGURE = pattern(r"!\[\(\\#(fig:[\w:.-]+)\)\s*(.*?)\]\(([^()\s]+)\)(?:\{([^{}]*)\})?")
_TABLE = pattern(r"^(\s*(?:Table)?:\s*(?:<caption>)?)\s*\(\\#(tab:[\w:.-]+)\)\s*(.*)$")
_TEXT = pattern(r"^\(ref:([\w:.-]+)\)[ \t]+(\S.*?)[ \t]*$")
_USE = pattern(r"\(ref:([\w:.-]+)\)")
_PART = pattern(r"^(#+[ \t]+)\((?:PART\\?\*?|APPENDIX)\)[ \t]+")
_ATTRIBUTES = pattern(r"(\$\$[ \t]*\{#eq[-:][^\s{}]+)[ \t]+(?![^{}]*\b(?:tag|label)\s*=)[^{}]*\}[ \t]*$")
_SPAN = pattern(r"(`+)(?!`).*?(?<!`)\1(?!`)")


_MARKS = ("(\\#", "(ref:", "{#eq", "(PART", "(APPENDIX")
_IS_CHUNK = pattern(rf"^[ \t>]*`{{3,}}\{{\s*(?:{'|'.join(_SHORT)}|proof|block2?)\s*[,}}]", re.M)


def concerns(text: str) -> bool:
    """Whether anything of it occurs."""
    return any(mark in text for mark in _MARKS) or bool(_IS_CHUNK.search(text))


def translated(lines: Lines) -> Lines:
    """The lines as pandoc's Markdown."""
    lines = _divisions(lines)
    code = in_code(lines)
    texts = {
        found[1]: found[2] for at, (line, _) in enumerate(lines) if at not in code and (found := _TEXT.match(line))
    }
    done: Lines = []
    for at, (line, number) in enumerate(lines):
        if at in code:
            is_fence = line.lstrip(" \t>").startswith(("```", "~~~"))
            done.append((_used(line, texts, quoted=True) if is_fence else line, number))
        elif _TEXT.match(line):
            done.append(("", number))
        else:
            done.append((_line(_used(line, texts, quoted=False)), number))
    return done


def _divisions(lines: Lines) -> Lines:
    """Chunks that hold text become divisions, which may hold chunks of code."""
    done = list(lines)
    for fence in fences.find([line for line, _ in lines]):
        opening = _opening(fence.info, done[fence.start + 1][0] if fence.closed else "")
        if fence.closed and opening:
            marks = ":" * max(3, len(fence.ticks) + 2)
            done[fence.start] = (f"{fence.prefix}{marks} {opening}", done[fence.start][1])
            done[fence.end] = (f"{fence.prefix}{marks}", done[fence.end][1])
    return done


def _opening(info: str, following: str) -> str:
    """The attributes of the division that a chunk is; empty if it is none.

    `{exercise}` and `{solution}` with field lines are directives of MyST.
    """
    chunk = _CHUNK.match(info)
    if not chunk:
        return ""
    kind, options = chunk["name"], chunk["options"] or ""
    if kind in ("block", "block2"):
        wanted = _TYPE.search(options)
        return f"{{.{wanted[1] if wanted else 'block'}}}"
    if kind not in _SHORT and kind != "proof":
        return ""
    if not options and (following.lstrip().startswith(":") or kind in ("exercise", "solution")):
        return ""
    label, name = _LABEL.search(options), _NAME.search(options)
    short = _SHORT.get(kind, kind)
    said = (label[1] or label[2]) if label else ""
    identifier = f" #{said if said.startswith(f'{short}:') else f'{short}:{said}'}" if said else ""
    title = f' name="{name[1][1:-1]}"' if name else ""
    return f"{{.{kind}{identifier}{title}}}"


def _used(line: str, texts: dict[str, str], *, quoted: bool) -> str:
    if not texts or "(ref:" not in line:
        return line

    def text(found: re.Match[str]) -> str:
        said = texts.get(found[1], found[0])
        return said.replace("\\", "\\\\").replace("'", "\\'").replace('"', '\\"') if quoted else said

    return _USE.sub(text, line)


def _line(line: str) -> str:
    if "{#eq" in line:
        line = _ATTRIBUTES.sub(r"\1}", line)
    line = _PART.sub(r"\1", line)
    if "(\\#" not in line:
        return line
    table = _TABLE.match(line)
    if table:
        return f"{table[1]} {table[3]} {{#{table[2]}}}"
    line = _FIGURE.sub(lambda m: f"![{m[2]}]({m[3]}){{#{m[1]}{' ' + m[4] if m[4] else ''}}}", line)
    code = [found.span() for found in _SPAN.finditer(line)]
    return _EQUATION.sub(lambda m: m[0] if any(a <= m.start() < b for a, b in code) else f"\\label{{{m[1]}}}", line)
