#!/usr/bin/env python3
"""References by label, however they are written, become one thing: a `Span.ref` that names its labels.

    \\eqref{eq:a}  \\ref{eq:a}  \\cref{eq:a,eq:b}  \\Cref  \\autoref      LaTeX
    \\crefrange{eq:a}{eq:b}  \\labelcref  \\nameref  \\vref  \\Vref       LaTeX
    @eq-a  @Eq-a  -@eq-a  [@eq-a; @eq-b]  [Formula @eq:a]  [@fig:a](B)   Quarto, pandoc-crossref
    \\@ref(eq:a)                                                         bookdown
    [1](#eq:a){reference-type="ref" reference="eq:a"}                    what pandoc makes of LaTeX

What a reference says is known when all pages have their numbers (`gradpress.numbers.references`).
"""

from __future__ import annotations

import sys
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import panflute as pf

from gradpress import context
from gradpress.numbers import crossref
from gradpress.numbers.cited import as_references
from gradpress.patterns import pattern
from gradpress.reading.places import line_of, line_of_name
from gradpress.walking import walk

wants = (pf.RawInline, pf.Cite, pf.Str, pf.RawBlock, pf.Link)

_TEX = pattern(
    r"^\\(?P<form>eqref|ref|[cC]ref|autoref|labelcref|nameref|[vV]ref|[cC]refrange)\*?\s*"
    r"\{(?P<labels>[^{}]*)\}(?:\s*\{(?P<last>[^{}]*)\})?$"
)
_FORMS = {
    "crefrange": "cref",
    "Crefrange": "Cref",
    "labelcref": "label",
    "nameref": "name",
    "vref": "ref",
    "Vref": "Cref",
    "ref+label": "cref",
    "ref+Label": "Cref",
    "ref+page": "ref",
}
_BOOKDOWN = pattern(r"@ref\(([\w:.-]+)\)")
_PART = pattern(r"\w{1,3}(?:[,\N{EN DASH}-]\w{1,3})*")
_LABELS = pattern(r"^\s*(?:\\label\s*\{[^{}]*\}\s*)+$")
_LABEL = pattern(r"\\label\s*\{([^{}]*)\}")


def apply(doc: pf.Doc) -> None:
    """Make every reference of `doc` a `Span.ref`, and give headings their labels, in place."""
    said = crossref.of(context.of(doc).crossref)
    walk(doc, _labelled, pf.RawInline, pf.RawBlock)
    walk(doc, lambda element, _: _lifted(element, said), *wants)


def lifted(block: pf.Para | pf.Plain, said: crossref.Crossref) -> pf.Para | pf.Plain:
    """A paragraph that a later filter has read, with its references made the same."""
    doc = pf.Doc(block)
    walk(doc, lambda element, _: _lifted(element, said), *wants)
    return doc.content[0]


def _labelled(element: pf.Element, _: pf.Doc) -> list[pf.Element] | None:
    """`\\label` in a heading, or alone behind it, is the name of the section."""
    if not isinstance(element, pf.RawInline | pf.RawBlock) or not _LABELS.match(element.text):
        return None
    block = element.parent if isinstance(element, pf.RawInline) else element
    if isinstance(block, pf.Para) and len(block.content) > 1:
        return None
    heading = block if isinstance(block, pf.Header) else block.prev
    if not isinstance(heading, pf.Header):
        return None
    names = [name.strip() for name in _LABEL.findall(element.text)]
    heading.attributes["labels"] = ",".join(filter(None, [heading.attributes.get("labels", ""), *names]))
    return []


def _lifted(element: pf.Element, said: crossref.Crossref) -> pf.Element | list[pf.Element] | None:
    if isinstance(element, pf.RawInline) and element.format in ("tex", "latex"):
        return _of_latex(element.text)
    if isinstance(element, pf.RawBlock) and element.format in ("tex", "latex"):
        made = _of_latex(element.text)
        return pf.Para(made) if made else None
    if isinstance(element, pf.Cite):
        return as_references(element, reference, said.kind)
    if isinstance(element, pf.Str) and "@ref(" in element.text:
        return _split(element.text)
    return _of_link(element) if isinstance(element, pf.Link) else None


def _of_link(link: pf.Link) -> pf.Span | list[pf.Element] | None:
    """What pandoc's LaTeX reader makes of a reference: its words are those of a number that may have changed."""
    label, form = link.attributes.get("reference", ""), link.attributes.get("reference-type", "")
    if label and form:
        return reference(_FORMS.get(form, form), label, f'reference="{label}"')
    return _with_part(link)


def _with_part(link: pf.Link) -> list[pf.Element] | None:
    """`[@fig:a](B)`: part B of a figure. Pandoc read it so until 2.15, which makes it a link to a file `B`."""
    said = list(link.content)
    is_reference = len(said) == 1 and isinstance(said[0], pf.Span) and "ref" in said[0].classes
    return [*said, pf.Str(f"({link.url})")] if is_reference and _PART.fullmatch(link.url) else None


def _of_latex(text: str) -> pf.Span | None:
    found = _TEX.match(text.strip())
    if not found or (found["last"] is not None) != found["form"].endswith("range"):
        return None
    form = found["form"]
    made = reference(_FORMS.get(form, form), ",".join(filter(None, [found["labels"], found["last"]])), text)
    if form.endswith("range") or ("," in made.attributes["labels"] and form in ("cref", "Cref")):
        made.attributes["together"] = "range" if form.endswith("range") else "list"
    return made


def _split(text: str) -> list[pf.Element]:
    parts = _BOOKDOWN.split(text)
    found: list[pf.Element] = []
    for index, part in enumerate(parts):
        found += [reference("ref", part, f"@ref({part})")] if index % 2 else [pf.Str(part)] if part else []
    return found


def reference(form: str, labels: str, source: str) -> pf.Span:
    """A reference to these labels, separated by commas, that stands in the note as `source`."""
    names = ",".join(name.strip() for name in labels.split(",") if name.strip())
    attributes = {"form": form, "labels": names, "line": str(_line(source))}
    return pf.Span(pf.Str(names), classes=["ref"], attributes=attributes)


def _line(source: str) -> int:
    return (line_of_name(source) if source.startswith("@") or "\\" not in source else 0) or line_of(source)


if __name__ == "__main__":
    from filters import as_program

    as_program(apply)
