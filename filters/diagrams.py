#!/usr/bin/env python3
"""Diagrams that are written as text become figures.

    ```{.mermaid format=png scale=5 caption='…'}   ```{mermaid}  with  %%| fig-cap: …  lines
    ```{.dot #fig-graph}   ```{graphviz}           with  //| fig-cap: …
    ```{.tikz}                                     with  %%| fig-cap: …

Mermaid's and Graphviz' are drawn here.  TikZ is TeX: it stays in the figure as it is, for LaTeX; HTML draws it.
A diagram that cannot be drawn is shown as the code that it is, under its caption.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import panflute as pf

from gradpress import context, diagrams, float_divisions
from gradpress.cache import Store
from gradpress.cells import Options, parse_options
from gradpress.diagnostics import report
from gradpress.patterns import pattern
from gradpress.reading import option_lines
from gradpress.reading.places import line_of
from gradpress.records import dataclass, field, replace
from gradpress.tex import preamble
from gradpress.walking import walk

wants = (pf.CodeBlock,)

_SAME = {"caption": "fig-cap", "alt": "fig-alt", "name": "label"}
"""Names that other programs have for an option."""
_SIZES = ("width", "height")
_FORMULA = pattern(r"\$\$(.*?)\$\$", re.S)


def apply(doc: pf.Doc) -> None:
    """Draw the diagrams of `doc`, in place."""
    page = _Page(doc)
    walk(doc, lambda element, _: page.shown(element), *wants)


@dataclass
class _Page:
    """The diagrams of one page."""

    doc: pf.Doc
    missing: set[str] = field(default_factory=set)
    """Kinds that nothing here can draw, which is said once."""

    def shown(self, block: pf.CodeBlock) -> pf.Element | list[pf.Element] | None:
        """What stands in place of a diagram; None for other code, and for a diagram that is to be shown as code."""
        name = block.classes[0].lower() if block.classes else ""
        if name not in diagrams.NAMES or "norun" in block.classes or not block.text.strip():
            return None
        one = _read(block)
        if not one.options.eval:
            return None
        if not one.options.include:
            return []
        drawn = self._picture(one) if name == diagrams.TIKZ else self._drawn(name, one)
        made = [*([_code(name, one.text)] if one.echo else []), _figure(drawn, one.options, self._store)]
        return [pf.Div(*made, classes=[f"column-{one.options.column}"])] if one.options.column else made

    @property
    def _store(self) -> Store:
        return Store(Path(context.of(self.doc).cache))

    def _picture(self, one: _Read) -> pf.Element:
        text = one.text if "\\begin" in one.text else f"\\begin{{tikzpicture}}\n{one.text}\n\\end{{tikzpicture}}"
        first = one.first if text is one.text else one.first - 1
        picture = pf.RawBlock(f"%@L{first}\n{text.strip()}" if one.first else text.strip(), format="tex")
        alt = one.options.fig_alt
        return pf.Div(picture, attributes={"fig-alt": alt}) if alt else picture

    def _drawn(self, name: str, one: _Read) -> pf.Element:
        kind, page = diagrams.kind(name), context.of(self.doc)
        given = {key: one.others[key] for key in kind.options if key in one.others}
        for key, value in given.items():
            if not re.fullmatch(kind.options[key], value):
                report("cell-option", f"option {key}: {value} is not {kind.options[key]}", line=one.line)
                return _code(name, one.text)
        tools = diagrams.Tools(self._store, Path(page.cache), Path(page.root).resolve())
        diagram = diagrams.Diagram(self._expanded(one.text) if name == "mermaid" else one.text, given)
        try:
            drawing = kind.drawn(diagram, tools)
        except diagrams.Failed as failure:
            self._tell(name, failure, one)
            return _code(name, one.text)
        for offset, words in drawing.warnings:
            report("diagram-warning", words, line=one.line_of(offset))
        return pf.Plain(_image(drawing, one, page.cache))

    def _tell(self, name: str, failure: diagrams.Failed, one: _Read) -> None:
        """What every diagram of a kind lacks is said of the first one."""
        is_missing = failure.rule == "diagram-missing"
        if is_missing and diagrams.KINDS[name] in self.missing:
            return
        self.missing.update([diagrams.KINDS[name]] if is_missing else [])
        line = one.line if is_missing else one.line_of(failure.offset)
        report(failure.rule, failure.message, line=line, hint=failure.hint)

    def _expanded(self, text: str) -> str:
        """The author's macros in the formulas of labels, written out on the lines on which they stand."""
        known = preamble.from_doc(self.doc)

        def written_out(found: re.Match[str]) -> str:
            formula = preamble.expand(found[1], known)
            return f"$${formula if formula.count(chr(10)) == found[1].count(chr(10)) else ' '.join(formula.split())}$$"

        return _FORMULA.sub(written_out, text) if known.macros else text


@dataclass(frozen=True)
class _Read:
    """A block, read."""

    text: str
    line: int
    """Of the fence, or of the cell that has shown it; 0 if it is not known."""
    first: int
    """Line of the first line of `text`; 0 if it does not stand on the page."""
    options: Options
    others: Mapping[str, str]
    """Options that only diagrams have."""
    echo: bool
    """Whether the text is to be shown, too: what the page says of cells does not hold for diagrams."""

    def line_of(self, offset: int) -> int:
        """The line of the page on which a line of the text stands, as near as that is known."""
        return self.first + offset if self.first else self.line


def _read(block: pf.CodeBlock) -> _Read:
    attributes = dict(block.attributes)
    cell = int(attributes.pop("cell-line", 0) or 0)
    line = cell or int(attributes.pop("line", 0) or 0) or max(line_of(block.text) - 1, 0)
    written, text, first = option_lines.split(block.text, line + 1, myst=block.text.startswith(":"))
    given = {_SAME.get(key, key): value for key, value in {**attributes, **written}.items()}
    others = {key: str(given.pop(key)) for key in (*_SIZES, *_own(block)) if key in given}
    options, problems = parse_options(given)
    for problem in problems:
        report("cell-option", problem, line=_line_of_option(problem, block.text, line))
    options = replace(options, label=options.label or block.identifier)
    return _Read(text, line, 0 if cell or not line else first, options, others, "echo" in given and bool(options.echo))


def _own(block: pf.CodeBlock) -> tuple[str, ...]:
    name = block.classes[0].lower()
    return tuple(diagrams.kind(name).options) if name in diagrams.KINDS else ()


def _line_of_option(problem: str, text: str, line: int) -> int:
    """Its own line at the top of the block; else the fence."""
    name = re.split(r"[\s:;]", problem.removeprefix("unknown option ").removeprefix("option "))[0]
    lines = text.split("\n")
    at = next((k for k, one in enumerate(lines) if re.match(rf"\S*\|\s*{re.escape(name)}\s*:", one)), -1)
    return line + 1 + at if line else 0


def _image(drawing: diagrams.Drawing, one: _Read, cache: str) -> pf.Image:
    alt = one.options.fig_alt or one.options.fig_cap or f"Diagram: {drawing.words}"
    sizes = {key: one.others[key] for key in _SIZES if key in one.others}
    if one.options.out_width:
        sizes["width"] = one.options.out_width
    if drawing.pixels and not sizes:
        sizes["width"] = f"{drawing.pixels:g}px"
    if one.line:
        sizes["line"] = str(one.line)
    if drawing.pdf:
        sizes["tex"] = _path(drawing.pdf, cache)
    classes = ["diagram", *(["on-dark"] if drawing.dark else [])]
    return pf.Image(*_words(alt), url=_path(drawing.image, cache), classes=classes, attributes=sizes)


def _path(blob: str, cache: str) -> str:
    return f"{cache}/blobs/{blob[:2]}/{blob}"


def _words(text: str) -> list[pf.Element]:
    words: list[pf.Element] = []
    for word in text.split():
        words += [pf.Space(), pf.Str(word)] if words else [pf.Str(word)]
    return words


def _code(name: str, text: str) -> pf.CodeBlock:
    return pf.CodeBlock(text.strip("\n"), classes=[name, "norun"])


def _figure(content: pf.Element, options: Options, store: Store) -> pf.Figure:
    words: Any = (
        pf.Caption(pf.Plain(*float_divisions.read(options.fig_cap, store))) if options.fig_cap else pf.Caption()
    )
    return pf.Figure(content, caption=words, identifier=options.label, classes=["diagram"])


if __name__ == "__main__":
    from filters import as_program

    as_program(apply)
