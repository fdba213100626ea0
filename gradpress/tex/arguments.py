r"""Reading the arguments of a command, as TeX would, but giving up where TeX would go astray."""

from __future__ import annotations

from collections.abc import Mapping

from gradpress.tex.tokens import DECLARATIONS, SIGNATURES, Source, Token

_NO_ARGUMENT = frozenset(
    ["left", "right", "middle", "begin", "end", "verb", "lstinline", "(", ")", "[", "]", "\\", "cr", "par"]
)
_SPECIAL = frozenset("_^&$[]#'\\~")


def signature(name: str, arities: Mapping[str, str]) -> str | None:
    """The arguments of a command, the author's definitions first; none if nothing is known of it."""
    known = arities.get(name)
    return SIGNATURES.get(name) if known is None else known


def arguments(source: Source, index: int, letters: str, arities: Mapping[str, str]) -> list[tuple[int, int]] | None:
    """The spans of the arguments that start at `index`, one for each letter (empty: an optional one is absent).

    None if a mandatory one is missing, or is a command that itself wants arguments.
    """
    spans: list[tuple[int, int]] = []
    last_mandatory = max((n for n, letter in enumerate(letters) if letter not in "soO"), default=-1)
    for number, letter in enumerate(letters):
        start = source.skip(index) if number <= last_mandatory else index
        stop = _argument(source, start, letter, arities)
        if stop is None:
            return None
        if stop == start and letter in "soO":
            start = stop = index
        spans.append((start, stop))
        index = stop
    return spans


def _argument(source: Source, start: int, letter: str, arities: Mapping[str, str]) -> int | None:
    """Where the argument that starts at `start` stops."""
    if letter == "s":
        return start + (start < len(source.tokens) and source.tokens[start].text == "*")
    if letter in "oO":
        return source.bracket(start) or start
    if letter == "d":
        return _parameter_text(source, start)
    return source.group(start) or _single(source, start, letter, arities)


def _single(source: Source, start: int, letter: str, arities: Mapping[str, str]) -> int | None:
    """Where an argument without braces stops: one token, or a parameter `#1`."""
    if start >= len(source.tokens):
        return None
    token = source.tokens[start]
    if token.kind in ("word", "symbol"):
        return start + 1 if letter == "k" or _stands_alone(token, arities) else None
    if token.text == "#":
        return parameter(source, start)
    return start + 1 if token.kind == "char" and token.text not in _SPECIAL else None


def _stands_alone(token: Token, arities: Mapping[str, str]) -> bool:
    name = token.name
    if name in arities:
        return not set(arities[name]) - set("so")
    wants = SIGNATURES.get(name, "")
    return name not in _NO_ARGUMENT and name not in DECLARATIONS and not set(wants) - set("soO")


def parameter(source: Source, start: int) -> int | None:
    """Where the parameter `#1` (in a nested definition `##1`) that starts at `start` stops."""
    stop = start
    while stop < len(source.tokens) and source.tokens[stop].text == "#":
        stop += 1
    if start < stop < len(source.tokens) and stop - start <= 4 and source.tokens[stop].text in "123456789":
        return stop + 1
    return None


def _parameter_text(source: Source, start: int) -> int:
    r"""Where the body of a `\def` opens; `start` when there is none near.  The argument of a script is no body."""
    before = ""
    for index in range(start, min(start + 100, len(source.tokens))):
        token = source.tokens[index]
        if token.kind in ("open", "close"):
            return index if index in source.partner and before not in ("_", "^") else start
        before = before if token.kind in ("space", "comment") else token.text
    return start


def unit(source: Source, index: int, arities: Mapping[str, str]) -> int | None:
    """Where the command at `index` stops, with all that belongs to it; none if that cannot be said."""
    token = source.tokens[index]
    if token.name not in arities and token.name in ("left", "begin"):
        return _pair(source, index, arities)
    letters = signature(token.name, arities) or ""
    if "?" in letters:
        return None
    spans = arguments(source, index + 1, letters, arities)
    if spans is None:
        return None
    return spans[-1][1] if spans else index + 1


def _pair(source: Source, index: int, arities: Mapping[str, str]) -> int | None:
    r"""Where a `\left…\right` or a `\begin…\end` stops, after the last delimiter or name."""
    if index not in source.partner or not source.balanced(index, source.partner[index]):
        return None
    after = source.skip(source.partner[index] + 1)
    if source.tokens[index].name == "begin":
        return source.group(after)
    if after < len(source.tokens) and source.tokens[after].text in "[]":
        return after + 1
    return _single(source, after, "m", arities)
