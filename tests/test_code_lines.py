"""Lines of code with numbers, emphasis and annotations; captions of tables above and below; in HTML and LaTeX."""

from __future__ import annotations

import html
import re
import subprocess
from pathlib import Path

import pytest
from builds import Build

QUARTO = (
    r"""---
title: Lines
tbl-cap-location: bottom
---

```{.python .numberLines startFrom="9"}
a = """
    + '"""'
    + r"""one
two
"""
    + '"""'
    + r"""
```

```{.python code-line-numbers="2,4-"}
a
b
c
d
e
```

```{.python filename="run_it.py"}
import numpy  # <1>

f()  # <2>
```

1. First, $x$.
2. Second.

```{.c}
f(); // <1>
```

No list.

```{python}
#| code-line-numbers: true
#| label: tbl-made
#| tbl-cap: Made
#| tbl-cap-location: top
u = 3  # <1> <2>
u
```

1. A number.

| a |
|---|
| 1 |

: Below. {#tbl-below}

@tbl-below and @tbl-made.
"""
)
MYST = r"""# Lines

```{code-block} python
:linenos:
:lineno-start: 5
:emphasize-lines: 1,3
a = 1
b = 2
c = 3
```

```{code-cell} ipython3
:emphasize-lines: 2
:lineno-start: 7
:tags: [norun]
d = 4
e = 5
```
"""


def _blocks(page: str) -> list[str]:
    found = re.findall(r"<pre[^>]*><code[^>]*>(.*?)</code></pre>", page, re.S)
    kept = [re.sub(r'<span class="(hll|lineno|code-mark)">', r"<\1>", block) for block in found]
    return [html.unescape(re.sub(r"</?span[^>]*>", "", block)) for block in kept]


@pytest.fixture
def quarto(build: Build, notes: Path) -> tuple[str, str]:
    (notes / "a.qmd").write_text(QUARTO)
    assert build("html").err.count("[") == build("tex").err.count("[") == 1
    site = notes.parent / "site"
    return (site / "a.html").read_text(), (site / "a.tex").read_text()


def test_lines_of_quarto(quarto: tuple[str, str]) -> None:
    page, tex = quarto
    assert _blocks(page) == [
        '<lineno> 9a = """one\n<lineno>10two\n<lineno>11"""',
        "a\n<hll>b\nc\n<hll>d\n<hll>e",
        "import numpy <code-mark>1\n\nf() <code-mark>2",
        "f(); // <1>",
        "<lineno>1u = 3 <code-mark>1 <code-mark>2\n<lineno>2u",
        "3",
    ]
    assert page.count('<div class="annotations">') == 2
    assert "firstnumber=9]" in tex
    assert "highlightlines={2,4,5}]" in tex
    assert "\\gpfilename{run\\_it.py}" in tex
    assert "\\gpmark{1} \\gpmark{2}" in tex
    assert tex.count("label=\\gpmark{\\arabic*}") == 2


def test_captions_of_tables_stand_where_they_are_asked_for(quarto: tuple[str, str]) -> None:
    page, tex = quarto
    assert re.search(r'id="tbl-below"[^>]*class="caption-bottom"', page)
    made = page[page.index('id="tbl-made"') :]
    assert made.index("Made") < made.index('class="output')
    below = tex[tex.index("\\begin{longtable}") :]
    assert below.index("\\end{longtable}") < below.index("Below.") < below.index("\\label{tbl-below}")
    assert "Table\N{NO-BREAK SPACE}2" in page
    assert "Table\N{NO-BREAK SPACE}1" in page


def test_lines_of_myst(build: Build, notes: Path) -> None:
    (notes / "a.md").write_text(MYST)
    run = build("html")
    assert not run.diagnostics
    page = (notes.parent / "site" / "a.html").read_text()
    assert _blocks(page) == [
        "<hll><lineno>5a = 1\n<lineno>6b = 2\n<hll><lineno>7c = 3",
        "<lineno>7d = 4\n<hll><lineno>8e = 5",
    ]
    assert build("tex").code == 0
    tex = (notes.parent / "site" / "a.tex").read_text()
    assert "firstnumber=5,highlightlines={5,7}]" in tex
    assert "firstnumber=7,highlightlines={8}]" in tex


def test_lines_of_code_in_pdf(build: Build, notes: Path) -> None:
    (notes / "a.qmd").write_text(QUARTO)
    assert build("pdf").code == 0
    text = subprocess.run(
        ["pdftotext", "-layout", str(notes.parent / "site" / "a.pdf"), "-"], capture_output=True, text=True, check=True
    ).stdout
    assert "run_it.py" in text
    assert re.search(r"^\s*10\s+two$", text, re.M)
    assert "Table 2: Below." in text


def test_line_numbers_of_the_header(build: Build, notes: Path) -> None:
    (notes / "a.qmd").write_text(
        "---\nformat:\n  html:\n    code-line-numbers: true\n    cap-location: top\n---\n\n"
        "```{.r}\nx\n```\n\n![A](d.png)\n"
    )
    build("html")
    page = (notes.parent / "site" / "a.html").read_text()
    assert _blocks(page) == ["<lineno>1x"]
    assert "caption-top" in page


GLUE = r"""# Gluing

Early {glue}`x`.

## Part

```{code-cell} ipython3
from myst_nb import glue
x = 3.14159
glue("x", x)
glue("word", "hello", display=False)
glue("tex", type("T", (), {"_repr_latex_": lambda self: "$\\displaystyle t^2$"})(), display=False)
import matplotlib.pyplot as plt
fig, ax = plt.subplots()
plt.close(fig)
glue("curve", fig, display=False)
x = 17
```

Values {glue}`x`, {glue:text}`x:.2f`, {glue:}`word`, {glue}`nope`, {glue}`curve`.

```{glue:figure} curve
:name: fig-curve
Caption {glue:text}`x:.1f`.
```

See {numref}`fig-curve` and {eq}`eq-t`.

```{glue:math} tex
:label: eq-t
```

```{glue} other
```

# Another

## Below
"""


def test_glued_values_are_shown(build: Build, notes: Path) -> None:
    (notes / "a.md").write_text(GLUE)
    run = build("html")
    assert [line.partition("; glue the")[0] for line in run.diagnostics] == [
        "a.md:3: warning: no cell of this page above glues 'x'; it is glued in line 10",
        "a.md:20: warning: no cell of this page above glues 'nope'",
        "a.md:33: warning: no cell of this page above glues 'other'",
    ]
    page = (notes.parent / "site" / "a.html").read_text()
    text = html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", page)))
    assert "Values 3.14159, 3.14, hello, nope," in text
    assert "Figure 1: Caption 3.1." in text
    assert "See Figure 1 and (1)." in text
    assert "t^2\\tag{1}" in page
    assert page.count("<img") == 2


def test_first_heading_of_several_is_the_title_of_a_myst_page(build: Build, notes: Path) -> None:
    (notes / "a.md").write_text("(top)=\n# Title\n\n## Part\n\nSee {ref}`top`.\n\n# Another\n\n## Below\n")
    (notes / "b.md").write_text("# One\n\n## Part\n\n# Two\n")
    build("html")
    page = (notes.parent / "site" / "a.html").read_text()
    assert "<title>Title" in page
    assert [(level, re.sub("<.*?>", "", words)) for level, words in re.findall(r"<h(\d)[^>]*>(.*?)</h\d>", page)] == [
        ("1", "Title"),
        ("2", "Part"),
        ("2", "Another"),
        ("3", "Below"),
    ]
    assert "<title>B" in (notes.parent / "site" / "b.html").read_text()


def test_a_cell_that_does_not_run_keeps_its_number(build: Build, notes: Path) -> None:
    cell = (
        "# A\n\n```{code-cell} ipython3\n---\nmystnb:\n  figure:\n    caption: Drawn $x$\n    name: drawn\n"
        "  image:\n    alt: Said\n    width: 300px\n---\n"
        "import matplotlib.pyplot as plt\nplt.plot([1])\n```\n\nSee {numref}`drawn`.\n"
    )
    (notes / "a.md").write_text(cell)
    assert build("html", "--no-execute").err.count("  [") == 1
    page = (notes.parent / "site" / "a.html").read_text()
    text = html.unescape(re.sub("<[^>]+>", "", page)).replace("\N{NO-BREAK SPACE}", " ")
    assert "Figure 1: Drawn" in text
    assert "See Figure 1." in text
    assert not build("html").diagnostics
    page = (notes.parent / "site" / "a.html").read_text()
    assert 'alt="Said"' in page
    assert 'style="width:300px"' in page or 'width="300"' in page


def test_a_formula_and_a_heading_of_one_name(build: Build, notes: Path) -> None:
    (notes / "a.md").write_text(
        "(twin)=\n# Top\n\n```{math}\n:label: twin\nx = 1\n```\n\n$$\ny\n$$ (other)\n\n"
        "{eq}`twin`, {ref}`twin`, {eq}`other`.\n"
    )
    (notes / "b.md").write_text(
        "# B\n\nFar {eq}`twin` and {ref}`twin`.\n\n(same)=\n```{math}\n:label: same\nz\n```\n\n{eq}`same`.\n"
    )
    (notes / "_toc.yml").write_text("format: jb-book\nroot: a\nchapters:\n- file: b\n")
    assert not build("html").diagnostics
    site = notes.parent / "site"
    first, second = (html.unescape(re.sub("<[^>]+>", "", (site / name).read_text())) for name in ("a.html", "b.html"))
    assert "(1), Top, (2)." in first
    assert "Far (1) and Top." in second
    assert "(1)." in second
