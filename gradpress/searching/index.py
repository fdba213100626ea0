"""The index of a site, put together from the records of its pages.

The shares are cut between letters, so that an edit changes the few that hold a term of it.  How long a beginning is
depends on the number of pages only: `g…` on a small site, `gr…` on a large one.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from contextlib import suppress
from itertools import groupby
from pathlib import Path

from gradpress.searching.record import FOLDER, Terms, read, target

LARGE = 500
"""Pages from which on a letter is too much for one share."""
SHARE = 60_000
"""Characters of terms after which a new share begins."""

Kept = tuple[str, Terms]
_known: dict[str, tuple[tuple[int, ...], Kept]] = {}
"""Path of a record → its stamp, and what it holds: a builder that stays reads only what it has written."""


def files(output: Path, records: Mapping[str, Iterable[int]]) -> dict[str, bytes]:
    """The files of the index.  `records`: page → the stamp of its record, which lies below `output`."""
    pages: dict[str, Kept] = {}
    for name, stamp in sorted(records.items()):
        with suppress(OSError, ValueError):  # a page that another command is just writing
            pages[name] = _kept(output / target(name), tuple(stamp))
    if len(_known) > 2 * len(pages):
        _known.clear()
    return _index(pages)


def _kept(path: Path, stamp: tuple[int, ...]) -> Kept:
    known = _known.get(str(path))
    if known is None or known[0] != stamp or not stamp:
        known = _known[str(path)] = stamp, read(path.read_bytes())
    return known[1]


def _index(pages: Mapping[str, Kept]) -> dict[str, bytes]:
    shares = _shares(_beginnings(pages))
    starts = [beginning for beginning, _ in shares]
    titles = {name: title for name, (title, _) in pages.items()}
    made = {f"{FOLDER}/site.js": _call("site", titles, starts)}
    for number, (beginning, kept) in enumerate(shares):
        made[f"{FOLDER}/terms-{number}.js"] = _call("share", beginning, kept)
    return made


def _call(method: str, *arguments: object) -> bytes:
    said = ",".join(json.dumps(a, ensure_ascii=False, separators=(",", ":")) for a in arguments)
    return f"gradpressSearch.{method}({said});\n".encode()


def _beginnings(pages: Mapping[str, Kept]) -> dict[str, list[tuple[str, str]]]:
    """Beginning → the pages that have such terms, with the terms."""
    found: dict[str, list[tuple[str, str]]] = {}
    for name, (_, terms) in pages.items():
        for beginning, kept in terms.items() if len(pages) < LARGE else _longer(terms):
            found.setdefault(beginning, []).append((name, kept))
    return found


def _longer(terms: Terms) -> Iterable[tuple[str, str]]:
    for kept in terms.values():
        for beginning, some in groupby(kept.split(";"), lambda term: term.partition(",")[0][:2]):
            yield beginning, ";".join(some)


def _as_browsers_sort(text: str) -> bytes:
    """The order of JavaScript, which is not that of Python beyond U+FFFF."""
    return text.encode("utf-16-be")


def _shares(found: Mapping[str, list[tuple[str, str]]]) -> list[tuple[str, dict[str, str]]]:
    """The beginnings in order, taken together until there is enough for a share; each with page → terms."""
    shares: list[tuple[str, dict[str, list[str]]]] = []
    size = SHARE
    for beginning in sorted(found, key=_as_browsers_sort):
        if size >= SHARE:
            shares.append((beginning, {}))
            size = 0
        for name, kept in found[beginning]:
            shares[-1][1].setdefault(name, []).append(kept)
            size += len(kept)
    return [(start, {name: ";".join(kept[name]) for name in sorted(kept)}) for start, kept in shares]
