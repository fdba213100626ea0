"""Faults of every kind, one a page: nine of ten are reported on their exact line, the others inside the formula."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from builds import Build
from npm_packages import npm_cache  # noqa: F401

BASE = r"""---
title: A note
lang: en
bibliography: refs.bib
header-includes: |
  \newcommand{\R}{\mathbb{R}}
  \newcommand{\vek}[1]{\boldsymbol{#1}}
  \newcommand{\pair}[2]{\langle #1, #2 \rangle}
  \newtheorem{thm}{Theorem}
---

# The loss

The parameters $\vek{w} \in \R^d$ and the loss
\begin{align}
  L(\vek{w}) &= \frac{1}{n} \sum_{i=1}^n \ell_i(\vek{w}), \label{eq:loss} \\
  \ell_i(\vek{w}) &= \left( y_i - \pair{\vek{w}}{\vek{x}_i} \right)^2, \\
  \nabla L &= \frac{2}{n} X^\top (X \vek{w} - y). \label{eq:grad}
\end{align}

By \eqref{eq:loss} the loss is convex [@doe], see [below](#steps).

$$
\vek{w}_{t+1} = \vek{w}_t - \eta \nabla L(\vek{w}_t)
$$ {#eq-step}

\begin{thm}\label{thm:rate}
If $\eta < 1/\lambda$, then $L$ falls.
\end{thm}

# Steps

![Points](dot.png){#fig-dots}

| step | loss |
|------|------|
| 1    | $2$  |

: Losses {#tbl-loss}

::: note
By @eq-step, @fig-dots, @tbl-loss and \cref{thm:rate}.
:::

```{.python .run}
x = 1
y = x + 1
print(x / y)
```

The last line.
"""


@dataclass(frozen=True)
class Fault:
    """One fault: in the first line that holds `old`, it becomes `new`."""

    old: str
    new: str
    rule: str = ""
    shift: int = 0
    """Lines between the changed line and the fault in it."""
    last: int = 0
    """Lines further down that still belong to the same formula or block."""


END = "The last line."
FAULTS = {
    "undefined macro": Fault("1/\\lambda", "1/\\lamda", "undefined-macro"),
    "undefined macro in line 3": Fault("\\nabla L &=", "\\nabla L &= \\nosuch", "undefined-macro"),
    "missing brace": Fault("\\frac{2}{n} X", "\\frac{2}{n X", "math-unbalanced"),
    "extra brace": Fault("\\eta \\nabla", "\\eta} \\nabla", "math-unbalanced"),
    "left without right": Fault("\\right)^2", ")^2", "math-unbalanced"),
    "right without left": Fault("\\left( y_i", "( y_i", "math-unbalanced"),
    "wrong end": Fault("\\end{align}", "\\end{aligned}", ""),
    "ampersand": Fault("\\vek{w}_{t+1} =", "\\vek{w}_{t+1} &=", "misplaced-alignment"),
    "double superscript": Fault("\\right)^2", "\\right)^2^3", "double-script"),
    "double subscript": Fault("\\vek{w}_t -", "\\vek{w}_t_s -", "double-script"),
    "double subscript by macro": Fault("\\vek{w}_t -", "\\sub_t -", "double-script"),
    "text underscore": Fault("\\eta \\nabla", "\\text{step_size} \\nabla", "text-underscore"),
    "fraction": Fault("\\frac{2}{n} X", "{\\frac{2}} X", "math-argument"),
    "no argument": Fault("$\\eta < 1/\\lambda$", "$\\sqrt$", "math-argument"),
    "own macro": Fault("$L$ falls", "$\\pair{x}$ falls", "math-argument"),
    "no such environment": Fault("\\eta \\nabla", "\\begin{matrx}1\\end{matrx} \\nabla", "undefined-environment"),
    "limits": Fault("\\eta \\nabla", "\\eta\\limits \\nabla", "math-error"),
    "delimiter": Fault("$L$ falls", "$\\bigl L$ falls", "math-misplaced"),
    "label twice": Fault("\\label{eq:grad}", "\\label{eq:loss}", "label-duplicate"),
    "eqref": Fault("\\eqref{eq:loss}", "\\eqref{eq:lss}", "label-unknown"),
    "at": Fault("@fig-dots", "@fig-dot", "label-unknown"),
    "cref": Fault("\\cref{thm:rate}", "\\cref{thm:rat}", "label-unknown"),
    "citation": Fault("@doe", "@roe", "citation-unknown"),
    "image": Fault("dot.png", "dots.png", "image-missing"),
    "link": Fault("(#steps)", "(other.md)", "link-missing"),
    "anchor": Fault("(#steps)", "(#stps)", "anchor-missing"),
    "dollar": Fault(END, "The $x_1 $.", "math-as-text"),
    "brackets": Fault(END, "The \\(x^2\\).", "math-as-text"),
    "open display": Fault(END, "The $$ x.", "math-as-text"),
    "open fence": Fault(END, "```python", "fence-unclosed"),
    "stray colons": Fault(END, "Text.\n:::", "marker-as-text", shift=1),
    "open division": Fault("::: note", "::: note\n\n::: {.tip}", "pandoc-warning"),
    "yaml": Fault("title: A note", "title: A: note", "yaml-syntax"),
    "unknown key": Fault("lang: en", "langage: en", "key-unknown"),
    "key twice": Fault("lang: en", "title: x", "yaml-duplicate-key"),
    "wrong value": Fault("lang: en", "toc: 7", "key-value"),
    "macro twice": Fault("  \\newtheorem", "  \\newcommand{\\R}{R}\n  \\newtheorem", "macro-redefined"),
    "macro loop": Fault("  \\newtheorem", "  \\newcommand{\\x}{\\x}\n  \\newtheorem", "macro-loop"),
    "macro parameters": Fault("[2]{\\langle", "[1]{\\langle", "macro-syntax"),
    "bibliography": Fault("refs.bib", "books.bib", "bibliography-missing"),
    "include": Fault(END, "{{< include no.md >}}", "include-missing"),
    "directive": Fault(END, ":::{strange}\nx\n:::", "dialect-unknown"),
    "swallowed list": Fault(END, "We need\n- data", "list-swallowed", shift=1),
    "exception in line 3": Fault("print(x / y)", "print(x / (y - 2))", "cell-error"),
    "syntax error": Fault("y = x + 1", "y = x +", "cell-error"),
    "cell option": Fault("{.python .run}", "{.python .run ecko=false}", "cell-option"),
    "cell depends": Fault("{.python .run}", "{.python .run depends=no.csv}", "cell-depends"),
    "heading twice": Fault(END, "# Steps", "heading-duplicate"),
}
PDF = {
    "command in text": Fault(END, "Some \\nosuch text.", "latex-error"),
    "environment in text": Fault(END, "\\begin{nosuch}\nx\n\\end{nosuch}", "latex-error"),
    "package": Fault("  \\newtheorem", "  \\usepackage{nosuchpackage}\n  \\newtheorem", "latex-error"),
    "glyph": Fault(END, "The letter \U0001e900.", "glyph-missing"),
    "wide": Fault("\\eta \\nabla", " + ".join(f"a_{{{k}}}" for k in range(50)), "latex-overfull"),
    "command in line 2": Fault("\\ell_i(\\vek{w}) &=", "\\ell_i(\\vek{w}) \\nosuch &=", "latex-error"),
}


def note(fault: Fault) -> tuple[str, int]:
    """The note with a fault, and the fault's line."""
    text = (
        BASE.replace("  \\newtheorem", "  \\newcommand{\\sub}{s_1}\n  \\newtheorem") if "\\sub" in fault.new else BASE
    )
    at = text.index(fault.old)
    return text.replace(fault.old, fault.new, 1), text.count("\n", 0, at) + 1 + fault.shift


@pytest.fixture
def site(notes: Path) -> Path:
    from PIL import Image

    Image.new("RGB", (60, 20), "teal").save(notes / "dot.png")
    (notes / "refs.bib").write_text("@book{doe, author={Doe, Jane}, title={A Book}, year=2000}\n")
    (notes / "base.md").write_text(BASE)
    return notes


def by_page(found: list[str]) -> dict[str, list[tuple[int, str, str]]]:
    """Page → line, rule and text of what was said about it."""
    pages: dict[str, list[tuple[int, str, str]]] = {}
    for line in found:
        parts = re.match(r"([\w-]+)\.md(?::(\d+))?: \w+: (.*)  \[([\w-]+)\]$", line)
        assert parts, line
        pages.setdefault(parts[1], []).append((int(parts[2] or 0), parts[4], parts[3]))
    return pages


@pytest.mark.parametrize(("command", "faults"), [("html", FAULTS), ("pdf", PDF)], ids=["html", "pdf"])
def test_lines(site: Path, build: Build, command: str, faults: dict[str, Fault], tmp_path: Path, npm: Path) -> None:
    names = {name: re.sub(r"\W+", "-", name) for name in faults}
    for name, fault in faults.items():
        (site / f"{names[name]}.md").write_text(note(fault)[0])
    pages = by_page(build(command).diagnostics)
    assert "base" not in pages, pages.get("base")
    missed, near = [], []
    for name, fault in faults.items():
        line = note(fault)[1]
        found = [(at, rule, said) for at, rule, said in pages.get(names[name], []) if fault.rule in ("", rule)]
        if not found:
            missed.append((name, line, pages.get(names[name])))
        elif not any(line <= at <= line + fault.last for at, _, _ in found):
            near.append((name, line, found))
    assert not missed, "\n".join(map(str, missed))
    assert len(near) <= len(faults) // 10, "\n".join(map(str, near))
    for _, line, found in near:
        assert any(at and abs(at - line) <= 6 for at, _, _ in found), near


@pytest.fixture
def npm(npm_cache: Path, tmp_path: Path) -> Path:  # noqa: F811
    """MathJax at hand, so that node compiles the formulas."""
    from gradpress.math.npm import package

    package("mathjax", "3.2.2", npm_cache, npm_cache)
    (tmp_path / "cache").mkdir(exist_ok=True)
    (tmp_path / "cache" / "npm").symlink_to(npm_cache / "npm")
    return npm_cache
