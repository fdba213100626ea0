"""What a reference leads to, shown while the pointer or the focus is on it, from a file and without a network."""

from __future__ import annotations

from pathlib import Path

import pytest
from builds import Build
from visits import Visit

A = """::: {#thm-a}
## Pythagoras

So it is.
:::

![Points](dot.png){#fig-a}

See @thm-a, @fig-a, @thm-b, @sec-b and [@doe].
"""
B = "# B\n\n::: {#thm-b}\nElsewhere.\n:::\n\n## There {#sec-b}\n\nText.\n"
BIB = "@book{doe, author={Doe, Jane}, title={A Book}, year=2000, publisher={Press}}\n"


@pytest.fixture
def page(notes: Path, build: Build) -> Path:
    from PIL import Image

    Image.new("RGB", (60, 20), "teal").save(notes / "dot.png")
    (notes / "refs.bib").write_text(BIB)
    (notes / "a.md").write_text(f"---\nbibliography: refs.bib\nmath: {{method: mathml}}\n---\n\n{A}")
    (notes / "b.md").write_text(B)
    assert build("html").code == 0
    return notes.parent / "site" / "a.html"


@pytest.mark.parametrize(
    ("link", "text"),
    [
        ('a[href="#thm-a"]', "Pythagoras"),
        ('a[href="#fig-a"]', "Points"),
        ('a[href="b.html#thm-b"]', "Elsewhere."),
        ('a[href="b.html#sec-b"]', "There"),
        ('a[href="#ref-doe"]', "A Book"),
    ],
)
def test_preview(page: Path, visit: Visit, link: str, text: str) -> None:
    visit.page.goto(page.as_uri())
    shown = visit.page.locator(".preview")
    visit.page.locator(link).first.hover()
    shown.wait_for()
    assert text in shown.inner_text()
    visit.page.keyboard.press("Escape")
    assert shown.count() == 0
    visit.page.locator(link).first.focus()
    assert text in shown.inner_text()
    visit.page.locator("h1, p").first.hover()
    assert visit.page.locator(".preview [id]").count() == 0, "no name is given twice"
    assert (visit.errors, visit.outside) == ([], [])
