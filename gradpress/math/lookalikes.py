"""Letters and signs of other scripts in a formula that look like the ones that were meant.

A Cyrillic `х` typed for `x` is another variable, which no search finds; a fullwidth comma is no sign of mathematics.
Fonts for formulas have neither, so that LaTeX leaves them out or takes them from a font for text.
"""

from __future__ import annotations

import unicodedata

from gradpress.math.regions import Frame, frames
from gradpress.tex.macros import Preamble
from gradpress.tex.tokens import Problem, source_of

_CYRILLIC = dict(zip("АВЕЅІЈКМНОРСТХҮаеѕіјорсухԁԛԝ", "ABESIJKMHOPCTXYaesijopcyxdqw", strict=True))
_WRITTEN_ALONE = ("ru", "uk", "be", "bg", "sr", "mk", "kk", "ky", "mn")
"""Languages in whose formulas a letter of the script is meant."""


def check(formula: str, preamble: Preamble, lang: str) -> tuple[Problem, ...]:
    """The first such sign of a formula; words in the script, such as a subscript, are left alone."""
    if formula.isascii():
        return ()
    source = source_of(formula)
    for index, token, frame in frames(source, preamble):
        meant = _meant(token.text, lang)
        if not meant or frame not in (Frame.MATH, Frame.OWN):
            continue
        around = source.text(max(index - 1, 0), index) + source.text(index + 1, min(index + 2, len(source.tokens)))
        if token.text in _CYRILLIC and any(_is_cyrillic(sign) for sign in around):
            continue
        name = unicodedata.name(token.text).capitalize()
        message = f"'{token.text}' in a formula is U+{ord(token.text):04X} ({name}); {meant} was meant"
        return (Problem("math-lookalike", token.offset, message),)
    return ()


def _meant(sign: str, lang: str) -> str:
    if len(sign) != 1 or sign.isascii():
        return ""
    if 0xFF01 <= ord(sign) <= 0xFF5E:  # the ASCII signs in the width of a Chinese character
        return chr(ord(sign) - 0xFF01 + 0x21)
    return "" if lang.split("-")[0] in _WRITTEN_ALONE else _CYRILLIC.get(sign, "")


def _is_cyrillic(sign: str) -> bool:
    return "\u0400" <= sign <= "\u052f"
