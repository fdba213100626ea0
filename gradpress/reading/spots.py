"""What the checks of a page's text share: what they find, and how they look past what does not concern them."""

from __future__ import annotations

import re

Found = tuple[str, int, str]
"""Rule, line, message."""


def blank(found: re.Match[str]) -> str:
    """Spaces for what was found: the text stays as long, with the same lines."""
    return re.sub(r"[^\n]", " ", found[0])
