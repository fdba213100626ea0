"""A cursor over TeX that reads one argument of a definition after the other."""

from __future__ import annotations

from collections.abc import Sequence

from gradpress.records import dataclass
from gradpress.tex.tokens import Source, Token, join


class Unreadable(Exception):
    """A definition does not have the form that its command asks for; the message says what is missing."""


@dataclass
class Cursor:
    """A place in a source; every method reads what is there and moves on."""

    source: Source
    index: int = 0

    def star(self) -> bool:
        """Whether a `*` was there."""
        at = self.source.skip(self.index)
        if at < len(self.source.tokens) and self.source.tokens[at].text == "*":
            self.index = at + 1
            return True
        return False

    def name(self) -> str:
        """A command name, in braces or not."""
        at = self.source.skip(self.index)
        stop = self.source.group(at)
        inner = self.source.tokens[at + 1 : stop - 1] if stop else self.source.tokens[at : at + 1]
        names = [token for token in inner if token.kind not in ("space", "comment")]
        if len(names) != 1 or not names[0].name:
            raise Unreadable("the command to define is missing")
        self.index = stop or at + 1
        return names[0].name

    def optional(self) -> str | None:
        """What stands in `[…]`, if that is next; TeX takes braces around all of it off."""
        at = self.source.skip(self.index)
        stop = self.source.bracket(at)
        if stop is None:
            return None
        self.index = stop
        inner = at + 1, stop - 1
        if self.source.group(inner[0]) == inner[1]:
            inner = inner[0] + 1, inner[1] - 1
        return clean(self.source.tokens[slice(*inner)])

    def body(self, *, group: bool = False) -> str:
        """A group or a single token, without comments."""
        at = self.source.skip(self.index)
        stop = self.source.group(at)
        if stop:
            self.index = stop
            return clean(self.source.tokens[at + 1 : stop - 1])
        if group or at >= len(self.source.tokens) or self.source.tokens[at].kind in ("open", "close"):
            raise Unreadable("a body in braces is missing or its braces do not match")
        self.index = at + 1
        return self.source.tokens[at].text

    def target(self) -> str:
        r"""What `\let` lets a command be."""
        at = self.source.skip(self.index)
        if at < len(self.source.tokens) and self.source.tokens[at].text == "=":
            at = self.source.skip(at + 1)
        if at >= len(self.source.tokens) or self.source.tokens[at].kind in ("open", "close"):
            raise Unreadable("what the command shall be is missing")
        self.index = at + 1
        return self.source.tokens[at].text


def clean(tokens: Sequence[Token]) -> str:
    """The text of tokens without comments; a comment also takes the line break and the spaces after it."""
    kept: list[Token] = []
    after_comment = False
    for token in tokens:
        if token.kind != "comment" and not (after_comment and token.kind == "space"):
            kept.append(token)
        after_comment = token.kind == "comment" or (after_comment and token.kind == "space")
    return join(kept) if len(kept) != len(tokens) else "".join(token.text for token in kept)
