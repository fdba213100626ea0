"""`check` says what `html` and `pdf` would say, with LaTeX run for many pages at once."""

from __future__ import annotations

import os
from pathlib import Path
from shutil import which

import pytest
from builds import Build

GOOD = "# Page\n\nText $x_{number}$.\n\n![Dot](dot.png){{#fig-{number}}}\n\n# Part\n\n$$ a = b $$ {{#eq-{number}}}\n"
WIDE = "$$ " + " + ".join(f"a_{{{k}}}" for k in range(60)) + " $$"


def fill(notes: Path) -> None:
    from PIL import Image

    Image.new("RGB", (60, 20), "teal").save(notes / "dot.png")
    for number in range(8):
        (notes / f"p{number}.md").write_text(GOOD.format(number=number))
    (notes / "p2.md").write_text(f"{GOOD.format(number=2)}\nSome \\nosuch text.\n")
    (notes / "p3.md").write_text(f"{GOOD.format(number=3)}\n{WIDE}\n")
    (notes / "p4.md").write_text(f"{GOOD.format(number=4)}\nThe letter \U0001e900.\n")
    (notes / "p5.md").write_text(f"{GOOD.format(number=5)}\n\\begin{{nosuch}}\nx\n\\end{{nosuch}}\n")
    own = "---\nheader-includes: \\newcommand{\\own}{\\nosuchinside}\n---\n\nBy \\own{}.\n"
    (notes / "p6.md").write_text(own)


def test_the_same_as_pdf_page_by_page(notes: Path, build: Build) -> None:
    fill(notes)
    checked = build("check")
    html, pdf = build("html"), build("pdf")
    errors = tuple(d.split(" error: ")[0] for d in pdf.diagnostics if "[latex-error]" in d)
    said = dict.fromkeys([*html.diagnostics, *pdf.diagnostics])
    better = [d for d in said if "[raw-tex-dropped]" in d and d.startswith(errors)]  # LaTeX says it as an error
    assert sorted(checked.diagnostics) == sorted(said.keys() - better)
    assert {d.split(":")[0] for d in checked.diagnostics} >= {"p2.md", "p3.md", "p4.md", "p5.md", "p6.md"}
    assert checked.code == 1
    assert "p2.md:11: error: LaTeX: Undefined control sequence: \\nosuch" in checked.err
    assert list(build("check").diagnostics) == checked.diagnostics, "also from the cache"


@pytest.fixture
def counted(tmp_path: Path) -> dict[str, str]:
    """An environment in which every run of LaTeX is a line of the file `runs`."""
    (tmp_path / "bin").mkdir()
    counter = tmp_path / "bin" / "xelatex"
    counter.write_text(f'#!/bin/sh\necho run >> "{tmp_path}/runs"\nexec {which("xelatex")} "$@"\n')
    counter.chmod(0o755)
    return {**os.environ, "PATH": f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}"}


OWN = r"""---
title: Page NUMBER
header-includes: |
  \newcommand{\letter}{x_NUMBER}
  \newcommand{\same}[1]{#1^NUMBER}
  \DeclareMathOperator*{\best}{bestNUMBER}
  \newenvironment{rows}{\begin{pmatrix}}{\end{pmatrix}}
---

$$ \best_x \same{\letter} + \begin{rows} 1 \\ NUMBER \end{rows} $$
"""


def test_pages_with_macros_of_their_own_need_one_run(
    notes: Path, build: Build, tmp_path: Path, counted: dict[str, str]
) -> None:
    for number in range(6):
        (notes / f"p{number}.md").write_text(OWN.replace("NUMBER", str(number)))
    assert build("check", env=counted).diagnostics == []
    assert (tmp_path / "runs").read_text().split() == ["run"]


def test_what_one_page_defines_no_other_page_has(notes: Path, build: Build) -> None:
    (notes / "a.md").write_text("---\nheader-includes: \\newcommand{\\zqxkvw}{x}\n---\n\nText \\zqxkvw{}.\n")
    (notes / "b.md").write_text("---\nheader-includes: \\newcommand{\\bbbb}{x}\n---\n\nText \\zqxkvw{}.\n")
    said = [d for d in build("check").diagnostics if "latex-error" in d]
    assert said == ["b.md:5: error: LaTeX: Undefined control sequence: \\zqxkvw  [latex-error]"]


def test_few_runs_of_latex(notes: Path, build: Build, tmp_path: Path, counted: dict[str, str]) -> None:
    """Pages without a preamble of their own need one run; what changed alone is compiled again."""
    for number in range(6):
        (notes / f"p{number}.md").write_text(f"# Page\n\nText $x_{number}$.\n")
    env = counted
    assert build("check", env=env).diagnostics == []
    assert (tmp_path / "runs").read_text().split() == ["run"]
    (notes / "p1.md").write_text("# Page\n\nAnother text.\n")
    assert build("check", env=env).diagnostics == []
    assert len((tmp_path / "runs").read_text().split()) <= 3
