"""Every page of the content for GitHub and for Jupyter: formulas, numbers, code and links are those of HTML."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import gfm
import nbformat
import pytest
from builds import NAMES, ROOT, Build
from hypothesis import given
from hypothesis import strategies as st
from nbclient import NotebookClient
from npm_packages import nowhere, npm_cache  # noqa: F401

from gradpress.formats import notebook_macros
from gradpress.math import github, plain_tex
from gradpress.tex import preamble
from gradpress.tex.macros import Preamble

PAGES = [f"{name}.md" for name in NAMES]
_TAG = re.compile(r"\\tag\*?\{([^{}]*)\}")
_IN_CELLS = re.compile(r"\$\$\n(.*?)\n *\$\$|(?<!\\)\$([^$]+)\$", re.S)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The content as HTML, Markdown for GitHub and notebooks; its cells run once."""
    folder = tmp_path_factory.mktemp("exports")
    places = [f"--content={ROOT / 'content'}", f"--output={folder / 'site'}", f"--cache={folder / 'cache'}"]
    for command in ("html", "github", "notebook"):
        run = [sys.executable, str(ROOT / "build.py"), command, "--mathjax=jsdelivr", "--quiet", *places, *PAGES]
        done = subprocess.run(run, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, "")
    return folder / "site"


@pytest.fixture(scope="module")
def mathjax(npm_cache: Path, nowhere: Path) -> Path:  # noqa: F811
    return gfm.components(npm_cache, nowhere)


def main(site: Path, name: str) -> str:
    """What a page of the site says, without the tables of its plots."""
    text = (site / f"{name}.html").read_text()
    text = text[text.index("<main") : text.index("</main")]
    return re.sub(r'<div class="curve-data">.*?</details>', "", text, flags=re.S)


def cells(site: Path, name: str) -> list[dict[str, Any]]:
    loaded: list[dict[str, Any]] = json.loads((site / f"{name}.ipynb").read_text())["cells"]
    return loaded


def words(site: Path, name: str) -> str:
    """All Markdown of a notebook, that of outputs among it; code in it left out."""
    texts: list[str] = []
    for cell in cells(site, name):
        if cell["cell_type"] == "markdown" and "hide-cell" not in cell["metadata"].get("tags", ()):
            texts.append("".join(cell["source"]))
        texts += [o["data"]["text/markdown"] for o in cell.get("outputs", ()) if "text/markdown" in o.get("data", {})]
    return re.sub(r"^ *(`{3,}).*?^ *\1$|(`+).*?\2", "", "\n\n".join(texts), flags=re.S | re.M)


def _tags(page: str) -> list[str]:
    """The numbers in the formulas of a page of HTML."""
    return _TAG.findall("".join(re.findall(r'<span class="math display">(.*?)</span>', page, re.S)))


@pytest.mark.parametrize("name", NAMES)
def test_a_page_on_github(name: str, site: Path, mathjax: Path) -> None:
    shown = gfm.shown((site / "github" / f"{name}.md").read_text())
    page = main(site, name)
    assert len(shown.formulas) == page.count('class="math')
    assert shown.refused == []
    assert gfm.complaints(mathjax, [(f, f in shown.display) for f in shown.formulas]) == []
    assert _TAG.findall("".join(shown.display)) == _tags(page)
    assert "$" not in shown.text
    assert not re.search(r"\\(?:begin|[a-zA-Z]+\{)", shown.text)
    assert gfm.codes(shown.html) == gfm.codes(page)
    assert shown.html.count("<pre") == page.count("<pre")
    assert len(re.findall(r"<t[dh][ >]", shown.html)) == len(re.findall(r"<t[dh][ >]", page))
    assert shown.dead == set()


@pytest.mark.parametrize("name", NAMES)
def test_a_page_in_jupyter(name: str, site: Path, mathjax: Path) -> None:
    nbformat.validate(nbformat.read(site / f"{name}.ipynb", 4))
    found = [(m[1] or m[2], bool(m[1])) for m in _IN_CELLS.finditer(words(site, name))]
    page = main(site, name)
    assert len(found) == page.count('class="math')
    assert _TAG.findall("".join(f for f, _ in found)) == _tags(page)
    first = cells(site, name)[0]
    defined = "".join(first["source"]) if "hide-cell" in first["metadata"].get("tags", ()) else ""
    assert gfm.complaints(mathjax, [(defined.replace("$", ""), False), *found], "newcommand") == []


def test_links_lead_to_files(site: Path) -> None:
    seen = 0
    for file in (site / "github").rglob("*.md"):
        for url in gfm.shown(file.read_text()).links:
            seen += 1
            is_left_out = "rules/" in url or file.parent.name == "rules"  # the fixture builds some of them
            assert (file.parent / url).exists() or is_left_out, (file, url)
    assert seen > 100


def test_a_notebook_runs_from_top_to_bottom_and_gives_what_it_holds(site: Path) -> None:
    notebook = nbformat.read(site / "notes" / "sine-fit.ipynb", 4)
    before = [printed(cell) for cell in notebook.cells]
    NotebookClient(notebook, timeout=100, kernel_name="python3").execute()
    assert [printed(cell) for cell in notebook.cells] == before
    assert sum(map(bool, before)) > 3


def printed(cell: Any) -> str:
    return "".join(o["text"] for o in cell.get("outputs", ()) if o["output_type"] == "stream")


# ── small sites ─────────────────────────────────────────────────────────────────────────────────────


PAGE = "# One\n\n$$a = 1$$ {#eq-a}\n\nSee @eq-b.\n\n![p](p.svg)\n"
OTHER = "# Two\n\n$$b = 1$$ {#eq-b}\n\n[One](sub/a.md) and @eq-a.\n"


def _pages(notes: Path) -> None:
    (notes / "sub").mkdir()
    (notes / "sub" / "a.md").write_text(PAGE)
    (notes / "sub" / "p.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg"/>')
    (notes / "b.md").write_text(OTHER)


def _files(site: Path) -> set[str]:
    return {p.relative_to(site).as_posix() for p in site.rglob("*") if p.is_file() and p.name != ".manifest.json"}


FILES = {
    "github": {"github/sub/a.md", "github/sub/p.svg", "github/b.md"},
    "notebook": {"sub/a.ipynb", "sub/p.svg", "b.ipynb"},
}
SUFFIXES = {"github": ".md", "notebook": ".ipynb"}


@pytest.mark.parametrize("command", FILES)
def test_pages_are_built_again_with_what_they_refer_to_and_go_with_their_source(
    command: str, notes: Path, build: Build
) -> None:
    _pages(notes)
    site = notes.parent / "site"
    assert build(command).code == 0
    assert _files(site) == FILES[command]
    changing = site / next(f for f in FILES[command] if "sub/a" in f)
    assert f"[Equation\N{NO-BREAK SPACE}(1)](../b{SUFFIXES[command]}#eq-b)" in changing.read_text()
    stamp = changing.stat().st_mtime_ns
    assert "0 pages built, 2 unchanged" in build(command).err
    assert changing.stat().st_mtime_ns == stamp
    (notes / "b.md").write_text(OTHER.replace("# Two\n", "# Two\n\n$$c = 1$$ {#eq-c}\n"))
    assert "2 pages built" in build(command).err
    assert f"[Equation\N{NO-BREAK SPACE}(2)](../b{SUFFIXES[command]}#eq-b)" in changing.read_text()
    (notes / "b.md").unlink()
    build(command)
    assert _files(site) == {f for f in FILES[command] if "sub/" in f}
    assert build("clean").code == 0
    assert not site.exists()


def test_a_page_alone_is_what_it_is_among_the_others(notes: Path, build: Build) -> None:
    _pages(notes)
    for command in FILES:
        build(command)
    site = notes.parent / "site"
    whole = {f: (site / f).read_bytes() for f in _files(site)}
    shutil.rmtree(site)
    shutil.rmtree(notes.parent / "cache")
    for command in FILES:
        build(command, "sub/a.md", "--jobs=1")
        build(command, "b.md", "--jobs=1")
    assert {f: (site / f).read_bytes() for f in _files(site)} == whole


def test_what_cells_read_is_beside_the_notebook(notes: Path, build: Build) -> None:
    (notes / "sub").mkdir()
    (notes / "sub" / "data.csv").write_text("1,2\n")
    (notes / "sub" / "tools.py").write_text("def read():\n    return open('data.csv').read()\n")
    (notes / "sub" / "a.md").write_text("```{.python .run}\nimport tools\nprint(tools.read())\n```\n")
    assert build("notebook").code == 0
    site = notes.parent / "site"
    assert _files(site) == {"sub/a.ipynb", "sub/data.csv", "sub/tools.py"}
    notebook = nbformat.read(site / "sub" / "a.ipynb", 4)
    NotebookClient(notebook, kernel_name="python3", resources={"metadata": {"path": str(site / "sub")}}).execute()
    assert printed(notebook.cells[-1]) == "1,2\n\n"


def _notebook(header: str) -> str:
    code = {"cell_type": "code", "execution_count": 7, "metadata": {"tags": ["mine"]}, "source": ["print(1 + 1)"]}
    old = {"output_type": "stream", "name": "stdout", "text": ["old\n"]}
    first = {"cell_type": "raw", "metadata": {}, "source": ["---\n", header, "---"]}
    text = {"cell_type": "markdown", "metadata": {}, "source": ["# T\n", "\n", "$x$ ![A picture](p.svg)"]}
    given = {"cells": [first, text, {**code, "outputs": [old]}], "metadata": {"kept": 1}, "nbformat": 4}
    return json.dumps({**given, "nbformat_minor": 2}, indent=1)


@pytest.mark.parametrize(
    ("header", "said"), [("title: T\n", "old\n"), ("execute: {enabled: true}\n", "2\n")], ids=["kept", "run"]
)
def test_a_notebook_stays_what_it_is_but_for_what_runs(header: str, said: str, notes: Path, build: Build) -> None:
    (notes / "n.ipynb").write_text(_notebook(header))
    (notes / "p.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg"/>')
    assert build("notebook").code == 0
    assert _files(notes.parent / "site") == {"n.ipynb", "p.svg"}
    made = nbformat.read(notes.parent / "site" / "n.ipynb", 4)
    nbformat.validate(made)
    assert made.nbformat_minor == 5
    assert made.metadata == {"kept": 1}
    assert [cell.cell_type for cell in made.cells] == ["raw", "markdown", "code"]
    assert made.cells[1].source == "# T\n\n$x$ ![A picture](p.svg)"
    assert made.cells[2].metadata == {"tags": ["mine"]}
    assert printed(made.cells[2]) == said


def test_outputs_that_were_not_made_are_not_there(notes: Path, build: Build) -> None:
    (notes / "a.md").write_text("```{.python .run}\nprint(1)\n```\n")
    build("notebook", "--no-execute")
    cell = nbformat.read(notes.parent / "site" / "a.ipynb", 4).cells[-1]
    assert (cell.outputs, cell.execution_count) == ([], None)


# ── formulas ────────────────────────────────────────────────────────────────────────────────────────


OWN = preamble.parse(r"\newcommand{\R}{\mathbb{R}}\newcommand{\f}[2][1]{\frac{#1}{#2}}\DeclareMathOperator{\tr}{tr}")
FORMULAS: list[Callable[[str], str]] = [
    lambda text: github.formula(text, OWN, display=True).text,
    lambda text: github.formula(text, OWN, display=False).text,
    lambda text: notebook_macros.formula(text, OWN, display=True).text,
]


@given(st.text(alphabet="\\{}[]&$^_% abRfrtext<>`|'\n*", max_size=60), st.sampled_from(range(len(FORMULAS))))
def test_garbage_is_survived(text: str, which: int) -> None:
    FORMULAS[which](text)


def test_what_stands_for_extensions_is_read_without_them(mathjax: Path) -> None:
    known = plain_tex.substitutes(Preamble())
    used = [f"\\{name}{_arguments(m.parameters)} y" for name, m in known.macros.items() if name != "pageref"]
    for name, environment in known.environments.items():
        rows = r"a \\ b" if "gathered" in name or name == "multlined" else r"a & b \\ c & d"
        used.append(f"\\begin{{{name}}}{_arguments(environment.parameters)} {rows} \\end{{{name}}}")
    made = [github.formula(formula, Preamble(), display=True) for formula in used]
    assert len(made) > 100
    assert [problem for formula in made for problem in formula.problems] == []
    assert gfm.complaints(mathjax, [(formula.text, True) for formula in made]) == []


def _arguments(parameters: tuple[Any, ...]) -> str:
    return "".join("{x}" for parameter in parameters if parameter.letter == "m")
