"""What stands on a page, and in its head, besides what its author wrote."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gradpress.formats.parts import Parts
from gradpress.page import Page, SiteView
from gradpress.site_parts import about, bibtex, categories, downloads, metadata, repository, words


@dataclass(frozen=True)
class PageParts:
    """What the templates are given for it."""

    variables: Mapping[str, Any]
    copies: Mapping[str, Path] = field(default_factory=dict)
    """Files that must be published for it."""


def of(page: Page, site: SiteView, made: Parts, shown: Mapping[str, Any]) -> PageParts:
    """All of one page, whose title and description are `shown`."""
    known = about.of(page, site, made, shown["title_text"], shown["description"])
    offered, copies = downloads.of(page)
    variables = {
        "metadata": metadata.of(known),
        "bibtex": bibtex.entry(known, _written_title(page)) if known.is_cited else "",
        "modified": known.modified,
        "is_draft": page.settings.get("draft") is True,
        "categories": categories.links(page.settings.get("categories", ())),
        "actions": repository.links(page, site),
        "downloads": offered,
        "labels": words.words(known.lang),
    }
    return PageParts(variables, {**known.image.copies, **copies})


def _written_title(page: Page) -> str:
    """The title as its author wrote it, where that is no plain text and refers to nothing."""
    title = str(page.settings.get("title", ""))
    return title if ("$" in title or "*" in title) and "@" not in title and "\\ref" not in title else ""
