r"""Words in a LaTeX list before its first `\item`: LaTeX stops at them, and pandoc's reader drops them in silence."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from gradpress.patterns import pattern
from gradpress.reading.spots import Found, blank
from gradpress.tex.groups import GROUP

_LIST = pattern(r"\\begin\s*\{(?:itemize|enumerate|description)\*?\}[ \t]*(?:\[(?:[^\[\]{}]|" + GROUP + r")*\])?")
_ITEM = pattern(r"\\item(?![A-Za-z])|\\(?:begin|end)\s*\{")
_LAYOUT = pattern(
    r"(?<!\\)%[^\n]*|\\[A-Za-z@]+\*?(?:[ \t]*(?:\[[^\]]*\]|"
    + GROUP
    + r"))*(?:[ \t]*=?[ \t]*-?[\d.]+(?:pt|em|ex|cm|mm|in))?"
)
r"""Comments, and commands such as `\setlength{\itemsep}{0pt}` or `\itemsep 0pt`."""


def problems(text: str, lines: Sequence[int]) -> Iterator[Found]:
    r"""Lists of a text without code that begin with words; `lines[i]` is the number of its line i."""
    for begun in _LIST.finditer(text) if "\\item" in text else ():
        item = _ITEM.search(text, begun.end())
        before = text[begun.end() : item.start() if item else begun.end()]
        words = re.search(r"\w[^\n]*", _LAYOUT.sub(blank, before))
        if words:
            line = lines[text.count("\n", 0, begun.end() + words.start())]
            message = f"'{words[0].strip()[:40]}' stands before the first \\item of its list, and is lost in HTML"
            yield "raw-tex-dropped", line, f"{message}; put it before the list"
