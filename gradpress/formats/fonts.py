"""Fonts for scripts that the text font does not have: Chinese, Japanese, Korean, emoji, Hebrew, Arabic, …

Only what a page uses is asked for, so a page in Latin letters costs nothing.  The first font that the machine
has is taken; a character that no font has is reported from LaTeX's log.
"""

from __future__ import annotations

from collections.abc import Iterable

from gradpress.records import dataclass

_CJK = {"ja": "JP", "ko": "KR", "zh-tw": "TC", "zh-hk": "HK", "zh-hant": "TC"}
"""Language → the variant of the Noto fonts that draws characters its way."""


@dataclass(frozen=True, slots=True)
class _Script:
    family: str
    fonts: tuple[str, ...]
    ranges: tuple[tuple[int, int], ...]


_SCRIPTS = (
    _Script(
        "gphan",
        ("Noto Serif CJK {}", "Noto Sans CJK {}", "Source Han Serif", "FandolSong", "AR PL UMing CN"),
        (
            (0x1100, 0x11FF), (0x2E80, 0x30FF), (0x3100, 0x9FFF), (0xAC00, 0xD7A3), (0xF900, 0xFAFF), (0xFE30, 0xFE4F),
            (0xFF00, 0xFFEF), (0x20000, 0x323AF),
        ),
    ),
    _Script(
        "gpemoji",
        ("Noto Emoji", "Symbola", "OpenMoji", "Noto Sans Symbols2", "FreeSerif", "DejaVu Sans"),
        ((0x2600, 0x27BF), (0x2B00, 0x2BFF), (0xFE0F, 0xFE0F), (0x1F000, 0x1FAFF)),
    ),
    _Script("gphebrew", ("Noto Serif Hebrew", "FreeSerif", "DejaVu Sans"), ((0x590, 0x5FF),)),
    _Script("gparabic", ("Noto Naskh Arabic", "Amiri", "DejaVu Sans"), ((0x600, 0x6FF), (0x750, 0x77F))),
    _Script("gpindic", ("Noto Serif Devanagari", "FreeSerif"), ((0x900, 0x97F),)),
    _Script("gpthai", ("Noto Serif Thai", "FreeSerif"), ((0xE00, 0xE7F),)),
)  # fmt: skip


def fallbacks(text: str, lang: str) -> str:
    """The lines of LaTeX that load fonts for the scripts in `text`."""
    used = sorted({ord(c) for c in text if ord(c) > 0x58F})
    variant = _CJK.get(lang.lower(), _CJK.get(lang.lower().split("-")[0], "SC"))
    lines = []
    for script in _SCRIPTS:
        found = [c for c in used if any(first <= c <= last for first, last in script.ranges)]
        if found:
            lines.append(_line(script, found, variant))
    if lines and any(0x2E80 <= c <= 0x9FFF for c in used):
        lines.append('\\XeTeXlinebreaklocale "zh"\\XeTeXlinebreakskip=0pt plus 1pt')
    return "\n".join(lines)


def _line(script: _Script, characters: Iterable[int], variant: str) -> str:
    fonts = ",".join(name.format(variant) for name in script.fonts)
    codes = ",".join(f"{c:X}" for c in characters)
    return f"\\gp@script{{{script.family}}}{{{fonts}}}{{{codes}}}"
