r"""Where in a piece of TeX the thing stands that MathJax or LaTeX complains of.

Both speak of a formula as a whole, and LaTeX reads an `align` to its end before it says anything.  What their messages
are about is looked for with our own checks.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from gradpress.math import misplaced
from gradpress.math.alignment import misplaced as misaligned
from gradpress.math.rows import Kind, findings
from gradpress.patterns import pattern
from gradpress.tex.bracing import brace
from gradpress.tex.macros import Preamble
from gradpress.tex.tokens import Source, source_of

_MESSAGES = (
    (pattern(r"Extra alignment tab|Too many columns", re.I), "columns"),
    (pattern(r"Misplaced (?:alignment tab|&)|'&'"), "ampersand"),
    (pattern(r"Misplaced \\(?:noalign|hline|omit)|Misplaced hline"), "line"),
    (pattern(r"Double (?:super|sub)script|Double exponent|Double subscripts"), "double"),
    (pattern(r"macro parameter character|'#'"), "hash"),
    (pattern(r"Multiple \\tag"), "tag"),
    (pattern(r"Missing (?:or unrecognized )?delimiter|Limit controls|Extra \\middle|Ambiguous"), "misplaced"),
    (pattern(r"Missing \$ inserted"), "text"),
    (pattern(r"Paragraph ended|File ended|Runaway|Missing \} inserted"), "comment"),
)
_NAMED = pattern(r"label '([^']+)' will be lost|file '([^']+)'|File `([^']+)' not found|Unknown graphics.*: (\S+)")


def offset(tex: str, message: str, preamble: Preamble) -> int:
    """The offset in `tex` of what `message` is about; 0, if it cannot be found."""
    found = exact(tex, message, preamble)
    if found is None:
        named = re.findall(r"\\[A-Za-z]+|(?<=')[^']+(?=')", message)
        found = next((at for name in named if (at := tex.find(name)) >= 0), 0)
    return found


def exact(tex: str, message: str, preamble: Preamble) -> int | None:
    """The same; None, if it cannot be found with certainty."""
    named = _NAMED.search(message)
    if named:
        name = next(filter(None, named.groups()))
        at = tex.rfind(name) if named[1] else tex.find(name)
        return at if at >= 0 else None
    kind = next((kind for pattern, kind in _MESSAGES if pattern.search(message)), "")
    return next(_FINDERS[kind](tex, preamble), None) if kind else None


def _row(kind: Kind) -> Callable[[str, Preamble], Iterator[int]]:
    def find(tex: str, preamble: Preamble) -> Iterator[int]:
        source = source_of(tex)
        return (source.tokens[f.at].offset for f in findings(source, preamble) if f.kind == kind)

    return find


def _ampersand(tex: str, preamble: Preamble) -> Iterator[int]:
    yield from (p.offset for p in misaligned(tex, preamble))
    yield from _row("brace")(tex, preamble)


def _own(word: str) -> Callable[[str, Preamble], Iterator[int]]:
    def find(tex: str, preamble: Preamble) -> Iterator[int]:
        return (p.offset for p in misplaced.check(tex, preamble) if word in p.message)

    return find


def _bracing(rule: str) -> Callable[[str, Preamble], Iterator[int]]:
    def find(tex: str, _: Preamble) -> Iterator[int]:
        return (p.offset for p in brace(tex, {}).problems if p.rule == rule)

    return find


def _text(tex: str, preamble: Preamble) -> Iterator[int]:
    """A sign of mathematics in text: in the argument of `\\text`, or outside all formulas of raw TeX."""
    yield from _bracing("text-underscore")(tex, preamble)
    yield from _outside(source_of(tex))


def _outside(source: Source) -> Iterator[int]:
    begun = (k for k, token in enumerate(source.tokens) if token.name == "begin")
    if any(source.name_of_environment(k).startswith("tabular") for k in begun):
        inside = False
        for index, token in enumerate(source.tokens):
            if token.text == "$":
                inside = not inside
            elif token.text in ("_", "^") and not inside and index not in source.partner:
                yield token.offset


_FINDERS: dict[str, Callable[[str, Preamble], Iterator[int]]] = {
    "columns": _row("column"),
    "ampersand": _ampersand,
    "line": _row("line"),
    "double": _bracing("double-script"),
    "hash": _own("#"),
    "tag": _own("\\tag"),
    "misplaced": _own("\\"),
    "text": _text,
    "comment": _own("% begins"),
}
