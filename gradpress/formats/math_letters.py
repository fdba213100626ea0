r"""Letters in formulas that LaTeX's mathematical fonts do not have under their Unicode number.

`𝔸` is `\mathbb{A}` there, and a Chinese or Cyrillic letter is text: MathJax shows both as they stand.
"""

from __future__ import annotations

import re
import unicodedata

from gradpress.patterns import pattern

_STYLES = {
    "MATHEMATICAL BOLD ITALIC": "boldsymbol",
    "MATHEMATICAL BOLD SCRIPT": "boldsymbol\\mathcal",
    "MATHEMATICAL BOLD FRAKTUR": "boldsymbol\\mathfrak",
    "MATHEMATICAL SANS-SERIF BOLD ITALIC": "mathsf",
    "MATHEMATICAL SANS-SERIF BOLD": "mathsf",
    "MATHEMATICAL SANS-SERIF ITALIC": "mathsf",
    "MATHEMATICAL SANS-SERIF": "mathsf",
    "MATHEMATICAL BOLD": "mathbf",
    "MATHEMATICAL ITALIC": "mathnormal",
    "MATHEMATICAL SCRIPT": "mathcal",
    "MATHEMATICAL FRAKTUR": "mathfrak",
    "MATHEMATICAL DOUBLE-STRUCK": "mathbb",
    "MATHEMATICAL MONOSPACE": "mathtt",
    "BLACK-LETTER": "mathfrak",
    "DOUBLE-STRUCK": "mathbb",
    "SCRIPT": "mathcal",
}
"""Beginnings of the names of characters, longer ones first, and the command for them."""
_NAME = pattern(rf"^({'|'.join(_STYLES)}) (CAPITAL|SMALL|DIGIT) \w+$")
_STYLED = pattern("[\u2102\u210a-\u2115\u2119-\u211d\u2124\u2128\u212c\u212d\u212f-\u2134\U0001d400-\U0001d7ff]")
_FOREIGN = pattern(
    "[\u0400-\u052f\u0530-\u06ff\u0900-\u109f\u1100-\u11ff\u2e80-\u303f\u3040-\ud7a3\uf900-\ufaff\uff00-\uffef"
    "\U0001f000-\U0001faff\U00020000-\U0003ffff]+"
)
_NAMED = pattern(r"(\\(?:label|tag|ref|eqref|begin|end)\*?\s*\{[^{}]*\})")
"""Arguments that are names, and must stay as they are."""


def spelled(formula: str) -> str:
    """The formula with such letters as commands, or in `\\text`."""
    if formula.isascii():
        return formula
    parts = _NAMED.split(formula)
    parts[::2] = [_FOREIGN.sub(lambda m: f"\\text{{{m[0]}}}", _STYLED.sub(_command, part)) for part in parts[::2]]
    return "".join(parts)


def in_text(text: str) -> list[tuple[str, str, str]]:
    """Such letters outside formulas: the letter, its number in hexadecimal, and the formula that shows it."""
    if text.isascii():
        return []
    letters = sorted(set(re.findall("[\U0001d400-\U0001d7ff]", text)))
    shown = {c: _GREEK.sub(_greek, _STYLED.sub(_command, c)) for c in letters}
    return [(c, f"{ord(c):X}", formula) for c, formula in shown.items() if formula != c]


_GREEK = pattern("[\u0391-\u03c9]")
_LATIN = dict(zip("ΑΒΕΖΗΙΚΜΝΟΡΤΧο", "ABEZHIKMNOPTXo", strict=True))
"""Greek letters that have no command, since Latin ones look like them."""


def _greek(found: re.Match[str]) -> str:
    letter = found[0]
    name = unicodedata.name(letter).rpartition(" ")[2].replace("LAMDA", "LAMBDA").lower()
    if letter in _LATIN:
        return f"\\mathrm{{{_LATIN[letter]}}}"
    return f"\\{name.capitalize() if letter.isupper() else name} "


def _command(found: re.Match[str]) -> str:
    name = _NAME.match(unicodedata.name(found[0], ""))
    letter = unicodedata.normalize("NFKC", found[0])
    if not name:
        return {"\u210e": "h", "\u210f": r"\hbar{}"}.get(found[0], found[0])
    if name[2] != "CAPITAL" and _STYLES[name[1]].endswith(("mathcal", "mathbb")):
        return found[0]  # these fonts have other signs in the places of small letters and digits
    if not letter.isascii():  # Greek, whose commands the template knows
        return f"{{\\boldsymbol{{{letter}}}}}" if "BOLD" in name[1] else letter
    first, _, second = _STYLES[name[1]].partition("\\")
    return f"{{\\{first}{{\\{second}{{{letter}}}}}}}" if second else f"{{\\{first}{{{letter}}}}}"
