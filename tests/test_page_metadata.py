"""What the head of a page says to machines, and what its end says to those who cite it."""

from __future__ import annotations

import json
import re
import subprocess
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import pytest
from builds import Build
from PIL import Image

from gradpress.site_parts import bibtex, dates

HOSTILE = 'A "cubic" & <b>100%</b> </script><script>alert(1)</script> ]]> {brace # under_score'
SHOWN = HOSTILE.replace("><", "> <")
"""What is left of it as plain text."""
PAGE = f"""---
title: {json.dumps(HOSTILE)}
author: [Ada Example, Ben & Söhne]
date: 2024-05-17
date-modified: May 20, 2024
abstract: Text with $x^2$.
categories: [Fits, Gradient descent]
keywords: sine
lang: de
---

![A "dot"](dot.png)
"""


class Head(HTMLParser):
    """The tags of a page's head as a browser reads them."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.metas: list[tuple[str, str]] = []
        self.links: dict[str, str] = {}
        self.scripts: list[str] = []
        self._in_data = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "meta":
            self.metas.append((given.get("property") or given.get("name", ""), given.get("content", "")))
        if tag == "link":
            self.links[given["rel"]] = given["href"]
        self._in_data = tag == "script" and given.get("type") == "application/ld+json"

    def handle_data(self, data: str) -> None:
        if self._in_data:
            self.scripts.append(data)

    def all(self, name: str) -> list[str]:
        return [content for known, content in self.metas if known == name]

    def handle_endtag(self, tag: str) -> None:
        self._in_data = False

    @property
    def data(self) -> dict[str, object]:
        return dict(json.loads("".join(self.scripts)))


def _dot(path: Path) -> None:
    path.parent.mkdir(exist_ok=True)
    Image.new("RGB", (4, 3), "red").save(path)


def _page(notes: Path, build: Build, site: str, text: str = PAGE, name: str = "sub/fit.md") -> str:
    (notes / "gradpress.yml").write_text(site)
    _dot(notes / "sub" / "dot.png")
    (notes / name).write_text(text)
    assert build("html").code == 0
    return (notes.parent / "site" / name.replace(".md", ".html")).read_text()


def test_a_page_with_author_and_date_is_said_in_full(notes: Path, build: Build) -> None:
    text = _page(notes, build, "title: Notes\nbase-url: https://example.org/notes/\ndownloads: [pdf]\n")
    head = Head(text)
    assert head.all("og:title") == head.all("citation_title") == [SHOWN]
    assert head.all("citation_author") == ["Ada Example", "Ben & Söhne"] == head.all("article:author")
    assert head.all("citation_publication_date") == ["2024/05/17"]
    assert head.all("citation_pdf_url") == ["https://example.org/notes/sub/fit.pdf"]
    assert head.all("article:published_time") == ["2024-05-17"]
    assert head.all("article:modified_time") == ["2024-05-20"]
    assert head.all("og:url") == [head.links["canonical"]] == ["https://example.org/notes/sub/fit.html"]
    assert head.all("og:image") == ["https://example.org/notes/sub/dot.png"]
    assert head.all("og:image:alt") == ["A “dot”"]
    assert head.all("og:locale") == ["de_DE"]
    assert head.all("twitter:card") == ["summary_large_image"]
    assert head.data["@type"] == "ScholarlyArticle"
    assert head.data["dateModified"] == "2024-05-20"
    assert head.data["headline"] == head.all("og:title")[0]
    assert "<script>alert" not in text.partition("</head>")[0]


def test_without_a_base_only_what_needs_none_is_said(notes: Path, build: Build) -> None:
    head = Head(_page(notes, build, "title: Notes\n"))
    assert "canonical" not in head.links
    assert not head.all("og:url") + head.all("og:image") + head.all("citation_fulltext_html_url")
    assert head.all("og:title")
    assert "url" not in head.data


@pytest.mark.parametrize("base", ["https://example.org", "https://example.org/a/b", "https://example.org/a/b/"])
def test_addresses_are_below_the_base(notes: Path, build: Build, base: str) -> None:
    head = Head(_page(notes, build, f"base-url: {base}\n"))
    assert head.all("og:url") == [f"{base.rstrip('/')}/sub/fit.html"]


def test_the_picture_is_the_pages_own_then_its_first_figure_then_the_sites(notes: Path, build: Build) -> None:
    site = "base-url: https://example.org\nimage: sub/dot.png\nimage-alt: Ours\n"
    _dot(notes / "sub" / "card.png")
    own = _page(notes, build, site, "---\ntitle: T\nimage: card.png\nimage-alt: Mine\n---\n\n![Dot](dot.png)\n")
    assert Head(own).all("og:image") == ["https://example.org/sub/card.png"]
    assert Head(own).all("og:image:alt") == ["Mine"]
    assert (notes.parent / "site" / "sub" / "card.png").exists()
    first = _page(notes, build, site, PAGE)
    assert Head(first).all("og:image") == ["https://example.org/sub/dot.png"]
    none = Head(_page(notes, build, site, "---\ntitle: T\n---\n\nText.\n"))
    assert none.all("og:image:alt") == ["Ours"]
    off = Head(_page(notes, build, site, "---\ntitle: T\nimage: false\n---\n\n![Dot](dot.png)\n"))
    assert off.all("og:image") == []
    assert off.all("twitter:card") == ["summary"]


SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="96" height="48"><rect width="96" height="48" fill="{}"/></svg>'
FIT = """# A fit

```{.python .train loss-cap="It falls."}
for step in range(30):
    loss = 2.0**-step
```

![Dot](sub/dot.png)
"""


def test_figures_in_svg_are_drawn_for_cards(notes: Path, build: Build) -> None:
    site = notes.parent / "site"
    (notes / "own.svg").write_text(SVG.format("red"))
    (notes / "own.md").write_text("# Own\n\n![Mine](own.svg)\n\n![Dot](sub/dot.png)\n")
    drawn = Head(_page(notes, build, "base-url: https://example.org\n", FIT, "fit.md"))
    assert drawn.all("og:image:alt")[0].startswith("Line plot over steps 0 to 29")
    own = Head((site / "own.html").read_text())
    assert own.all("og:image:alt") == ["Mine"]
    seen = [_card(head, site) for head in (drawn, own)]
    assert seen[0].width > 1000
    assert (seen[1].size, seen[1].getpixel((5, 5))) == ((192, 96), (255, 0, 0))
    (notes / "own.svg").write_text(SVG.format("lime"))
    build("html")
    assert _card(Head((site / "own.html").read_text()), site).getpixel((5, 5)) == (0, 255, 0)
    assert len(list((site / "assets" / "cards").iterdir())) == 2, "that of the old drawing is gone"


def _card(head: Head, site: Path) -> Image.Image:
    [url] = head.all("og:image")
    found = site / url.removeprefix("https://example.org/")
    assert found.read_bytes().startswith(b"\x89PNG")
    return Image.open(found).convert("RGB")


def test_a_picture_that_is_not_there_is_told_on_its_line(notes: Path, build: Build) -> None:
    (notes / "a.md").write_text("---\ntitle: T\nimage: gone.png\n---\n\nText.\n")
    (notes / "b.md").write_text("---\nimage: ../../gone.png\n---\n\nText.\n")
    (notes / "gradpress.yml").write_text("title: T\nimage: none.png\n")
    said = build("html").diagnostics
    assert said[0].startswith("a.md:3: error: the image 'gone.png' does not exist")
    assert said[1].startswith("b.md:2: error: '../../gone.png' leads outside")
    assert said[2].startswith("gradpress.yml:2: error: the image 'none.png' does not exist")
    assert len(said) == 3


def _cited(text: str) -> str:
    found = re.search(r'<code class="bibtex">(.*?)</code>', text, re.S)
    return unescape(found[1]) if found else ""


def test_readers_are_told_how_to_cite(notes: Path, build: Build, tmp_path: Path) -> None:
    title = r"title: 'The $\sin x$ of *trees* & {braces} 100%'"
    text = PAGE.replace(PAGE.split("\n")[1], title)
    entry = _cited(_page(notes, build, "title: Notes\nbase-url: https://example.org/a_b\n", text))
    assert entry.startswith("@misc{example2024trees,\n")
    assert r"title = {{The $\sin x$ of trees \& \textbraceleft{}braces\textbraceright{} 100\%}}" in entry
    assert r"author = {Ada Example and Ben \& Söhne}" in entry
    assert "month = may" in entry
    (tmp_path / "refs.bib").write_text(entry)
    (tmp_path / "t.tex").write_text(
        "\\documentclass{article}\\begin{document}\\nocite{*}\\bibliographystyle{plain}\\bibliography{refs}\\end{document}"
    )
    for program in (["xelatex", "-interaction=nonstopmode", "t"], ["bibtex", "t"], ["xelatex", "-halt-on-error", "t"]):
        assert subprocess.run(program, cwd=tmp_path, capture_output=True, check=False).returncode == 0, program


def test_no_citation_where_it_is_off_or_nobody_has_written_the_page(notes: Path, build: Build) -> None:
    off = _page(notes, build, "title: N\n", PAGE.replace("lang: de", "citation: false"))
    assert _cited(off) == ""
    assert Head(off).all("citation_title") == []
    bare = _page(notes, build, "title: N\n", "---\ntitle: T\nauthor: A\n---\n\nText.\n")
    assert _cited(bare) == ""
    asked = _page(notes, build, "title: N\n", "---\ntitle: Long words\nauthor: A\ncitation: true\n---\n\nText.\n")
    assert _cited(asked).startswith("@misc{along,")
    journal = PAGE.replace("lang: de", "citation: {container-title: A & B, doi: 10.1/x_y, type: article-journal}")
    entry = _cited(_page(notes, build, "title: N\n", journal))
    assert entry.startswith("@article{")
    assert r"journal = {A \& B}" in entry
    assert "doi = {10.1/x_y}" in entry


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2024-05-17", "2024-05-17"),
        ("2024-5-7", "2024-05-07"),
        ("2024-05-17 10:00:00", "2024-05-17"),
        ("2024-05-17T10:00:00+02:00", "2024-05-17"),
        ("2024/05/17", "2024-05-17"),
        ("May 17, 2024", "2024-05-17"),
        ("17 Sept. 2024", "2024-09-17"),
        ("3rd May 2024", "2024-05-03"),
        ("2024-02-30", ""),
        ("Spring 2024", ""),
        ("Marble 17, 2024", ""),
        ("05/06/2024", ""),
        ("", ""),
    ],
)
def test_days_are_read_in_several_forms(written: str, day: str) -> None:
    assert dates.iso(written) == day


def test_tex_in_entries_is_what_was_meant() -> None:
    assert bibtex.escaped("a_b ^ ~ \\ #") == r"a\_b \textasciicircum{} \textasciitilde{} \textbackslash{} \#"


SOURCES = {
    "https://github.com/ada/notes": ("edit/main/", "blob/main/", "issues/new"),
    "https://gitlab.com/ada/notes/": ("-/edit/main/", "-/blob/main/", "-/issues/new"),
    "https://codeberg.org/ada/notes": ("_edit/main/", "src/branch/main/", "issues/new"),
}


@pytest.mark.parametrize("address", SOURCES)
def test_the_source_is_where_the_repository_has_it(notes: Path, build: Build, address: str) -> None:
    text = _page(notes, build, f"repo-url: {address}\nrepo-subdir: docs\n")
    for form in SOURCES[address]:
        file = "" if form.endswith("new") else "docs/sub/fit.md"
        assert f'href="{address.rstrip("/")}/{form}{file}"' in text


def test_actions_are_chosen_and_other_hosts_are_named(notes: Path, build: Build) -> None:
    site = "repo-url: https://git.example.org/n\nrepo-type: gitea\nrepo-branch: dev\nrepo-actions: [source]\n"
    text = _page(notes, build, site)
    assert 'href="https://git.example.org/n/src/branch/dev/sub/fit.md"' in text
    assert "_edit" not in text
    assert "issues/new" not in text
    assert "git.example.org" not in _page(notes, build, site, PAGE.replace("lang: de", "repo-actions: false"))


def test_downloads_are_beside_the_page_and_go_with_the_wish(notes: Path, build: Build) -> None:
    text = _page(notes, build, "title: N\n", PAGE.replace("lang: de", "downloads: [source, tex]"))
    assert '<a class="download" href="fit.md" download' in text
    assert '<a class="download" href="fit.tex" download' in text
    source = notes.parent / "site" / "sub" / "fit.md"
    assert source.read_text() == (notes / "sub" / "fit.md").read_text()
    _page(notes, build, "title: N\n")
    assert not source.exists()


def test_notebooks_for_download_are_what_the_command_makes(notes: Path, build: Build) -> None:
    (notes / "a.md").write_text("---\ntitle: T\ndownloads:\n  - source\n  - notebook\n---\n\nText.\n")
    assert build("notebook").diagnostics == build("html").diagnostics == []
    site = notes.parent / "site"
    assert '<a class="download" href="a.ipynb" download' in (site / "a.html").read_text()
    assert (site / "a.ipynb").exists()


def test_words_are_in_the_language_of_the_page(notes: Path, build: Build) -> None:
    assert "Diese Seite zitieren" in _page(notes, build, "title: N\n")
    assert "Cite this page" in _page(notes, build, "title: N\n", PAGE.replace("lang: de", "lang: eo"))


@pytest.mark.parametrize("wrong", ["base-url: example.org", "base-url: https://", "repo-url: git@github.com:a/b"])
def test_an_address_that_is_none_is_told(notes: Path, build: Build, wrong: str) -> None:
    (notes / "gradpress.yml").write_text(f"title: T\n{wrong}\n")
    (notes / "a.md").write_text("Text.\n")
    run = build("html")
    assert run.code == 2
    assert "gradpress.yml:2: error:" in run.err
    assert "must be an address such as" in run.err
