r"""Formulas as a reader would type them: `f_\sigma(x)` is f_σ(x), and is found by σ, sigma and `\sigma`.

This is for reading and comparing, not for setting: fractions are quotients, layout is left out, and what is not
known is its own name.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache

from gradpress.math.regions import Same
from gradpress.patterns import pattern
from gradpress.records import dataclass
from gradpress.searching.signs import ACCENTS, HIDDEN, SIGNS, SILENT, STRUCK
from gradpress.tex.macros import Macro, Preamble

_PIECE = pattern(r"\\[A-Za-z]+\*?|\\.|%[^\n]*|\s+|[{}_^&~]|[^\\{}_^&~%\s]+", 16)  # 16: re.DOTALL
_WORDED = ("text", "textrm", "textbf", "textit", "textup", "textsf", "mbox", "mathrm", "operatorname")
"""Commands whose argument is a word of its own."""
_QUOTIENTS = ("frac", "dfrac", "tfrac", "cfrac", "nicefrac")
_SPACE = ("quad", "qquad", "\\", " ", ";", ":", "enspace", "\n")
_NONE = (",", "!", ">", "-", "/", *SILENT)
_ARGUED = (*_WORDED, *_QUOTIENTS, *ACCENTS, *HIDDEN, "begin", "end", "label", "tag", "sqrt", "binom", "mathbb")
_EDGE = "\x00"
"""Around the name of a command, which is not one word with the letters beside it."""
_EDGES = pattern(rf"(?<=[^\W_]){_EDGE}+(?=[^\W_])")
_DEEP = 40
"""A formula that is nested deeper is no longer looked into."""
_PLAIN = {
    **{f"\\{name}": "" for name in _NONE},
    **{f"\\{name}": " " for name in _SPACE},
    **{f"\\{name}": sign if len(sign) == 1 else f"{_EDGE}{sign}{_EDGE}" for name, sign in SIGNS.items()},
    **dict.fromkeys("&~ ", " "),
}
"""Pieces that take no argument → what a reader sees."""
for _name in _ARGUED:
    _PLAIN.pop(f"\\{_name}", None)


@dataclass(frozen=True)
class Read:
    """A formula as text."""

    text: str
    names: frozenset[str]
    """Commands and macros in it, without backslash, that a reader may look for."""


def read(formula: str, preamble: Preamble) -> Read:
    """The formula with the author's macros as what they stand for."""
    return _read(formula, Same.of(preamble))


@lru_cache(maxsize=2_000)
def _read(formula: str, for_preamble: Same) -> Read:
    own, pieces = _own(for_preamble), _PIECE.findall(formula)
    names = _names(pieces)
    if own.taking and names & own.taking:
        from gradpress.tex.expansion import expand

        pieces = _PIECE.findall(expand(formula, for_preamble.value, own.taking))
        names |= _names(pieces)
    names = names.union(*(own.names[name] for name in names & own.names.keys()))
    text = _Reading(pieces, own.shown).all()
    return Read(" ".join(text.split()), frozenset(names))


def _names(pieces: Iterable[str]) -> set[str]:
    """The commands that somebody may look for."""
    commands = {piece[1:].rstrip("*") for piece in pieces if piece[0] == "\\"}
    return {name for name in commands if name.isalpha()} - SILENT


@dataclass(frozen=True)
class _Own:
    """What the macros of a preamble come to."""

    shown: Mapping[str, str]
    """Pieces that take no argument, with such macros of the author's → what a reader sees."""
    names: Mapping[str, frozenset[str]]
    """The same → the commands that it stands for."""
    taking: frozenset[str]
    """Macros with arguments."""


@lru_cache(maxsize=8)
def _own(for_preamble: Same) -> _Own:
    macros: Mapping[str, Macro] = for_preamble.value.macros
    taking = {n for n, m in macros.items() if m.parameters or m.template or m.parts}
    simple = [n for n in macros if n not in taking]
    bodies = {n: _body(n, for_preamble.value) for n in simple}
    names = {n: frozenset(_names(_PIECE.findall(body))) for n, body in bodies.items()}
    texts = {n: _Reading(_PIECE.findall(body), _PLAIN).all().strip() for n, body in bodies.items()}
    words = {f"\\{n}": f"{_EDGE}{text}{_EDGE}" if len(text) > 1 else text for n, text in texts.items()}
    return _Own({**_PLAIN, **words}, names, frozenset(taking))


def _body(name: str, preamble: Preamble) -> str:
    macro = preamble.macros[name]
    if macro.kind.startswith("DeclareMathOperator"):
        return f"\\operatorname{{{macro.body}}}"
    from gradpress.tex.expansion import expand

    return expand(f"\\{name}", preamble)


class _Reading:
    """One pass over the pieces of a formula."""

    def __init__(self, pieces: list[str], shown: Mapping[str, str]) -> None:
        self.pieces = pieces
        self.shown = shown
        """Pieces that take no argument → what a reader sees."""
        self.at = self.depth = 0

    def all(self) -> str:
        """The whole formula; a brace that closes nothing is passed over."""
        parts = []
        while self.at < len(self.pieces):
            parts.append(self._until_brace())
            self.at += 1
        text = "".join(parts)
        return _EDGES.sub(" ", text).replace(_EDGE, "") if _EDGE in text else text

    def _until_brace(self) -> str:
        parts: list[str] = []
        pieces, shown, end = self.pieces, self.shown, len(self.pieces)
        while self.at < end:
            piece = pieces[self.at]
            text = shown.get(piece)
            if text is None:
                if piece == "}":
                    break
                parts.append(self._one())
            else:
                self.at += 1
                parts.append(text)
        return "".join(parts)

    def _one(self) -> str:
        """The next piece with what belongs to it."""
        piece = self.pieces[self.at]
        self.at += 1
        if piece == "{":
            return self._group()
        if piece in ("_", "^"):
            return piece + self._script()
        if (text := self.shown.get(piece)) is not None:
            return text
        if piece[0] == "\\" and len(piece) > 1:
            return self._command(piece[1:].rstrip("*"))
        return " " if piece[0] == "%" or piece.isspace() else piece

    def _group(self) -> str:
        """What stands in the braces that have just been opened."""
        self.depth += 1
        inner = self._until_brace() if self.depth < _DEEP else ""
        self.depth -= 1
        self.at += 1
        return inner

    def _argument(self) -> str:
        """A group, a command, or a single letter: the others stay for what follows."""
        while self.at < len(self.pieces) and self.pieces[self.at].isspace():
            self.at += 1
        if self.at == len(self.pieces) or (piece := self.pieces[self.at]) == "}":
            return ""
        if len(piece) > 1 and piece[0] not in "\\%":
            self.pieces[self.at] = piece[1:]
            return piece[0]
        return self._one()

    def _script(self) -> str:
        inner = self._argument().strip()
        return inner if len(inner) < 2 else f"({inner})"

    def _command(self, name: str) -> str:
        if name in _QUOTIENTS:
            return f"{_grouped(self._argument())}/{_grouped(self._argument())}"
        if name in ACCENTS:
            letter = self._argument().strip()
            return letter + ACCENTS[name] if len(letter) == 1 else letter
        if name in ("begin", "end", "label", *HIDDEN):
            self._argument()
            return " "
        if name == "tag":
            return f" ({self._argument()}) "
        if name in _WORDED:
            return f"{_EDGE}{self._argument()}{_EDGE}"
        return self._named(name)

    def _named(self, name: str) -> str:
        if name == "sqrt":
            return f"√{_grouped(self._argument())}"
        if name == "binom":
            return f"({self._argument()} {self._argument()})"
        if name == "mathbb":
            inner = self._argument()
            return STRUCK.get(inner, inner)
        if name.startswith(("math", "bold", "bm", "sym")):
            return self._argument()
        return f"{_EDGE}{name}{_EDGE}" if name.isalpha() else name[-1:]


def _grouped(text: str) -> str:
    text = text.strip().strip(_EDGE)
    return text if text.isalnum() or len(text) < 2 else f"({text})"
