"""Decks of slides: a page that says `slides:` in its header, seen as a talk.

Words: a *deck* is a page as slides; a *level* is the one of headings that begin a slide; a *step* is what appears when
the speaker presses a key.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def asks(header: Mapping[str, Any]) -> bool:
    """Whether a header, as its author wrote it, makes its page a deck."""
    wish = header.get("slides")
    if isinstance(wish, Mapping):
        return wish.get("enabled") is not False
    return wish is True or (wish is None and header.get("marp") is True)


def wishes(values: Mapping[str, Any]) -> Mapping[str, Any]:
    """The keys of `slides:` among a page's checked ones; none on a page without."""
    found = values.get("slides")
    return found if isinstance(found, Mapping) else {}


def is_deck(values: Mapping[str, Any]) -> bool:
    """The same as `asks`, of a page's checked keys."""
    return "slides" in values and wishes(values).get("enabled", True) is not False
