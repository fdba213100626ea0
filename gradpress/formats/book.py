"""A chapter of the book: a page as LaTeX, with what it needs from the document around it told apart.

Chapters lie in the cache, not in the site: `gradpress.book` makes one PDF of them.
"""

from __future__ import annotations

import json
from typing import Any

from gradpress.book import labels
from gradpress.formats import captions, parts, tex
from gradpress.formats.tex_elements import Elements
from gradpress.formats.tex_text import escaped
from gradpress.numbers import references
from gradpress.page import Page, SiteView, Written
from gradpress.tex.for_latex import pieces
from gradpress.tex.macros import Rest


class Book:
    """`a/b.json` for `a/b.md`, and `a/b_files/` with its figures."""

    name = "book"
    suffix = ".json"

    def write(self, page: Page, site: SiteView) -> Written:
        """The chapter and the figures that it includes."""
        elements = Elements(page, site, page.context, in_book=True)
        made = tex.written(page, elements)
        text = json.dumps(_chapter(page, site, made), ensure_ascii=False, indent=0)
        return Written({f"{page.name}.json": text.encode()}, elements.copies)


def _chapter(page: Page, site: SiteView, made: parts.Parts) -> dict[str, Any]:
    return {
        "file": page.source.path.name if not page.context.file else page.context.file,
        "plain": escaped(references.title(page.title, page.name, page, site.targets)),
        "title": labels.prefixed(made.title, page.name) or escaped(page.title),
        "subtitle": made.subtitle,
        "authors": list(made.authors),
        "date": made.date,
        "abstract": labels.prefixed(made.abstract, page.name),
        "body": labels.prefixed(made.body, page.name),
        "number": parts.chapter(page),
        "number_sections": page.settings.number_sections,
        "captions": {name: escaped(word) for name, word in captions.names_for_tex(page).items()},
        "packages": [[p.name, p.options] for p in tex.with_amsthm(page)],
        "definitions": [
            [text, item.letters, list(item.declares) if isinstance(item, Rest) else None]
            for item, text in pieces(page.preamble)
        ],
        "code_in_note": tex.has_code_in_note(made.body),
    }
