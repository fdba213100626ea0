"""Several references in one, as cleveref says them: `eqs. (1) and (2)`, `Theorems 1 to 3`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING

from gradpress.numbers import cleveref, plurals, words
from gradpress.numbers.target import SECTIONS

if TYPE_CHECKING:
    from gradpress.numbers.references import Reference
    from gradpress.page import Page


def together(found: Sequence[Reference], how: str, page: Page, *, short: bool) -> list[Reference]:
    """The references of one `\\cref` (`how` is `list`) or `\\crefrange` (`range`), with what stands between them.

    `group` is pandoc-crossref's `[@fig:a; @fig:b]`, `numbers` the same behind a word, `bare` its `[-@fig:a; -@fig:b]`.
    """
    if how in ("group", "numbers", "bare"):
        return list(_grouped(found, page, how))
    lang = words.language(page.settings.get("lang", "en"))
    groups = [list(group) for _, group in groupby(found, key=_kind)]
    said = [_group(group, how, page, lang, short=short) for group in groups]
    made = [one for group in said for one in group]
    ends = [plurals.conjunction(lang) if group is said[-1] and group is not said[0] else ", " for group in said]
    starts = {id(group[0]): end for group, end in zip(said, ends, strict=True)}
    return [replace(one, before=starts.get(id(one), one.before)) for one in made]


def _grouped(found: Sequence[Reference], page: Page, how: str) -> Iterator[Reference]:
    """As pandoc-crossref says them: by kinds, in the order of their numbers, three in a row and more as a range."""
    kinds = dict.fromkeys(map(_kind, found))
    for kind in kinds:
        group = [one for one in found if _kind(one) == kind]
        if not all(one.target.number for one in group):
            yield from group
            continue
        group = sorted({one.target: one for one in group}.values(), key=lambda one: _in_order(one.target.number))
        yield from _as_ranges(group, page, how)


def _as_ranges(group: list[Reference], page: Page, how: str) -> Iterator[Reference]:
    runs: list[list[Reference]] = []
    for one in group:
        if runs and _follows(runs[-1][-1].target.number, one.target.number):
            runs[-1].append(one)
        else:
            runs.append([one])
    for run in runs:
        for at, one in enumerate(run):
            is_first = run is runs[0] and not at
            number = one.target.number if how == "bare" else one.number(page)
            text = _with_word(one, len(group) > 1, page) if how == "group" and is_first else number
            if len(run) < 3 or not at:
                yield replace(one, text=text)
            elif at == len(run) - 1:
                yield replace(one, text=text, before="–")


def _with_word(one: Reference, several: bool, page: Page) -> str:
    lang = words.language(page.settings.get("lang", "en"))
    kind, _ = _kind(one)
    word = _word(one, page, lang, short=False) if several else ""
    word = word or (page.settings.reference_words.get(kind, "") if several else "")
    return words.joined(word, one.number(page), lang) if word else one.text


def _in_order(number: str) -> list[tuple[int, str]]:
    return [(int(part), "") if part.isdecimal() else (0, part) for part in re.split(r"(\d+)", number)]


def _follows(before: str, number: str) -> bool:
    """Whether a number is the next one: `1.4` after `1.3`."""
    a, b = (re.fullmatch(r"(.*?)(\d+)", one) for one in (before, number))
    return a is not None and b is not None and a[1] == b[1] and int(b[2]) == int(a[2]) + 1


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
    if kind in page.settings.plurals:
        return page.settings.plurals[kind]
    if kind in page.settings.reference_words or (own and own != words.word(kind, lang)):
        return ""
    word = plurals.plural(kind, lang, short=short and not said.full)
    if not short or not word:
        return word
    return word[:1].upper() + word[1:] if said.capitalised else words.lowered(word, lang)
