"""References in titles are said wherever the title is: in the navigation, beside the page, in references to it."""

from __future__ import annotations

import html
import re
import subprocess
from pathlib import Path

from builds import Build
from PIL import Image

FIRST = r"""---
title: "On @fig-a, [-@eq-x] and \\cref{sec-far}"
---

![Words](a.png){#fig-a}

$$x = 1$$ {#eq-x}

# Below @fig-a {#sec-b}

See \nameref{sec-b}. End
"""
SECOND = r"""# Second with \ref{fig-z} {#sec-far}

![Z](a.png){#fig-z}

By \nameref{sec-far} and \nameref{sec-b}, unlike someone@fig-a.org. End
"""
TITLE = "On Figure 1, 1 and Second with 1"


def words(page: Path, start: str, end: str) -> str:
    text = html.unescape(re.sub(r"<[^>]+>", " ", page.read_text()).replace("\N{NO-BREAK SPACE}", " "))
    return " ".join((text.partition(start)[2] if start else text).partition(end)[0].split())


def test_titles_say_what_their_references_say(notes: Path, build: Build) -> None:
    Image.new("RGB", (20, 10), "teal").save(notes / "a.png")
    (notes / "a.md").write_text(FIRST)
    (notes / "b.md").write_text(SECOND)
    assert build("html").diagnostics == []
    site = notes.parent / "site"
    first, second = (re.sub(r"<script.*?</script>", "", (site / f"{n}.html").read_text(), flags=re.S) for n in "ab")
    assert f"<title>{TITLE}" in first.replace("&nbsp;", " ").replace("\N{NO-BREAK SPACE}", " ")
    assert words(site / "a.html", "See", "End") == "Below Figure 1 ."
    assert words(site / "b.html", "By", ", unlike") == "Second with 1 and Below Figure 1"
    for text in (first, second):
        plain = re.sub(r"<[^>]+>", "", text).replace("\N{NO-BREAK SPACE}", " ").replace("&nbsp;", " ")
        assert plain.count(TITLE) >= 2
        assert "Second with 1" in plain
        assert "@fig-a," not in plain
        assert not re.search("[\ue020\ue021]|\\\\c?ref", plain)


def test_a_title_follows_its_numbers_also_on_pages_that_refer_to_nothing(notes: Path, build: Build) -> None:
    Image.new("RGB", (20, 10), "teal").save(notes / "a.png")
    (notes / "b.md").write_text(SECOND)
    (notes / "a.md").write_text(FIRST)
    (notes / "c.md").write_text("# Third\n\nText.\n")
    build("html")
    site = notes.parent / "site"
    assert "Second with 1" in words(site / "c.html", "", "Text.")
    (notes / "b.md").write_text(SECOND.replace("![Z]", "![First](a.png){#fig-y}\n\n![Z]"))
    build("html")
    assert "Second with 2" in words(site / "c.html", "", "Text.")


def test_titles_of_pdf_say_the_same(notes: Path, build: Build) -> None:
    Image.new("RGB", (20, 10), "teal").save(notes / "a.png")
    (notes / "a.md").write_text(FIRST)
    (notes / "b.md").write_text(SECOND)
    assert build("pdf").code == 0
    told = subprocess.run(["pdfinfo", notes.parent / "site" / "a.pdf"], capture_output=True, text=True, check=True)
    assert TITLE in told.stdout.replace("\N{NO-BREAK SPACE}", " ")
