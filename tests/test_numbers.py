"""The same numbers in HTML and PDF, on the page and from other pages, also after an edit of one of them."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from builds import ROOT, Build

from gradpress.numbers import plurals

A = r"""---
title: A
header-includes: |
  \newtheorem{theorem}{Theorem}
---

\begin{align}
  a &= 11 \label{eq:a} \\
  c &= 12 \\
  e &= 13 \label{eq:e}
\end{align}

$$ x = 14 $$ {#eq-x}

\begin{subequations}\label{eq:all}
\begin{align}
 u &= 15 \label{eq:u}\\ v &= 16 \label{eq:v}
\end{align}
\end{subequations}

\begin{theorem}
If
\begin{equation} q = 17 \label{eq:q} \end{equation}
then so.
\end{theorem}

| Case | Formula |
|:--|:--|
| one | \begin{equation} t = 18 \label{eq:t} \end{equation} |

Refs: \eqref{eq:a}; \ref{eq:e}; @eq-x; [-@eq-x]; [@eq-x; @eq:a]; \cref{eq:u,eq:v}; \Cref{eq:all};
\autoref{eq:q}; \@ref(eq:a); \eqref{eq:foot}; \eqref{eq:t}; \eqref{eq:other}; @eq-other; [@eq:other]. End

Inside: $y \overset{\eqref{eq:a}}{=} z \overset{\eqref{eq:other}}{=} w$. [^1]

[^1]: Noted: \begin{equation} n = 19 \label{eq:foot} \end{equation}
"""
B = r"""# B

\begin{equation}\label{eq:first} 21 \end{equation}

\begin{equation}\label{eq:other} 22 \end{equation}

\begin{align} 23 \tag{M}\label{eq:own} \\ 24 \end{align}

Refs: \eqref{eq:a}; @eq-x; \eqref{eq:own}. End
"""
SAID_A = (
    "(1); 2; Equation (3); 3; Equation (3), Equation (1); eqs. (4a) and (4b); Equation (4); Equation (5); 1; "
    "(7); (6); (2); Equation (2); Equation (2). End"
)
SAID_B = "(1); Equation (3); (M). End"


@pytest.fixture
def site(notes: Path, build: Build) -> Path:
    (notes / "a.md").write_text(A)
    (notes / "sub").mkdir()
    (notes / "sub" / "b.md").write_text(B)
    return notes.parent / "site"


def in_html(page: Path) -> str:
    text = re.sub(r"<[^>]+>", "", page.read_text()).replace("\N{NO-BREAK SPACE}", " ")
    return " ".join(text.partition("Refs: ")[2].partition("End")[0].split()) + " End"


def in_pdf(page: Path) -> str:
    text = subprocess.run(["pdftotext", "-raw", str(page), "-"], capture_output=True, text=True, check=True).stdout
    text = text.replace("-\n", "").replace("\N{NO-BREAK SPACE}", " ")
    return " ".join(text.partition("Refs: ")[2].partition("End")[0].split()) + " End"


def numbered(page: Path) -> dict[str, str]:
    """Number beside the line, by what the line says, in a PDF."""
    text = subprocess.run(["pdftotext", "-layout", str(page), "-"], capture_output=True, text=True, check=True).stdout
    return dict(re.findall(r"= ?(\d\d)[^\S\n]+\((\w+)\)", text))


def test_references_say_the_same(site: Path, build: Build) -> None:
    for command in ("html", "pdf"):
        run = build(command)
        assert (run.code, run.diagnostics) == (0, [])
    assert in_html(site / "a.html") == in_pdf(site / "a.pdf") == SAID_A
    assert in_html(site / "sub" / "b.html") == in_pdf(site / "sub" / "b.pdf") == SAID_B
    wanted = {"11": "1", "13": "2", "14": "3", "15": "4a", "16": "4b", "17": "5", "18": "6", "19": "7"}
    assert numbered(site / "a.pdf") == wanted
    page = (site / "a.html").read_text()
    assert dict(re.findall(r"= ?(\d\d)[^\\]*\\label\{[^}]*\}\\tag\{(\w+)\}", page)) == wanted
    assert 'href="sub/b.html#eq:other"' in page
    assert 'href="../a.html#eq-x"' in (site / "sub" / "b.html").read_text()
    assert r"\overset{\textrm{(2)}}" in page, "a reference to another page inside a formula"
    for target in re.findall(r'href="#(eq[^"]+)"', page):
        assert f'id="{target}"' in page


SEVERAL = r"""---
number-sections: true
LANG
---

$$ a $$ {#eq-1}
$$ b $$ {#eq-2}
$$ c $$ {#eq-3}

::: {#thm-a}
x
:::

::: {#thm-b}
y
:::

# The part {#sec-x}

Refs: \cref{eq-1,eq-2}; \Cref{eq-1,eq-2,eq-3}; \cref{eq-1,thm-a,thm-b}; \crefrange{eq-1}{eq-3};
\Crefrange{thm-a}{thm-b}; \labelcref{eq-1}; \nameref{sec-x}; \Cref{eq-1,sec-x}; \vref{sec-x}. End
"""


@pytest.mark.parametrize(
    ("header", "said"),
    [
        (
            "lang: en",
            "eqs. (1) and (2); Equations (1), (2) and (3); eq. (1) and theorems 1 and 2; eqs. (1) to (3); "
            "Theorems 1 to 2; (1); The part; Equation (1) and Section 1; 1. End",
        ),
        (
            "lang: de",
            "Gln. (1) und (2); Gleichungen (1), (2) und (3); Gl. (1) und Sätze 1 und 2; Gln. (1) bis (3); "
            "Sätze 1 bis 2; (1); The part; Gleichung (1) und Abschnitt 1; 1. End",
        ),
        (
            "numbering: {prefixes: {equation: Formula}}",
            "Formula (1) and Formula (2); Formula (1), Formula (2) and Formula (3); Formula (1) and theorems 1 and 2; "
            "Formula (1) to Formula (3); Theorems 1 to 2; (1); The part; Formula (1) and Section 1; 1. End",
        ),
    ],
)
def test_several_in_one(notes: Path, build: Build, header: str, said: str) -> None:
    (notes / "a.md").write_text(SEVERAL.replace("LANG", header))
    for command in ("html", "pdf"):
        assert build(command).diagnostics == []
    site = notes.parent / "site"
    assert in_html(site / "a.html") == in_pdf(site / "a.pdf") == said


def test_a_tag_with_mathematics_and_words_between_subequations(notes: Path, build: Build) -> None:
    (notes / "a.md").write_text(
        "# A\n\n$$ x \\tag{$\\star$} \\label{eq:s} $$\n\n\\begin{subequations}\n\\begin{equation} a \\end{equation}\n"
        "and with words\n\\begin{equation} b \\end{equation}\n\\end{subequations}\n\nRefs: \\eqref{eq:s}. End\n"
    )
    (notes / "b.md").write_text("# B\n\nRefs: \\eqref{eq:s}. End\n")
    for command in ("html", "pdf"):
        assert build(command).diagnostics == []
    site = notes.parent / "site"
    for page in ("a", "b"):
        assert in_html(site / f"{page}.html") == r"(\(\star\)). End"
        assert in_pdf(site / f"{page}.pdf") == "(⋆). End"
    assert "and with words" in (site / "a.html").read_text()


def test_an_edit_changes_the_pages_that_refer_to_it_and_no_others(site: Path, notes: Path, build: Build) -> None:
    (notes / "c.md").write_text("# C\n\nNothing here.\n")
    build("html")
    text = (notes / "sub" / "b.md").read_text()
    (notes / "sub" / "b.md").write_text(
        text.replace("# B", "# B\n\n\\begin{equation}\\label{eq:new} 20 \\end{equation}")
    )
    run = build("html")
    assert "html: 2 pages built, 1 unchanged" in run.err
    assert "Equation (3). End" in in_html(site / "a.html")
    assert "html: 0 pages built, 3 unchanged" in build("html").err
    (notes / "sub" / "b.md").write_text(text.replace("21", "20"))  # back, and an edit that moves no number
    assert "html: 2 pages built, 1 unchanged" in build("html").err
    (notes / "sub" / "b.md").write_text(text)
    assert "html: 1 page built, 2 unchanged" in build("html").err
    assert in_html(site / "a.html") == SAID_A


def test_one_page_alone_knows_the_others(site: Path, notes: Path, build: Build, tmp_path: Path) -> None:
    ran = tmp_path / "ran"
    code = f"\n```{{.python .run}}\nopen({str(ran)!r}, 'w').close()\n```\n"
    (notes / "sub" / "b.md").write_text(B + code)
    assert build("html", "a").code == 0
    assert in_html(site / "a.html") == SAID_A
    assert not ran.exists(), "no cell of another page runs for its numbers"
    assert not (site / "sub").exists()


def test_a_page_that_goes_takes_its_labels_along(site: Path, notes: Path, build: Build) -> None:
    build("html")
    (notes / "sub" / "b.md").unlink()
    run = build("html")
    assert run.code == 1
    assert "a.md:32: error: nothing has the label 'eq:other', on this page or another one  [label-unknown]" in run.err


def test_a_page_that_cannot_be_read_keeps_its_numbers(site: Path, notes: Path, build: Build) -> None:
    build("html")
    (notes / "sub" / "b.md").write_bytes(b"\xff")
    (notes / "a.md").write_text(A + "\nMore.\n")
    run = build("html")
    assert [d.partition(":")[0] for d in run.diagnostics] == ["sub/b.md"]
    assert in_html(site / "a.html") == SAID_A


def test_labels_of_several_pages(notes: Path, build: Build) -> None:
    for name in ("one", "two"):
        (notes / f"{name}.md").write_text(f"$$ x $$ {{#eq-x}}\n\n{name}: @eq-x\n")
    (notes / "three.md").write_text("Which, @eq-x?\n")
    run = build("html")
    assert run.diagnostics == [
        "three.md:1: error: the label 'eq-x' is given on several pages, one.md and two.md; "
        "give it another name on one of them  [label-ambiguous]"
    ]


@pytest.mark.parametrize(
    ("header", "wanted"),
    [
        ("numbering: {equations: labelled}", "(1) none (2)"),
        ("numbering: {equations: all}", "(1) (2) (3)"),
        ("numbering: {equations: all, style: '[1]'}", "[1] [2] [3]"),
        ("numbering: {style: '1.'}", "1. none 2."),
    ],
)
def test_which_lines_and_in_which_style(notes: Path, build: Build, header: str, wanted: str) -> None:
    lines = "a \\label{eq:a} \\\\ b \\\\ c \\label{eq:c}"
    (notes / "a.md").write_text(
        f"---\n{header}\n---\n\n\\begin{{gather}}{lines}\\end{{gather}}\n\nRefs: \\eqref{{eq:c}} End\n"
    )
    assert build("html").code == build("pdf").code == 0
    page = (notes.parent / "site" / "a.html").read_text()
    display = page.partition("gather*")[2].partition("gather*")[0]
    tags = [re.search(r"\\tag(\*?)\{([^}]*)\}", line) for line in display.split("\\\\ ")]
    written = [("none" if tag is None else tag[2] if tag[1] else f"({tag[2]})") for tag in tags]
    assert " ".join(written) == wanted
    last = wanted.split()[-1]
    assert in_html(notes.parent / "site" / "a.html") == in_pdf(notes.parent / "site" / "a.pdf") == f"{last} End"


C = """# C

![One](dot.png){#fig-one}

![](dot.png){#fig-none fig-alt="No caption, no number"}

| a |
|---|
| 1 |

: Values {#tbl-v}

```{.python .train loss-cap="A loss without a label."}
for t in range(3): loss = t
```

```{python}
#| label: fig-two
#| fig-cap: Two
import matplotlib.pyplot as plt
plt.plot([1, 2])
```

Refs: @fig-one; @fig-two; [-@fig-two]; \\ref{fig-two}; \\cref{tbl-v}; \\autoref{tbl-v}; [@fig-one; @tbl-v]; @eq-x. End
"""


def test_figures_and_tables(site: Path, notes: Path, build: Build) -> None:
    from PIL import Image

    Image.new("RGB", (30, 10), "teal").save(notes / "dot.png")
    (notes / "c.md").write_text(C)
    for command in ("html", "pdf"):
        run = build(command)
        assert (run.code, run.diagnostics) == (0, [])
    said = "Figure 1; Figure 3; 3; 3; table 1; Table 1; Figure 1, Table 1; Equation (3). End"
    assert in_html(site / "c.html") == in_pdf(site / "c.pdf") == said
    captions = re.findall(r'<span class="number">([^<]*):</span> ([^<]*)', (site / "c.html").read_text())
    wanted = [("Figure 1", "One"), ("Table 1", "Values"), ("Figure 2", "A loss without a label."), ("Figure 3", "Two")]
    assert [(n.replace("\N{NO-BREAK SPACE}", " "), c) for n, c in captions] == wanted
    text = subprocess.run(["pdftotext", str(site / "c.pdf"), "-"], capture_output=True, text=True, check=True).stdout
    for number, caption in wanted:
        assert f"{number}: {caption}" in text


@pytest.mark.parametrize("method", ["katex", "mathml"])
def test_methods_that_number_nothing(notes: Path, build: Build, method: str) -> None:
    (notes / "gradpress.yml").write_text(f"math: {{method: {method}}}\n")
    (notes / "a.md").write_text(A)
    (notes / "b.md").write_text(B)
    run = build("html")
    assert (run.code, run.diagnostics) == (0, [])
    page = (notes.parent / "site" / "a.html").read_text()
    assert in_html(notes.parent / "site" / "a.html") == SAID_A
    assert "\\label" not in page.replace('encoding="application/x-tex"', "")
    for number in ("(1)", "(4b)", "(7)") if method == "mathml" else (r"\tag{1}", r"\tag{4b}", r"\tag{7}"):
        assert number in page


@pytest.mark.parametrize(
    ("lang", "wanted"),
    [
        ("de", "Gleichung (1)"),
        ("fr", "Équation (1)"),
        ("es-MX", "Ecuación (1)"),
        ("zh", "式(1)"),
        ("xx", "Equation (1)"),
    ],
)
def test_words_follow_the_language(notes: Path, build: Build, lang: str, wanted: str) -> None:
    (notes / "a.md").write_text(f"---\nlang: {lang}\n---\n\n$$ x $$ {{#eq-x}}\n\nRefs: @eq-x. End\n")
    assert build("html").code == 0
    assert in_html(notes.parent / "site" / "a.html") == f"{wanted}. End"


def test_every_label_of_our_own_pages(tmp_path: Path, build: Build) -> None:
    """Each number that HTML gives a label is the one that LaTeX was given."""
    (tmp_path / "content").symlink_to(ROOT / "content")
    assert build("html", "--no-execute").code == build("tex", "--no-execute").code == 0
    made = {"404.html", "execution.html"}  # no note has been written for them
    pages = [page for page in sorted((tmp_path / "site").rglob("*.html")) if page.name not in made]
    pattern = r"\\label\{(eq[^}]*)\}|\\tag\{(\w+)\}"
    count = 0
    for page in pages:
        html = re.sub(r"<pre.*?</pre>|<code.*?</code>", "", page.read_text(), flags=re.S)
        tex = re.sub(r"\\begin\{cellcode\}.*?\\end\{cellcode\}", "", page.with_suffix(".tex").read_text(), flags=re.S)
        assert re.findall(pattern, html) == re.findall(pattern, tex), page
        count += len(re.findall(pattern, html))
    assert count > 10


@pytest.mark.parametrize("lang", ["en", "de", "fr", "es", "it", "pt", "nl", "zh", "ja", "ru"])
def test_every_language_has_its_plurals(lang: str) -> None:
    for kind in ("equation", "figure", "table", "theorem", "proof", "section", "listing"):
        assert plurals.plural(kind, lang)
        assert plurals.plural(kind, lang, short=True)
    assert plurals.plural("appendix", lang) == plurals._PLURALS[lang].split()[-1]
    assert len(plurals._PLURALS[lang].split()) == len(plurals._ORDER)
    assert plurals.conjunction(lang)
    assert plurals.until(lang)
