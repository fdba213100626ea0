"""Formulas drawn while the site is built: what is drawn, what is remembered, and what happens without node."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from builds import Build
from npm_packages import npm_cache  # noqa: F401

from gradpress.cache import Memory
from gradpress.math import mathjax, mathjax_node, prerender
from gradpress.math.prerender import Drawing, Drawings, Formula
from gradpress.settings import Math
from gradpress.tex.preamble import parse

PREAMBLE = parse(r"\usepackage{physics,mhchem,color}\newcommand{\R}{\mathbb{R}}\let\oldvec\vec")
VERSIONS = ("3.2.2", "4.1.3")


def formula(text: str, *, display: bool = False, **references: str) -> Formula:
    """What is to be drawn; the places of its references are called like their labels."""
    return Formula(text, display, {label: (number, label) for label, number in references.items()})


@pytest.fixture
def draw(npm_cache: Path) -> Any:  # noqa: F811
    """Draw formulas with a version, and remember them."""

    def drawn(version: str, *formulas: Formula, store: Memory | None = None, **config: Any) -> Drawings:
        math = Math(method="prerendered", version=version, config=config)
        program = prerender.program(math, npm_cache, npm_cache)
        made = prerender.drawn(
            program, math, mathjax.configuration(math, PREAMBLE), formulas, store or Memory(), "a page"
        )
        assert made, "node and npm are part of what the tests need"
        return made

    return drawn


@pytest.mark.parametrize("version", VERSIONS)
def test_what_is_drawn(draw: Any, version: str) -> None:
    written = [
        r"x \in \R",
        r"\begin{cases} a & \text{if $x>0$} \\ b & \text{иначе} \end{cases}",
        r"\ce{H2O} \dv{f}{x} {\color{red} r} \oldvec{v}",
        r"\begin{array}{c|c} a & b \\ \hline c & d \end{array}",
    ]
    made = draw(version, *(formula(text) for text in written))
    assert [one.error for one in made.each] == [""] * len(written)
    assert all(one.outlines <= set(made.outlines) for one in made.each), "every glyph has its outline"
    assert list(made.outlines) == sorted(made.outlines)
    assert {name for one in made.each for name in one.outlines} == set(made.outlines), "and there are no others"
    assert '<mi mathvariant="double-struck">R</mi>' in made.each[0].mathml or "ℝ" in made.each[0].mathml
    assert 'fill="red"' in made.each[2].svg
    for one in made.each:
        assert one.svg.startswith('<svg style="')
        assert not re.search(r"data-mml|data-mjx|data-c=|MJX-|xlink|<defs|\sid=", one.svg)
        assert not re.search(r"data-|\sid=|\sclass=|\n", one.mathml)


@pytest.mark.parametrize("version", VERSIONS)
def test_text_without_outlines_keeps_its_place(draw: Any, version: str) -> None:
    svg = draw(version, formula(r"\text{漢字 это слово}")).each[0].svg
    words = re.findall(r'<text [^>]*textLength="([\d.]+)"[^>]*>([^<]+)</text>', svg)
    assert "漢字" in "".join(text for _, text in words)
    wide = float(re.findall(r'viewBox="0 \S+ ([\d.]+)', svg)[0])
    assert 0 < sum(float(length) for length, _ in words) <= wide + 0.2


@pytest.mark.parametrize("version", VERSIONS)
def test_references_are_links_to_the_page(draw: Any, version: str) -> None:
    made = draw(version, formula(r"a + \eqref{eq:a}", **{"eq:a": "3b"}), formula(r"\eqref{eq:a}"))
    svg = made.each[0].svg
    assert '<a href="#eq:a" aria-label="(3b)">' in svg
    assert 'aria-hidden="true"' not in svg[: svg.index(">")], "what can be reached is not hidden"
    assert re.search(r'<(use|g)[^>]* aria-hidden="true"', svg), "but all around it is"
    assert "(3b)" in re.sub("<[^>]+>", "", made.each[0].mathml)
    assert "href" not in made.each[0].mathml
    assert "???" in re.sub("<[^>]+>", "", made.each[1].mathml), "what no other formula was told"


@pytest.mark.parametrize("version", VERSIONS)
def test_formulas_define_for_later_ones_only(draw: Any, version: str) -> None:
    texts = [r"\foo", r"\newcommand{\foo}{z}\foo", r"\foo", r"\renewcommand{\foo}{w} y", r"\foo"]
    made = draw(version, *(formula(text) for text in texts)).each
    assert made[0].error == "Undefined control sequence \\foo"
    letters = [re.sub("<[^>]+>", "", one.mathml) for one in made[1:]]
    assert letters == ["z", "z", "y", "w"]


@pytest.mark.parametrize("version", VERSIONS)
def test_a_formula_cannot_run_anything(draw: Any, version: str) -> None:
    svg = draw(version, formula(r"\href{javascript:alert(1)}{x} \href{https://example.org/?a=b}{y}")).each[0].svg
    assert "javascript" not in svg
    assert 'href="https://example.org/?a=b"' in svg


def test_only_new_formulas_are_drawn(draw: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    store = Memory()
    first = draw("3.2.2", formula("a+1"), formula(r"\eqref{l}", l="1"), store=store)
    asked: list[list[str]] = []
    ask = mathjax_node.ask

    def told(root: Path, request: Mapping[str, Any], formulas: Any) -> Any:
        asked.append([text for text, *_ in formulas])
        return ask(root, request, formulas)

    monkeypatch.setattr(mathjax_node, "ask", told)
    assert draw("3.2.2", formula("a+1"), formula(r"\eqref{l}", l="1"), store=store) == first
    assert asked == []
    again = draw("3.2.2", formula("a+1"), formula("b"), formula(r"\eqref{l}", l="2"), store=store)
    assert asked == [["b", r"\eqref{l}"]], "another number is another formula"
    assert again == draw("3.2.2", formula("a+1"), formula("b"), formula(r"\eqref{l}", l="2")), "as if drawn anew"
    draw("3.2.2", formula("a+1"), store=store, svg={"scale": 1.2})
    assert asked[-1] == ["a+1"], "another configuration draws otherwise"


def test_a_process_that_fails_is_told(npm_cache: Path, tmp_path: Path) -> None:  # noqa: F811
    math = Math(method="prerendered")
    program = prerender.Program(tmp_path, {})
    config = mathjax.configuration(math, PREAMBLE)
    assert prerender.drawn(program, math, config, [formula("x")], Memory(), "p") is None


@pytest.mark.parametrize("version", ["3", "3.2", "4"])
def test_a_version_that_a_cdn_resolves_is_one_of_ours(npm_cache: Path, version: str) -> None:  # noqa: F811
    url = f"https://cdn.jsdelivr.net/npm/mathjax@{version}/es5/tex-chtml.js"
    for math in (Math(version=version), Math(source=url)):
        assert (prerender.program(math, npm_cache, npm_cache).root / "startup.js").is_file()


def test_outlines_are_named_in_drawings() -> None:
    assert Drawing('<use href="#mjx-A"/><a href="#eq"/><use href="#mjx-B"/>').outlines == {"mjx-A", "mjx-B"}


# Whole builds.

SITE = "math: {method: prerendered}\n"
PAGE = r"""---
header-includes: |
  \newcommand{\R}{\mathbb{R}}
---

# A section about $\alpha$

\begin{align}
a &= b \label{eq:a} \\
c &= d \label{eq:b}
\end{align}

In $\R$ by $\eqref{eq:b}$, and $\text{by \eqref{eq:other}}$.
"""
OTHER = "$$ y $$ {#eq:other}\n\nSee $\\eqref{eq:a}$.\n"


@pytest.fixture
def drawn_notes(notes: Path, tmp_path: Path, npm_cache: Path) -> Path:  # noqa: F811
    """A site of two pages, and MathJax at hand."""
    (notes / "gradpress.yml").write_text(SITE)
    (notes / "one.md").write_text(PAGE)
    (notes / "two.md").write_text(OTHER)
    assert prerender.program(Math(), npm_cache, npm_cache)
    (tmp_path / "cache").mkdir(exist_ok=True)
    (tmp_path / "cache" / "npm").symlink_to(npm_cache / "npm")
    return notes


def _pages(notes: Path) -> dict[str, str]:
    return {page.name: page.read_text() for page in sorted((notes.parent / "site").glob("*.html"))}


def test_a_page_has_no_script_and_no_tex_to_be_read(drawn_notes: Path, build: Build) -> None:
    run = build("html")
    assert (run.code, run.diagnostics) == (0, [])
    page = _pages(drawn_notes)["one.html"]
    assert "MathJax-script" not in page
    assert "window.MathJax" not in page
    assert page.count("<mjx-container") == page.count('class="math ') == 5, "one of them in the contents"
    assert "\\(" not in page
    assert "\\[" not in page
    assert page.count("<defs>") == 1
    assert len(re.findall(r'<path id="([^"]+)"', page)) == len(set(re.findall(r'<path id="([^"]+)"', page)))
    assert set(re.findall(r'<use href="#([^"]+)"', page)) == set(re.findall(r'<path id="([^"]+)"', page))
    assert '<a href="#eq:b" aria-label="(2)">' in page
    assert "by&#xA0;" in page or "by" in page
    assert '<span class="mjx-tex" aria-hidden="true" translate="no">$\\R$</span>' in page
    assert not (drawn_notes.parent / "site" / "assets" / "mathjax-3.2.2").exists()


def test_edits_give_what_a_clean_build_gives(drawn_notes: Path, build: Build, tmp_path: Path) -> None:
    assert build("html").code == 0
    (drawn_notes / "one.md").write_text(PAGE.replace(r"\begin{align}", "$$ z $$ {#eq:new}\n\n\\begin{align}", 1))
    assert build("html").code == 0
    edited = _pages(drawn_notes)
    assert 'aria-label="(3)"' in edited["one.html"], "the number of a reference in a formula follows"
    shutil.rmtree(tmp_path / "site")
    for folder in ("mathjax-svg", "mathjax-node", "state", "unchanged", "pages", "read"):
        shutil.rmtree(tmp_path / "cache" / folder, ignore_errors=True)
    assert build("html").code == 0
    assert _pages(drawn_notes) == edited


def test_without_node_one_line_and_mathjax(drawn_notes: Path, build: Build) -> None:
    run = build("html", env={**os.environ, "PATH": "/nowhere"})
    assert run.code == 0
    assert len(run.diagnostics) == 1
    assert run.diagnostics[0].startswith("gradpress.yml:1: warning: ")
    assert run.diagnostics[0].endswith("[prerender-missing]")
    assert [name for name, text in _pages(drawn_notes).items() if "MathJax-script" in text] == ["one.html", "two.html"]
    again = build("html")
    assert again.diagnostics == []
    assert not any("MathJax-script" in text for text in _pages(drawn_notes).values()), "node has come"


def test_a_page_that_chooses_the_method_is_told_on_its_line(drawn_notes: Path, build: Build) -> None:
    (drawn_notes / "gradpress.yml").unlink()
    (drawn_notes / "one.md").write_text("---\ntitle: One\nmath:\n  method: prerendered\n---\n\n$x$\n")
    (drawn_notes / "two.md").unlink()
    run = build("html", env={**os.environ, "PATH": "/nowhere"})
    assert [d.split(": ")[0] for d in run.diagnostics] == ["one.md:4"]


FAULTY = r"""
$\nosuch$ and $\frac{a}$ and $a_b_c$

$$ \left( a $$

\begin{align}
a &= b \label{eq:a} \\
c &= \limits d
\end{align}

$x & y$ and $\text{a_b}$ and $\eqref{eq:none}$ and $\hspace*{1em} x$
"""


def test_the_same_is_said_as_with_mathjax_in_the_browser(drawn_notes: Path, build: Build) -> None:
    (drawn_notes / "one.md").write_text(FAULTY)
    (drawn_notes / "two.md").unlink()
    drawn = build("html").diagnostics
    page = _pages(drawn_notes)["one.html"]
    (drawn_notes / "gradpress.yml").unlink()
    assert build("html").diagnostics == drawn
    assert len(drawn) >= 7
    assert '<mjx-merror title="Undefined control sequence \\nosuch">' in page
    assert page.count("<mjx-container") == page.count('class="math ')


def test_a_build_with_nothing_to_do_is_told_before_anything_is_imported(
    drawn_notes: Path, build: Build, tmp_path: Path
) -> None:
    here = {**os.environ, "PATH": f"{tmp_path / 'programs'}:{os.environ['PATH']}"}
    (tmp_path / "programs").mkdir()
    assert build("html", env=here).code == 0
    stamps = list((tmp_path / "cache" / "unchanged").iterdir())
    assert len(stamps) == 1
    assert "programs" in stamps[0].read_text(), "a program that is installed there may be another node"
