from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradpress.math import known
from gradpress.math.faults import Scope, check, references, unsupported
from gradpress.settings import Math
from gradpress.tex.preamble import parse

PREAMBLE = parse(r"""
\newcommand{\R}{\mathbb{R}}\newcommand{\lp}{\left(}\newcommand{\pair}[2]{#1 x #2}\newcommand{\say}[1]{\text{#1}}
\newcommand{\again}{\again}\newcommand{\la}{\langle}\DeclarePairedDelimiter{\norm}{\lVert}{\rVert}
\newenvironment{mine}[1]{\left#1\begin{matrix}}{\end{matrix}\right.}\usepackage{physics}
""")
EMPTY = parse("")
VERSIONS = ("3.2.2", "4.1.3")

LEGAL = [
    r"\R^n \bm{x} \norm*{x} \say{50\% of $x_1$}",
    r"\text{a $x^2$ and \(y\)} \mbox{\textit{b}}",
    r"\left\lVert x \right\|  \big\| \Big{(} \bigl\lbrace \left. \right\rangle",
    r"\left\la x\right\rangle",
    r"\lp x \right) \pair{\left(}{\right)}",
    r"\begin{mine}{[}1&2\end{mine}",
    r"\begin{array}{c@{\hspace{1em}}c>{\nosuch}c}a&\left(b\right)\end{array}",
    r"\newcommand{\q}[1]{\left(#1} \q{a}\right)",
    r"\def\z#1{\bar{#1}}\z x \let\k=\alpha\k \let\m\beta \m",
    r"\newenvironment{ee}{\left(}{\right)}\begin{ee}1\end{ee}",
    r"\require{mathtools} x \coloneqq y",
    r"\verb|{\foo}| \tag{$*$} \label{eq:a_b} \eqref{a} \unicode[x]{x41}",
    r"\ce{H2O ->[a] {a}} \href{http://x/%20a_b}{x} \cssId{a_b}{x} \style{color:red}{x}",
    "a % } \\nosuch {comment}\n b",
    r"\text{50% of} x",
    r"\operatorname*{arg\,max}_x \DeclareMathOperator{\sgn}{sgn}\sgn",
    "\\ a \\\n b~'é\\,\\;\\!\\:\\>\\{\\}\\%\\#\\&\\_\\$\\|\\\\[1em]",
    r"\toggle{a}{b}\endtoggle \texttip{x}{hello} \bbox[red]{x} \enclose{circle}{x}",
    r"\dv{f}{x} \qty(\frac{a}{b}) \mqty{a&b\\c&d}",
    r"\begin{align}\begin{split}a&=b\\&=c\end{split}\label{x}\end{align}",
    r"\hbox{$\hbox{$x$}$} \substack{a\\b} \sum\limits_{i=1}^n {a \over b}",
    r"\matrix{a & b \cr c & d} \cases{a & b} \left\{\begin{matrix}a\end{matrix}\right.",
    r"\cancel{x} \color{red} \textcolor{red}{x} \boxed{x} \bra{a} \enspace",
]


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("formula", LEGAL)
def test_nothing_is_said_about_what_mathjax_shows(formula: str, version: str) -> None:
    assert check(formula, PREAMBLE, Math(version=version)) == ()


@pytest.mark.parametrize("version", VERSIONS)
def test_every_command_of_mathjax_is_known(version: str) -> None:
    for name in known.known_macros(version, known.standard(version, "tex-chtml")):
        found = check(f"\\{name} ", EMPTY, Math(version=version))
        assert not [p for p in found if p.rule == "undefined-macro"], name


@pytest.mark.parametrize(
    ("formula", "rule", "at", "words"),
    [
        (r"x \lamda", "undefined-macro", 2, r"did you mean \lambda?"),
        (r"\text{a $\nosuch$}", "undefined-macro", 9, r"\nosuch"),
        (r"\frac{a}{\nosuch}", "undefined-macro", 9, r"\nosuch"),
        (r"\begin{algin}a\end{algin}", "undefined-environment", 0, "did you mean align?"),
        (r"a \again", "macro-loop", 2, "itself"),
        (r"{a", "math-unbalanced", 0, "never closed"),
        (r"a}", "math-unbalanced", 1, "without '{'"),
        ("a % {\nb", "math-unbalanced", 4, "MathJax counts it"),
        (r"\verb|{|", "math-unbalanced", 6, "MathJax counts it"),
        (r"\left( x", "math-unbalanced", 0, r"without \right"),
        (r"x \right)", "math-unbalanced", 2, r"without \left"),
        (r"{\left( x} \right)", "math-unbalanced", 1, r"without \right"),
        (r"\left{x\right}", "math-unbalanced", 0, r"\left\{"),
        (r"\left a\right)", "math-unbalanced", 0, "delimiter"),
        (r"\left\alpha x\right)", "math-unbalanced", 0, "no delimiter"),
        (r"\begin{align}\left(a&b\right)\end{align}", "math-unbalanced", 13, "before the next '&'"),
        (r"\begin{cases}a\end{matrix}", "math-unbalanced", 14, r"\begin{cases} is ended by \end{matrix}"),
        (r"\begin{cases}a", "math-unbalanced", 0, r"without \end{cases}"),
        (r"a\end{cases}", "math-unbalanced", 1, r"without \begin{cases}"),
    ],
)
def test_what_is_wrong_is_said(formula: str, rule: str, at: int, words: str) -> None:
    (problem,) = check(formula, PREAMBLE, Math())
    assert (problem.rule, problem.offset) == (rule, at)
    assert words in problem.message


def test_the_package_of_a_command_is_named() -> None:
    (problem,) = check(r"\dv{f}{x}", EMPTY, Math())
    assert r"\usepackage{physics}" in problem.message


def test_a_command_of_the_other_version_only() -> None:
    assert check(r"\oiint", EMPTY, Math(version="4.1.3")) == ()
    assert [p.rule for p in check(r"\oiint", EMPTY, Math(version="3.2.2"))] == ["undefined-macro"]


def test_the_configuration_defines_too() -> None:
    config = {"tex": {"macros": {"mine": "x"}, "packages": {"[+]": ["gensymb"]}}}
    assert check(r"\mine \celsius", EMPTY, Math(config=config)) == ()
    assert len(check(r"\mine \celsius", EMPTY, Math())) == 2


@pytest.mark.parametrize("version", ["3.2.2", "4.1.3"])
def test_text_is_read(version: str) -> None:
    assert [p.offset for p in check(r"\text{a \foo}", EMPTY, Math(version=version))] == [8]


def test_earlier_formulas_define() -> None:
    scope = Scope().after(r"\newcommand{\x}{y}").after(r"\require{physics}")
    assert check(r"\x \dv{a}{b}", EMPTY, Math(), scope) == ()
    assert len(check(r"\x \dv{a}{b}", EMPTY, Math())) == 2


def test_an_earlier_formula_may_define_half_of_a_pair() -> None:
    scope = Scope().after(r"\newcommand{\open}{\left(}")
    assert check(r"\open x\right)", EMPTY, Math(), scope) == ()
    assert len(check(r"x\right)", EMPTY, Math(), scope)) == 1


def test_references() -> None:
    labels, asked = references("a\\label{eq:1} % \\label{no}\n\\verb|\\ref{no}| \\text{by \\eqref{b c}} \\ref x")
    assert [(r.name, r.offset) for r in labels] == [("eq:1", 1)]
    assert [r.name for r in asked] == ["b c"]


@pytest.mark.parametrize(
    ("formula", "method", "lacking"),
    [
        (r"\begin{align}a\label{x}\end{align}", "katex", [r"\label"]),
        (r"\begin{multline}a\end{multline}", "katex", ["multline"]),
        (r"\mbox{a} \eqref{x}", "katex", [r"\mbox", r"\eqref"]),
        (r"\frac{a}{b}\left(\sum_{i}\right)\newcommand{\x}{y}", "katex", []),
        (r"\begin{CD}A@>>>B\end{CD} \eqref{x}", "mathml", ["CD", r"\eqref"]),
        (r"\frac{a}{b}\begin{align}a&=b\end{align}", "mathml", []),
        (r"\eqref{x} + \alpha", "webtex", [r"\eqref"]),
        (r"\label{x}", "mathjax", []),
    ],
)
def test_unsupported(formula: str, method: str, lacking: list[str]) -> None:
    found = unsupported(formula, method)
    assert len(found) == len(lacking)
    assert all(p.rule == "math-method" and what in p.message for p, what in zip(found, lacking, strict=True))


def test_katex_has_commands_of_its_own() -> None:
    assert check(r"\mathellipsis", EMPTY, Math(method="katex")) == ()
    assert check(r"\mathellipsis", EMPTY, Math()) != ()


PIECES = st.sampled_from(
    r"\left( \right) \left \right { } $ \( \) & \\ % \begin{align} \end{align} \begin \end \text{ \verb| \def"
    r" \let \newcommand [ ] \R \lp \pair \again \nosuch \require{ # #1 \begin{array} \tag \ce{ \makeatletter"
    r" \x@y \label{ \ref{ \ \(".split()
    + ["\n", " ", "a", "\x00", "\ud800", "é"]
)


@given(st.lists(PIECES, max_size=30).map("".join), st.sampled_from(VERSIONS))
@settings(max_examples=400)
def test_never_raises(formula: str, version: str) -> None:
    problems = check(formula, PREAMBLE, Math(version=version), Scope().after(formula))
    assert all(0 <= p.offset < len(formula) for p in problems)
    assert list(problems) == sorted(problems, key=lambda p: p.offset)
    references(formula)
    for method in ("katex", "mathml", "webtex"):
        unsupported(formula, method)


@pytest.mark.parametrize(
    "unit", ["{", "\\left(", "\\begin{align}", "\\text{$", "\\nosuch", "\\verb|", "%\n", "\\def\\x", "[", "\\sqrt["]
)
def test_long_garbage_comes_to_an_end(unit: str) -> None:
    """An exponential or cubic reading would not end today."""
    assert isinstance(check(unit * 16_000, PREAMBLE, Math()), tuple)
