r"""Parameters of definitions: `#1` in bodies, the parameter text of `\def`, the specifications of xparse."""

from __future__ import annotations

from collections.abc import Sequence

from gradpress.tex.macros import Parameter
from gradpress.tex.tokens import Source, Token, tokenize

_DIGITS = "123456789"


def highest(body: str) -> int:
    """The number of the highest parameter in a body; `##1` belongs to a definition inside it."""
    best, index = 0, body.find("#")
    while 0 <= index < len(body):
        if body[index : index + 2] == "##":
            index = body.find("#", index + 2)
            continue
        digit = body[index + 1 : index + 2]
        if digit and digit in _DIGITS and not (index and body[index - 1] == "\\"):
            best = max(best, int(digit))
        index = body.find("#", index + 1)
    return best


def from_template(tokens: Sequence[Token]) -> tuple[str, ...] | None:
    r"""The delimiters in the parameter text of a `\def`: before #1, after #1, …; None if it is not understood."""
    pieces: list[list[str]] = [[]]
    texts = [token.text for token in tokens]
    index = 0
    while index < len(texts):
        if texts[index] == "#":
            if texts[index + 1 : index + 2] != [str(len(pieces))]:
                return None
            pieces.append([])
            index += 2
        else:
            pieces[-1].append(texts[index])
            index += 1
    delimiters = ["".join(piece) for piece in pieces]
    if len(delimiters) == 1 or not delimiters[0].strip():
        delimiters[0] = delimiters[0].lstrip()  # spaces after the name are none for TeX
    return tuple(delimiters)


def from_specification(spec: str) -> tuple[Parameter, ...] | None:
    """The parameters of an xparse specification such as `s O{1} m`; None for what has no counterpart (e, v, …)."""
    source = Source(tokenize(spec))
    found: list[Parameter] = []
    index = source.skip(0)
    while index < len(source.tokens):
        read = _one(source, index)
        if read is None:
            return None
        parameter, index = read
        if parameter:
            found.append(parameter)
        index = source.skip(index)
    return tuple(found) if len(found) <= 9 else None


def _one(source: Source, index: int) -> tuple[Parameter | None, int] | None:
    letter = source.tokens[index].text
    index += 1
    if letter in "+!":
        return None, index
    if letter in ("m", "o", "s"):
        return Parameter(letter), index
    if letter == ">":
        stop = source.group(source.skip(index))
        return (None, stop) if stop else None
    if letter == "O":
        return _with_default(source, index, "o", "")
    if letter in ("d", "D", "r", "R", "t"):
        width = 1 if letter == "t" else 2
        delimiters = "".join(token.text for token in source.tokens[index : index + width])
        if letter in "DR":
            return _with_default(source, index + 2, letter.lower(), delimiters)
        return Parameter(letter, None, delimiters), index + width
    return None


def _with_default(source: Source, index: int, letter: str, delimiters: str) -> tuple[Parameter, int] | None:
    start = source.skip(index)
    stop = source.group(start)
    return (Parameter(letter, source.text(start + 1, stop - 1), delimiters), stop) if stop else None
