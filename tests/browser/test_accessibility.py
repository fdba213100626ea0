"""No violation that axe-core finds: on the pages that we ship, in both themes, on a screen and on a phone."""

from __future__ import annotations

from pathlib import Path

import pytest
from builds import NAMES, Build
from test_site import site  # noqa: F401
from visits import Visit

from gradpress.math import npm

AXE = "4.14.1"


@pytest.fixture(scope="session")
def axe(npm_cache: Path, nowhere: Path) -> str:
    return (npm.package("axe-core", AXE, npm_cache, near=nowhere) / "axe.min.js").read_text(encoding="utf-8")


def violations(visit: Visit, axe: str) -> list[str]:
    visit.page.wait_for_function("!window.MathJax || (MathJax.startup && MathJax.startup.promise)")
    visit.page.evaluate("window.MathJax?.startup?.promise")
    visit.page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    visit.page.evaluate(axe)
    found = visit.page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
    return [f"{v['id']}: {node['html'][:200]}" for v in found for node in v["nodes"]]


@pytest.mark.parametrize("name", NAMES)
def test_pages_have_no_violation(site: Path, visit: Visit, axe: str, name: str) -> None:  # noqa: F811
    for scheme in ("light", "dark"):
        for width in (1280, 400):
            visit.page.set_viewport_size({"width": width, "height": 900})
            visit.page.emulate_media(color_scheme=scheme)
            visit.open(site / f"{name}.html")
            assert violations(visit, axe) == [], (scheme, width)


def test_axe_sees_what_is_wrong(notes: Path, build: Build, visit: Visit, axe: str) -> None:
    """The test above can fail."""
    (notes / "gradpress.yml").write_text("math: {method: mathml}\n")
    (notes / "a.md").write_text('Text.\n\n<p style="color: #eee">pale</p>\n\n<button></button>\n')
    build("html")
    visit.open(notes.parent / "site" / "a.html")
    assert {found.partition(":")[0] for found in violations(visit, axe)} >= {"color-contrast", "button-name"}


def test_tables_of_pandas_have_no_empty_headers(notes: Path, build: Build, visit: Visit, axe: str) -> None:
    table = "<table><thead><tr><th></th><th>a</th></tr></thead><tbody><tr><th>0</th><td>1</td></tr></tbody></table>"
    cell = f"from IPython.display import HTML\nHTML('{table}')"
    (notes / "gradpress.yml").write_text("math: {method: mathml}\n")
    (notes / "a.md").write_text(f"# A\n\n```{{.python .run}}\n{cell}\n```\n\n| | x |\n|---|---|\n| a | 1 |\n")
    assert build("html").code == 0
    visit.open(notes.parent / "site" / "a.html")
    assert visit.page.locator("table").count() == 2
    assert violations(visit, axe) == []
