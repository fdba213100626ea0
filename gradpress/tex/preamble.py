r"""LaTeX preambles: one table of the author's definitions, for every output.

`parse` reads a text, `then` puts a page's preamble after the site's, `from_doc` finds the preamble in a
document; `latex`, `mathjax` and `expand` give the definitions to TeX, to MathJax, and to formats that know no macros.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from gradpress.patterns import pattern
from gradpress.tex.definitions import read
from gradpress.tex.effective import arities
from gradpress.tex.expansion import expand
from gradpress.tex.for_latex import latex
from gradpress.tex.for_mathjax import MathJaxMacros, inexpressible, mathjax
from gradpress.tex.macros import Environment, Macro, Package, Parameter, Preamble, Rest
from gradpress.tex.tokens import Problem, tokenize

__all__ = [
    "KEYS",
    "Environment",
    "Macro",
    "MathJaxMacros",
    "Package",
    "Parameter",
    "Preamble",
    "Problem",
    "Rest",
    "arities",
    "definitions_in",
    "expand",
    "from_doc",
    "inexpressible",
    "latex",
    "mathjax",
    "parse",
    "text_of",
]

KEYS = ("header-includes", "include-header")
"""Metadata keys that hold a preamble; the second is a common misspelling of the first."""


_DEFINING = pattern(r"\\(?:new|renew|provide|[gex]?def|let|usepackage|RequirePackage|Declare|New|Renew|Provide)")
"""How every command that defines something begins; a formula without one need not be read for it."""


@lru_cache(maxsize=256)
def parse(text: str, *, origin: str = "page") -> Preamble:
    """The preamble that `text` is; `origin` says in problems which text it was."""
    return read(text, origin)[0]


def definitions_in(text: str) -> tuple[str, str]:
    r"""Split a formula or raw TeX: its definitions (and `\usepackage`), and what remains, empty if only comments do."""
    if not _DEFINING.search(text):
        return "", text
    _, spans = read(text, "")
    if not spans:
        return "", text
    spans = _with_internals(text, spans)
    defined = "\n".join(text[start:stop] for start, stop in spans)
    starts = [0, *(stop for _, stop in spans)]
    stops = [*(start for start, _ in spans), len(text)]
    remaining = "".join(text[a:b] for a, b in zip(starts, stops, strict=True))
    if all(token.kind in ("space", "comment") for token in tokenize(remaining)):
        remaining = ""
    return defined, remaining.strip()


def _with_internals(text: str, spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    r"""Spans inside one `\makeatletter … \makeatother` become one: names with @ mean nothing outside it."""
    blocks = list(_internal_blocks(text))
    starts = [start for start, _ in blocks]
    merged: list[tuple[int, int]] = []
    for start, stop in spans:
        block = blocks[max(0, bisect_right(starts, start) - 1)] if blocks else (start, stop)
        block = block if block[0] <= start < block[1] else (start, stop)
        if not merged or merged[-1] != block:
            merged.append(block)
    return merged


def _internal_blocks(text: str) -> Iterator[tuple[int, int]]:
    opened: int | None = None
    for token in tokenize(text):
        if token.text == "\\makeatletter" and opened is None:
            opened = token.offset
        elif token.text == "\\makeatother" and opened is not None:
            yield opened, token.offset + len(token.text)
            opened = None


def from_doc(doc: Any) -> Preamble:
    """The preamble in the metadata of a panflute document."""
    return parse(source_in(doc))


def source_in(doc: Any) -> str:
    """The TeX text of a document's preamble keys, one after the other."""
    metadata = doc.metadata.content
    return "\n".join(filter(None, (text_of(metadata[key]) for key in KEYS if key in metadata)))


_TYPOGRAPHIC = str.maketrans({"–": "--", "—": "---", "…": "...", "’": "'", "‘": "`", "“": "``", "”": "''", "\xa0": "~"})
_MARKS = {"Emph": "*", "Strong": "**", "Strikeout": "~~", "Superscript": "^", "Subscript": "~"}


def text_of(value: Any) -> str:
    """The TeX of a panflute metadata value, whatever shape of YAML it had and whatever Markdown pandoc saw in it.

    Elements are told by the names of their classes, so that nothing here imports panflute.
    """
    kind = type(value).__name__
    if kind in ("str", "MetaString", "Str", "RawInline", "RawBlock", "CodeBlock", "Code"):
        return _leaf(kind, value)
    if kind in ("Space", "SoftBreak", "LineBreak"):
        return " " if kind == "Space" else "\n"
    if kind == "Math":
        sign = "$" if value.format == "InlineMath" else "$$"
        return f"{sign}{value.text}{sign}"
    if kind == "Quoted":
        sign = "'" if value.quote_type == "SingleQuote" else '"'
        return f"{sign}{_joined(value, '')}{sign}"
    if kind in ("MetaBool", "MetaMap", "bool"):
        return ""
    mark = _MARKS.get(kind, "")
    return f"{mark}{_joined(value, _SEPARATORS.get(kind, ''))}{mark}"


_SEPARATORS = dict.fromkeys(("MetaList", "MetaBlocks", "ListContainer", "Div", "BlockQuote", "list"), "\n")


def _leaf(kind: str, value: Any) -> str:
    if kind == "str":
        return str(value)
    text = str(value.text)
    return text.translate(_TYPOGRAPHIC) if kind == "Str" else text


def _joined(value: Any, separator: str) -> str:
    content = value if isinstance(value, list) else getattr(value, "content", ())
    return separator.join(text_of(part) for part in content)
