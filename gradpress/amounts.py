"""Amounts of memory and lengths of time, as authors write them."""

from __future__ import annotations

import re
from typing import Any

from gradpress.patterns import pattern

_UNITS = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9, "t": 10**12}
_UNITS |= {f"{unit}i": 2 ** (10 * power) for power, unit in enumerate("kmgt", 1)}
_SIZE = pattern(r"(\d+(?:\.\d+)?)\s*([kmgt]?i?)b?", re.IGNORECASE)
_DURATION = pattern(r"\d+(\.\d+)?\s*[smh]?")


def size(value: Any) -> int:
    """An amount of memory in bytes, from `4GB`, `512 MiB` or a plain number of bytes."""
    found = None if isinstance(value, bool) else _SIZE.fullmatch(str(value).strip())
    if not found or found[2].lower() not in _UNITS:
        raise ValueError("an amount of memory such as 4GB")
    return int(float(found[1]) * _UNITS[found[2].lower()])


def duration(value: Any) -> str:
    """A length of time such as `10m`; `off`, which YAML reads as false, stays a word."""
    word = "off" if value is False else str(value).strip().lower()
    if word != "off" and not _DURATION.fullmatch(word):
        raise ValueError("a length of time such as 10m, or off")
    return word


def seconds(word: str) -> float:
    """The seconds of a `duration`; 0 for `off`."""
    number, unit = word.rstrip("smh ").strip(), word[-1:]
    return 0.0 if word in ("", "off") else float(number) * {"m": 60, "h": 3600}.get(unit, 1)
