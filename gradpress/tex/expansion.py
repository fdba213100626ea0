r"""Expanding the author's macros, for formats that know none: MathML, GitHub, and what MathJax cannot be told."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from gradpress.records import dataclass, field
from gradpress.tex.macros import Environment, Macro, Parameter, Preamble
from gradpress.tex.tokens import Token, join, tokenize

_MOST_STEPS = 20_000
_MOST_TOKENS = 1_000_000
_NO_VALUE = Token("word", "\\NoValue", -1, "NoValue")
_TRUE, _FALSE = Token("word", "\\BooleanTrue", -1, "BooleanTrue"), Token("word", "\\BooleanFalse", -1, "BooleanFalse")
_TESTS = {
    "IfNoValueTF": ("NoValue", "TF"),
    "IfNoValueT": ("NoValue", "T"),
    "IfNoValueF": ("NoValue", "F"),
    "IfValueTF": ("NoValue", "FT"),
    "IfValueT": ("NoValue", "F"),
    "IfValueF": ("NoValue", "T"),
    "IfBooleanTF": ("BooleanTrue", "TF"),
    "IfBooleanT": ("BooleanTrue", "T"),
    "IfBooleanF": ("BooleanTrue", "F"),
}
"""Test → what its argument must be, and for which outcome each branch stands."""

Tokens = list[Token]


def expand(text: str, preamble: Preamble, only: Collection[str] | None = None, *, letters: str = "") -> str:
    """`text` with the author's macros and environments expanded; with `only`, just the named ones.

    Scripts are braced first, so that a macro of several symbols stays in its script.  A macro that never ends, or that
    makes too much, is left as it stands.  `letters`: see `tex.tokenize`.
    """
    from gradpress.tex.bracing import brace
    from gradpress.tex.effective import arities

    if "\\" not in text or not (preamble.macros or preamble.environments):
        return text
    if only is not None and not any(name in text for name in only):
        return text
    known = arities(preamble)
    text = brace(text, known, letters=letters).text
    return brace(join(_Expansion(preamble, only, list(reversed(tokenize(text, letters)))).run()), known).text


def substitute(body: str, arguments: Sequence[Tokens], letters: str = "") -> Tokens:
    """The tokens of a body with the arguments in place of `#1`, `#2`, …; `##` becomes `#`."""
    tokens = tokenize(body, letters)
    result: Tokens = []
    index = 0
    while index < len(tokens):
        following = tokens[index + 1].text if index + 1 < len(tokens) else ""
        if tokens[index].text != "#" or not following or following not in "#123456789":
            result.append(tokens[index])
            index += 1
            continue
        if following == "#":
            result.append(tokens[index])
        elif int(following) <= len(arguments):
            result += arguments[int(following) - 1]
        index += 2
    return result


class _Missing(Exception):
    """An argument is not there."""


@dataclass(slots=True)
class _Expansion:
    preamble: Preamble
    only: Collection[str] | None
    todo: Tokens
    """What is still to be read, last first."""
    done: Tokens = field(default_factory=list)
    open: list[tuple[str, list[Tokens]]] = field(default_factory=list)
    """The author's environments that are begun, with their arguments."""
    steps: int = 0
    pushed: int = 0

    def run(self) -> Tokens:
        """All tokens, expanded."""
        while self.todo:
            token = self.todo.pop()
            if token.kind not in ("word", "symbol") or not self._expanded(token):
                self.done.append(token)
        return self.done

    def _wanted(self, name: str) -> bool:
        return (self.only is None or name in self.only) and name not in self.preamble.looping

    def _expanded(self, token: Token) -> bool:
        """Replace what starts with this command by its expansion; false if it stays."""
        name = token.name
        if self.steps > _MOST_STEPS or self.pushed > _MOST_TOKENS:
            return False
        macro = self.preamble.macros.get(name) if self._wanted(name) else None
        if not (macro or name in _TESTS or (name in ("begin", "end") and self.preamble.environments)):
            return False
        taken: Tokens = []
        try:
            if macro:
                result = self._macro(macro, taken)
            elif name in _TESTS:
                result = self._test(name, taken)
            else:
                result = self._environment(name, taken)
        except _Missing:
            self.pushed += len(taken)
            self.todo += reversed(taken)
            return False
        self.steps += 1
        self.pushed += len(result) + len(taken)
        self.todo += reversed(result)
        return True

    def _macro(self, macro: Macro, taken: Tokens) -> Tokens:
        if macro.is_alias:
            return self._alias(macro, taken)
        if macro.parts:
            return self._paired(macro, taken)
        if macro.template:
            arguments = self._templated(macro.template, taken)
        else:
            arguments = self._arguments(macro.parameters, taken)
        body = substitute(macro.body, arguments, macro.letters)
        if macro.kind.startswith("DeclareMathOperator"):
            star = "*" if macro.kind.endswith("*") else ""
            return [*tokenize(f"\\operatorname{star}{{"), *body, Token("close", "}", -1)]
        if not arguments and macro.name.isalpha():
            self._spaces(taken)
        return body

    def _alias(self, macro: Macro, taken: Tokens) -> Tokens:
        """A command of LaTeX's own, which an author's definition of the same name does not touch: `done` at once."""
        if macro.name.isalpha():
            self._spaces(taken)
        self.done.append(Token("word" if macro.body[1:2].isalpha() else "symbol", macro.body, -1, macro.body[1:]))
        return []

    def _paired(self, macro: Macro, taken: Tokens) -> Tokens:
        """A paired delimiter, by its meaning in mathtools: starred it grows, with `[\\big]` it has that size."""
        star, size, *arguments = self._arguments((Parameter("s"), Parameter("o"), *macro.parameters), taken)
        left, right, before, after = (substitute(part, arguments, macro.letters) for part in macro.parts)
        grows, sized = star == [_TRUE], size != [_NO_VALUE]
        marks = [tokenize("\\left"), tokenize("\\right"), tokenize("\\middle")] if grows else [[], [], []]
        if sized and not grows:
            name = join(size)
            marks = [tokenize(f"{name}l"), tokenize(f"{name}r"), size]
        body: Tokens = []
        for token in substitute(macro.body, arguments, macro.letters):
            body += marks[2] if token.text == "\\delimsize" else [token]
        return [*before, *marks[0], *left, *body, *marks[1], *right, *after]

    def _test(self, name: str, taken: Tokens) -> Tokens:
        """A conditional of xparse on an argument that is known by now."""
        wanted, branches = _TESTS[name]
        tested = [token for token in self._mandatory(taken) if token.kind != "space"]
        outcome = "T" if [token.name for token in tested] == [wanted] else "F"
        texts = [self._mandatory(taken) for _ in branches]
        return next((text for text, branch in zip(texts, branches, strict=True) if branch == outcome), [])

    def _environment(self, command: str, taken: Tokens) -> Tokens:
        name = join(self._mandatory(taken)).strip()
        own: Environment | None = self.preamble.environments.get(name)
        if own is None or (self.only is not None and name not in self.only):
            raise _Missing
        if command == "begin":
            arguments = self._arguments(own.parameters, taken)
            self.open.append((name, arguments))
            return substitute(own.begin, arguments, own.letters)
        if not self.open or self.open[-1][0] != name:
            raise _Missing
        return substitute(own.end, self.open.pop()[1], own.letters)

    def _arguments(self, parameters: Iterable[Parameter], taken: Tokens) -> list[Tokens]:
        return [self._argument(parameter, taken) for parameter in parameters]

    def _argument(self, parameter: Parameter, taken: Tokens) -> Tokens:
        if parameter.letter == "m":
            return self._mandatory(taken)
        if parameter.letter in "st":
            return [_TRUE] if self._next_is(parameter.delimiters or "*", taken) else [_FALSE]
        opening, closing = tuple(parameter.delimiters or "[]")
        if self._next_is(opening, taken):
            return self._until(closing, taken)
        if parameter.letter == "r":
            raise _Missing
        return [_NO_VALUE] if parameter.default is None else tokenize(parameter.default)

    def _take(self, taken: Tokens) -> Token:
        if not self.todo:
            raise _Missing
        taken.append(self.todo.pop())
        return taken[-1]

    def _spaces(self, taken: Tokens) -> None:
        while self.todo and self.todo[-1].kind in ("space", "comment"):
            taken.append(self.todo.pop())

    def _next_is(self, text: str, taken: Tokens) -> bool:
        """Take `text` if it is next, spaces aside; else take nothing."""
        passed: Tokens = []
        self._spaces(passed)
        if self.todo and self.todo[-1].text == text:
            passed.append(self.todo.pop())
            taken += passed
            return True
        self.todo += reversed(passed)
        return False

    def _mandatory(self, taken: Tokens) -> Tokens:
        self._spaces(taken)
        token = self._take(taken)
        if token.kind == "close" or token.text in ("&", "$"):
            raise _Missing
        return [token] if token.kind != "open" else self._until("}", taken)

    def _until(self, closing: str, taken: Tokens) -> Tokens:
        """The tokens before `closing` on this level of braces."""
        start, depth = len(taken), 0
        while True:
            token = self._take(taken)
            if token.text == closing and not depth:
                return taken[start:-1]
            depth += (token.kind == "open") - (token.kind == "close")
            if depth < 0:
                raise _Missing

    def _templated(self, template: tuple[str, ...], taken: Tokens) -> list[Tokens]:
        r"""The arguments of a `\def` with delimiters."""
        self._delimiter(template[0], taken)
        return [self._up_to(after, taken) if after else self._mandatory(taken) for after in template[1:]]

    def _delimiter(self, text: str, taken: Tokens) -> None:
        for wanted in tokenize(text):
            self._spaces(taken)
            if wanted.kind != "space" and self._take(taken).text != wanted.text:
                raise _Missing

    def _up_to(self, delimiter: str, taken: Tokens) -> Tokens:
        """What stands before `delimiter`; braces around all of it are taken off, as TeX does."""
        wanted = [token.text for token in tokenize(delimiter)]
        start, depth = len(taken), 0
        while True:
            token = self._take(taken)
            depth += (token.kind == "open") - (token.kind == "close")
            if depth < 0:
                raise _Missing
            if not depth and [t.text for t in taken[max(start, len(taken) - len(wanted)) :]] == wanted:
                return _unbraced(taken[start : len(taken) - len(wanted)])


def _unbraced(tokens: Tokens) -> Tokens:
    """Without the braces that hold all of `tokens`."""
    depth = 0
    for index, token in enumerate(tokens):
        depth += (token.kind == "open") - (token.kind == "close")
        if not depth and index < len(tokens) - 1:
            return tokens
    return tokens[1:-1] if len(tokens) > 1 and tokens[0].kind == "open" else tokens
