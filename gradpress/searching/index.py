"""The index of a site, put together from the records of its pages.

The shares are cut between letters, so that an edit changes the few that hold a term of it.  How long a beginning is
depends on the number of pages only: `g…` on a small site, `gr…` on a large one.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from gradpress.searching.record import FOLDER, GROUP, Terms, read, target

LARGE = 500
"""Pages from which on a letter is too much for one share."""
SHARE = 60_000
"""Characters of terms after which a new share begins."""
REMEMBERED = 2_000
"""Records that a builder that stays keeps in memory; more of them are read again, 40 µs each."""

Kept = tuple[str, Terms]
_known: dict[str, tuple[tuple[int, ...], Kept]] = {}
"""Path of a record → its stamp, and what it holds: a builder that stays reads only what it has written."""


def files(output: Path, records: Mapping[str, Iterable[int]]) -> dict[str, bytes]:
    """The files of the index.  `records`: page → the stamp of its record, which lies below `output`."""
    pages: dict[str, Kept] = {}
    for name, stamp in sorted(records.items()):
        with suppress(OSError, ValueError):  # a page that another command is just writing
            pages[name] = _kept(output / target(name), tuple(stamp))
    if len(_known) > REMEMBERED:
        _known.clear()
    return _index(pages)


def _kept(path: Path, stamp: tuple[int, ...]) -> Kept:
    known = _known.get(str(path))
    if known is None or known[0] != stamp:
        known = stamp, read(path.read_bytes())
        if len(_known) <= REMEMBERED:
            _known[str(path)] = known
    return known[1]


def _index(pages: Mapping[str, Kept]) -> dict[str, bytes]:
    made, starts = {}, []
    for number, (start, kept) in enumerate(_shares(_beginnings(pages))):
        starts.append(start)
        made[f"{FOLDER}/terms-{number}.js"] = _call("share", start, kept)
    made[f"{FOLDER}/site.js"] = _call("site", {name: title for name, (title, _) in pages.items()}, starts)
    return made


def _call(method: str, *arguments: object) -> bytes:
    said = ",".join(json.dumps(a, ensure_ascii=False, separators=(",", ":")) for a in arguments)
    return f"gradpressSearch.{method}({said});\n".encode()


def _beginnings(pages: Mapping[str, Kept]) -> Iterator[tuple[str, dict[str, str]]]:
    """Each beginning of terms, with the pages that have such: page → terms.

    One letter after the other: all of them at the same time would take 40 kB a page.
    """
    letters = {letter for _, terms in pages.values() for letter in terms}
    for letter in sorted(letters, key=_as_browsers_sort):
        whole = {name: terms[letter] for name, (_, terms) in pages.items() if letter in terms}
        yield from [(letter, whole)] if len(pages) < LARGE else _by_two_letters(whole)


def _by_two_letters(whole: Mapping[str, str]) -> list[tuple[str, dict[str, str]]]:
    found: dict[str, dict[str, str]] = {}
    for name, kept in whole.items():
        for some in kept.split(GROUP):
            found.setdefault(some.partition(",")[0][:2], {})[name] = some
    return sorted(found.items(), key=lambda item: _as_browsers_sort(item[0]))


def _as_browsers_sort(text: str) -> bytes:
    """The order of JavaScript, which is not that of Python beyond U+FFFF."""
    return text.encode("utf-16-be")


def _shares(beginnings: Iterable[tuple[str, dict[str, str]]]) -> Iterator[tuple[str, dict[str, str]]]:
    """The beginnings taken together until there is enough for a share: the first of them, and page → terms."""
    start, share, size = "", dict[str, str](), 0
    for beginning, kept in beginnings:
        if size >= SHARE:
            yield start, share
            share, size = {}, 0
        start = start if share else beginning
        for name, some in kept.items():
            share[name] = f"{share[name]}{GROUP}{some}" if name in share else some
            size += len(some)
    if share:
        yield start, share
