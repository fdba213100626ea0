"""What is kept of a cell that ran well, and whether it still holds.

An entry has, besides the result, everything that it and the cells before it rest on: files and folders, the
versions of packages, and marks (`seen.py`).  It is JSON, names files relative to the content folder, and so
can be taken to another machine.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any

from gradpress.cache import Storage
from gradpress.cells import Cell, Failure, Result, Stream, from_json, to_json
from gradpress.execution import PageRun
from gradpress.execution.installed import identities
from gradpress.execution.keys import CellKey
from gradpress.execution.moving import Spot, moved, moves
from gradpress.execution.reads import CHANGED, REMOVED, WRITTEN, Read, same
from gradpress.records import dataclass, field, replace

KIND = "cells"
AGAIN = {"network": "it asks another machine", "program": "it starts a program, and names no files in `depends`"}
"""Marks of results that no later build may rely on."""


@dataclass(frozen=True)
class Entry:
    """A kept result and what it rests on."""

    result: Result
    spots: Mapping[int, Spot]
    """Where this cell stood, and, if its outputs may name their lines, those before it."""
    reads: tuple[Read, ...]
    packages: Mapping[str, str]
    """Top-level module → distribution and version; empty for one that was not there."""
    marks: frozenset[str]
    day: str
    """The date on which it ran."""

    def here(self, cells: Sequence[Cell], index: int) -> Result:
        """The result with its lines where the cells stand now."""
        now = [spot(cells[i]) for i in self.spots]
        own = self.spots.get(index, spot(cells[index]))
        return moved(self.result, moves(list(self.spots.values()), now), own[0])


def load(storage: Storage, key: str) -> Entry | None:
    """The entry under `key`; None when there is none that is whole."""
    entry = storage.get(KIND, key)
    try:
        found = Entry(
            from_json(entry["result"]),
            {int(i): (str(f), int(n), str(c)) for i, f, n, c in entry["spots"]},
            tuple((str(p), int(n), int(t), str(h)) for p, n, t, h in entry["reads"]),
            {str(m): str(v) for m, v in entry["packages"].items()},
            frozenset(map(str, entry["marks"])),
            str(entry["day"]),
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        return None
    return None if None in map(storage.blob, found.result.blobs) else found


def obstacle(storage: Storage, page: PageRun, entry: Entry, index: int, *, strict: bool = True) -> str:
    """Why the entry does not hold any more; empty when it does.

    Without `strict`, what cannot be asked for where cells do not run does not count: files that the cell
    left behind, other machines, programs, today's date.
    """
    root = str(page.root or page.folder)
    last = index == len(page.cells) - 1  # what the cells leave behind counts when all of them have run
    for read in entry.reads:
        if ((strict and last) or read[3] != WRITTEN) and not same(root, read):
            return _changed(read)
    now = identities(storage) if entry.packages else {}
    for module, version in entry.packages.items():
        if now.get(module, "") != version:
            return f"{version or module + ' was not installed'} then, {now.get(module) or 'nothing'} now"
    if "source" in entry.marks and any(spot(page.cells[i]) != s for i, s in entry.spots.items()):
        return "it looks at code that has moved"
    return _expired(entry) if strict else ""


def _expired(entry: Entry) -> str:
    if "date" in entry.marks and entry.day != today():
        return f"it looks at the date, and ran on {entry.day}"
    return next((why for mark, why in AGAIN.items() if mark in entry.marks), "")


def _changed(read: Read) -> str:
    path, _, _, digest = read
    if path.endswith("/"):
        return f"there are other files in '{path}'"
    if digest == WRITTEN:
        return f"'{path}', which it writes, is gone"
    return f"'{path}' {'is there now' if digest == '' else 'changed'}"


def today() -> str:
    """The date of the author's clock."""
    return time.strftime("%Y-%m-%d")


def spot(cell: Cell) -> Spot:
    """Where a cell stands."""
    return cell.place.file, cell.place.line, cell.code


@dataclass
class _Rests:
    """What the cells so far rest on, together."""

    reads: dict[str, Read] = field(default_factory=dict)
    packages: dict[str, str] = field(default_factory=dict)
    marks: set[str] = field(default_factory=set)

    def add(self, cell: Cell, result: Result, now: Mapping[str, str]) -> None:
        for read in result.reads:
            name = f"{read[0]}\n{WRITTEN}" if read[3] in (WRITTEN, REMOVED) else read[0]
            if read[3] == REMOVED:
                self.reads.pop(name, None)
            elif read[3] == CHANGED or name not in self.reads:
                self.reads[name] = read
        self.packages |= {module: now.get(module, "") for module in result.imports}
        self.marks |= set(result.marks) - ({"program"} if cell.options.depends else set())


def keep(storage: Storage, page: PageRun, keys: Sequence[CellKey], results: Sequence[Result]) -> int:
    """Keep the results up to the first that did not end well; how many."""
    rests, day, now = _Rests(), today(), identities(storage)
    for index, (key, result) in enumerate(zip(keys, results, strict=True)):
        if result.error or any(isinstance(o, Failure) and o.kind != "error" for o in result.outputs):
            return index
        rests.add(page.cells[index], result, now)
        whole = _names_lines(result) or "source" in rests.marks
        entry: dict[str, Any] = {
            "result": to_json(replace(result, origin="ran")),
            "spots": [(i, *spot(page.cells[i])) for i in range(0 if whole else index, index + 1)],
            "reads": [list(r) for r in rests.reads.values()],
            "packages": rests.packages,
            "marks": sorted(rests.marks),
            "day": day,
        }
        storage.put(KIND, key.key, entry)
    return len(results)


def _names_lines(result: Result) -> bool:
    """Whether the outputs may name lines of earlier cells: tracebacks and warnings do."""
    return any(isinstance(o, Failure) or (isinstance(o, Stream) and o.name == "stderr") for o in result.outputs)
