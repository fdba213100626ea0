"""What a page shows of the site: all of it, or in a large site what is near the page."""

from __future__ import annotations

from pathlib import Path

import pytest
from builds import Build
from hypothesis import given
from hypothesis import strategies as st

from gradpress import navigation
from gradpress.content import Facts
from gradpress.navigation import NEAR, Navigation
from gradpress.page import Entry
from gradpress.page_tree import entries

SMALL = {
    "index": Facts("Home", None, False),
    "notes/index": Facts("Notes", 2, False),
    "notes/fit": Facts("A fit", None, False),
    "notes/deep/sine": Facts("Sine", None, False),
    "talks/first": Facts("First", None, False),
    "talks/hidden": Facts("Hidden", None, True),
}


def outline(shown: tuple[Entry, ...], depth: int = 0) -> str:
    """The entries as an indented list; `*` is the page, `+` what is open around it."""
    lines = []
    for entry in shown:
        mark = "*" if entry.current else "+" if entry.open else "-"
        lines.append(f"{'  ' * depth}{mark} {entry.title} <{entry.url}>\n{outline(entry.children, depth + 1)}")
    return "".join(lines)


def many(pages: int, folders: int = 1) -> Navigation:
    names = (f"f{k % folders:03}/p{k:05}" if folders > 1 else f"p{k:05}" for k in range(pages))
    return Navigation(entries({name: Facts(f"Page {name}", None, False) for name in names}, None))


def test_a_small_site_shows_all_of_its_pages_on_each() -> None:
    shown = Navigation(entries(SMALL, None)).shown("notes/deep/sine.html")
    assert outline(shown) == (
        "- Home <index.html>\n"
        "+ Notes <notes/index.html>\n"
        "  - A fit <notes/fit.html>\n"
        "  + Deep <None>\n"
        "    * Sine <notes/deep/sine.html>\n"
        "- Talks <None>\n"
        "  - First <talks/first.html>\n"
    )


def test_nav_names_pages_and_folders_with_titles_of_its_own() -> None:
    wish = ["index.md", {"Start": "notes/fit.md"}, {"More": ["talks", "notes/deep"]}]
    assert outline(Navigation(entries(SMALL, wish)).entries) == (
        "- Home <index.html>\n"
        "- Start <notes/fit.html>\n"
        "- More <None>\n"
        "  - Talks <None>\n"
        "    - First <talks/first.html>\n"
        "  - Deep <None>\n"
        "    - Sine <notes/deep/sine.html>\n"
    )


def test_numbers_in_titles_are_in_order() -> None:
    titles = ("Lecture 10", "2 is prime", "Lecture 2b", "lecture 2")
    tree = entries({f"p{k}": Facts(title, None, False) for k, title in enumerate(titles)}, None)
    assert [entry.title for entry in tree] == ["2 is prime", "lecture 2", "Lecture 2b", "Lecture 10"]


def test_a_large_site_shows_what_is_near() -> None:
    site = many(1000, 20)
    assert not site.is_whole
    shown = site.shown("f003/p00503.html")
    assert len(shown) == 20, "all folders, closed but for one"
    assert shown[0] == Entry("F000", "f000/p00000.html"), "a closed folder leads to its first page"
    assert shown[3].open
    assert len(shown[3].children) == 2 * NEAR + 3, "and that there are more on each side"
    assert shown[3].children[-1].url == navigation.ALL
    assert [e.url for e in shown[3].children if e.current] == ["f003/p00503.html"]


def test_of_a_long_list_the_neighbours_are_shown_and_that_there_are_more() -> None:
    shown = many(2000).shown("p01000.html")
    assert [e.title for e in (shown[0], shown[-1])] == ["… more", "… more"]
    assert [e.url for e in shown[1:-1]] == [f"p{k:05}.html" for k in range(980, 1021)]
    assert len(many(2000).shown("p00000.html")) == len(many(2000).shown("nowhere.html")) == 2 * NEAR + 2


@given(st.integers(301, 1500), st.integers(1, 40), st.data())
def test_what_is_shown_is_bounded_and_its_digest_changes_with_it(pages: int, folders: int, data: st.DataObject) -> None:
    site, other = many(pages, folders), many(pages + 1, folders)
    url = data.draw(st.sampled_from(site.urls))
    before, after = site.shown(url), other.shown(url)
    assert sum(1 for _ in outline(before).splitlines()) <= 2 * (2 * NEAR + 3)
    same = (before, site.neighbours(url)) == (after, other.neighbours(url))
    assert (site.digest(url) == other.digest(url)) is same


@pytest.fixture
def large(notes: Path) -> Path:
    """A site with one page more than are shown on each."""
    for k in range(navigation.WHOLE + 1):
        (notes / f"p{k:03}.md").write_text(f"# Page {k:03}\n\nText.\n")
    return notes


def test_a_new_title_in_a_large_site_builds_the_pages_that_show_it(large: Path, build: Build, tmp_path: Path) -> None:
    build("html", "--no-execute")
    before = {p.name: p.stat().st_ino for p in (tmp_path / "site").glob("*.html")}
    (large / "p100.md").write_text("# Page 100, renamed\n\nText.\n")
    assert not build("html", "--no-execute").diagnostics
    after = {p.name: p.stat().st_ino for p in (tmp_path / "site").glob("*.html")}
    near = {f"p{k:03}.html" for k in range(100 - NEAR, 101 + NEAR)}
    assert {name for name, inode in after.items() if before[name] != inode} == near | {navigation.ALL}
    listed = (tmp_path / "site" / navigation.ALL).read_text()
    assert listed.count('<a href="p') >= navigation.WHOLE + 1
    assert "Page 100, renamed" in listed
