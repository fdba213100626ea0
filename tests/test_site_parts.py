"""What a site has besides its pages: lists for machines and readers, redirects, drafts, days of change."""

from __future__ import annotations

import json
import os
import re
import subprocess
import xml.etree.ElementTree as ET
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urljoin

import pytest
from builds import Build
from test_incremental import tree

from gradpress.reading import tex_header

ATOM = "{http://www.w3.org/2005/Atom}"
MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
BASE = "title: A & B ]]> </title>\nbase-url: https://example.org/notes/\nauthor: Ada\n"
HOSTILE = 'Q&A: <b> ]]> "it\'s" </script>'


def _note(notes: Path, name: str, header: str = "", text: str = "Text.") -> None:
    (notes / name).parent.mkdir(parents=True, exist_ok=True)
    (notes / name).write_text(f"---\ntitle: {json.dumps(name)}\n{header}---\n\n{text}\n")


def _site(notes: Path) -> Path:
    return notes.parent / "site"


def _same_as_clean(notes: Path, build: Build, *arguments: str) -> None:
    """The site is, byte for byte, what a build from nothing makes of the same notes."""
    edited = tree(_site(notes))
    for name in ("site", "cache"):
        subprocess.run(["rm", "-rf", str(notes.parent / name)], check=True)
    build("html", *arguments)
    clean = tree(_site(notes))
    assert edited.keys() == clean.keys()
    assert [name for name in clean if clean[name] != edited[name]] == []


def _dates(notes: Path) -> dict[str, str]:
    found = ET.fromstring((_site(notes) / "sitemap.xml").read_text())
    return {url.findtext(f"{MAP}loc", ""): url.findtext(f"{MAP}lastmod", "") for url in found}


def test_the_sitemap_has_every_page_with_its_day(notes: Path, build: Build) -> None:
    (notes / "gradpress.yml").write_text(BASE + "nav: [b.md]\n")
    _note(notes, "a & b.md", "date: 2024-05-17\n")
    _note(notes, "b.md")
    _note(notes, "c.md", "date: 2024-05-17\ndate-modified: 2024-06-01\n")
    _note(notes, "d.md", "draft: true\n")
    _note(notes, "404.md")
    build("html")
    assert list(_dates(notes).items()) == [
        ("https://example.org/notes/b.html", ""),
        ("https://example.org/notes/a%20%26%20b.html", "2024-05-17"),
        ("https://example.org/notes/c.html", "2024-06-01"),
    ]
    assert (_site(notes) / "robots.txt").read_text().endswith("Sitemap: https://example.org/notes/sitemap.xml\n")
    _note(notes, "b.md", "date: 2024-07-01\n")
    build("html")
    assert _dates(notes)["https://example.org/notes/b.html"] == "2024-07-01"
    _same_as_clean(notes, build)


def test_without_a_base_there_is_no_sitemap_and_no_feed_and_the_authors_robots(notes: Path, build: Build) -> None:
    _note(notes, "a.md", "date: 2024-05-17\n")
    build("html")
    names = {path.name for path in _site(notes).iterdir()}
    assert not names & {"sitemap.xml", "robots.txt", "feed.xml"}
    (notes / "robots.txt").write_text("User-agent: Bad\nDisallow: /\n")
    build("html")
    assert (_site(notes) / "robots.txt").read_text() == "User-agent: Bad\nDisallow: /\n"
    (notes / "gradpress.yml").write_text(BASE)
    build("html")
    assert (_site(notes) / "robots.txt").read_text() == "User-agent: Bad\nDisallow: /\n"
    (notes / "robots.txt").unlink()
    build("html")
    assert "Sitemap:" in (_site(notes) / "robots.txt").read_text()


def _entries(notes: Path) -> list[ET.Element]:
    return ET.fromstring((_site(notes) / "feed.xml").read_text()).findall(f"{ATOM}entry")


def test_the_feed_has_dated_pages_the_newest_first(notes: Path, build: Build) -> None:
    (notes / "gradpress.yml").write_text(BASE)
    for k in range(23):
        _note(notes, f"p{k:02}.md", f"date: 2024-01-{k + 1:02}\nabstract: Of *$x$* & <b>.\ncategories: [A & B]\n")
    _note(notes, "undated.md")
    _note(notes, "off.md", "date: 2025-01-01\nfeed: false\n")
    _note(notes, "draft.md", "date: 2025-01-01\ndraft: true\n")
    (notes / "hostile.md").write_text(f"---\ntitle: {json.dumps(HOSTILE)}\ndate: 2024-02-01\nauthor: Z\n---\n\nText.\n")
    build("html")
    feed = ET.fromstring((_site(notes) / "feed.xml").read_text())
    entries = _entries(notes)
    assert [entry.findtext(f"{ATOM}title") for entry in entries[:2]] == [HOSTILE, "p22.md"]
    assert len(entries) == 20
    assert feed.findtext(f"{ATOM}updated") == "2024-02-01T00:00:00Z"
    assert feed.findtext(f"{ATOM}title") == "A & B ]]> </title>"
    assert entries[1].findtext(f"{ATOM}summary") == "Of x & <b>."
    links = [link.get("href", "") for link in feed.iter(f"{ATOM}link")]
    assert all(link.startswith("https://example.org/notes/") for link in links)
    assert entries[0].findtext(f"{ATOM}author/{ATOM}name") == "Z"
    page = (_site(notes) / "undated.html").read_text()
    assert (
        'type="application/atom+xml" title="A &amp; B ]]&gt; &lt;/title&gt;" href="https://example.org/notes/feed.xml"'
        in page
    )


def test_an_edit_of_a_date_changes_the_feed(notes: Path, build: Build) -> None:
    (notes / "gradpress.yml").write_text(BASE)
    _note(notes, "a.md")
    _note(notes, "b.md")
    build("html")
    assert not (_site(notes) / "feed.xml").exists()
    _note(notes, "a.md", "date: 2024-01-01\n")
    build("html")
    assert len(_entries(notes)) == 1
    assert "application/atom+xml" in (_site(notes) / "b.html").read_text()
    _same_as_clean(notes, build)
    _note(notes, "a.md")
    build("html")
    assert not (_site(notes) / "feed.xml").exists()
    _same_as_clean(notes, build)


class _Addresses(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value for name, value in attrs if name in ("href", "src") and value and tag != "link"]
        self.found += [value or "" for name, value in attrs if name == "href" and ("rel", "stylesheet") in attrs]


@pytest.mark.parametrize(("site", "root"), [(BASE, "/notes/"), ("title: T\n", "/")])
@pytest.mark.parametrize("own", [True, False])
def test_the_page_for_missing_pages_works_from_anywhere(
    notes: Path, build: Build, site: str, root: str, own: bool
) -> None:
    (notes / "gradpress.yml").write_text(site)
    _note(notes, "index.md")
    _note(notes, "sub/a.md")
    (notes / "sub" / "d.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    if own:
        text = (
            '[There](sub/a.md) [here](#x) [web](https://example.org) ![D](sub/d.svg)\n\n`href="a.html"`\n\n# Head {#x}'
        )
        _note(notes, "404.md", text=text)
    assert build("html").diagnostics == []
    text = (_site(notes) / "404.html").read_text()
    addresses = [a for a in _Addresses(text).found if not a.startswith(("#", "https://", "data:"))]
    assert len(addresses) >= 4 + 2 * own
    for address in addresses:
        assert urljoin("https://example.org/notes/some/where/else", address).startswith(f"https://example.org{root}")
        assert (_site(notes) / address.removeprefix(root)).is_file(), address
    assert 'content="noindex"' in text
    assert 'rel="canonical"' not in text
    assert "404" not in (_site(notes) / "index.html").read_text()


def test_the_page_for_missing_pages_has_todays_navigation(notes: Path, build: Build) -> None:
    _note(notes, "index.md")
    build("html")
    _note(notes, "new.md")
    build("html")
    assert "/new.html" in (_site(notes) / "404.html").read_text()
    _same_as_clean(notes, build)


ALIASES = 'aliases: [old.html, /older/, "moved/deep name.html", ../up, was.md]\n'


def test_aliases_lead_to_the_page(notes: Path, build: Build) -> None:
    (notes / "gradpress.yml").write_text(BASE)
    _note(notes, "sub/a.md", ALIASES)
    assert build("html").diagnostics == []
    found = {
        "sub/old.html": "a.html",
        "older/index.html": "../sub/a.html",
        "sub/moved/deep name.html": "../a.html",
        "up/index.html": "../sub/a.html",
        "sub/was.html": "a.html",
    }
    for name, target in found.items():
        text = (_site(notes) / name).read_text()
        assert f'url={target}"' in text
        assert f'<a href="{target}">' in text
        assert 'rel="canonical" href="https://example.org/notes/sub/a.html"' in text
        assert f'location.replace("{target}" + location.search + location.hash)' in text
    assert "old.html" not in (_site(notes) / "sitemap.xml").read_text()
    _note(notes, "sub/a.md")
    build("html")
    assert not [name for name in found if (_site(notes) / name).exists()]


def test_the_first_page_may_be_an_alias(notes: Path, build: Build) -> None:
    _note(notes, "a.md")
    _note(notes, "b.md", "aliases: /\n")
    assert build("html").diagnostics == []
    assert 'url=b.html"' in (_site(notes) / "index.html").read_text()


def test_impossible_aliases_are_told_on_their_lines(notes: Path, build: Build) -> None:
    (notes / "raw.html").write_text("<p>Raw.</p>")
    _note(
        notes,
        "a.md",
        "aliases:\n  - b.html\n  - ../x.html\n  - https://example.org/x.html\n  - x.html#y\n  - raw.html\n",
    )
    _note(notes, "b.md", "aliases:\n  - same.html\n  - data.csv\n  - 404.html\n")
    _note(notes, "c.md", "aliases: [c.html, same.html]\n")
    said = [re.sub(r";.*", "", line) for line in build("html").diagnostics]
    assert said == [
        "a.md:4: error: the alias 'b.html' is taken by b.md",
        "a.md:5: error: the alias '../x.html' leads outside the site",
        "a.md:6: error: the alias 'https://example.org/x.html' is an address, not a path inside the site",
        "a.md:7: error: the alias 'x.html#y' is an address, not a path inside the site",
        "a.md:8: error: the alias 'raw.html' is taken by a file of the content folder",
        "b.md:5: error: the alias 'data.csv' names a file that is no page",
        "b.md:6: error: the alias '404.html' is taken by the site",
        "c.md:3: error: the alias 'c.html' is taken by c.md",
        "c.md:3: error: the alias 'same.html' is taken by b.md",
    ]
    assert 'url=b.html"' in (_site(notes) / "same.html").read_text()


def _drafts(notes: Path) -> None:
    (notes / "gradpress.yml").write_text(BASE + "nav: [a.md, wip.md, sub/]\n")
    _note(notes, "a.md", text="See [the draft](wip.md) and [its page](wip.html#x).\n\nAlso @eq-wip.")
    _note(notes, "wip.md", "draft: true\ndate: 2024-01-01\n", "$$ x $$ {#eq-wip}\n\n# Part {#x}")
    _note(notes, "sub/also.md", "draft: true\n")


def test_drafts_are_in_no_site(notes: Path, build: Build) -> None:
    _drafts(notes)
    said = build("html").diagnostics
    assert [re.sub(r";.*", "", line) for line in said] == [
        "a.md:5: warning: the link 'wip.html#x' leads to a draft",
        "a.md:5: warning: the link 'wip.md' leads to a draft",
        "a.md:7: warning: what has the label 'eq-wip' stands in a draft, wip.md, which is not in the site",
    ]
    assert not list(_site(notes).rglob("wip.*")) + list(_site(notes).rglob("also.*"))
    for file in _site(notes).rglob("*.html"):
        assert "wip.html" not in file.read_text(), file
    assert "See the draft and its page." in (_site(notes) / "a.html").read_text()
    again = build("html")
    assert "0 pages built, 1 unchanged" in again.err
    assert again.diagnostics == said


def test_drafts_are_built_where_they_are_asked_for(notes: Path, build: Build) -> None:
    _drafts(notes)
    build("html", "--drafts")
    text = (_site(notes) / "wip.html").read_text()
    assert '<strong class="draft">Draft</strong>' in text
    assert 'name="robots" content="noindex"' in text
    assert 'href="wip.html"' in (_site(notes) / "a.html").read_text()
    assert "wip" not in (_site(notes) / "sitemap.xml").read_text()
    assert not (_site(notes) / "feed.xml").exists()
    build("html")
    assert not (_site(notes) / "wip.html").exists()
    build("html", "wip.md")
    assert (_site(notes) / "wip.html").exists()
    assert not (_site(notes) / "sub" / "also.html").exists()
    build("html")
    assert not (_site(notes) / "wip.html").exists()
    _same_as_clean(notes, build)


def test_a_draft_that_is_done_is_noticed(notes: Path, build: Build) -> None:
    _drafts(notes)
    build("html")
    build("html")
    _note(notes, "wip.md", "", "$$ x $$ {#eq-wip}\n\n# Part {#x}")
    assert build("html").diagnostics == []
    assert 'href="wip.html"' in (_site(notes) / "a.html").read_text()
    _note(notes, "wip.md", "draft: true\n")
    assert [line.split(": ")[1] for line in build("html").diagnostics] == ["warning", "warning", "error"]
    _same_as_clean(notes, build)


def test_other_commands_leave_drafts_out_too(notes: Path, build: Build) -> None:
    _drafts(notes)
    build("tex")
    assert [path.name for path in _site(notes).rglob("*.tex")] == ["a.tex"]
    build("tex", "--drafts")
    assert len(list(_site(notes).rglob("*.tex"))) == 3


def test_categories_are_links_to_a_page_that_lists_them(notes: Path, build: Build) -> None:
    _note(notes, "sub/a.md", "categories: [C++, fits]\ndate: 2024-01-01\n")
    _note(notes, "b.md", "categories: [Fits, C]\ndate: 2024-02-01\nabstract: Of $x$.\n")
    build("html")
    text = (_site(notes) / "categories.html").read_text()
    assert re.findall(r'<section id="([^"]+)">\s*<h2>(.*?)</h2>', text) == [
        ("category-c", "C"),
        ("category-c_2b_2b", "C++"),
        ("category-fits", "Fits"),
    ]
    article = text.partition("<article>")[2].partition('id="category-fits"')[2]
    assert re.findall(r'<a href="([^"]+)">', article)[:2] == ["b.html", "sub/a.html"]
    assert 'href="../categories.html#category-c_2b_2b"' in (_site(notes) / "sub" / "a.html").read_text()
    _note(notes, "b.md", "categories: [New]\n")
    build("html")
    assert 'id="category-new"' in (_site(notes) / "categories.html").read_text()
    _same_as_clean(notes, build)
    for name in ("sub/a.md", "b.md"):
        _note(notes, name)
    build("html")
    assert not (_site(notes) / "categories.html").exists()


def test_the_authors_own_page_of_categories_wins(notes: Path, build: Build) -> None:
    _note(notes, "a.md", "categories: [Fits]\n")
    _note(notes, "categories.md", text="My own.")
    build("html")
    assert "My own." in (_site(notes) / "categories.html").read_text()


def _git(notes: Path, *arguments: str, day: str = "2020-03-04") -> None:
    when = f"{day}T12:00:00+00:00"
    env = {**os.environ, "GIT_AUTHOR_DATE": when, "GIT_COMMITTER_DATE": when}
    name = ["-c", "user.name=A", "-c", "user.email=a@example.org"]
    subprocess.run(["git", *name, *arguments], cwd=notes.parent, env=env, check=True, capture_output=True)


def _day(notes: Path, page: str) -> str:
    found = re.search(r'<time datetime="([^"]*)"', (_site(notes) / page).read_text())
    return found[1] if found else ""


def test_the_last_change_is_that_of_the_history(notes: Path, build: Build) -> None:
    (notes / "gradpress.yml").write_text(BASE + "date-modified: last-modified\n")
    _note(notes, "a.md")
    _note(notes, "sub/ä b.md")
    _note(notes, "c.md", "date-modified: 2019-01-01\n")
    (notes.parent / ".gitignore").write_text("site\ncache\n")
    _git(notes, "init", "-q", "-b", "main")
    _git(notes, "add", ".")
    _git(notes, "commit", "-qm", "one")
    build("html")
    assert [_day(notes, page) for page in ("a.html", "sub/ä b.html", "c.html")] == ["2020-03-04"] * 2 + ["2019-01-01"]
    assert _dates(notes)["https://example.org/notes/a.html"] == "2020-03-04"
    assert "0 pages built" in build("html").err

    _note(notes, "a.md", text="Other.")
    os.utime(notes / "a.md", (1.6e9, 1.6e9))
    build("html")
    assert _day(notes, "a.html") == "2020-09-13"
    _git(notes, "commit", "-qam", "two", day="2021-01-01")
    assert "1 page built, 2 unchanged" in build("html").err
    assert _day(notes, "a.html") == "2021-01-01"
    _same_as_clean(notes, build)


def test_without_a_history_the_last_change_is_the_files(notes: Path, build: Build) -> None:
    _note(notes, "a.md", "date-modified: last-modified\n")
    os.utime(notes / "a.md", (1.6e9, 1.6e9))
    build("html")
    assert _day(notes, "a.html") == "2020-09-13"
    os.utime(notes / "a.md", (1.7e9, 1.7e9))
    build("html")
    assert _day(notes, "a.html") == "2023-11-14"


TEX = """% ---
% date: 2024-05-17
% description: By hand.
% categories: [Fits]
% aliases: [old.html]
% header-includes: \\newcommand{\\own}{o}
% WRONG
% ---
\\documentclass{article}
\\newcommand{\\R}{\\mathbb{R}}
\\title{A paper}
\\author{Ada}
\\begin{document}
\\maketitle
Let $x \\in \\R$ be $\\own$.
\\end{document}
"""


def test_a_latex_file_says_in_comments_what_latex_has_no_command_for(notes: Path, build: Build) -> None:
    (notes / "gradpress.yml").write_text(BASE)
    _note(notes, "index.md")
    (notes / "paper.tex").write_text(TEX.replace("% WRONG\n", "% order: 3\n"))
    assert build("html").diagnostics == []
    site = _site(notes)
    assert "paper.html" in (site / "old.html").read_text()
    assert 'href="paper.html"' in (site / "categories.html").read_text()
    [entry] = ET.fromstring((site / "feed.xml").read_text()).iter(f"{ATOM}entry")
    assert entry.findtext(f"{ATOM}title") == "A paper"
    assert entry.findtext(f"{ATOM}summary") == "By hand."
    assert _dates(notes)["https://example.org/notes/paper.html"] == "2024-05-17"
    page = (site / "paper.html").read_text()
    assert 'content="By hand."' in page
    assert "% ---" not in page
    assert "categories: [" not in page


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("% categorys: [a]\n", "paper.tex:7: warning: unknown key 'categorys'; did you mean 'categories'?"),
        ("% order: [\n", "paper.tex:7: error: YAML: while parsing a flow node"),
    ],
)
def test_a_fault_in_these_comments_has_its_line(notes: Path, build: Build, wrong: str, said: str) -> None:
    (notes / "paper.tex").write_text(TEX.replace("% WRONG\n", wrong))
    [one] = build("html").diagnostics
    assert one.startswith(said)


@pytest.mark.parametrize("start", ["% ---\n% My paper, a: b\n% ---\n", "% ---\n% a: b\n", "% ---\n% a: b\nc\n% ---\n"])
def test_an_ornament_of_comments_is_no_header(start: str) -> None:
    assert tex_header.commented(f"{start}\\documentclass{{article}}\n") == []
