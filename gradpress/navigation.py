"""The site's navigation: the tree of its pages, and the part of it that one page shows.

Up to `WHOLE` entries every page shows the whole tree.  A larger site would repeat itself on every page: 2,000 pages
that name each other are four million links, 300 MB.  There a page shows the sections around it, open, with
`NEAR` neighbours on each side, and one page has all of them.  (MkDocs Material calls it *pruning*.)
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from hashlib import sha256

from gradpress.numbers import titles
from gradpress.page import Entry, in_order

WHOLE = 300
NEAR = 20
ALL = "all-pages.html"
"""The page that names all of them, in a site of more than `WHOLE`."""
EXECUTION = "execution.html"
"""The page that says what the cells of all pages cost."""
_Path = tuple[int, ...]
"""Where an entry stands: its place among its siblings, after the places of the sections around it."""


class Navigation:
    """The entries of a site, and what each page shows of them."""

    def __init__(self, entries: Iterable[Entry] = ()) -> None:
        self.entries = tuple(entries)
        self.pages = tuple(in_order(self.entries))
        """All pages of the navigation, depth first."""
        self._lines: dict[_Path, list[str]] = {}

    @cached_property
    def is_whole(self) -> bool:
        """Whether every page shows every entry."""
        return len(self._paths) <= WHOLE

    @property
    def urls(self) -> list[str]:
        """The addresses of all pages, from the site's root."""
        return [entry.url for entry in self.pages if entry.url]

    @cached_property
    def labels(self) -> frozenset[str]:
        """What the titles refer to."""
        return frozenset(label for entry in self.pages for label in titles.labels(entry.title))

    def shown(self, url: str) -> tuple[Entry, ...]:
        """What page `url` shows, with itself and the sections around it marked."""
        path = self._at.get(url, ())
        return _marked(self.entries, path) if self.is_whole else _near(self.entries, path)

    def above(self, url: str) -> tuple[Entry, ...]:
        """The sections around a page, the outermost first; one without a page of its own leads to its first one."""
        path = self._at.get(url, ())
        around = [self._below(path[:depth])[path[depth]] for depth in range(len(path) - 1)] if path else []
        return tuple(map(_closed, around))

    def neighbours(self, url: str) -> tuple[Entry | None, Entry | None]:
        """The pages before and after one."""
        at = self._ranks.get(url)
        if at is None:
            return None, None
        return (self.pages[at - 1] if at else None), (self.pages[at + 1] if at + 1 < len(self.pages) else None)

    def digest(self, url: str) -> str:
        """Of all that page `url` shows: it is to be built again when this changes."""
        if self.is_whole:
            return self._whole
        path = self._at.get(url, ())
        levels = [self._level(path[:depth], path[depth : depth + 1]) for depth in range(len(path) + 1)]
        around = [entry and _line(entry) for entry in self.neighbours(url)]
        return sha256(repr((levels, around)).encode()).hexdigest()[:24]

    @cached_property
    def _whole(self) -> str:
        return sha256(repr(self.entries).encode()).hexdigest()[:24]

    def _level(self, above: _Path, here: _Path) -> tuple[object, ...]:
        """What is shown of the entries below those on the path `above`, around the one at `here`."""
        if above not in self._lines:
            self._lines[above] = [_line(_closed(entry)) for entry in self._below(above)]
        lines = self._lines[above]
        first, last = _window(len(lines), here)
        return first > 0, last < len(lines), (here[0] - first if here else -1), lines[first:last]

    def _below(self, above: _Path) -> Sequence[Entry]:
        entries = self.entries
        for place in above:
            entries = entries[place].children
        return entries

    @cached_property
    def _ranks(self) -> dict[str | None, int]:
        return {entry.url: rank for rank, entry in reversed(list(enumerate(self.pages)))}

    @cached_property
    def _paths(self) -> list[tuple[str | None, _Path]]:
        return list(_paths(self.entries, ()))

    @cached_property
    def _at(self) -> dict[str | None, _Path]:
        return dict(reversed(self._paths))


def _paths(entries: Sequence[Entry], above: _Path) -> Iterator[tuple[str | None, _Path]]:
    for place, entry in enumerate(entries):
        yield entry.url, (*above, place)
        yield from _paths(entry.children, (*above, place))


def _marked(entries: Sequence[Entry], path: _Path) -> tuple[Entry, ...]:
    """All entries; those on the path are open, the last one is the page itself."""
    return tuple(
        replace(
            entry,
            children=_marked(entry.children, path[1:] if path[:1] == (place,) else ()),
            current=path == (place,),
            open=path[:1] == (place,),
        )
        for place, entry in enumerate(entries)
    )


def _near(entries: Sequence[Entry], path: _Path) -> tuple[Entry, ...]:
    """The entries around the path; of sections off the path only where they begin."""
    first, last = _window(len(entries), path[:1])
    within = [_closed(entry) for entry in entries[first:last]]
    if path:
        here = entries[path[0]]
        below = _near(here.children, path[1:])
        within[path[0] - first] = Entry(here.title, here.url, below, current=len(path) == 1, open=True)
    return tuple(([_MORE] if first else []) + within + ([_MORE] if last < len(entries) else []))


def _window(count: int, here: _Path) -> tuple[int, int]:
    """Of so many entries the first and the last that is shown, with as many around `here` as there are."""
    size = 2 * NEAR + 1
    first = max(0, min((here[0] if here else 0) - NEAR, count - size))
    return first, min(count, first + size)


def _closed(entry: Entry) -> Entry:
    """A section as a link to its first page."""
    first = next(in_order((entry,)), None)
    return Entry(entry.title, first.url if first else None)


_MORE = Entry("… more", ALL)
"""Without how many: a new page in a list of thousands would change all of them."""


def _line(entry: Entry) -> str:
    return f"{entry.title}\n{entry.url}"
