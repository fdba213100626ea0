"""The header of a Marp deck as keys of `slides:`: `marp: true`, `paginate`, `style`, `headingDivider`, `math`, …"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gradpress.diagnostics import report
from gradpress.reading.yaml_text import Document

RULE = "marp-directive"
LOCAL = {
    "class": "class",
    "header": "header",
    "footer": "footer",
    "paginate": "numbers",
    "color": "color",
    "backgroundColor": "background-color",
    "backgroundImage": "background-image",
    "backgroundSize": "background-size",
    "backgroundPosition": "background-position",
    "backgroundRepeat": "background-repeat",
}
"""Directives of Marp that hold from one slide on, and what they are called here."""
_WHOLE = ("marp", "theme", "style", "headingDivider", "size", "math", "auto-scaling", "url", "image")
_SIZES = ("16:9", "4:3")
_METHODS = ("mathjax", "katex")


def translated(document: Document) -> Document:
    """The header with Marp's keys as ours, and without them where it is not to be a deck."""
    given = document.values
    if given.get("marp") is not True or given.get("slides") is False:
        return Document({k: v for k, v in given.items() if k != "marp"}, document.lines, document.items)
    lines = dict(document.lines)
    made = _whole(document) | _local(document, lines)
    own = given.get("slides")
    rest = {k: v for k, v in given.items() if k not in _ALL}
    math = {"math": {"method": given["math"]}} if given.get("math") in _METHODS else {}
    kept = {"math": given["math"]} if isinstance(given.get("math"), Mapping) else {}
    rest["slides"] = {**made, **(own if isinstance(own, dict) else {})}
    return Document({**rest, **math, **kept}, lines, document.items)


_ALL = {*_WHOLE, *LOCAL, *(f"_{name}" for name in LOCAL)}


def _whole(document: Document) -> dict[str, Any]:
    """What holds for the deck; what cannot be had is reported."""
    get = document.values.get
    made: dict[str, Any] = {"split": "rules", "title-slide": False, "numbers": False}
    if isinstance(get("style"), str):
        made["style"] = get("style")
    if (size := get("size")) in _SIZES:
        made["size"] = size
    elif size is not None:
        _tell(document, "size", f"the size '{size}' is not known; the slides are 16:9", "write 16:9 or 4:3")
    if get("theme") not in (None, "default"):
        hint = "choose one with 'slides: {theme: …}', or write CSS under 'style:'"
        _tell(document, "theme", f"Marp's theme '{get('theme')}' is not here; the deck has the look of the pages", hint)
    if get("math") not in (None, *_METHODS, False) and not isinstance(get("math"), Mapping):
        _tell(document, "math", f"'math: {get('math')}' is not a way to set formulas", "write mathjax or katex")
    for key in ("auto-scaling", "image"):
        if get(key) is not None:
            _tell(document, key, f"the directive '{key}' of Marp has no effect here", "")
    return made | _divided(document)


def _divided(document: Document) -> dict[str, Any]:
    """`headingDivider: 2` begins slides at headings up to that level, a list at those of its levels."""
    value = document.values.get("headingDivider")
    levels = value if isinstance(value, list) else list(range(1, value + 1)) if type(value) is int else []
    if value in (None, False) or (levels and all(type(level) is int and 0 < level < 7 for level in levels)):
        return {"dividers": levels} if levels else {}
    _tell(document, "headingDivider", f"'headingDivider: {value}' is no level of headings", "write 1 to 6, or a list")
    return {}


def _local(document: Document, lines: dict[tuple[str, ...], int]) -> dict[str, Any]:
    """What holds from the first slide on, and for the first slide only."""
    made: dict[str, Any] = {}
    first: dict[str, Any] = {}
    for given, ours in LOCAL.items():
        if (value := document.values.get(given)) is not None:
            made[ours] = value if ours == "numbers" else _text(value)
            lines[("slides", ours)] = document.line(given)
        if (value := document.values.get(f"_{given}")) is not None:
            first[ours] = value if ours == "numbers" else _text(value)
    return made | ({"first": first} if first else {})


def _text(value: Any) -> str:
    return " ".join(map(str, value)) if isinstance(value, list) else str(value)


def _tell(document: Document, key: str, message: str, hint: str) -> None:
    report(RULE, message, line=document.line(key), hint=hint)
