r"""Displays that pandoc's Markdown reader would take apart, mended in the source, line for line.

* A blank line between `$$` and `$$` ends the formula for pandoc; it becomes a TeX comment.
* `\be … \ee`, macros that stand for `\begin{equation}` and `\end{equation}`, are written out: pandoc
  sees a formula only between the real ones.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from gradpress.tex.macros import Macro

_DOLLARS = re.compile(r"^(?P<prefix>[ \t>]*)\$\$[ \t]*(?:\{#[^}]*\})?[ \t]*$")
_SPAN = re.compile(r"(`+)(?!`).*?(?<!`)\1(?!`)|\\.")
_SHORTHAND = re.compile(r"^\s*\\(?:begin|end)\s*\{[A-Za-z]+\*?\}\s*$")
_CODE = r"(?P<code>(`+)(?:(?!`).|\n)*?\2)"
MOST_LINES = 60
"""A display is no longer; two lone `$$` further apart are something else."""


def without_blank_lines(lines: Sequence[str], code: set[int]) -> list[str]:
    """The lines with `%` for each blank one between two lines that are nothing but `$$`."""
    result = list(lines)
    opened = -1
    for at, line in enumerate(lines):
        if at in code or "$$" not in line or _SPAN.sub("", line).count("$$") % 2 == 0:
            continue
        if opened < 0 or at - opened > MOST_LINES:
            opened = at
            continue
        between = range(opened + 1, at) if _DOLLARS.match(line) and _DOLLARS.match(lines[opened]) else ()
        for k in between:
            if not lines[k].strip(" \t>"):
                result[k] = f"{lines[k].rstrip()}%"
        opened = -1
    return result


def shorthands(macros: Mapping[str, Macro]) -> dict[str, str]:
    """Macros without arguments that only begin or end an environment."""
    return {n: m.body.strip() for n, m in macros.items() if not m.parameters and _SHORTHAND.match(m.body)}


def written_out(text: str, known: Mapping[str, str]) -> str:
    """The text with these macros replaced, code in backticks left alone."""
    words: Iterable[str] = sorted(map(re.escape, known), key=len, reverse=True)
    pattern = re.compile(rf"{_CODE}|\\(?P<name>{'|'.join(words)})(?![A-Za-z])[ \t]?")
    return pattern.sub(lambda m: m[0] if m["code"] else known[m["name"]], text)
