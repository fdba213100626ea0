r"""Which parts of a formula are mathematics, which are text, and which are neither.

Words: a *frame* is the mode of a stretch of tokens.  The argument of `\text` is text, in which `$…$` is
mathematics again; the argument of `\label` or `\ce` is not looked into at all.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import Enum
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from gradpress.tex.arguments import arguments
from gradpress.tex.tokens import SIGNATURES, Source, Token, tokenize

if TYPE_CHECKING:
    from gradpress.tex.macros import Macro
    from gradpress.tex.preamble import Preamble


class Frame(Enum):
    """How a stretch of tokens is read."""

    MATH = "math"
    OWN = "argument of a macro of the author's: mathematics, but its structure may be half of one"
    TEXT = "text"
    SKIP = "not looked into"


_SIGNS = ("&", "#", "$")
_FRAMES = {"m": Frame.MATH, "f": Frame.MATH, "o": Frame.MATH, "t": Frame.TEXT}
# Commands of MathJax's own whose arguments are no mathematics, beyond those of LaTeX.
_MATHJAX = {
    "unicode": "Ok",
    "U": "k",
    "char": "k",
    "require": "k",
    "style": "km",
    "class": "km",
    "cssId": "km",
    "data": "km",
    "texttip": "mt",
    "bbox": "Om",
    "enclose": "kOm",
    "mmlToken": "kOk",
    "Newextarrow": "kkk",
    "Rule": "kkk",
    "Space": "kkk",
    "mathmakebox": "OOm",
    "fcolorbox": "kkt",
    "newtagform": "kkk",
    "renewtagform": "kkk",
    "usetagform": "k",
    "mathtoolsset": "k",
    "newcolumntype": "kOk",
    "parbox": "Okt",
    "let": "",
    "ArrowBetweenLines": "sOm",
}
_WITH_COLUMNS = "array darray alignat alignat* xalignat xalignat* xxalignat alignedat subarray tabular empheq"
_COLUMNS = frozenset(_WITH_COLUMNS.split())
_DEFINE = """
    newcommand renewcommand providecommand DeclareRobustCommand def gdef edef xdef let DeclareMathOperator
    DeclarePairedDelimiter DeclarePairedDelimiters DeclarePairedDelimiterX DeclarePairedDelimitersX
    DeclarePairedDelimiterXPP DeclarePairedDelimitersXPP Newextarrow NewDocumentCommand RenewDocumentCommand
"""
_DEFINING = frozenset(_DEFINE.split())
_ENVIRONMENTS = frozenset(["newenvironment", "renewenvironment"])


class Same:
    """A cache key that is the object itself: to hash a preamble would be to read all of it.

    The cache keeps the object, so that its identity is not given to another one.  (By hand, since every formula is
    looked up with one.)
    """

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value

    @classmethod
    def of(cls, value: Any) -> Same:
        """The key for `value`."""
        return cls(value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Same) and other.value is self.value

    def __hash__(self) -> int:
        return id(self.value)


def frames(source: Source, preamble: Preamble) -> Iterator[tuple[int, Token, Frame]]:
    """Every command, brace, `&`, `#`, lone `$` and sign beyond ASCII that is to be looked at, with its frame."""
    letters = _letters(Same.of(preamble))
    stack: list[tuple[int, Frame]] = [(len(source.tokens), Frame.MATH)]
    starts: dict[int, tuple[int, Frame]] = {}
    matched = {*source.partner, *source.partner.values()}
    index = 0
    while index < len(source.tokens):
        while index >= stack[-1][0] and len(stack) > 1:
            stack.pop()
        if index in starts:
            stop, frame = starts.pop(index)
            if frame is Frame.SKIP:
                index = max(stop, index + 1)
                continue
            # A macro of the author's may put what it is given inside \text: nothing in it becomes stricter.
            inherited = Frame.OWN if stack[-1][1] is Frame.OWN and frame is Frame.MATH else frame
            stack.append((stop, inherited))
        token, frame = source.tokens[index], stack[-1][1]
        if frame is Frame.TEXT and token.text in ("$", "\\("):
            if index in source.partner:
                starts[index + 1] = (source.partner[index], Frame.MATH)
            elif token.text == "$" and index not in matched:
                yield index, token, frame
        elif _is_seen(token) or (token.text in _SIGNS and index not in matched):
            yield index, token, frame
            if token.kind in ("word", "symbol"):
                _mark(source, index, letters, starts)
        index += 1


def _is_seen(token: Token) -> bool:
    return token.kind in ("word", "symbol", "open", "close") or not token.text.isascii()


def _mark(source: Source, index: int, letters: _Letters, starts: dict[int, tuple[int, Frame]]) -> None:
    """Note where the arguments of the command at `index` begin, and how they are read."""
    name = source.tokens[index].name
    if name in ("begin", "end"):
        _mark_environment(source, index, starts)
        return
    if name in ("let", "def") or name in _DEFINING or name in _ENVIRONMENTS:
        starts[index + 1] = (_after_definition(source, index), Frame.SKIP)
        return
    wanted = letters.of(name)
    spans = arguments(source, index + 1, wanted, letters.plain) if wanted else None
    for letter, (start, stop) in zip(wanted, spans or (), strict=False):
        if stop > start:
            frame = letters.frame(name, letter)
            if frame is not Frame.MATH:
                starts[start] = (stop, frame)


def _mark_environment(source: Source, index: int, starts: dict[int, tuple[int, Frame]]) -> None:
    opened = source.skip(index + 1)
    closed = source.group(opened)
    if not closed:
        return
    stop = closed
    if source.tokens[index].name == "begin" and source.name_of_environment(index) in _COLUMNS:
        stop = source.bracket(source.skip(stop)) or stop
        stop = source.group(source.skip(stop)) or stop
    starts[opened] = (stop, Frame.SKIP)


@lru_cache(maxsize=16)
def _letters(preamble: Same) -> _Letters:
    return _Letters(preamble.value.macros)


class _Letters:
    """The arguments of commands, the author's own first."""

    def __init__(self, macros: Mapping[str, Macro]) -> None:
        self._macros = macros
        self.plain = {name: _plain(macro) for name, macro in macros.items()}
        self._frames: dict[str, Frame] = {}

    def of(self, name: str) -> str:
        """One letter per argument; empty when there is none or nothing can be said."""
        if name in self._macros:
            return self.plain.get(name, "")
        found = _MATHJAX.get(name, SIGNATURES.get(name, ""))
        return "" if set(found) & set("?d") else found

    def frame(self, name: str, letter: str) -> Frame:
        """How an argument of the command `name` is read."""
        if name not in self._macros:
            return _FRAMES.get(letter, Frame.SKIP)
        if name not in self._frames:
            self._frames[name] = Frame.SKIP if _takes_text(self._macros[name].body) else Frame.OWN
        return self._frames[name]


def _plain(macro: Macro) -> str:
    letters = "".join(parameter.letter for parameter in macro.parameters)
    star = "s" if macro.kind.startswith("DeclarePaired") else ""
    return star + letters if not set(letters) - set("mos") and not macro.template else ""


def _takes_text(body: str) -> bool:
    """Whether a macro may give its arguments to a command that takes no mathematics."""
    names = {token.name for token in tokenize(body)} - {""}
    return any(set(_MATHJAX.get(name, SIGNATURES.get(name, ""))) & set("tkO") for name in names)


def _after_definition(source: Source, index: int) -> int:
    r"""Where the definition at `index` ends; its body is checked where it is used."""
    name = source.tokens[index].name
    if name == "let":
        at = source.skip(source.skip(index + 1) + 1)
        at = source.skip(at + 1) if at < len(source.tokens) and source.tokens[at].text == "=" else at
        return min(at + 1, len(source.tokens))
    spans = arguments(source, index + 1, _MATHJAX.get(name) or SIGNATURES.get(name, ""), {})
    return spans[-1][1] if spans else min(source.skip(index + 1) + 1, len(source.tokens))


def definitions(source: Source) -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    r"""Macros and environments that a formula defines, and extensions that it requires."""
    macros: set[str] = set()
    environments: set[str] = set()
    packages: set[str] = set()
    for index, token in enumerate(source.tokens):
        if token.name in _DEFINING:
            macros.add(_first_name(source, index + 1))
        elif token.name in _ENVIRONMENTS:
            environments.add(source.name_of_environment(index))
        elif token.name == "require":
            packages.add(source.name_of_environment(index).removeprefix("[tex]/"))
    return frozenset(macros), frozenset(environments), frozenset(packages)


def _first_name(source: Source, start: int) -> str:
    """The command that a definition defines: the first one after an optional star and brace."""
    nearby = source.tokens[start : start + 6]
    return next((token.name for token in nearby if token.name), "")
