r"""`\intertext` in HTML: the lines before and after it are displays of their own, with its words between them.

MathJax has no `\intertext`; in a cell of the display its words could not be broken, and would push the numbers
off the page.
"""

from __future__ import annotations

from collections.abc import Iterator

import panflute as pf

from filters import references
from gradpress.cache import Storage
from gradpress.numbers.crossref import Crossref
from gradpress.numbers.equations import LINES
from gradpress.patterns import pattern
from gradpress.reading import scraps
from gradpress.reading.places import rewritten
from gradpress.tex.tokens import Source, source_of

NAMES = ("intertext", "shortintertext")
_LAST_BREAK = pattern(r"\\\\\*?\s*(?:\[[^\]]*\])?\s*$")


def apart(formula: pf.Math, said: Crossref, store: Storage) -> list[pf.Element] | None:
    """A display as displays and words; None if nothing of the kind stands in it."""
    if formula.format != "DisplayMath" or "intertext" not in formula.text:
        return None
    text = formula.text
    source = source_of(text)
    begin = source.skip(0)
    name = source.name_of_environment(begin) if begin in source.partner else ""
    if name.removesuffix("*") not in LINES or source.name_of_environment(source.partner[begin]) != name:
        return None
    start = source.tokens[_first(source, begin, name)].offset
    opened, made = text[:start], list[pf.Element]()
    for stop, after, words in _words(source, begin):
        made += [*_display(text, opened, start, stop, name), pf.Space(), *_read(words, said, store), pf.Space()]
        start = after
    return [*made, *_display(text, opened, start, _end(source, begin), name)] if made else None


def _first(source: Source, begin: int, name: str) -> int:
    """Index of the first token behind `\\begin{align}`, and `{2}` of `alignat`."""
    opened = source.partner[source.skip(begin + 1)] + 1
    return source.group(source.skip(opened)) or opened if "alignat" in name else opened


def _end(source: Source, begin: int) -> int:
    return source.tokens[source.partner[begin]].offset


def _words(source: Source, begin: int) -> Iterator[tuple[int, int, str]]:
    """Where each `\\intertext` of the environment itself stands, and what it says."""
    depth = 0
    for index in range(source.partner[source.skip(begin + 1)] + 1, source.partner[begin]):
        token = source.tokens[index]
        depth -= token.kind == "close" or token.name == "end"
        opened = source.skip(index + 1)
        if token.name in NAMES and not depth and (after := source.group(opened)):
            yield token.offset, source.tokens[after].offset, source.text(opened + 1, after - 1)
        depth += token.kind == "open" or token.name == "begin"


def _display(text: str, opened: str, start: int, stop: int, name: str) -> list[pf.Element]:
    """The lines between two offsets; line breaks before them keep the places of what is wrong in them."""
    lines = _LAST_BREAK.sub("", text[start:stop].rstrip())
    if not lines.strip():
        return []
    before = "\n" * (text.count("\n", 0, start) - opened.count("\n"))
    return [pf.Math(rewritten(text, f"{opened}{before}{lines}\n\\end{{{name}}}"), format="DisplayMath")]


def _read(words: str, said: Crossref, store: Storage) -> list[pf.Element]:
    blocks = scraps.blocks(words, store)
    if blocks is None or not all(isinstance(block, pf.Para | pf.Plain) for block in blocks):
        return [pf.Math(f"\\text{{{words}}}", format="InlineMath")]
    return [inline for block in blocks for inline in references.lifted(block, said).content]
