"""Templates are compiled once for all sites, beside themselves, as Python does it with modules."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from gradpress.formats import templates


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "templates"
    made.mkdir()
    (made / "a.html.j2").write_text("<p>{{ x }}</p>")
    return made


def _shown(folder: Path, cache: Path) -> str:
    templates.html.cache_clear()
    return templates.html(folder, cache).get_template("a.html.j2").render(x="a < b")


def _kept(folder: Path) -> int:
    return sum(path.is_file() for path in folder.rglob("*.cache"))


def test_what_is_compiled_serves_other_sites(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    first = _shown(folder, tmp_path / "one")
    monkeypatch.setattr("jinja2.Environment.compile", None)  # whoever compiles fails
    assert _shown(folder, tmp_path / "two") == first == "<p>a &lt; b</p>"
    assert not (tmp_path / "one").exists()


def test_a_template_that_changes_is_compiled_again(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    _shown(folder, tmp_path / "one")
    (folder / "a.html.j2").write_text("<b>{{ x }}</b>")
    assert _shown(folder, tmp_path / "one") == "<b>a &lt; b</b>"


@pytest.mark.parametrize("why", ["no bytecode", "no place"])
def test_otherwise_the_cache_has_it(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, why: str) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", why == "no bytecode")
    if why == "no place":
        (folder / "__pycache__").write_text("")
    assert _shown(folder, tmp_path / "one") == "<p>a &lt; b</p>"
    assert _kept(folder) == 0
    assert _kept(tmp_path / "one") == 1
