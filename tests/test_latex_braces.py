"""Braces of LaTeX pages without a partner: one message on the line of the brace, and the rest of the page is read."""

from __future__ import annotations

from pathlib import Path

import pytest
from builds import Build
from hypothesis import given
from hypothesis import strategies as st

from gradpress.diagnostics import Log, collecting
from gradpress.dialects import latex_braces

OPEN = "error: this { is never closed; close it, or write \\{ for the sign  [brace-unmatched]"
CLOSED = "error: this } closes nothing; leave it out, or write \\} for the sign  [brace-unmatched]"
NEVER = "error: '{' is never closed  [math-unbalanced]"
WITHOUT = "error: '}' without '{'  [math-unbalanced]"
SLIPS = {
    "bold": ("Here is\n\\textbf{word and\nno end.", {5: OPEN}),
    "closing": ("Here is\nword} and \\emph{this}.", {5: CLOSED}),
    "item": ("\\begin{itemize}\n\\item one \\emph{two\n\\item three\n\\end{itemize}", {5: OPEN}),
    "cell": ("\\begin{tabular}{ll}\na & \\textbf{b \\\\\nc & d\n\\end{tabular}", {5: OPEN}),
    "footnote": ("A note\\footnote{See \\emph{there}. And \\verb|{| here, \\{ too.", {4: OPEN}),
    "group": ("\\begin{quote}\nText {\\bf bold\n\\end{quote}", {5: OPEN}),
    "heading": ("Text.\n\n\\section{Words\n\nMore.", {6: OPEN}),
    "formula": ("So\n$x_{1$ is,\nand $y}$ too, and $z$.", {5: NEVER, 6: WITHOUT}),
    "display": ("\\[\nx_{1\n\\]", {5: NEVER}),
    "aligned": ("\\begin{align}\nx &= y_{1 \\\\\nz &= 3\n\\end{align}", {5: NEVER}),
    "nothing": ("$a \\text{ if $b$ } c$, \\url{http://x.org/%7B}, \\{ % {\n\\begin{verbatim}\n}\n\\end{verbatim}", {}),
}


@pytest.mark.parametrize("name", SLIPS)
def test_a_brace_without_its_partner_is_told_on_its_line(notes: Path, build: Build, name: str) -> None:
    text, wanted = SLIPS[name]
    start = "\\documentclass{article}\n\\begin{document}\n\\section{A}\n"
    (notes / "note.tex").write_text(f"{start}{text}\n\nThe end is $read$.\n\\end{{document}}\n")
    assert build("check").diagnostics == [f"note.tex:{line}: {said}" for line, said in wanted.items()]
    build("html")
    assert "The end is" in (notes.parent / "site" / "note.html").read_text()


PIECES = st.lists(st.sampled_from(["{", "}", "$", "\\{", "a", " ", "\n", "\n\n", "\\[", "\\]", "\\item", "&", "%"]))


@given(PIECES)
def test_what_is_mended_has_as_many_lines_and_needs_no_more(pieces: list[str]) -> None:
    text = "".join(pieces)
    with collecting(Log(), "a.tex") as log:
        mended = latex_braces.matched(text, range(1, text.count("\n") + 2))
        assert mended.count("\n") == text.count("\n")
        assert log.found or mended == text


WHOLE = [
    "\\textbf{a}",
    "$x_{1}$",
    "\\[ \\frac{a}{b} \\]",
    "{\\bf b $c$}",
    "$$ \\text{if $x$} $$",
    " \\$ ",
    "\n",
    "\n\n",
    "\\{",
]


@given(st.lists(st.sampled_from(WHOLE)))
def test_nothing_is_said_of_pages_whose_braces_match(pieces: list[str]) -> None:
    text = "".join(pieces)
    with collecting(Log(), "a.tex") as log:
        assert latex_braces.matched(text, range(1, text.count("\n") + 2)) == text
    assert log.found == []
