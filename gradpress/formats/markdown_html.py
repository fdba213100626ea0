"""HTML in Markdown that other sites show: what they let pass, without comments, and what stands in its place."""

from __future__ import annotations

import re

import panflute as pf

from gradpress.patterns import pattern

_ALLOWED = frozenset(
    "h1 h2 h3 h4 h5 h6 br b i strong em a pre code img tt div ins del sup sub p picture source ol ul table thead tbody "
    "tfoot blockquote dl dt dd kbd q samp var hr ruby rt rp li tr td th s strike summary details caption figure "
    "figcaption abbr bdo cite dfn mark small span time wbr col colgroup center font u".split()
)
"""Elements that GitHub shows, or whose content it shows."""
_COMMENT = pattern(r"<!--.*?-->", re.DOTALL)
_TAG = pattern(r"</?([A-Za-z][\w-]*)(?:\"[^\"]*\"|'[^']*'|[^>\"'])*>")
_CODE = pattern(r"<(script|style)\b.*?</\1\s*>", re.DOTALL | re.IGNORECASE)


def allowed(text: str) -> tuple[str, dict[str, int]]:
    """HTML without comments and without what is taken away; the names of that, with their places in `text`."""
    lost: dict[str, int] = {}
    for found in _TAG.finditer(_COMMENT.sub(lambda m: " " * len(m[0]), text)):
        if found[1].lower() not in _ALLOWED:
            lost.setdefault(found[1].lower(), found.start())
    left = _CODE.sub("", _COMMENT.sub("", text))
    return _TAG.sub(lambda m: m[0] if m[1].lower() in _ALLOWED else "", left), lost


def wanted(div: pf.Div) -> bool:
    """Of a division for HTML and one for TeX side by side the one that is not all raw HTML; else the one for HTML."""
    is_html = "only-html" in div.classes
    neighbours = [n for n in (div.next, div.prev) if isinstance(n, pf.Div)]
    other = next((n for n in neighbours if {"only-html", "only-tex"} & set(n.classes) - set(div.classes)), None)
    if other is None:
        return is_html
    return is_html is not _is_raw(div if is_html else other)


def _is_raw(div: pf.Div) -> bool:
    return all(isinstance(b, pf.RawBlock) and b.format == "html" for b in div.content)
