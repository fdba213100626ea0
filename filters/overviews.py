#!/usr/bin/env python3
"""Lists of figures, tables and listings, where a page asks for them as LaTeX does.

    \\listoffigures    \\listoftables    \\listoflistings

become a heading and links to what has a number, the same for every output.
"""

from __future__ import annotations

import sys
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import panflute as pf

from gradpress import context
from gradpress.numbers import words
from gradpress.patterns import pattern
from gradpress.walking import collected, walk

wants = (pf.RawBlock, pf.RawInline)

_COMMAND = pattern(r"\\(?:listof(?P<kind>figure|table|listing)s|lstlistoflistings)\b\s*")
_COMMANDS = pattern(rf"(?:\s*(?:{_COMMAND.pattern.replace('?P<kind>', '?:')}))+")


def apply(doc: pf.Doc) -> None:
    """Put the lists that `doc` asks for where it asks for them, in place."""
    asked = [raw for raw in collected(doc, pf.RawBlock, pf.RawInline) if _COMMANDS.fullmatch(raw.text)]
    if asked:
        lang = context.of(doc).lang
        walk(doc, lambda element, _: _listed(element, doc, lang), pf.RawBlock, pf.Para, pf.Plain)


def _listed(element: pf.Element, doc: pf.Doc, lang: str) -> list[pf.Element] | None:
    inline = isinstance(element, pf.Para | pf.Plain)
    raws = [e for e in element.content if not isinstance(e, pf.Space | pf.SoftBreak)] if inline else [element]
    texts = [raw.text if isinstance(raw, pf.RawBlock | pf.RawInline) else "" for raw in raws]
    if not texts or not all(map(_COMMANDS.fullmatch, texts)):
        return None
    return [b for text in texts for m in _COMMAND.finditer(text) for b in _list(m["kind"] or "listing", doc, lang)]


def _list(kind: str, doc: pf.Doc, lang: str) -> list[pf.Element]:
    entries = [pf.ListItem(pf.Plain(_link(one, kind, at, lang))) for at, one in enumerate(_numbered(doc, kind), 1)]
    title = pf.Header(pf.Str(words.overview(kind, lang)), level=1, classes=["unnumbered", "unlisted"])
    return [title, pf.BulletList(*entries)] if entries else []


def _numbered(doc: pf.Doc, kind: str) -> list[pf.Element]:
    """What has a number of its own; parts have letters."""
    kinds = {"figure": pf.Figure, "table": pf.Table, "listing": pf.Div}
    found = collected(doc, kinds[kind])
    return [one for one in found if _number(one)[-1:].isdigit() and (kind != "listing" or "listing" in one.classes)]


def _number(element: pf.Element) -> str:
    return str(element.attributes.get("number", ""))


def _link(one: pf.Element, kind: str, at: int, lang: str) -> pf.Link:
    one.identifier = one.identifier or f"{kind}-{at}"
    caption = one.content[0] if kind == "listing" else one.caption
    said = pf.stringify(caption).strip() if caption is not None else ""
    number = words.joined(words.word(kind, lang), _number(one), lang)
    return pf.Link(pf.Str(f"{number}: {said}"), url=f"#{one.identifier}")


if __name__ == "__main__":
    from filters import as_program

    as_program(apply)
