"""The author's wishes for the look of a site: `theme:` in `gradpress.yml`, as values for the style sheet."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gradpress.kinds import Kind, choice, text
from gradpress.patterns import pattern

_COLOUR = pattern(r"^(?:#[0-9a-fA-F]{3,8}|[a-z]+|(?:rgb|hsl|oklch|oklab|lab|lch|hwb|light-dark)\([^;{}<>]*\))$")
_FONTS = pattern(r"""^(?:[\w .,'’-]|")+$""")
_LENGTH = pattern(r"^\d+(?:\.\d+)?(?:ch|rem|em|px|vw)$")


def colour(value: Any) -> str:
    """A colour of CSS."""
    if not _COLOUR.match(text(value)):
        raise ValueError('a colour such as "#0f6674"')
    return text(value)


def fonts(value: Any) -> str:
    """Families of fonts, the most wanted first."""
    if not _FONTS.match(text(value)) or text(value).count('"') % 2 or text(value).count("'") % 2:
        raise ValueError("the names of fonts, such as Source Serif 4, Georgia, serif")
    return text(value)


def length(value: Any) -> str:
    """The width of a column of text."""
    if not _LENGTH.match(text(value)):
        raise ValueError("a length such as 70ch or 44rem")
    return text(value)


KEYS: dict[str, Kind] = {
    "appearance": choice("auto", "light", "dark"),
    "accent": colour,
    "accent-dark": colour,
    "text-font": fonts,
    "heading-font": fonts,
    "interface-font": fonts,
    "code-font": fonts,
    "width": length,
}
_PROPERTIES = {
    "text-font": "--serif",
    "heading-font": "--headings",
    "interface-font": "--sans",
    "code-font": "--mono",
    "width": "--measure",
}


def appearance(theme: Mapping[str, str]) -> str:
    """`light` or `dark` where the author decides; empty where the reader does."""
    wish = theme.get("appearance", "auto")
    return "" if wish == "auto" else wish


def style(theme: Mapping[str, str]) -> bytes:
    """What follows our own style sheet; nothing without a wish."""
    values = {_PROPERTIES[key]: value for key, value in theme.items() if key in _PROPERTIES}
    if accent := theme.get("accent"):
        values["--accent"] = f"light-dark({accent}, {theme.get('accent-dark', accent)})"
        values["--accent-soft"] = "color-mix(in oklab, var(--accent) 14%, var(--ground))"
    lines = "".join(f"  {name}: {value};\n" for name, value in values.items())
    return f":root {{\n{lines}}}\n".encode() if lines else b""
