r"""Names in a book: each chapter has its own, so that two chapters can have an `eq-loss` each.

LaTeX knows one space of names for a document.  A chapter's names begin with its key, a short digest of its page's
name, which stays when the order of the chapters changes.
"""

from __future__ import annotations

import re
from hashlib import sha256

from gradpress.patterns import pattern

_KEY = "gpp"
_NAMED = pattern(
    r"(\\(?:label|ref|eqref|pageref|autoref|nameref|[cC]ref|[vV]ref|labelcref|hypertarget|hyperlink|citeproc"
    r"|bibitem(?:\[[^\]]*\])?)\*?\s*\{)([^{}]*)\}|(\\hyperref\s*\[)([^\]]*)\]"
)
"""Commands whose first argument names something; code and text have no such command: pandoc escapes backslashes."""


def key(name: str) -> str:
    """What the names of the page `name` begin with."""
    return f"{_KEY}{sha256(name.encode()).hexdigest()[:10]}-"


def of_page(name: str, anchor: str = "") -> str:
    """The name, in the book, of an anchor of a page, or of its beginning."""
    return f"{key(name)}{anchor or 'chapter'}"


def prefixed(tex: str, name: str) -> str:
    """LaTeX of the page `name` with its names made its own; those that name other chapters already are theirs."""
    own = key(name)

    def one(label: str) -> str:
        return label if not label or label.startswith(_KEY) else f"{own}{label}"

    def renamed(found: re.Match[str]) -> str:
        if found[3]:
            return f"{found[3]}{one(found[4])}]"
        return f"{found[1]}{','.join(one(label.strip()) for label in found[2].split(','))}}}"

    return _NAMED.sub(renamed, tex)
