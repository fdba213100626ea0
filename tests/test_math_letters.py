"""Letters in formulas that LaTeX knows by commands."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from builds import Build
from hypothesis import given
from hypothesis import strategies as st

from gradpress.formats.math_letters import spelled

CASES = {
    "𝔸 + ℝ": r"{\mathbb{A}} + {\mathbb{R}}",
    "𝒞_ℒ": r"{\mathcal{C}}_{\mathcal{L}}",
    "𝐱𝛂": r"{\mathbf{x}}{\boldsymbol{α}}",
    "𝔤 𝖲 𝚃 𝑥 ℎ": r"{\mathfrak{g}} {\mathsf{S}} {\mathtt{T}} {\mathnormal{x}} h",
    "x_中": r"x_\text{中}",
    r"\text{если}": r"\text{\text{если}}",
    r"a \label{eq:中}": r"a \label{eq:中}",
    "𝒶 𝟙": "𝒶 𝟙",
    "α ≤ β": "α ≤ β",
}


@pytest.mark.parametrize(("formula", "wanted"), CASES.items())
def test_letters(formula: str, wanted: str) -> None:
    assert spelled(formula) == wanted


@given(st.text(alphabet=st.characters(max_codepoint=127)))
def test_ascii_stays(formula: str) -> None:
    assert spelled(formula) == formula


def test_they_are_in_the_pdf(notes: Path, build: Build) -> None:
    (notes / "a.md").write_text("# A\n\nBy $f: 𝔸 → 𝒞, 𝐱 ∈ ℝ^𝔫$ and $$ x_{\\text{макс}} = 𝛂 $$ {#eq-x}\n")
    assert build("pdf").diagnostics == []


@pytest.mark.parametrize("engine", ["xelatex", "pdflatex"])
def test_they_are_in_text_and_code_of_the_pdf(notes: Path, build: Build, engine: str) -> None:
    (notes / "gradpress.yml").write_text(f"engine: {engine}\n")
    (notes / "a.md").write_text(
        "# On 𝜇\n\nThe mean 𝜇, the deviation 𝜎 and 𝐱.\n\n| 𝜇 |\n|---|\n| `𝜎` |\n\n```\n𝐱 = 1\n```\n"
    )
    assert build("pdf").diagnostics == []
    path = str(notes.parent / "site" / "a.pdf")
    text = subprocess.run(["pdftotext", path, "-"], capture_output=True, text=True, check=True).stdout
    assert "the deviation σ and x." in text
    assert "x = 1" in text
