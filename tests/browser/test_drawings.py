"""Diagrams as readers see them: dark where the page is dark, no wider than a phone shows, links that can be reached."""

from __future__ import annotations

from pathlib import Path

import pytest
from builds import Build
from test_accessibility import axe, violations  # noqa: F401
from visits import Visit

PAGE = """---
title: Drawn
math: {method: mathml}
---

```{.dot fig-cap="A long graph" fig-alt="Ten steps"}
digraph { rankdir=LR; a -> b -> c -> d -> e -> f -> g -> h -> i -> j; a [URL="https://example.org/"] }
```

```{.dot}
digraph { one -> two }
```
"""
FILTER = "() => [...document.querySelectorAll('.drawing')].map((one) => getComputedStyle(one).filter)"
LIGHT, DARK = ["none", "none"], ["invert(0.91) hue-rotate(180deg)"] * 2


@pytest.fixture
def drawn(notes: Path, build: Build) -> Path:
    (notes / "a.md").write_text(PAGE)
    assert build("html").err.count("error:") == 0
    return notes.parent / "site" / "a.html"


def test_drawings_follow_the_theme_and_fit(drawn: Path, visit: Visit, axe: str) -> None:  # noqa: F811
    page = visit.page
    visit.open(drawn)
    assert visit.errors == visit.outside == []
    for scheme, own, other in (("light", LIGHT, DARK), ("dark", DARK, LIGHT)):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        for width in (1280, 400):
            page.set_viewport_size({"width": width, "height": 900})
            visit.open(drawn)
            assert page.evaluate(FILTER) == own
            assert page.evaluate("document.documentElement.scrollWidth") == width
            assert violations(visit, axe) == []
        page.set_viewport_size({"width": 1280, "height": 900})
        page.locator(".theme-switch").click()
        assert page.evaluate(FILTER) == other
        page.emulate_media(media="print")
        assert page.evaluate(FILTER) == LIGHT, "paper is white"
        page.emulate_media(media="screen")
        page.locator(".theme-switch").click()
    page.set_viewport_size({"width": 400, "height": 900})
    wide = page.locator("figure.diagram").first
    assert wide.evaluate("one => one.scrollWidth > one.clientWidth"), "what is too small to be read scrolls"
    assert wide.get_attribute("tabindex") == "0"
    assert page.get_by_role("link", name="a", exact=True).count() == 1
    assert page.get_by_role("img", name="Diagram: one two").count() == 1
