"""The record of a page: a file of the site that holds what can be found on it.

Its first line is for the reader's browser, which shows the words around what was found; the second one is a comment
with the page's terms, from which the index of the site is made.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from gradpress.patterns import pattern
from gradpress.searching.sections import Section, sections
from gradpress.searching.terms import terms

if TYPE_CHECKING:
    from gradpress.formats.parts import Parts
    from gradpress.page import Page

FOLDER = "assets/search"
"""Of all files of the search, below the output folder."""
TITLE, HEADING, NAMED, TEXT, HIDDEN, CODE = 24, 12, 4, 2, 1, 1
"""What one term counts for where it stands."""
MOST = 99

Terms = dict[str, str]
"""First letter → the terms that begin with it: `term,section,weight,section,weight;term,…`, sorted."""
GROUP = "|"
"""Between terms whose first two letters differ, in place of the semicolon."""


def target(name: str) -> str:
    """Where the record of the page `name` lies."""
    return f"{FOLDER}/pages/{name}.js"


def written(page: Page, title: str, made: Parts) -> bytes:
    """The record of a page from what was made of it; `title` is used where that has none."""
    from gradpress.searching import formulas

    def formula(tex: str) -> tuple[str, frozenset[str]]:
        read = formulas.read(tex, page.preamble)
        return read.text, read.names

    labels = frozenset(t.label for t in page.targets)
    head = f"<h1>{made.title}</h1>{made.subtitle}\n{made.abstract}"
    shown = _first_is_title(sections(f"{head}\n{made.body}", labels, formula), title)
    shown[0].hidden |= _expanded(page, shown)
    return _file(page.name, shown[0].heading, shown)


def _expanded(page: Page, shown: list[Section]) -> set[str]:
    """The author's macros that the page uses, and its HTML does not name: MathML, for one, knows no macros."""
    own = page.preamble.macros.keys()
    used = own & set(_COMMAND.findall(page.source.body)) if own else set()
    return used.difference(*(section.hidden for section in shown))


_COMMAND = pattern(r"\\([A-Za-z]+)")


def _first_is_title(found: list[Section], title: str) -> list[Section]:
    """The text before the first heading belongs to the page as a whole."""
    first = found[0] if found and not found[0].anchor else Section("")
    rest = found[1:] if found and found[0] is first else found
    return [replace(first, heading=first.heading or title), *rest]


def _file(name: str, title: str, shown: list[Section]) -> bytes:
    told = [[s.anchor, s.heading, s.text, s.code] if s.code else [s.anchor, s.heading, s.text] for s in shown]
    kept = json.dumps(_terms(shown), ensure_ascii=False, separators=(",", ":"))
    call = json.dumps([name, title, told], ensure_ascii=False, separators=(",", ":"))
    return f"gradpressSearch.page({call});\n//{kept}\n".encode()


def read(record: bytes) -> tuple[str, Terms]:
    """Title and terms of a record.  Raises ValueError when it is none."""
    line, _, rest = record.decode().partition("\n")
    kept = rest.partition("\n")[0]
    if not line.startswith(_CALL) or not kept.startswith("//"):
        raise ValueError("no record of a page")
    _, end = _DECODER.raw_decode(line, len(_CALL))
    title, _ = _DECODER.raw_decode(line, end + 1)
    return title, json.loads(kept[2:])


_CALL = "gradpressSearch.page(["
_DECODER = json.JSONDecoder()


def _terms(shown: list[Section]) -> Terms:
    weights: dict[str, dict[int, int]] = {}
    for number, section in enumerate(shown):
        kinds = (
            (section.heading, HEADING if number else TITLE),
            (section.named, NAMED),
            (section.text, TEXT),
            (section.code, CODE),
            (" ".join(section.hidden), HIDDEN),
        )
        for text, weight in kinds:
            for term, count in Counter(terms(text)).items() if text else ():
                places = weights.setdefault(term, {})
                places[number] = places.get(number, 0) + count * weight
    return _by_letter(weights)


def _by_letter(weights: Mapping[str, Mapping[int, int]]) -> Terms:
    letters: dict[str, list[str]] = {}
    last = ""
    for term in sorted(weights):
        known = letters.setdefault(term[0], [])
        between = (GROUP if term[:2] != last else ";") if known else ""
        places = [f",{number},{min(weight, MOST)}" for number, weight in weights[term].items()]
        known += [between, term, *places]
        last = term[:2]
    return {letter: "".join(kept) for letter, kept in letters.items()}
