r"""Theorems that are said twice: `\begin{restatable}{theorem}{main} … \end{restatable}`, and `\main*` later."""

from __future__ import annotations

import re

from gradpress.dialects.latex_text import masked
from gradpress.patterns import pattern

_RESTATED = pattern(
    r"\\begin\s*\{restatable\*?\}\s*(?P<name>\[[^\]]*\])?\s*\{(?P<kind>[A-Za-z*]+)\}\s*\{(?P<command>[A-Za-z]+)\}"
    r"(?P<words>.*?)\\end\s*\{restatable\*?\}",
    re.S,
)
_LABEL = pattern(r"\\label\s*\{[^{}]*\}")
_NUMBERED = pattern(r"\\(begin|end)\s*\{(equation|align|gather|multline|eqnarray)\}")


def restated(text: str) -> str:
    """The text with these theorems as ordinary ones; where they are said again, their words without labels."""
    if "restatable" not in text:
        return text
    said: dict[str, str] = {}
    for found in reversed(list(_RESTATED.finditer(masked(text)))):
        words = text[found.start("words") : found.end("words")]
        said[found["command"]] = _NUMBERED.sub(r"\\\1{\2*}", _LABEL.sub("", " ".join(words.split())))
        lost = "\n" * text.count("\n", found.start(), found.start("words"))
        made = f"\\begin{{{found['kind']}}}{found['name'] or ''}{words}\\end{{{found['kind']}}}{lost}"
        text = text[: found.start()] + made + text[found.end() :]
    for command, words in said.items():
        again = f"\\emph{{{words}}}".replace("\\", r"\\")
        text = re.sub(rf"\\{command}(?![A-Za-z])\*?", again, text)
    return text
