r"""What in a LaTeX text is not LaTeX: comments, `verbatim` and its relatives, `\verb`, addresses."""

from __future__ import annotations

import re

from gradpress.patterns import pattern

_CODE = r"verbatim\*?|Verbatim\*?|lstlisting|minted|comment|filecontents\*?|alltt"
_TOKEN = pattern(
    rf"\\begin\s*\{{(?P<code>{_CODE})\}}.*?\\end\s*\{{(?P=code)\}}"
    r"|\\(?:verb\*?|lstinline(?:\[[^\]\n]*\])?|mintinline(?:\[[^\]\n]*\])?\{\w*\})(?P<mark>[^A-Za-z\s*{])[^\n]*?(?P=mark)"
    r"|\\(?:url|path|nolinkurl|href)\s*\{[^{}\n]*\}"
    r"|\\[\\%]|(?P<comment>%[^\n]*)",
    re.S,
)
_URL = pattern(r"(\\(?:url|path|nolinkurl))([^A-Za-z\s*{])([^\n]*?)\2")


def masked(text: str) -> str:
    """The text with spaces for all that is not LaTeX: as long, with the same lines."""
    return _TOKEN.sub(_spaces, text)


def _spaces(found: re.Match[str]) -> str:
    return found[0] if found[0] in ("\\\\", "\\%") else re.sub(r"[^\n]", " ", found[0])


def without_comments(text: str) -> str:
    """The text without comments; its lines stay."""
    return _TOKEN.sub(lambda m: " " * len(m[0]) if m["comment"] else m[0], text)


def with_braces(text: str) -> str:
    r"""`\url|…|`, which pandoc cannot read, with braces."""
    return _URL.sub(r"\1{\3}", text)
