"""Several references in one, as cleveref says them: `eqs. (1) and (2)`, `Theorems 1 to 3`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING

from gradpress.numbers import cleveref, plurals, words
from gradpress.numbers.target import SECTIONS

if TYPE_CHECKING:
    from gradpress.numbers.references import Reference
    from gradpress.page import Page


def together(found: Sequence[Reference], how: str, page: Page, *, short: bool) -> list[Reference]:
    """The references of one `\\cref` (`how` is `list`) or `\\crefrange` (`range`), with what stands between them."""
    lang = words.language(page.settings.get("lang", "en"))
    groups = [list(group) for _, group in groupby(found, key=_kind)]
    said = [_group(group, how, page, lang, short=short) for group in groups]
    made = [one for group in said for one in group]
    ends = [plurals.conjunction(lang) if group is said[-1] and group is not said[0] else ", " for group in said]
    starts = {id(group[0]): end for group, end in zip(said, ends, strict=True)}
    return [replace(one, before=starts.get(id(one), one.before)) for one in made]


def _kind(one: Reference) -> tuple[str, str]:
    """What is named together; the words of sections are their titles."""
    kind, has_title = one.target.kind, one.target.kind in SECTIONS and one.target.number
    return kind, "" if has_title else one.target.word


def _group(group: list[Reference], how: str, page: Page, lang: str, *, short: bool) -> list[Reference]:
    """References to things of one kind: the word once, then their numbers."""
    has_numbers = len(group) > 1 and all(one.target.number and not one.words for one in group)
    word = _word(group[0], page, lang, short=short) if has_numbers else ""
    between = plurals.until(lang) if how == "range" else ", "
    last = plurals.until(lang) if how == "range" else plurals.conjunction(lang)
    made = []
    for at, one in enumerate(group):
        number = one.number(page)
        text = one.text if not word else words.joined(word, number, lang) if not at else number
        made.append(replace(one, text=text, before=last if at == len(group) - 1 else between))
    return made


def _word(one: Reference, page: Page, lang: str, *, short: bool) -> str:
    """The plural of the kind's word; empty where the author has words of his own, of which we know no plural."""
    kind, own = _kind(one)
    said = cleveref.of(page.preamble)
    if name := said.name(kind, own, short=short, several=True):
        return name
    if kind in page.settings.reference_words or (own and own != words.word(kind, lang)):
        return ""
    word = plurals.plural(kind, lang, short=short and not said.full)
    if not short or not word:
        return word
    return word[:1].upper() + word[1:] if said.capitalised else words.lowered(word, lang)
