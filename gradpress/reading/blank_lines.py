"""Lists that stand directly after a line of text, as authors of LaTeX and GitHub Markdown write them.

pandoc reads `Text:` followed by `- a` and `- b` as one paragraph, without a word.  Its extension
`lists_without_preceding_blankline` turns hard-wrapped prose into lists ("in / 1984. And").  So a
blank line is put before a list only where it is certain: at least two items in a row, or a colon at
the end of the text above.  `filters/lists.py` tells about the doubtful ones.  The same for a heading
under a line that holds nothing but the anchor for it, `<a id="x"></a>`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from gradpress.patterns import pattern

_ITEM = pattern(r"^(?P<indent>[ ]{0,3})(?P<marker>[-*+]|\d{1,9}[.)])[ \t]+(?=\S)")
_NOT_A_PARAGRAPH = pattern(
    r"^[ ]{0,3}(?:[-*+][ \t]|\d{1,9}[.)][ \t]|[#>|]|\+[-=]|:[ \t:]|[~`]{3}|\[\^?[^\]]+\]:"
    r"|<[/!a-zA-Z]|\([\w@]+\)[ \t]|[-=*_ ]+$)"
    r"|^(?:[ ]{4}|\t)"
)
_OPENS_DISPLAY = pattern(r"\\begin\{[A-Za-z]+\*?\}")
_CLOSES_DISPLAY = pattern(r"\\end\{[A-Za-z]+\*?\}")
_OPENS_SQUARE = pattern(r"^[ \t>]*\\{1,2}\[(?!.*\\\])")
_ANCHOR = pattern(r"^[ ]{0,3}(?:<(a|span)\s[^<>]*>[ \t]*</\1>[ \t]*)+$|^[ ]{0,3}<a\s[^<>]*/>[ \t]*$")
_HEADING = pattern(r"^#{1,6}[ \t]+\S")


def places(lines: Sequence[str], code: set[int]) -> list[int]:
    """Indices of the lines before which a blank line makes a list; `code` are lines inside fences."""
    found, paragraph = [], -1
    depth, dollars, square = 0, False, False
    for at, line in enumerate(lines):
        inside = depth > 0 or dollars or square
        square = bool(line.strip()) and "\\]" not in line and (square or bool(_OPENS_SQUARE.match(line)))
        depth = max(0, depth + len(_OPENS_DISPLAY.findall(line)) - len(_CLOSES_DISPLAY.findall(line)))
        dollars ^= line.replace("\\$", "").count("$$") % 2 == 1
        if at in code or not line.strip():
            paragraph = -1
        elif _HEADING.match(line) and at and at - 1 not in code and _ANCHOR.match(lines[at - 1]):
            found.append(at)
            paragraph = len(lines)
        elif paragraph < 0:
            paragraph = at if inside or not _NOT_A_PARAGRAPH.match(line) else len(lines)
        elif paragraph < at and not inside and _certain(lines, at, code):
            found.append(at)
            paragraph = len(lines)
    return found


def _certain(lines: Sequence[str], at: int, code: set[int]) -> bool:
    item = _ITEM.match(lines[at])
    if not item or (item["marker"][0].isdigit() and item["marker"][:-1] not in ("1", "0")):
        return False
    if re.search(r":\**_*[ \t]*$", lines[at - 1]):
        return True
    return _items_in_row(lines, at, code, item["indent"], item["marker"]) >= 2


def _items_in_row(lines: Sequence[str], at: int, code: set[int], indent: str, marker: str) -> int:
    """Items of the same kind from `at` on, until a blank line; deeper lines belong to them."""
    count, number = 0, int(marker[:-1]) if marker[0].isdigit() else 0
    for k in range(at, len(lines)):
        if k in code or not lines[k].strip():
            break
        item = _ITEM.match(lines[k])
        if item and item["indent"] == indent and item["marker"] in (marker, f"{number + count}{marker[-1]}"):
            count += 1
    return count
