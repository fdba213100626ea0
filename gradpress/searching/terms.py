"""Terms: words, numbers and signs as they are compared, here and in `templates/scripts/search.js`.

Case, accents and the style of letters do not count: `Naïve` is `naive`, `ℝ` is `r`, `x²` is `x2`.  A letter of a script
without spaces between words, and a sign of mathematics, is a term by itself.
"""

from __future__ import annotations

import re

from gradpress.patterns import pattern

_ALONE = "\u2190-\u22ff\u27f0-\u27ff\u2900-\u2aff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
"""Arrows, signs of mathematics, and the letters of Chinese and Japanese."""
_TERM = pattern(rf"[{_ALONE}]|(?:(?![{_ALONE}])[^\W_])+")
_ASCII = pattern(r"[a-z0-9]+")
LONGEST = 40
"""Of a term that is longer, only so much counts: it is a number or a key, and nobody types all of it."""


def terms(text: str) -> list[str]:
    """All terms of `text` in their order."""
    found = _ASCII.findall(text.lower()) if text.isascii() else _TERM.findall(_folded(text))
    return [term[:LONGEST] for term in found] if len(text) > LONGEST else found


def _folded(text: str) -> str:
    return _OTHERS.sub(_apart, text).lower()


def _apart(found: re.Match[str]) -> str:
    """Letters without their marks and in their plain form; a page has few signs, which come again and again."""
    known = _known.get(found[0])
    if known is None:
        import unicodedata

        apart = unicodedata.normalize("NFKD", found[0])
        known = "".join(c for c in apart if unicodedata.category(c)[0] != "M")
        if len(_known) < 5_000:
            _known[found[0]] = known
    return known


_OTHERS = pattern(r"[^\x00-\x7f]+")
_known: dict[str, str] = {}
