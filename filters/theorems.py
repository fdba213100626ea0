#!/usr/bin/env python3
"""Theorems, however they are written, become one thing: a `Div.theorem` that says what it is.

    \\begin{theorem}[Name]\\label{thm:x} … \\end{theorem}      LaTeX, also the preamble's own by \\newtheorem
    ::: {#thm-x}   ## Name   …   :::                          Quarto
    ::: {.lemma #lem:x name="Name"}   …   :::                 bookdown
    ::: {.solution of="exr-x"}   …   :::                      MyST; named by what it solves

What TeX has in it is read by pandoc, so that formulas and references in it are like all others.  The name
is the first division inside, `Div.theorem-name`.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import panflute as pf

from gradpress import context
from gradpress.cache import Store
from gradpress.diagnostics import report
from gradpress.numbers import crossref, theorems, words
from gradpress.numbers.theorems import PREFIXES, Theorem
from gradpress.patterns import pattern
from gradpress.reading import scraps
from gradpress.reading.places import line_in, line_of
from gradpress.tex import preamble
from gradpress.walking import has, walk

wants = (pf.Div, pf.RawBlock, pf.RawInline)

_BEGIN = pattern(r"\s*\\begin\s*\{([A-Za-z]+\*?)\}")
_LABELS = pattern(r"^(?:\s*\\label\s*\{[^{}]*\})+")
_MARKDOWN = pattern(
    r"(?<![\\*])\*\*\w[^*$\n]{0,60}\*\*|(?<![\w\\])@(?:eq|fig|tbl|sec|lst|thm|lem|cor|prp|def|exm|exr)[-:]\w[\w-]*"
    r"|\[[^\[\]$\n]+\]\((?:#|https?:|[\w./-]+\.(?:md|qmd|html))[^()\s]*\)"
)
_REPLACED = "="
"""As the title: the name stands for it."""
_LABEL = pattern(r"\\label\s*\{([^{}]*)\}")


def apply(doc: pf.Doc) -> None:
    """Make every theorem of `doc` a `Div.theorem`, in place."""
    text = preamble.source_in(doc)
    own = theorems.declared(text)
    known = theorems.STANDARD | own
    store = Store(Path(context.of(doc).cache))

    def lifted(element: pf.Element, _: pf.Doc) -> pf.Element | list[pf.Element] | None:
        if isinstance(element, pf.Div):
            return _division(element, own, store, context.of(doc).lang)
        if isinstance(element, pf.RawBlock) and element.format in ("tex", "latex"):
            return _environments(element.text, known, store)
        if isinstance(element, pf.Para):
            return _paragraph(element, known, store)
        return None

    walk(doc, lifted, pf.Div, pf.RawBlock, pf.Para)
    doc.content = [_paragraph_before(block) for block in doc.content]


def _paragraph_before(block: pf.Element) -> pf.Element:
    """pandoc makes text right before raw TeX no paragraph."""
    following = block.next if isinstance(block, pf.Plain) else None
    is_theorem = isinstance(following, pf.Div) and "theorem" in following.attributes
    return pf.Para(*block.content) if is_theorem else block


def _division(div: pf.Div, own: Mapping[str, Theorem], store: Store, lang: str) -> pf.Element | None:
    if "theorem-name" in div.classes or "theorem" in div.attributes:
        return None
    theorem = theorems.meant(div.identifier, list(div.classes), own)
    if theorem is None:
        return None
    if "unnumbered" in div.classes or "of" in div.attributes:
        theorem = replace(theorem, counter="")
    made = _named(div, theorem, store, lang)
    if div.identifier and not crossref.TYPES.get(re.split("[-:]", div.identifier)[0]):
        _alias(made, [f"{short}:{div.identifier}" for short, kind in PREFIXES.items() if kind == theorem.kind][:1])
    return made


def _named(div: pf.Div, theorem: Theorem, store: Store, lang: str) -> pf.Div:
    given = div.attributes.get("name") or div.attributes.get("title")
    content = list(div.content)
    if theorem.kind == "proof" and not given and (read := _read_by_pandoc(content)) is not None:
        made = _made(theorem, [pf.Plain(*read)] if read else [], content, div.identifier)
        made.attributes["title"] = _REPLACED if read else made.attributes["title"]
        return made
    name = (scraps.blocks(given, store, "markdown") if given else None) or []
    if not given and content and isinstance(content[0], pf.Header):
        name = [pf.Plain(*content.pop(0).content)]
    solved = div.attributes.get("of", "") if theorem.kind == "solution" else ""
    if solved:
        name = [pf.Plain(*_solution(solved, lang))]
    made = _made(theorem, name, content, div.identifier)
    if solved:
        made.attributes |= {"of": solved, "title": _REPLACED}
    made.classes += [c for c in ("folds",) if c in div.classes]
    return made


def _solution(label: str, lang: str) -> list[pf.Element]:
    """`Solution to Exercise 1`."""
    from filters.references import reference

    before, after = words.solves("\0", lang).split("\0")
    return [pf.Str(before.rstrip()), pf.Space(), reference("Cref", label, label), *([pf.Str(after)] if after else [])]


def _read_by_pandoc(content: list[pf.Element]) -> list[pf.Element] | None:
    """The head of a proof that pandoc's LaTeX reader has made, taken away together with the sign at the end.

    Empty for a plain `Proof.`; None for a proof that was not made so.
    """
    first, last = (content[0], content[-1]) if content else (None, None)
    if not isinstance(first, pf.Para) or not first.content or not isinstance(first.content[0], pf.Emph):
        return None
    if not isinstance(last, pf.Para) or not isinstance(last.content[-1], pf.Str) or "◻" not in last.content[-1].text:
        return None
    head = list(first.content.pop(0).content)
    while first.content and isinstance(first.content[0], pf.Space):
        first.content.pop(0)
    last.content[-1].text = last.content[-1].text.replace("◻", "").rstrip("\N{NO-BREAK SPACE}")
    words = pf.stringify(pf.Plain(*head)).strip()
    if isinstance(head[-1], pf.Str):
        head[-1].text = head[-1].text.removesuffix(".")
    return [] if words == "Proof." else head


def _paragraph(paragraph: pf.Para, known: Mapping[str, Theorem], store: Store) -> list[pf.Element] | None:
    """A theorem that follows text without an empty line stands in its paragraph."""
    if not has(paragraph, pf.RawInline):
        return None
    parts: list[pf.Element] = []
    rest: list[pf.Element] = []
    for inline in paragraph.content:
        made = _environments(inline.text, known, store) if _is_tex(inline) else None
        if made is None:
            rest.append(inline)
            continue
        parts += _text(rest) + made
        rest = []
    return parts + _text(rest) if parts else None


def _is_tex(inline: pf.Element) -> bool:
    return isinstance(inline, pf.RawInline) and inline.format in ("tex", "latex")


def _text(inlines: list[pf.Element]) -> list[pf.Element]:
    while inlines and isinstance(inlines[-1], pf.Space | pf.SoftBreak):
        inlines = inlines[:-1]
    while inlines and isinstance(inlines[0], pf.Space | pf.SoftBreak):
        inlines = inlines[1:]
    return [pf.Para(*inlines)] if inlines else []


def _environments(text: str, known: Mapping[str, Theorem], store: Store) -> list[pf.Element] | None:
    """The theorems that raw TeX consists of; None if there is anything else in it."""
    made: list[pf.Element] = []
    rest = text
    while rest.strip():
        begin = _BEGIN.match(rest)
        theorem = known.get(begin[1]) if begin else None
        end = _end(rest, begin[1]) if begin and theorem else -1
        if not begin or not theorem or end < 0:
            return None
        inside = rest[begin.end() : rest.rindex("\\end", 0, end)]
        one = _from_tex(theorem, inside, known, store)
        if one is None:
            return None
        made.append(one)
        rest = rest[end:]
    return made


def _end(text: str, name: str) -> int:
    depth = 0
    for found in re.finditer(rf"\\(begin|end)\s*\{{{re.escape(name)}\}}", text):
        depth += 1 if found[1] == "begin" else -1
        if not depth:
            return found.end()
    return -1


def _from_tex(theorem: Theorem, inside: str, known: Mapping[str, Theorem], store: Store) -> pf.Element | None:
    _say_what_stays_text(inside)
    name, rest = _option(inside)
    before = _LABELS.match(rest)
    labels = [label.strip() for label in _LABEL.findall(before[0])] if before else []
    content = scraps.blocks(rest[before.end() :] if before else rest, store)
    title = scraps.blocks(name, store) if name else []
    if content is None or title is None:
        return None
    made = _made(theorem, title, content, labels[0] if labels else "")
    if theorem.kind == "proof" and title:
        made.attributes["title"] = _REPLACED  # `\\begin{proof}[Proof of …]`
    _alias(made, labels[1:])
    walk(made, lambda element, _: _nested(element, known, store), pf.RawBlock)
    return made


def _say_what_stays_text(inside: str) -> None:
    """Markdown is no Markdown in an environment of LaTeX, in any output."""
    first = line_of(inside)
    for found in _MARKDOWN.finditer(inside):
        message = f"'{found[0]}' is shown as text: what stands in an environment is LaTeX"
        hint = f"write \\cref{{{found[0][1:]}}}" if found[0][0] == "@" else "write \\textbf{…} or \\href{…}{…}"
        report("marker-as-text", message, line=line_in(inside, found.start(), first), hint=hint)


def _nested(element: pf.Element, known: Mapping[str, Theorem], store: Store) -> list[pf.Element] | None:
    if isinstance(element, pf.RawBlock) and element.format in ("tex", "latex"):
        return _environments(element.text, known, store)
    return None


def _option(text: str) -> tuple[str, str]:
    """`[Name]` at the beginning, braces in it respected, and the rest."""
    start = len(text) - len(text.lstrip())
    if not text[start:].startswith("["):
        return "", text
    depth = 0
    for at in range(start + 1, len(text)):
        if text[at] == "]" and not depth:
            return text[start + 1 : at], text[at + 1 :]
        depth += {"{": 1, "}": -1}.get(text[at], 0)
    return "", text


def _made(theorem: Theorem, name: list[pf.Element], content: list[pf.Element], identifier: str) -> pf.Div:
    inlines = [inline for block in name if hasattr(block, "content") for inline in block.content]
    head = [pf.Div(pf.Plain(*inlines), classes=["theorem-name"])] if inlines else []
    attributes = {
        "theorem": theorem.kind,
        "title": theorem.title,
        "style": theorem.style,
        "counter": theorem.counter,
        "environment": theorem.environment if theorem.declared else "",
    }
    made = pf.Div(*head, *content, identifier=identifier, classes=["theorem"], attributes=attributes)
    _take_labels(made)
    return made


def _take_labels(made: pf.Div) -> None:
    """A `\\label` in the text of a theorem means the theorem."""
    found: list[str] = []

    def see(element: pf.Element, _: pf.Doc) -> list[pf.Element] | None:
        if isinstance(element, pf.RawInline) and (label := _LABEL.fullmatch(element.text.strip())):
            found.append(label[1].strip())
            return []
        if isinstance(element, pf.Span) and "label" in element.attributes:
            found.append(element.attributes["label"])
            return []
        return None

    walk(made, see, pf.RawInline, pf.Span)
    if found and not made.identifier:
        made.identifier = found.pop(0)
    _alias(made, found)


def _alias(made: pf.Div, labels: list[str]) -> None:
    if labels:
        made.attributes["labels"] = ",".join(filter(None, [made.attributes.get("labels", ""), *labels]))


if __name__ == "__main__":
    from filters import as_program

    as_program(apply)
