"""Notes of R Markdown: what their headers compute, formulas in backslashes, chunks that stand for files."""

from __future__ import annotations

import re
from pathlib import Path

from builds import Build

from gradpress.reading import blank_lines
from gradpress.tex.bracing import brace


def formulas(site: Path, name: str = "note") -> list[str]:
    """What MathJax is given on a page."""
    page = (site / f"{name}.html").read_text("utf-8")
    return [tex.strip() for tex in re.findall(r'<span class="math \w+"[^>]*>(.*?)</span>', page, re.S)]


def test_values_that_r_would_compute_stop_no_page(notes: Path, build: Build) -> None:
    header = '---\ntitle: Rates\nparams:\n  FULL: !r Sys.getenv("FULL") == "1"\n  n: !expr 1 + 1\n'
    (notes / "note.Rmd").write_text(f"{header}---\n\nText.\n")
    assert build("html").diagnostics == []
    (notes / "note.Rmd").write_text(f"{header}subtitle: !expr format(2)\n---\n\nText.\n")
    assert build("html").diagnostics == [
        "note.Rmd:6: warning: the tag '!expr' of the key 'subtitle' is not understood; "
        "its value is what follows it  [dialect-unknown]"
    ]
    assert "format(2)" in (notes.parent / "site" / "note.html").read_text("utf-8")


def test_tags_of_python_are_still_refused(notes: Path, build: Build) -> None:
    (notes / "note.md").write_text("---\ntitle: !!python/object/apply:os.getcwd []\n---\n\nText.\n")
    assert "[yaml-syntax]" in build("html").err


def test_backslashes_are_formulas_in_r_markdown_only(notes: Path, build: Build) -> None:
    text = "One \\(a_1\\).\n\n\\[\nb_2\n- c\n- d\n\\]\n\n* An item\n"
    (notes / "note.Rmd").write_text(text)
    assert build("html").diagnostics == []
    assert formulas(notes.parent / "site") == ["\\(a_1\\)", "\\[\nb_2\n- c\n- d\n\\]"]
    (notes / "note.Rmd").rename(notes / "note.md")
    assert [line.partition(" ")[0] for line in build("html").diagnostics] == ["note.md:1:", "note.md:3:"]


CHILDREN = """Before.

```{r, child="parts/steps.txt"}
```

```{r more, eval=FALSE, child='parts/never.txt'}
```

```{r, child = c("parts/a.Rmd", 'parts/b.Rmd')}
```

```{r}
#| child: parts/gone.Rmd
```

Then $z$.
"""


def test_children_stand_in_the_places_of_their_chunks(notes: Path, build: Build) -> None:
    (notes / "parts").mkdir()
    (notes / "note.Rmd").write_text(CHILDREN)
    (notes / "parts" / "steps.txt").write_text("1. First $x$\n2. Second\n")
    (notes / "parts" / "never.txt").write_text("Never $n$.\n")
    # from the folder of the page, as knitr looks for them
    (notes / "parts" / "a.Rmd").write_text('```{r, child="parts/deep.txt"}\n```\n')
    (notes / "parts" / "deep.txt").write_text("Deep $d$ and [nothing](nowhere.md).\n")
    (notes / "parts" / "b.Rmd").write_text("Last $b$.\n\n```{r include=FALSE}\nsetup()\n```\n")
    found = build("html", "--jobs=1").diagnostics
    assert any(line.startswith("note.Rmd:12: error: there is no file 'parts/gone.Rmd' to include") for line in found)
    assert any(line.startswith("parts/deep.txt:1: error: the link 'nowhere.md'") for line in found), found
    assert formulas(notes.parent / "site") == ["\\(x\\)", "\\(d\\)", "\\(b\\)", "\\(z\\)"]


def test_a_child_that_is_itself_ends(notes: Path, build: Build) -> None:
    (notes / "note.Rmd").write_text('Text.\n\n```{r, child="note.Rmd"}\n```\n')
    assert any("includes itself" in line for line in build("html").diagnostics)


def test_a_chunk_without_code_shows_nothing(notes: Path, build: Build) -> None:
    (notes / "note.Rmd").write_text("Text.\n\n```{r}\n```\n")
    assert build("html").diagnostics == []
    assert "<pre" not in (notes.parent / "site" / "note.html").read_text("utf-8")


def test_a_chunk_may_close_with_fewer_ticks(notes: Path, build: Build) -> None:
    chunk = "````{r short, eval=FALSE}\nx <- 1\n```\n"
    (notes / "note.Rmd").write_text(f"{chunk}\nThen $z$.\n\n```{{r, eval=FALSE}}\ny <- 2\n```\n")
    assert build("html").diagnostics == [
        "note.Rmd:1: warning: the fence '{r short, eval=FALSE}' opens with more ticks than the one that closes it; "
        "use as many in both  [fence-unclosed]"
    ]
    assert formulas(notes.parent / "site") == ["\\(z\\)"]


def test_a_heading_under_its_anchor_is_one() -> None:
    lines = '<a id="first"></a>\n## First\n\nText\n## no heading\n\n<a name="b" />\n### B'.split("\n")
    assert blank_lines.places(lines, set()) == [1, 7]


def test_an_apostrophe_in_text_is_none_of_mathematics() -> None:
    assert not brace(r"\text{Student's} f_p = \sqrt{x^2}", {}).problems
    assert brace(r"\text{Student's a_b} f_p", {}).problems
