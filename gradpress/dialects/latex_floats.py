r"""Figures and tables of LaTeX without what is only layout in them.

pandoc reads neither the caption nor the label of a table that stands in an environment which it does not know, such as
`\begin{sc}` of conferences' templates.
"""

from __future__ import annotations

import re

from gradpress.dialects.latex_text import masked
from gradpress.patterns import pattern

_GROUP = r"\{(?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*\}"
_FLOAT = pattern(r"\\begin\s*\{(figure|table)(\*?)\}.*?\\end\s*\{\1\2\}", re.S)
_SIZE = pattern(
    r"\\(?:centering|raggedright|tiny|scriptsize|footnotesize|small|normalsize|large|Large)(?![A-Za-z])"
    r"|\\(?:vskip|hskip|kern)\s*-?[\d.]+\s*[a-z]+(?![A-Za-z])"
)
"""Layout in a float: what holds to the end of a float would hold to the end of the page."""
_OPENING = pattern(rf"\\begin\s*\{{(?P<name>[A-Za-z@]+\*?)\}}(?:[ \t]*(?:\[[^\]]*\]|{_GROUP}))*")
_HOLDS = pattern(r"\\includegraphics|\\begin\s*\{(?:tabular[x*]?|tabulary|longtable)\}")
_KNOWN = frozenset(
    "figure table figure* table* subfigure subtable center minipage tabular tabular* tabularx tabulary array longtable "
    "tikzpicture pgfpicture algorithm algorithmic itemize enumerate description quote quotation verbatim "
    "lstlisting".split()
)
"""What is more than layout, or what pandoc looks into."""
_DEFINED = pattern(r"\\(?:re)?newenvironment\*?\s*\{([A-Za-z@]+\*?)\}|\\newtheorem\*?\s*\{([A-Za-z@]+\*?)\}")


def without_layout(text: str) -> str:
    """The text whose floats have neither sizes nor environments that only lay out; as many lines."""
    own = {name for found in _DEFINED.findall(text) for name in found}
    return _FLOAT.sub(lambda m: _unwrapped(_SIZE.sub(lambda size: " " * len(size[0]), m[0]), own), text)


def _unwrapped(float_: str, own: set[str]) -> str:
    """A float without the environments round its pictures and tables that nothing but a class or a package defines."""
    at, shown = 0, masked(float_)
    while found := _OPENING.search(shown, at):
        at = found.end()
        end = re.compile(rf"\\end\s*\{{{re.escape(found['name'])}\}}").search(shown, at)
        if end is None or found["name"] in _KNOWN | own or not _HOLDS.search(shown, at, end.start()):
            continue
        for start, stop in (end.span(), found.span()):
            float_, shown = _blanked(float_, start, stop), _blanked(shown, start, stop)
    return float_


def _blanked(text: str, start: int, stop: int) -> str:
    return text[:start] + re.sub(r"[^\n]", " ", text[start:stop]) + text[stop:]
