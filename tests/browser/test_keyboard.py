"""Every kind of control on a page is reached, seen and worked with the keyboard alone."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from builds import ROOT
from playwright.sync_api import Locator, Page
from visits import Visit

LONG = " + ".join(f"a_{{{k}}}" for k in range(60))
NOTE = f"""---
title: Everything
author: Ada Example
date: 2024-05-17
bibliography: r.bib
downloads: [source]
categories: [Fits]
---

# First {{#first}}

See @eq-a, [@doe2020] and the note.[^n]

[^n]: What the note says.

$$ x = y $$ {{#eq-a}}

$$ {LONG} $$

```python
second = "a long line that goes on and on and on, beyond the edge of every screen, for nobody breaks it anywhere at all"
```

```{{.python .run code-fold="true"}}
print("folded")
```

```{{.python .train #fig-one loss="loss, val_loss" loss-cap="One."}}
for t in range(41):
    loss = 100 * 0.8**t
    val_loss = loss + 2
```

```{{.python .train loss-cap="Two."}}
for t in range(41):
    loss = 100 * 0.9**t
```

::: {{.panel-tabset}}
## Left

The left one.

## Right

The right one.
:::

::: {{.callout-note collapse="true"}}
## More

What is hidden.
:::

| {" | ".join(f"a column {k}" for k in range(30))} |
|{"---|" * 30}
| {" | ".join("some words" for _ in range(30))} |
"""
KINDS = {
    "skip link": "a.skip",
    "title of the site": ".site-title a",
    "theme": ".theme-switch",
    "search": ".search-open",
    "section": ".site-nav details.section > summary",
    "page": ".site-nav a",
    "breadcrumb": ".breadcrumbs a",
    "fold of the contents": "details.fold > summary",
    "contents": ".page-toc a",
    "heading": "a.anchor",
    "reference": "a.ref",
    "citation": "a[role=doc-biblioref]",
    "footnote": "a.footnote-ref",
    "way back": "a.footnote-back",
    "wide formula": ".math.display",
    "code": "article pre[tabindex]",
    "copy": ".code-tools button[aria-label=Copy]",
    "wrap": ".code-tools button[aria-label='Wrap lines']",
    "fold": "details.code-fold > summary",
    "curve": ".curves-keys button",
    "compare": ".curves-compare > summary",
    "scale": ".curves-scale",
    "plot": ".curves-area",
    "data": ".curve-data summary",
    "csv": ".curve-data a[download]",
    "tab": ".tabs input",
    "remark": "details.callout > summary",
    "wide table": "table[tabindex]",
    "how to cite": "details.citation > summary",
    "download": ".page-actions a.download",
    "category": "a.category",
    "neighbour": ".previous-next a",
    "costs": "footer a",
}
"""What can be done on a page, and how it is found there."""
STOP = """kinds => {
  const e = document.activeElement;
  if (e === document.body) return null;
  const shown = e.matches(".tabs input") ? e.nextElementSibling : e;  // the label of a button that is not drawn
  const seen = getComputedStyle(shown).outlineStyle !== "none" && parseFloat(getComputedStyle(shown).outlineWidth) > 0;
  const at = e.getBoundingClientRect();
  return { kinds: Object.keys(kinds).filter(k => e.matches(kinds[k])), seen, what: e.outerHTML.slice(0, 120),
           inside: at.bottom > 0 && at.top < innerHeight };
}"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, npm_cache: Path) -> Path:
    """A site with the page that has everything, built once."""
    folder = tmp_path_factory.mktemp("keyboard")
    notes = folder / "content"
    for section in ("fits", "others"):
        (notes / section).mkdir(parents=True)
        (notes / section / "more.md").write_text(f"# More of {section}\n")
    (notes / "fits" / "all.md").write_text(NOTE)
    (notes / "fits" / "r.bib").write_text("@book{doe2020, author = {Doe, Jane}, title = {A Book}, year = 2020}\n")
    (notes / "gradpress.yml").write_text("title: Notes\nbase-url: https://example.org\nmath: {method: prerendered}\n")
    (folder / ".gradpress").mkdir()
    (folder / ".gradpress" / "npm").symlink_to(npm_cache / "npm")
    done = subprocess.run(
        [sys.executable, str(ROOT / "build.py"), "html"], cwd=folder, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr.decode()
    return folder / "site"


@pytest.fixture
def page(site: Path, visit: Visit) -> Page:
    visit.page.emulate_media(reduced_motion="reduce")
    visit.page.set_viewport_size({"width": 1400, "height": 800})
    visit.open(site / "fits" / "all.html")
    return visit.page


def test_every_kind_is_reached_and_seen(page: Page) -> None:
    met: set[str] = set()
    for _ in range(150):
        page.keyboard.press("Tab")
        stop = page.evaluate(STOP, KINDS)
        if stop is None:
            break
        assert stop["kinds"], f"no kind of control that we know: {stop['what']}"
        assert stop["seen"], f"nobody sees where the focus is: {stop['what']}"
        assert stop["inside"], f"out of sight: {stop['what']}"
        met.update(stop["kinds"])
    assert stop is None, "the walk ends"
    assert set(KINDS) - met == set()


def focused(page: Page, kind: str, number: int = 0) -> Locator:
    found = page.locator(KINDS[kind]).nth(number)
    found.focus()
    return found


def test_buttons_and_folds_answer_to_enter_and_space(page: Page) -> None:
    for kind in ("section", "fold", "data", "remark", "how to cite"):
        box = focused(page, kind).locator("xpath=..")
        for key in ("Enter", "Space"):
            before = box.get_attribute("open")
            page.keyboard.press(key)
            assert (box.get_attribute("open") is None) != (before is None), (kind, key)
    for kind in ("curve", "scale", "wrap"):
        button = focused(page, kind)
        for key in ("Enter", "Space"):
            before = button.get_attribute("aria-pressed")
            page.keyboard.press(key)
            assert (button.get_attribute("aria-pressed") == "true") != (before == "true"), (kind, key)
            assert button.evaluate("e => e === document.activeElement"), "the focus stays"
    ground = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(ground)
    focused(page, "theme")
    page.keyboard.press("Space")
    assert page.evaluate(ground) != light
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    focused(page, "copy")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Copied").wait_for()
    assert page.evaluate("navigator.clipboard.readText()").startswith('second = "a long line')


def test_escape_closes_what_has_opened(page: Page) -> None:
    search = focused(page, "search")
    page.keyboard.press("Enter")
    assert page.get_by_role("dialog").is_visible()
    page.keyboard.press("Escape")
    assert page.get_by_role("dialog").count() == 0
    assert search.evaluate("e => e === document.activeElement"), "the focus is where it was"
    for kind in ("reference", "citation", "footnote"):
        focused(page, kind)
        assert page.locator(".preview").is_visible(), kind
        page.keyboard.press("Escape")
        assert page.locator(".preview").count() == 0, kind
    compare = focused(page, "compare")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    assert page.locator(".curves-compare").first.get_by_role("checkbox").is_checked()
    page.keyboard.press("Escape")
    assert page.locator(".curves-compare").first.get_attribute("open") is None
    assert compare.evaluate("e => e === document.activeElement")
    area = focused(page, "plot")
    page.keyboard.press("Home")
    assert area.get_attribute("aria-valuenow") == "0"
    assert page.locator(".curves-tip").first.is_visible()
    page.keyboard.press("Escape")
    assert page.locator(".curves-tip").first.is_hidden()


def test_tabs_change_with_arrows_and_what_is_wide_scrolls(page: Page) -> None:
    focused(page, "tab")
    page.keyboard.press("ArrowRight")
    assert page.get_by_text("The right one.").is_visible()
    assert page.get_by_text("The left one.").is_hidden()
    for kind in ("wide formula", "code", "wide table"):
        wide = page.locator(KINDS[kind]).filter(has_text="a long line" if kind == "code" else "").first
        if kind == "wide formula":
            wide = page.locator(KINDS[kind]).nth(1)
        wide.focus()
        for _ in range(5):
            page.keyboard.press("ArrowRight")
        page.wait_for_function("e => e.scrollLeft > 0", arg=wide.element_handle())


def test_links_lead_on(page: Page) -> None:
    focused(page, "skip link")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"
    focused(page, "contents")
    page.keyboard.press("Enter")
    assert page.url.endswith("#first")
    focused(page, "footnote")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.matches('.footnote-back')"), "the walk goes on at the note"
    with page.expect_download() as waited:
        focused(page, "csv")
        page.keyboard.press("Enter")
    assert waited.value.suggested_filename.endswith(".csv")
    focused(page, "download")
    page.keyboard.press("Enter")
    page.wait_for_url("**/all.md")  # from a disk it is shown, from a server it is saved
    page.go_back()
    focused(page, "neighbour")
    page.keyboard.press("Enter")
    page.wait_for_url("**/more.html")
