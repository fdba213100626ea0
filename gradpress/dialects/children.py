"""Chunks of R Markdown that stand for other files: their texts are put in their places.

```{r, child="part.Rmd"}        ```{r child = c("a.Rmd", 'b.Rmd')}        #| child: part.Rmd
"""

from __future__ import annotations

import re

from gradpress.dialects import Lines, Surroundings, including
from gradpress.patterns import pattern
from gradpress.reading import fences, option_lines

_CHUNK = pattern(r"^\{\s*[A-Za-z]\w*\b.*\}$")
_CHILD = pattern(r"""[\s,{]child\s*=\s*(?:c\(([^()]*)\)|("[^"]*"|'[^']*'))""")
_NAME = pattern(r"\"([^\"]*)\"|'([^']*)'")
_NEVER = pattern(r"[\s,{]eval\s*=\s*(?:FALSE|F)\s*[,}]")


def concerns(text: str) -> bool:
    """Whether a chunk of the page may have children."""
    return "child" in text and bool(re.search(r"^[ \t]*[`~]{3,}\{.*\bchild\s*=|^[ \t]*#\|[ \t]*child:", text, re.M))


def translated(lines: Lines, page: Surroundings, depth: int = 0) -> Lines:
    """The lines with the children of chunks; knitr looks for all of them from the page's folder."""
    done: Lines = []
    after = 0
    for fence in fences.find([text for text, _ in lines]):
        names = _children(fence, lines)
        if names is None:
            continue
        number = lines[fence.start][1]
        done += lines[after : fence.start]
        after = fence.end + 1
        for name in names:
            done += including.lines_of(
                name, number, page, page.folder, depth, lambda inner, _: translated(inner, page, depth + 1)
            )
    return done + lines[after:]


def _children(fence: fences.Fence, lines: Lines) -> list[str] | None:
    """The files that a chunk stands for; None if it is a chunk of its own."""
    if not fence.closed or not _CHUNK.match(fence.info):
        return None
    found = _CHILD.search(fence.info)
    names = [a or b for a, b in _NAME.findall(found[1] or found[2] or "")] if found else _listed(fence, lines)
    if not names:
        return None
    return [] if _NEVER.search(fence.info) else names


def _listed(fence: fences.Fence, lines: Lines) -> list[str]:
    """`#| child: …` in the first lines of the chunk."""
    inside = "\n".join(text for text, _ in lines[fence.start + 1 : fence.end])
    if "#| child" not in inside:
        return []
    options, _, _ = option_lines.split(inside, lines[fence.start][1] + 1, myst=False)
    given = options.get("child") or []
    return (
        [] if options.get("eval") is False else [str(name) for name in (given if isinstance(given, list) else [given])]
    )
