"""An `&` that aligns nothing is found; every other one is left alone."""

from __future__ import annotations

import pytest

from gradpress.math.alignment import misplaced
from gradpress.tex.preamble import parse

PREAMBLE = parse(r"\newcommand{\mat}[1]{\begin{pmatrix}#1\end{pmatrix}}\newcommand{\ba}{\begin{align}}")


@pytest.mark.parametrize(
    "formula",
    [
        r"a \& b",
        r"\begin{align} a &= b \end{align}",
        r"\begin{pmatrix} a & b \end{pmatrix}",
        r"\mat{a & b}",
        r"\ba a &= b \end{align}",
        r"\matrix{a & b}",
        r"\mqty(1 & 2 \\ 3 & 4)",
        r"\text{a & b}",
        "a % & b\n",
    ],
)
def test_nothing_is_said(formula: str) -> None:
    assert misplaced(formula, PREAMBLE) == ()


@pytest.mark.parametrize(
    ("formula", "offset"), [("a & b", 2), (r"\begin{matrix}x\end{matrix} & y", 28), (r"\frac{1}{2} &= x", 12)]
)
def test_the_first_one_is_found(formula: str, offset: int) -> None:
    assert [p.offset for p in misplaced(formula, PREAMBLE)] == [offset]
