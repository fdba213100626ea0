"""LaTeX articles in the classes of journals: what those define for the text, and what only a printed page has."""

from __future__ import annotations

import re
from pathlib import Path

from builds import Build
from PIL import Image

from gradpress.dialects import latex_bibliography, latex_journals

ARTICLE = r"""\documentclass[modern]{aastex61}
\pdfoutput=1
\usepackage{natbib}
\newcommand{\program}{\sffamily fit}
\defcitealias{one:2010}{AB10}
\begin{document}
\sloppypar\raggedbottom\frenchspacing
\title{\program: Lines}
\author{Ann\altaffilmark{1}}
\altaffiltext{1}{Somewhere}
\altaffiltext{2}{Elsewhere}
\begin{abstract}\noindent
We fit $a_1$.
\end{abstract}
\section{First}
As \citetalias{one:2010} and \citep[see][]{two:1996} say.
\facility{A telescope}
\acknowledgments
We thank all.
\begin{thebibliography}{9}
\bibitem[Abel et al.(2010)]{one:2010} Abel 2010, \apj, 7, 1; \aap, 8
\bibitem[{Cain}, {Dora}, \& {Emil}(1996)]{two:1996} Cain 1996, \mnras, 9, 2
\end{thebibliography}
\end{document}
"""


def words(page: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", page.partition("<main")[2]).replace("&amp;", "&").split())


def test_an_article_of_a_journal(notes: Path, build: Build) -> None:
    (notes / "article.tex").write_text(ARTICLE)
    left_out = r"article.tex:10: warning: \altaffiltext is a command of the document's class; it is left out"
    assert build("html").diagnostics == [f"{left_out}  [dialect-unknown]"]
    shown = words((notes.parent / "site" / "article.html").read_text("utf-8"))
    for said in (
        "fit: Lines",
        "As AB10 and (see Cain , Dora , & Emil , 1996 ) say.",
        "Facility: A telescope",
        "Acknowledgments We thank all.",
        "[Abel et al., 2010] Abel 2010, ApJ, 7, 1; A&A, 8",
        "Cain 1996, MNRAS, 9, 2",
    ):
        assert said in shown, shown
    assert "\\sffamily" not in shown
    assert "\\noindent" not in shown


def test_the_same_in_latex(notes: Path, build: Build) -> None:
    (notes / "article.tex").write_text(ARTICLE)
    assert build("tex").code == 0
    tex = (notes.parent / "site" / "article.tex").read_text("utf-8")
    for gone in ("\\pdfoutput", "\\defcitealias", "\\acknowledgments", "\\facility", "\\apj", "\\altaffil"):
        assert gone not in tex
    assert "textbackslash" not in tex


def test_what_the_author_defines_is_the_authors() -> None:
    text = "\\newcommand{\\apj}{Journal}\\def\\software#1{S: #1}\n\\software{x}\n"
    listed = "\\begin{thebibliography}{1}\\bibitem{a} \\apj, \\aj\\end{thebibliography}"
    done = latex_journals.written_out(text + listed)
    assert done == text + listed.replace("\\aj", "AJ")


def test_labels_in_braces() -> None:
    text = (
        "\\citet{a} \\cite{b}\n\\begin{thebibliography}{1}\n\\bibitem[{{Ann} \\& {Bob}(2001)Ann and Bob}]{a} A\n"
        "\\bibitem[{Cid}, {Dan}(2002)]{b} B\n\\end{thebibliography}"
    )
    done = latex_bibliography.resolved(text, list(range(1, 7)))
    assert "{{Ann} \\& {Bob} (2001)}" in done
    assert "{{Cid}, {Dan}, 2002}" in done


def test_the_navigation_says_the_title_with_macros_written_out(notes: Path, build: Build) -> None:
    (notes / "article.tex").write_text(ARTICLE)
    (notes / "other.md").write_text("# Other\n\nText.\n")
    build("html")
    assert "fit: Lines" in words((notes.parent / "site" / "other.html").read_text("utf-8"))


PAPER = r"""\documentclass{article}
\usepackage[accepted]{icml2031}
\usepackage{booktabs}
\icmltitlerunning{Slow clocks}
\begin{document}
\twocolumn[
\icmltitle{Slow Clocks Learn Better}
\icmlsetsymbol{equal}{*}
\begin{icmlauthorlist}
\icmlauthor{Ada Example}{equal,one}
\icmlauthor{Ben Example}{two}
\end{icmlauthorlist}
\icmlaffiliation{one}{Institute of Clocks}
\vskip 0.3in
]
\printAffiliationsAndNotice{}
\begin{abstract}
We slow $c$ clocks.
\end{abstract}
\section{Measured}
Table~\ref{tab:clocks} and Figure~\ref{fig:clock} show it.
\begin{table}[t]
\caption{Clocks with $c = 2$.}
\label{tab:clocks}
\vskip 0.15in
\begin{center}
\begin{small}
\begin{sc}
\begin{tabular}{lc}
\toprule
Clock & Seconds \\
\midrule
Tower & 12 \\
\bottomrule
\end{tabular}
\end{sc}
\end{small}
\end{center}
\vskip -0.1in
\end{table}
\begin{figure}
\begin{unheardof}[a]{b}
\includegraphics[width=2cm]{clock.png}
\end{unheardof}
\caption{A clock.}\label{fig:clock}
\end{figure}
\end{document}
"""


def test_a_paper_of_a_conference(notes: Path, build: Build) -> None:
    (notes / "paper.tex").write_text(PAPER)
    Image.new("RGB", (20, 10), "teal").save(notes / "clock.png")
    left_out = r"paper.tex:13: warning: \icmlaffiliation is a command of the document's class; it is left out"
    for command in ("html", "pdf"):
        assert build(command).diagnostics == [f"{left_out}  [dialect-unknown]"]
    shown = words((notes.parent / "site" / "paper.html").read_text("utf-8"))
    assert shown.startswith('id="content" tabindex="-1"> Slow Clocks Learn Better Ada Example , Ben Example Abstract')
    for said in (r"Table 1: Clocks with \(c = 2\) .", "Table 1 and Figure 1 show it.", "Figure 1: A clock."):
        assert said in shown, shown
    assert "equal" not in shown
