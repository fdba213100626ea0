"""LaTeX files as their authors write them: macros for text, boxes, figures, lists, numbers."""

from __future__ import annotations

import html
import re
import subprocess
from pathlib import Path

import pytest
from builds import Build
from PIL import Image

from gradpress.dialects import latex
from gradpress.numbers import equations

HEAD = r"""\documentclass{amsart}
\usepackage[pdftex]{graphicx}
\usepackage{amsthm,enumitem,algorithm,algpseudocode,bbm}
\newcommand{\beq}[1]{\begin{equation}\label{#1}}
\newcommand{\eeq}{\end{equation}}
\newcommand{\thmref}[1]{Theorem~\ref{#1}}
\newcommand{\warn}[1]{\textcolor{red}{Beware: #1}}
\def\head#1{\noindent{\bf#1}}
\newenvironment{task}[1]{\par\noindent\textbf{Task #1.}\leftskip=1em}{\medskip}
\newenvironment{solution}{\begin{proof}[Solution]}{\end{proof}}
\newtcbtheorem[number within=section]{result}{Result}{colback=white}{res}
\newtcolorbox{tip}[1]{colback=red,title=#1}
\newtheorem{theorem}{Theorem}[section]
\numberwithin{equation}{section}
\setlist[enumerate]{label=(\alph*)}
"""
BODY = r"""\author{Ann}
\author{Bob}
\section{First}
\[ u \]
\begin{equation} a = b \end{equation}
\beq{eq:two} c = d \eeq
Says \eqref{eq:two}, \thmref{thm:x}, \warn{hot}, \ref{it:b},
\ref{res:r}, \ref{fig:l}, \ref{fig:r}, \ref{fig:s}, \ref{tab:x}. End
\head{Bold head.} \noindent{\bf Kept.} \textbf{\boldmath{Words $x$.}}
\begin{theorem}\label{thm:x}
\begin{enumerate} \item One \item\label{it:b} Two \end{enumerate}
\end{theorem}
\begin{task}{7} Do it. \end{task}
\begin{solution} Done. \end{solution}
\begin{result}{Name}{r} Holds. \end{result}
\begin{tip}{Advice} Look. \end{tip}
\begin{tcolorbox}[title=Frame] Framed. \end{tcolorbox}
\begin{figure}
\begin{minipage}{.5\textwidth}\includegraphics{a}\caption{Left}\label{fig:l}\end{minipage}
\begin{minipage}{.5\textwidth}\scalebox{0.5}{\includegraphics{a}}\caption{Right}\label{fig:r}\end{minipage}
\end{figure}
\begin{figure}
\subfloat[Part one]{\includegraphics{a}}
\subfloat[Part two\label{fig:s}]{\includegraphics{a}}
\caption{Whole}
\end{figure}
\begin{table}\resizebox{\textwidth}{!}{\begin{tabular}{lr}
a & b \\ \cmidrule(lr){1-2} c & $\mathbbm{1}$ \\ \end{tabular}}
\caption{Numbers}\label{tab:x}\end{table}
$$ e = f \eqno(9) $$
\appendix
\section{Second}
\begin{equation} q \end{equation}
"""
SAYS = "Says (1.2), Theorem 1.1, Beware: hot, (b), 1.1, 1, 2, 3b, 1. End"


@pytest.fixture
def site(notes: Path) -> Path:
    Image.new("RGB", (20, 10), "teal").save(notes / "a.png")
    (notes / "main.tex").write_text(f"{HEAD}\\begin{{document}}\n{BODY}\\end{{document}}\n")
    return notes.parent / "site"


def shown(page: Path) -> str:
    text = html.unescape(re.sub(r"<[^>]+>", "", page.read_text().partition("<main")[2]))
    return " ".join(text.split())


def in_pdf(path: Path) -> str:
    done = subprocess.run(["pdftotext", "-layout", path, "-"], capture_output=True, text=True, check=True)
    return " ".join(done.stdout.split())


def test_html(site: Path, build: Build) -> None:
    done = build("html")
    assert [line for line in done.diagnostics if "image-alt" not in line] == []
    text = shown(site / "main.html")
    assert SAYS in text
    for part in (
        "Ann, Bob", "Bold head.", "Kept.", "Words", "Task 7. Do it.", "Solution. Done.", "Result 1.1 (Name). Holds.",
        "Advice Look.", "Frame Framed.", "Figure 1: Left", "Figure 2: Right", "(a) Part one", "(b) Part two",
        "Figure 3: Whole", "Table 1: Numbers", r"\tag{9}", r"q\tag{A.1}", r"a = b\tag{1.1}",
    ):  # fmt: skip
        assert part in text
    for part in ("=1em", "1-2", "colback", "eqno"):
        assert part not in text


def test_pdf(site: Path, build: Build) -> None:
    assert build("pdf").code == 0
    text = in_pdf(site / "main.pdf")
    assert SAYS in text
    for part in ("(a) Part one", "Figure 3: Whole", "(A.1)", "(9)", "Solution. Done."):
        assert part in text
    assert text.count("Figure 3") == 1


def test_chapters_give_numbers(notes: Path, build: Build) -> None:
    (notes / "book.tex").write_text(
        "\\documentclass{report}\n\\newtheorem{thm}{Theorem}[chapter]\n\\begin{document}\n\\chapter{One}\n"
        "\\section{Part}\n\\begin{equation} x\\label{x} \\end{equation}\n\\begin{thm}\\label{t} T. \\end{thm}\n"
        "\\chapter{Two}\n\\begin{equation} y\\label{y} \\end{equation}\nSays \\ref{x}, \\ref{y}, \\ref{t}. End\n"
        "\\end{document}\n"
    )
    assert build("html").diagnostics == []
    assert "Says 1.1, 2.1, 1.1. End" in shown(notes.parent / "site" / "book.html")
    assert build("pdf").code == 0
    assert "Says 1.1, 2.1, 1.1. End" in in_pdf(notes.parent / "site" / "book.pdf")


def test_a_common_label_gives_subequations_their_numbers() -> None:
    text = "\\begin{subequations}\\label{all}\\begin{align} a \\\\ b \\end{align}\\end{subequations}"
    own, inside = equations.number(text, equations.Counter("labelled"))
    assert own.lines[0].number == "1"
    assert [line.number for line in inside.lines] == ["1a", "1b"]


@pytest.mark.parametrize(
    ("option", "said"), [("", "2a"), ("[label=\\roman*.]", "i."), ("[(i)]", "i"), ("[label=\\Alph*,ref=\\Alph*]", "A")]
)
def test_how_items_are_referred_to(option: str, said: str) -> None:
    text = (
        "\\begin{document}\\begin{enumerate}\\item x\\item\n"
        f"\\begin{{enumerate}}{option}\\item\\label{{k}} y\\end{{enumerate}}\n"
        "\\end{enumerate} \\ref{k}\\end{document}"
    )
    assert f"\\hyperlink{{k}}{{{said}}}" in latex.read(text).body


def test_lines_stay() -> None:
    text = f"{HEAD}\\begin{{document}}\n{BODY}\\end{{document}}\n"
    parts = latex.read(text)
    lines = text.split("\n")
    at = next(k for k, line in enumerate(parts.body.split("\n")) if "Whole" in line)
    assert "Whole" in lines[parts.lines[at] - 1]


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("\\thispagestyle{empty}\n{\\small A table.}", "A table."),
        ("\\begin{tabular}{|>{\\centering}p{2cm}|l<{x}|}a\\end{tabular}", "{|p{2cm}|l|}"),
        ("\\begin{enumerate}\n\\renewcommand{\\labelenumi}{(\\roman{enumi})}\n\\item a", "[(i)]"),
        ("x\\footnotemark[1] y\\footnotetext[1]{Words}", "y\\footnote{Words}"),
        ("\\begin{par}Published.\\end{par}", "Published."),
    ],
)
def test_what_pandoc_does_not_read(text: str, kept: str) -> None:
    assert kept in latex.read(f"\\begin{{document}}\n{text}\n\\end{{document}}").body


def test_counters_of_the_author() -> None:
    head = (
        "\\newcounter{problem}\n\\newcounter{sub}[problem]\n\\renewcommand{\\thesub}{\\theproblem(\\alph{sub})}\n"
        "\\newenvironment{problem}[1][]{\\refstepcounter{problem}\\noindent\\textbf{Problem \\theproblem}"
        "\\if\\relax\\detokenize{#1}\\relax\\else{ (#1)}\\fi\\par}{}\n"
        "\\newcommand{\\nextpart}{\\stepcounter{sub}\\textbf{\\thesub} }\n"
    )
    body = (
        "\\begin{problem}[5 points]\\label{p} One. \\end{problem}\n"
        "\\begin{problem} See \\ref{p}. \\nextpart A \\nextpart B \\end{problem}\n"
    )
    text = " ".join(latex.read(f"{head}\\begin{{document}}\n{body}\\end{{document}}").body.split())
    assert "\\textbf{Problem 1}{ (5 points)}\\par" in text
    assert "\\textbf{Problem 2}" in text
    assert "See \\hyperlink{p}{1}." in text
    assert "\\textbf{2(a)}" in text
    assert "\\textbf{2(b)}" in text
    assert "\\if" not in text


def test_what_boxes_and_columns_hold(notes: Path, build: Build) -> None:
    (notes / "my_notes.tex").write_text(
        "\\documentclass[twocolumn]{article}\n\\usepackage{nicefrac}\n\\newtheorem{theorem}{Theorem}[section]\n\\begin{document}\n"
        "\\twocolumn[\\begin{@twocolumnfalse}Head.\\end{@twocolumnfalse}]\n\\section{One}\n"
        "\\fbox{\\parbox{3cm}{Boxed words.}} \\framebox[2cm]{Framed.} \\nicefrac{1}{2}\n\n"
        "\\begin{restatable}[N]{theorem}{again}\\label{t} Said. \\end{restatable}\n\\again*\n\nBy \\ref{t}. End\n"
        "\\begin{multicols}{2} Columns. \\end{multicols}\n\\begin{spacing}{1.5} Spaced. \\end{spacing}\n"
        "\\end{document}\n"
    )
    assert build("html").diagnostics == []
    text = shown(notes.parent / "site" / "my_notes.html")
    for part in ("my notes", "1 One", "Boxed words.", "Framed.", "Theorem 1.1 (N). Said.", "By 1.1. End", "Head."):
        assert part in text
    assert text.count("Said.") == 2
    assert "2 Columns" not in text
    assert "1.5 Spaced" not in text
    assert build("pdf").code == 0


def test_citations_without_a_list_show_their_keys(notes: Path, build: Build) -> None:
    (notes / "a.tex").write_text("\\begin{document}\nAs \\cite[p.~3]{one,two} say.\n\\end{document}\n")
    assert any(line.startswith("a.tex:2: warning") for line in build("html").diagnostics)
    assert "As [one,two] say." in shown(notes.parent / "site" / "a.html")


def test_citations_look_the_same_whatever_package_the_author_loads(notes: Path, build: Build) -> None:
    (notes / "r.bib").write_text("@book{k, author={Ann Knuth}, title={Book}, year=1984, publisher={P}}\n")
    (notes / "a.tex").write_text(
        "\\documentclass{article}\n\\usepackage[numbers]{natbib}\n\\begin{document}\nAs \\citep{k} says.\n"
        "\\bibliography{r}\n\\end{document}\n"
    )
    assert build("pdf").code == 0
    text = in_pdf(notes.parent / "site" / "a.pdf")
    assert "As (Knuth 1984) says." in text
    assert "Knuth, Ann. 1984. Book. P." in text
