"""What the files of a site tell of a page, from its header alone: pages that are not built again are listed, too."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from gradpress import decks
from gradpress.content import Facts, Found, plain
from gradpress.reading.yaml_text import Document
from gradpress.site_parts import dates

_LAST_MODIFIED = "last-modified"
"""The value of `date-modified` that asks for the file's history."""
_LONGEST = 500
"""Letters of a summary."""


def taken(document: Document, *, has_lines: bool = True) -> dict[str, Any]:
    """What is kept of a header, as JSON can hold it; nothing for a page that says nothing."""
    get = document.values.get
    found = {
        "date": dates.iso(_text(get("date"))),
        "modified": _text(get("date-modified")),
        "summary": " ".join(plain(_text(get("description")) or _text(get("abstract"))).split())[:_LONGEST],
        "authors": _names(get("author")),
        "categories": _texts(get("categories")),
        "aliases": [
            [alias, document.line_of("aliases", alias) if has_lines else 0] for alias in _texts(get("aliases"))
        ],
        "draft": "yes" if get("draft") is True else "",
        "slides": "yes" if decks.asks(document.values) else "",
        "feed": "no" if get("feed") is False else "",
    }
    return {key: value for key, value in found.items() if value}


def _text(value: Any) -> str:
    return str(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else ""


def _texts(value: Any) -> list[str]:
    return list(filter(None, map(_text, value if isinstance(value, list) else [value])))


def _names(value: Any) -> list[str]:
    listed = value if isinstance(value, list) else [value]
    return _texts([one.get("name") if isinstance(one, dict) else one for one in listed])


class Listed(NamedTuple):
    """One page as the files of the site tell of it; days are `2024-05-17`, what is not known is empty."""

    name: str
    file: str
    title: str
    published: str
    modified: str
    summary: str
    authors: tuple[str, ...]
    categories: tuple[str, ...]
    aliases: tuple[tuple[str, int], ...]
    """With their lines."""
    is_draft: bool
    """It is only in a site that is built with `--drafts`."""
    in_feed: bool

    @property
    def changed(self) -> str:
        """The day of its last change."""
        return max(self.modified, self.published)


def asking(found: list[Found], facts: Mapping[str, Facts], values: Mapping[str, Any]) -> list[Found]:
    """The pages that want to show when their files were changed."""
    site = str(values.get("date-modified", ""))
    return [f for f in found if facts[f.name].listed.get("modified", site) == _LAST_MODIFIED]


def pages(
    found: list[Found], facts: Mapping[str, Facts], values: Mapping[str, Any], modified: Mapping[str, str]
) -> tuple[Listed, ...]:
    """The pages that are not hidden; `values` are the site's keys, `modified` the days that were looked up."""
    shown = [(f, facts[f.name]) for f in found if not facts[f.name].draft]
    return tuple(_listed(f, page, values, modified.get(f.name, "")) for f, page in shown)


def _listed(found: Found, facts: Facts, values: Mapping[str, Any], modified: str) -> Listed:
    said = facts.listed
    day = dates.iso(said.get("modified") or str(values.get("date-modified", "")))
    return Listed(
        found.name,
        found.file,
        facts.title,
        said.get("date", ""),
        modified or day,
        said.get("summary", ""),
        tuple(said.get("authors", values.get("author", ()))),
        tuple(said.get("categories", ())),
        tuple((alias, line) for alias, line in said.get("aliases", ())),
        "draft" in said,
        bool(said.get("date")) and values.get("feed") is not False and not {"feed", "draft"} & said.keys(),
    )
