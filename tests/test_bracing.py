import json
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from filters import bracing as bracing_filter
from filters import preamble as preamble_filter
from gradpress.tex.bracing import brace

VECTORS = [
    json.loads(line)
    for line in (Path(__file__).parent / "vectors" / "scripts.jsonl").read_text(encoding="utf-8").splitlines()
]
MATH = [v for v in VECTORS if v["level"] == "math"]
NOTES = [v for v in VECTORS if v["level"] == "markdown"]

_PIECES = r"""
_ ^ { } [ ] $ $$ ' % # #1 & * ( ) a 1 ~ | @ \hat \sqrt \frac \boldsymbol \text \label \left \right \left( \right)
\left[ \right] \begin{a} \end{a} \begin \end \begin{align} \end{align} \ww \vb \oo \omega \verb \verb| \ \\ \( \) \[
\] \newcommand \def \x \foo \log \bf \operatorname \operatorname* \begin{verbatim} \end{verbatim} \makeatletter
\makeatother \ExplSyntaxOn \ExplSyntaxOff \textcolor \color \limits \big \_ \, \1 \url \footnote \ensuremath
"""
PIECES = _PIECES.split()
ARITIES = {"ww": "", "vb": "m", "oo": "om", "1": "", "q": "?", "x": "m"}
tex = st.lists(st.sampled_from([*PIECES, " ", "\n", "%c\n"]), max_size=16).map("".join)
modes = st.sampled_from(["math", "text"])


@pytest.mark.parametrize("vector", MATH, ids=lambda v: v["id"])
def test_vector(vector: dict) -> None:
    braced = brace(vector["input"], vector["macros"])
    assert braced.text == vector["expected"]
    # Underscores in \text are reported too; the vectors count only what concerns scripts.
    warned = any(problem.rule != "text-underscore" for problem in braced.problems)
    assert warned == vector["expect_warning"]
    assert brace(braced.text, vector["macros"]).text == braced.text


@pytest.mark.parametrize("vector", NOTES, ids=lambda v: v["id"])
def test_note(vector: dict) -> None:
    """Notes through pandoc and the filters, compared as documents."""
    import io

    import panflute as pf
    import pypandoc

    from filters import environments

    def filtered(text: str, *steps: object) -> str:
        reader = "markdown" if "header-includes" in text else "markdown-latex_macros"
        doc = pf.load(io.StringIO(pypandoc.convert_text(text, "json", format=reader)))
        for step in steps:
            step.apply(doc)
        doc.metadata.content.clear()
        dumped = io.StringIO()
        pf.dump(doc, dumped)
        return dumped.getvalue()

    made = filtered(vector["input"], preamble_filter, environments, bracing_filter)
    assert made == filtered(vector["expected"])


@settings(max_examples=1500)
@given(tex, modes)
def test_bracing_what_is_braced_changes_nothing(text: str, mode: str) -> None:
    once = brace(text, ARITIES, mode=mode)
    twice = brace(once.text, ARITIES, mode=mode)
    assert twice.text == once.text
    assert [p.rule for p in twice.problems] == [p.rule for p in once.problems]


@settings(max_examples=500)
@given(st.one_of(tex, st.text()), modes)
def test_only_braces_and_spaces_change(text: str, mode: str) -> None:
    def bare(string: str) -> str:
        return re.sub(r"[{}\s]", "", string)

    braced = brace(text, ARITIES, mode=mode).text
    assert bare(braced) == bare(text)
    assert braced.count("{") - text.count("{") == braced.count("}") - text.count("}") >= 0
    assert braced.count("\n") == text.count("\n")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (r"x_\left(a\right)y", r"x_{\left(a\right)}y"),
        (r"x_\left[a\right]y", r"x_{\left[a\right]}y"),
        (r"x_\begin{matrix}a\end{matrix}y", r"x_{\begin{matrix}a\end{matrix}}y"),
        (r"\newcommand{\s}[1]{x_#1}", r"\newcommand{\s}[1]{x_{#1}}"),
        (r"x_\not= y", r"x_{\not=} y"),
        (r"x_\text{a_b} y", r"x_{\text{a_b}} y"),
        (r"x_\hat{a_\bar{b}}", r"x_{\hat{a_{\bar{b}}}}"),
        (r"\sqrt[x_\hat{a}]{y}", r"\sqrt[x_{\hat{a}}]{y}"),
        ("x_\n\\hat{a}", "x_\n{\\hat{a}}"),
        (r"x_\sum a", r"x_{\sum} a"),
        (r"x_\to a", r"x_\to a"),
        (r"f_\boldsymbol\mathbf{x}", r"f_\boldsymbol\mathbf{x}"),
        (r"\begin{tikzpicture}x_\hat{y}\end{tikzpicture}", r"\begin{tikzpicture}x_\hat{y}\end{tikzpicture}"),
    ],
)
def test_extent(text: str, expected: str) -> None:
    assert brace(text, {}).text == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (r"see \cite{a_\hat{b}} and $x_\hat{y}$", r"see \cite{a_\hat{b}} and $x_{\hat{y}}$"),
        (r"\begin{align}a_\hat{x}\end{align} b_\hat{c}", r"\begin{align}a_{\hat{x}}\end{align} b_\hat{c}"),
        (r"$$x_\hat{a}$$ a_b \[x_\hat{b}\]", r"$$x_{\hat{a}}$$ a_b \[x_{\hat{b}}\]"),
        (r"\newcommand\f{f_\hat{x}}", r"\newcommand\f{f_{\hat{x}}}"),
        (r"\def\f#1_#2{f_\hat{x}}", r"\def\f#1_#2{f_{\hat{x}}}"),
    ],
)
def test_text_mode(text: str, expected: str) -> None:
    assert brace(text, {}, mode="text").text == expected


@pytest.mark.parametrize(
    ("text", "rules"),
    [
        (r"x_1_2", ["double-script"]),
        (r"x^\hat{a}'", ["double-script"]),
        (r"x'^2", []),
        (r"x''", []),
        (r"\text{a_b_c}", ["text-underscore"]),
        (r"x_", ["script-argument"]),
        (r"x_\foo{a}", ["script-argument"]),
        (r"x_\omega{a}", []),
    ],
)
def test_problems(text: str, rules: list[str]) -> None:
    assert [problem.rule for problem in brace(text, {}).problems] == rules


@pytest.mark.parametrize(
    "piece",
    ["{", "}", "_", "$", "'", r"_\hat{", r"\left(_", r"_\sqrt[", r"\begin{a}", r"\begin{verbatim}", r"\verb|"],
)
def test_long_garbage_comes_to_an_end(piece: str) -> None:
    """An exponential or cubic reading would not end today."""
    assert brace(piece * 20_000, {}, mode="math").text.startswith(piece[0])
