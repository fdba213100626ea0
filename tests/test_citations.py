"""Citations: resolved alike in HTML and PDF, and every wrong one with its line."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from builds import Build

BIB = r"""@article{doe, author={Doe, Jane}, title={On $x^2$}, year=2000, journal={Journal of Numbers}}
@book{roe, author={Roe, Richard}, title={A Book}, year=2001, publisher={Press}}
@book{also, author={Also, Ann}, title={Another}, year=2002, publisher={Press}}
"""
NOTE = r"""---
title: Citing
bibliography: refs.bib
nocite: |
  @also
---

Refs: @doe; [see @doe, p. 3; @roe]; \cite{roe}; \citep[p. 2]{roe}; \citet{doe}; [-@roe]. End
"""
SAID = "Doe (2000); (see Doe 2000, 3; Roe 2001); (Roe 2001); (Roe 2001, 2); Doe (2000); (2001). End"


def shown(page: Path) -> str:
    return re.sub(r"<[^>]+>", "", page.read_text()).replace("\N{NO-BREAK SPACE}", " ")


def printed(page: Path) -> str:
    done = subprocess.run(["pdftotext", "-raw", str(page), "-"], capture_output=True, text=True, check=True)
    return done.stdout


def said(text: str) -> str:
    return " ".join(text.partition("Refs: ")[2].partition("End")[0].split()) + " End"


@pytest.fixture
def cited(notes: Path) -> Path:
    (notes / "refs.bib").write_text(BIB)
    (notes / "a.md").write_text(NOTE)
    return notes


def test_the_same_in_html_and_pdf(cited: Path, build: Build) -> None:
    for command in ("html", "pdf"):
        run = build(command)
        assert (run.code, run.diagnostics) == (0, [])
    site = cited.parent / "site"
    assert said(shown(site / "a.html")) == said(printed(site / "a.pdf")) == SAID
    for text in (shown(site / "a.html"), printed(site / "a.pdf")):
        listed = text.partition("End")[2]
        assert re.search(r"References\s+Also, Ann.*Doe, Jane.*Roe, Richard", listed, re.S), "with the nocite entry"
    page = (site / "a.html").read_text()
    assert '<a href="#ref-doe" role="doc-biblioref">' in page
    assert 'id="ref-doe"' in page
    assert "assets/gradpress.js" in page
    assert r"\(x^2\)" in page, "formulas in entries are formulas"


def test_a_change_of_the_bibliography_builds_the_page_again(cited: Path, build: Build) -> None:
    build("html")
    assert "0 pages built" in build("html").err
    (cited / "refs.bib").write_text(BIB.replace("2000", "1999"))
    assert "1 page built" in build("html").err
    assert "Doe (1999)" in shown(cited.parent / "site" / "a.html")


def test_an_unknown_key(cited: Path, build: Build) -> None:
    (cited / "a.md").write_text(NOTE + "\nMore: [@nobody; @doe].\n")
    wanted = "a.md:10: error: nothing in the bibliography has the key 'nobody'; add it to refs.bib, or correct the key"
    for _ in range(2):
        assert build("html").diagnostics == [f"{wanted}  [citation-unknown]"]


def test_no_bibliography(notes: Path, build: Build) -> None:
    (notes / "a.md").write_text("Ask\n@alice.\n")
    run = build("html")
    assert run.code == 0
    assert run.diagnostics == [
        "a.md:2: warning: '@alice' cites an entry, but the page has no bibliography; it is shown as text; "
        "add `bibliography: FILE.bib` to the header, or write \\@ for the sign  [citation-no-bibliography]"
    ]
    assert "@alice" in shown(notes.parent / "site" / "a.html")


@pytest.mark.parametrize(
    ("header", "wanted"),
    [
        ("bibliography: no.bib", "a.md:2: error: bibliography: there is no file 'no.bib'"),
        ("bibliography: ../out.bib", "a.md:2: error: bibliography: '../out.bib' leads outside the content folder"),
        ("bibliography: refs.bib\ncsl: no.csl", "a.md:3: error: csl: there is no file 'no.csl'"),
    ],
)
def test_missing_files(cited: Path, build: Build, header: str, wanted: str) -> None:
    (cited.parent / "out.bib").write_text(BIB)
    (cited / "a.md").write_text(f"---\n{header}\n---\n\nText.\n")
    assert any(d.startswith(wanted) for d in build("html").diagnostics)


def test_a_broken_bibliography(cited: Path, build: Build) -> None:
    (cited / "refs.bib").write_text("@article{doe,\n  title = {A,\n  year = 2000\n}\n")
    [found] = [d for d in build("html").diagnostics if "bibliography" in d]
    assert re.match(r"refs\.bib:\d+: error: .*\[bibliography-syntax\]", found)


def test_a_style_for_the_whole_site_and_an_own_heading(cited: Path, build: Build) -> None:
    style = (
        '<style xmlns="http://purl.org/net/xbiblio/csl" version="1.0" class="in-text"><info><title>N</title><id>n</id>'
        "<updated>2024-01-01T00:00:00Z</updated></info><citation><layout prefix='[' suffix=']' delimiter=','>"
        "<text variable='citation-number'/></layout></citation><bibliography><layout>"
        "<text variable='citation-number' suffix='. '/><text variable='title'/></layout></bibliography></style>"
    )
    (cited / "numeric.csl").write_text(style)
    (cited / "gradpress.yml").write_text("bibliography: refs.bib\ncsl: numeric.csl\nlang: de\n")
    (cited / "sub").mkdir()
    (cited / "sub" / "b.md").write_text("# B\n\nRefs: [@roe; @doe]. End\n\n## Quellen\n")
    (cited / "sub" / "c.md").write_text("# C\n\nRefs: [@roe]. End\n")
    assert build("html").code == 0
    site = cited.parent / "site" / "sub"
    assert said(shown(site / "b.html")) == "[1,2]. End"
    assert "Literatur" not in shown(site / "b.html")
    assert "Literatur" in shown(site / "c.html")


def test_entries_in_the_header(notes: Path, build: Build) -> None:
    (notes / "a.md").write_text(
        "---\nreferences:\n- id: one\n  type: book\n  title: In the header\n  author: [{family: Own}]\n"
        "  issued: {date-parts: [[2020]]}\n---\n\nRefs: @one. End\n"
    )
    run = build("html")
    assert (run.code, run.diagnostics) == (0, [])
    assert said(shown(notes.parent / "site" / "a.html")) == "Own (2020). End"
