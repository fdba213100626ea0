"""Dates as authors write them, for machines that want them in one way."""

from __future__ import annotations

import datetime

from gradpress.patterns import pattern

_MONTHS = "january february march april may june july august september october november december".split()
_ISO = pattern(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]\d{1,2}:.*)?$")
_SLASHES = pattern(r"(\d{4})/(\d{1,2})/(\d{1,2})$")
_AMERICAN = pattern(r"(?P<month>[A-Za-z]{3,9})\.? (?P<day>\d{1,2})(?:st|nd|rd|th)?, (?P<year>\d{4})$")
_BRITISH = pattern(r"(?P<day>\d{1,2})(?:st|nd|rd|th)? (?P<month>[A-Za-z]{3,9})\.?,? (?P<year>\d{4})$")


def iso(text: str) -> str:
    """The day as `2024-05-17`; empty for what names no single day."""
    given = " ".join(text.split())
    if numbers := _ISO.match(given) or _SLASHES.match(given):
        return _day(*map(int, numbers.groups()))
    if words := _AMERICAN.match(given) or _BRITISH.match(given):
        names = [k for k, name in enumerate(_MONTHS, 1) if name.startswith(words["month"].lower())]
        return _day(int(words["year"]), names[0], int(words["day"])) if names else ""
    return ""


def _day(year: int, month: int, day: int) -> str:
    try:
        return datetime.date(year, month, day).isoformat()
    except ValueError:
        return ""


def month(day: str) -> str:
    """The month of a day as BibTeX names it: `may`."""
    return _MONTHS[int(day[5:7]) - 1][:3]
