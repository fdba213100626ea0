"""Counters of a page: sections, and what begins anew with them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from gradpress.numbers.crossref import written
from gradpress.numbers.theorems import DEPTHS
from gradpress.records import dataclass, field


@dataclass
class Counts:
    """Numbers in the order of the document."""

    within: Mapping[str, str] = field(default_factory=dict)
    """Counter → the counter with which it begins anew."""
    chapter: str = ""
    """The page's chapter, `2`, `2.1` or `A`; empty: the page has none."""
    forms: Callable[[str], str] = lambda counter: "arabic"
    """Counter → how its numbers are written."""
    by_section: bool = False
    """Counters begin anew in each section of the first level."""
    _sections: list[int] = field(default_factory=list)
    _appendix: bool = False
    _last: dict[str, tuple[str, int]] = field(default_factory=dict)

    def section(self, level: int) -> str:
        """The number of the next heading of this level; levels left out count as 0, as in LaTeX."""
        del self._sections[level:]
        self._sections += [0] * (level - len(self._sections))
        self._sections[level - 1] += 1
        return self._heading(level)

    def begin_appendix(self) -> None:
        """From here on sections are A, B, …"""
        self._sections, self._appendix = [], True

    def next(self, counter: str) -> str:
        """The next number of a counter: `3`, or `2.3` in section 2."""
        before = self._before(counter)
        known, last = self._last.get(counter, (before, 0))
        number = last + 1 if known == before else 1
        self._last[counter] = (before, number)
        said = written(number, self.forms(counter))
        return f"{before}.{said}" if before else said

    def _before(self, counter: str) -> str:
        inside = self.by_section and not self.chapter
        outer = self.within.get(counter, "chapter" if inside and self._sections else "")
        if outer in DEPTHS:
            return self._heading(DEPTHS[outer] + inside)
        if outer in self._last:
            before, number = self._last[outer]
            return f"{before}.{number}" if before else str(number)
        return self.chapter

    def _heading(self, level: int) -> str:
        parts = [*([self.chapter] if self.chapter else []), *(self._sections + [0] * level)[:level]]
        if self._appendix and level:
            parts[-level] = chr(ord("A") - 1 + min(self._sections[0] if self._sections else 0, 26))
        return ".".join(map(str, parts))
