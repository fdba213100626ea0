"""What a reader does with a page: light or dark, contents, copying, links, notes; with a script and without."""

from __future__ import annotations

from pathlib import Path

import pytest
from builds import Build
from playwright.sync_api import Browser
from visits import Visit

PAGE = """---
title: A page
---

# First

Text with a note.[^n]

[^n]: What the *note* says.

```python
first = 1
second = "a long line that goes on and on and on, beyond the edge of every screen, for nobody breaks it anywhere at all"
```

WORDS

## Second

WORDS

# Third

WORDS

| a | b |
|---|---|
| 1 | 2 |

::: {.column-margin}
In the margin.
:::

WORDS
"""


@pytest.fixture
def page(notes: Path, build: Build) -> Path:
    words = "\n\n".join(["Many words in a paragraph. " * 12] * 6)
    (notes / "a.md").write_text(PAGE.replace("WORDS", words))
    (notes / "gradpress.yml").write_text("math: {method: mathml}\n")
    assert build("html").code == 0
    return notes.parent / "site" / "a.html"


def ground(visit: Visit) -> str:
    return str(visit.page.evaluate("getComputedStyle(document.body).backgroundColor"))


def test_the_reader_chooses_light_or_dark(page: Path, visit: Visit) -> None:
    visit.page.emulate_media(color_scheme="light")
    visit.open(page)
    light = ground(visit)
    switch = visit.page.get_by_role("button", name="Light or dark")
    switch.click()
    dark = ground(visit)
    assert dark != light
    visit.page.reload()
    assert ground(visit) == dark, "the choice is kept"
    visit.page.emulate_media(color_scheme="dark")
    assert ground(visit) == dark
    visit.page.emulate_media(color_scheme="light")
    switch.click()
    assert ground(visit) == light
    visit.page.emulate_media(color_scheme="dark")
    assert ground(visit) == dark, "the system decides again"


def test_the_choice_is_there_before_anything_is_painted(page: Path, visit: Visit) -> None:
    visit.page.emulate_media(color_scheme="light")
    visit.open(page)
    visit.page.get_by_role("button", name="Light or dark").click()
    visit.page.route("**/*.js", lambda route: route.abort())
    visit.page.reload()
    assert visit.page.evaluate("document.documentElement.dataset.theme") == "dark"


def test_the_section_that_is_read_is_marked(page: Path, visit: Visit) -> None:
    visit.page.set_viewport_size({"width": 1400, "height": 700})
    visit.open(page)
    marked = visit.page.locator(".page-toc a[aria-current]")
    for name in ("Second", "Third", "First"):
        visit.page.evaluate(f"document.getElementById('{name.lower()}').scrollIntoView({{behavior: 'instant'}})")
        visit.page.locator(".page-toc a[aria-current]", has_text=name).wait_for(timeout=5000)
        assert marked.count() == 1


def test_code_is_copied_as_it_was_written(page: Path, visit: Visit) -> None:
    visit.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    visit.open(page)
    code = visit.page.locator("article .highlight")
    code.hover()
    code.get_by_role("button", name="Copy").click()
    code.get_by_role("button", name="Copied").wait_for()
    assert visit.page.evaluate("navigator.clipboard.readText()").startswith('first = 1\nsecond = "a long line')


def test_long_lines_are_broken_on_demand(page: Path, visit: Visit) -> None:
    visit.open(page)
    wide = "(() => { const pre = document.querySelector('article pre'); return pre.scrollWidth - pre.clientWidth })()"
    assert visit.page.evaluate(wide) > 0
    visit.page.locator("article .highlight").hover()
    visit.page.get_by_role("button", name="Wrap lines").click()
    assert visit.page.evaluate(wide) == 0


def test_a_heading_links_to_itself(page: Path, visit: Visit) -> None:
    visit.open(page)
    visit.page.locator("#second").hover()
    visit.page.locator("#second .anchor").click()
    assert visit.page.url.endswith("#second")
    assert visit.page.locator("#second").inner_text() == "Second"


def test_a_footnote_is_shown_at_its_mark(page: Path, visit: Visit) -> None:
    visit.open(page)
    mark = visit.page.locator(".footnote-ref")
    mark.focus()
    shown = visit.page.locator(".preview")
    assert shown.inner_text().strip() == "What the note says."
    assert mark.get_attribute("aria-describedby") == shown.get_attribute("id")
    visit.page.keyboard.press("Escape")
    assert shown.count() == 0
    assert mark.get_attribute("aria-describedby") is None


@pytest.mark.parametrize("width", [360, 800, 1280, 1700])
def test_a_note_stands_in_the_margin_where_there_is_one(page: Path, visit: Visit, width: int) -> None:
    visit.page.set_viewport_size({"width": width, "height": 800})
    visit.open(page)
    note, text = visit.page.locator(".column-margin").bounding_box(), visit.page.locator("article").bounding_box()
    assert note
    assert text
    beside = note["x"] >= text["x"] + text["width"]
    assert beside == (width == 1700)
    assert note["x"] + note["width"] <= width
    assert visit.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def test_without_a_script_nothing_is_offered_that_needs_one(page: Path, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False)
    shown = context.new_page()
    shown.goto(page.as_uri())
    assert not shown.locator(".theme-switch").is_visible()
    assert shown.locator(".code-tools").count() == 0
    shown.get_by_role("link", name="Second").first.click()
    assert shown.url.endswith("#second")
    context.close()


def test_the_keyboard_reaches_everything(page: Path, visit: Visit) -> None:
    """Tab walks from the link to the text over navigation and text to the end, and every stop is seen."""
    visit.page.set_viewport_size({"width": 1400, "height": 800})
    visit.open(page)
    stops = []
    for _ in range(40):
        visit.page.keyboard.press("Tab")
        stop = visit.page.evaluate(
            "(() => { const e = document.activeElement, s = getComputedStyle(e); if (e === document.body) return null;"
            " return [e.className, e.textContent.trim() || e.getAttribute('aria-label'), s.outlineStyle] })()"
        )
        if stop is None:
            break
        stops.append(stop)
    said = [text for _, text, _ in stops]
    assert said[0] == "Skip to the text"
    for wanted in ("Light or dark", "Second", "Copy"):
        assert wanted in said
    assert all(outline != "none" for _, _, outline in stops)
