"""References that are written as citations, alone, with words of their own, or among citations of books.

@fig-a   -@fig-a   [@fig:a; @eq:b]   [Figures @fig:a; -@fig:b]   [@fig:a, left]   [@fig:a; @knuth84]
"""

from __future__ import annotations

import re
from collections.abc import Callable

import panflute as pf

from gradpress.patterns import pattern

Kind = Callable[[str], str]
"""What a label names by its beginning; empty for the key of a book."""
Made = Callable[[str, str, str], pf.Span]
"""Makes a reference: form, labels, text in the note."""

_WORD = pattern(
    r"(?:^|[\s(\[\N{NO-BREAK SPACE}])(?:fig(?:ure)?s?|eqn?s?|equations?|tables?|tabs?|tbls?|sections?|secs?|chapters?|"
    r"listings?|lsts?|appendix|appendices|abb(?:ildung(?:en)?)?|gl|gleichung(?:en)?|tabelle[n]?|abschnitte?|kapitel|"
    r"lemma[s]?|theorems?|definitions?|§)\.?[\s\N{NO-BREAK SPACE}~]+$",
    re.IGNORECASE,
)
"""Text that already says what kind of thing the number is of."""
_ASIDE = pattern(r"(?:^|\s)(?:see|also|cf|e\.g|i\.e|compare|and|or|in|from|vgl|siehe|s|z\.B|voir)[.,]?\s*$", re.I)
"""Words before a reference that do not stand for its kind."""


def as_references(cite: pf.Cite, made: Made, kind: Kind) -> pf.Element | list[pf.Element] | None:
    """The citation with its references; None if it has none."""
    citations = list(cite.citations)
    if not any(kind(c.id) for c in citations):
        return None
    says = _said_before(cite, kind)
    is_group = len(citations) > 1 and all(":" in str(c.id) for c in citations)  # Quarto's are said one by one
    if _is_uniform(citations, kind) and (is_group or not says):
        is_bare = citations[0].mode == "SuppressAuthor"
        reference = made("bare" if is_bare else "Cref", ",".join(map(_label, citations)), f"@{citations[0].id}")
        if is_group:
            reference.attributes["together"] = "bare" if is_bare else "numbers" if says else "group"
        return reference
    parts: list[list[pf.Element]] = []
    books: list[pf.Citation] = []
    for at, citation in enumerate(citations):
        if not kind(citation.id):
            books.append(citation)
            continue
        parts += [_of_books(books)] if books else []
        books = []
        parts.append(_one(citation, made, bare=says and not at))
    parts += [_of_books(books)] if books else []
    found: list[pf.Element] = []
    for part in parts:
        found += [*([pf.Str(","), pf.Space()] if found else []), *part]
    return found


def _is_uniform(citations: list[pf.Citation], kind: Kind) -> bool:
    plain = all(kind(c.id) and not c.prefix and not c.suffix for c in citations)
    return plain and len({c.mode == "SuppressAuthor" for c in citations}) == 1


def _label(citation: pf.Citation) -> str:
    name = str(citation.id)
    return name[0].lower() + name[1:]


def _one(citation: pf.Citation, made: Made, *, bare: bool) -> list[pf.Element]:
    """A word before it stands for the word of its kind."""
    prefix, suffix = list(citation.prefix), list(citation.suffix)
    words = pf.stringify(pf.Plain(*prefix)).strip() if prefix else ""
    own_word = bool(words) and not _ASIDE.search(words)
    number = "eqref" if _label(citation).startswith("eq") else "bare"
    form = "bare" if citation.mode == "SuppressAuthor" else number if own_word or bare else "Cref"
    reference = made(form, _label(citation), f"@{citation.id}")
    if suffix and citation.mode == "AuthorInText":
        suffix = [pf.Space(), pf.Str("["), *_trimmed(suffix), pf.Str("]")]
    return [*_trimmed(prefix), *([pf.Space()] if prefix else []), reference, *suffix]


def _trimmed(inlines: list[pf.Element]) -> list[pf.Element]:
    while inlines and isinstance(inlines[-1], pf.Space | pf.SoftBreak):
        inlines = inlines[:-1]
    while inlines and isinstance(inlines[0], pf.Space | pf.SoftBreak):
        inlines = inlines[1:]
    return inlines


def _of_books(citations: list[pf.Citation]) -> list[pf.Element]:
    return [pf.Cite(pf.Str("; ".join(f"@{c.id}" for c in citations)), citations=citations)]


def _said_before(cite: pf.Cite, kind: Kind) -> bool:
    """Whether the text before names the kind: `Figure @fig:a`, `Figures @fig:a, @fig:b and @fig:c`."""
    one, spaced = cite.prev, False
    while one is not None and (_joins(one) or _is_reference(one, kind)):
        spaced = spaced or isinstance(one, pf.Space | pf.SoftBreak)
        one = one.prev
    return isinstance(one, pf.Str) and bool(_WORD.search(f"{one.text} " if spaced else one.text))


def _joins(one: pf.Element) -> bool:
    joining = isinstance(one, pf.Str) and one.text in (",", "and", "und", "et", "or", "oder", "to", "&", "–", "-")
    return joining or isinstance(one, pf.Space | pf.SoftBreak)


def _is_reference(one: pf.Element, kind: Kind) -> bool:
    is_label = isinstance(one, pf.Cite) and all(kind(c.id) for c in one.citations)
    return is_label or (isinstance(one, pf.Span) and "ref" in one.classes)
