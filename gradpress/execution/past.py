"""What the last build knew of the cells of a page: it tells why a cell runs again, and what stood in its place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher
from typing import Any

from gradpress.cache import Storage
from gradpress.execution import PageRun
from gradpress.execution.keys import CellKey, circumstances
from gradpress.records import asdict, dataclass

KIND = "pages"


@dataclass(frozen=True)
class Past:
    """One session of a page, as it was."""

    circumstances: Mapping[str, str]
    cells: tuple[CellKey, ...]
    kept: int = 0
    """How many of them ran well."""

    def before(self, keys: Sequence[CellKey]) -> list[int | None]:
        """For each cell of today, which one it was: the same code, or other code between the same neighbours."""
        found: list[int | None] = [None] * len(keys)
        match = SequenceMatcher(None, [c.code for c in self.cells], [c.code for c in keys], autojunk=False)
        for what, a, b, c, d in match.get_opcodes():
            if what == "equal" or (what == "replace" and b - a == d - c):
                found[c:d] = range(a, b)
        return found

    def why(self, page: PageRun, keys: Sequence[CellKey], index: int) -> str:
        """Why the cell at `index`, the first without a result, has another key than then; empty if it has not."""
        now = circumstances(page)
        for name in {**now, **self.circumstances}:
            if now.get(name) != self.circumstances.get(name):
                return f"the {name} changed"
        was = self.before(keys)[index]
        if was is None:
            return "it is new"
        return _difference(self.cells[was], keys[index]) or self._neighbours(keys, index)

    def _neighbours(self, keys: Sequence[CellKey], index: int) -> str:
        if index < len(self.cells) and self.cells[index].key == keys[index].key:
            return "" if index < self.kept else "it did not end well the last time"
        return "the cells before it are not the same as before"


def _difference(then: CellKey, now: CellKey) -> str:
    if then.code != now.code:
        return "its code changed"
    if then.options != now.options:
        return "its options changed"
    for name in {**now.files, **then.files}:
        if now.files.get(name) != then.files.get(name):
            return f"'{name}' changed"
    return "it looks at its own text or place, which changed" if then.seen != now.seen else ""


def load(storage: Storage, page: PageRun) -> Past | None:
    """What the last build knew; None for a page that is new."""
    kept = storage.get(KIND, _name(page))
    try:
        cells = tuple(CellKey(**{**cell, "files": dict(cell["files"])}) for cell in kept["cells"])
        return Past(dict(kept["circumstances"]), cells, int(kept["kept"]))
    except (KeyError, TypeError, ValueError):
        return None


def save(storage: Storage, page: PageRun, keys: Sequence[CellKey], kept: int, known: Past | None) -> None:
    """Remember this build; nothing is written when it is as the one before."""
    past = Past(circumstances(page), tuple(keys), kept)
    if past != known:
        value: dict[str, Any] = asdict(past)
        storage.put(KIND, _name(page), value)


def _name(page: PageRun) -> str:
    return f"{page.file}\n{page.cells[0].options.session}"
