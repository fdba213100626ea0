"""LaTeX files as pages: documents of several files, own bibliographies, algorithms, floats, text that is not LaTeX."""

from __future__ import annotations

import html
import re
import subprocess
from pathlib import Path

import pytest
from builds import Build
from PIL import Image

from gradpress.dialects import latex
from gradpress.dialects.latex_algorithms import readable
from gradpress.dialects.latex_text import masked, without_comments

MACROS = "\\newcommand{\\R}{\\mathbb{R}}\n\\newcommand{\\term}[1]{\\emph{#1}}\n"
PART = "\\section{Part}\\label{sec:part}\nIn $\\R$ as \\eqref{eq:one}.\n\n$\\zzunknown$\n"
MAIN = r"""\documentclass{amsart}
\usepackage{algorithm2e}
\input{macros}
\graphicspath{{figures/}}
\newtheorem{thm}{Theorem}[section]
\title{A title \\ in two lines}
\author{Ann\thanks{Thanks.} \and Bob}
\address{Somewhere}
\begin{document}
\maketitle
\begin{abstract} On $\R$ with \term{words}. \end{abstract}

\section{One}\label{sec:one}
Says \cite{a,b}, \cite[p.~3]{b}, \ref{fig:x}, \ref{tab:x}, \ref{tab:n}, \ref{alg:x}, \ref{sec:more},
\eqref{eq:sub}, \eqref{eq:sub1}, \ref{sec:part}. End
\begin{equation}\label{eq:one} x \end{equation}

\paragraph{Aside} words.

\begin{figure}\centering\includegraphics{a}\caption{\label{fig:x} Figure.}\end{figure}

\begin{table*}\caption{Table\label{tab:x}}\centering\begin{tabular}{lr}a & b \\ \end{tabular}\end{table*}

\begin{table}\caption{Numbers}\label{tab:n}\begin{tabular}{lSd}a & 1 & 2 \\ \end{tabular}\end{table}

Not centred % and this is a comment

\begin{algorithm}[H]\caption{Descend}\label{alg:x}
\KwIn{$x$}
\For{$k = 1$}{
  $x \gets 0$\;
}
\end{algorithm}

\begin{subequations}\label{eq:sub}
\begin{align} a &= b \label{eq:sub1} \\ c &= d \end{align}
\end{subequations}

\begin{enumerate}[label=(\roman*)] \item Item \end{enumerate}

\verb|100% sure $y$| \url{http://a.b/c%20d} \url|http://x.y|
\begin{verbatim}
50% \begin{subequations}
\end{verbatim}

\input{parts/one}

\appendix
\section{More}\label{sec:more}
\begin{thebibliography}{9}
\bibitem{a} Ann, \emph{Book}.
\bibitem[Bo]{b} Bob.
\newblock Paper.
\end{thebibliography}
\end{document}
"""
SAYS = "Says [1, Bo], [Bo, p. 3], 1, 1, 2, 1, A, (1), (1a), 2. End".replace("(1), (1a)", "(2), (2a)")


@pytest.fixture
def site(notes: Path) -> Path:
    (notes / "figures").mkdir()
    (notes / "parts").mkdir()
    Image.new("RGB", (20, 10), "teal").save(notes / "figures" / "a.png")
    (notes / "macros.tex").write_text(MACROS)
    (notes / "parts" / "one.tex").write_text(PART)
    (notes / "main.tex").write_text(MAIN)
    return notes.parent / "site"


def shown(page: Path) -> str:
    text = html.unescape(re.sub(r"<[^>]+>", "", page.read_text().partition("<main")[2]))
    return " ".join(text.split())


def test_html(site: Path, build: Build) -> None:
    said = [line.partition("; did you")[0] for line in build("html").diagnostics]
    assert [line.partition(": ")[0] for line in said] == ["main.tex:8", "parts/one.tex:4"]
    text = shown(site / "main.html")
    assert SAYS in text
    for part in (
        "A title in two lines", "Ann, Bob", r"On \(\R\) with words", "Algorithm 1 (Descend).", "100% sure $y$",
        "http://a.b/c%20d", "http://x.y", r"50% \begin{subequations}", "[Bo] Bob. Paper.", "A More",
    ):  # fmt: skip
        assert part in text
    for part in ("comment", "Thanks", "0.1 Aside", "1.0.1"):
        assert part not in text
    assert '<ol type="i"' in (site / "main.html").read_text()
    assert (notes_images := re.findall(r'src="([^"]*a\.png)"', (site / "main.html").read_text()))
    assert notes_images == ["figures/a.png"]


def test_pdf(site: Path, build: Build, notes: Path) -> None:
    (notes / "parts" / "one.tex").write_text(PART.replace("$\\zzunknown$\n", ""))
    assert build("pdf").code == 0
    done = subprocess.run(["pdftotext", "-layout", site / "main.pdf", "-"], capture_output=True, text=True, check=True)
    text = " ".join(done.stdout.split())
    assert SAYS in text
    assert "On R with words" in text
    assert not re.search(r"^ {12,}Not centred", done.stdout, re.M)


def test_a_missing_part_has_its_line(notes: Path, build: Build) -> None:
    (notes / "a.tex").write_text("\\begin{document}\nText.\n\\input{nothing}\n\\input{a}\n\\end{document}\n")
    said = build("html").diagnostics
    assert "a.tex:3: error: there is no file 'nothing' to include  [include-missing]" in said
    assert any("includes itself" in line for line in said)


@pytest.mark.parametrize(
    "text", ["a % b\nc", "\\% d", r"\verb|%|% x", "\\begin{verbatim}\n% \\end{x}\n\\end{verbatim} % y"]
)
def test_what_is_no_latex(text: str) -> None:
    assert len(masked(text)) == len(text) == len(without_comments(text))
    assert masked(text).count("\n") == text.count("\n")


def test_comments_only_go() -> None:
    assert without_comments("a % b\n\\verb|%|\\% % c") == "a    \n\\verb|%|\\%    "


def test_an_algorithm_of_algpseudocode() -> None:
    made = readable(
        "\\begin{algorithm}\n\\caption{A}\\label{alg:a}\n\\begin{algorithmic}[1]\n\\Require $x$\n\\While{$x > 0$}\n"
        "\\If{a}\n\\State b \\Comment{why}\n\\Else\n\\State \\Return c\n\\EndIf\n"
        "\\EndWhile\n\\end{algorithmic}\n\\end{algorithm}"
    )
    assert made.count("\n") == 12
    lines = [re.sub(r"\\text(?:bf|it)\{([^{}]*)\}|\\\\|%", r"\1", line).strip(" ") for line in made.split("\n")]
    indent = "\N{NO-BREAK SPACE}" * 4
    assert [line for line in lines if line][1:-1] == [
        "Require:  $x$", "while $x > 0$ do", f"{indent}if a then", f"{indent * 2}b  // why", f"{indent}else",
        f"{indent * 2}return  c", f"{indent}end if", "end while",
    ]  # fmt: skip


def test_lines_are_kept() -> None:
    parts = latex.read(MAIN)
    assert parts.body.count("\n") + 1 == len(parts.lines)
    assert parts.body.split("\n")[parts.lines.index(14)].startswith("Says")
