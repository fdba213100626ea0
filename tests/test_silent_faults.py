"""Faults that pandoc and MathJax pass over in silence: each is told on its line."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from builds import Build


def said(notes: Path, build: Build, text: str, name: str = "note.md") -> list[str]:
    """What `html` says of a page, without rule ids."""
    (notes / name).write_text(text)
    return [line.rpartition("  [")[0] for line in build("html").diagnostics]


def test_cells_of_a_pipe_table_beyond_its_columns(notes: Path, build: Build) -> None:
    text = """# Tables

| a | b |
|---|
| 1 | 2 |

| code  | formula  |
|:------|:--------:|
| 1     | 2        | 3 |
| `a|b` | $|x|$    |
| **A group** |

> | a | b | c |
> |:--|:-:|--:|
> | 1 | 2 |
> | 1 | $P(a\\|b)$ | c \\| d, for $5 |

    | code | this
    |------|
    | is   | code

a | b
---|---
c | d | e

: A caption | with | bars
"""
    assert said(notes, build, text) == [
        "note.md:4: warning: the row of dashes has 1 cell, the header 2; the others are lost",
        "note.md:9: warning: the row has 3 cells, the table 2; the others are lost; write \\| for a bar in a cell",
        "note.md:15: warning: the row has 2 cells, the table 3; put an empty cell where nothing stands",
        "note.md:24: warning: the row has 3 cells, the table 2; the others are lost; write \\| for a bar in a cell",
    ]


LISTS = r"""\begin{itemize}\setlength{\itemsep}{0pt}
\itemsep 0pt
% a comment
\item a
\end{itemize}

\begin{itemize}[leftmargin=*]
Before $x$ the first.
\item one
\end{itemize}
"""


def test_words_before_the_first_item_of_a_list(notes: Path, build: Build) -> None:
    words = "'Before $x$ the first.' stands before the first \\item of its list, and is lost in HTML"
    assert said(notes, build, f"# Lists\n\n{LISTS}") == [f"note.md:10: warning: {words}; put it before the list"]
    assert build("check").diagnostics == [f"note.md:10: error: {words}; put it before the list  [raw-tex-dropped]"]
    (notes / "note.md").unlink()
    text = f"\\documentclass{{article}}\n\\begin{{document}}\nSome.\n{LISTS}\\end{{document}}\n"
    assert said(notes, build, text, "note.tex") == [f"note.tex:11: warning: {words}; put it before the list"]


def test_a_command_that_nobody_knows_inside_one_that_pandoc_knows(notes: Path, build: Build) -> None:
    text = """Some \\emph{words with \\doi{10.1} inside} here.

\\begin{center}
\\small
Words \\hfill and
\\doi{2} more
\\vspace{1cm}
\\end{center}
"""
    assert said(notes, build, text) == [
        "note.md:1: warning: HTML cannot show '\\doi{10.1}'; it stays in PDF",
        "note.md:6: warning: HTML cannot show '\\doi{2}'; it stays in PDF",
    ]
    page = (notes.parent / "site" / "note.html").read_text()
    assert "Some <em>words with inside</em> here." in re.sub(r"\s+", " ", page)


def test_an_alignment_sign_that_latex_has_no_column_for(notes: Path, build: Build) -> None:
    """MathJax shows it, so that it is known only when the PDF is made."""
    text = r"""---
title: T
header-includes: |
  \setcounter{MaxMatrixCols}{12}
---

\begin{eqnarray}
a & = & b \\
d & = & e & f
\end{eqnarray}

$$
g = \begin{cases} a & b \\
c & d & e \end{cases}
\qquad
\begin{matrix} 1 & 2 & 3 & 4 & 5 & 6 & 7 & 8 & 9 & 10 & 11 \end{matrix}
$$

$$
\begin{alignat}{1} a & = b \\ c & = d & e \end{alignat}
$$
"""
    said_of = "this & begins one more"
    assert said(notes, build, text) == [
        f"note.md:9: error: a row of eqnarray has 3 columns; {said_of}",
        f"note.md:14: error: a row of cases has 2 columns; {said_of}",
        f"note.md:20: error: a row of alignat has 2 columns; {said_of}",
    ]


def test_options_of_a_format_that_are_nearly_known_ones(notes: Path, build: Build) -> None:
    text = (
        "---\ntitle: T\nformat:\n  html:\n    code_fold: true\n    brand-new: 1\n  pdf:\n    toc-dept: 2\n---\n\nA.\n"
    )
    assert said(notes, build, text, "note.qmd") == [
        "note.qmd:5: warning: unknown key 'format.html.code_fold'; did you mean 'code-fold'?",
        "note.qmd:8: warning: unknown key 'format.pdf.toc-dept'; did you mean 'toc-depth'?",
    ]


def test_a_theorem_without_a_name_is_told_once(notes: Path, build: Build) -> None:
    (notes / "note.md").write_text("---\nheader-includes: |\n  \\newtheorem{}{Theorem}\n---\n\nText $x$.\n")
    found = build("check").diagnostics
    assert [line.partition(";")[0] for line in found] == ["note.md:3: error: this \\newtheorem cannot be read"]


def test_scripts_in_the_text_of_a_latex_page(notes: Path, build: Build) -> None:
    text = r"""\documentclass{article}
\usepackage{hyperref}
\begin{document}
\section{An A_b}\label{sec:a_b}
See \ref{sec:a_b}, \url{http://x.y/a_b}, a\_b, $r_m$, \(x^2\) and \verb|a_b|.
Residual r_m is small, and x^2 too.
\begin{verbatim}
a_b
\end{verbatim}
% comment e_f
\texttt{load_it}
\end{document}
"""
    outside = "outside a formula, at which LaTeX stops"
    assert said(notes, build, text, "note.tex") == [
        f"note.tex:4: warning: _ {outside}: A_b; write $A_b$, or \\_ for the sign",
        f"note.tex:6: warning: _ {outside}: r_m; write $r_m$, or \\_ for the sign",
        f"note.tex:11: warning: _ {outside}: load_it; write $load_it$, or \\_ for the sign",
    ]
    (notes / "note.tex").write_text(text.replace("hyperref", "hyperref,underscore"))
    assert build("html").diagnostics == []


def test_a_comment_that_is_not_closed(notes: Path, build: Build) -> None:
    text = "A <!-- b\n\n`<!--` is code.\n\n<!-- c -->\n\n```\n<!--\n```\n\n<!-- d -->\n\n- x\n\n  <!-- e\n"
    assert said(notes, build, text) == [
        "note.md:1: warning: this comment is not closed before the next one, and takes away all up to its end",
        "note.md:15: warning: this comment is never closed, and is shown; end it with -->",
    ]


def test_a_definition_that_latex_refuses_holds_all_the_same(notes: Path, build: Build) -> None:
    head = r"""---
header-includes: |
  \newcommand{\R}{\mathbb{R}}
  \newcommand{\Pr}{\mathbb{P}}
  \let\d\relax
  \newcommand{\d}{\mathrm{d}}
  \DeclareMathOperator{\div}{div}
  \providecommand{\vec}[1]{\mathbf{#1}}
---
"""
    refuses = "and refuses another one elsewhere; write"
    assert said(notes, build, f"{head}\n$\\Pr \\div \\d \\R$\n") == [
        f"note.md:4: warning: \\newcommand{{\\Pr}}: LaTeX has a \\Pr {refuses} \\renewcommand",
        f"note.md:7: warning: \\DeclareMathOperator{{\\div}}: LaTeX has a \\div {refuses} \\let\\div\\relax before it",
    ]
    assert [line for line in build("check").diagnostics if "latex-error" in line] == []


UNDECLARED = r"""\documentclass[11pt]{article}
\usepackage{amsmath,amsthm}
\newtheorem{lemma}{Lemma}
\begin{document}
\begin{lemma}One.\end{lemma}
\begin{proof}Two.\end{proof}
\begin{definition}Three.\end{definition}
\begin{definition}Four.\end{definition}
\end{document}
"""


@pytest.mark.parametrize(
    ("old", "new", "lines"),
    [
        ("", "", [7]),
        ("{article}", "{llncs}", []),
        ("{amsmath,amsthm}", "{amsmath,ourtheorems}", []),
        ("{amsmath,amsthm}", "[standard]{ntheorem}", []),
        ("\\newtheorem{lemma}", "\\input{theorems}\n\\newtheorem{lemma}", []),
        ("\\newtheorem{lemma}{Lemma}", "\\newcommand{\\new}[1]{\\newtheorem{#1}{#1}}\\new{lemma}\\new{definition}", []),
    ],
)
def test_a_theorem_of_a_latex_page_that_nothing_declares(
    notes: Path, build: Build, old: str, new: str, lines: list[int]
) -> None:
    told = [line for line in said(notes, build, UNDECLARED.replace(old, new), "note.tex") if "is not defined" in line]
    assert told == [
        f"note.tex:{line}: error: the environment definition is not defined; "
        "write \\newtheorem{definition}{Definition} before \\begin{document}"
        for line in lines
    ]


def test_and_signs_in_the_text_of_a_latex_page(notes: Path, build: Build) -> None:
    text = r"""\documentclass{article}
\begin{document}
\begin{tabular}{ll} p & r \\ \end{tabular} and $\begin{matrix} a & b \end{matrix}$, \verb|a & b|, \& and
Diffie & Hellman.
\end{document}
"""
    assert said(notes, build, text, "note.tex") == [
        "note.tex:4: warning: & outside a table, at which LaTeX stops; write \\&"
    ]


def test_the_environment_that_is_not_ended_is_told_where_it_begins(notes: Path, build: Build) -> None:
    text = """$$
\\begin{aligned}
f &= \\begin{cases} 1 \\\\ 2 \\\\
\\end{aligned}
$$

$$
\\begin{alinged}
a &= b
\\end{aligned}
$$
"""
    expected = [
        "note.md:3: error: \\begin{cases} without \\end{cases}",
        "note.md:8: error: the environment alinged is not defined; did you mean aligned?",
    ]
    assert said(notes, build, text) == expected
    assert [line.rpartition("  [")[0] for line in build("check").diagnostics] == expected


def test_a_display_that_is_not_closed_is_told_where_it_opens(notes: Path, build: Build) -> None:
    text = """Before:

$$
a = b
$$ {#eq-a}

Let

$$
k! = \\sum_j j^n

since @eq-a holds.

1. A list with one:

   $$
   c = d
   $$

$$
e = f
$$
"""
    message = "this looks like a display, but its $$ is not closed, or an empty line stands in it"
    assert said(notes, build, text) == [f"note.md:9: warning: {message}"]
