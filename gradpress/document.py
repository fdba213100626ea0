"""The document of a page between the chain and the formats: each of them changes one of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradpress import pandoc

if TYPE_CHECKING:
    import panflute as pf

_MANY = 1_000


class Document:
    """A document that can be had more than once, and is copied only where it is.

    To write a document as JSON and to read it again takes as long as three filters; a page that becomes HTML only
    needs neither.
    """

    def __init__(self, doc: pf.Doc) -> None:
        self._doc: pf.Doc | None = doc
        self._text = ""
        self.uses = _MANY
        """How many formats will still take it."""

    def settle(self) -> None:
        """Keep it as JSON, a tenth of the size: the page waits for others."""
        self._text = self._text or pandoc.dump(self._live())
        self._doc = None

    def seen(self) -> pf.Doc:
        """The document for somebody who changes nothing in it."""
        if self._doc is None:
            self._doc = self._live()
        return self._doc

    def taken(self, to: str) -> pf.Doc:
        """A document for the output format `to`, which may change it."""
        self.uses -= 1
        if self.uses > 0:
            self._text = self._text or pandoc.dump(self._live())
        doc, self._doc = self._live(), None
        self._text = self._text if self.uses > 0 else ""
        doc.format = to
        return doc

    def _live(self) -> pf.Doc:
        if self._doc is not None:
            return self._doc
        if not self._text:
            raise RuntimeError("the document was given to its last user")
        return pandoc.load(self._text, "html")
