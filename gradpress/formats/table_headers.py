"""Header cells of tables, as screen readers say them with every cell below.  (WCAG 1.3.1)

An empty one, as pandas and pandoc write the corner over the names of rows, is a cell like others; a formula alone has
its text for a name.
"""

from __future__ import annotations

import re
from html import escape, unescape

from gradpress.patterns import pattern
from gradpress.tex.macros import Preamble

_EMPTY = pattern(r"<th(|\s[^>]*)>(?:\s|&nbsp;)*</th>")
_FORMULA = pattern(r'(<th(?:|\s[^>]*)>)(<span class="math inline">\\\((.*?)\\\)</span>)</th>', re.DOTALL)


def readable(body: str, preamble: Preamble) -> str:
    """The body with header cells that say something."""

    def named(cell: re.Match[str]) -> str:
        from gradpress.searching.formulas import read

        name = escape(read(unescape(cell[3]), preamble).text)
        return f'{cell[1]}<span role="math" aria-label="{name}">{cell[2]}</span></th>'

    return _FORMULA.sub(named, _EMPTY.sub(r"<td\1></td>", body))
