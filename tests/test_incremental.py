"""After any edits a site is, byte for byte, what a build from nothing makes of the same notes."""

from __future__ import annotations

import random
import re
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from builds import Build
from PIL import Image

from gradpress.diagnostics import UsageError, render
from gradpress.resident import Resident
from gradpress.site import Options

PAGES = 14
PAGE = """---
title: Page {k}
bibliography: refs.bib
---

# Part {{#sec-{k}}}

$$ x_{k} = {value} $$ {{#eq-{k}}}

See @eq-{k}, @eq-{other} and [there](p{other}.md#sec-{other}), and [@one].

{{{{< include _part.md >}}}}

![A dot](dot.png){{#fig-{k}}}
"""
Edit = Callable[[Path, random.Random], object]


def _write(notes: Path, k: int, chance: random.Random) -> None:
    text = PAGE.format(k=k, value=chance.randrange(100), other=chance.randrange(PAGES))
    (notes / f"p{k}.md").write_text(text, encoding="utf-8")


def _word(notes: Path, chance: random.Random) -> None:
    page = chance.choice(sorted(notes.glob("p*.md")))
    page.write_text(page.read_text() + f"\nword {chance.randrange(1000)}\n")


def _title(notes: Path, chance: random.Random) -> None:
    page = chance.choice(sorted(notes.glob("p*.md")))
    page.write_text(page.read_text().replace("title: Page", f"title: Leaf {chance.randrange(9)}", 1))


def _number(notes: Path, chance: random.Random) -> None:
    """One equation more, before those of the page."""
    page = chance.choice(sorted(notes.glob("p*.md")))
    page.write_text(page.read_text().replace("# Part", "$$ y $$ {#eq-new" + page.stem + "}\n\n# Part", 1))


def _remove(notes: Path, chance: random.Random) -> None:
    chance.choice(sorted(notes.glob("p*.md"))).unlink()


def _rename(notes: Path, chance: random.Random) -> None:
    page = chance.choice(sorted(notes.glob("p*.md")))
    page.rename(notes / f"pq{chance.randrange(100)}.md")


def _picture(notes: Path, chance: random.Random) -> None:
    (notes / "dot.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes([chance.randrange(256)]))


def _said(notes: Path, chance: random.Random) -> None:
    """What the lists of the site tell of a page."""
    said = [
        f"date: 2024-01-{chance.randrange(1, 29):02}",
        "draft: true",
        f"categories: [c{chance.randrange(3)}]",
        f"aliases: [old{chance.randrange(100)}.html]",
        "date-modified: last-modified\ncitation: true",
    ]
    page = chance.choice(sorted(notes.glob("p*.md")))
    page.write_text(re.sub("^title:", f"{chance.choice(said)}\ntitle:", page.read_text(), count=1, flags=re.M))


EDITS: list[Edit] = [
    _said,
    _said,
    _word,
    _title,
    _number,
    _remove,
    _rename,
    _picture,
    lambda notes, chance: _write(notes, chance.randrange(PAGES), chance),
    lambda notes, chance: (notes / "_part.md").write_text(f"Part {chance.randrange(100)}.\n"),
    lambda notes, chance: (notes / "refs.bib").write_text(
        f"@book{{one, author={{A}}, title={{T{chance.randrange(100)}}}, year={{2000}}}}\n"
    ),
    lambda notes, chance: (notes / "gradpress.yml").write_text(
        chance.choice(
            [
                "title: Other\nbase-url: https://example.org/n\ndownloads: source\n",
                "numbering: {equations: all}\n",
                "numbering: {chapters: true}\n",
                "toc: false\n",
            ]
        )
    ),
]


def begun(notes: Path, seed: int) -> random.Random:
    """The notes before the first edit."""
    chance = random.Random(seed)
    (notes / "_part.md").write_text("Part.\n")
    (notes / "refs.bib").write_text("@book{one, author={A}, title={T}, year={2000}}\n")
    (notes / "dot.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    for k in range(PAGES):
        _write(notes, k, chance)
    return chance


def tree(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


@pytest.mark.parametrize("seed", range(2))
def test_an_edited_site_is_a_clean_one(seed: int, notes: Path, build: Build, tmp_path: Path) -> None:
    chance = begun(notes, seed)
    build("html")
    for _ in range(5):
        made = [chance.choice(EDITS) for _ in range(chance.randrange(1, 4))]
        for edit in made:
            edit(notes, chance)
        said, edited = build("html").diagnostics, tree(tmp_path / "site")
        for name in ("site", "cache"):
            shutil.move(tmp_path / name, tmp_path / f"kept-{name}")
        assert build("html", "--jobs=1").diagnostics == said
        clean = tree(tmp_path / "site")
        assert edited.keys() == clean.keys()
        assert [name for name in clean if clean[name] != edited[name]] == []
        for name in ("site", "cache"):
            shutil.rmtree(tmp_path / name)
            shutil.move(tmp_path / f"kept-{name}", tmp_path / name)


@pytest.mark.parametrize("seed", range(2, 4))
def test_what_a_builder_that_stays_has_made_is_a_clean_site(
    seed: int, notes: Path, build: Build, tmp_path: Path
) -> None:
    chance = begun(notes, seed)
    with Resident(Options(notes, tmp_path / "stays", tmp_path / "kept")) as builder:
        builder.build("html")
        for _ in range(5):
            for edit in [chance.choice(EDITS) for _ in range(chance.randrange(1, 4))]:
                edit(notes, chance)
            said = [render(d, "text") for d in builder.build("html").diagnostics]
            assert build("html").diagnostics == said
            edited, clean = tree(tmp_path / "stays"), tree(tmp_path / "site")
            assert edited.keys() == clean.keys()
            assert [name for name in clean if clean[name] != edited[name]] == []
            for name in ("site", "cache"):
                shutil.rmtree(tmp_path / name)


def test_pages_that_are_built_alone_do_not_hide_that_others_must_be(notes: Path, build: Build, tmp_path: Path) -> None:
    (notes / "a.md").write_text("# A\n")
    build("html")
    (notes / "b.md").write_text("# A page more\n")
    build("html", "b.md")
    assert "A page more" not in (tmp_path / "site" / "a.html").read_text()
    build("html")
    assert "A page more" in (tmp_path / "site" / "a.html").read_text()


CELL = "```{{python}}\nimport os\n\nprint({}, open(f'/proc/{{os.getppid()}}/stat').read().split()[3])\n```\n"
"""Who has forked the process that guards the cells."""


def test_a_builder_that_stays_keeps_the_process_that_pages_are_forked_from(notes: Path, tmp_path: Path) -> None:
    def parent(k: int) -> str:
        (notes / "a.md").write_text(CELL.format(k))
        assert not builder.build("html").diagnostics
        return re.findall(rf">{k} (\d+)<", (tmp_path / "site" / "a.html").read_text())[0]

    with Resident(Options(notes, tmp_path / "site", tmp_path / "cache")) as builder:
        first = parent(1)
        assert parent(2) == first
        process = Path(f"/proc/{first}")
        assert process.exists()
    wait_until = time.monotonic() + 30
    while process.exists() and time.monotonic() < wait_until:
        time.sleep(0.05)
    assert not process.exists()


def test_a_builder_that_stays_goes_on_after_a_broken_configuration(notes: Path, tmp_path: Path) -> None:
    (notes / "a.md").write_text("Text.\n")
    with Resident(Options(notes, tmp_path / "site", tmp_path / "cache")) as builder:
        builder.build("html")
        (notes / "gradpress.yml").write_text("title: [\n")
        with pytest.raises(UsageError):
            builder.build("html")
        (notes / "gradpress.yml").write_text("title: Notes\n")
        (notes / "a.md").write_text("Other text.\n")
        assert builder.build("html").built == 1
        assert "Other text." in (tmp_path / "site" / "a.html").read_text()
        assert builder.build("html").built == 0


def test_pages_without_a_number_have_none_in_the_next_build_either(notes: Path, build: Build, tmp_path: Path) -> None:
    (notes / "gradpress.yml").write_text("numbering: {chapters: true}\n")
    (notes / "a.md").write_text("# Before {.unnumbered}\n\nText.\n")
    (notes / "b.md").write_text("# First {#sec-b}\n\nText, see @sec-b.\n")
    build("html")
    first = tree(tmp_path / "site")
    (notes / "a.md").write_text("# Before {.unnumbered}\n\nOther text.\n")
    build("html")
    assert tree(tmp_path / "site")["b.html"] == first["b.html"]
    (notes / "b.md").write_text("# First {#sec-b}\n\nText, see @sec-b, again.\n")
    build("html")
    for page in (first["b.html"], tree(tmp_path / "site")["b.html"]):
        assert "Chapter\u00a01" in page.decode()


def test_an_image_without_a_suffix_comes_and_goes(notes: Path, build: Build, tmp_path: Path) -> None:
    """Which file it is depends on all that it might be."""
    (notes / "a.md").write_text("![A drawing](figure)\n")
    for name, shown in (("figure.jpg", "figure.jpg"), ("figure.png", "figure.png"), ("figure", "figure")):
        Image.new("RGB", (20, 10), "teal").save(notes / name, "PNG")
        assert build("html").diagnostics == []
        assert f'src="{shown}"' in (tmp_path / "site" / "a.html").read_text()
    for name in ("figure", "figure.png", "figure.jpg"):
        (notes / name).unlink()
    assert "does not exist" in build("html").err
