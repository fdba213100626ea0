"""Lines of a YAML header for offsets into a value: a preamble may be a block, folded, quoted or a list."""

from __future__ import annotations

import re

from gradpress.diagnostics import report
from gradpress.nearest import nearest
from gradpress.numbers import theorems
from gradpress.tex import declarations, preamble, reserved


def lines_of(value: str, header: list[str], first: int) -> list[int]:
    """For each line of `value` the number of the header line that holds it; `header[0]` is line `first`.

    Lines are looked for in order; one that YAML has folded or unescaped has the line of its neighbour.
    """
    numbers: list[int] = []
    at = 0
    for line in value.split("\n"):
        wanted = line.strip()
        found = next((k for k in range(at, len(header)) if wanted and wanted in header[k]), None)
        at = found if found is not None else at
        numbers.append(first + at)
    return numbers


def mended(value: str, header: list[str], first: int, origin: str, *, file: str = "") -> str:
    """The preamble with its theorems as they are meant.

    What is wrong in it is reported on the lines of the header, or of `file`.
    """
    read = declarations.mended(value)
    found = preamble.parse(read.text, origin=origin)
    problems = [*read.problems, *found.problems, *reserved.clashes(found)]
    if not problems:
        return value
    numbers = lines_of(value, header, first)
    for problem in problems:
        text = value if problem in read.problems else read.text
        line = numbers[text.count("\n", 0, problem.offset)]
        other = getattr(problem, "other", None)
        shown = problem if other is None else problem.with_first(numbers[read.text.count("\n", 0, other)])
        at = line - first
        lost = problem.rule == "macro-syntax" and 0 <= at < len(header) and re.search(r":\s+[^|>'\"\s].* #", header[at])
        hint = (
            "in YAML a # behind a space begins a comment: write the preamble below `header-includes: |`" if lost else ""
        )
        report(shown.rule, shown.message, line=line, hint=hint, file=file)
    return read.text


def report_counters(value: str, whole: str, header: list[str], first: int) -> None:
    r"""Report counters of `\newtheorem` and `\numberwithin` in `value` that nothing in the whole preamble declares."""
    lost = theorems.lost_counters(value)
    if not lost or "\\input" in whole:
        return
    unknown = {name for name, _ in theorems.lost_counters(whole)}
    numbers = lines_of(value, header, first)
    for name, at in lost:
        if name in unknown:
            meant = nearest(name, [*theorems.declared(whole), *theorems.DEPTHS, "equation", "figure", "table"])
            hint = f"did you mean {meant}?" if meant else "declare it before, or leave it out"
            line = numbers[value.count("\n", 0, at)]
            report("macro-syntax", f"nothing declares the counter {name}", line=line, hint=hint)
