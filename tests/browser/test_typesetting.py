"""MathJax in the browser: a few formulas at a time, in places kept for them, after the text has been painted."""

from __future__ import annotations

from pathlib import Path

import pytest
from builds import Build
from visits import Visit

WORDS = "Words before and after a formula, so that lines have to be broken somewhere on every screen there is. "
PAGE = "---\ntitle: Many formulas\n---\n\n" + "\n\n".join(
    f"## Part {k}\n\n{WORDS} $x_{{{k}}} + \\hat\\theta$ {WORDS}\n\n$$\n\\sum_{{i=1}}^{{n}} \\frac{{x_i}}{{{k}}}\n$$"
    for k in range(40)
)
WATCHED = """
window.shifts = 0;
new PerformanceObserver(list => list.getEntries().forEach(e => { if (!e.hadRecentInput) window.shifts += e.value; }))
  .observe({type: 'layout-shift', buffered: true});
"""


@pytest.fixture
def local(notes: Path, tmp_path: Path, npm_cache: Path) -> Path:
    """A site with its own MathJax, taken from the test cache."""
    (npm_cache / "npm").mkdir(parents=True, exist_ok=True)
    (tmp_path / "cache").mkdir(exist_ok=True)
    (tmp_path / "cache" / "npm").symlink_to(npm_cache / "npm")
    (notes / "gradpress.yml").write_text("math: {source: local}\n")
    return notes


def shown(notes: Path, build: Build, visit: Visit, text: str, fragment: str = "") -> Visit:
    (notes / "a.md").write_text(text)
    assert build("html").code == 0
    visit.page.goto((notes.parent / "site" / "a.html").as_uri() + fragment)
    visit.typeset()
    return visit


def test_what_is_read_does_not_move(local: Path, build: Build, visit: Visit) -> None:
    visit.page.set_viewport_size({"width": 412, "height": 823})
    visit.page.add_init_script(WATCHED)
    page = shown(local, build, visit, PAGE).page
    assert page.locator("mjx-container").count() == page.locator(".math").count() == 80
    assert page.locator(".waiting, mjx-merror").count() == 0
    assert page.evaluate("window.shifts") < 0.1, "what the field calls a good page"


def test_a_place_in_the_page_is_there_when_all_is_set(local: Path, build: Build, visit: Visit) -> None:
    page = shown(local, build, visit, PAGE, "#part-30").page
    page.wait_for_function("Math.abs(document.getElementById('part-30').getBoundingClientRect().top) < 120")


def test_formulas_that_define_something_are_set_in_order(local: Path, build: Build, visit: Visit) -> None:
    text = PAGE + "\n\n$\\renewcommand{\\hat}{\\tilde} \\hat x$\n\n$\\let\\foo\\hat \\foo y$\n"
    page = shown(local, build, visit, text).page
    assert page.locator("mjx-merror").count() == 0
    last = page.evaluate("[...MathJax.startup.document.math].map(m => MathJax.startup.toMML(m.root)).at(-1)")
    assert "~" in last or "02DC" in last or "˜" in last


def test_numbers_in_formulas_are_right_whatever_is_set_first(local: Path, build: Build, visit: Visit) -> None:
    text = (
        f"$a \\text{{ by }} \\eqref{{eq:late}}$\n\n{PAGE[PAGE.index('## Part 0') :]}\n\n$$x = 1 \\label{{eq:late}}$$\n"
    )
    page = shown(local, build, visit, text).page
    assert "???" not in page.inner_text("main")


def test_without_mathjax_the_tex_is_shown(local: Path, build: Build, visit: Visit) -> None:
    (local / "a.md").write_text("# A\n\nSee $x^2$.\n")
    assert build("html").code == 0
    visit.page.route("**/tex-chtml.js", lambda route: route.abort())
    visit.open(local.parent / "site" / "a.html")
    visit.page.wait_for_function("!document.querySelector('.waiting')")
    assert "\\(x^2\\)" in visit.page.inner_text("main")


def test_a_page_without_formulas_loads_nothing_for_them(local: Path, build: Build, visit: Visit) -> None:
    (local / "a.md").write_text("# A\n\nOnly `\\(code\\)`.\n")
    (local / "b.md").write_text("# B\n\n$x$\n")
    assert build("html").code == 0
    assert "MathJax" not in (local.parent / "site" / "a.html").read_text()
    assert "MathJax" in (local.parent / "site" / "b.html").read_text()


def test_a_formula_in_a_preview_of_another_page_is_set(local: Path, build: Build, visit: Visit) -> None:
    (local / "b.md").write_text("# B\n\n$$x^2 = 1$$ {#eq-b}\n")
    page = shown(local, build, visit, "# A\n\nSee @eq-b, and nothing else.\n").page
    page.locator("a.ref").focus()
    page.locator(".preview mjx-container").wait_for()


EDITIONS = [("3.2.2", "tex-svg"), ("3.2.2", "tex-mml-chtml"), ("4.1.3", "tex-chtml"), ("4.1.3", "tex-svg")]
REFERENCES = """() => [...MathJax.startup.document.math].filter(m => m.math.includes('unlike')).map(item => {
  const link = item.typesetRoot.querySelector('a[href]');
  const target = document.getElementById(decodeURIComponent(link.getAttribute('href').split('#')[1]));
  const mathml = new DOMParser().parseFromString(MathJax.startup.toMML(item.root), 'text/xml');
  const other = [...MathJax.startup.document.math].find(m => m.typesetRoot.contains(target));
  const name = (m) => m.math.match(/([xy]) = /)[1];
  return [name(item), name(other), mathml.querySelector('[href]').textContent.replace(/\\s/g, '')];
})"""
SCALES = """() => {
  const all = [...document.querySelectorAll('.math.display svg[viewBox]')];
  const drawn = all.filter(e => !e.parentElement.closest('svg'));
  const scales = drawn.map(e => e.getBoundingClientRect().width / e.viewBox.baseVal.width).filter(isFinite);
  return [...new Set(scales.map(scale => Math.round(scale / scales[0] * 10) / 10))];
}"""
MUTUAL = f"""
$$x = 1 \\quad \\text{{unlike }} \\eqref{{eq:two}} \\label{{eq:one}}$$

{PAGE[PAGE.index("## Part 0") :]}

$$y = 2 \\quad \\text{{unlike }} \\eqref{{eq:one}} \\label{{eq:two}}$$

$${" + ".join("y" * 40)}$$

$\\unicode{{x2207}} f$ and $\\color{{red}} r$.
"""


@pytest.mark.parametrize(("version", "bundle"), EDITIONS)
def test_every_edition_is_set_step_by_step(local: Path, build: Build, visit: Visit, version: str, bundle: str) -> None:
    (local / "gradpress.yml").write_text(f"math: {{source: local, version: {version}, bundle: {bundle}}}\n")
    page = shown(local, build, visit, MUTUAL).page
    assert page.locator("mjx-container").count() == page.locator(".math").count() == 85
    assert page.locator(".waiting, mjx-merror, [data-mjx-error]").count() == 0
    assert page.evaluate(REFERENCES) == [["x", "y", "(2)"], ["y", "x", "(1)"]]
    assert page.evaluate(SCALES) in ([], [1]), "a wide formula is scrolled, not made smaller"
    assert visit.errors == []
    page.locator("mjx-container").nth(40).click(button="right")
    page.locator(".CtxtMenu_Menu").first.wait_for()


def test_the_page_is_laid_out_a_few_times_only(local: Path, build: Build, visit: Visit) -> None:
    devtools = visit.page.context.new_cdp_session(visit.page)
    devtools.send("Performance.enable")
    shown(local, build, visit, PAGE)
    counted = {each["name"]: each["value"] for each in devtools.send("Performance.getMetrics")["metrics"]}
    assert counted["LayoutCount"] < 40, "80 formulas, and what there is beside them"
