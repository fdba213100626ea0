"""Faults outside the text of a page: in the site's files, in what pages share, in notes of other programs."""

from __future__ import annotations

from pathlib import Path

import pytest
from builds import Build

CASES: dict[str, tuple[dict[str, str], list[str]]] = {
    "entry of the navigation": (
        {"gradpress.yml": "title: T\nnav:\n  - a.md\n  - Part: [b.md, c.md]\n", "a.md": "A.\n", "b.md": "B.\n"},
        ["gradpress.yml:4: error: nav: there is no page or folder 'c.md'  [key-value]"],
    ),
    "entry of Quarto's sidebar": (
        {"_quarto.yml": "website:\n  sidebar:\n    contents:\n      - a.md\n      - b.md\n", "a.md": "A.\n"},
        ["_quarto.yml:5: error: nav: there is no page or folder 'b.md'  [key-value]"],
    ),
    "severity": (
        {"gradpress.yml": "diagnostics:\n  image-alt: ignore\n  link-missing: never\n", "a.md": "A.\n"},
        [
            "gradpress.yml:3: error: diagnostics: 'link-missing' must be error, warning or ignore, not 'never'"
            "  [key-value]"
        ],
    ),
    "bundle, said once": (
        {"gradpress.yml": "math:\n  version: 3.2.2\n  bundle: tex-html\n", "a.md": "$x^2$\n", "b.md": "$y^2$\n"},
        [
            "gradpress.yml:3: error: MathJax 3.2.2 has no bundle 'tex-html'; it has tex-chtml, tex-chtml-full, "
            "tex-svg, tex-svg-full, tex-mml-chtml, tex-mml-svg, mml-chtml, mml-svg  [mathjax-bundle]"
        ],
    ),
    "body of a macro in a file, on two pages": (
        {
            "gradpress.yml": "include-in-header: m.tex\n",
            "m.tex": "% shared\n\\newcommand{\\R}{\\mathbb{R}}\n\\newcommand{\\set}[1]{\\left\\{ #1 \\rihgt\\}}\n",
            "a.md": "Let $\\set{x}$.\n",
            "b.md": "Let $\\set{y} \\subset \\R$.\n",
        },
        ["m.tex:3: error: \\rihgt is not defined; did you mean \\right?  [undefined-macro]"],
    ),
    "definition in a file": (
        {
            "gradpress.yml": "include-in-header: m.tex\n",
            "m.tex": "\\newcommand{\\R}{\\mathbb{R}\n\\newcommand{\\N}{\\mathbb{N}}\n",
            "a.md": "Let $x \\in \\R$.\n",
            "b.md": "Let $x \\in \\N$.\n",
        },
        [
            "m.tex:1: error: \\newcommand cannot be read: a body in braces is missing or its braces do not match"
            "  [macro-syntax]"
        ],
    ),
    "package in a file, on two pages": (
        {
            "gradpress.yml": "include-in-header: m.tex\n",
            "m.tex": "% shared\n\\usepackage{amsmath}\n\\usepackage{nosuchpack}\n",
            "a.md": "A $x$.\n",
            "b.md": "B $y$.\n",
        },
        [
            "m.tex:3: error: LaTeX has no package nosuchpack; install it, or remove the \\usepackage  [latex-error]",
        ],
    ),
    "package of the site": (
        {"gradpress.yml": "title: T\nheader-includes: |\n  \\usepackage{nosuchpack}\n", "a.md": "A $x$.\n"},
        [
            "gradpress.yml:3: error: LaTeX has no package nosuchpack; install it, or remove the \\usepackage"
            "  [latex-error]"
        ],
    ),
    "font": (
        {"a.md": "---\ntitle: T\nmainfont: No Such Serif\n---\n\nA **b** *c* $x$.\n"},
        [
            "a.md:3: error: LaTeX has no font No Such Serif; install it, or name one that is; fc-list shows them"
            "  [latex-error]"
        ],
    ),
    "line of a labelled formula of MyST": (
        {"a.md": "# A\n\n```{math}\n:label: eq-one\n\na^2 = \\fooo\n```\n\n```{note}\nSee {eq}`eq-one`.\n```\n"},
        ["a.md:6: error: \\fooo is not defined"],
    ),
    "labelled formula in a theorem": (
        {
            "a.md": "---\nheader-includes: |\n  \\newtheorem{lem}{Lemma}\n---\n\n# A\n\n\\begin{lem}\nWe have\n\n"
            "$$\nx = y\n + \\bogus z_1\n$$ {#eq:one}\n\nfor all $x$.\n\\end{lem}\n\nSee @eq:one.\n"
        },
        ["a.md:13: error: \\bogus is not defined"],
    ),
    "misspelt first item of a list in LaTeX": (
        {
            "a.tex": "\\documentclass{article}\n\\begin{document}\nThe steps:\n\\begin{enumerate}\n  \\itme the first\n"
            "  \\item the second\n\\end{enumerate}\n\\end{document}\n"
        },
        ["a.tex:5: error: \\itme is not defined; did you mean \\item?  [undefined-macro]"],
    ),
    "display that is not closed, before one with a label": (
        {"a.md": "# A\n\nFirst\n\n$$\nx = y .\n\nThen, as in @eq-two,\n\n$$\nz = w\n$$ {#eq-two}\n\nholds.\n"},
        ["a.md:5: warning: this looks like a display, but its $$ is not closed"],
    ),
    "misspelt box of Quarto": (
        {"a.qmd": "# A\n\nText.\n\n::: {.callout-tipp}\nA remark.\n:::\n"},
        [
            "a.qmd:5: warning: there is no box 'callout-tipp'; its text is shown without one; did you mean callout-tip?"
            "  [dialect-unknown]"
        ],
    ),
    "file of the preamble": (
        {"gradpress.yml": "title: T\ninclude-in-header: n.tex\n", "a.md": "Let $\\own$.\n"},
        ["gradpress.yml:2: error: include-in-header: there is no file 'n.tex'  [include-missing]"],
    ),
    "brace in an entry": (
        {
            "a.md": "---\nbibliography: r.bib\n---\n\nSee @doe.\n",
            "r.bib": "@book{doe,\n  title = {A {Book},\n  year = {2001},\n}\n@book{roe,\n  title = {B},\n}\n",
        },
        ["r.bib:2: error: a brace is not closed; correct the entry  [bibliography-syntax]"],
    ),
    "comma in an entry": (
        {
            "a.md": "---\nbibliography: r.bib\n---\n\nSee @doe.\n",
            "r.bib": "@book{doe,\n  title = {A Book}\n  year = {2001},\n}\n",
        },
        ["r.bib:2: error: a comma is missing at the end of the line; correct the entry  [bibliography-syntax]"],
    ),
    "label on a page with a broken header": (
        {"a.md": "See \\eqref{eq:one}.\n", "b.md": "---\ntitle: A: B\n---\n\n$$ x^2 $$ {#eq:one}\n"},
        [
            "b.md:2: error: YAML: mapping values are not allowed in this context; quote a value that contains ': ' or "
            "begins with [, {, @, ` or %, and indent with spaces  [yaml-syntax]"
        ],
    ),
    "figure of a cell that failed": (
        {"a.md": "```{python}\n#| label: fig-a\n#| fig-cap: A.\nx = y\n```\n\nSee @fig-a.\n"},
        ["a.md:4: error: NameError: name 'y' is not defined  [cell-error]"],
    ),
    "cell that is not closed": (
        {"a.md": "```{.python .run}\nx = 1\n\nWords.\n\n```{.python .run}\nprint(x)\n```\n\nMore.\n"},
        ["a.md:1: warning: the fence '```{.python .run}' is not closed; it is read as text; close it with ```"],
    ),
    "image of a directive": (
        {"a.md": "```{figure} no.png\n:name: fig-a\n:width: 50%\n\nA caption.\n```\n"},
        ["a.md:1: error: the image 'no.png' does not exist  [image-missing]"],
    ),
    "key without an item": (
        {
            "a.tex": "\\documentclass{article}\n\\begin{document}\nSee \\cite{roe}.\n\n\\begin{thebibliography}{9}\n"
            "\\bibitem{doe} Doe.\n\\end{thebibliography}\n\\end{document}\n"
        },
        ["a.tex:3: error: no \\bibitem has the key 'roe'; correct the key  [citation-unknown]"],
    ),
    "dollar in LaTeX": (
        {
            "a.tex": "\\documentclass{article}\n\\begin{document}\nLet $x = 1$.\n\n\\begin{quote}\nHere $y = 2.\n"
            "\\end{quote}\n\nThe end.\n\\end{document}\n"
        },
        ["a.tex:6: error: a $ is not closed before the paragraph ends  [math-unbalanced]"],
    ),
    "half a formula": (
        {"a.md": "Let $n > 0$ in dimension d$, which is large.\n"},
        ["a.md:1: warning: this looks like mathematics, but no $ opens it: d$; for the sign write \\$  [math-as-text]"],
    ),
    "display with one dollar": (
        {"a.md": "We have\n\n$\n\\alpha = \\beta\n$$\n\nand $x$.\n"},
        [
            "a.md:3: warning: this looks like mathematics, but its $$ is not closed: it begins with one $: "
            "$ \\alpha = \\beta $  [math-as-text]"
        ],
    ),
    "attributes of a heading": (
        {"a.md": "# One\n\nText.\n\n# Two {#two\n\nText.\n"},
        ["a.md:5: warning: '{#two' is shown as text: no } closes it  [marker-as-text]"],
    ),
    "environment": (
        {"a.md": "We have\n\n\\begin{mutline}\n  a \\\\\n  - b\n\\end{multline}\n\nThe end.\n"},
        ["a.md:3: error: \\begin{mutline} is ended by \\end{multline}  [math-unbalanced]"],
    ),
    "definition": (
        {
            "a.md": "---\nheader-includes: |\n  \\newcomand{\\one}{\\xi}\n  \\newcommand{\\two}{\\eta}\n---\n\n"
            "Let $\\one = \\two$.\n"
        },
        ["a.md:3: error: \\newcomand is not known; did you mean \\newcommand?  [macro-syntax]"],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_the_fault_is_told_once_on_its_line(name: str, notes: Path, build: Build) -> None:
    files, said = CASES[name]
    for file, text in files.items():
        (notes / file).write_text(text)
    found = build("check" if "[latex-error]" in said[0] else "html").diagnostics
    assert len(found) == len(said), found
    assert all(line.startswith(wanted) for line, wanted in zip(found, said, strict=True)), found
