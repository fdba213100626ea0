"""The link of a heading to itself, for readers who want to send somebody there."""

from __future__ import annotations

import re
from html import escape

from gradpress.patterns import pattern

_HEADING = pattern(r'<(h[1-6])([^>]*? id="([^"]+)"[^>]*)>(.*?)</\1>', re.DOTALL)


def added(body: str, name: str) -> str:
    """The body with a link in every heading that has an identifier; `name` is what screen readers say.

    The sign on it is the style sheet's: it is no part of the heading's text.
    """
    label = escape(name)
    return _HEADING.sub(rf'<\1\2>\4<a class="anchor" href="#\3" aria-label="{label}"></a></\1>', body)
