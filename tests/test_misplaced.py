r"""Signs, rows and bodies of macros in formulas: what is wrong is found at its place, what is right is left alone."""

from __future__ import annotations

import pytest

from gradpress.math import culprits, doubled, faults, misplaced
from gradpress.math.alignment import misplaced as misaligned
from gradpress.math.macro_bodies import found_in
from gradpress.nearest import nearest
from gradpress.settings import Math
from gradpress.tex import preamble

PREAMBLE = preamble.parse(
    r"""
    \newcommand{\ip}[2]{\langle #1, #2 \rangle}
    \newcommand{\norm}[2][2]{\left\lVert #2 \right\rVert_{#1}}
    \newcommand{\mat}[1]{\begin{pmatrix} #1 \end{pmatrix}}
    \newcommand{\lp}{\left(}
    \newcommand{\rp}{\right)}
    \newcommand{\T}{^\top}
    """
)

WRONG = [
    (r"a ¡# b", "math-misplaced"),
    (r"\text{a ¡#1}", "math-misplaced"),
    (r"\text{a ¡& b}", "misplaced-alignment"),
    (r"( x ¡\middle| y )", "math-misplaced"),
    (r"x¡\limits_a", "math-misplaced"),
    (r"{a \over b ¡\over c}", "math-misplaced"),
    (r"¡\Big_{x}", "math-misplaced"),
    (r"\text{¡$5}", "math-unbalanced"),
    (r"50¡% = \frac12", "math-comment"),
    (r"\text{in 50¡% of} x", "math-comment"),
    (r"\begin{array}{cc} a & b ¡\hline \\ c & d \end{array}", "math-misplaced"),
    (r"a ¡\hline b", "math-misplaced"),
    (r"\begin{aligned} \frac{a ¡& b}{c} \end{aligned}", "misplaced-alignment"),
    (r"\begin{aligned} a {¡&=} b \end{aligned}", "misplaced-alignment"),
    (r"\begin{align} a \tag{1} ¡\tag{2} \\ c \tag{3} \end{align}", "math-misplaced"),
    (r"a = ¡\begin{align} b &= c \end{align}", "math-misplaced"),
    (r"\begin{aligned} a &= ¡\ip{b} \\ c &= d \end{aligned}", "math-argument"),
    (r"¡\begin{array} 1 & 0 \end{array}", "math-argument"),
    (r"\norm¡[1{x}", "math-unbalanced"),
    (r"\sqrt¡[3{x}", "math-unbalanced"),
    (r"\norm{x}¡_1", "double-script"),
    (r"A\T¡^2", "double-script"),
    (r"¡\[ a \]", "undefined-macro"),
    (r"¡\norn{x}", "undefined-macro"),
    (r"¡\begin{tikzpicture} \draw; \end{tikzpicture}", "undefined-environment"),
]

RIGHT = r"""
\begin{array}{|c|@{}l||} \hline\hline a & b \\[2pt] \hline c & d \\ \hline \end{array}
\begin{array}{*{3}{c}} a & b & c \\ d & e & f \end{array}
\begin{array}[t]{ll} a & b \\ c \end{array}
\mat{a & b \\ \hline \frac{c}{d} & e}
\matrix{a & b \cr \hline c & d}
\substack{a \\ b}
\left\{ x \middle| y \right\}
\lp a \middle| b \rp
\mathop{a}\limits_b + \sum\limits_i \operatorname*{argmax}\limits_x
{a \over b} + {c \over d} \over e
\big( x \big) \Big| x \Big| \bigl\lVert x \bigr\rVert \biggl. x
\text{\$5, 50\% and \#1} + \text{if $x$ and $y$}
\color{#fff} x \href{https://example.org/#a}{y}
\begin{align} a &= b \tag{1} \\ c &= d \tag{2} \end{align}
\begin{equation} \begin{aligned} a &= b \end{aligned} \end{equation}.
\norm[1]{x} + \norm{x}^2 + \norm{{x}}' + A\T_1
\norm{x} [0, 1)
\root 3 \of x
a % a comment with words
\newcommand{\x}[1]{#1} \x{a}
\intertext{so}
""".strip().split("\n")


def _rules(formula: str) -> list[tuple[str, int]]:
    display = "\\begin" in formula or "\n" in formula
    found = [
        *faults.check(formula, PREAMBLE, Math()),
        *misplaced.check(formula, PREAMBLE, display=display),
        *misaligned(formula, PREAMBLE),
        *doubled.check(formula, PREAMBLE),
    ]
    return [(p.rule, p.offset) for p in found]


@pytest.mark.parametrize(("marked", "rule"), WRONG)
def test_what_is_wrong_is_found_at_its_place(marked: str, rule: str) -> None:
    at = marked.index("¡")
    assert (rule, at) in _rules(marked.replace("¡", ""))


@pytest.mark.parametrize("formula", RIGHT)
def test_what_is_right_is_left_alone(formula: str) -> None:
    assert _rules(f"{formula}\n" if formula.startswith("a %") else formula) == []


@pytest.mark.parametrize(
    ("body", "use", "rule"),
    [
        (r"\hatt{y}", r"\own", "undefined-macro"),
        (r"\begin{pmatrx} y \end{pmatrx}", r"\own", "undefined-environment"),
        (r"\left( y )", r"\own", "math-unbalanced"),
        (r"y_1_2", r"\own", "double-script"),
    ],
)
def test_the_body_of_a_macro_that_is_used(body: str, use: str, rule: str) -> None:
    known = preamble.parse(rf"\newcommand{{\own}}{{{body}}}")
    assert [fault.rule for fault in found_in(use, known, Math())] == [rule]
    assert found_in("x", known, Math()) == ()


def test_two_halves_of_a_pair_are_right() -> None:
    assert found_in(r"\lp a \rp", PREAMBLE, Math()) == ()


@pytest.mark.parametrize(
    ("message", "tex", "line"),
    [
        (r"Extra alignment tab has been changed to \cr", "\\begin{cases}\n 1 & a \\\\\n 2 & b & c\n\\end{cases}", 2),
        (r"Misplaced \noalign", "\\begin{tabular}{l}\na \\\\\nb \\hline\n\\end{tabular}", 2),
        ("Double subscript", "a\n+ b\n+ c_1_2", 2),
        ("Missing $ inserted", "\\begin{tabular}{l}\na \\\\\nb_1\n\\end{tabular}", 2),
        ("Multiple \\label's: label 'b' will be lost", "\\begin{align}\na\n\\label{a} \\label{b}\n\\end{align}", 2),
    ],
)
def test_what_a_message_is_about(message: str, tex: str, line: int) -> None:
    at = culprits.exact(tex, message, PREAMBLE)
    assert at is not None
    assert tex.count("\n", 0, at) == line


@pytest.mark.parametrize(
    ("name", "meant"),
    [("asb", "abs"), ("vekt", "vect"), ("lamda", "lambda"), ("mathcla", "mathcal"), ("xyzzy", ""), ("eq-b", "")],
)
def test_the_nearest_name(name: str, meant: str) -> None:
    known = ["abs", "lambda", "vert", "mathcal", "mathclap", "eq-a"]
    assert nearest(name, known, ["vect"]) == meant
