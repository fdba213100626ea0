r"""What is recognized as a plain formula is right for every check, for MathJax and for LaTeX."""

from __future__ import annotations

from itertools import product
from pathlib import Path
from subprocess import run

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from npm_packages import npm_cache  # noqa: F401

from gradpress.cache import Memory
from gradpress.math import doubled, faults, macro_bodies, mathjax, mathjax_node, misplaced, plain
from gradpress.math.alignment import misplaced as misaligned
from gradpress.math.faults import Scope
from gradpress.settings import Math
from gradpress.tex import preamble
from gradpress.tex.bracing import brace

PREAMBLE = preamble.parse(
    r"\newcommand{\RR}{\mathbb{R}}\newcommand{\two}[2]{#1 #2}\newcommand{\twice}{x_1}\def\eps{\varepsilon}"
    r"\newcommand{\beta}{\text{\nosuch}}\newcommand{\none}{}\DeclareMathOperator*{\argmin}{arg\,min}\let\old\alpha"
)
KNOWN = faults.known_macros(PREAMBLE, Math())
PLAIN = [
    r"\sum_{i=1}^{n} x_i^2",
    r"\frac{\partial f}{\partial x_{3}} \in \RR^{n}",
    r"f'' + g'_i = \left( \frac12 \right)^2 \left\{ x \right.",
    r"\argmin_{x} \|x\|_2 \le \eps, \quad \text{for all } y",
    "a\n= {b}_1^{c_2^d}",
    r"x_\alpha^* \vec v \mathrm{d}x",
    "",
]
DISPLAY = [
    "\n\\begin{align*}\n a &= b_{1} \\tag{1}\\\\\n &+ \\label{eq:x} c' \\end{align*}\n",
    r"\begin{gather} a \\ b^2 \end{gather}",
]
NOT_DISPLAY = [
    r"\begin{gather} a & b \end{gather}",
    r"\begin{align} a & _b \end{align}",
    r"\begin{align} a \\[2 b \end{align}",
    r"\begin{align} {a & b} \end{align}",
    r"\begin{align} {a \\ b} \end{align}",
    r"\begin{align} a \tag{1} \label{eq:x} \end{align}",
    r"\begin{aligned} a \tag{1} \end{aligned}",
    r"\begin{align} a \& b \end{align}",
    r"\begin{align} a \end{align} b",
    r"\begin{align} a \end{align*}",
]
NOT_PLAIN = [
    "x_a_b",
    "x^2'",
    "x'_i^2",
    "_a",
    "{a",
    "a}",
    r"\frac{a}",
    r"f_\RR",
    r"f_\frac{a}{b}",
    r"\twice_2",
    r"\none_1",
    r"\beta",
    r"\old",
    r"\two{a}{b}",
    r"\left( x",
    r"x \right)",
    r"\left( {x \right) }",
    r"\sqrt[3]{x}",
    r"\text{a_b}",
    r"\nosuch",
    "a & b",
    r"a \\ b",
    "a\n\nb",
    "x % y",
    r"\left\nosuch x \right)",
    "x \\",
    "ä",
]
WORDS = [f"\\{name}" for name in (*plain.LETTERS, *plain.SIGNS, *plain.TAKING, "RR", "eps", "argmin", "two", "twice")]
PIECES = [*"ab12+-*/=()[]|,'_^{}{}{} \n", "_{", "^{", r"\left(", r"\right)", r"\left\{", r"\right.", r"\text{a b}"]


@pytest.mark.parametrize("formula", PLAIN)
def test_plain(formula: str) -> None:
    assert plain.is_plain(formula, PREAMBLE, KNOWN)


@pytest.mark.parametrize("formula", DISPLAY)
def test_plain_displays(formula: str) -> None:
    assert plain.is_plain(formula, PREAMBLE, KNOWN, display=True)
    assert not plain.is_plain(formula, PREAMBLE, KNOWN)


@pytest.mark.parametrize("formula", NOT_DISPLAY)
def test_not_plain_displays(formula: str) -> None:
    assert not plain.is_plain(formula, PREAMBLE, KNOWN, display=True)


@pytest.mark.parametrize("formula", NOT_PLAIN)
def test_not_plain(formula: str) -> None:
    assert not plain.is_plain(formula, PREAMBLE, KNOWN)


def test_what_the_output_does_not_know_is_not_plain() -> None:
    assert not plain.is_plain(r"\alpha", PREAMBLE, KNOWN - {"alpha"})


CELLS = st.lists(st.sampled_from([*PIECES, *PIECES, *PIECES, *WORDS]), max_size=14).map("".join)
ENVIRONMENTS = st.sampled_from(["align", "align*", "aligned", "gather", "equation*", "split"])
ROWS = st.lists(
    st.one_of(CELLS, st.sampled_from(["&", "\\\\", "\\\\ [", r"\tag{1}", r"\label{eq:x}", r"\notag "])), max_size=5
)
DISPLAYS = st.builds(lambda name, rows: f"\\begin{{{name}}}{''.join(rows)}\\end{{{name}}}", ENVIRONMENTS, ROWS)


@settings(max_examples=400)
@given(st.one_of(CELLS, DISPLAYS), st.booleans())
def test_no_check_says_anything_of_a_plain_formula(formula: str, display: bool) -> None:
    if not plain.is_plain(formula, PREAMBLE, KNOWN, display=display):
        return
    said = [
        *faults.check(formula, PREAMBLE, Math(), Scope()),
        *misaligned(formula, PREAMBLE),
        *misplaced.check(formula, PREAMBLE, display=display),
        *doubled.check(formula, PREAMBLE),
        *macro_bodies.found_in(formula, PREAMBLE, Math()),
    ]
    assert not said
    braced = brace(formula, preamble.arities(PREAMBLE))
    assert braced.text == formula
    assert not braced.problems
    assert preamble.definitions_in(formula) == ("", formula)


def _shapes() -> list[str]:
    """Every name in every place where it is taken for plain."""
    letters = [shape.replace("X", name) for name, shape in product(plain.LETTERS, [r"\X_a^b", r"x_\X", r"x^\X"])]
    signs = [rf"a \{name}_{{i}}^{{j}} b" for name in plain.SIGNS]
    taking = [rf"\{name}{'{a_1}' * n}_i^2 \{name} {'x' * n}'" for name, n in plain.TAKING.items()]
    bold = [rf"\boldsymbol{{\{name}}}_i^2" for name in plain.LETTERS]
    return [
        *letters,
        *signs,
        *taking,
        *bold,
        *(rf"\{name}{{ab c}}_1" for name in plain.WORDED),
        *"x_* x^+ x_-^*".split(),
    ]


def test_every_shape_is_plain() -> None:
    empty = preamble.parse("")
    assert [shape for shape in _shapes() if not plain.is_plain(shape, empty)] == []


@pytest.mark.parametrize("version", ["3.2.2", "4.1.3"])
def test_mathjax_shows_every_shape(version: str, npm_cache: Path, tmp_path: Path) -> None:  # noqa: F811
    math = Math(version=version)
    root = mathjax_node.components(math, npm_cache, tmp_path, fetch=True)
    assert root is not None
    config = mathjax.configuration(math, preamble.parse(""))
    formulas = [(shape, False) for shape in _shapes()]
    said = mathjax_node.wrong(root, math, config, formulas, Memory(), "page")
    assert [(shape, message) for (shape, _), message in zip(formulas, said, strict=True) if message] == []


def test_latex_sets_every_shape(tmp_path: Path) -> None:
    lines = "\n\n".join(f"${shape}$" for shape in _shapes())
    head = r"\documentclass{article}\usepackage{amsmath,amssymb}"
    (tmp_path / "all.tex").write_text(f"{head}\\begin{{document}}\n{lines}\n\\end{{document}}\n", encoding="utf-8")
    done = run(
        ["xelatex", "-interaction=nonstopmode", "all.tex"], cwd=tmp_path, capture_output=True, text=True, timeout=120
    )
    assert [line for line in done.stdout.splitlines() if line.startswith("!")] == []
    assert done.returncode == 0


ATOMS = (
    r"a 1 + = ( ) , _{i=1} \alpha \RR \cdot \frac \left \sqrt \mathbb{R} \boldsymbol{\omega} \vec{b} \bar{\sum}".split()
)
ATOMS += r"_ ^ _1 ^{ab} _\alpha ^\sum _\mathbb{R} { } ' & \boldsymbol \boldsymbol{ab} \boldsymbol{\beta} \RR{a}".split()
ATOMS += ["\\,", "\\|", "\\beta", " ", "\n"]


@settings(max_examples=400)
@given(st.lists(st.sampled_from(ATOMS), max_size=7).map("".join))
def test_what_is_seen_at_a_glance_is_what_is_read(formula: str) -> None:
    words = plain.words(PREAMBLE, KNOWN)
    pieces = plain._PIECE.findall(formula)
    assert words.allow(formula) == plain._Reading(words.kinds).is_complete(pieces)


@pytest.mark.parametrize(
    "piece", ["\\" + "a" * 40, "a_", "a^{b", " ", "\\alpha ", "a_{bcd}^{efg}", "\\a_{b}", "\\mathbb{R"]
)
def test_a_glance_takes_no_second_look(piece: str) -> None:
    """Where one thing could be read in two ways, forty of them would take hours."""
    assert not plain._SIMPLE.fullmatch(piece * 1_000 + "@")
