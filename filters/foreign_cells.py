#!/usr/bin/env python3
"""Cells in languages that are not run here are shown as code, under their captions, so that references find them.

    ```{r} …   ```{julia} …   ```{sql} …

What they would have shown is missing, which a warning says; one that was not to run, or to show anything, is
taken at its word.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import panflute as pf

from gradpress import context, float_divisions
from gradpress.cache import Storage, Store
from gradpress.cells import Options, parse_options
from gradpress.diagnostics import report
from gradpress.patterns import pattern
from gradpress.reading import option_lines
from gradpress.reading.fences import FOREIGN
from gradpress.reading.places import line_of
from gradpress.walking import walk

wants = (pf.CodeBlock, pf.Code)

_NAMES = {"r": "R", "julia": "Julia", "sql": "SQL", "ojs": "Observable JavaScript", "bash": "Bash"}
_CALL = pattern(r"\bcaption\s*=\s*(\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*')")
"""How R's functions for tables are told the caption."""
_LABEL = pattern(r"\s*\{#([\w:.-]+)\}\s*$")
_INLINE = pattern(r"^(?:\{(?:r|julia|ojs)\}|r)\s+\S")


def apply(doc: pf.Doc) -> None:
    """Show the cells of `doc` that are in other languages, in place."""
    page = context.of(doc)
    store = Store(Path(page.cache))
    languages: set[str] = set()
    met: dict[str, list[int]] = {}

    def shown(element: pf.Element, _: pf.Doc) -> pf.Element | list[pf.Element] | None:
        if isinstance(element, pf.CodeBlock) and FOREIGN in element.classes:
            languages.add(element.classes[0].lower())
            return _shown(element, page, store, met)
        return None

    walk(doc, shown, pf.CodeBlock)
    for language, lines in met.items():
        _tell(language, lines)
    inline: list[str] = []
    walk(doc, lambda element, _: _inline(element, "r" in languages, inline), pf.Code)
    if inline:
        others = len(inline) - 1
        more = (", nor is another one" if others == 1 else f", nor are {others} others") if others else ""
        said = "they are shown as they are" if more else "it is shown as it is"
        message = f"`{inline[0][:40]}` is not run here{more}; {said} written"
        report("cell-language", message, line=line_of(inline[0]))


def _tell(language: str, lines: list[int]) -> None:
    """One finding for all cells of a language: the first stands for the others."""
    message = f"a cell in {_said(language)} is not run here; its code is shown"
    if len(lines) > 1:
        several = f"{len(lines)} cells in {_said(language)}"
        message = f"{several} are not run here, of which this is the first; their code is shown"
    report("cell-language", message, line=lines[0])


def _said(language: str) -> str:
    return _NAMES.get(language, language)


def _inline(code: pf.Element, in_r: bool, found: list[str]) -> None:
    if isinstance(code, pf.Code) and _INLINE.match(code.text) and (code.text.startswith("{") or in_r):
        found.append(code.text)


def _shown(block: pf.CodeBlock, page: context.Context, store: Storage, met: dict[str, list[int]]) -> list[pf.Element]:
    language = block.classes[0].lower()
    line = int(block.attributes.pop("line", 0) or 0)
    written, code, _ = option_lines.split(block.text, line + 1, myst=False)
    defaults, _ = parse_options(page.options)
    options, _ = parse_options({**block.attributes, **written}, defaults)
    options = replace(options, label=options.label or block.identifier)
    if not options.include or not (options.eval or options.echo) or not block.text.strip():
        return []
    if options.eval:
        met.setdefault(language, []).append(line)
    plain = pf.CodeBlock(code.strip("\n"), classes=[block.classes[0]])
    return _captioned(plain, options, _in_calls(code) if language == "r" else [], store)


def _in_calls(code: str) -> list[str]:
    return [found[1:-1] for found in _CALL.findall(code)]


def _captioned(code: pf.CodeBlock, options: Options, called: list[str], store: Storage) -> list[pf.Element]:
    """The code as what its options name it: a figure, a figure with parts, a table, a listing."""
    label = options.label
    before: list[pf.Element] = []
    content: list[pf.Element] = [code]
    if options.lst_cap:
        words = float_divisions.read(options.lst_cap, store)
        before = [float_divisions.captioned([code], words, "listing", options.lst_label or _named("lst", label))]
        content = [pf.Plain(pf.Emph(pf.Str("(not drawn)")))]
    if options.fig_cap or options.fig_caps or label.startswith("fig-"):
        return [*before, *_figures(content, options, store)]
    if options.tbl_cap or called or label.startswith("tbl-"):
        return [*before, *_tables(content, options, called, store)]
    return before or ([pf.Div(code, identifier=label)] if label else [code])


def _named(kind: str, label: str) -> str:
    """The label under which Quarto, or R Markdown for a chunk's name, refers to it."""
    return label if not label or label.startswith(f"{kind}-") or "tbl-" in label else f"{kind}:{label}"


def _tables(content: list[pf.Element], options: Options, called: list[str], store: Storage) -> list[pf.Element]:
    """Tables that R was told to write, with the captions that it was told, which may name labels."""
    names = [_LABEL.search(words) for words in called]
    label = _named("tab" if called and not options.tbl_cap else "tbl", options.label)

    def table(words: str, name: str, inside: list[pf.Element]) -> pf.Div:
        return float_divisions.captioned(inside, float_divisions.read(words, store), "table", name)

    told = [(_LABEL.sub("", words), name[1] if name else "") for words, name in zip(called, names, strict=True)]
    below = options.tbl_subcap if isinstance(options.tbl_subcap, tuple) else ()
    if len(told) > 1 or below:
        told = told if len(told) > 1 else [(words, "") for words in below]
        parts = [table(words, name or f"{label}-{at}", []) for at, (words, name) in enumerate(told, 1)]
        head = pf.Div(pf.Plain(*float_divisions.read(options.tbl_cap, store)), classes=["tables-caption"])
        panels = float_divisions.side_by_side(parts, options.layout_ncol or 1)
        return [*content, pf.Div(head, panels, identifier=label, classes=["tables"])]
    words, name = told[0] if told else ("", "")
    return [table(options.tbl_cap or words, name or label, content)]


def _figures(content: list[pf.Element], options: Options, store: Storage) -> list[pf.Element]:
    label = options.label if options.label.startswith("fig-") else _named("fig", options.label)

    def figure(words: str, name: str, *inside: pf.Element) -> pf.Figure:
        caption: Any = pf.Caption(pf.Plain(*float_divisions.read(words, store))) if words else pf.Caption()
        return pf.Figure(*inside, caption=caption, identifier=name)

    if options.fig_caps:
        return [
            figure(words, f"{label}-{at}" if label else "", *(content if at == 1 else []))
            for at, words in enumerate(options.fig_caps, 1)
        ]
    if isinstance(options.fig_subcap, tuple) and options.fig_subcap:
        parts = [figure(words, f"{label}-{at}" if label else "") for at, words in enumerate(options.fig_subcap, 1)]
        whole = figure(options.fig_cap, label)
        return [*content, float_divisions.with_parts(whole, parts, options.layout_ncol or 1)]
    return [figure(options.fig_cap, label, *content)]


if __name__ == "__main__":
    from filters import as_program

    as_program(apply)
