"""Books of d2lbook: labels, frameworks, marks for slides, contents and the numbers that they give."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from builds import Build

from gradpress.diagnostics import Log, collecting
from gradpress.dialects import Surroundings, d2l

WHERE = Surroundings(Path("."), Path("."), Path(".gradpress"))


def translated(text: str) -> list[str]:
    lines = [(line, number) for number, line in enumerate(text.split("\n"), 1)]
    with collecting(Log(), "page.md"):
        return [line for line, _ in d2l.translated(lines, WHERE) if line.strip()]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (":Some\n\n|a|b|\n|:-|:-|\n|c|d|\n:label:`tab_a`", [":Some {#tab_a}", "|a|b|", "|:-|:-|", "|c|d|"]),
        (":Some\nwords\n\n|a|\n|-|\n:label:`tab_a`", [":Some", "words {#tab_a}", "|a|", "|-|"]),
        ("![One\ntwo.](a.png)\n:width:`9px`\n:label:`fig_a`", ["![One", 'two.](a.png){width="9px" #fig_a}']),
        ("$$x$$\n:label:`eq_a`", [r"$$x\label{eq_a}$$"]),
        ("## Title :label:`sec_a`", ["## Title {#sec_a}"]),
        ("in :numref:``sec_a`` and `:numref:`, `x`", [r"in \Cref{sec_a} and `:numref:`, `x`"]),
        ("```python\nx\n```\n:label:`code_a`", ["```python", "x", "```", "[]{#code_a}"]),
        ("[**Bold,\nlong**] (**a**) (~~off~~) :eqref:`e`", ["Bold,", r"long a  \eqref{e}"]),
        ("`f(**k)` [**Link**](x) (**a `**k` b**) :eqref:`e`", [r"`f(**k)` [**Link**](x) a `**k` b \eqref{e}"]),
        ("text\n(~~gone\ngone~~)\nmore :eqref:`e`", ["text", r"more \eqref{e}"]),
        ("* Item\n## Title\n:label:`sec_a`", ["* Item", "## Title {#sec_a}"]),
        (":bibliography:`a.bib`", ["::: {#refs}", ":::"]),
    ],
)
def test_marks(text: str, wanted: list[str]) -> None:
    assert translated(text) == wanted


def test_a_table_without_a_caption_keeps_the_labels_after_it() -> None:
    text = "|a|\n|-|\n|b|\n:label:`tab_a`\n\n$$x$$\n:eqlabel:`eq_a`\n\n## T\n:label:`sec_t`"
    assert translated(text)[-3:] == [": {#tab_a}", r"$$x\label{eq_a}$$", "## T {#sec_t}"]


def test_text_without_marks_keeps_its_brackets() -> None:
    assert translated("[**bold**] and (**more**) :x`y`") == ["[**bold**] and (**more**) :x`y`"]


CELLS = """```{.python .input}
first = 1
```

```{.python .input}
#@tab pytorch
second = 2
```

```{.python .input}
#@tab all
third = 3
```
"""


def test_a_cell_without_a_mark_is_the_first_framework_s() -> None:
    text = "\n".join(translated(CELLS))
    assert "first" not in text
    assert "@tab" not in text
    assert "second" in text
    assert "third" in text
    assert "first" in "\n".join(translated(CELLS.replace("#@tab pytorch", "#@tab tensorflow")))


def test_a_page_without_pytorch_shows_what_it_has() -> None:
    page = ":begin_tab:`mxnet`\nWords.\n:end_tab:\n```{.python .input}\n%%tab mxnet\nx\n```"
    assert [line for line in translated(page) if line in ("Words.", "x")] == ["Words.", "x"]


def test_branches_for_frameworks() -> None:
    cell = """```{.python .input}
%%tab all
def f():
    if tab.selected('mxnet'):
        a = 1
    elif tab.selected('pytorch'):
        b = 2

        c = 3
    else:
        d = 4
    return 5
```"""
    made = translated(cell)
    assert made[1:-1] == ["def f():", "    b = 2", "    c = 3", "    return 5"]


BOOK = {
    "index.md": "# Book\n\n```toc\nchapter_preface/index\n```\n```toc\n:numbered:\n\na/index\nb/index\n```",
    "chapter_preface/index.md": "# Preface\n\nWords.\n",
    "a/index.md": "# Alpha\n:label:`chap_a`\n\n```toc\ntwo\none\n```\n",
    "a/one.md": "# One\n\n$$x$$\n:eqlabel:`eq_one`\n",
    "a/two.md": "# Two\n:label:`sec_two`\n\n## Inner\n:label:`sec_inner`\n\n:ab\n\n|a|\n|-|\n|b|\n:label:`tab_two`\n",
    "b/index.md": "# B\n\n:numref:`chap_a`; :numref:`sec_two`; :numref:`sec_inner`; :ref:`tab_two`; :eqref:`eq_one`",
    "config.ini": "[project]\nname = book\ntitle = The Book\n\n[build]\ntabs = mxnet, pytorch\n",
}
SAID = "Chapter 1; Section 1.1; Section 1.1.1; Table 1.1.1; (1.2.1)"


@pytest.fixture
def site(notes: Path) -> Path:
    return notes.parent / "site"


@pytest.fixture
def book(notes: Path) -> Path:
    (notes / "gradpress.yml").unlink(missing_ok=True)
    for name, text in BOOK.items():
        (notes / name).parent.mkdir(parents=True, exist_ok=True)
        (notes / name).write_text(text)
    return notes


def test_a_book_s_order_and_numbers(book: Path, site: Path, build: Build) -> None:
    run = build("html")
    assert run.diagnostics == []
    text = (site / "b/index.html").read_text()
    assert SAID in _plain(text)
    index = (site / "index.html").read_text()
    assert "<title>Book — The Book" in index or "The Book" in index
    order = [index.index(name) for name in ("a/index.html", "a/two.html", "a/one.html", "b/index.html")]
    assert order == sorted(order)
    assert '<span class="header-section-number">1.1</span> Two' in (site / "a/two.html").read_text()
    assert "header-section-number" not in (site / "chapter_preface/index.html").read_text()


def test_a_book_s_numbers_in_pdf(book: Path, site: Path, build: Build) -> None:
    assert build("pdf", "b", "a").code == 0
    shown = subprocess.run(["pdftotext", "-layout", site / "b/index.pdf", "-"], capture_output=True, text=True).stdout
    assert SAID in " ".join(shown.split())


def _plain(text: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", "", text).replace("\N{NO-BREAK SPACE}", " ").split())


def test_a_front_page_with_a_file_of_html(site: Path, build: Build, notes: Path) -> None:
    (notes / "config.ini").write_text("[project]\nname = book\n")
    rst = "```eval_rst\n.. raw:: html\n   :file: {}.html\n```\n"
    (notes / "index.md").write_text(f"A book\n======\n\n{rst.format('front')}\n{rst.format('none')}\n```toc\na\n```\n")
    (notes / "front.html").write_text("<p class='front'>Welcome</p>\n")
    (notes / "a.md").write_text("# First\n:label:`sec_a`\n\nText.\n")
    run = build("html")
    assert run.diagnostics == ["index.md:11: error: there is no file 'none.html' to include  [include-missing]"]
    page = (site / "index.html").read_text()
    assert "<p class='front'>Welcome</p>" in page
    assert '<a href="index.html" aria-current="page">A book</a>' in page
