"""Our configuration of MathJax in a real browser, from local files."""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from test_mathcheck import LEGAL
from test_mathcheck import PREAMBLE as CHECKED
from visits import Visit

from gradpress.math import katex, local_mathjax, mathjax
from gradpress.settings import Math
from gradpress.tex.preamble import Preamble, parse

EDITIONS = [(version, bundle) for version in ("3.2.2", "4.1.3") for bundle in mathjax.BUNDLES[version[0]]]
COMMON = [("3.2.2", "tex-chtml"), ("3.2.2", "tex-svg-full"), ("4.1.3", "tex-chtml"), ("4.1.3", "tex-svg")]

PREAMBLE = parse(r"""
\usepackage{amsmath,bm,physics,mhchem,cancel,braket,xcolor,mathtools,nicefrac,dsfont,upgreek}
\newcommand{\R}{\mathbb{R}} \newcommand{\vv}[2][a]{\boldsymbol{#1_#2}}
\DeclareMathOperator{\Tr}{Trace} \DeclareMathOperator*{\argmin}{arg\,min}
\newenvironment{mymat}{\begin{pmatrix}}{\end{pmatrix}}
\DeclarePairedDelimiter{\norm}{\lVert}{\rVert}
\newcommand{\abs}[1]{\mathrm{mine}#1}
\let\oldvec\vec \renewcommand{\vec}[1]{\boldsymbol{\oldvec{#1}}}
""")

Show = Callable[..., Visit]


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One folder for all tests: a copy of MathJax has up to 16 MB."""
    folder = tmp_path_factory.mktemp("site")
    (folder / "notes").mkdir()
    return folder


@pytest.fixture
def show(visit: Visit, npm_cache: Path, nowhere: Path, site: Path) -> Show:
    """Show formulas, one paragraph each, with a local copy of MathJax."""

    def shown(
        edition: tuple[str, str], preamble: Preamble, formulas: list[str], config: Mapping[str, Any] | None = None
    ) -> Visit:
        math = Math(source="local", version=edition[0], bundle=edition[1], config=config or {})
        folder = f"assets/{local_mathjax.folder_name(math)}"
        local_mathjax.install(math, npm_cache, site / folder, near=nowhere)
        script = mathjax.script(math, folder=f"../{folder}")
        head = f"<script>{mathjax.to_script(mathjax.configuration(math, preamble))}</script>"
        page = site / "notes" / f"{'-'.join(edition)}.html"
        page.write_text(
            f'<!doctype html><meta charset="utf-8">{head}<script defer src="{script.url}"></script>'
            f"<p id=prose>In TeX one writes \\(x\\) or \\begin{{align}}x\\end{{align}}.{_paragraphs(formulas)}",
            encoding="utf-8",
        )
        visit.open(page)
        visit.typeset()
        return visit

    return shown


def _paragraphs(formulas: list[str]) -> str:
    return "".join(
        f'<p id="f{n}"><span class="math display">\\[{html.escape(formula)}\\]</span></p>'
        for n, formula in enumerate(formulas)
    )


def merrors(visit: Visit) -> list[str]:
    """Ids of the paragraphs with an error, or without a formula."""
    return visit.page.evaluate("""() => [...document.querySelectorAll('p[id^=f]')]
        .filter(p => !p.querySelector('mjx-container')
                     || p.querySelector('mjx-merror, [data-mml-node=merror], [data-mjx-error]'))
        .map(p => p.id)""")


def mathml(visit: Visit, number: int) -> str:
    """What MathJax understood of a formula."""
    return visit.page.evaluate(
        """n => { const item = [...MathJax.startup.document.math].find(m => m.start.node.parentNode?.closest(`#f${n}`)
                  || document.querySelector(`#f${n}`).contains(m.typesetRoot));
                 return MathJax.startup.toMML(item.root); }""",
        number,
    )


FORMULAS = [
    r"\vv{x}\vv[b]{y}\R",
    r"\nosuchmacro",
    r"\begin{align}a&=b\label{e1}\\c&=d\label{e2}\end{align}",
    r"\text{see }\eqref{e2}",
    r"\bm{\omega}+\norm{x}+\norm*{\frac12}",
    r"\begin{mymat}1&2\end{mymat}",
    r"\argmin_x \Tr A",
    r"\oldvec{a}\vec{b}",
    r"\abs{q} \dv{f}{x} \ce{H2O} \cancel{x} \ket{a} \color{red}x \coloneqq \nicefrac12 \mathds{1} \upalpha",
    r"\href{javascript:alert(1)}{x}",
    r"\left\{\sum_{i=1}^n \sqrt[3]{\mathcal{L}\mathfrak{g}\mathscr{X}}\right\rangle \ensuremath{x}",
]


@pytest.mark.parametrize("edition", EDITIONS, ids="-".join)
def test_everything_works_and_nothing_leaves_the_machine(edition: tuple[str, str], show: Show) -> None:
    visit = show(edition, PREAMBLE, FORMULAS)
    assert merrors(visit) == ["f1"]
    assert visit.outside == []
    assert visit.errors == []
    assert visit.page.inner_text("#prose").startswith("In TeX one writes \\(x\\) or \\begin{align}")


@pytest.mark.parametrize("edition", COMMON, ids="-".join)
def test_meaning(edition: tuple[str, str], show: Show) -> None:
    visit = show(edition, PREAMBLE, FORMULAS)
    assert "(2)" in mathml(visit, 3), "\\eqref shows the number"
    assert 'mathvariant="bold-italic"' in mathml(visit, 4) or "𝝎" in mathml(visit, 4)
    assert 'mathvariant="bold-italic"' in mathml(visit, 7) or "𝒃" in mathml(visit, 7)
    assert "mine" in mathml(visit, 8), "the author's \\abs wins over that of physics"
    assert "arg" in mathml(visit, 6)
    assert "munder" in mathml(visit, 6), "a starred operator has limits"
    links = visit.page.eval_on_selector_all("#f9 a", "found => found.map(a => a.getAttribute('href'))")
    assert not any(links), "ui/safe removes the link"


def test_a_missing_extension_does_not_stop_the_others(show: Show) -> None:
    config = {"loader": {"load": ["[tex]/nonexistent"]}}
    for edition in COMMON[::2]:
        assert merrors(show(edition, PREAMBLE, FORMULAS, config)) == ["f1"]


PACKAGES = {
    "physics": r"\qty(\pdv{f}{x}) \mqty(\imat{2})",
    "mhchem": r"\ce{CO2 + C <=> 2 CO}",
    "empheq": r"\begin{empheq}[left=\empheqlbrace]{align}a&=b\end{empheq}",
    "cases": r"\begin{numcases}{x=}1&a\\2&b\end{numcases}",
    "gensymb": r"20\celsius",
    "colortbl": r"\begin{array}{c}\rowcolor{red}a\end{array}",
    "textcomp": r"\textdegree",
    "units": r"\units[3]{m} \nicefrac{1}{2}",
    "esint": r"\oiint f",
    "bbm": r"\mathbbm{1}",
    "centernot": r"\centernot\implies",
    "upgreek": r"\upalpha",
    "xfrac": r"\sfrac{1}{2}",
    "bussproofs": r"\begin{prooftree}\AxiomC{$a$}\UnaryInfC{$b$}\end{prooftree}",
    "extpfeil": r"\xtwoheadrightarrow{a}",
    "amscd": r"\begin{CD}A@>>>B\end{CD}",
}


@pytest.mark.parametrize("edition", COMMON, ids="-".join)
def test_each_package(edition: tuple[str, str], show: Show) -> None:
    visit = show(edition, parse(f"\\usepackage{{{','.join(PACKAGES)}}}"), list(PACKAGES.values()))
    assert [list(PACKAGES)[int(name[1:])] for name in merrors(visit)] == []
    assert visit.outside == []


@pytest.mark.parametrize("edition", COMMON, ids="-".join)
def test_what_the_check_passes_is_shown(edition: tuple[str, str], show: Show) -> None:
    visit = show(edition, CHECKED, LEGAL)
    assert [LEGAL[int(name[1:])] for name in merrors(visit)] == []


def test_katex(visit: Visit, npm_cache: Path, nowhere: Path, tmp_path: Path) -> None:
    katex.install(npm_cache, tmp_path / katex.FOLDER, near=nowhere)
    math = Math(method="katex", source="local")
    head = katex.head(math, parse(r"\newcommand{\R}{\mathbb{R}}\newcommand{\v}[1]{\mathbf{#1}}"), folder=katex.FOLDER)
    page = tmp_path / "page.html"
    body = _paragraphs([r"\R^n \v{x} < 3", r"\nosuch"])
    page.write_text(f'<!doctype html><meta charset="utf-8">{head}{body}', encoding="utf-8")
    visit.open(page)
    assert visit.page.locator("#f0 .katex").count() == 1
    assert 'mathvariant="double-struck">R<' in visit.page.inner_html("#f0")
    assert "\\nosuch" in visit.page.inner_text("#f1")
    assert (visit.outside, visit.errors) == ([], [])
