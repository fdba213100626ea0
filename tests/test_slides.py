"""Slides: where they begin, what they show, what pages do not show of them, and Marp decks; Chromium looks at one."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import panflute as pf
import pytest
from builds import Build
from npm_packages import npm_cache  # noqa: F401

from gradpress import decks, pandoc
from gradpress.decks import reveal, splitting
from gradpress.decks.steps import Steps

TALK = r"""---
title: A talk
author: Ada
slides: {level: 2, footer: "At *home*"}
math: {method: mathml}
header-includes: |
  \newcommand{\R}{\mathbb{R}}
---

# Part one

## Model

For $x \in \R$ we need
- a model
- data[^n]

$$x^2 = 2 \label{eq:x}$$

. . .

Later, see @sec-code.

[^n]: Of *one* kind.

::: notes
Only for me.
:::

---

No heading here.

::: incremental
1. first
2. second
:::

:::: columns
::: {.column width="60%"}
### Left

- $y$
:::
::: {.column width="40%"}
right
:::
::::

## Code {#sec-code background-color="#102030"}

```{.python code-line-numbers="1|2-3"}
a = 1
b = 2
c = 3
```
"""

MARP = r"""---
marp: true
paginate: true
class: lead
style: "section.wide h1 { color: teal; }"
---

<!-- _class: wide -->
# First
* one

---
<!-- _paginate: false -->
<!-- _footr: none -->
## Second
Text
- a list

<div class="columns">
<div>

- left $x_1$
</div>
<div>

right
</div>
</div>

<!-- say this -->

---

![bg right:40%](dot.png)

![w:120](dot.png)
"""


def _blocks(text: str) -> list[pf.Element]:
    return list(pandoc.load(pandoc.read(text), "html").content)


def _shape(slides: list[splitting.Slide]) -> list[tuple[str, bool, int]]:
    return [(pf.stringify(s.heading) if s.heading else "", s.is_section, len(s.blocks)) for s in slides]


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("# A\n\n## B\n\ntext", 2),
        ("# A\n\ntext\n\n## B\n\ntext", 1),
        ("# A\n\n---\n\n### C\n\ntext", 3),
        ("# A\n\n<!-- why -->\n\n## B\n\ntext", 2),
        ("text", splitting.LEAST),
    ],
)
def test_the_level_is_the_highest_that_a_text_follows(text: str, level: int) -> None:
    assert splitting.level(_blocks(text)) == level


def test_where_slides_begin() -> None:
    text = "Before.\n\n# Part\n\n## One\n\na\n\n### Deep\n\n---\n\nb\n\n---\n\n## Two\n\nc\n\n---\n\n---\n"
    slides = splitting.by_headings(_blocks(text), 2)
    assert _shape(slides) == [("", False, 1), ("Part", True, 0), ("One", False, 2), ("", False, 1), ("Two", False, 1)]


def test_slides_of_marp_begin_at_rules_and_dividers() -> None:
    text = "# A\n\n## B\n\nx\n\n---\n\n# C\n\n# D\n"
    assert [len(s.blocks) for s in splitting.by_rules(_blocks(text), ())] == [3, 2]
    assert [len(s.blocks) for s in splitting.by_rules(_blocks(text), (1,))] == [3, 1, 1]


def test_each_pause_keeps_back_all_that_follows() -> None:
    made = Steps(incremental=False).on_slide(_blocks("a\n\n. . .\n\nb\n\nc\n\n. . .\n\nd"))
    assert [len(block.content) for block in made if isinstance(block, pf.Div)] == [2, 1]
    assert pf.stringify(made[0]).strip() == "a"


@pytest.mark.parametrize(
    ("header", "is_one"),
    [
        ({"slides": True}, True),
        ({"slides": {"level": 2}}, True),
        ({"marp": True}, True),
        ({"slides": False, "marp": True}, False),
        ({"slides": {"enabled": False}}, False),
        ({}, False),
    ],
)
def test_which_headers_ask_for_slides(header: dict[str, object], is_one: bool) -> None:
    assert decks.asks(header) is is_one


def test_themes_ask_no_other_host(npm_cache: Path, tmp_path: Path) -> None:  # noqa: F811
    for theme in ("league", "night"):
        reveal._stage_theme(_package(npm_cache) / "dist" / "theme", theme, tmp_path)
        css = (tmp_path / f"{theme}.css").read_text()
        assert "url(http" not in css
        assert "--r-background-color" in css
    assert list((tmp_path / "fonts" / "league-gothic").glob("*.woff"))


def _package(cache: Path) -> Path:
    from gradpress.math import npm

    return npm.package("reveal.js", reveal.VERSION, cache, cache)


@pytest.fixture
def with_reveal(notes: Path, npm_cache: Path) -> Path:  # noqa: F811
    """Notes beside which reveal.js is installed."""
    beside = notes.parent / "node_modules"
    beside.mkdir()
    (beside / "reveal.js").symlink_to(_package(npm_cache))
    return notes


def test_a_talk_from_a_page(with_reveal: Path, build: Build) -> None:
    (with_reveal / "talk.md").write_text(TALK)
    (with_reveal / "other.md").write_text("```{.python .run}\nopen('ran', 'w')\n```\n")
    run = build("slides")
    site = with_reveal.parent / "site"
    assert (run.code, run.diagnostics) == (0, [])
    assert not list(with_reveal.rglob("ran")), "a cell of a page ran that is no talk"
    assert {p.name for p in site.glob("*.slides.html")} == {"talk.slides.html"}
    text = (site / "talk.slides.html").read_text()
    slides = re.findall(r"<section[^>]*>", text)
    assert [re.search(r'data-line="(\d+)"', s)[1] for s in slides[1:]] == ["10", "12", "32", "50"]
    assert 'id="model"' in slides[2]
    assert "section-slide" in slides[1]
    assert 'data-background-color="#102030"' in slides[4]
    assert 'id="sec-code"' in slides[4]
    assert text.count("<section") == text.count("</section>") == 5
    assert '<div class="fragment rest">' in text
    assert text.count('<li class="fragment">') == 2
    assert '<aside class="notes">' in text
    assert "Only for me" in text
    assert "<li>a model" in text, "a list directly below its text"
    assert 'style="flex: 0 1 60%;"' in text
    assert re.search(r"<h3[^>]*>Left</h3>", text)
    assert 'class="slide-footnotes"' in text
    assert "Of <em>one</em> kind." in text
    assert text.count("<footer>") == 4
    assert "At <em>home</em>" in text
    assert 'class="fragment code-step step-1"' in text
    assert '<span class="line at-1">' in text
    assert "ℝ" in text, "the preamble"
    assert (site / "assets" / reveal.NAME / "reveal.js").is_file()
    assert "https://" not in re.sub(r'xmlns[^"]*"[^"]*"', "", text.replace("http://www.w3.org", ""))
    assert build("slides", "other.md", "--no-execute").code == 0
    assert (site / "other.slides.html").is_file()
    assert build("html", "--no-execute").code == 0
    assert (site / "assets" / reveal.NAME / "reveal.js").is_file(), "html leaves what talks need"
    page = (site / "talk.html").read_text()
    assert "Only for me" not in page
    assert ". . ." not in page
    assert page.count("<hr") == 1
    assert build("slides").code == 0
    assert not (site / "other.slides.html").exists(), "it asks for no talk"
    (with_reveal / "talk.md").write_text(TALK.replace('slides: {level: 2, footer: "At *home*"}', ""))
    assert build("slides").code == 0
    assert not list(site.glob("*.slides.html"))
    assert not (site / "assets" / reveal.NAME).exists()


@pytest.mark.parametrize("command", ["tex", "github", "notebook"])
def test_what_is_for_the_speaker_is_in_no_other_output(notes: Path, build: Build, command: str) -> None:
    (notes / "talk.md").write_text(TALK)
    assert build(command).code == 0
    made = next(p for p in (notes.parent / "site").rglob("talk.*"))
    text = made.read_text()
    assert "No heading here" in text
    assert "Only for me" not in text
    assert ". . ." not in text


def test_a_marp_deck_is_a_talk_as_it_stands(with_reveal: Path, build: Build) -> None:
    (with_reveal / "talk.md").write_text(MARP)
    shutil.copy(Path(__file__).parent.parent / "content" / "manual" / "page.png", with_reveal / "dot.png")
    run = build("slides")
    said = "talk.md:14: warning: the directive '_footr' of Marp is not known; did you mean 'footer'?  [marp-directive]"
    assert (run.code, run.diagnostics) == (0, [said])
    text = (with_reveal.parent / "site" / "talk.slides.html").read_text()
    first, second, third = re.findall(r"<section.*?</section>", text, re.DOTALL)
    assert 'class="wide"' in first
    assert '<h1 id="">First</h1>' in first.replace("<h1>", '<h1 id="">')
    assert 'data-state="numbered"' in first
    assert "data-state" not in second
    assert 'class="lead"' in second
    assert "<li>a list</li>" in second
    assert second.count('class="column"') == 2
    assert '<aside class="notes">' in second
    assert "say this" in second
    assert "ground-right" in third
    assert "width:40%" in third
    assert 'width="120"' in third
    assert "section.wide h1 { color: teal; }" in text


def test_a_wrong_key_is_told_with_its_line(notes: Path, build: Build) -> None:
    (notes / "a.md").write_text("---\ntitle: T\nslides:\n  levle: 2\n  theme: blakc\n---\n\nText.\n")
    found = build("html").diagnostics
    assert found[0].startswith("a.md:4: warning: unknown key 'slides.levle'; did you mean 'level'?")
    assert found[1].startswith("a.md:5: error: 'slides.theme' must be one of own, ")
    assert len(found) == 2
