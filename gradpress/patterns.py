"""Regular expressions that are compiled when they are first used.

A build of one page imports 500 patterns and uses 80 of them; to compile the others took 25 of its 190 ms.
"""

from __future__ import annotations

import re
from typing import Any, cast

_USED = ("search", "match", "fullmatch", "sub", "subn", "finditer", "findall", "split", "groups", "groupindex", "flags")


class _Pattern:
    """A pattern that knows its text only; what it is asked for first makes it a compiled one."""

    def __init__(self, text: str, flags: int) -> None:
        self.pattern, self._flags = text, flags

    def __getattr__(self, name: str) -> Any:
        if name not in _USED:
            raise AttributeError(name)
        compiled = re.compile(self.pattern, self._flags)
        self.__dict__.update({used: getattr(compiled, used) for used in _USED})
        return self.__dict__[name]


def pattern(text: str, flags: int = 0) -> re.Pattern[str]:
    """`re.compile`, but later: for patterns of modules.  Raises `re.error` where the pattern is used."""
    return cast("re.Pattern[str]", _Pattern(text, flags))
