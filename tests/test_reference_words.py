r"""Words before numbers as a preamble tells cleveref, and labels inside theorems and between displays."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from builds import Build

PAGE = r"""---
number-sections: true
header-includes: |
  %s
  \newtheorem{lem}{Lemma}
---

# A {#sec-a}

\begin{equation} x = y \label{eq:x} \end{equation}
\begin{equation} x = z \label{eq:z} \end{equation}

\begin{lem}\label{lem:a} One. \end{lem}

# B {#sec-b}

\appendix

# C {#sec-c}

«\cref{eq:x}» «\cref{eq:x,eq:z}» «\cref{lem:a}» «\Cref{lem:a}» «\cref{sec-a,sec-b}» «\cref{sec-c}» «\Cref{sec-b,sec-c}»
"""


def said(html: str) -> list[str]:
    """What stands between the marks, on the page itself."""
    shown = re.sub(r"<script.*?</script>", "", html, flags=re.S)
    return re.findall("«(.*?)»", re.sub("<[^>]+>|\n", "", shown).replace("\N{NO-BREAK SPACE}", " "))


@pytest.mark.parametrize(
    ("preamble", "wanted"),
    [
        (
            "",
            "eq. (1)|eqs. (1) and (2)|lemma 1|Lemma 1|sections 1 and 2|appendix A|Section 2 and Appendix A",
        ),
        (
            r"\usepackage[capitalise]{cleveref}",
            "Eq. (1)|Eqs. (1) and (2)|Lemma 1|Lemma 1|Sections 1 and 2|Appendix A|Section 2 and Appendix A",
        ),
        (
            r"\usepackage[noabbrev]{cleveref}",
            "equation (1)|equations (1) and (2)|lemma 1|Lemma 1|sections 1 and 2|appendix A|Section 2 and Appendix A",
        ),
        (
            r"\usepackage{cleveref}\crefname{lem}{lem.}{lems.}\Crefname{equation}{Formula}{Formulas}",
            "formula (1)|formulas (1) and (2)|lem. 1|Lem. 1|sections 1 and 2|appendix A|Section 2 and Appendix A",
        ),
    ],
)
def test_words_of_cleveref(notes: Path, build: Build, preamble: str, wanted: str) -> None:
    (notes / "a.md").write_text(PAGE % preamble)
    run = build("html", "--strict")
    assert (run.code, run.diagnostics) == (0, [])
    assert "|".join(said((notes.parent / "site" / "a.html").read_text())) == wanted


def test_labels_in_a_theorem_of_latex(notes: Path, build: Build) -> None:
    (notes / "a.md").write_text(r"""---
header-includes: \newtheorem{thm}{Theorem}
---

\begin{thm}\label{thm:t}
\begin{subequations}\label{eq:all}
\begin{align}
 a &= b \label{eq:a} \\
 c &= d \label{eq:b}
\end{align}
With «\eqref{eq:a}» over $k$, by «\cref{thm:t}»,
\begin{gather} e = f \label{eq:c} \end{gather}
\end{subequations}
Then
$$ x = y $$ {#eq-q}
and
$$
x = u
$$ {#eq:w}
«\eqref{eq:all}» «\eqref{eq:c}» «\eqref{eq-q}» «\eqref{eq:w}»
\end{thm}
""")
    run = build("html", "--strict")
    assert (run.code, run.diagnostics) == (0, [])
    html = (notes.parent / "site" / "a.html").read_text()
    assert said(html) == ["(1a)", "theorem 1", "(1)", "(1c)", "(2)", "(3)"]
    assert re.findall(r"\\tag\{(\w+)\}", html) == ["1a", "1b", "1c", "2", "3"]
    assert "#eq-q<" not in html


BETWEEN = r"""---
abstract: On \eqref{eq:a}.
---

\begin{align}
 a &= b \label{eq:a} \\
 \intertext{by «\cref{eq:a}» with \emph{words} that can be broken, $x_1$ and}
 c &= \bogus && \text{by \cref{eq:a,eq:e}, see \eqref{eq:a}} \label{eq:b} \\
 \shortintertext{or}
 d &= e \label{eq:e} \\
 f &= \bogus
\end{align}
"""


def test_words_between_lines(notes: Path, build: Build) -> None:
    (notes / "a.md").write_text(BETWEEN)
    run = build("html")
    assert run.diagnostics == [f"a.md:{line}: error: \\bogus is not defined  [undefined-macro]" for line in (8, 11)]
    html = (notes.parent / "site" / "a.html").read_text()
    assert said(html) == ["eq. (1)"]
    assert html.count(r"\begin{align*}") == 3
    assert "<em>words</em>" in html
    assert "\\text{by \\textrm{eqs.\N{NO-BREAK SPACE}(1) and (3)}, see \\eqref{eq:a}}" in html
    (notes / "a.md").write_text(BETWEEN.replace(r"\bogus", "y"))
    assert build("pdf", "--strict").diagnostics == []


def test_a_reference_in_the_abstract_of_latex(notes: Path, build: Build) -> None:
    (notes / "a.tex").write_text(
        "\\documentclass{article}\n\\begin{document}\n\\begin{abstract}\nOn «\\eqref{eq:a}».\n\\end{abstract}\n"
        "\\begin{equation}\\label{eq:a} x \\end{equation}\n\\end{document}\n"
    )
    assert build("html", "--strict").diagnostics == []
    assert said((notes.parent / "site" / "a.html").read_text()) == ["(1)"]


@pytest.mark.parametrize(
    ("old", "new", "said_of_it"),
    [
        ("c &= d", r"c &= \summ", r"a.md:13: error: \summ is not defined; did you mean \sum?  [undefined-macro]"),
        (r"\\ c", r"\\ \left( c", r"a.md:13: error: \left without \right before"),
        ("Words", r"\ref{eq:w}", "a.md:11: error: nothing has the label 'eq:w', on this page or another one"),
        ("see @thm-ten", "see @thm-te", "a.md:19: error: nothing has the label 'thm-te', on this page or another one"),
        ("# B", "# B \\label{eq:b}", "a.md:21: error: the label 'eq:b' is given twice (first in line 13)"),
        ("\\label{thm:y}", "\\label{thm:x}", "a.md:23: error: the label 'thm:x' is given twice (first in line 7)"),
    ],
)
def test_faults_inside_theorems_and_of_names(notes: Path, build: Build, old: str, new: str, said_of_it: str) -> None:
    page = r"""---
number-sections: true
header-includes: |
  \newtheorem{thm}{Theorem}
---

\begin{thm}\label{thm:x}
\begin{subequations}
\begin{align} a &= b \label{eq:a} \end{align}

Words

\begin{align} x &= y \label{eq:x} \\ c &= d \label{eq:b} \end{align}
\end{subequations}
\end{thm}

@thm-ten, and again

see @thm-ten

# B

\begin{thm}\label{thm:y} Two. \end{thm}

::: {#thm-ten}
Ten.
:::
"""
    assert page.count(old) == 1
    (notes / "a.md").write_text(page)
    assert build("html").diagnostics == []
    (notes / "a.md").write_text(page.replace(old, new))
    found = build("html").diagnostics
    assert len(found) == 1
    assert found[0].startswith(said_of_it)


@pytest.mark.parametrize(
    ("page", "found"),
    [
        (
            "---\nheader-includes: |\n  \\newtheorem{thm}{Theorem}\n  \\newtheorem{lem}[thn]{Lemma}\n---\n\nText.\n",
            ["a.md:4: error: nothing declares the counter thn; did you mean thm?  [macro-syntax]"],
        ),
        (
            "---\nheader-includes: |\n  \\newcounter{own}\n  \\newtheorem{thm}[own]{Theorem}\n"
            "  \\newtheorem{lem}{Lemma}[section]\n  \\numberwithin{equation}{subsection}\n---\n\nText.\n",
            [],
        ),
        (
            "---\nheader-includes: \\newtheorem{thm}{Theorem}\n---\n\n# A {#sec-a}\n\n\\begin{thm}\nAn $a^{**}$ and\n"
            "**bold** word, \\cref{sec-a}.\n\nSee @sec-a.\n\\end{thm}\n",
            [
                "a.md:9: warning: '**bold**' is shown as text: what stands in an environment is LaTeX; "
                "write \\textbf{…} or \\href{…}{…}  [marker-as-text]",
                "a.md:11: warning: '@sec-a' is shown as text: what stands in an environment is LaTeX; "
                "write \\cref{sec-a}  [marker-as-text]",
            ],
        ),
        (
            "The rate \\(1/t\\) is (a) and \\(see above\\).\n",
            [
                "a.md:1: warning: this looks like mathematics, but \\( and \\[ are plain brackets in Markdown: "
                "\\(1/t\\); write $…$ or $$…$$  [math-as-text]"
            ],
        ),
    ],
)
def test_what_was_not_told(notes: Path, build: Build, page: str, found: list[str]) -> None:
    (notes / "a.md").write_text(page)
    assert build("html").diagnostics == found


def test_an_environment_of_a_latex_page_that_never_ends(notes: Path, build: Build) -> None:
    (notes / "a.tex").write_text(
        "\\documentclass{article}\n\\newtheorem{lemma}{Lemma}\n\\begin{document}\n\\begin{lemma} One. \\end{lemma}\n"
        "\\begin{lemma} Two.\n\nText.\n\\end{document}\n"
    )
    assert build("html").diagnostics == ["a.tex:5: error: \\begin{lemma} has no \\end{lemma}  [pandoc-error]"]
