"""Kinds of values in YAML: each turns what the author wrote into ours, or says in words what it must be."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gradpress.numbers.words import KINDS
from gradpress.patterns import pattern

Kind = Callable[[Any], Any]
"""Turns a YAML value into ours; raises ValueError with what was expected."""


def text(value: Any) -> str:
    """A scalar as text."""
    if isinstance(value, dict | list) or value is None:
        raise ValueError("text")
    return str(value)


def style(value: Any) -> str:
    """How numbers are written: anything with a 1 in it, `(1)`."""
    if "1" not in text(value):
        raise ValueError("how the number 1 is to be written, such as (1)")
    return text(value)


def flag(value: Any) -> bool:
    """true or false."""
    if not isinstance(value, bool):
        raise ValueError("true or false")
    return value


def number(value: Any) -> float:
    """A number above or equal to zero."""
    try:
        result = float("x" if isinstance(value, bool) else value)
    except (TypeError, ValueError):
        raise ValueError("a number") from None
    if not 0 <= result < 1e9:
        raise ValueError("a number from 0 on")
    return result


def whole(value: Any) -> int:
    """A whole number."""
    if isinstance(value, bool) or number(value) != int(float(value)):
        raise ValueError("a whole number")
    return int(float(value))


def texts(value: Any) -> tuple[str, ...]:
    """A list of texts; one text is a list of one."""
    return tuple(text(v) for v in value) if isinstance(value, list) else (text(value),)


def anything(value: Any) -> Any:
    """A value that some later stage checks."""
    return value


def mapping(value: Any) -> dict[str, Any]:
    """A mapping."""
    if not isinstance(value, dict):
        raise ValueError("a mapping of keys to values")
    return value


def prefixes(value: Any) -> dict[str, str]:
    """Words before numbers, by what they number."""
    given = mapping(value)
    unknown = [key for key in given if key not in KINDS]
    if unknown:
        raise ValueError(f"a mapping of kinds ({', '.join(sorted(KINDS))}) to words, and '{unknown[0]}' is none")
    return {key: text(word) for key, word in given.items()}


def tex(value: Any) -> str:
    """A LaTeX preamble in any YAML shape: a block, a folded or quoted text, a list of them."""
    if isinstance(value, list):
        return "\n".join(tex(v) for v in value)
    if isinstance(value, dict):  # Quarto's include-in-header: {text: …}
        return "\n".join(tex(v) for k, v in value.items() if k == "text")
    return "" if value is None else text(value)


def names(value: Any) -> tuple[str, ...]:
    """Authors: a text, a list of texts, or of mappings with `name`."""
    values = value if isinstance(value, list) else [value]
    return tuple(text(v.get("name", "")) if isinstance(v, dict) else text(v) for v in values)


_ADDRESS = pattern(r"https?://[^/?#\s]+(?:/[^?#\s]*)?$")


def address(value: Any) -> str:
    """Where something is on the web."""
    if not _ADDRESS.match(text(value)):
        raise ValueError("an address such as https://example.org/notes/")
    return text(value)


def picture(value: Any) -> str:
    """A file or an address; false is none."""
    return "" if value is False else text(value)


CITED = ("container-title", "volume", "issue", "page", "publisher", "doi", "url")
"""What we use of Quarto's `citation:`, which says where a page has been published."""


def citation(value: Any) -> bool | dict[str, str]:
    """Whether readers are told how to cite the page, or where it has been published."""
    if isinstance(value, bool):
        return value
    if not isinstance(value, dict):
        raise ValueError("true, false or a mapping such as {doi: 10.1000/182}")
    return {key: str(value[key]) for key in CITED if isinstance(value.get(key), str | int)}


def shade(value: Any) -> str:
    """A colour, or anything else that CSS takes for one, without what would end a declaration."""
    if not _SHADE.match(text(value)):
        raise ValueError('a colour such as "#0f6674"')
    return text(value)


_SHADE = pattern(r"^[#\w(),.%/ -]+$")


def level(value: Any) -> int:
    """The level of a heading, 1 to 6."""
    if type(value) is not int or not 0 < value < 7:
        raise ValueError("a level of headings from 1 to 6")
    return int(value)


def levels(value: Any) -> tuple[int, ...]:
    """Levels of headings, 1 to 6."""
    return tuple(map(level, value if isinstance(value, list) else [value]))


def several(*allowed: str) -> Kind:
    """Some of these words; `none` and false are none of them."""
    one = choice(*allowed)

    def check(value: Any) -> tuple[str, ...]:
        listed = value if isinstance(value, list) else [] if value in (False, "none") else [value]
        try:
            return tuple(dict.fromkeys(one(word) for word in listed))
        except ValueError as error:
            raise ValueError(str(error).replace("one of", "a list of", 1)) from None

    return check


def choice(*allowed: str) -> Kind:
    """One of these words; YAML's true and false count as words."""

    def check(value: Any) -> str:
        word = str(value).lower() if isinstance(value, bool) else str(value)
        if word not in allowed:
            raise ValueError("one of " + ", ".join(allowed))
        return word

    return check


def loss(value: Any) -> str:
    """`auto`, `false` or names to record."""
    return "false" if value is False else "auto" if value is True else ",".join(texts(value))
