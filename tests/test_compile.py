"""Formulas are compiled by MathJax while the page is built; without node our own checks find what they can."""

from __future__ import annotations

from pathlib import Path

import pytest
from builds import Build
from hypothesis import given
from hypothesis import strategies as st
from npm_packages import npm_cache  # noqa: F401

from gradpress.cache import Memory
from gradpress.math import mathjax, mathjax_node
from gradpress.math.arguments_given import missing
from gradpress.settings import Math
from gradpress.tex import preamble

PREAMBLE = preamble.parse(
    r"\newcommand{\R}{\mathbb{R}}\newcommand{\f}[1]{\frac{#1}}\newcommand{\g}[2]{#1{#2}}\def\d#1.{#1}\let\q\sqrt"
)
WRONG = {
    r"\sqrt": r"\sqrt needs an argument and has none",
    r"x^{\frac{a}}": r"\frac needs 2 arguments and has 1",
    r"\vec": r"\vec needs an argument and has none",
    r"a + \frac{1} \\ b": r"\frac needs 2 arguments and has 1",
    r"\begin{matrix} \hat & b \end{matrix}": r"\hat needs an argument and has none",
    r"\g{x}": r"\g needs 2 arguments and has 1",
    r"\left( \overline \right)": r"\overline needs an argument and has none",
}
RIGHT = [
    r"\sqrt[3]{x}",
    r"\frac 1 2",
    r"\frac\alpha\beta",
    r"\operatorname*{argmin}_x",
    r"\g{\sqrt}{x}",
    r"\hat % comment" "\n x",
    r"\d x. \q",
    r"\mathop{}",
    r"\newcommand{\h}{\sqrt} \h x",
    r"\binom{n}{k} \overset{!}{=} \text{a}",
]


@pytest.mark.parametrize(("formula", "message"), WRONG.items())
def test_missing_arguments(formula: str, message: str) -> None:
    assert [p.message for p in missing(formula, PREAMBLE)] == [message]


@pytest.mark.parametrize("formula", RIGHT)
def test_nothing_doubtful_is_said(formula: str) -> None:
    assert list(missing(formula, PREAMBLE)) == []


@given(st.text(alphabet="\\{}[]&$^_ abfracsqrt\n%*", max_size=60))
def test_garbage_is_survived(formula: str) -> None:
    list(missing(formula, PREAMBLE))


@pytest.mark.parametrize("version", ["3.2.2", "4.1.3"])
def test_what_mathjax_says(version: str, npm_cache: Path) -> None:  # noqa: F811
    math = Math(version=version)
    root = mathjax_node.components(math, npm_cache, npm_cache, fetch=True)
    assert root, "node and npm are part of what the tests need"
    config = mathjax.configuration(math, PREAMBLE)
    formulas = {
        r"\R": None,
        r"\f{a}": r"Missing argument for \frac",
        r"\limits x": r"\limits is allowed only on operators",
        r"\left( a": r"Extra \left or missing \right",
        r"\begin{align*} a \label{x}\tag{1} \end{align*}": None,
        r"\nosuch": r"Undefined control sequence \nosuch",
    }
    store = Memory()
    for _ in range(2):
        said = mathjax_node.wrong(root, math, config, [(f, True) for f in formulas], store)
        assert dict(zip(formulas, said, strict=True)) == formulas


def test_what_a_formula_defines_holds_for_the_next(npm_cache: Path) -> None:  # noqa: F811
    math = Math()
    root = mathjax_node.components(math, npm_cache, npm_cache, fetch=True)
    assert root
    config = mathjax.configuration(math, preamble.parse(""))
    formulas = [(r"\newcommand{\new}{x}", False), (r"\new", False)]
    assert mathjax_node.wrong(root, math, config, formulas, Memory()) == [None, None]


def test_in_a_build(notes: Path, build: Build, npm_cache: Path, tmp_path: Path) -> None:  # noqa: F811
    (tmp_path / "cache").mkdir(exist_ok=True)
    (tmp_path / "cache" / "npm").symlink_to(npm_cache / "npm")
    (notes / "a.md").write_text("Text $x$.\n\n$$\na +\n\\hspace{3} x\n$$\n\nAnd $\\sqrt$.\n\nAgain $\\hspace{3} x$.\n")
    for _ in range(2):
        assert build("html").diagnostics == [
            r"a.md:5: error: MathJax: Missing dimension or its units for \hspace  [math-error]",
            r"a.md:8: error: \sqrt needs an argument and has none  [math-argument]",
            r"a.md:10: error: MathJax: Missing dimension or its units for \hspace  [math-error]",
        ]


def test_without_node(notes: Path, build: Build, npm_cache: Path, tmp_path: Path) -> None:  # noqa: F811
    (tmp_path / "cache").mkdir(exist_ok=True)
    (tmp_path / "cache" / "npm").symlink_to(npm_cache / "npm")
    (notes / "a.md").write_text("And $\\sqrt$, and $\\limits x$.\n")
    run = build("html", env={"PATH": str(tmp_path), "HOME": str(tmp_path)})
    assert run.diagnostics == [r"a.md:1: error: \sqrt needs an argument and has none  [math-argument]"]
