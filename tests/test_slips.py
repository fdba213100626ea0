"""Slips that passed in silence, or were told on another line or twice: each is told once, on its line."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from builds import Build

HEAD = "# Page\n\n(start)=\nText.\n\n"
"""What makes a page MyST; the slip stands from line 6 on."""


def said(notes: Path, build: Build, text: str, name: str = "note.md") -> list[str]:
    """What `html` says of a page."""
    (notes / name).write_text(text)
    run = build("html")
    assert "Traceback" not in run.err
    return run.diagnostics


def shown(notes: Path, name: str = "note") -> str:
    """The words of a page."""
    return re.sub(r"<[^>]+>", "", (notes.parent / "site" / f"{name}.html").read_text())


def test_an_option_that_a_directive_does_not_have_is_told_on_its_line(notes: Path, build: Build) -> None:
    text = f"""{HEAD}```{{table}} Words
:header-rows: 1
:widht: 50%

a   b
--  --
1   2
```

```{{code-cell}} python
:tagz: [remove-input]
1 + 1
```

:::{{tip}}
---
class: wide
nmae: tip-a
---
Text.
:::

```{{math}}
:label: eq-a
:nowrap: true
x = 1
```

```{{toctree}}
:whatever: 2
```

```{{note}}
:color: red
Text.
```
"""
    assert said(notes, build, text) == [
        "note.md:8: warning: the directive '{table}' has no option 'widht'; did you mean width?  [directive-option]",
        "note.md:16: warning: unknown option tagz; did you mean tags?  [cell-option]",
        "note.md:23: warning: the directive '{tip}' has no option 'nmae'; did you mean name?  [directive-option]",
    ]


UNCLOSED = {
    "the end of the page": ("```{note}\nText.\n\n## Heading {#sec-a}\n\nMore, @sec-a.\n", "```{note}"),
    "colons": (":::{warning} Title\nText.\n\n## Heading\n", ":::{warning}"),
    "another behind it": (":::{note}\nText.\n\n::::{tip}\nText.\n::::\n\nAfter.\n", ":::{note}"),
    "another of ticks behind it": ("```{note}\nText.\n\n```{tip}\nText.\n```\n\nAfter.\n", "```{note}"),
    "code inside": ("```{note}\nText.\n\n```python\nx = 1\n```\n\nAfter.\n\n```{tip}\nText.\n```\n", "```{note}"),
    "an item": ("- ```{note}\n  Text.\n\nAfter.\n", "```{note}"),
    "a formula": (
        "```{math}\n:label: eq-a\nx = 1\n\nAfter, {eq}`eq-a`.\n\n```{note}\nText.\n```\n",
        "```{math}",
    ),
    "code": ("```{code-block} python\nx = 1\n\nAfter.\n", "```{code-block}"),
    "another language": ("```{yaml}\nx = 1\n\nAfter.\n", "```{yaml}"),
}


@pytest.mark.parametrize("name", UNCLOSED)
def test_a_directive_that_is_never_closed_is_told_where_it_opens(notes: Path, build: Build, name: str) -> None:
    text, opening = UNCLOSED[name]
    mark = opening[: opening.index("{")]
    message = f"the directive '{opening}' is not closed; close it with {mark}  [fence-unclosed]"
    assert said(notes, build, HEAD + text) == [f"note.md:6: warning: {message}"]


def test_the_inner_one_of_two_is_told(notes: Path, build: Build) -> None:
    text = "````{note}\nText.\n\n```{tip}\nText.\n````\n\n:::::{note}\n:::{tip}\nText.\n:::::\n"
    assert said(notes, build, HEAD + text) == [
        "note.md:9: warning: the directive '```{tip}' is not closed; close it with ```  [fence-unclosed]",
        "note.md:14: warning: the directive ':::{tip}' is not closed; close it with :::  [fence-unclosed]",
    ]


def test_a_row_of_a_list_with_more_or_fewer_cells_is_told(notes: Path, build: Build) -> None:
    row = "* - a\n  - b\n"
    text = f"""{HEAD}```{{list-table}} One
:header-rows: 1

{row}* - c

  more
  - d
  - e
{row}* - f
```

```{{list-table}} Two
:widths: 10 20 30

* - a
  - b
* - a
  - b
  - c
```

```{{list-table}} Three
:header-rows: 1
:widths: 1 2 3

{row}{row}```

::: {{.list-table header-rows=0}}
* - A
  - B

    * inner
    * list
* - C
  - D
  - E
:::

::: {{.list-table}}
{row}* - F
{row}:::

```{{list-table}} Four
:widths: auto

{row}{row}```
"""
    assert said(notes, build, text) == [
        "note.md:11: warning: the row has 3 cells, the others 2; take one out  [table-cells]",
        "note.md:18: warning: the row has 1 cell, the others 2; put an empty cell where nothing stands  [table-cells]",
        "note.md:24: warning: the row has 2 cells, the others 3; put an empty cell where nothing stands  [table-cells]",
        "note.md:33: warning: the widths are of 3 columns, the rows have 2 cells  [table-cells]",
        "note.md:47: warning: the row has 3 cells, the others 2; take one out  [table-cells]",
        "note.md:55: warning: the row has 1 cell, the others 2; put an empty cell where nothing stands  [table-cells]",
    ]


def test_a_layout_that_cannot_be_read_is_told(notes: Path, build: Build) -> None:
    text = """# Page

Text with layout.

::: {layout="[[1,1],[1]"}
One.

Two.
:::

::: {layout-ncol="two"}
One.

Two.
:::

::: {#fig-a layout="[[1, -0.1, 1], [1]]"}
One.

Two.

Three.

Words.
:::

::: {.wide layout="[[1, x]]"}
One.

Two.
:::

```{python}
#| layout: "[[1,1],[]]"
1 + 1
```
"""
    assert said(notes, build, text) == [
        "note.md:5: warning: layout: '[[1,1],[1]' is not rows of numbers: expecting ',' delimiter; "
        'write for example layout="[[70, 30], [100]]"  [layout-syntax]',
        "note.md:11: warning: layout-ncol: 'two' is not a number; write for example layout-ncol=2  [layout-syntax]",
        "note.md:27: warning: layout: '[[1, x]]' is not rows of numbers: expecting value; "
        'write for example layout="[[70, 30], [100]]"  [layout-syntax]',
        "note.md:34: warning: layout: '[[1,1],[]]' is not rows of numbers; "
        'write for example layout="[[70, 30], [100]]"  [layout-syntax]',
    ]


def test_groups_are_read_to_the_same_depth_everywhere(notes: Path, build: Build) -> None:
    deep = r"a {b {c {d {e \{ f}}}}"
    text = rf"""\documentclass{{article}}
\usepackage{{amsthm}}
\newtheorem{{thm}}{{Theorem {{\it of {{\bf two {{kinds}}}}}}}}
\title{{{deep}}}
\begin{{document}}
\maketitle
\section{{A}}
\resizebox{{{{{{{{3cm}}}}}}}}{{!}}{{\begin{{tabular}}{{l}} cell \end{{tabular}}}}
\begin{{thm}}\label{{t}} Words. \end{{thm}}
By \ref{{t}}.
\end{{document}}
"""
    assert said(notes, build, text, "note.tex") == []
    shown = (notes.parent / "site" / "note.html").read_text()
    assert "<title>a b c d e { f" in shown
    assert "cell" in shown
    assert "By <a" in shown


BROKEN = {
    r"\newtheorem{thm}{Theorem": r"this \newtheorem cannot be read; write \newtheorem{thm}{Theorem}",
    r"\newtheorem{thm}[section{Theorem}": r"this \newtheorem cannot be read; write \newtheorem{thm}[section]{Theorem}",
    r"\newtheorem{thm{Theorem}[section]": r"this \newtheorem cannot be read; write \newtheorem{thm}{Theorem}[section]",
    r"\newtheorem{thm}": r"this \newtheorem cannot be read; write \newtheorem{thm}{Thm}",
    r"\newtheorem thm}{Theorem}  % words {": r"this \newtheorem cannot be read; write \newtheorem{thm}{Theorem}",
    r"\newtheorm{thm}{Theorem}": r"\newtheorm is not known; did you mean \newtheorem?",
    r"\newtheorem{thm}{Theorem}}": "a } without its partner; it is left out",
    r"% \newtheorem{x}{": r"nothing declares the counter thm; declare it before, or leave it out",
    r"\newcommand{\another}[1]{\newtheorem{#1}{Another}}\newtheorem{thm}{A \newline B}": "",
}
THEOREMS = r"""\newtheorem{lem}[thm]{Lemma}
\begin{document}
\section{A}
\begin{thm}\label{a}
Words.
\end{thm}
\begin{lem}
By \ref{a}.
\end{lem}
\end{document}
"""


def test_a_broken_declaration_of_a_theorem_gives_one_message(notes: Path, build: Build) -> None:
    for number, line in enumerate(BROKEN):
        text = THEOREMS if line[0] != "%" else THEOREMS.replace("thm}", "lem}").replace("[lem}", "[thm}")
        start = f"\\documentclass{{article}}\n\\usepackage{{amsthm}}\n{line}\n"
        (notes / f"t{number}.tex").write_text(start + text)
    run = build("check")
    wanted = {f"t{number}.tex": message for number, message in enumerate(BROKEN.values())}
    assert run.diagnostics == [
        f"{name}:{4 if message.startswith('nothing') else 3}: error: {message}  [macro-syntax]"
        for name, message in wanted.items()
        if message
    ]


SURPLUS = r"""\documentclass{article}
\newcommand{\x}{\textbf{x}}
\begin{document}
\section{A}
\begin{table}
\caption{Words}
\begin{tabular}{|l|>{\bfseries}c@{ }r|}
\hline
a & b & c \\
\multicolumn{2}{c}{\x} & y \\
\multicolumn{2}{c}{x}
& y & z & more \\ \hline
\end{tabular}
\end{table}

\begin{tabular*}{\textwidth}{lrr}
a & c \& d & $\begin{array}{ll} f & g \end{array}$ \\[2pt]
a & b \\
c & d & e
& f
\end{tabular*}

\begin{eqnarray}
a & = & b \\
c & = & d
  & e
\end{eqnarray}
\end{document}
"""


def test_more_cells_than_columns_are_told_where_the_surplus_begins(notes: Path, build: Build) -> None:
    said_of = "has 3 columns; this & begins one more"
    hint = "end the row before it with \\\\"
    assert said(notes, build, SURPLUS, "note.tex") == [
        f"note.tex:12: warning: a row of tabular {said_of}; {hint}  [table-cells]",
        f"note.tex:20: warning: a row of tabular* {said_of}; {hint}  [table-cells]",
        f"note.tex:26: warning: a row of eqnarray {said_of}; {hint}  [table-cells]",
    ]


def test_a_label_of_a_line_of_its_own_is_told_there(notes: Path, build: Build) -> None:
    text = """# One
:label:`sec_one`

$$a = b$$
:eqlabel:`eq_a`

## Two
:label:`sec_one`

$$
c = d
$$
:eqlabel:`eq_a`

$$e = f$$ :eqlabel:`eq_a`

$$g = h \\label{eq_a}$$

By :eqref:`eq_a`, :numref:`sec_one`.
"""
    first = "error: the label 'eq_a' is given twice (first in line 5)  [label-duplicate]"
    assert said(notes, build, text) == [
        "note.md:8: error: the label 'sec_one' is given twice (first in line 2)  [label-duplicate]",
        f"note.md:13: {first}",
        f"note.md:15: {first}",
        f"note.md:17: {first}",
    ]


HALF = r"""---
header-includes: |
  \newcommand{\half}[1]{\left( #1 }
  \newcommand{\more}[1]{\half{#1} + 1}
---

# A"""
USES = {
    "behind another formula": "\n\nText $b$ and $\\half{x}$ and $a$.\n",
    "in a heading": " $\\half{b}$\n\nText.\n",
    "in raw text": "\n\nText \\emph{a $\\half{b}$ c}.\n",
    "in a raw block": "\n\n```{=latex}\n\\begin{center} $\\half{x}$ \\end{center}\n```\n",
    "in two lines": "\n\n\\begin{align}\na &= \\half{z} \\\\\nb &= \\more{w}\n\\end{align}\n",
}


def test_a_half_pair_in_a_body_is_told_once(notes: Path, build: Build) -> None:
    for name, text in USES.items():
        (notes / f"{name.replace(' ', '-')}.md").write_text(HALF + text)
    assert build("check").diagnostics == [
        f"{name.replace(' ', '-')}.md:3: error: \\left without \\right in the body of \\half  [math-unbalanced]"
        for name in sorted(USES)
    ]


def test_cells_of_another_language_are_told_once_for_the_page(notes: Path, build: Build) -> None:
    cell = "```{r}\nx <- 1\n```\n\n"
    text = f"# A\n\n{cell}Of `r x` and\n`r x + 1`.\n\n{cell}```{{julia}}\nx = 1\n```\n\n{cell}"
    assert said(notes, build, text, "note.Rmd") == [
        "note.Rmd:3: warning: 3 cells in R are not run here, of which this is the first; their code is shown  "
        "[cell-language]",
        "note.Rmd:7: warning: `r x` is not run here, nor is another one; they are shown as they are written  "
        "[cell-language]",
        "note.Rmd:14: warning: a cell in Julia is not run here; its code is shown  [cell-language]",
    ]


def test_a_name_in_a_notebook_is_text_and_a_citation_where_there_is_a_bibliography(notes: Path, build: Build) -> None:
    source = ["# A\n", "\n", "Ask @someone or @knuth84,\n", "see [@knuth84]."]
    cells = [{"cell_type": "markdown", "metadata": {}, "source": source}]
    notebook = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    found = said(notes, build, json.dumps(notebook, indent=1), "note.ipynb")
    assert [line.rpartition("; ")[0] for line in found] == [
        "note.ipynb:10: warning: '@knuth84' cites an entry, but the page has no bibliography; it is shown as text"
    ]
    assert "Ask @someone or @knuth84," in shown(notes)
    (notes / "refs.bib").write_text("@book{knuth84, author = {Knuth, D.}, title = {Words}, year = 1984}\n")
    cells.insert(0, {"cell_type": "raw", "metadata": {}, "source": ["---\n", "bibliography: refs.bib\n", "---\n"]})
    found = said(notes, build, json.dumps(notebook, indent=1), "note.ipynb")
    assert [line.partition(" error: ")[2][:35] for line in found] == ["nothing in the bibliography has the"]
    assert "Knuth (1984)" in shown(notes)
