"""Code in colours: Pygments once for HTML and once for LaTeX, remembered by code and language.

pandoc's own highlighter took 450 ms of CPU on a page whose writing takes 65; Pygments takes 3 ms for
50 lines, and nothing when the block is in the cache.
"""

from __future__ import annotations

import re
import threading
from functools import lru_cache
from hashlib import sha256
from typing import TYPE_CHECKING, Literal

from gradpress.cache import Store
from gradpress.patterns import pattern

if TYPE_CHECKING:
    from pygments.formatter import Formatter
    from pygments.lexer import Lexer

Target = Literal["html", "latex"]

_VERSION = "2"
_LONGEST = 16
"""Letters of a token that stay together in LaTeX when the line is too long."""
_TOKEN = pattern(r"\\PY\{([^{}]*)\}\{((?:[^{}\\]|\\[A-Za-z]+\{\})*)\}")
_LETTER = pattern(r"\\[A-Za-z]+\{\}|.", re.S)
_PLAIN = frozenset({"", "text", "output", "pandoc", "none", "plain"})
_ALIASES = {"py": "python", "ipython": "python", "ipython3": "python", "tex": "latex", "shell": "bash"}

_one = threading.Lock()
"""Pygments' packages replace themselves while they are imported: two threads would see them half made."""


def highlighted(code: str, language: str, target: Target, store: Store) -> str:
    """`code` with markup: `<span class="…">` or `\\PY{…}{…}`; plain, escaped text if the language is unknown."""
    key = sha256(f"{_VERSION}\0{target}\0{language}\0{code}".encode()).hexdigest()
    found = store.get("highlight", key)
    if isinstance(found, str):
        return found
    with _one:
        markup = _markup(code, _ALIASES.get(language.lower(), language.lower()), target)
    store.put("highlight", key, markup)
    return markup


def _markup(code: str, language: str, target: Target) -> str:
    from pygments import highlight

    markup = highlight(code, _lexer(language), _formatter(target)).rstrip("\n")
    return markup if target == "html" else _TOKEN.sub(_in_pieces, markup)


@lru_cache
def _lexer(language: str) -> Lexer:
    from pygments.lexers import TextLexer, get_lexer_by_name
    from pygments.util import ClassNotFound

    try:
        lexer = TextLexer() if language in _PLAIN else get_lexer_by_name(language)
    except ClassNotFound:
        lexer = TextLexer()
    lexer.stripnl, lexer.ensurenl, lexer.stripall = False, False, False
    return lexer


@lru_cache
def _formatter(target: Target) -> Formatter[str]:
    """Made once: a formatter writes the style sheet of all its tokens before it writes the first one."""
    from pygments.formatters import HtmlFormatter, LatexFormatter

    return HtmlFormatter(nowrap=True) if target == "html" else LatexFormatter(nowrap=True)


def _in_pieces(token: re.Match[str]) -> str:
    """A long token as several of the same kind: fvextra breaks lines between macros, not inside one."""
    letters = _LETTER.findall(token[2])
    if len(letters) <= _LONGEST:
        return token[0]
    pieces = ("".join(letters[k : k + _LONGEST]) for k in range(0, len(letters), _LONGEST))
    return "".join(f"\\PY{{{token[1]}}}{{{piece}}}" for piece in pieces)


@lru_cache(maxsize=1)
def latex_definitions() -> str:
    """The `\\PY…` macros that LaTeX needs, in colours that are readable in print."""
    with _one:
        from pygments.formatters import LatexFormatter

    return str(LatexFormatter(style="default").get_style_defs())
