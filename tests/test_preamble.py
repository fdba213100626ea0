import io
import itertools
from pathlib import Path

import panflute as pf
import pypandoc
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from filters import bracing as bracing_filter
from filters import preamble as preamble_filter
from gradpress.tex.preamble import (
    Preamble,
    arities,
    definitions_in,
    expand,
    from_doc,
    inexpressible,
    latex,
    mathjax,
    parse,
    source_in,
)

ROOT = Path(__file__).resolve().parent.parent


@pytest.mark.parametrize(
    ("text", "macros", "arity"),
    [
        (r"\newcommand{\R}{\mathbb{R}}", {"R": r"\mathbb{R}"}, ""),
        (r"\newcommand*\R{\mathbb{R}}", {"R": r"\mathbb{R}"}, ""),
        (r"\newcommand\om\omega", {"om": r"\omega"}, ""),
        (r"\newcommand{\1}{\mathbf{1}}", {"1": r"\mathbf{1}"}, ""),
        (r"\newcommand{\|}{\Vert}", {}, ""),
        (r"\newcommand{\f}[2]{#1_#2}", {"f": ["#1_{#2}", 2]}, "mm"),
        (r"\newcommand{\f}[2][q]{#1 #2}", {"f": ["#1 #2", 2, "q"]}, "om"),
        ("\\newcommand{\\f} % why\n  [1] % so\n  {a%\n  #1}", {"f": ["a#1", 1]}, "m"),
        (r"\renewcommand{\vec}[1]{\mathbf{#1}}", {"vec": [r"\mathbf{#1}", 1]}, "m"),
        (r"\providecommand{\foo}{x}", {"foo": "x"}, ""),
        (r"\providecommand{\vec}[1]{x}", {}, None),
        (r"\newcommand{\a}{x}\providecommand{\a}{y}", {"a": "x"}, ""),
        (r"\DeclareRobustCommand{\f}[1]{#1}", {"f": ["#1", 1]}, "m"),
        (r"\def\f#1#2{#2#1}", {"f": ["#2#1", 2]}, "mm"),
        (r"\long\gdef\f#1{#1}", {"f": ["#1", 1]}, "m"),
        (r"\def\p(#1,#2){#1|#2}", {"p": ["#1|#2", 2, ["(", ",", ")"]]}, "?"),
        (r"\def\a{x}\edef\a{\a y}", {"a": r"x y"}, ""),
        (r"\let\eps=\varepsilon", {"eps": r"\varepsilon"}, ""),
        (r"\let\eps \varepsilon", {"eps": r"\varepsilon"}, ""),
        (r"\let\b\mathbf", {"b": r"\mathbf"}, "m"),
        (r"\newcommand{\a}[1]{x#1}\let\b\a\renewcommand{\a}{y}", {"a": "y", "b": ["x#1", 1]}, "m"),
        (r"\DeclareMathOperator{\Tr}{Tr}", {"Tr": r"\operatorname{Tr}"}, ""),
        (r"\DeclareMathOperator*{\am}{arg\,min}", {"am": r"\operatorname*{arg\,min}"}, ""),
        (r"\NewDocumentCommand{\f}{O{x} m}{#1#2}", {"f": ["#1#2", 2, "x"]}, "om"),
        (r"\newcommand{\v}{\mathbf}", {"v": r"\mathbf"}, "m"),
        (r"\newcommand{\half}{\frac1}", {"half": r"\frac1"}, "m"),
        (r"\newcommand{\lp}{\left(}", {"lp": r"\left("}, "?"),
        (r"\newcommand{\f}{f_\boldsymbol{\sigma}}", {"f": r"f_{\boldsymbol{\sigma}}"}, ""),
        (r"\makeatletter\def\a@b{x}\newcommand{\f}{y\a@b}\makeatother", {"f": "yx"}, ""),
        (r"\iffalse\newcommand{\f}{x}\fi", {}, None),
        (r"\global\let\f\alpha", {"f": r"\alpha"}, ""),
    ],
)
def test_form(text: str, macros: dict, arity: str | None) -> None:
    preamble = parse(text)
    emitted = mathjax(preamble).macros
    emitted.pop("bm")
    assert emitted == macros
    assert not preamble.problems
    if macros:
        assert arities(preamble)[list(macros)[-1]] == arity


def test_paired_delimiters() -> None:
    preamble = parse(
        r"\DeclarePairedDelimiter{\abs}{\lvert}{\rvert}\DeclarePairedDelimiterX\inn[2]{\langle}{\rangle}{#1,#2}"
        r"\DeclarePairedDelimiterXPP\E[1]{\mathbb{E}}[]{}{#1}"
    )
    assert mathjax(preamble).paired == {
        "abs": [r"\lvert", r"\rvert"],
        "inn": [r"\langle", r"\rangle", "#1,#2", 2],
        "E": ["[", "]", "#1", 1, r"\mathbb{E}", ""],
    }
    assert arities(preamble) == {"abs": "som", "inn": "somm", "E": "som"}
    assert expand(r"\abs*{x}+\abs[\big]{y}+\E{Z}", preamble) == (
        r"\left\lvert x\right\rvert+\bigl\lvert y\bigr\rvert+\mathbb{E}[Z]"
    )


def test_environments() -> None:
    preamble = parse(r"\newenvironment{mat}[1][c]{\begin{pmatrix*}[#1]}{\end{pmatrix*}}")
    assert mathjax(preamble).environments == {"mat": [r"\begin{pmatrix*}[#1]", r"\end{pmatrix*}", 1, "c"]}
    assert expand(r"\begin{mat}[r]1\end{mat}", preamble) == r"\begin{pmatrix*}[r]1\end{pmatrix*}"


def test_packages_and_rest() -> None:
    preamble = parse("\\usepackage[a=b, c]{amsmath,bm}\n\\newtheorem{thm}{Satz}\n\\R\\setlength{\\x}{3pt} % no\n")
    assert [(p.name, p.options) for p in preamble.packages] == [("amsmath", "a=b, c"), ("bm", "a=b, c")]
    assert preamble.rest == "\\newtheorem{thm}{Satz}\n\\R\\setlength{\\x}{3pt}"


def test_redefined() -> None:
    text = "\\newcommand{\\1}{a}\n\n\\newcommand\\1{b}"
    (problem,) = parse(text).problems
    assert (problem.rule, problem.offset, problem.other) == ("macro-redefined", 20, 0)
    assert problem.with_first(6).message == r"\newcommand{\1} defined twice (first in line 6); the last one is used"


@pytest.mark.parametrize(
    "text",
    [
        r"\newcommand{\a}{b}\newcommand{\a}{b}",
        r"\newcommand{\a}{b}\renewcommand{\a}{c}",
        r"\let\Re\relax\newcommand{\Re}{x}",
        r"\newif\ifd\ifd\newcommand{\a}{b}\else\newcommand{\a}{c}\fi",
        r"\let\oldvec\vec\renewcommand{\vec}[1]{\mathbf{\oldvec{#1}}}",
        r"\def\l#1{\ifx#1\relax\else\l\fi}",
    ],
)
def test_intended(text: str) -> None:
    assert parse(text).problems == ()


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        (r"\newcommand{\a}{b", "macro-syntax"),
        (r"\newcommand{\a}[x]{b}", "macro-syntax"),
        (r"\newcommand{\a}[1]{#2}", "macro-syntax"),
        (r"\newcommand{a}{b}", "macro-syntax"),
        (r"\def\a#2{b}", "macro-syntax"),
        ("}", "macro-syntax"),
        (r"\newcommand{\a}{\b}\newcommand{\b}{\a}", "macro-loop"),
        (r"\renewcommand{\vec}[1]{\mathbf{\vec{#1}}}", "macro-loop"),
        (r"\AtBeginDocument{\newcommand{\a}{b}}", "macro-unsupported"),
        (r"\newcommand{\newcommand}{b}", "macro-syntax"),
        (r"\let\oleft\left\renewcommand{\left}{\mathopen{}\oleft}", "macro-unsupported"),
    ],
)
def test_problem(text: str, rule: str) -> None:
    assert {problem.rule for problem in parse(text).problems} == {rule}


def test_a_broken_definition_leaves_the_others() -> None:
    assert set(parse("\\newcommand{\\a}{x\n\\newcommand{\\b}{y}").macros) == {"b"}


def test_levels() -> None:
    both = parse(r"\newcommand{\a}{x}\newcommand{\c}{z}", origin="site").then(parse(r"\newcommand{\a}{y}"))
    assert (both.macros["a"].body, both.macros["c"].body, both.problems) == ("y", "z", ())
    looping = parse(r"\newcommand{\a}{\b}").then(parse(r"\newcommand{\b}{\a}"))
    assert {problem.rule for problem in looping.problems} == {"macro-loop"}
    assert latex(looping) == ""


def test_a_saved_builtin_goes_to_the_prelude() -> None:
    preamble = parse("\\let\\oldvec\\vec\n\\renewcommand{\\vec}[1]{\\mathbf{\\oldvec{#1}}}\\newcommand{\\la}{\\langle}")
    emitted = mathjax(preamble)
    assert emitted.prelude == (
        "\\let\\oldvec=\\vec\n\\let\\la=\\langle\n\\renewcommand{\\vec}[1]{\\mathbf{\\oldvec{#1}}}"
    )
    assert set(emitted.macros) == {"bm"}
    assert expand(r"\vec x", preamble) == r"\mathbf{\vec{x}}"


def test_what_mathjax_cannot_say_is_expanded() -> None:
    preamble = parse(r"\NewDocumentCommand{\d}{s o m}{\IfBooleanTF{#1}{\partial}{d}\IfValueT{#2}{^{#2}}#3}\def\k{\d x}")
    assert inexpressible(preamble) == {"d"}
    assert expand(r"\d*[2]{x}+\d y+\k", preamble, inexpressible(preamble)) == r"\partial^{2}x+dy+\k"
    assert mathjax(preamble).macros["k"] == "dx"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (r"\al b", r"\alpha b"),
        (r"\al1", r"\alpha1"),
        (r"x_\al y", r"x_{\alpha} y"),
        (r"\p(a,b)", r"\langle a|b\rangle"),
        (r"\p(a", r"\p(a"),
        (r"\f", r"\f"),
        (r"\f{\f{x}}", r"[[x]]"),
        (r"\al \verb|\al|", r"\alpha\verb|\al|"),
    ],
)
def test_expand(text: str, expected: str) -> None:
    preamble = parse(r"\newcommand{\al}{\alpha}\def\p(#1,#2){\langle #1|#2\rangle}\newcommand{\f}[1]{[#1]}")
    assert expand(text, preamble) == expected


def test_expansion_ends() -> None:
    names = "abcdefghijklmnopqrstuvw"
    doubling = "".join(f"\\def\\a{c}{{\\a{d}\\a{d}}}" for c, d in itertools.pairwise(names))
    expand(r"\aa", parse(doubling))
    assert expand(r"\l x", parse(r"\def\l#1{\ifx#1\relax\else\l\l\fi}"))


def test_definitions_in() -> None:
    assert definitions_in(r"\newcommand{\x}{a} x = 1") == (r"\newcommand{\x}{a}", "x = 1")
    assert definitions_in("\\def\\x{a} % done\n") == (r"\def\x{a}", "")
    assert definitions_in(r"a_\x") == ("", r"a_\x")
    block = r"\makeatletter\def\x@y{a}\newcommand{\x}{\x@y}\makeatother"
    assert definitions_in(block) == (block, "")


def test_the_sample_has_no_problem() -> None:
    header = (ROOT / "tests" / "vectors" / "sample-preamble.tex").read_text(encoding="utf-8")
    preamble = parse(header)
    assert (preamble.problems, preamble.rest, len(preamble.macros)) == ((), "", 20)


def _doc(text: str) -> pf.Doc:
    return pf.load(io.StringIO(pypandoc.convert_text(text, "json", format="markdown-latex_macros")))


@pytest.mark.parametrize("key", ["header-includes", "include-header"])
@pytest.mark.parametrize(
    "value",
    [
        "|\n  \\newcommand{\\R}{\\mathbb{R}} % c\n\n  \\def\\x{$a_b$}",
        ">\n  \\newcommand{\\R}{\\mathbb{R}}\n  \\def\\x{$a_b$}",
        "\n- \\newcommand{\\R}{\\mathbb{R}}\n- |\n  \\def\\x{$a_b$}",
        "'\\newcommand{\\R}{\\mathbb{R}} \\def\\x{$a_b$}'",
        '"\\\\newcommand{\\\\R}{\\\\mathbb{R}} \\\\def\\\\x{$a_b$}"',
    ],
)
def test_every_shape_of_yaml(key: str, value: str) -> None:
    doc = _doc(f"---\n{key}: {value}\n---\n\n$\\R$\n")
    assert {name: macro.body for name, macro in from_doc(doc).macros.items()} == {"R": r"\mathbb{R}", "x": "$a_b$"}
    preamble_filter.apply(doc)
    assert list(doc.metadata.content) == ["header-includes"]
    assert set(from_doc(doc).macros) == {"R", "x"}


def test_definitions_of_the_text_are_collected() -> None:
    doc = _doc(
        "---\nheader-includes: \\newcommand{\\a}{1}\n---\n\n\\newcommand{\\b}{2}\n\nText \\def\\c{3} goes.\n\n"
        "$$\\newcommand{\\d}{4}$$\n\n::: hidden\n$$\\newcommand{\\e}{5}$$\n\n\\setlength{\\x}{1pt}\n:::\n\n$x_\\b y$\n"
    )
    preamble_filter.apply(doc)
    bracing_filter.apply(doc)
    assert list(from_doc(doc).macros) == ["a", "b", "c", "d", "e"]
    assert from_doc(doc).rest == "\\setlength{\\x}{1pt}"
    assert isinstance(doc.metadata["header-includes"], pf.MetaString)
    assert [pf.stringify(block).strip() for block in doc.content] == ["Text goes.", r"x_{\b} y"]


_PIECES = r"""
\newcommand \renewcommand \providecommand \def \edef \let \DeclareMathOperator \DeclareMathOperator* \newenvironment
\DeclarePairedDelimiter \DeclarePairedDelimiterX \DeclarePairedDelimiterXPP \NewDocumentCommand \usepackage \newtheorem
\newlength \iffalse \ifx \else \fi \makeatletter\def\c@d{x}\makeatother \makeatletter \makeatother
\a \b \vec {\a} {\b} {\1} {\c@d} \1 [1] [2][x] [ ] { } {}
{x} {#1} {x_\hat{a}} {\a\b} {m} {som} #1 #2 = * x _ % \long \expandafter \csname \relax
"""
COMMANDS = _PIECES.split()
source = st.lists(st.sampled_from([*COMMANDS, " ", "\n", "%c\n"]), max_size=20).map("".join)


@settings(max_examples=600)
@given(st.one_of(source, st.text()))
def test_nothing_raises(text: str) -> None:
    preamble = parse(text)
    arities(preamble)
    mathjax(preamble)
    expand(text, preamble)
    definitions_in(text)
    assert all(0 <= problem.offset <= len(text) for problem in preamble.problems)


def _meanings(preamble: Preamble) -> dict:
    return {name: macro.meaning for name, macro in preamble.macros.items() if name not in preamble.looping}


@settings(max_examples=600)
@given(source)
@example(r"\makeatletter\def{\c@d}x\makeatletter\def\c@d{x}\makeatother")
@example(r"\newtheorem{\let\a\newcommand")
def test_what_is_emitted_reads_the_same(text: str) -> None:
    emitted = latex(parse(text))
    again = parse(emitted)
    # The first emission braces the bodies; from then on nothing changes.
    assert _meanings(parse(latex(again))) == _meanings(again)
    assert set(_meanings(again)) == set(_meanings(parse(text)))


def test_an_empty_source() -> None:
    doc = _doc("x")
    preamble_filter.apply(doc)
    assert source_in(doc) == ""
    assert from_doc(doc) == Preamble()


@pytest.mark.parametrize(
    "piece",
    [
        "\\newcommand{",
        "\\newcommand{\\a}{b}\n",
        "\\def\\x\n",
        "\\ifx ",
        "\\iffalse ",
        "{",
        "}",
        "\\let\\a\\b ",
        "\\p(a ",
        "\\makeatletter\\def\\a{}\\makeatother ",
        "\\newcommand{\\a}{\\left(\\right)\\right}\n",
        "\\newtheorem{a}{b}",
    ],
)
def test_long_garbage_comes_to_an_end(piece: str) -> None:
    """An exponential or cubic reading would not end today."""
    text = piece * 5_000
    preamble = parse(text)
    mathjax(preamble)
    latex(preamble)
    definitions_in(text)
    assert expand(text, parse(r"\def\p(#1,#2){x}\newcommand{\b}[1]{\b#1}"))
