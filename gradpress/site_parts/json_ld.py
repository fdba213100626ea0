"""JSON-LD: what a page is, in the words of schema.org."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from markupsafe import Markup

from gradpress.site_parts.about import About

_ESCAPES = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"}
"""In a script nothing may look like its end, or like the beginning of a comment."""


def of(about: About) -> Markup:
    """The text of `<script type="application/ld+json">`."""
    said = {key: value for key, value in _said(about).items() if value}
    return Markup(json.dumps(said, ensure_ascii=False, separators=(",", ":")).translate(_ESCAPES))


def _said(about: About) -> dict[str, Any]:
    site = {"@type": "WebSite", "name": about.site, "url": about.site_url}
    return {
        "@context": "https://schema.org",
        "@type": _kind(about),
        "headline": about.title,
        "description": about.description,
        "url": about.url,
        "inLanguage": about.lang,
        "image": about.image.url,
        "author": _people(about.authors),
        "datePublished": about.published,
        "dateModified": about.modified,
        "keywords": list(about.keywords),
        "isPartOf": {key: value for key, value in site.items() if value} if about.site else {},
    }


def _kind(about: About) -> str:
    """A page with authors and a date is an article, and with an abstract a scholarly one."""
    if not about.is_article:
        return "WebPage"
    return "ScholarlyArticle" if about.has_abstract else "TechArticle"


def _people(names: Sequence[str]) -> list[dict[str, str]]:
    return [{"@type": "Person", "name": name} for name in names]
