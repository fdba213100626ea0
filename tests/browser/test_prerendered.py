"""Drawn formulas in a real browser: the same as with MathJax in the browser, without a script."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from builds import NAMES, ROOT
from playwright.sync_api import Browser, Page
from test_site import overflow, site  # noqa: F401
from visits import Visit

from gradpress.cli import main

KINDS = r"""---
title: All $x^2$ kinds
header-includes: |
  \usepackage{physics,mhchem,color,mathtools}
  \newcommand{\R}{\mathbb{R}}
  \DeclarePairedDelimiter{\norm}{\lVert}{\rVert}
---

# A section $\alpha$

Inline $x\in\R$, ($\frac{a}{b}$), by $\eqref{eq:b}$, $\ref{eq:star}$ and $\text{by \eqref{eq:other}}$.

\begin{align}
a &= b \label{eq:a} \\
c &= d \label{eq:b}
\end{align}

$$ f(x) = \begin{cases} 1 & \text{if $x>0$ é} \\ 0 & \text{иначе 漢字} \end{cases} $$

$$ \newcommand{\foo}{\beta} \foo + \norm*{\frac12} $$

Then $\foo + \dv{f}{x}$, $\ce{H2O + CO2 <=> X}$, ${\color{red} r}$, $\href{https://example.org}{h}$, $ü$.

$$ \sum_{i=1}^n LONG a_n = 3 $$ {#eq:long}

$$ x = y \tag{$\star$} \label{eq:star} $$

\begin{multline}
a+b+c+d+e+f\\ +g+h+i \label{eq:m}
\end{multline}

We have seen \eqref{eq:a}.

> $$ \left| \begin{array}{c|c} a & b \\ \hline c & d \end{array} \right| $$ {#eq:last}
""".replace("LONG", "a_1 + a_2 + a_3 + a_4 + " * 12)
OTHER = "$$ y $$ {#eq:other}\n\nSee $\\eqref{eq:a}$ and \\eqref{eq:star}.\n"
Sites = tuple[Path, Path]

READ = """() => [...document.querySelectorAll('main .math')].map(e => e.querySelector('math')?.textContent)"""
LINKS = """() => [...document.querySelectorAll('main .math a')].map(a => {
    const href = a.getAttribute('href'), name = decodeURIComponent(href).slice(1);
    const place = href[0] === '#' && document.getElementById(name);
    return [a.closest('.math').querySelector('math').textContent, place ? place.closest('.equation').id : href];
})"""


def built(folder: Path, npm_cache: Path, *arguments: str) -> Path:
    """The site of the notes in `folder`."""
    (folder / "cache").mkdir(exist_ok=True)
    if not (folder / "cache" / "npm").exists():
        (folder / "cache" / "npm").symlink_to(npm_cache / "npm")
    places = [f"--content={folder / 'content'}", f"--cache={folder / 'cache'}"]
    assert main(["html", "--quiet", "--strict", *arguments, *places]) == 0
    return folder


@pytest.fixture(scope="session")
def both(tmp_path_factory: pytest.TempPathFactory, npm_cache: Path) -> Sites:
    """A page of every kind of formula: drawn, and set by MathJax in the browser."""
    folder = tmp_path_factory.mktemp("kinds")
    (folder / "content").mkdir()
    (folder / "content" / "index.md").write_text(KINDS)
    (folder / "content" / "other.md").write_text(OTHER)
    built(folder, npm_cache, "--mathjax=local", f"--output={folder / 'browser'}")
    (folder / "content" / "gradpress.yml").write_text("math: {method: prerendered}\n")
    built(folder, npm_cache, f"--output={folder / 'drawn'}")
    return folder / "drawn", folder / "browser"


@pytest.fixture(scope="session")
def drawn_content(site: Path, tmp_path_factory: pytest.TempPathFactory, npm_cache: Path) -> Path:  # noqa: F811
    """Our own content, drawn; its cells have run for the other one."""
    folder = tmp_path_factory.mktemp("drawn")
    shutil.copytree(ROOT / "content", folder / "content")
    configuration = folder / "content" / "gradpress.yml"
    configuration.write_text(configuration.read_text().replace("source: local", "method: prerendered"))
    (folder / "cache").symlink_to(site.parent / "cache")
    built(folder, npm_cache, f"--output={folder / 'site'}")
    return folder / "site"


def _agree(visit: Visit, drawn: Path, browser: Path) -> None:
    visit.open(drawn)
    read, links = visit.page.evaluate(READ), visit.page.evaluate(LINKS)
    visit.open(browser)
    visit.typeset()
    assert read == visit.page.evaluate(READ)
    assert links == visit.page.evaluate(LINKS)
    assert (visit.outside, visit.errors) == ([], [])


@pytest.mark.parametrize("name", ["index", "other"])
def test_numbers_and_links_are_those_of_mathjax_in_the_browser(both: Sites, visit: Visit, name: str) -> None:
    _agree(visit, both[0] / f"{name}.html", both[1] / f"{name}.html")


@pytest.mark.parametrize("name", NAMES)
def test_our_own_content(site: Path, drawn_content: Path, visit: Visit, name: str) -> None:  # noqa: F811
    _agree(visit, drawn_content / f"{name}.html", site / f"{name}.html")
    visit.open(drawn_content / f"{name}.html")
    assert visit.page.locator("mjx-container > svg").count() == visit.page.locator(".math").count()
    assert visit.page.locator("mjx-merror, [id=MathJax-script]").count() == 0
    for width in (360, 1280):
        visit.page.set_viewport_size({"width": width, "height": 900})
        assert overflow(visit.page) <= 0, f"the page scrolls sideways at {width} px"


@pytest.fixture
def page(both: Sites, browser: Browser) -> Any:
    """The drawn page in a browser that runs no scripts of pages."""
    context = browser.new_context(java_script_enabled=False, viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto((both[0] / "index.html").as_uri())
    yield page
    context.close()


def test_nothing_needs_a_script(page: Page) -> None:
    boxes = page.evaluate("""() => [...document.querySelectorAll('mjx-container > svg')].map(svg => {
        const box = svg.getBoundingClientRect(); return [box.width, box.height]; })""")
    assert len(boxes) == page.locator(".math").count() > 15
    assert all(width > 3 and height > 3 for width, height in boxes)
    glyphs = page.evaluate("() => [...document.querySelectorAll('use')].map(u => u.getBBox().width)")
    assert len(glyphs) > 200
    assert all(width > 0 for width in glyphs), "an outline is missing"


def test_letters_stand_on_the_line_of_the_text(page: Page) -> None:
    apart = page.evaluate("""() => {
        const x = document.querySelector('main p .math.inline use'), mark = document.createElement('span');
        mark.style = 'display:inline-block; width:1px; height:1px';
        x.closest('.math').before(mark);
        return x.getBoundingClientRect().bottom - mark.getBoundingClientRect().bottom; }""")
    assert abs(apart) < 1.5


def test_wide_displays_scroll_in_themselves_and_can_be_reached(page: Page) -> None:
    for width in (400, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        assert overflow(page) <= 0
        wide = page.evaluate("""() => [...document.querySelectorAll('.math.display')]
            .filter(e => e.scrollWidth > e.clientWidth + 1).map(e => [e.parentElement.id, e.tabIndex])""")
        assert ["eq:long", 0] in wide
        assert all(reached == 0 for _, reached in wide)
        ends = page.evaluate("""() => { const e = document.getElementById('eq:long').firstElementChild;
            e.scrollLeft = 1e6; const number = [...e.querySelectorAll('svg[data-labels] use')].pop();
            return e.getBoundingClientRect().right - number.getBoundingClientRect().right; }""")
        assert -1 <= ends < 30, "the number is at the end of what can be scrolled to"


COLOURS: list[tuple[str, Callable[[str], bool]]] = [
    ("light", lambda colour: colour == "rgb(29, 35, 38)"),
    ("dark", lambda colour: colour == "rgb(226, 231, 232)"),
]


@pytest.mark.parametrize(("scheme", "right"), COLOURS, ids=["light", "dark"])
def test_formulas_have_the_colour_of_the_text(both: Sites, visit: Visit, scheme: Any, right: Any) -> None:
    visit.page.emulate_media(color_scheme=scheme)
    visit.open(both[0] / "index.html")
    fill = "e => getComputedStyle(e).fill"
    assert right(visit.page.eval_on_selector("main p .math.inline use", fill))
    link = visit.page.eval_on_selector(".math a[href='#eq:b'] use", fill)
    assert link == visit.page.eval_on_selector("main p a.ref", "e => getComputedStyle(e).color")
    assert not right(link)


def test_copying_gives_tex(both: Sites, visit: Visit) -> None:
    visit.open(both[0] / "index.html")
    select = "e => { getSelection().selectAllChildren(e); return getSelection().toString(); }"
    first = visit.page.eval_on_selector("main p:has(.math.inline)", select)
    by = r"by $\eqref{eq:b}$, $\ref{eq:star}$ and $\text{by \textrm{(1)}}$."
    assert first.strip() == rf"Inline $x\in\R$, ($\frac{{a}}{{b}}$), {by}"
    display = visit.page.eval_on_selector("[id='eq:star']", select)
    assert display.strip() == r"$$\begin{equation*}x = y \tag{$\star$} \label{eq:star}\end{equation*}$$"


def test_what_is_read_aloud(both: Sites, visit: Visit) -> None:
    visit.open(both[0] / "index.html")
    nodes = visit.page.context.new_cdp_session(visit.page).send("Accessibility.getFullAXTree")["nodes"]
    seen = [(n["role"]["value"], n.get("name", {}).get("value", "")) for n in nodes if not n.get("ignored")]
    roles = [role for role, _ in seen]
    assert roles.count("MathMLMath") == visit.page.locator(".math").count()
    assert "MathMLFraction" in roles
    assert ("link", "(2)") in seen
    assert not any("$" in name or "\\" in name for _, name in seen), "TeX is only for those who copy it"


def test_previews_show_formulas_of_other_pages(both: Sites, visit: Visit) -> None:
    visit.open(both[0] / "other.html")
    visit.page.locator('main a[href="index.html#eq:star"]').hover()
    shown = visit.page.locator(".preview")
    shown.wait_for()
    assert shown.locator("math").text_content() == "(⋆)x=y"
    widths = shown.locator("use").evaluate_all("glyphs => glyphs.map(g => g.getBBox().width)")
    assert len(widths) == 6
    assert all(width > 0 for width in widths), "the page has the outlines of its previews, too"
