r"""Braces around script arguments that TeX would misread: `f_\boldsymbol{\sigma}(x)` → `f_{\boldsymbol{\sigma}}(x)`.

After `_` and `^` TeX takes one token, expanded.  Where that begins anything but a symbol or a group it stops
with "Missing { inserted" and takes the rest of the formula into the script; MathJax is lenient, so HTML would
look right where the PDF fails.  Braced is what is known to need it (a command with its arguments, the author's
own macros, `\left…\right`, `\begin…\end`, function names and the like); what is ambiguous is left alone and
reported.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Literal

from gradpress.records import dataclass, field
from gradpress.tex.arguments import arguments, parameter, signature, unit
from gradpress.tex.commands import DECLARATIONS, FRAGILE, MATH_ENVIRONMENTS, SIGNATURES, SYMBOLS
from gradpress.tex.tokens import Problem, Source, Token, source_of

Mode = Literal["math", "text"]


_NO_SCRIPT = frozenset(
    ["right", "end", "verb", "lstinline", "\\", "cr", "(", ")", "[", "]", "par", "def", "gdef", "edef", "xdef"]
)


@dataclass(frozen=True, slots=True)
class Braced:
    """What `brace` made of a text."""

    text: str
    """The text; nothing but braces around script arguments was added, nothing but spaces before them dropped."""
    problems: tuple[Problem, ...]
    """What was left alone because it has no safe reading, in the order of the text."""


def brace(text: str, arities: Mapping[str, str], *, mode: Mode = "math", letters: str = "") -> Braced:
    r"""Brace the scripts of a formula, or (mode `text`) of the formulas inside a piece of LaTeX.

    `arities` maps the author's macros to the letters of their arguments: `{"vb": "m", "ww": ""}`.
    `letters` are characters that belong to names where the text was taken from (`@`, see `tex.tokenize`).
    Bracing what is braced changes nothing.
    """
    if "_" not in text and "^" not in text:
        return Braced(text, ())
    return _brace(text, tuple(sorted(arities.items())), mode, letters)


@lru_cache(maxsize=4096)
def _brace(text: str, arities: tuple[tuple[str, str], ...], mode: Mode, letters: str) -> Braced:
    walk = _Walk(source_of(text, letters), dict(arities), [])
    walk.run(mode)
    return Braced(walk.result(), tuple(walk.problems))


@dataclass(slots=True)
class _Frame:
    """A stretch of tokens with a mode of its own."""

    end: int
    mode: Mode
    argument: bool = False
    """Whether this is the text argument of a command in mathematics."""
    seen: str = ""
    """Scripts that the current nucleus already has."""
    reported: bool = False


@dataclass(slots=True)
class _Walk:
    source: Source
    arities: Mapping[str, str]
    problems: list[Problem]
    frames: list[_Frame] = field(default_factory=list)
    roles: dict[int, tuple[str, int]] = field(default_factory=dict)
    before: dict[int, int] = field(default_factory=dict)
    """Token index → how many braces to open before it."""
    after: dict[int, int] = field(default_factory=dict)
    dropped: set[int] = field(default_factory=set)

    def run(self, mode: Mode) -> None:
        """Walk over all tokens once."""
        index, tokens = 0, self.source.tokens
        self.frames.append(_Frame(len(tokens), mode))
        while index < len(tokens):
            while self.frames[-1].end <= index and len(self.frames) > 1:
                self.frames.pop()
            index = self._role(index) if index in self.roles else self._step(index)

    def result(self) -> str:
        """The text with its braces."""
        pieces: list[str] = []
        for index, token in enumerate(self.source.tokens):
            pieces.append("{" * self.before.get(index, 0))
            pieces.append("" if index in self.dropped else token.text)
            pieces.append("}" * self.after.get(index, 0))
        return "".join(pieces)

    def _role(self, index: int) -> int:
        """Enter or pass an argument whose mode its command decides."""
        letter, stop = self.roles.pop(index)
        if letter in "kOd":
            return stop
        if letter == "t":
            self._push(stop, "text", argument=True)
        elif letter == "f":
            self._push(stop, "math")
        return index

    def _step(self, index: int) -> int:
        """Read one token, or one script sign; the index to go on from."""
        token, frame = self.source.tokens[index], self.frames[-1]
        if token.kind in ("space", "comment"):
            return index + 1
        if token.kind == "char" and token.text in "_^'":
            if frame.mode == "math":
                return self._primes(index) if token.text == "'" else self._script(index)
            if token.text != "'":
                self._underscore(token, frame)
        else:
            frame.seen = ""
        if token.kind in ("word", "symbol"):
            self._command(index, token)
        elif token.kind == "open" and index in self.source.partner:
            self._push(self.source.partner[index], frame.mode, argument=frame.argument)
        elif token.text == "$":
            self._formula(index)
        return index + 1

    def _push(self, end: int, mode: Mode, *, argument: bool = False) -> None:
        end = min(end, self.frames[-1].end)
        self.frames.append(_Frame(end, mode, argument, reported=self.frames[-1].reported and argument))

    def _command(self, index: int, token: Token) -> None:
        """Note what the arguments of a command are, and enter formulas and environments."""
        if token.text in ("\\(", "\\["):
            self._formula(index)
        if token.text == "\\begin" and index in self.source.partner:
            mathematics = self.source.name_of_environment(index) in MATH_ENVIRONMENTS
            frame = self.frames[-1]
            self._push(self.source.partner[index], "math" if mathematics else frame.mode, argument=frame.argument)
        letters = signature(token.name, self.arities) or ""
        if set(letters) & set("tkOfd"):
            spans = arguments(self.source, index + 1, letters, self.arities) or ()
            for letter, span in zip(letters, spans, strict=False):
                if span[0] < span[1] <= self.frames[-1].end and letter != "s":
                    self.roles[span[0]] = letter, span[1]

    def _formula(self, index: int) -> None:
        if self.frames[-1].mode == "text" and index in self.source.partner:
            self._push(self.source.partner[index], "math")

    def _underscore(self, token: Token, frame: _Frame) -> None:
        if frame.argument and not frame.reported:
            frame.reported = True
            message = f"{token.text} in the text of a formula; write \\{token.text}"
            self.problems.append(Problem("text-underscore", token.offset, message))

    def _primes(self, index: int) -> int:
        """A run of primes is one superscript; TeX lets a `^` directly after it join."""
        frame, tokens = self.frames[-1], self.source.tokens
        if "^" in frame.seen:
            self._double(index)
        while index < frame.end and (tokens[index].text == "'" or tokens[index].kind == "space"):
            index += 1
        if not (index < frame.end and tokens[index].text == "^"):
            frame.seen += "^"
        return index

    def _script(self, index: int) -> int:
        """Read a script with its argument, and brace that where it needs it."""
        tokens, frame = self.source.tokens, self.frames[-1]
        sign, start = tokens[index].text, self.source.skip(index + 1)
        stop, needs = self._extent(start)
        if sign in frame.seen:
            self._double(index)
            needs = False
        frame.seen += sign
        if stop is None or stop > frame.end:
            frame.seen = frame.seen.replace(sign, "", 1)
            self._report(index, start)
            return index + 1
        following = self.source.skip(stop)
        next_text = tokens[following].text if following < frame.end else ""
        if needs and next_text != sign and (sign, next_text) != ("^", "'"):
            self._insert(index, start, stop)
        self._push(stop, "math")
        return start if needs or tokens[start].kind == "open" else stop

    def _extent(self, start: int) -> tuple[int | None, bool]:
        """Where the argument of a script stops, if that can be said, and whether it needs braces."""
        source = self.source
        if start >= len(source.tokens):
            return None, False
        token = source.tokens[start]
        if token.kind in ("word", "symbol"):
            return self._command_extent(start, token.name)
        if token.text == "#":
            return parameter(source, start), True
        if token.kind == "open":
            return source.group(start), False
        plain = token.kind == "char" and token.text not in "_^&$"
        return (start + 1, False) if plain else (None, False)

    def _command_extent(self, start: int, name: str) -> tuple[int | None, bool]:
        if name in self.arities or name in ("left", "begin"):
            return unit(self.source, start, self.arities), True
        if name in DECLARATIONS or name in _NO_SCRIPT or "kf" in SIGNATURES.get(name, "").replace("O", ""):
            return None, False
        if name in SIGNATURES or name in FRAGILE:
            return unit(self.source, start, self.arities), True
        if name in SYMBOLS or not self._has_argument(start):
            return start + 1, False
        return None, False

    def _has_argument(self, start: int) -> bool:
        """Whether an unknown command is directly followed by what looks like its argument."""
        return (self.source.group(start + 1) or self.source.bracket(start + 1)) is not None

    def _insert(self, index: int, start: int, stop: int) -> None:
        self.before[start] = self.before.get(start, 0) + 1
        self.after[stop - 1] = self.after.get(stop - 1, 0) + 1
        between = self.source.tokens[index + 1 : start]
        # A line break stays: it may end a comment, and the lines of the formula keep their numbers.
        if all(token.kind == "space" and "\n" not in token.text for token in between):
            self.dropped.update(range(index + 1, start))

    def _double(self, index: int) -> None:
        token = self.source.tokens[index]
        kind = "subscripts" if token.text == "_" else "superscripts"
        message = f"two {kind} on one symbol; group them with braces"
        self.problems.append(Problem("double-script", token.offset, message))

    def _report(self, index: int, start: int) -> None:
        tokens = self.source.tokens
        if start < len(tokens) and tokens[start].kind == "open" and start not in self.source.partner:
            return  # a brace that is never closed: another check says so
        sign, follows = tokens[index].text, tokens[start].text if start < len(tokens) else ""
        missing = follows in ("", "}", "&", "$", "_", "^", "\\right", "\\end", "\\\\")
        unclear = f"with {follows[:40]} has an argument of unclear extent; write braces"
        reason = "has no argument" if missing else unclear
        problem = Problem("script-argument", tokens[index].offset, f"{sign} {reason}")
        self.problems.append(problem)
