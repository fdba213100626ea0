"""The chain in the build gives what `pandoc -F` gives with the same filters, on every page of ours."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from builds import PAGES, ROOT, RULES, Build

from filters import CHAIN, chain
from gradpress import pandoc
from gradpress.configuration import load
from gradpress.content import Found
from gradpress.diagnostics import Log, collecting
from gradpress.reading import source
from gradpress.reading.manuscript import document_of, metadata_of
from gradpress.running import local, using
from gradpress.settings import page_settings
from gradpress.site import Options


def document(path: Path, cache: Path) -> str:
    """The page as pandoc reads it, with the metadata that the builder adds."""
    options = Options(content=path.parent, output=cache / "site", cache=cache)
    log = Log()
    with collecting(log, path.name):
        text = source.read(path, path.name)
        configuration = load(options, log)
        settings = page_settings(configuration.settings, text.header)
        surroundings = configuration.context(Found(path.stem, path, path.name))
        metadata = metadata_of(settings, configuration.settings, surroundings)
        return pandoc.dump(pandoc.load(document_of(text, settings, local(cache).store), "html", metadata))


@pytest.mark.parametrize("path", PAGES, ids=[p.stem if p.stem != "index" else f"{p.parent.name}-index" for p in PAGES])
def test_in_process_equals_pandoc(path: Path, tmp_path: Path) -> None:
    _same(path, tmp_path)


def test_all_pages_on_rules(tmp_path: Path) -> None:
    """As one page: eighty of them would start a thousand filters."""
    texts = [page.read_text().partition("\n---\n")[2] for page in sorted(RULES.glob("*.md"))]
    (tmp_path / "rules.md").write_text("\n\n".join(texts))
    _same(tmp_path / "rules.md", tmp_path)


def _same(path: Path, tmp_path: Path) -> None:
    before = document(path, tmp_path / "cache")
    doc = pandoc.load(before, "html")
    runner = local(tmp_path / "cache")
    with collecting(Log(), path.name), using(runner):
        for module in chain():
            module.apply(doc)
    runner.close()
    command = [pandoc.executable(), "-f", "json", "-t", "json"]
    for name in CHAIN:
        command += ["-F", str(ROOT / "filters" / f"{name}.py")]
    env = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(
        command, input=before.encode(), capture_output=True, cwd=ROOT, timeout=300, check=False, env=env
    )
    assert done.returncode == 0, done.stderr.decode()
    assert json.loads(done.stdout)["blocks"] == json.loads(pandoc.dump(doc))["blocks"]


def test_every_filter_is_a_program() -> None:
    for name in CHAIN:
        path = ROOT / "filters" / f"{name}.py"
        assert path.stat().st_mode & 0o111, f"{name} has no run bit: pandoc would take the first python it finds"
        assert path.read_text().startswith("#!/usr/bin/env python3\n")


def test_what_only_a_cell_brings_goes_through_all_filters(notes: Path, build: Build, tmp_path: Path) -> None:
    """The page itself has no formula, no table and no reference."""
    made = r"$f_\boldsymbol{\sigma}(x)$, \eqref{nope}"
    (notes / "a.md").write_text(f"# A\n\n```{{python}}\n#| output: asis\nprint(r'{made}')\n```\n")
    done = build("html")
    assert [line.partition("  ")[2] for line in done.diagnostics] == ["[label-unknown]"]
    assert r"\(f_{\boldsymbol{\sigma}}(x)\)" in (tmp_path / "site" / "a.html").read_text()
