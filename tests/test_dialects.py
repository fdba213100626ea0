"""Notes written for Quarto, MyST, d2lbook, Jupyter and LaTeX: mathematics, references, code and remarks come out."""

from __future__ import annotations

import base64
import html
import io
import json
import re
import subprocess
from pathlib import Path

import pytest
from builds import Build
from hypothesis import given
from hypothesis import strategies as st

from gradpress import dialects
from gradpress.diagnostics import Log, collecting
from gradpress.dialects import Surroundings, latex
from gradpress.projects import quarto as quarto_project
from gradpress.reading import yaml_text

QUARTO = r"""---
title: Quarto
subtitle: Said once
---

{{< meta subtitle >}}, {{< var word >}}, `{{< meta title >}}`.

{{< include part/_inc.qmd >}}

::: {.callout-note title="A *title*" collapse="true"}
Folded $x_1$.
:::

::: {.callout-warning}
Without a title.
:::

::: {.panel-tabset}
## One

First $a_2$.

## Two

Second.
:::

::: {.content-visible when-format="html"}
For screens.
:::

::: {.content-visible unless-format="html"}
For paper.
:::

```{python}
#| label: fig-plot
#| fig-cap: A plot
#| code-fold: true
import matplotlib.pyplot as plt
plt.plot([1, 2]);
```

Refs: @fig-plot; @eq-inc; @sec-inc; @fig-both; @fig-two. End

::: {#fig-both layout-ncol=2}

![One](dot.png){#fig-one}

![Two](dot.png){#fig-two}

Both
:::
"""
MYST = r"""(sec-top)=
# MyST

```{math}
:label: eq-m
x &= y \\
z &= w
```

$$
a = b
$$ (eq-d)

```{note} A title
Text with {eq}`eq-m`, {math}`q^2` and ``{eq}`code` ``.
```

:::{tip}
With a colon fence.

```python
inside = "a fence"
```
:::

```{figure} dot.png
:name: fig-m
:width: 100px
:alt: A dot

The caption with $x$.
```

```{prf:theorem} Great
:label: thm-m

So it is.
```

```{list-table} Things
:header-rows: 1
:name: tab-m

* - A
  - B
* - 1
  - $x_3$
```

```{code-cell} ipython3
---
mystnb:
  figure:
    caption: From a cell
    name: dots
---
import matplotlib.pyplot as plt
plt.plot([1, 2]);
```

````{tab-set}
```{tab-item} One
First tab.
```
```{tab-item} Two
Second tab.
```
````

```{exercise-start}
:label: ex-a
```
Do it.
```{exercise-end}
```

Refs: {eq}`eq-m`; {eq}`eq-d`; {numref}`Fig. %s <fig-m>`; {numref}`fig-m`; {prf:ref}`thm-m`; {numref}`tab-m`;
{numref}`dots`; {ref}`sec-top`; {ref}`text <sec-top>`; {doc}`q`; {ref}`ex-a`. End
"""
D2L = r"""```{.python .input  n=1}
%load_ext d2lbook.tab
tab.interact_select(['mxnet', 'pytorch'])
```

# d2l
:label:`sec_d`

$$x = y,$$
:eqlabel:`eq_d`

![A dot.](dot.png)
:width:`100px`
:label:`fig_d`

```{.python .input}
%%tab mxnet
import mxnet
```

```{.python .input}
%%tab pytorch
import torch
```

:begin_tab:`mxnet`
Mx text.
:end_tab:

:begin_tab:`pytorch`
Torch text.
:end_tab:

Refs: :numref:`sec_d`; :eqref:`eq_d`; :numref:`fig_d`; the :class:`~torch.nn.Module`. End
"""
TEX = r"""\documentclass[12pt]{article}
\usepackage{amsmath,amsthm}
\newtheorem{thm}{Theorem}[section]
\newcommand{\R}{\mathbb{R}}
\title{A \LaTeX{} page}
\author{Ann \and Bob}
\begin{document}
\maketitle
\section{First}\label{sec:first}
Text % comment
with $x \in \R$ and \eqref{eq:t}.
\begin{align}
 a &= b \label{eq:t}\\
 c &= d \notag
\end{align}
\begin{thm}[Named]\label{thm:t}
Let $x \in \R$.
\end{thm}
\begin{proof} Clear. \end{proof}
\begin{figure}
\centering
\includegraphics[width=2cm]{dot}
\caption{Dot}\label{fig:t}
\end{figure}
Refs: Theorem~\ref{thm:t}; Figure~\ref{fig:t}; Section~\ref{sec:first}; \eqref{eq:t}. End
\end{document}
"""
SAID = {
    "q": "Figure 1; Equation (1); Included; Figure 2; Figure 2b. End",
    "m": "(1); (2); Fig. 1; Figure 1; Theorem 1; Table 1; Figure 2; MyST; text; Quarto; Exercise 1. End",
    "d": "d2l; (1); Figure 1; the Module. End",
    "n": "(1). End",
    "t": "Theorem 1.1; Figure 1; Section 1; (1). End",
}


def notebook() -> str:
    from PIL import Image

    png = io.BytesIO()
    Image.new("RGB", (60, 20), "teal").save(png, "PNG")
    outputs = [
        {"output_type": "stream", "name": "stdout", "text": ["printed\n"]},
        {"output_type": "execute_result", "execution_count": 1, "metadata": {}, "data": {"text/plain": ["42"]}},
        {
            "output_type": "display_data",
            "metadata": {},
            "data": {"image/png": base64.b64encode(png.getvalue()).decode(), "text/plain": ["<Figure>"]},
        },
        {
            "output_type": "display_data",
            "metadata": {},
            "data": {"text/html": ["<b>marked</b>"], "text/plain": ["plainly"]},
        },
    ]
    text = [
        "# Notebook\n",
        "\n",
        "\\begin{align} a &= b \\label{eq:nb} \\end{align}\n",
        "\n",
        "Refs: \\eqref{eq:nb}. End",
    ]
    cells = [
        {"cell_type": "markdown", "metadata": {}, "source": text},
        {"cell_type": "code", "execution_count": 1, "metadata": {}, "source": ["6 * 7"], "outputs": outputs},
        {"cell_type": "markdown", "metadata": {}, "source": ["Wrong: $\\nosuchthing$"]},
    ]
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}, indent=1)


@pytest.fixture
def site(notes: Path) -> Path:
    from PIL import Image

    Image.new("RGB", (60, 20), "teal").save(notes / "dot.png")
    (notes / "part").mkdir()
    (notes / "part" / "_inc.qmd").write_text("---\ntitle: x\n---\n\n# Included {#sec-inc}\n\n$$ y_4 = 1 $$ {#eq-inc}\n")
    (notes / "_variables.yml").write_text("word: variable\n")
    for name, text in {"q.qmd": QUARTO, "m.md": MYST, "d.md": D2L, "t.tex": TEX, "n.ipynb": notebook()}.items():
        (notes / name).write_text(text)
    return notes.parent / "site"


def shown(page: Path) -> str:
    text = re.sub(r"<svg.*?</svg>|<[^>]+>", "", page.read_text(), flags=re.S)
    return " ".join(html.unescape(text).replace("\N{NO-BREAK SPACE}", " ").split())


def printed(page: Path) -> str:
    done = subprocess.run(["pdftotext", "-raw", str(page), "-"], capture_output=True, text=True, check=True)
    return " ".join(done.stdout.replace("-\n", "").replace("\N{NO-BREAK SPACE}", " ").split())


def said(text: str) -> str:
    return text.partition("Refs: ")[2].partition(" End")[0] + " End"


def test_all_of_them(site: Path, build: Build) -> None:
    for command in ("html", "pdf"):
        diagnostics = build(command).diagnostics
        assert [d for d in diagnostics if not d.startswith("n.ipynb")] == []
        assert any(re.match(r"n\.ipynb:\d+: error: .*nosuchthing", d) for d in diagnostics)
    for name, wanted in SAID.items():
        assert said(shown(site / f"{name}.html")) == wanted
        if name != "n":  # its wrong formula stops LaTeX
            assert said(printed(site / f"{name}.pdf")) == wanted
    for name, formulas in {"q": ["x_1", "a_2", "y_4"], "m": ["q^2", "x_3", r"z &= w", "a = b"]}.items():
        for formula in formulas:
            assert formula in (site / f"{name}.html").read_text().replace("&amp;", "&")


def test_quarto(site: Path, build: Build) -> None:
    assert build("html", "q").code == build("pdf", "q").code == 0
    page, paper = shown(site / "q.html"), printed(site / "q.pdf")
    for text in (page, paper):
        assert "Said once, variable, {{< meta title >}}." in text
        for word in ("A title", "Warning", "Without a title.", "First", "Second."):
            assert word in text
    assert "For screens." in page
    assert "For paper." not in page
    assert "For paper." in paper
    assert "For screens." not in paper
    text = (site / "q.html").read_text()
    assert '<details class="callout note">' in text
    assert text.count('type="radio"') == 2


def test_myst(site: Path, build: Build) -> None:
    assert build("html", "m").code == 0
    page = (site / "m.html").read_text()
    assert "{eq}`code`" in shown(site / "m.html"), "code is left alone"
    assert 'class="callout tip"' in page
    assert "inside" in page
    assert 'width="100" alt="A dot"' in page
    assert "Theorem 1 (Great)." in shown(site / "m.html")
    assert "Table 1: Things" in shown(site / "m.html")
    assert "Figure 2: From a cell" in shown(site / "m.html")


def test_d2l(site: Path, build: Build) -> None:
    assert build("html", "d").code == 0
    text = shown(site / "d.html")
    assert "import torch" in text
    assert "Torch text." in text
    for other in ("mxnet", "Mx text", "load_ext", "interact_select"):
        assert other not in text


def test_notebook(site: Path, build: Build) -> None:
    build("html", "n")
    text = (site / "n.html").read_text()
    for part in ("printed", "42", "<b>marked</b>", "6 * 7".replace(" ", "")):
        assert part in text or part in shown(site / "n.html").replace(" ", "")
    assert "plainly" not in text
    assert re.search(r'<img src="assets/figures/[^"]+\.png"', text)
    assert "<title>Notebook" in text


def test_a_notebook_that_is_none(notes: Path, build: Build) -> None:
    (notes / "n.ipynb").write_text("{}")
    assert build("html").diagnostics == [
        "n.ipynb: error: this is no notebook of format 3 or 4; save it with Jupyter  [notebook-syntax]"
    ]


def test_latex(site: Path, build: Build) -> None:
    assert build("html", "t").code == build("pdf", "t").code == 0
    for text in (shown(site / "t.html"), printed(site / "t.pdf")):
        assert re.search(r"Ann, Bob.*1 First.*Theorem 1\.1 \(Named\)\..*Proof ?\. Clear\..*Figure 1: Dot", text)
        assert "comment" not in text


def test_a_fault_in_a_latex_page_has_its_line(notes: Path, build: Build) -> None:
    (notes / "t.tex").write_text(TEX.replace("c &= d", "c &= \\nosuch").replace("{dot}", "{none}"))
    assert [":".join(d.split(":")[:3]) for d in build("html").diagnostics] == ["t.tex:14: error", "t.tex:22: error"]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("{{< nothing x >}}", "warning: the shortcode '{{< nothing x >}}' is not understood; write what it stands for"),
        ("{{< include no.md >}}", "error: there is no file 'no.md' to include"),
        ("{{< include a.md >}}", "error: 'a.md' includes itself; take the include out"),
        ("{{< include ../out.md >}}", "error: '../out.md' leads outside the content folder and is not included"),
        (
            ":::{strange} x\nkept\n:::",
            "warning: the directive '{strange}' is not known; what is in it is shown as text",
        ),
        ("{strange}`kept`", "warning: the role '{strange}' is not known; its text is shown as code"),
    ],
)
def test_what_is_not_understood_is_said_and_kept(notes: Path, build: Build, text: str, wanted: str) -> None:
    (notes / "a.md").write_text(f"# A\n\n{text}\n\nMore.\n")
    found = build("html").diagnostics
    assert any(d.startswith(f"a.md:3: {wanted}") for d in found), found
    if "kept" in text:
        assert "kept" in shown(notes.parent / "site" / "a.html")


def test_two_files_of_one_page(notes: Path, build: Build) -> None:
    (notes / "a.md").write_text("# A\n")
    (notes / "a.qmd").write_text("# B\n")
    run = build("html")
    assert run.code == 1
    assert "a.qmd: error: makes the same page as a.md, which is built; rename one of them  [page-duplicate]" in run.err


def test_a_preamble_in_a_file(notes: Path, build: Build) -> None:
    (notes / "include.tex").write_text("\\newcommand{\\R}{\\mathbb{R}}\n")
    (notes / "own.tex").write_text("\\newcommand{\\own}[1]{\\mathbf{#1}}\n")
    (notes / "gradpress.yml").write_text("include-in-header: include.tex\n")
    (notes / "a.md").write_text(
        "---\ninclude-in-header: [{file: own.tex}, {text: '\\newcommand{\\q}{q}'}]\n---\n\n$\\R \\own{x} \\q$\n"
    )
    for command in ("html", "pdf"):
        assert build(command).diagnostics == []
    (notes / "own.tex").write_text("")
    assert "a.md:5: error: \\own is not defined" in build("html").err
    (notes / "own.tex").unlink()
    assert "a.md:2: error: include-in-header: there is no file 'own.tex'  [include-missing]" in build("html").err


def test_quarto_project() -> None:
    document = yaml_text.parse(
        "project: {type: website}\nwebsite:\n  title: Site\n  sidebar:\n    contents:\n    - index.qmd\n"
        "    - section: Part\n      contents: [a.qmd, {text: B, href: b.qmd}]\n    - auto\n"
        "format: {html: {toc: true, theme: x}}\nnumber-sections: true\n"
    )
    assert quarto_project.translated(document).values == {
        "title": "Site",
        "toc": True,
        "numbering": {"sections": True},
        "nav": ["index.qmd", {"Part": ["a.qmd", {"B": "b.qmd"}]}],
    }


def test_a_quarto_project_is_built(notes: Path, build: Build) -> None:
    (notes / "_quarto.yml").write_text("website: {title: Of Quarto, sidebar: {contents: [b.qmd, a.qmd]}}\n")
    (notes / "a.qmd").write_text("# A\n\nSee [b](b.qmd).\n")
    (notes / "b.qmd").write_text("# B\n")
    run = build("html")
    assert (run.code, run.diagnostics) == (0, [])
    text = (notes.parent / "site" / "a.html").read_text()
    assert "Of Quarto" in text
    assert text.index("b.html") < text.index("a.html")


LINES = st.lists(st.sampled_from([*MYST.split("\n"), *D2L.split("\n"), "text", "```", ":::", "{{< include x >}}"]))


@given(LINES)
def test_any_mixture_is_survived_and_keeps_its_numbers(texts: list[str]) -> None:
    page = Surroundings(Path("/nowhere"), Path("/nowhere"), Path("/nowhere"))
    lines = [(text, number) for number, text in enumerate(texts, 1)]
    with collecting(Log(), "a.md"):
        found = dialects.translated(lines, page)
    numbers = [number for _, number in found]
    assert numbers == sorted(numbers)


@given(st.lists(st.sampled_from(["text", "$x$", "", "- item", "    code", "# Title", "``` py", "```", "a (b)="])))
def test_text_without_marks_is_left_alone(texts: list[str]) -> None:
    page = Surroundings(Path("/nowhere"), Path("/nowhere"), Path("/nowhere"))
    lines = [(text, number) for number, text in enumerate(texts, 1)]
    assert dialects.translated(lines, page) == lines


@given(st.text(alphabet="\\{}begindocument title%\n", max_size=200))
def test_the_body_of_a_latex_file_keeps_its_lines(text: str) -> None:
    assert latex.read(text).body.count("\n") <= text.count("\n")


def test_lines_of_included_files(notes: Path, build: Build) -> None:
    (notes / "parts").mkdir()
    (notes / "parts" / "_one.md").write_text(
        "---\ntitle: not this\n---\n\nText $\\zzfirst$.\n\n```{.python .run}\n1 / 0\n```\n\n{{< include _two.md >}}\n"
    )
    (notes / "parts" / "_two.md").write_text("## Twice {#x}\n\n$$\na \\\\\n\\zzother \\label{eq:a}\n$$\n")
    (notes / "b.md").write_text(
        "# B\n\n{{< include parts/_one.md >}}\n\nSee [no](#nowhere) and $\\label{eq:a} \\zzthird$.\n"
    )
    said = [d.rpartition("  [")[0] for d in build("html").diagnostics]
    assert [d for d in said if d.startswith("parts")] == [
        "parts/_one.md:5: error: \\zzfirst is not defined",
        "parts/_two.md:5: error: \\zzother is not defined",
    ]
    own = [d for d in said if d.startswith("b.md")]
    assert own[0].startswith("b.md:3: error: ZeroDivisionError")
    assert any(d.startswith("b.md:5: ") and "(first in line 5 of parts/_two.md)" in d for d in own)
    assert any(d.startswith("b.md:5: ") and "nowhere" in d for d in own)
    assert "parts/_two.md:5: error: LaTeX: Undefined control sequence: \\zzother" in build("pdf").err
