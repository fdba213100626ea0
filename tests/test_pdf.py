"""Real LaTeX: every page of the content, formulas counted, numbers as in the source, faults with their line."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from builds import NAMES, ROOT, Build

from gradpress.cli import main
from gradpress.formats import latex_log


def text_of(path: Path) -> str:
    """The text of a PDF, by poppler."""
    return subprocess.run(["pdftotext", "-layout", str(path), "-"], capture_output=True, text=True, check=True).stdout


def fonts_of(path: Path) -> str:
    """The fonts of a PDF, by poppler."""
    return subprocess.run(["pdffonts", str(path)], capture_output=True, text=True, check=True).stdout


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """PDFs of the content."""
    folder = tmp_path_factory.mktemp("pdf")
    arguments = [f"--content={ROOT / 'content'}", f"--output={folder / 'site'}", f"--cache={folder / 'cache'}"]
    assert main(["pdf", "--quiet", *NAMES, *arguments]) == 0
    return folder


@pytest.mark.parametrize("name", NAMES)
def test_every_page_compiles_cleanly(built: Path, name: str) -> None:
    log = _log(built, name)
    assert latex_log.errors(log) == []
    assert latex_log.missing_characters(log) == []
    wide = [float(x) for x in re.findall(r"Overfull \\hbox \(([\d.]+)pt too wide", log)]
    assert [w for w in wide if w > 10] == [], "something runs into the margin"
    assert "undefined references" not in log


def _log(built: Path, name: str) -> str:
    folder = built / "cache" / "tex" / name
    return next(folder.glob("*.log")).read_text(errors="replace")


def test_bold_symbols_are_bold_and_numbers_are_there(built: Path) -> None:
    path = built / "site" / "notes" / "sine-fit.pdf"
    assert "CMMIB" in fonts_of(path), "no bold italic mathematics"
    source = (ROOT / "content" / "notes" / "sine-fit.md").read_text()
    labels = len(re.findall(r"\\label\{eq:", source))
    assert f"({labels})" in text_of(path)


NOTE = r"""---
title: Everything
header-includes: |
  \usepackage{amsmath, bm, color}
  \newcommand{\1}{\mathcal{1}}
  \newcommand{\1}{\boldsymbol{1}}
  \newcommand{\aa}{\mathbf a}
  \newcommand{\ww}{\boldsymbol{\omega}}
---

Text with ω_0 η → ∞, $f_\ww(x)$, $\aa_\1$ and
`a_very_long_name_of_a_function_that_goes_on_and_on_without_a_place_to_break_it()`.

> quoted
> \begin{align}
> a &= b \label{eq:a}
> \end{align}

| a | b |
|---|---|
| \begin{align*}d\end{align*} | $x$ |

```python
a_long_line = "%s"
```

See \eqref{eq:a}.[^1]

[^1]: A note with $x^2$.
""" % ("word " * 40)  # fmt: skip


def test_a_hard_note_compiles_and_nothing_is_cut_off(notes: Path, build: Build) -> None:
    (notes / "a.md").write_text(NOTE)
    run = build("pdf")
    assert run.code == 0, run.err
    path = notes.parent / "site" / "a.pdf"
    text = text_of(path)
    assert text.count("word") == 40
    assert "ω_0 η → ∞" in text
    assert re.search(r"See \(1\)", text)
    assert "newcommand" not in text
    log = next((notes.parent / "cache" / "tex" / "a").glob("*.log")).read_text(errors="replace")
    assert not re.search(r"Overfull \\hbox \((\d{2,})\.", log)


FAULTS = [
    ("a\n\n$\\nosuch{x}$\n", 3),
    ("a\n\n\\begin{align}\na &= b \\\\\nc &= \\nosuch\n\\end{align}\n", 5),
    ("a\n\nb $x$ c $\\frac{1}{$ d\n", 3),
    ("a\n\n\\begin{nosuchenv}\nx\n\\end{nosuchenv}\n", 3),
    ("---\nheader-includes: |\n  \\usepackage{nosuchpackage}\n---\n\na\n", 3),
    ("a\n\ntext \\nosuchtext{} here\n", 3),
]


@pytest.mark.parametrize(("text", "line"), FAULTS)
def test_errors_of_latex_name_the_markdown_line(notes: Path, build: Build, text: str, line: int) -> None:
    (notes / "good.md").write_text("# Good\n\n$x$\n")
    (notes / "bad.md").write_text(text)
    run = build("pdf")
    assert run.code == 1
    errors = [d for d in run.diagnostics if ": error: " in d]
    assert errors, run.err
    assert errors[0].startswith(f"bad.md:{line}: error: "), errors
    assert (notes.parent / "site" / "good.pdf").exists()
    assert not (notes.parent / "site" / "bad.pdf").exists()


def test_an_input_from_outside_is_refused(notes: Path, build: Build, tmp_path: Path) -> None:
    secret = tmp_path / "secret.tex"
    secret.write_text("the secret words")
    (notes / "a.md").write_text(f"---\ntitle: '\\input{{{secret}}}'\n---\n\n\\input{{{secret}}}\n\ntext\n")
    build("pdf")
    path = notes.parent / "site" / "a.pdf"
    assert not path.exists() or "secret words" not in text_of(path)


def test_without_an_engine_the_package_is_named(notes: Path, build: Build, tmp_path: Path) -> None:
    (notes / "a.md").write_text("$x$\n")
    run = build("pdf", env={"PATH": str(tmp_path), "HOME": str(tmp_path)})
    assert run.code == 1
    assert "texlive-xetex" in run.err


def test_an_unchanged_page_is_not_compiled_again(notes: Path, build: Build) -> None:
    (notes / "a.md").write_text("$x$\n")
    build("pdf")
    path = notes.parent / "site" / "a.pdf"
    before = path.stat().st_mtime_ns
    (notes / "a.md").write_text("$x$\n\n")
    assert build("pdf").code == 0
    assert path.stat().st_mtime_ns == before


def test_names_of_mathjax_for_less_and_greater(notes: Path, build: Build) -> None:
    (notes / "note.md").write_text("$a \\lt b \\gt c$\n")
    assert build("pdf").diagnostics == []


UNASKED = r"""---
header-includes: |
  \newcommand{\family}{\mathscr{F}}
  \newcommand{\ket}[1]{[#1]}
---

Neither $\family$ nor $\cancelto{0}{x} + \bcancel{y}$ needs a package, nor
$\symbf{u} + \mathsfit{v} + \mathbfcal{W} + \omicron$.

The author's own is $\ket{k}$, and $\Braket{a | b}$ is the package's.
"""


@pytest.mark.parametrize("engine", ["xelatex", "pdflatex"])
def test_what_mathjax_knows_without_a_package(engine: str, notes: Path, build: Build) -> None:
    (notes / "a.md").write_text(UNASKED)
    assert build("pdf", f"--engine={engine}").diagnostics == []
    tex = (notes.parent / "site" / "a.tex").read_text() if build("tex").code == 0 else ""
    assert "mathrsfs" in tex
    assert "mhchem" not in tex
    pdf = notes.parent / "site" / "a.pdf"
    done = subprocess.run(["pdftotext", pdf, "-"], capture_output=True, text=True, check=True)
    assert "[k]" in "".join(done.stdout.split())
