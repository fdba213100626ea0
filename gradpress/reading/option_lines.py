"""Options at the top of a cell: Quarto's `#| key: value` lines, MyST's `:key: value` lines and `---` block."""

from __future__ import annotations

from typing import Any

from gradpress.diagnostics import PageError, report
from gradpress.patterns import pattern
from gradpress.reading import yaml_text

_QUARTO = pattern(r"^(?:#|//|%%|--|[*;!])\|[ \t]?(.*)$")
_FIELD = pattern(r"^:([\w-]+):[ \t]*(.*)$")
_OF_FIGURE = {"caption": "fig-cap", "name": "label", "alt": "fig-alt"}
_OF_IMAGE = {"alt": "fig-alt", "width": "out-width"}


def split(code: str, first_line: int, *, myst: bool) -> tuple[dict[str, Any], str, int]:
    """The options, the code without them, and the line at which the code begins."""
    lines = code.split("\n")
    count, text = _quarto(lines) or (_myst(lines) if myst else None) or (0, "")
    if not count:
        return {}, code, first_line
    try:
        options = yaml_text.parse(text, first_line).values
    except PageError as error:
        report("cell-option", error.diagnostic.message, line=error.diagnostic.place.line)
        options = {}
    while count < len(lines) - 1 and not lines[count].strip():
        count += 1  # an empty line between options and code is none of the code's
    return _figure(options), "\n".join(lines[count:]), first_line + count


def _figure(options: dict[str, Any]) -> dict[str, Any]:
    """MyST-NB's `mystnb: {figure: {caption: …, name: …}, image: {alt: …}}` as Quarto's options."""
    given = options.get("mystnb")
    others = {key: value for key, value in options.items() if key != "mystnb"}
    if not isinstance(given, dict):
        return others
    figure, image = (part if isinstance(part := given.get(key), dict) else {} for key in ("figure", "image"))
    found = {name: str(figure[key]).strip() for key, name in _OF_FIGURE.items() if key in figure}
    found |= {name: str(image[key]).strip() for key, name in _OF_IMAGE.items() if key in image}
    numbered = {"code-line-numbers": "true"} if given.get("number_source_lines") else {}
    return {**others, **numbered, **found}


def _quarto(lines: list[str]) -> tuple[int, str] | None:
    found = []
    for line in lines:
        option = _QUARTO.match(line)
        if not option:
            break
        found.append(option[1])
    return (len(found), "\n".join(found)) if found else None


def _myst(lines: list[str]) -> tuple[int, str] | None:
    if lines[0].strip() == "---" and "---" in (line.strip() for line in lines[1:]):
        end = next(k for k, line in enumerate(lines) if k and line.strip() == "---")
        return end + 1, "\n".join(["", *lines[1:end]])
    found = []
    for line in lines:
        option = _FIELD.match(line)
        if not option:
            break
        found.append(f"{option[1]}: {option[2] or 'true'}")
    return (len(found), "\n".join(found)) if found else None
