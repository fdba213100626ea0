r"""Formulas as GitHub shows them: no macros, no comments, nothing that its Markdown or its MathJax stumbles over.

What is known of GitHub was seen from outside: `\operatorname` and whatever could hide text is refused, `<` and a
backtick are taken for Markdown, `$` in `\text` ends the formula.
"""

from __future__ import annotations

from collections.abc import Iterator

from gradpress.math import plain_tex
from gradpress.math.faults import TEXTUAL
from gradpress.math.known import Names
from gradpress.math.regions import Frame, frames
from gradpress.patterns import pattern
from gradpress.records import dataclass, field
from gradpress.tex.expansion import expand
from gradpress.tex.macros import Preamble
from gradpress.tex.tokens import Problem, Source, Token, join, source_of

RULE = "export-unsupported"
_QUOTES = {"``": "“", "''": "”"}
_IN_TEXT = ("\\{", "\\}", "\\$", "\\\\")
"""Commands that MathJax reads inside text."""
_SIGNS = {"<": "\\lt", ">": "\\gt"}
_BLANK = pattern(r"\n\s*\n")
_TRAILING = pattern(r"(?:(?<=\\\\)|(?<!\\))[ \t]+(?=\n)")
_CONTROL = pattern(r"(?<!\\)(?:\\\\)*\\$")
"""A control space at the end, which has lost its space."""
_LINES = pattern(r"\s*\n\s*")
_NO_WORDS = pattern(r"\\(?:text|textrm|textit|textbf|mbox)\{\}")
_BAR = pattern(r"\\\||\|")
_EMPTY = Preamble()


@dataclass(frozen=True)
class Formula:
    """A formula for GitHub."""

    text: str
    problems: tuple[Problem, ...] = ()
    """What it does not show; offsets into the formula as it was."""


def formula(text: str, own: Preamble, *, display: bool) -> Formula:
    """The formula of a page whose preamble is `own`."""
    expanded = expand(text, plain_tex.for_github(own))
    written = rewritten(expanded, display=display, refuses=True)
    return Formula(written, tuple(refused(written, text, plain_tex.shown_by_github(), "GitHub")))


def rewritten(text: str, *, display: bool, refuses: bool) -> str:
    """A formula without comments, labels, and dollars in text; `refuses`: without what GitHub refuses, too."""
    written = _NO_WORDS.sub("", _Rewriting(source_of(text), refuses).written())
    written = _BLANK.sub("\n", _TRAILING.sub("", written)) if display else _LINES.sub(" ", written)
    return _CONTROL.sub(r"\g<0> ", written.strip())


def without_bars(text: str) -> str:
    """The formula in a cell of a table, which a bar would end."""
    return _BAR.sub(lambda m: "\\Vert " if len(m[0]) > 1 else "\\vert ", text)


def refused(written: str, text: str, known: Names, reader: str) -> Iterator[Problem]:
    """What is left of the formula `text` that its reader does not know."""
    seen: set[str] = set()
    source = source_of(written)
    for index, token, frame in frames(source, _EMPTY):
        name = token.name
        what = f"the environment {source.name_of_environment(index)}" if name == "begin" else f"\\{name}"
        shown = source.name_of_environment(index) in known.environments if name == "begin" else name in known.macros
        if not name or shown or what in seen or name.isspace() or (frame is Frame.TEXT and len(name) == 1):
            continue
        seen.add(what)
        yield Problem(RULE, max(text.find(what.rpartition(" ")[2]), 0), f"{reader} cannot show {what}")


@dataclass
class _Rewriting:
    """One walk over the tokens of an expanded formula."""

    source: Source
    refuses: bool
    done: list[Token] = field(default_factory=list)

    def written(self) -> str:
        """The formula."""
        self._range(0, len(self.source.tokens), is_text=False)
        return join(self.done)

    def _say(self, text: str, kind: str = "char") -> None:
        self.done.append(Token(kind, text, -1))

    def _range(self, start: int, stop: int, *, is_text: bool) -> None:
        index = start
        while index < stop:
            index = self._one(index, is_text=is_text)

    def _one(self, index: int, *, is_text: bool) -> int:
        """Write what begins at `index`; where it ends."""
        token = self.source.tokens[index]
        opened = self.source.skip(index + 1)
        closed = self.source.group(opened)
        if token.kind == "comment":
            if not is_text and token.text.endswith("\n"):
                self._say("\n", "space")
            return index + 1
        if token.name == "label" and closed:
            return closed
        if token.name == "require" and closed and self.refuses:  # what can be required is there
            return closed
        if token.name == "operatorname" and self.refuses:
            return self._operator(index)
        if token.name in TEXTUAL and closed and not is_text:
            self._text(token, opened, closed)
            return closed
        self._plain(token, index, is_text=is_text)
        return index + 1

    def _plain(self, token: Token, index: int, *, is_text: bool) -> None:
        if not self.refuses:
            self.done.append(token)
        elif token.text in _SIGNS and not is_text:
            self._say(_SIGNS[token.text], "word")
            if not self._next_is_space(index):
                self._say(" ", "space")
        elif token.text == "`":
            self._say("‘")
        else:
            self.done.append(token)
            if token.text == "&" and not self._next_is_space(index):
                self._say(" ", "space")  # `&lt` would be read as a sign of HTML

    def _next_is_space(self, index: int) -> bool:
        tokens = self.source.tokens
        return index + 1 < len(tokens) and tokens[index + 1].kind == "space"

    def _operator(self, index: int) -> int:
        r"""`\mathop{\mathrm{…}}`, whose scripts stand below it in a display unless it is told otherwise."""
        tokens = self.source.tokens
        at = self.source.skip(index + 1)
        starred = at < len(tokens) and tokens[at].text == "*"
        at = self.source.skip(at + 1) if starred else at
        closed = self.source.group(at)
        if not closed:
            self.done.append(tokens[index])
            return index + 1
        self._say("\\mathop{\\mathrm{")
        for inner in range(at + 1, closed - 1):
            hyphen = tokens[inner].text == "-"
            self._say("\\text{-}") if hyphen else self._plain(tokens[inner], inner, is_text=False)
        self._say("}}")
        after = self.source.skip(closed)
        if not starred and after < len(tokens) and tokens[after].text in ("_", "^"):
            self._say("\\nolimits", "word")
        return closed

    def _text(self, token: Token, opened: int, closed: int) -> None:
        r"""`\text{a $x$ \emph{b}}` as `\text{a }x\text{ }\emph{b}`: without extensions nothing is read inside."""
        self._open(token)
        index = opened + 1
        while index < closed - 1:
            inner = self.source.tokens[index]
            end = self.source.partner.get(index)
            if inner.text in ("$", "\\(") and end:
                self._leave(token, index + 1, end)
                index = end + 1
            elif inner.name and inner.text not in _IN_TEXT:
                after = self.source.group(self.source.skip(index + 1)) if inner.kind == "word" else None
                stop = after or index + 1
                self._leave(token, index, stop)
                index = stop
            else:
                index = self._quoted(index) if inner.text in "`'" else self._one(index, is_text=True)
        self._say("}", "close")

    def _leave(self, token: Token, start: int, stop: int) -> None:
        """Mathematics between two texts."""
        self._say("}", "close")
        self._range(start, stop, is_text=False)
        self._open(token)

    def _open(self, token: Token) -> None:
        self.done.append(token)
        self._say("{", "open")

    def _quoted(self, index: int) -> int:
        """TeX's quotation marks as what they look like."""
        pair = self.source.text(index, index + 2)
        if pair in _QUOTES:
            self._say(_QUOTES[pair])
            return index + 2
        self._say({"`": "‘"}.get(pair[0], pair[0]))
        return index + 1
