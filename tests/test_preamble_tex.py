"""The emitted preambles in the real engines: no error, and MathJax shows what the expansion says."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from gradpress.tex.bracing import brace
from gradpress.tex.preamble import arities, expand, inexpressible, latex, mathjax, parse

HERE = Path(__file__).parent
SOURCE = (HERE / "vectors" / "hard-preamble.tex").read_text(encoding="utf-8")
FORMULAS = [
    r"\1+\aa+\beta+\c+\P+\H+\S\L\O+\vec{v}+\endfoo\|",
    r"\Tr A+\Re z+\abs{x}+\abs*{\frac12}+\abs[\big]{x}+\inn{a}{b}+\inn*{a}{b}+\E{X}+\E*{X}",
    r"\fox{x}[3]+\fox z+\der*[2]{x}+\der{y}",
    r"\begin{mat}1\\2\end{mat}+\begin{mat}[l]1\\2\end{mat}",
    r"\dd+\foo+\fs{2}+\fs[\R]{2}+\pair(a,b)+\pt a.b;",
    r"\fsig(x)+x_\om+x_\ww(y)+x_\vx{a}b",
    r"\mine+\rob x+\ed+\eps+\bar{x}+\lon{a}+\opt{c}+\left\la x\right\rangle",
]
PREAMBLE = parse(SOURCE)
BRACED = [brace(formula, arities(PREAMBLE)).text for formula in FORMULAS]


def test_xelatex_takes_every_redefinition(tmp_path: Path) -> None:
    lines = [f"${text}$\n" for formula in BRACED for text in (formula, expand(formula, PREAMBLE))]
    document = "\n".join(
        [
            r"\documentclass{article}\usepackage{amsmath,amssymb,amsthm,mathtools,bm}",
            latex(PREAMBLE),
            r"\begin{document}",
            *lines,
            r"\begin{thm}x\end{thm}\end{document}",
        ]
    )
    (tmp_path / "x.tex").write_text(document, encoding="utf-8")
    command = ["xelatex", "-no-pdf", "-interaction=nonstopmode", "x.tex"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, errors="replace", timeout=120)
    assert [line for line in done.stdout.splitlines() if line.startswith("!")] == []
    assert done.returncode == 0


@pytest.fixture(scope="session")
def mathjax_full(pytestconfig: pytest.Config) -> Path:
    """MathJax's sources for node, installed once."""
    folder = Path(pytestconfig.cache.mkdir("mathjax-full"))
    package = folder / "node_modules" / "mathjax-full"
    if not package.exists():
        command = ["npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", "mathjax-full@3.2.2"]
        subprocess.run([*command, "--prefix", str(folder)], check=True, timeout=300, capture_output=True)
    return package


def test_mathjax_shows_what_the_expansion_says(tmp_path: Path, mathjax_full: Path) -> None:
    emitted = mathjax(PREAMBLE)
    hidden = inexpressible(PREAMBLE)
    data = {
        "macros": emitted.macros,
        "environments": emitted.environments,
        "paired": emitted.paired,
        "prelude": emitted.prelude,
        "formulas": [expand(formula, PREAMBLE, hidden) for formula in BRACED],
        "expanded": [expand(formula, PREAMBLE) for formula in BRACED],
    }
    (tmp_path / "data.json").write_text(json.dumps(data), encoding="utf-8")
    command = ["node", str(HERE / "tools" / "typeset_macros.cjs"), str(tmp_path / "data.json")]
    env = {**os.environ, "MATHJAX_FULL": str(mathjax_full)}
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True, env=env)
    for shown, expected in json.loads(done.stdout):
        assert not shown.startswith("ERROR")
        assert shown == expected
