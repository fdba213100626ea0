r"""Tables of a LaTeX page, and `eqnarray`: an `&` more than there are columns, at which LaTeX would stop.

pandoc says nothing, and does not read the table; what stands behind the surplus sign is put into the last cell.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gradpress.diagnostics import report
from gradpress.dialects.latex_text import masked
from gradpress.math.rows import findings
from gradpress.patterns import pattern
from gradpress.table_rows import RULE
from gradpress.tex.macros import Preamble
from gradpress.tex.tokens import source_of

_TABLE = pattern(r"\\(begin|end)\s*\{(?:tabular[*xy]?|longtable|eqnarray\*?)\}")
_NAMES = ("tabular", "longtable", "eqnarray")


def within(body: str, known: Preamble, lines: Sequence[int]) -> str:
    """The body without the surplus; the first of each row is reported, `lines` are the numbers of its lines."""
    if "\\begin" not in body or "&" not in body:
        return body
    shown = masked(body)
    surplus = {at: message for start, stop in _tables(shown) for at, message in _surplus(shown, start, stop, known)}
    row = -1
    for at, message in surplus.items():
        if (begun := shown.rfind("\\\\", 0, at)) != row:
            row = begun
            hint = "end the row before it with \\\\"
            report(RULE, message, line=lines[shown.count("\n", 0, at)], hint=hint)
    return "".join(" " if at in surplus else sign for at, sign in enumerate(body)) if surplus else body


def _surplus(shown: str, start: int, stop: int, known: Preamble) -> Iterator[tuple[int, str]]:
    source = source_of(shown[start:stop])
    for found in findings(source, known):
        if found.what.startswith(_NAMES):
            yield start + source.tokens[found.at].offset, found.message


def _tables(shown: str) -> Iterator[tuple[int, int]]:
    """Where the tables begin and end that stand in no other one."""
    depth, start = 0, 0
    for found in _TABLE.finditer(shown):
        if found[1] == "begin":
            start = start if depth else found.start()
            depth += 1
        elif depth:
            depth -= 1
            if not depth:
                yield start, found.end()
