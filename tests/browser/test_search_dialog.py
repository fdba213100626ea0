"""The search in a browser: from a server and from the disk, with the keyboard, and without any other host."""

from __future__ import annotations

import functools
import http.server
import threading
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from visits import Visit

from gradpress.searching.terms import terms
from gradpress.site import Options, Site

INDEX = """---
title: Home
header-includes: |
  \\newcommand{\\ww}{\\boldsymbol{w}}
---

Welcome to the zoo.

## Zebras {#zebras}

A striped zebra lives beside $f_\\ww(x)$. `zebra_count` is a name.

$$ \\nabla L(\\ww) = 0 $$
"""
DEEP = """# Stripes

Nothing but stripes, and a zebras' friend.

## Algebra

Groups, rings and fields.
"""


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Tests print nothing."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("search")
    (folder / "content" / "a b").mkdir(parents=True)
    (folder / "content" / "index.md").write_text(INDEX)
    (folder / "content" / "a b" / "ü&.md").write_text(DEEP)
    for number in range(12):
        (folder / "content" / f"p{number}.md").write_text(f"# Page {number}\n\nCommonplace.\n")
    (folder / "content" / "gradpress.yml").write_text("math: {method: mathml}\n")
    report = Site(Options(folder / "content", folder / "site", folder / "cache")).build("html")
    assert report.diagnostics == ()
    return folder / "site"


@pytest.fixture(scope="module")
def server(site: Path) -> Iterator[str]:
    handler = functools.partial(_Quiet, directory=str(site))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{running.server_port}"
        running.shutdown()


@pytest.fixture(params=["server", "disk"])
def start(request: pytest.FixtureRequest, site: Path) -> str:
    """Where the site begins."""
    return str(request.getfixturevalue("server")) if request.param == "server" else site.as_uri()


def _asked(visit: Visit, query: str, status: str) -> list[str]:
    """The titles that are found for a query, after the dialog says how many."""
    visit.page.locator(".search-field").fill(query)
    expect(visit.page.locator(".search-list[aria-busy=false]")).to_be_attached()
    expect(visit.page.locator(".search-status")).to_have_text(status)
    return visit.page.locator(".search-title").all_inner_texts()


def test_finding(visit: Visit, start: str) -> None:
    visit.page.goto(f"{start}/index.html")
    visit.page.keyboard.press("/")
    assert _asked(visit, "zebra", "Pages found: 2") == ["Home", "Zebras", "Stripes"]
    assert visit.page.locator(".search-page").first.locator("mark").all_inner_texts() == ["Zebras", "zebra", "zebra"]
    assert "beside f_w(x)" in visit.page.locator(".search-page").first.inner_text()
    assert _asked(visit, "ZÉBRA Friend", "Pages found: 1") == ["Stripes"]
    for query in ("nabla", r"\nabla", "∇", "boldsymbol"):
        assert _asked(visit, query, "Pages found: 1") == ["Home", "Zebras"], query
    assert _asked(visit, r"\ww", "Pages found: 1") == ["Home"], "MathML has no macros: no section is known"
    assert _asked(visit, "zerba", "Pages found: 1") == ["Home", "Zebras"], "a slip"
    assert _asked(visit, "fielding", "Pages found: 1") == ["Stripes", "Algebra"], "another form"
    assert _asked(visit, "xyzzy", "Nothing found for “xyzzy”") == []
    assert _asked(visit, "-", "Nothing found for “-”") == []
    assert _asked(visit, "", "") == []
    assert len(_asked(visit, "commonplace", "Pages found: 12, the first 8 are shown")) == 8
    visit.page.locator(".search-more").click()
    expect(visit.page.locator(".search-title")).to_have_count(12)
    assert (visit.errors, visit.outside) == ([], [])


def test_keyboard(visit: Visit, start: str) -> None:
    page = visit.page
    page.goto(f"{start}/p1.html")
    page.locator(".search-open").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".search-field")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("dialog.search")).not_to_be_visible()
    expect(page.locator(".search-open")).to_be_focused()
    page.keyboard.press("Control+k")
    _asked(visit, "zebra", "Pages found: 2")
    chosen = page.locator("[aria-selected]")
    assert chosen.locator(".search-title").inner_text() == "Home"
    page.keyboard.press("ArrowUp")
    assert chosen.locator(".search-title").inner_text() == "Stripes", "from the first to the last"
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    assert chosen.locator(".search-title").inner_text() == "Zebras"
    assert page.locator(".search-field").get_attribute("aria-activedescendant") == chosen.get_attribute("id")
    page.keyboard.press("Enter")
    page.wait_for_url("**/index.html?highlight=*#zebras")
    assert page.evaluate("CSS.highlights.get('search').size") == 3, "Zebras, zebra, and the zebra of zebra_count"
    page.keyboard.press("Escape")
    assert page.evaluate("[location.search, location.hash, CSS.highlights.size]") == ["", "#zebras", 0]
    assert page.locator(".search-clear").count() == 0
    assert (visit.errors, visit.outside) == ([], [])


def test_words_that_are_typed_fast(visit: Visit, start: str) -> None:
    """The result that is followed belongs to what was typed last; the page lies in a folder with a strange name."""
    visit.page.goto(f"{start}/p1.html")
    visit.page.keyboard.press("/")
    _asked(visit, "zebra", "Pages found: 2")
    visit.page.locator(".search-field").fill("rings algebra")
    visit.page.keyboard.press("Enter")
    visit.page.wait_for_url("**/a%20b/%C3%BC%26.html?highlight=*")
    assert visit.page.locator(".search-clear").is_visible()
    visit.page.keyboard.press("/")
    assert _asked(visit, "welcome", "Pages found: 1") == ["Home"], "from a page in a folder, too"
    assert (visit.errors, visit.outside) == ([], [])


def test_slash_in_a_field_is_a_slash(visit: Visit, server: str) -> None:
    visit.page.goto(f"{server}/p1.html")
    visit.page.evaluate("document.querySelector('main').append(document.createElement('textarea'))")
    visit.page.locator("textarea").press("/")
    assert visit.page.locator("dialog.search").count() == 0
    assert visit.page.locator("textarea").input_value() == "/"


def test_without_a_script(browser: Browser, server: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{server}/index.html")
    assert not page.locator(".search-open").is_visible()
    context.close()


def test_index_that_is_gone(visit: Visit, server: str, site: Path) -> None:
    share = site / "assets" / "search" / "terms-0.js"
    kept = share.read_bytes()
    share.unlink()
    try:
        visit.page.goto(f"{server}/index.html")
        visit.page.keyboard.press("/")
        visit.page.locator(".search-field").fill("zebra")
        expect(visit.page.locator(".search-status")).to_contain_text("cannot be read: terms-0.js is missing")
    finally:
        share.write_bytes(kept)


@pytest.mark.parametrize("width", [400, 1280])
def test_nothing_sticks_out(visit: Visit, server: str, width: int) -> None:
    visit.page.set_viewport_size({"width": width, "height": 700})
    visit.page.goto(f"{server}/index.html")
    visit.page.keyboard.press("/")
    _asked(visit, "commonplace", "Pages found: 12, the first 8 are shown")
    box = visit.page.locator("dialog.search").bounding_box()
    assert box
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= width
    assert box["y"] + box["height"] <= 700
    wide = "[...document.querySelectorAll('dialog.search *')].filter((e) => e.scrollWidth > e.clientWidth + 1).length"
    assert visit.page.evaluate(f"document.documentElement.scrollWidth <= {width} && {wide} === 0")


def test_terms_are_those_of_the_builder(visit: Visit, server: str) -> None:
    """Python and the browser take the same text apart in the same way: every character in a word, and by itself."""
    visit.page.goto(f"{server}/index.html")
    known = (chr(c) for c in range(0x20, 0x30000) if unicodedata.category(chr(c)) not in ("Cn", "Cs", "Co", "Cc"))
    texts = [f"a{c}b {c} {c}{c}" for c in known]
    theirs = visit.page.evaluate("(texts) => texts.map(gradpressSearch.terms)", texts)
    others = {t[1]: (terms(t), found) for t, found in zip(texts, theirs, strict=True) if terms(t) != found}
    assert others == {}
