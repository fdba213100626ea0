"""What stands on a page, and in its head, besides what its author wrote; what a page does not need is not imported."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from gradpress.formats.parts import Drawing, Parts
from gradpress.page import Page, SiteView
from gradpress.site_parts import about, categories, json_ld, metadata


def of(
    page: Page, site: SiteView, made: Parts, shown: Mapping[str, Any], drawings: Sequence[Drawing]
) -> tuple[dict[str, Any], dict[str, Path]]:
    """What the templates are given for one page, whose title and description are `shown`; files to publish for it."""
    known = about.of(page, site, made, shown["title_text"], shown["description"], drawings)
    body: dict[str, Any] = {
        "bibtex": _bibtex(page, known) if known.is_cited else "",
        "modified": known.modified,
        "is_draft": page.settings.get("draft") is True,
        "categories": categories.links(page.settings.get("categories", ())),
        "actions": _actions(page, site) if "repo-url" in site.values else (),
    }
    body["downloads"], copies = _downloads(page) if page.settings.get("downloads") else ((), {})
    if any(body.values()):
        from gradpress.site_parts import words

        body["labels"] = words.words(known.lang)
    head = {"metadata": metadata.tags(known), "json_ld": json_ld.of(known)}
    return {**head, **body}, {**known.image.copies, **copies}


def _bibtex(page: Page, known: about.About) -> str:
    from gradpress.site_parts import bibtex

    return bibtex.entry(known, _written_title(page))


def _actions(page: Page, site: SiteView) -> tuple[Any, ...]:
    from gradpress.site_parts import repository

    return repository.links(page, site)


def _downloads(page: Page) -> tuple[tuple[Any, ...], dict[str, Path]]:
    from gradpress.site_parts import downloads

    return downloads.of(page)


def _written_title(page: Page) -> str:
    """The title as its author wrote it, where that is no plain text and refers to nothing."""
    title = str(page.settings.get("title", ""))
    return title if ("$" in title or "*" in title) and "@" not in title and "\\ref" not in title else ""
