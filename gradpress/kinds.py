"""Kinds of values in YAML: each turns what the author wrote into ours, or says in words what it must be."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gradpress.numbers.words import KINDS

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
