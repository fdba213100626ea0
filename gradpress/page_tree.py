"""The tree of a site's pages: as `nav:` says, else as their folders, by `order` and title."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from gradpress.content import SUFFIXES, Facts, pretty
from gradpress.diagnostics import report
from gradpress.page import Entry
from gradpress.records import dataclass, field


@dataclass
class _Folder:
    """What stands right below a folder."""

    pages: list[str] = field(default_factory=list)
    folders: list[str] = field(default_factory=list)


class _Tree:
    """The pages that are shown, and their folders."""

    def __init__(self, pages: Mapping[str, Facts], line: Callable[[str], int]) -> None:
        self.pages = {name: page for name, page in pages.items() if not page.draft}
        self.hidden = pages.keys() - self.pages.keys()
        """Drafts: they are named by `nav:`, and not shown."""
        self.line = line
        self.folders: dict[str, _Folder] = {"": _Folder()}
        for name in self.pages:
            self._folder(posixpath.dirname(name)).pages.append(name)

    def _folder(self, name: str) -> _Folder:
        if name not in self.folders:
            self.folders[name] = _Folder()
            self._folder(posixpath.dirname(name)).folders.append(name)
        return self.folders[name]

    def entry(self, name: str) -> Entry:
        """A page by itself."""
        return Entry(self.pages[name].title, f"{name}.html")

    def section(self, folder: str) -> Entry:
        """A folder, under its own `index` where it has one."""
        index = f"{folder}/index"
        if index in self.pages:
            return Entry(self.pages[index].title, f"{index}.html", self.inside(folder, index))
        return Entry(pretty(folder), None, self.inside(folder))

    def inside(self, folder: str, without: str = "") -> tuple[Entry, ...]:
        """Pages and folders right below a folder; its own `index` first."""
        here = self.folders[folder]
        ranked = [(_rank(n, self.pages), self.entry(n)) for n in here.pages if n != without]
        for name in sorted(here.folders):
            entry = self.section(name)
            ranked.append((_rank_of(self.pages.get(f"{name}/index"), entry.title, is_index=False), entry))
        return tuple(entry for _, entry in sorted(ranked, key=lambda r: r[0]))


def entries(pages: Mapping[str, Facts], wish: Any, line: Callable[[str], int] = lambda _: 0) -> tuple[Entry, ...]:
    """The site's navigation: as `nav:` says, else the folder tree by `order`, then title.

    `line` says where in the configuration an item stands.

    Pages that `nav:` does not name are not in it; they are built all the same.
    """
    tree = _Tree(pages, line)
    if isinstance(wish, list):
        return tuple(e for item in wish for e in _wished(item, tree))
    return tree.inside("")


def _wished(item: Any, tree: _Tree) -> tuple[Entry, ...]:
    if isinstance(item, dict):
        return tuple(e for title, value in item.items() for e in _titled(str(title), value, tree))
    name = str(item).strip("/")
    page = posixpath.splitext(name)[0]
    if name.endswith(SUFFIXES) and page in tree.pages:
        return (tree.entry(page),)
    if name in ("", "."):
        return tree.inside("")
    if name in tree.folders:
        return (tree.section(name),)
    if page in tree.hidden or any(draft.startswith(f"{name}/") for draft in tree.hidden):
        return ()
    message = f"nav: there is no page or folder '{item}'"
    report("key-value", message, line=tree.line(str(item)))
    return ()


def _titled(title: str, value: Any, tree: _Tree) -> Iterable[Entry]:
    if isinstance(value, list):
        return (Entry(title, None, tuple(e for item in value for e in _wished(item, tree))),)
    return tuple(Entry(title, e.url, e.children) for e in _wished(value, tree))


def _rank(name: str, pages: Mapping[str, Facts]) -> tuple[bool, float, str]:
    return _rank_of(pages[name], pages[name].title, is_index=posixpath.basename(name) == "index")


def _rank_of(page: Facts | None, title: str, *, is_index: bool) -> tuple[bool, float, str]:
    order = page.order if page and page.order is not None else float("inf")
    return (not is_index, order, _natural(title))


def _natural(title: str) -> str:
    """`Lecture 2` stands before `Lecture 10`."""
    return re.sub("[0-9]+", lambda digits: digits[0].zfill(12), title.casefold())
