"""What the lines of a block of code have besides their text: numbers, an emphasis, marks of annotations.

{.python .numberLines startFrom="10"}     pandoc; `code-line-numbers="true"` is Quarto's
{.python code-line-numbers="2,4-6"}       lines that are emphasised, counted from 1; `emphasized` is MyST's
{.python annotations="2:1 5:2"}           what `filters/annotated_code.py` has found
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping

import panflute as pf

from gradpress.formats.tex_text import escaped
from gradpress.page import Page
from gradpress.patterns import pattern
from gradpress.records import dataclass, field

_NUMBERED = frozenset({"numberlines", "number-lines"})
_SPAN = pattern(r"^(\d+)(?:\s*-\s*(\d+)?)?$")
_WORDS = {"true": True, "yes": True, "false": False, "no": False, "none": False}
MARKS = "annotations"
"""The attribute that says which lines are annotated."""


@dataclass(frozen=True)
class Looks:
    """How the lines of a block look."""

    first: int | None = None
    """The number of the first line; None where lines have no numbers."""
    emphasized: frozenset[int] = frozenset()
    """Lines, counted from 1."""
    marks: Mapping[int, str] = field(default_factory=dict)
    """Line, counted from 1 → numbers of its annotations."""
    steps: tuple[frozenset[int], ...] = ()
    """On slides: the lines that are lit one step after the other; none where all are lit at once."""


def of(block: pf.CodeBlock, page: Page) -> Looks:
    """What the attributes and classes of a block say, and its page."""
    given = block.attributes
    total = block.text.count("\n") + 1
    said = given.get("code-line-numbers", "").strip()
    of_page = bool(page.settings.get("code-line-numbers")) and "output" not in block.classes
    numbered = _WORDS.get(said.lower(), of_page) or bool(_NUMBERED & {c.lower() for c in block.classes})
    start = given.get("startFrom") or given.get("start-from") or given.get("data-start-from") or "1"
    first = int(start) if start.isdigit() else 1
    lines = _lines(said, total) | _lines(given.get("emphasized", ""), total)
    marks = dict(part.split(":", 1) for part in given.get(MARKS, "").split())
    named = {int(line): numbers for line, numbers in marks.items()}
    return Looks(first if numbered else None, lines, named, _steps(said, total))


def _steps(text: str, total: int) -> tuple[frozenset[int], ...]:
    """`1|3-4`; a step without lines, or `all`, lights them all."""
    every = frozenset(range(1, total + 1))
    return tuple(_lines(part, total) or every for part in text.split("|")) if "|" in text else ()


def _lines(text: str, total: int) -> frozenset[int]:
    """`2,4-6`, also `5-`, and the steps `1|3` of slides."""
    spans = [found for part in re.split(r"[,|]", text) if (found := _SPAN.match(part.strip()))]
    return frozenset(
        k for s in spans for k in range(int(s[1]), (int(s[2] or total) if "-" in s[0] else int(s[1])) + 1) if k <= total
    )


def for_html(markup: str, looks: Looks) -> str:
    """Highlighted HTML, in which no element goes over the end of a line, with what its lines have besides."""
    if looks == Looks():
        return markup
    lines = markup.split("\n")
    width = len(str((looks.first or 0) + len(lines) - 1))
    made = []
    for at, line in enumerate(lines, 1):
        number = "" if looks.first is None else f'<span class="lineno">{looks.first + at - 1:>{width}}</span>'
        marks = "".join(f' <span class="code-mark">{html.escape(m)}</span>' for m in looks.marks.get(at, "").split(","))
        end = "\n" if at < len(lines) else ""
        text = f"{number}{line}{marks if looks.marks.get(at) else ''}{end}"
        made.append(f'<span class="hll">{text}</span>' if at in looks.emphasized else text)
    return "".join(made)


_CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"


def for_text(code: str, looks: Looks) -> str:
    """Code as it stands, with the marks of annotations at the ends of lines."""
    if not looks.marks:
        return code
    return "\n".join(
        line + "".join(f"  {_circled(m)}" for m in looks.marks.get(at, "").split(",") if m)
        for at, line in enumerate(code.split("\n"), 1)
    )


def _circled(number: str) -> str:
    return _CIRCLED[int(number) - 1] if number.isdigit() and 0 < int(number) <= len(_CIRCLED) else f"({number})"


def for_slides(markup: str, looks: Looks) -> str:
    """Highlighted HTML; where its lines are lit in steps, each knows in which of them, and each step is a fragment."""
    if not looks.steps:
        return for_html(markup, looks)
    steps = "".join(f'<span class="fragment code-step step-{at}"></span>' for at in range(1, len(looks.steps)))
    lines = for_html(markup, Looks(looks.first, marks=looks.marks)).split("\n")
    lit = (" ".join(f"at-{at}" for at, step in enumerate(looks.steps) if k in step) for k in range(1, len(lines) + 1))
    return steps + "\n".join(
        f'<span class="line {names}">{line}</span>' for names, line in zip(lit, lines, strict=True)
    )


def options_for_tex(looks: Looks) -> str:
    """Options of `Verbatim`; what is emphasised is counted as the numbers that are shown."""
    first = looks.first or 1
    made = []
    if looks.first is not None:
        made += ["numbers=left", "numbersep=12pt", "xleftmargin=22pt", f"firstnumber={first}"]
    if looks.emphasized:
        lines = ",".join(str(k + first - 1) for k in sorted(looks.emphasized))
        made += [f"highlightlines={{{lines}}}"]
    return "".join(f",{option}" for option in made)


def for_tex(markup: str, looks: Looks) -> str:
    """Highlighted LaTeX with the marks of annotations at the ends of lines."""
    if not looks.marks:
        return markup
    return "\n".join(
        line + "".join(f" \\gpmark{{{m}}}" for m in looks.marks.get(at, "").split(",") if m)
        for at, line in enumerate(markup.split("\n"), 1)
    )


def filename_for_tex(block: pf.CodeBlock) -> str:
    """The name of the file that the code is, above it."""
    name = block.attributes.get("filename", "")
    return f"\\gpfilename{{{escaped(name)}}}\n" if name else ""
