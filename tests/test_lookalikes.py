"""Signs of other scripts in formulas."""

from __future__ import annotations

import pytest

from gradpress.math.lookalikes import check
from gradpress.tex.preamble import parse


@pytest.mark.parametrize(
    ("formula", "lang", "found"),
    [
        ("I(Х; Y)", "en", [("Х", "X")]),
        ("I(Х; Y)", "ru", []),
        ("f(x，y)", "zh-CN", [("，", ",")]),
        (r"\text{ха, а，б} + x_{\text{а}}", "en", []),
        ("x_{макс} + P_{а}", "de", [("а", "a")]),
        ("α + 𝔸 ≤ x′ − ½ · ∞", "en", []),
        (r"\sq{х}", "en", [("х", "x")]),
        ("x（1＋y）", "en", [("（", "(")]),
    ],
)
def test_what_looks_like_another_sign(formula: str, lang: str, found: list[tuple[str, str]]) -> None:
    problems = check(formula, parse(r"\newcommand{\sq}[1]{#1^2}"), lang)
    assert [(formula[p.offset], p.message.partition("; ")[2].partition(" ")[0]) for p in problems] == found
