r"""A YAML header in the comments at the top of a LaTeX file, for what LaTeX has no command for.

% ---
% categories: [Fits]
% aliases: [old.html]
% ---
\documentclass{article}
"""

from __future__ import annotations

from typing import Any

from gradpress.patterns import pattern
from gradpress.reading import yaml_text
from gradpress.reading.yaml_text import Document

_MARK = pattern(r"^%[ \t]*---[ \t]*$")
_KEY = pattern(r"^%[ \t]*[A-Za-z][\w-]*:(?:\s|$)")
"""What the first line must be: else the lines are an ornament."""
_COMMENT = pattern(r"^%[ \t]?")


def commented(text: str) -> list[str]:
    """The lines of the header as those of a Markdown file, with `---` around them; none if there is no header."""
    lines = text.split("\n")
    if len(lines) < 3 or not _MARK.match(lines[0]) or not _KEY.match(lines[1]):
        return []
    end = next((k for k, line in enumerate(lines) if k and (_MARK.match(line) or not line.startswith("%"))), 0)
    if not end or not _MARK.match(lines[end]):
        return []
    return ["---", *(_COMMENT.sub("", line, count=1) for line in lines[1:end]), "---"]


def joined(written: dict[str, Any], lines: dict[str, int], text: str) -> Document:
    """What the commands of a LaTeX file say, with the lines of their keys, and what its header says; the header wins.

    Raises PageError.
    """
    given = commented(text)
    header = yaml_text.parse("\n".join(given[1:-1]), 2) if given else Document()
    values = {**written, **header.values}
    preambles = [str(found) for one in (written, header.values) if (found := one.get("header-includes"))]
    if len(preambles) > 1:
        values["header-includes"] = "\n".join(preambles)
    return Document(values, {**{(key,): line for key, line in lines.items()}, **header.lines}, header.items)
