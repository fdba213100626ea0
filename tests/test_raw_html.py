"""HTML that an author has typed: its files are published, its links lead to pages, and what is missing is told."""

from __future__ import annotations

from pathlib import Path

import pytest
from builds import Build

from gradpress.raw_links import changed

PAGE = """# A

The files no-1.png and no-2.png are named here.

Text <img src="no-1.png" alt="x"> and <a href="gone.md">gone</a>.

<img src='no-2.png' alt="y">

<figure>
<img src="no-3.png" alt="z">
</figure>

<table><tr><td><img src="no-4.png" alt="z"></td></tr></table>

<pre>
<video controls
  src=no-5.mp4></video>
<a href="no-6.html">u</a>
</pre>

<!-- <img src="no.png"> -->

<script>"<img src='no.png'>"</script>
"""


def test_what_is_missing_is_told_where_it_stands(notes: Path, build: Build) -> None:
    (notes / "a.md").write_text(PAGE)
    assert [str(d).partition("  [")[0] for d in build("html").diagnostics] == [
        "a.md:5: error: the image 'no-1.png' does not exist",
        "a.md:5: error: the link 'gone.md' leads nowhere",
        "a.md:7: error: the image 'no-2.png' does not exist",
        "a.md:10: error: the image 'no-3.png' does not exist",
        "a.md:13: error: the image 'no-4.png' does not exist",
        "a.md:17: error: the file 'no-5.mp4' does not exist",
        "a.md:18: error: the link 'no-6.html' leads nowhere",
    ]


def test_files_are_published_and_links_lead_to_pages(notes: Path, build: Build, tmp_path: Path) -> None:
    (notes / "sub").mkdir()
    for name in ("film.mp4", "data.csv", "sub/demo.html", "poster.png"):
        (notes / name).write_text(name)
    (notes / "sub" / "a.md").write_text(
        "# A\n\n<div>\n<pre><video src='/film.mp4' poster=../poster.png></video>\n"
        '<a class="x" href="../b.md#there">b</a> <a href="b.html?x">c</a> <a href="https://example.org/d.md">d</a>\n'
        '<a href="/data.csv">data</a></pre>\n<iframe src="demo.html" title="demo"></iframe>\n</div>\n'
    )
    (notes / "b.md").write_text("# There\n")
    (notes / "sub" / "b.md").write_text("# There\n")
    assert build("html").diagnostics == []
    site = tmp_path / "site"
    made = (site / "sub" / "a.html").read_text()
    for wanted in (
        '<video src="../film.mp4" poster=../poster.png>',
        '<a class="x" href="../b.html#there">',
        '<a href="b.html?x">',
        '<a href="https://example.org/d.md">',
        '<a href="../data.csv">',
        '<iframe src="demo.html"',
    ):
        assert wanted in made
    assert all((site / name).is_file() for name in ("film.mp4", "data.csv", "sub/demo.html", "poster.png"))


@pytest.mark.parametrize(
    ("markup", "seen"),
    [
        ("<IMG alt='>' SRC = a.png>", [("img", "a.png")]),
        ('<a href="a&amp;b">', [("a", "a&b")]),
        ('<a data-href="x" title="src=y">', []),
        ("<image src=a.png>", []),
        ("<textarea><img src=a.png></textarea><img src=b.png>", [("img", "b.png")]),
        ("<!-- <img src=a.png>", []),
    ],
)
def test_addresses_are_found_and_nothing_else_is_changed(markup: str, seen: list[tuple[str, str]]) -> None:
    found = []

    def change(tag: str, url: str) -> str:
        found.append((tag, url))
        return url

    assert changed(markup, change) == markup
    assert found == seen
