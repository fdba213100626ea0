"""The order and the numbers of a site whose first page has d2lbook's contents: blocks `toc` that name pages.

A page that has contents itself is followed by the pages in them.  Below a block with `:numbered:` the pages have
numbers, `2` and `2.1`, as Sphinx gives them.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from pathlib import Path

from gradpress.content import Facts, Found
from gradpress.dialects import d2l_contents
from gradpress.page import Entry
from gradpress.reading.yaml_text import Document
from gradpress.records import dataclass

_FIRST = "index"


@dataclass(frozen=True)
class Order:
    """What the contents say."""

    nav: tuple[Entry, ...]
    numbers: Mapping[str, str]
    """Page → its number; empty for a site without `:numbered:`."""


@dataclass
class _Book:
    files: Mapping[str, Path]
    pages: Mapping[str, Facts]
    seen: set[str]
    numbers: dict[str, str]

    def entries(self, name: str, number: str | None) -> Iterator[Entry]:
        """The pages in the contents of page `name`; `number` is its own, None for a page that has none."""
        last = 0
        for options, inside in d2l_contents.blocks(self._text(name)):
            numbered = number is not None or (name == _FIRST and "numbered" in options)
            for given, title in inside:
                page = posixpath.normpath(posixpath.join(posixpath.dirname(name), given))
                if page in self.seen or page not in self.pages or self.pages[page].draft:
                    continue
                self.seen.add(page)
                last += numbered
                own = f"{number}.{last}" if number else str(last)
                if numbered:
                    self.numbers[page] = own
                children = tuple(self.entries(page, own if numbered else None))
                yield Entry(title or self.pages[page].title, f"{page}.html", children)

    def _text(self, name: str) -> str:
        try:
            return self.files[name].read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            return ""


def translated(text: str) -> Document:
    """The `config.ini` of a book that has no `gradpress.yml`: its title, authors, language and bibliography."""
    import configparser

    parser = configparser.ConfigParser(interpolation=None, strict=False)
    try:
        parser.read_string(text)
    except configparser.Error:
        return Document()
    if not parser.has_section("project") or not parser.has_section("build"):
        return Document()
    book = parser["project"]
    given = {
        "title": book.get("title") or book.get("name"),
        "author": book.get("author"),
        "lang": book.get("lang"),
        "bibliography": parser.get("pdf", "bibfile", fallback=""),
    }
    return Document({key: " ".join(value.split()) for key, value in given.items() if value and value.strip()})


def order(found: list[Found], pages: Mapping[str, Facts]) -> Order | None:
    """The order of the site's pages; None when its first page has no contents.  Pages left out come last."""
    files = {f.name: f.path for f in found if f.path.suffix == ".md"}
    book = _Book(files, pages, {_FIRST}, {})
    if _FIRST not in files or not any(names for _, names in d2l_contents.blocks(book._text(_FIRST))):
        return None
    listed = tuple(book.entries(_FIRST, None))
    rest = [name for name, facts in pages.items() if name not in book.seen and not facts.draft]
    first = Entry(pages[_FIRST].title, f"{_FIRST}.html")
    others = tuple(Entry(pages[name].title, f"{name}.html") for name in sorted(rest))
    return Order((first, *listed, *others), book.numbers)
