"""Addresses in HTML that an author has typed: what it shows, plays and leads to."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape, unescape

from gradpress.patterns import pattern

_TAGS = pattern(
    r"<!--.*?(?:-->|$)|<(script|style|textarea)\b.*?(?:</\1|$)"
    r"|<(?P<tag>img|a|video|audio|source|track|embed|iframe)\b(?P<given>(?:\"[^\"]*\"|'[^']*'|[^'\">])*)>",
    re.S | re.I,
)
_ATTRIBUTE = pattern(r"([^\s\"'>/=]+)(\s*=\s*)(\"[^\"]*\"|'[^']*'|[^\s\"'>]+)")
_ADDRESSES = ("src", "href", "poster")


def changed(markup: str, change: Callable[[str, str], str]) -> str:
    """The markup with every address as `change` gives it back for a tag (`img`, `a`, …) and an address."""
    lower = markup.lower()
    if not any(name in lower for name in _ADDRESSES):
        return markup

    def of_tag(found: re.Match[str]) -> str:
        tag = (found["tag"] or "").lower()
        if not tag:
            return found[0]
        start, end = (at - found.start() for at in found.span("given"))
        return found[0][:start] + _ATTRIBUTE.sub(lambda one: of_attribute(tag, one), found["given"]) + found[0][end:]

    def of_attribute(tag: str, found: re.Match[str]) -> str:
        name, equals, value = found.groups()
        if name.lower() not in _ADDRESSES:
            return found[0]
        url = unescape(value.strip("\"'"))
        new = change(tag, url)
        return found[0] if new == url else f'{name}{equals}"{escape(new)}"'

    return _TAGS.sub(of_tag, markup)
