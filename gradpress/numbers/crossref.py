r"""Quarto's `crossref:`: words before numbers, how numbers are written, and kinds of the author's own.

    crossref:
      fig-title: Fig.            before captions          fig-prefix: figure     in references
      title-delim: "—"           after the number         labels: roman i        i, ii, iii instead of 1, 2, 3
      subref-labels: alpha A     A, B of parts            chapters: true         1.2 in the first section
      custom: [{kind: float, key: vid, reference-prefix: Video}]                 ::: {#vid-x} … :::

What it says of a page is kept as the author's mapping; `of` reads it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from gradpress.diagnostics import report
from gradpress.numbers.theorems import PREFIXES
from gradpress.numbers.words import CALLOUTS
from gradpress.patterns import pattern
from gradpress.reading.yaml_text import Document
from gradpress.records import dataclass, field

TYPES = {
    "fig": "figure",
    "tbl": "table",
    "tab": "table",
    "lst": "listing",
    "eq": "equation",
    "sec": "section",
    "ch": "chapter",
    **PREFIXES,
    **dict(zip(("nte", "tip", "wrn", "imp", "cau"), CALLOUTS, strict=True)),
}
"""How labels begin, and what they name."""
_PER_TYPE = pattern(r"^([a-z]+)-(title|prefix|labels)$")
_KNOWN = frozenset(
    "chapters chapters-appendix chapters-alpha chapter-id ref-hyperlink title-delim labels subref-labels custom "
    "numbering appendix-title appendix-delim apx-prefix lof-title lot-title lol-title caption-subfig "
    "caption-collected-delim caption-collected-label-sep ref-delim maximum-depth".split()
)
_FORM = pattern(r"^(?:arabic|roman(?: [iI])?|alpha(?: [A-Za-z])?)$")
_ROMAN = ((1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL"),
          (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))  # fmt: skip


@dataclass(frozen=True)
class Custom:
    """A kind of the author's own."""

    title: str
    """What stands before the number of a caption."""
    prefix: str
    """What stands before the number of a reference."""
    tight: bool = False
    """No space between word and number: `Table S1`."""
    above: bool = False
    """Captions stand above."""


@dataclass(frozen=True)
class Crossref:
    """What `crossref:` says."""

    titles: Mapping[str, str] = field(default_factory=dict)
    """Kind → the word before the number of a caption."""
    prefixes: Mapping[str, str] = field(default_factory=dict)
    """Kind → the word before the number in a reference."""
    delimiter: str = ":"
    """What stands between the number of a caption and its words."""
    forms: Mapping[str, str] = field(default_factory=dict)
    """Kind → how its numbers are written; `*` is for all others."""
    part_form: str = "alpha a"
    hyperlink: bool = True
    chapters: bool = False
    """Numbers begin anew in each section of the first level, and its number stands before them."""
    custom: Mapping[str, Custom] = field(default_factory=dict)
    """How labels begin → the kind."""

    def form(self, kind: str) -> str:
        """How numbers of a kind are written."""
        return self.forms.get(kind) or self.forms.get("*", "arabic")

    def kind(self, label: str) -> str:
        """The kind that a label names by its beginning; empty if none."""
        start = re.match(r"^([A-Za-z]+)[-:]", label)
        name = start[1].lower() if start else ""
        return name if name in self.custom else TYPES.get(name, "")

    def tight(self, kind: str) -> bool:
        """Whether no space stands between the word of a kind and its number."""
        return kind in self.custom and self.custom[kind].tight


def of(given: Mapping[str, Any]) -> Crossref:
    """The meaning of the author's mapping."""
    return _read(json.dumps(given, sort_keys=True, default=str) if given else "{}")


@lru_cache(maxsize=256)
def _read(text: str) -> Crossref:
    given: dict[str, Any] = json.loads(text)
    found: dict[str, dict[str, str]] = {"title": {}, "prefix": {}, "labels": {}}
    for key, value in given.items():
        named = _PER_TYPE.match(key)
        if named and named[1] in TYPES:
            found[named[2]][TYPES[named[1]]] = _text(value)
    custom = dict(filter(None, map(_custom, _listed(given.get("custom")))))
    forms = {"*": _text(given["labels"])} if "labels" in given else {}
    return Crossref(
        titles={**{key: one.title for key, one in custom.items()}, **found["title"]},
        prefixes={**{key: one.prefix for key, one in custom.items()}, **found["prefix"]},
        delimiter=_text(given.get("title-delim", ":")),
        forms={**forms, **found["labels"]},
        part_form=_text(given.get("subref-labels", "alpha a")),
        hyperlink=given.get("ref-hyperlink") is not False,
        chapters=given.get("chapters") is True,
        custom=custom,
    )


def _custom(item: Any) -> tuple[str, Custom] | None:
    if not isinstance(item, dict) or not re.fullmatch(r"[A-Za-z]+", str(item.get("key", ""))):
        return None
    prefix = _text(item.get("reference-prefix") or item.get("caption-prefix") or str(item["key"]).capitalize())
    title = _text(item.get("caption-prefix") or prefix)
    above = item.get("caption-location") == "top"
    return str(item["key"]), Custom(title, prefix, item.get("space-before-numbering") is False, above)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value] if isinstance(value, dict) else []


def _text(value: Any) -> str:
    return " ".join(map(str, value)) if isinstance(value, list) else "" if value is None else str(value)


def check(document: Document, path: tuple[str, ...] = ("crossref",)) -> None:
    """Report what is wrong in the `crossref:` of a header or a configuration."""
    given = document.values.get("crossref")
    for key, value in given.items() if isinstance(given, dict) else ():
        line = document.line(*path, str(key))
        named = _PER_TYPE.match(str(key))
        if str(key) not in _KNOWN and not (named and named[1] in TYPES):
            report("key-unknown", f"unknown key 'crossref.{key}'", line=line)
        elif str(key).endswith("labels") and not _FORM.match(_text(value)):
            report("key-value", f"'crossref.{key}' must be arabic, roman, roman i, alpha a or alpha A", line=line)
        elif key == "custom":
            for item in _listed(value):
                if _custom(item) is None:
                    report("key-value", "'crossref.custom' must be a list of mappings with a 'key'", line=line)


def written(number: int, form: str) -> str:
    """A number as `form` writes it: `3`, `iii`, `c`."""
    if form.startswith("roman"):
        return _roman(number).lower() if form.endswith("i") else _roman(number)
    if form.startswith("alpha"):
        first = form[6:7] or "a"
        base = ord("A") if first.isupper() else ord("a")
        return _letters(number + ord(first) - base, chr(base))
    return str(number)


def _letters(count: int, first: str) -> str:
    """a, b, …, z, aa, ab, …"""
    letters = ""
    while count:
        count, rest = divmod(count - 1, 26)
        letters = chr(ord(first) + rest) + letters
    return letters


def _roman(number: int) -> str:
    done = ""
    for value, sign in _ROMAN:
        times, number = divmod(number, value)
        done += sign * times
    return done
