"""The author's wishes for the look of a site: `theme:` and `css:`."""

from __future__ import annotations

from pathlib import Path

import pytest
from builds import Build
from hypothesis import given
from hypothesis import strategies as st

from gradpress import theme
from gradpress.formats import heading_links


def test_theme_sets_properties(notes: Path, build: Build) -> None:
    (notes / "gradpress.yml").write_text(
        'theme:\n  accent: "#123456"\n  text-font: "\'EB Garamond\', serif"\n  width: 60ch\n  appearance: dark\n'
    )
    (notes / "a.md").write_text("Text.\n")
    assert build("html").code == 0
    style = (notes.parent / "site" / "assets" / "gradpress.css").read_text()
    wishes = style[style.rindex(":root {") :]
    assert "--accent: light-dark(#123456, #123456);" in wishes
    assert "--serif: 'EB Garamond', serif;" in wishes
    assert "--measure: 60ch;" in wishes
    page = (notes.parent / "site" / "a.html").read_text()
    assert 'data-theme="dark"' in page
    assert "theme-switch" not in page, "the reader has no choice"


@pytest.mark.parametrize(
    ("wish", "said"),
    [
        ("accent: 'red; } body { display: none'", "'theme.accent' must be a colour such as \"#0f6674\""),
        ("text-font: 'x; }'", "'theme.text-font' must be the names of fonts, such as Source Serif 4, Georgia, serif"),
        ("width: wide", "'theme.width' must be a length such as 70ch or 44rem"),
        ("appearance: sepia", "'theme.appearance' must be one of auto, light, dark"),
    ],
)
def test_a_wrong_wish_is_an_error_with_its_line(notes: Path, build: Build, wish: str, said: str) -> None:
    (notes / "gradpress.yml").write_text(f"title: T\ntheme:\n  {wish}\n")
    (notes / "a.md").write_text("Text.\n")
    run = build("html")
    assert run.code == 2
    assert f"gradpress.yml:3: error: {said}  [key-value]" in run.err


@given(st.text())
def test_no_wish_leaves_its_declaration(wish: str) -> None:
    """Whatever an author writes, the style sheet has the properties that were set, and no other rule."""
    for key, kind in theme.KEYS.items():
        try:
            value = kind(wish)
        except ValueError:
            continue
        assert not set(value) & set(";{}<>\\\n"), (key, value)


def test_style_sheets_are_published_with_what_they_name(notes: Path, build: Build) -> None:
    (notes / "look").mkdir()
    (notes / "look" / "site.css").write_text(
        '@import "more.css";\n@font-face { font-family: A; src: url("fonts/a.woff2?v=1") }\n'
        "b { background: url(data:x) }"
    )
    (notes / "look" / "more.css").write_text("i { background: url('../dot.png') }")
    (notes / "look" / "fonts").mkdir()
    (notes / "look" / "fonts" / "a.woff2").write_bytes(b"font")
    (notes / "dot.png").write_bytes(b"dot")
    (notes / "sub").mkdir()
    (notes / "sub" / "own.css").write_text("p { color: red }")
    (notes / "gradpress.yml").write_text("css: [look/site.css, https://example.org/x.css]\n")
    (notes / "sub" / "a.md").write_text("---\ncss: own.css\n---\n\nText.\n")
    (notes / "b.md").write_text("Text.\n")
    assert build("html").diagnostics == []
    site = notes.parent / "site"
    page = (site / "sub" / "a.html").read_text()
    links = ["../assets/gradpress.css", "../look/site.css", "https://example.org/x.css", "../sub/own.css"]
    at = [page.index(f'<link rel="stylesheet" href="{link}">') for link in links]
    assert at == sorted(at)
    assert "own.css" not in (site / "b.html").read_text()
    for file in ("look/site.css", "look/more.css", "look/fonts/a.woff2", "dot.png", "sub/own.css"):
        assert (site / file).read_bytes() == (notes / file).read_bytes()


def test_an_edit_of_a_style_sheet_is_seen(notes: Path, build: Build) -> None:
    (notes / "site.css").write_text("b { color: red }")
    (notes / "gradpress.yml").write_text("css: site.css\n")
    (notes / "a.md").write_text("Text.\n")
    assert build("html").code == 0
    (notes / "site.css").write_text("b { color: blue }")
    assert "0 pages built, 1 unchanged" in build("html").err
    assert (notes.parent / "site" / "site.css").read_text() == "b { color: blue }"
    (notes / "site.css").unlink()
    run = build("html")
    assert run.code == 1
    assert "gradpress.yml:1: error: css: there is no file 'site.css'" in run.err
    assert not (notes.parent / "site" / "site.css").exists()
    assert "site.css" not in (notes.parent / "site" / "a.html").read_text()


def test_a_style_sheet_outside_is_refused(notes: Path, build: Build) -> None:
    (notes.parent / "secret.css").write_text("x")
    (notes / "a.md").write_text("---\ncss: ../secret.css\n---\n\nText.\n")
    run = build("html")
    assert run.code == 1
    assert "a.md:2: error: css: '../secret.css' leads outside the content folder" in run.err


def test_every_heading_links_to_itself() -> None:
    body = '<h2 class="x" id="a-b">A <em>b</em></h2>\n<p id="h">no</p><h3>none</h3>'
    made = heading_links.added(body, 'Link "here"')
    link = '<a class="anchor" href="#a-b" aria-label="Link &quot;here&quot;"></a>'
    assert made == f'<h2 class="x" id="a-b">A <em>b</em>{link}</h2>\n<p id="h">no</p><h3>none</h3>'


def test_sections_stand_above_the_title(notes: Path, build: Build) -> None:
    (notes / "part" / "deep").mkdir(parents=True)
    (notes / "part" / "index.md").write_text("# The part\n")
    (notes / "part" / "deep" / "a.md").write_text("# A page\n")
    (notes / "index.md").write_text("# Home\n")
    assert build("html").code == 0
    site = notes.parent / "site"
    page = (site / "part" / "deep" / "a.html").read_text()
    trail = page[page.index('<nav class="breadcrumbs"') :].partition("</nav>")[0]
    assert '<a href="../../part/index.html">The part</a>' in trail
    assert trail.index("The part") < trail.index("Deep")
    assert "breadcrumbs" not in (site / "index.html").read_text()


def test_a_page_speaks_its_language(notes: Path, build: Build) -> None:
    (notes / "a.md").write_text("---\nlang: de-AT\ntitle: A\n---\n\n# Eins\n\n# Zwei\n")
    (notes / "b.md").write_text("---\nlang: tlh\ntitle: B\n---\n\n# Eins\n\n# Zwei\n")
    assert build("html").code == 0
    assert "Auf dieser Seite" in (notes.parent / "site" / "a.html").read_text()
    assert "On this page" in (notes.parent / "site" / "b.html").read_text()
