"""A page on paper: everything that is folded or hidden on the screen, in black on white, with all its formulas."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from builds import Build
from visits import Visit

PAGE = r"""---
title: For paper
---

See [the source](https://example.org/source) and <https://example.org/bare>.

::: {.callout-note collapse="true"}
## Folded
Behind the fold.
:::

::: {.panel-tabset}
## First way
By hand.

## Second way
By machine.
:::

```{.python .norun}
print("code")
```
"""
FORMULAS = "\n\n".join(f"Here $y_{{{k}}}$ and\n\n$$\\sum_j z_j^{{{k}}} \\label{{eq:{k}}}$$" for k in range(40))
# The reader prints while formulas wait for their turn; how many they are, before and after.
PRINTED = """() => new Promise(done => {
  const waiting = () => document.querySelectorAll('.waiting').length;
  const timer = setInterval(() => {
    if (!window.MathJax?.typeset) return;
    clearInterval(timer);
    const before = waiting();
    dispatchEvent(new Event('beforeprint'));
    done([before, waiting(), document.querySelectorAll('.math:not(:has(mjx-container))').length]);
  }, 1);
})"""


@pytest.fixture
def words(notes: Path, build: Build, visit: Visit, tmp_path: Path) -> str:
    """What stands on the paper of a reader who likes it dark."""
    (notes / "a.md").write_text(PAGE)
    assert build("html").code == 0
    visit.open(notes.parent / "site" / "a.html")
    visit.page.evaluate("document.documentElement.dataset.theme = 'dark'")
    visit.page.emulate_media(media="print")
    assert visit.page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "light"
    assert not visit.page.locator("header.site, .page-toc, .code-tools").filter(visible=True).count()
    visit.page.pdf(path=str(tmp_path / "a.pdf"))
    done = subprocess.run(
        ["pdftotext", "-layout", "a.pdf", "-"], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    return " ".join(done.stdout.split())


def test_paper_shows_all_that_the_page_has(words: str) -> None:
    assert "the source (https://example.org/source) and https://example.org/bare." in words
    assert "Folded Behind the fold. First way By hand. Second way By machine." in words


def test_formulas_that_wait_are_set_before_the_page_is_printed(
    notes: Path, build: Build, visit: Visit, npm_cache: Path, tmp_path: Path
) -> None:
    (tmp_path / "cache").mkdir(exist_ok=True)
    (tmp_path / "cache" / "npm").symlink_to(npm_cache / "npm")
    (notes / "gradpress.yml").write_text("math: {source: local}\n")
    (notes / "a.md").write_text(f"# A\n\n{FORMULAS}\n")
    assert build("html").code == 0
    visit.page.goto((notes.parent / "site" / "a.html").as_uri(), wait_until="commit")
    before, after, without = visit.page.evaluate(PRINTED)
    assert before > 0 == after == without
    visit.typeset()
    assert visit.page.locator("mjx-container").count() == 80
    assert visit.page.locator("mjx-merror").count() == 0
    assert visit.errors == []
