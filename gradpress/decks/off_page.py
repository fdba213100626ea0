"""What is for slides only, taken away where the page is read: `::: notes`, `. . .`, the `---` between slides."""

from __future__ import annotations

import panflute as pf

from gradpress.decks import is_deck
from gradpress.page import Page
from gradpress.walking import walk


def taken_away(doc: pf.Doc, page: Page) -> None:
    """Take it away.  A rule between paragraphs stays on a page that is no deck: there it means itself."""
    deck, text = is_deck(page.settings.values), page.source.text
    if not deck and "notes" not in text and ". . ." not in text:
        return  # two searches instead of a walk through the page

    def see(element: pf.Element, _: pf.Doc) -> list[pf.Element] | None:
        if isinstance(element, pf.HorizontalRule):
            return [] if deck else None
        is_notes = isinstance(element, pf.Div) and "notes" in element.classes
        return [] if is_notes or is_pause(element) else None

    walk(doc, see, pf.Div, pf.Para, *([pf.HorizontalRule] if deck else []))


def is_pause(element: pf.Element) -> bool:
    """Whether it is a paragraph `. . .`."""
    if not isinstance(element, pf.Para) or len(element.content) != _PAUSE:
        return False
    return all(
        isinstance(one, pf.Space) if at % 2 else isinstance(one, pf.Str) and one.text == "."
        for at, one in enumerate(element.content)
    )


_PAUSE = 5
"""Three dots and the spaces between them."""
