"""The site of our own content in Chromium: formulas, links, themes, widths, and nothing asked of the network."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from builds import NAMES, ROOT
from playwright.sync_api import Page
from visits import Visit

from gradpress.cli import main


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory, npm_cache: Path) -> Path:
    """The built site; MathJax is taken from the test cache."""
    folder = tmp_path_factory.mktemp("built")
    cache = folder / "cache"
    cache.mkdir()
    (npm_cache / "npm").mkdir(parents=True, exist_ok=True)
    (cache / "npm").symlink_to(npm_cache / "npm")
    arguments = [f"--content={ROOT / 'content'}", f"--output={folder / 'site'}", f"--cache={cache}"]
    assert main(["html", "--quiet", "--strict", "--mathjax=local", *arguments]) == 0
    return folder / "site"


def overflow(page: Page) -> int:
    """By how many pixels the page is wider than the window."""
    return int(page.evaluate("() => document.documentElement.scrollWidth - window.innerWidth"))


@pytest.mark.parametrize("name", NAMES)
def test_page(site: Path, visit: Visit, name: str) -> None:
    visit.open(site / f"{name}.html")
    visit.typeset()
    page = visit.page
    assert page.locator("mjx-container").count() == page.locator(".math").count(), "a formula is not typeset"
    assert page.locator("mjx-merror").count() == 0
    text = page.evaluate(
        """() => { const copy = document.body.cloneNode(true);
                   copy.querySelectorAll('pre, code, script, mjx-container').forEach(e => e.remove());
                   return copy.textContent }"""
    )
    assert "(???)" not in page.inner_text("body")
    assert not re.search(r"\\(?:begin|frac|newcommand|usepackage)|\$\$|^```|\]\(", text), "source is visible"
    assert visit.outside == []
    assert visit.errors == []
    assert page.locator("h1").count() == 1
    assert page.locator("main").count() == 1
    assert page.locator("img:not([alt])").count() == 0
    for width in (360, 900, 1440):
        page.set_viewport_size({"width": width, "height": 900})
        assert overflow(page) <= 0, f"the page scrolls sideways at {width} px"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_themes_have_contrast(site: Path, visit: Visit, scheme: str) -> None:
    """Text of every code token against its block, by the formula of WCAG 2."""
    visit.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    visit.open(site / "notes" / "module.html")
    worst = visit.page.evaluate(
        """() => {
          const channel = c => (c /= 255) <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
          const light = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
          const parse = s => s.match(/[\\d.]+/g).map(Number);
          const ground = e => { for (; e; e = e.parentElement) {
              const c = parse(getComputedStyle(e).backgroundColor); if (c.length < 4 || c[3] > 0) return c; }
            return parse(getComputedStyle(document.documentElement).backgroundColor); };
          let worst = [21, ''];
          for (const e of document.querySelectorAll('.highlight span, .output code, p, figcaption, nav a')) {
            const [a, b] = [light(parse(getComputedStyle(e).color)), light(ground(e))].sort((x, y) => y - x);
            const ratio = (a + 0.05) / (b + 0.05);
            if (ratio < worst[0]) worst = [ratio, e.className + ' ' + e.textContent.slice(0, 30)];
          }
          return worst }"""
    )
    assert worst[0] >= 4.5, worst


def test_equation_numbers_and_links(site: Path, visit: Visit) -> None:
    visit.open(site / "notes" / "sine-fit.html")
    visit.typeset()
    references = visit.page.locator("main a.ref")
    assert references.count() > 0
    for k in range(references.count()):
        target = references.nth(k).get_attribute("href") or ""
        display = visit.page.locator(f"[id='{target[1:].replace('%3A', ':')}']")
        assert display.count() == 1, target
        assert references.nth(k).inner_text() in display.inner_text(), "MathJax shows the number that the link says"


def test_navigation_reaches_every_page_and_works_from_files(site: Path, visit: Visit) -> None:
    visit.open(site / "index.html")
    links = visit.page.locator("nav[aria-label='Site'] a").evaluate_all("all => all.map(a => a.href)")
    shown = {Path(url.removeprefix("file://")).relative_to(site).with_suffix("").as_posix() for url in links}
    every = (ROOT / "content").rglob("*.md")
    assert shown == {p.relative_to(ROOT / "content").with_suffix("").as_posix() for p in every}
    visit.page.locator("nav.previous-next a[rel=next]").click()
    assert visit.page.url.endswith(".html")
    assert visit.page.url != (site / "index.html").as_uri()


def test_reading_works_without_javascript(site: Path, browser) -> None:  # type: ignore[no-untyped-def]
    context = browser.new_context(java_script_enabled=False, viewport={"width": 360, "height": 800})
    page = context.new_page()
    page.goto((site / "notes" / "module.html").as_uri())
    assert page.locator("figure.loss-plot svg").first.is_visible()
    assert page.locator("main p").first.is_visible()
    context.close()


def test_printing_shows_the_text_and_no_navigation(site: Path, visit: Visit) -> None:
    visit.page.emulate_media(media="print")
    visit.open(site / "notes" / "sine-fit.html")
    assert not visit.page.locator("nav[aria-label='Site']").is_visible()
    assert visit.page.locator("main").is_visible()
