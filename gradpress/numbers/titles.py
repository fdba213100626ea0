"""References in titles: a title is known before the numbers are, so it keeps marks until something shows it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from gradpress.patterns import pattern

if TYPE_CHECKING:
    import panflute as pf

    from gradpress.numbers.target import Index

_START, _END = "\ue020", "\ue021"
_MARK = pattern(f"{_START}([A-Za-z]*):([^{_END}]*){_END}")
_WRITTEN = pattern(
    r"\[(?P<bare>-)@(?P<number>[\w:.-]*\w)\]|\[@(?P<one>[A-Za-z]+[-:][\w:.-]*\w)\]|(?<![\w@\\])@(?P<key>[A-Za-z]+[-:][\w:.-]*\w)"
    r"|\\(?P<form>eqref|ref|[cC]ref|autoref|nameref)\*?\s*\{(?P<labels>[^{}]*)\}"
)
_FORMS = {"autoref": "auto", "nameref": "name"}


def marked(text: str) -> str:
    """A title as its author writes it, with marks for its references."""
    return _WRITTEN.sub(_mark, text) if "@" in text or "ref" in text else text


def _mark(found: re.Match[str]) -> str:
    if found["form"]:
        return _written(_FORMS.get(found["form"], found["form"]), found["labels"])
    return _written("bare" if found["bare"] else "Cref", found["number"] or found["one"] or found["key"])


def _written(form: str, labels: str) -> str:
    return f"{_START}{form}:{labels}{_END}"


def text_of(element: pf.Element) -> str:
    """The words of an element as plain text, with marks for its references."""
    import panflute as pf

    from gradpress.walking import collected

    spans = [s for s in collected(element, pf.Span) if "ref" in s.classes and s.attributes.get("form") != "said"]
    kept = [list(span.content) for span in spans]
    for span in spans:
        span.content = [pf.Str(_written(span.attributes["form"], span.attributes["labels"]))]
    text = str(pf.stringify(element)).strip()
    for span, content in zip(spans, kept, strict=True):
        span.content = content
    return text


def labels(text: str) -> list[str]:
    """The labels that a title refers to."""
    return [label.strip() for found in _MARK.finditer(text) for label in found[2].split(",")]


def resolved(text: str, say: Callable[[str, str], str]) -> str:
    """The title as it is shown; `say` gives the words for a form and a label."""
    return _MARK.sub(lambda m: ", ".join(say(m[1], label.strip()) for label in m[2].split(",")), text)


def numbered(text: str, of: str, index: Index) -> str:
    """The title of the page `of` with the numbers alone, where no page says the words."""

    def say(_: str, label: str) -> str:
        found = index.find(label, of)
        return found[0].number or label if found else label

    return resolved(text, say)
