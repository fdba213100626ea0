r"""TeX text as tokens, and which token ends what another began.

Words: a *word* is a control word (`\alpha`), a *symbol* a control symbol (`\,`, `\1`); *verb* is a piece that
must not be read at all (`\verb|…|`, a whole listing); a *partner* is the index of the token that closes what
a token opened.
Everything takes time proportional to the text, and reading never fails: what has no partner has none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from string import ascii_letters
from typing import NamedTuple

from gradpress.patterns import pattern
from gradpress.records import dataclass, replace
from gradpress.tex.commands import (
    ARITY,
    DECLARATIONS,
    FRAGILE,
    KNOWN,
    MATH_ENVIRONMENTS,
    SIGNATURES,
    SYMBOLS,
    VERBATIM_ENVIRONMENTS,
)

__all__ = [
    "ARITY",
    "DECLARATIONS",
    "FRAGILE",
    "KNOWN",
    "MATH_ENVIRONMENTS",
    "REGIMES",
    "SIGNATURES",
    "SYMBOLS",
    "Problem",
    "Source",
    "Token",
    "join",
    "source_of",
    "tokenize",
]


class Token(NamedTuple):
    """A piece of TeX.  (A named tuple: a long note has hundreds of thousands, and these are cheap.)"""

    kind: str
    """word, symbol, open, close, space, comment, verb or char."""
    text: str
    """Exactly as in the source; all texts of a list join to the source."""
    offset: int
    """Where `text` starts in the source."""
    name: str = ""
    """The name of a control word or symbol, without the backslash; else empty."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong in a piece of TeX."""

    rule: str
    """Id from `gradpress.rules.RULES`."""
    offset: int
    """Where in the text that was read."""
    message: str
    """What was found, in the form of a diagnostic."""
    other: int | None = None
    """Offset of a first definition that this one repeats."""
    origin: str = ""
    """Which text was read, as given to the reader."""

    def with_first(self, line: int) -> Problem:
        """The problem with a message that names the line of `other`."""
        if line <= 0:
            return self
        return replace(self, message=self.message.replace(" twice;", f" twice (first in line {line});"), other=None)


_PATTERN = (
    r"(?P<word>\\[{letters}]+)|(?P<symbol>\\.)|(?P<open>\{{)|(?P<close>\}})|(?P<space>\s+)"
    r"|(?P<comment>%[^\n]*\n?)|(?P<char>.)"
)
_PATTERNS = {
    letters: pattern(_PATTERN.format(letters=f"A-Za-z{letters}"), re.DOTALL | re.ASCII) for letters in ("", "@", "@_:")
}
_PIECES = {
    letters: pattern(rf"\\[A-Za-z{letters}]+|\\.|[{{}}]|\s+|%[^\n]*\n?|.", re.DOTALL | re.ASCII)
    for letters in _PATTERNS
}
"""The same without groups: what most texts need, at a third of the cost."""
_KINDS = {"{": "open", "}": "close", "%": "comment", **dict.fromkeys(" \t\n\r\f\v", "space")}
_NAMES = {letters: frozenset(ascii_letters + letters) for letters in _PATTERNS}
_UNREAD = "|".join(map(re.escape, sorted(VERBATIM_ENVIRONMENTS)))
_CHANGES = pattern(rf"\\(?:verb|lstinline|makeat|ExplSyntax)|\\begin\{{(?:{_UNREAD})\}}")
"""After these, letters or the meaning of characters are others."""
REGIMES = {"\\makeatletter": "@", "\\makeatother": "", "\\ExplSyntaxOn": "@_:", "\\ExplSyntaxOff": ""}
"""Command → which characters are letters of a name after it, besides A-Z and a-z."""
_VERB = pattern(r"""\\(?:verb|lstinline)\*?[!-)+-@^_`|~/]""")
_ENVIRONMENT = pattern(r"\\begin\{([A-Za-z]+\*?)\}")


def tokenize(text: str, letters: str = "") -> list[Token]:
    r"""The tokens of `text`; joined, their texts are `text`.

    `\makeatletter` and `\ExplSyntaxOn` change which characters belong to a name, as in TeX; `letters` is what was
    in force where `text` was taken from, one of the values of `REGIMES`.
    """
    if not _CHANGES.search(text):
        return _tokens(_PIECES[letters].findall(text), _NAMES[letters])
    tokens: list[Token] = []
    unclosed: set[str] = set()
    pattern, position = _PATTERNS[letters], 0
    while position < len(text):
        match = pattern.match(text, position)
        assert match is not None  # the last alternative takes any character
        kind, piece = str(match.lastgroup), match[0]
        if kind == "word":
            piece = _unreadable(text, position, piece, unclosed)
            kind = "word" if len(piece) == match.end() - position else "verb"
            pattern = _PATTERNS[REGIMES[piece]] if piece in REGIMES else pattern
        tokens.append(Token(kind, piece, position, piece[1:] if kind in ("word", "symbol") else ""))
        position += len(piece)
    return tokens


def _tokens(pieces: Iterable[str], letters: frozenset[str]) -> list[Token]:
    """What each piece is can be seen from its first character, and from the second one after a backslash."""
    tokens: list[Token] = []
    position, kinds, new = 0, _KINDS, tuple.__new__
    for piece in pieces:
        first = piece[0]
        if first == "\\" and len(piece) > 1:
            kind = "word" if len(piece) > 2 or piece[1] in letters else "symbol"
            tokens.append(new(Token, (kind, piece, position, piece[1:])))
        else:
            tokens.append(new(Token, (kinds.get(first, "char"), piece, position, "")))
        position += len(piece)
    return tokens


def _unreadable(text: str, position: int, word: str, unclosed: set[str]) -> str:
    """`word`, or the whole `\\verb` or listing that it starts.  `unclosed` remembers ends that are not to come."""
    if word == "\\begin":
        match = _ENVIRONMENT.match(text, position)
        if not match or match[1] not in VERBATIM_ENVIRONMENTS or match[1] in unclosed:
            return word
        ending = f"\\end{{{match[1]}}}"
        found = text.find(ending, match.end())
        if found < 0:
            unclosed.add(match[1])
            return word
        return text[position : found + len(ending)]
    if word in ("\\verb", "\\lstinline") and (match := _VERB.match(text, position)):
        line_end = text.find("\n", position)
        line_end = len(text) if line_end < 0 else line_end
        missing = f"{match[0][-1]}{line_end}"
        found = -1 if missing in unclosed else text.find(match[0][-1], match.end(), line_end)
        if found >= 0:
            return text[position : found + 1]
        unclosed.add(missing)
    return word


def join(tokens: Iterable[Token]) -> str:
    """The text of tokens that may come from different places: a word never runs into a letter after it."""
    pieces: list[str] = []
    after_word = False
    for token in tokens:
        if after_word and (token.text[:1].isalpha() or token.text[:1] == "@"):
            pieces.append(" ")
        pieces.append(token.text)
        after_word = token.kind == "word"
    return "".join(pieces)


class Source:
    """Tokens with their partners: what bracing, parsing and expansion read from."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self.tokens = tokens
        self.partner: dict[int, int] = {}
        """Index of `{`, `[`, `\\left`, `\\begin`, `$` or `\\(` → index of what closes it."""
        self.opener: dict[int, int] = {}
        """Index of a closing `}` → index of its `{`."""
        self._match_braces()
        self._match_others()
        self._strays = self._count_strays()

    def skip(self, index: int, *, comments: bool = True) -> int:
        """The first index from `index` on that is neither space nor comment."""
        kinds = ("space", "comment") if comments else ("space",)
        while index < len(self.tokens) and self.tokens[index].kind in kinds:
            index += 1
        return index

    def group(self, index: int) -> int | None:
        """Index after the group that opens at `index`; none if no closed group does."""
        if index < len(self.tokens) and self.tokens[index].kind == "open" and index in self.partner:
            return self.partner[index] + 1
        return None

    def bracket(self, index: int) -> int | None:
        """Index after the `[…]` that opens at `index`, if one does."""
        if index < len(self.tokens) and self.tokens[index].text == "[" and index in self.partner:
            return self.partner[index] + 1
        return None

    def balanced(self, start: int, stop: int) -> bool:
        """Whether every brace between two indexes has its partner."""
        return self._strays[start] == self._strays[stop]

    def text(self, start: int, stop: int) -> str:
        """The source of the tokens from `start` to before `stop`."""
        return "".join(token.text for token in self.tokens[start:stop])

    def name_of_environment(self, index: int) -> str:
        r"""What stands in the braces after the `\begin` or `\end` at `index`."""
        opened = self.skip(index + 1)
        closed = self.group(opened)
        return self.text(opened + 1, closed - 1).strip() if closed and closed - opened < 80 else ""

    def _match_braces(self) -> None:
        stack: list[int] = []
        for index, token in enumerate(self.tokens):
            if token.kind == "open":
                stack.append(index)
            elif token.kind == "close" and stack:
                opened = stack.pop()
                self.partner[opened], self.opener[index] = index, opened

    def _count_strays(self) -> list[int]:
        """For every index, how many braces without a partner stand before it."""
        counts = [0]
        for index, token in enumerate(self.tokens):
            stray = token.kind in ("open", "close") and index not in self.partner and index not in self.opener
            counts.append(counts[-1] + stray)
        return counts

    def _match_others(self) -> None:
        levels: list[_Level] = [_Level()]
        for index, token in enumerate(self.tokens):
            if token.kind == "open" and index in self.partner:
                levels.append(_Level())
            elif token.kind == "close" and index in self.opener:
                levels.pop()
            elif token.kind in ("char", "word", "symbol"):
                levels[-1].see(self, index, token)


@lru_cache(maxsize=512)
def source_of(text: str, letters: str = "") -> Source:
    """`text` as a source.  A formula is looked at by a dozen checks, one after the other; it is read once."""
    return Source(tokenize(text, letters))


_CLOSES = {"\\right": "\\left", "\\end": "\\begin", "]": "[", "\\)": "\\(", "\\]": "\\["}
_SIZERS = pattern(r"\\(?:left|right|middle|(?:big|Big|bigg|Bigg)[lrm]?)")


class _Level:
    """What is open inside one pair of braces, innermost last."""

    def __init__(self) -> None:
        self.open: list[tuple[str, int]] = []
        self.count: dict[str, int] = {}
        self.taken = -1

    def see(self, source: Source, index: int, token: Token) -> None:
        """Open or close with the token at `index`; a closing token abandons what was opened after its opener."""
        text = token.text
        if text in "[]" and self._is_delimiter(source, index):
            return
        if text == "$":
            self._dollar(source, index)
        elif text in _CLOSES:
            self._close(source, index, _CLOSES[text])
        elif text in ("\\left", "\\begin", "[", "\\(", "\\["):
            self._open(text, index)

    def _dollar(self, source: Source, index: int) -> None:
        """`$` or, when nothing is open or a display is, both characters of `$$` at once."""
        doubled = index + 1 < len(source.tokens) and source.tokens[index + 1].text == "$"
        if index == self.taken:
            return
        if self.count.get("$$"):
            if doubled:
                self._close(source, index, "$$")
                self.taken = index + 1
        elif self.count.get("$"):
            self._close(source, index, "$")
        elif doubled:
            self._open("$$", index + 1)
            self.taken = index + 1
        else:
            self._open("$", index)

    def _open(self, what: str, index: int) -> None:
        self.open.append((what, index))
        self.count[what] = self.count.get(what, 0) + 1

    def _close(self, source: Source, index: int, what: str) -> None:
        if not self.count.get(what) or (what == "[" and self.open[-1][0] != "["):
            return
        while self.open:
            opened, at = self.open.pop()
            self.count[opened] -= 1
            if opened == what:
                source.partner[at] = index
                return

    @staticmethod
    def _is_delimiter(source: Source, index: int) -> bool:
        before = index - 1
        while before >= 0 and source.tokens[before].kind == "space":
            before -= 1
        return before >= 0 and _SIZERS.fullmatch(source.tokens[before].text) is not None
