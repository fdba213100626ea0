r"""Theorems, sections, listings, parts of figures: one number in HTML and PDF, whatever dialect they are written in."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest
from builds import Build
from hypothesis import given
from hypothesis import strategies as st

from gradpress.numbers import words
from gradpress.numbers.counts import Counts
from gradpress.numbers.theorems import declared, meant, within

TEX = r"""---
number-sections: true
header-includes: |
  \newtheorem{thm}{Theorem}[section]
  \newtheorem{lemma}[thm]{Hilfssatz}
  \theoremstyle{definition}
  \newtheorem{defn}{Definition}
  \newtheorem*{aside}{Aside}
  \newcommand{\R}{\mathbb{R}}
---

# First {#sec-first}

\begin{thm}[Name of $\R$]\label{thm:a}
If $x \in \R$, then
\begin{equation}\label{eq:in} x^2 \ge 0 \end{equation}
and \emph{so on}, by \cref{thm:quarto} and \eqref{eq:in}.
\end{thm}
\begin{proof}[Proof of \cref{thm:a}]
Clear.
\[ a = b \]
\end{proof}

Text right before
\begin{lemma}\label{lem:b}
A lemma.
\begin{enumerate}
\item One
\end{enumerate}
\end{lemma}

\begin{aside} Not numbered. \end{aside}

\begin{defn} It says \label{def:in} its name inside. \end{defn}

# Left out {-}

# Second \label{sec:second}

## Deeper

\label{sec:deep}

::: {#thm-quarto}
## Pythagoras

$$ a^2 + b^2 = c^2 $$ {#eq-p}
:::

::: {.example #exm-e name="With $y$"}
An **example**.
:::

::: {.remark}
Without a number.
:::

::: {#fig-both layout-ncol=2}
![Left](dot.png){#fig-left}

![Right](dot.png){#fig-right}

Both of them.
:::

\begin{figure}[t]
\centering
\includegraphics[width=3cm]{dot.png}
\caption{By \LaTeX, $x$}
\label{fig:tex}
\end{figure}

\begin{table}
\caption{Rows}\label{tab:rows}
\begin{tabular}{lr} a & 1 \\ b & 2 \end{tabular}
\end{table}

```{#lst-code .python lst-cap="A listing with $x$"}
x = 1
```

::: {layout-ncol=2}
One column.

Another.
:::

Refs: \cref{thm:a}; \Cref{lem:b}; \ref{thm:a}; @thm-quarto; @def:in; @sec-first; \ref{sec:second}; \autoref{sec:deep};
@fig-both; @fig-left; [-@fig-right]; \ref{fig:tex}; @lst-code; \cref{tab:rows}; @eq-p; @exm-e;
@thm-other; @sec-there. End
"""
SAID = (
    "theorem 1.1; Hilfssatz 1.2; 1.1; Theorem 2.1; Definition 1; Section 1; 2; Section 2.1; Figure 1; Figure 1a; 1b; "
    "2; Listing 1; table 1; Equation (2); Example 1; Theorem 1; There. End"
)
OTHER = """---
lang: de
---

::: {#thm-other}
Dort.
:::

# There {#sec-there}

Refs: @thm-quarto; @sec-there; @sec-first; \\cref{lem:b}; @thm-other; \\cref{thm-other}. End
"""
SAID_OTHER = "Theorem 2.1; There; Abschnitt 1; Hilfssatz 1.2; Satz 1; Satz 1. End"


def said(text: str) -> str:
    text = text.replace("\N{NO-BREAK SPACE}", " ")
    return " ".join(text.partition("Refs: ")[2].partition("End")[0].split()) + " End"


def shown(page: Path) -> str:
    return re.sub(r"<[^>]+>", "", page.read_text())


def printed(page: Path) -> str:
    done = subprocess.run(["pdftotext", "-raw", str(page), "-"], capture_output=True, text=True, check=True)
    return done.stdout.replace("-\n", "")


@pytest.fixture
def site(notes: Path, build: Build) -> Path:
    from PIL import Image

    Image.new("RGB", (60, 20), "teal").save(notes / "dot.png")
    (notes / "a.md").write_text(TEX)
    (notes / "b.md").write_text(OTHER)
    for command in ("html", "pdf"):
        run = build(command)
        assert (run.code, [d for d in run.diagnostics if "image-alt" not in d]) == (0, [])
    return notes.parent / "site"


def test_the_same_in_html_and_pdf(site: Path) -> None:
    assert said(shown(site / "a.html")) == SAID
    assert said(printed(site / "a.pdf")) == SAID
    assert said(shown(site / "b.html")) == said(printed(site / "b.pdf"))


def test_what_is_called_by_its_own_language(site: Path) -> None:
    """A theorem that its author named keeps the name; others have the word of the page that refers to them."""
    assert said(shown(site / "b.html")).startswith("Theorem 2.1; There; Abschnitt 1; Hilfssatz 1.2")


def test_heads(site: Path) -> None:
    heads = [
        "Theorem 1.1 (Name of R).",
        "Proof of theorem 1.1.",
        "Hilfssatz 1.2.",
        "Aside.",
        "Definition 1.",
        "Theorem 2.1 (Pythagoras).",
        "Example 1 (With y).",
        "Remark.",
    ]
    page = " ".join(shown(site / "a.html").split()).replace("\N{NO-BREAK SPACE}", " ")
    page = re.sub(r"\\\(\\?(\w+)\\\)", r"\1", page)
    paper = " ".join(printed(site / "a.pdf").split()).replace(" .", ".")
    for head in heads:
        assert head in page
        assert head in paper
    for caption in ("Figure 1: Both of them.", "(a) Left", "(b) Right", "Figure 2: By LaTeX, x", "Table 1: Rows"):
        assert caption in page
        assert caption in paper.replace("LATEX", "LaTeX").replace("L ATEX", "LaTeX")
    assert "Listing 1: A listing with x" in paper


def test_every_reference_leads_somewhere(site: Path) -> None:
    for page in (site / "a.html", site / "b.html"):
        text = page.read_text()
        for link, name in re.findall(r'<a href="([^"#]*)#([^"]+)" class="ref', text):
            assert f'id="{name}"' in (page.parent / link if link else page).read_text(), name


def test_a_label_of_something_without_a_number(notes: Path, build: Build) -> None:
    (notes / "a.md").write_text("[x]{#fig-x}\n\nSee @fig-x.\n")
    run = build("html")
    assert run.diagnostics == [
        "a.md:3: error: what has the label 'fig-x' has no number; give it a caption  [label-unknown]"
    ]


def test_chapters(notes: Path, build: Build) -> None:
    (notes / "gradpress.yml").write_text(
        "numbering: {chapters: true, sections: true}\nnav: [index.md, one.md, two.md]\n"
    )
    (notes / "index.md").write_text("# Preface\n\n$$ x $$ {#eq-0}\n")
    for name in ("one", "two"):
        (notes / f"{name}.md").write_text(
            f"# {name}\n\n## Part {{#sec-{name}}}\n\n$$ x $$ {{#eq-{name}}}\n\n::: {{#thm-{name}}}\nSo.\n:::\n\n"
            "Refs: @eq-0; @eq-one; @thm-two; @sec-two. End\n"
        )
    for command in ("html", "pdf"):
        run = build(command)
        assert (run.code, run.diagnostics) == (0, [])
    site = notes.parent / "site"
    for name in ("one", "two"):
        wanted = "Equation (1); Equation (1.1); Theorem 2.1; Section 2.1. End"
        assert said(shown(site / f"{name}.html")) == said(printed(site / f"{name}.pdf")) == wanted
    assert "2 two" in " ".join(printed(site / "two.pdf").split())
    (notes / "gradpress.yml").write_text(
        "numbering: {chapters: true, sections: true}\nnav: [index.md, two.md, one.md]\n"
    )
    assert build("html").code == 0
    assert "Theorem 1.1" in said(shown(site / "one.html")).replace("\N{NO-BREAK SPACE}", " ")


def test_numbers_within_sections(notes: Path, build: Build) -> None:
    (notes / "a.md").write_text(
        "---\nheader-includes: \\numberwithin{equation}{section}\n---\n\n# A\n\n$$ x $$ {#eq-a}\n\n# B\n\n"
        "$$ y $$ {#eq-b}\n\n$$ z $$ {#eq-c}\n\nRefs: @eq-a; @eq-b; @eq-c. End\n"
    )
    assert build("html").code == build("pdf").code == 0
    site = notes.parent / "site"
    wanted = "Equation (1.1); Equation (2.1); Equation (2.2). End"
    assert said(shown(site / "a.html")) == said(printed(site / "a.pdf")) == wanted


def test_words_of_ones_own(notes: Path, build: Build) -> None:
    (notes / "a.md").write_text(
        "---\nnumbering: {prefixes: {equation: Formel, theorem: Behauptung}}\n---\n\n$$ x $$ {#eq-a}\n\n"
        "::: {#thm-b}\nSo.\n:::\n\nRefs: @eq-a; \\cref{thm-b}. End\n"
    )
    assert build("html").code == 0
    assert said(shown(notes.parent / "site" / "a.html")) == "Formel (1); Behauptung 1. End"


def test_declarations() -> None:
    found = declared(
        r"""\newtheorem{thm}{Theorem}[section] % \newtheorem{no}{No}
        \newtheorem{lem}[thm]{Lemma} \theoremstyle{remark} \newtheorem*{rem}{Remark}
        \declaretheorem[name=Satz, numberwithin=section]{satz} \declaretheorem[sibling=satz]{folge}"""
    )
    assert {n: (t.title, t.style, t.counter) for n, t in found.items()} == {
        "thm": ("Theorem", "plain", "thm"),
        "lem": ("Lemma", "plain", "thm"),
        "rem": ("Remark", "remark", ""),
        "satz": ("Satz", "remark", "satz"),
        "folge": ("Folge", "remark", "satz"),
    }
    assert within(r"\newtheorem{thm}{T}[section]\newtheorem{a}[thm]{A}\numberwithin{equation}{section}") == {
        "thm": "section",
        "equation": "section",
    }
    assert meant("", ["lem"], found) == found["lem"]
    assert meant("", ["callout-note"], found) is None
    theorem = meant("thm-x", [], {})
    assert theorem
    assert theorem.kind == "theorem"


@given(st.lists(st.integers(1, 4), max_size=30))
def test_sections_are_counted_as_latex_does(levels: list[int]) -> None:
    counts, model = Counts(), [0, 0, 0, 0]
    for level in levels:
        model[level - 1] += 1
        model[level:] = [0] * (4 - level)
        assert counts.section(level) == ".".join(map(str, model[:level]))


@given(st.lists(st.sampled_from(["section", "thm", "lem"]), max_size=30))
def test_a_counter_begins_anew_in_each_section(events: list[str]) -> None:
    counts, section, last = Counts({"thm": "section"}), 0, {"thm": 0, "lem": 0}
    for event in events:
        if event == "section":
            section, last["thm"] = section + 1, 0
            counts.section(1)
            continue
        last[event] += 1
        assert counts.next(event) == (f"{section}.{last[event]}" if event == "thm" else str(last[event]))


@pytest.mark.parametrize("lang", ["en", "de", "fr", "es", "it", "pt", "nl", "zh", "ja", "ru"])
def test_every_kind_has_a_word(lang: str) -> None:
    found = {kind: words.word(kind, lang) for kind in words.KINDS}
    assert all(found.values()), json.dumps(found)
