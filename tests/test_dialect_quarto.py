"""Notes for Quarto and bookdown: parts and captions, options of references, kinds of one's own, other languages."""

from __future__ import annotations

import html
import json
import re
import subprocess
from pathlib import Path

import pytest
from builds import Build
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from gradpress import layout
from gradpress.dialects import bookdown
from gradpress.numbers import crossref
from gradpress.projects import quarto as quarto_project
from gradpress.projects import quarto_header
from gradpress.reading import yaml_text

FLOATS = r"""---
title: Floats
---

::: {#fig-none}

![A](dot.png){#fig-none-a}

![B](dot.png){#fig-none-b}

Without columns.
:::

::: {#fig-table}

| a |
|---|
| 1 |

A table as a figure.
:::

::: {#tbl-image}
![](dot.png){fig-alt="a dot"}

An image as a table.
:::

::: {#lst-div}

```sql
SELECT 1
```

A listing.
:::

```{#lst-old .sql lst.cap="Spelt with a *dot*"}
SELECT 2
```

[![Linked](dot.png){#fig-linked}](https://example.org)

::: {#fig-nested layout="[[70,-10,20],[100]]"}

::: {#fig-nested-a}
TEXT ONE

First
:::

::: {#fig-nested-b}
TEXT TWO

Second
:::

Nested.
:::

::: {#tbl-html}

```{=html}
<table><caption>Raw</caption><tr><th>h</th></tr><tr><td>7</td></tr></table>
```

:::

```{=latex}
\begin{table}
\caption{\label{tbl-tex} Of TeX}
\centering
\begin{tabular}{l} a \\ \end{tabular}
\end{table}
```

::: {#tbl-list .list-table}

A list.

* - H1
  - H2

* - C1
  - C2

:::

![](dot.png){#fig-bare fig-alt="no caption"}

Refs: @fig-none, @fig-none-b, @fig-table, @tbl-image, @lst-div, @lst-old, @fig-linked, @fig-nested-a, @fig-nested-b,
@tbl-html, @tbl-tex, @tbl-list, @fig-bare, [Fig. @fig-none, left], [-@fig-none]. End
"""
FLOATS_SAID = (
    "Figure 1, Figure 1b, Figure 2, Table 1, Listing 1, Listing 2, Figure 3, Figure 4a, Figure 4b, "
    "Table 2, Table 3, Table 4, Figure 5, Fig. 1, left, 1. End"
)
CELLS = r"""---
title: Cells
format:
  html:
    code-fold: true
---

```{python}
#| label: fig-parts
#| fig.cap: "Both"
#| fig-subcap:
#|   - "Left"
#|   - "Right"
#| layout-ncol: 2
import matplotlib.pyplot as plt
plt.plot([1, 2]); plt.show()
plt.plot([2, 1]); plt.show()
```

```{python}
#| label: fig-each
#| fig-cap: ["First", "Second"]
plt.plot([1, 2]); plt.show()
plt.plot([2, 1]); plt.show()
```

```{python}
#| label: tbl-html
#| tbl-cap: "In HTML"
from IPython.display import HTML, Markdown, display
HTML("<table><tr><th>h</th></tr><tr><td>1</td></tr></table>")
```

```{python}
#| label: tbl-two
#| tbl-cap: "Two"
#| tbl-subcap: ["One", "Other"]
display(Markdown("| a |\n|---|\n| 1 |"))
display(Markdown("| b |\n|---|\n| 2 |"))
```

```{python}
#| lst-label: lst-code
#| lst-cap: The code
#| fig-align: center
x = 1
```

Refs: @fig-parts, @fig-parts-2, @fig-each-2, @tbl-html, @tbl-two, @tbl-two-2, @lst-code. End
"""
CELLS_SAID = "Figure 1, Figure 1b, Figure 3, Table 1, Table 2, Table 2b, Listing 1. End"
OTHERS = r"""---
title: Others
---

```{r}
#| label: fig-cars
#| fig-cap: Cars
plot(cars)
```

```{julia}
#| label: fig-flow
#| fig-cap: A flow
flow = 1
plot(A --> B)
```

```{r nice-tab, echo=FALSE}
knitr::kable(head(x), caption = 'Nice')
```

```{r setup, include=FALSE}
library(x)
```

```{r, eval=FALSE}
shown()
```

`r nrow(x)` rows.

Refs: @fig-cars, @fig-flow, \@ref(tab:nice-tab). End
"""
OPTIONS = r"""---
title: Options
crossref:
  fig-title: Abb
  fig-prefix: Bild
  title-delim: " –"
  fig-labels: alpha A
  subref-labels: roman i
  eq-prefix: Gl.
  thm-title: Satz
  ref-hyperlink: false
  chapters: true
  custom:
    - kind: float
      key: vid
      reference-prefix: Video
    - kind: float
      key: supp
      reference-prefix: Table S
      space-before-numbering: false
number-sections: true
---

# One {#sec-one}

![Dot](dot.png){#fig-dot}

::: {#fig-both layout-ncol=2}

![A](dot.png){#fig-a}

![B](dot.png){#fig-b}

Both
:::

$$ a = b $$ {#eq-a alt="an \"equation\""}

::: {#thm-a}
True.
:::

# Two

::: {#vid-x}
[a video](https://example.org)

Moving.
:::

::: {#supp-x}
| a |
|---|
| 1 |

More.
:::

::: {#tip-x .callout-tip}
## Titled
Text.
:::

::: {#wrn-x .callout-warning}
Text.
:::

Refs: @fig-dot, @fig-b, @eq-a, @thm-a, @vid-x, @supp-x, @tip-x, @wrn-x, @sec-one. End
"""
OPTIONS_SAID = (
    "Bild 1.A, Bild 1.B(ii), Gl. (1.1), Theorem 1.1, Video 2.1, Table S2.1, Tip 2.1, Warning 2.1, Chapter 1. End"
)
CONDITIONS = r"""---
title: Conditions
shown:
  inside: true
---

::: {.content-visible when-meta="shown.inside"}
meta yes
:::

::: {.content-hidden when-meta="shown.inside"}
meta no
:::

::: {.content-visible when-format="html" unless-format="revealjs"}
html only
:::

::: {.content-visible when-format="docx"}
docx only
:::

```{.text .content-visible when-format="pdf"}
pdf code
```

::: {.hidden}
$$
\newcommand{\vect}[1]{\boldsymbol{#1}}
$$
:::

A formula $\vect{x}$, `{{{< meta title >}}}`, [](`~pkg.mod.Name`).
"""
BOOKDOWN = r"""---
title: Book
---

# One {#one}

\begin{equation}
  a = b
  (\#eq:ab)
\end{equation}

```{theorem, tri, name="Three"}
$a^2$ (see `x`).
```

::: {.lemma #little}
Small.
:::

```{block2, type='rmdtip'}
A box.
```

(ref:cap) Some *text* with $x$.

```{r plot-it, fig.cap='(ref:cap)', out.width='70%'}
plot(cars)
```

| a |
|---|
| 1 |

: (\#tab:vals) Values

![(\#fig:pic) A picture](dot.png)

# (PART) Second {-}

Refs: \@ref(eq:ab), \@ref(thm:tri), \@ref(lem:little), \@ref(fig:plot-it), \@ref(tab:vals), \@ref(fig:pic). End
"""


def words(text: str) -> str:
    return " ".join(text.replace("\N{NO-BREAK SPACE}", " ").split())


def of_html(path: Path) -> str:
    text = re.sub(r"<svg.*?</svg>", "", path.read_text(), flags=re.S)
    return words(html.unescape(re.sub(r"<[^>]+>", "", text[text.index("<main") :])))


def of_pdf(path: Path) -> str:
    text = subprocess.run(["pdftotext", str(path), "-"], capture_output=True, text=True, check=True).stdout
    return words(text.replace("\f", " "))


def said(text: str) -> str:
    found = re.search(r"Refs: (.*?End)", text)
    return found[1] if found else ""


@pytest.fixture
def pages(notes: Path, build: Build, tmp_path: Path):  # type: ignore[no-untyped-def]
    """Build notes in both formats; gives the folder, the words of both, and the findings."""

    def run(**texts: str) -> tuple[dict[str, tuple[str, str]], list[str]]:
        Image.new("RGB", (30, 10), "teal").save(notes / "dot.png")
        for name, text in texts.items():
            (notes / f"{name}.qmd").write_text(text)
        found = [line for command in ("html", "pdf") for line in build(command).diagnostics]
        site = tmp_path / "site"
        return {n: (of_html(site / f"{n}.html"), of_pdf(site / f"{n}.pdf")) for n in texts}, list(dict.fromkeys(found))

    return run


def test_floats(pages) -> None:  # type: ignore[no-untyped-def]
    (both, found) = pages(floats=FLOATS)
    page, pdf = both["floats"]
    assert found == []
    assert said(page) == said(pdf) == FLOATS_SAID
    for text in (page, pdf):
        assert "Table 2: Raw" in text
        assert "TEXT ONE" in text
        assert "Listing 2: Spelt with a dot" in text
        assert "(a)" in text
        assert "Figure 2: A table as a figure." in text
        assert "Figure 5:" not in text


def test_cells(pages, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    (both, found) = pages(cells=CELLS)
    assert found == []
    assert said(both["cells"][0]) == said(both["cells"][1]) == CELLS_SAID
    for text in both["cells"]:
        for caption in (
            "(a) Left",
            "(b) Right",
            "Figure 2: First",
            "Table 1: In HTML",
            "(b) Other",
            "Listing 1: The code",
        ):
            assert caption in text
    assert '<details class="code-fold">' in (tmp_path / "site" / "cells.html").read_text()


def test_other_languages(pages) -> None:  # type: ignore[no-untyped-def]
    (both, found) = pages(others=OTHERS)
    assert said(both["others"][0]) == said(both["others"][1]) == "Figure 1, Figure 2, 1. End"
    assert [line.split("  [")[0] for line in found] == [
        "others.qmd:5: warning: 2 cells in R are not run here, of which this is the first; their code is shown",
        "others.qmd:11: warning: a cell in Julia is not run here; its code is shown",
        "others.qmd:30: warning: `r nrow(x)` is not run here; it is shown as it is written",
    ]
    for text in both["others"]:
        assert "A --> B" in text
        assert "plot(cars)" in text
        assert "Table 1: Nice" in text
        assert "shown()" in text
        assert "library(x)" not in text


def test_options(pages, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    (both, found) = pages(options=OPTIONS)
    assert found == []
    assert said(both["options"][0]) == said(both["options"][1]) == OPTIONS_SAID
    for text in both["options"]:
        for caption in ("Abb 1.A – Dot", "(ii) B", "Satz 1.1", "Video 2.1 – Moving.", "Table S2.1", "Tip 2.1 – Titled"):
            assert caption in text
    assert 'class="ref"' not in (tmp_path / "site" / "options.html").read_text()


def test_conditions_and_hidden_macros(pages) -> None:  # type: ignore[no-untyped-def]
    (both, found) = pages(conditions=CONDITIONS)
    page, pdf = both["conditions"]
    assert found == []
    for text in (page, pdf):
        assert "meta yes" in text
        assert "meta no" not in text
        assert "docx only" not in text
        assert "{{< meta title >}}" in text
        assert ", Name." in text
    assert ("html only" in page, "html only" in pdf) == (True, False)
    assert ("pdf code" in page, "pdf code" in pdf) == (False, True)


def test_bookdown(pages) -> None:  # type: ignore[no-untyped-def]
    (both, found) = pages(book=BOOKDOWN)
    assert [line.rpartition(" [")[2] for line in found] == ["cell-language]"]
    assert said(both["book"][0]) == said(both["book"][1]) == "1, 1, 1, 1, 1, 2. End"
    for text in both["book"]:
        assert "Theorem 1 (Three)" in text
        assert "A box." in text
        assert "Figure 1: Some text with" in text
        assert "(ref:" not in text
        assert "(PART)" not in text


BACKSLASHES = r"""---
title: Backslashes
from: markdown+tex_math_single_backslash
bibliography: refs.bib
---

{{< include _macros.tex >}}

Inline \( \bmu \) and

\[ \bmu = 1 \]{#eq-m}

Refs: [@smith; @eq-m], [of the form @eq-m]. End
"""


def test_backslashes_macros_of_a_file_and_mixed_citations(pages, notes: Path) -> None:  # type: ignore[no-untyped-def]
    (notes / "_macros.tex").write_text("% not shown\n\\newcommand{\\bmu}{\\boldsymbol{\\mu}}\n")
    (notes / "refs.bib").write_text("@book{smith, author={Smith, A.}, title={T}, year={2020}, publisher={P}}\n")
    (both, found) = pages(a=BACKSLASHES)
    assert found == []
    assert said(both["a"][0]) == said(both["a"][1]) == "(Smith 2020), Equation (1), of the form (1). End"
    assert "not shown" not in both["a"][0] + both["a"][1]


COLUMNS = """::: {layout="[[40,-20,40],[100]]"}
![One](dot.png)

![Two](dot.png)

![Three](dot.png)
:::

::: {layout-ncol=2}
![Four](dot.png){#fig-four}

Words beside it.
:::

Refs: @fig-four. End
"""


def test_figures_in_columns_keep_their_numbers(pages) -> None:  # type: ignore[no-untyped-def]
    wanted = ["Figure 1: One", "Figure 2: Two", "Figure 3: Three", "Figure 4: Four"]
    (both, found) = pages(a=COLUMNS)
    assert found == []
    for text in both["a"]:
        assert re.findall(r"Figure \d: \w+", text) == wanted
        assert "Words beside it." in text


TABLES = """::: {#tbl-both layout-ncol=2}

| left  | b |
|-------|---|
| under | 2 |

: First {#tbl-one}

|     | right |
|-----|-------|
| $x$ | beside[^n] |

: Second {#tbl-two}

Both
:::

[^n]: A note.

@tbl-both, @tbl-one, @tbl-two.
"""


def test_tables_stand_beside_each_other_in_pdf(notes: Path, build: Build) -> None:
    (notes / "a.qmd").write_text(TABLES)
    assert build("pdf").diagnostics == []
    page = notes.parent / "site" / "a.pdf"
    done = subprocess.run(["pdftotext", "-layout", str(page), "-"], capture_output=True, text=True, check=True)
    rows = [line.split() for line in done.stdout.splitlines()]
    assert ["(a)", "First", "(b)", "Second"] in rows
    assert ["left", "b", "right"] in rows
    assert [row[:3] for row in rows if "under" in row] == [["under", "2", "x"]]


def test_a_label_twice(notes: Path, build: Build) -> None:
    Image.new("RGB", (30, 10), "teal").save(notes / "dot.png")
    (notes / "a.qmd").write_text("![A](dot.png){#fig-a}\n\n![B](dot.png){#fig-a}\n")
    assert build("html").diagnostics == [
        "a.qmd:3: error: the label 'fig-a' is given twice (first in line 1)  [label-duplicate]"
    ]


BOOK = """project: {type: book}
book:
  title: B
  chapters: [index.qmd, one.qmd, free.qmd, two.qmd]
  appendices: [more.qmd]
crossref:
  custom: [{kind: float, key: dino, reference-prefix: Dinosaur}]
"""


def test_a_book(notes: Path, build: Build, tmp_path: Path) -> None:
    (notes / "_quarto.yml").write_text(BOOK)
    (notes / "index.qmd").write_text("# Preface\n\nText.\n")
    (notes / "one.qmd").write_text("# First {#sec-first}\n\n::: {#dino-a}\nBig\n\nA dinosaur\n:::\n\n$$ a $$ {#eq-a}\n")
    (notes / "free.qmd").write_text("# Between {.unnumbered}\n\nText.\n")
    (notes / "two.qmd").write_text("# Second\n\nRefs: @sec-first, @dino-a, @eq-a, @eq-b, @sec-more, @tip-a. End\n")
    (notes / "more.qmd").write_text("# More {#sec-more}\n\n$$ b $$ {#eq-b}\n\n::: {#tip-a .callout-tip}\nT\n:::\n")
    for command in ("html", "pdf"):
        assert build(command).diagnostics == []
    wanted = "Chapter 1, Dinosaur 1.1, Equation (1.1), Equation (A.1), Appendix A, Tip A.1. End"
    assert said(of_html(tmp_path / "site/two.html")) == said(of_pdf(tmp_path / "site/two.pdf")) == wanted
    assert "2 Second" in of_html(tmp_path / "site/two.html")


def test_an_r_markdown_book(notes: Path, build: Build, tmp_path: Path) -> None:
    (notes / "_bookdown.yml").write_text("book_filename: x\n")
    (notes / "index.Rmd").write_text("---\ntitle: R\nsite: bookdown::bookdown_site\n---\n\n# About\n\n[On](01-a.Rmd)\n")
    (notes / "01-a.Rmd").write_text("# Chapter A\n\n## Inside {#inside}\n\nText.\n")
    (notes / "02-b.Rmd").write_text("# Chapter B\n\nRefs: \\@ref(chapter-a), \\@ref(inside). End\n")
    (notes / "02-b.md").write_text("# Made of it\n\nRefs: \\@ref(chapter-a), \\@ref(inside). End\n")
    assert build("html").diagnostics == []
    assert said(of_html(tmp_path / "site/02-b.html")) == "2, 2.1. End", "a first page with a heading is a chapter"
    assert 'href="01-a.html"' in (tmp_path / "site/index.html").read_text()
    (notes / "index.Rmd").write_text("---\ntitle: R\nsite: bookdown::bookdown_site\n---\n\n# Preface {-}\n\nText.\n")
    build("html")
    assert said(of_html(tmp_path / "site/02-b.html")) == "1, 1.1. End"


def test_embedded_cells(pages, notes: Path) -> None:  # type: ignore[no-untyped-def]
    cell = {
        "cell_type": "code",
        "id": "c",
        "metadata": {},
        "source": ["#| label: fig-e\n", "#| fig-cap: Embedded\n", "hidden()"],
        "outputs": [{"output_type": "display_data", "metadata": {}, "data": {"image/svg+xml": "<svg></svg>"}}],
    }
    other = {"cell_type": "markdown", "id": "m", "metadata": {}, "source": ["not this"]}
    (notes / "_n.ipynb").write_text(json.dumps({"nbformat": 4, "metadata": {}, "cells": [cell, other]}))
    (both, _) = pages(a="{{< embed _n.ipynb#fig-e >}}\n\nRefs: @fig-e. End\n")
    assert said(both["a"][0]) == said(both["a"][1]) == "Figure 1. End"
    assert "hidden()" not in both["a"][0]
    assert "not this" not in both["a"][0]


# ── pieces ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("number", "form", "wanted"),
    [(3, "arabic", "3"), (4, "roman", "IV"), (9, "roman i", "ix"), (2, "alpha x", "y"), (2, "alpha A", "B")],
)
def test_forms_of_numbers(number: int, form: str, wanted: str) -> None:
    assert crossref.written(number, form) == wanted


@given(st.lists(st.lists(st.sampled_from([10, 20, 70, -5]), min_size=1, max_size=4), min_size=1, max_size=3))
def test_layouts_place_every_block(rows: list[list[int]]) -> None:
    count = 9
    columns, found = layout.taken({"layout": json.dumps(rows)}, count)
    placed = layout.placed(found, count)
    assert layout.read(layout.said(found)) == found
    assert len(placed) == count
    assert columns >= (1 if any(v > 0 for row in rows for v in row) else 0)


def test_options_of_formats_are_the_headers() -> None:
    text = "title: T\ncheck: 1\ntheme: cosmo\nformat:\n  html: {toc: false}\n  pdf: {documentclass: book, toc: true}\n"
    found = quarto_header.translated(yaml_text.parse(text), "{{< meta check >}}").values
    assert {k: v for k, v in found.items() if k != "format"} == {"title": "T", "toc": False, "documentclass": "book"}


def test_a_project_keeps_what_it_says_of_references() -> None:
    text = "book: {title: T, chapters: [a.qmd], appendices: [b.qmd]}\ncrossref: {fig-title: F}\n"
    found = quarto_project.translated(yaml_text.parse(text)).values
    assert found["crossref"] == {"fig-title": "F"}
    assert found["numbering"]["appendices"] == ["b.qmd"]


def test_chunks_of_myst_and_code_stay(tmp_path: Path) -> None:
    lines = "```{exercise}\n:label: x\n\nText\n```\n\n````\n```{theorem, a}\n```\n(\\#eq:x)\n````".split("\n")
    numbered = [(line, k) for k, line in enumerate(lines, 1)]
    assert bookdown.translated(numbered) == numbered


def test_a_project_s_reader_and_preamble(build: Build, notes: Path) -> None:
    (notes / "_quarto.yml").write_text(
        "project:\n  type: book\nbook:\n  title: B\n  chapters: [index.qmd, a.qmd]\n"
        "from: markdown+tex_math_single_backslash\n"
        "format:\n  html:\n    include-in-header: head.html\n  pdf:\n    include-in-header: macros.tex\n"
    )
    (notes / "macros.tex").write_text("\\newcommand{\\XX}{\\mathbf{X}}\n")
    (notes / "index.qmd").write_text("# One\n\nSee [there](a.html#sec-b) and [not](b.html).\n")
    (notes / "a.qmd").write_text(
        "# Two\n\n## Part {#sec-b}\n\nHere \\( \\XX \\) and\n\\[\n\\XX = 1 .\n\\]{#eq-a}\n\n@eq-a\n\n"
        '::: {when-format="html"}\nOnly here.\n:::\n\n::: {when-format="pdf"}\nNot here.\n:::\n'
    )
    assert build("html").diagnostics == ["index.qmd:3: error: the link 'b.html' leads nowhere  [link-missing]"]
    page = (notes.parent / "site" / "a.html").read_text()
    assert r"\(\XX\)" in page
    assert r"\mathbf{X}" in page
    assert "Equation\N{NO-BREAK SPACE}(1.1)" in page
    assert "Only here." in page
    assert "Not here." not in page
    assert 'href="a.html#sec-b"' in (notes.parent / "site" / "index.html").read_text()
