r"""Groups of TeX in regular expressions: `{…}` with groups inside; `\{` opens none.

A regular expression cannot count, so groups are followed to a depth that nobody writes by hand.
"""

from __future__ import annotations

_DEPTH = 6


def _inside(depth: int) -> str:
    inner = rf"|\{{{_inside(depth - 1)}\}}" if depth else ""
    return rf"(?:[^{{}}\\]|\\[\s\S]{inner})*"


INSIDE = _inside(_DEPTH - 1)
"""What stands between braces."""
GROUP = rf"\{{{INSIDE}\}}"
"""A group with its braces."""
BRACES = rf"\{{({INSIDE})\}}"
"""The same; what stands inside is a group of the regular expression."""
