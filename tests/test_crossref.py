"""Notes for pandoc-crossref, and for pandoc-fignos and its relatives."""

from __future__ import annotations

import html
import re
import subprocess
from pathlib import Path

import pytest
from builds import Build
from PIL import Image

CROSSREF = r"""---
title: Crossref
figPrefix: [Fig., Figs.]
figureTitle: Picture
chapters: true
linkReferences: true
figureTemplate: x
---

# One {#sec:one}

Mixed [@fig:a; @eq:a; @knuth84]; own word [Formula @eq:a; @fig:a]; aside [see @fig:a, left]; bare [-@fig:a; @eq:a];
said Figure @fig:a; auto @sec:some-heading; own tag @eq:tag;
span @eq:span; listings @lst:a, @lst:b and @lst:c; @fig:p. End

![Caption](a.png){#fig:a}

$$ x $$ {#eq:a}

$$ y $$ {#eq:tag tag="T.1"}

[$$ z $$]{#eq:span label="S"}

```haskell
main
```
: With $x^2$ {#lst:a}

Listing: Before

```{#lst:b .haskell}
main
```

<div id="lst:c" class="listing">
In a division

```haskell
main
```
</div>

<div id="fig:parts">
![One](a.png){#fig:o}

![Two](a.png){#fig:p}

Both
</div>

## Some heading

\listoffigures
\lstlistoflistings
"""
CROSSREF_SAYS = (
    "Mixed Fig. 1.1, Equation (1.1), @knuth84; own word Formula (1.1), Fig. 1.1; aside see Fig. 1.1, left; "
    "bare 1.1, Equation (1.1); said Figure 1.1; auto Section 1.1; own tag Equation (T.1); span Equation (S); "
    "listings 1.1, 1.2 and 1.3; Fig. 1.2b. End"
)
XNOS = r"""---
title: Xnos
fignos-caption-name: Bild
---

Fig. @fig:a, {@fig:a}b, +@fig:a, !@fig:a, *@fig:b, `+@fig:a`, Eq. @eq:a. End

![Caption](a.png){#fig:a}

![Caption](a.png){#fig:b tag="B.1"}

$$ x $$ {#eq:a}
"""
PARTS = r"""![Growth of two cultures](a.png){#fig:growth}

Plate [@fig:growth](b) is warm, [@Fig:growth](a-c) are all, [@fig:growth](b)--(d) some; [@fig:growth](c.md) is a link.
"""
FROM_LATEX = r"""# Before

# First {#first}

By [\[eq:two\]](#eq:two){reference-type="eqref" reference="eq:two"} of Section [7](#first){reference-type="ref"
reference="first"}, Figure [9](#fig:o){reference-type="ref" reference="fig:o"} and
[\[fig:o\]](#fig:o){reference-type="ref+Label" reference="fig:o"};
not [\[gone\]](#gone){reference-type="ref" reference="gone"}.

$$x = 2 \label{eq:two}$$
"""
XNOS_SAYS = "Fig. 1, 1b, fig. 1, 1, Figure B.1, +@fig:a, Eq. 1. End"


@pytest.fixture
def site(notes: Path) -> Path:
    Image.new("RGB", (20, 10), "teal").save(notes / "a.png")
    (notes / "c.md").write_text(CROSSREF)
    (notes / "x.md").write_text(XNOS)
    return notes.parent / "site"


def shown(page: Path) -> str:
    text = page.read_text().partition("<main")[2]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", "", text)).split())


def printed(page: Path) -> str:
    done = subprocess.run(["pdftotext", page, "-"], capture_output=True, text=True, check=True)
    return " ".join(done.stdout.replace("ﬁ", "fi").split())


GROUPS = r"""Two [@fig:a; @fig:b]; three [@fig:c; @fig:a; @fig:b]; apart [@fig:a; @fig:d; @fig:c];
equations [@eq:a; @eq:b; @eq:c]; mixed [@fig:a; @eq:a; @fig:b]; bare [-@fig:a; -@fig:b; -@fig:c]; one [@fig:a];
also [@tbl:a; @tbl:b]; all [@eq:a; @eq:b; @eq:c]. End

![Caption](a.png){#fig:a}

![Caption](a.png){#fig:b}

![Caption](a.png){#fig:c}

![Caption](a.png){#fig:d}

$$ x $$ {#eq:a}

$$ x $$ {#eq:b}

$$ x $$ {#eq:c}

| a |
|---|
| b |

: Caption {#tbl:a}

| a |
|---|
| b |

: Caption {#tbl:b}
"""
GROUPS_SAY = (
    "Two Figures 1, 2; three Figures 1–3; apart Figures 1, 3, 4; equations (1)–(3); "
    "mixed Figures 1, 2, Equation (1); bare 1–3; one Figure 1; also Tables 1, 2; all Equations (1)–(3). End"
)
OWN = "---\nfigPrefix: [Fig., Figs.]\ntblPrefix: Tab.\n---\n\n"
OWN_SAY = GROUPS_SAY.replace("Figures", "Figs.").replace("Figure", "Fig.").replace("Tables", "Tab.")


def test_groups_are_said_as_pandoc_crossref_says_them(site: Path, notes: Path, build: Build) -> None:
    (notes / "g.md").write_text(GROUPS)
    (notes / "o.md").write_text(OWN + GROUPS)
    assert build("html", "g", "o").diagnostics == build("pdf", "g", "o").diagnostics == []
    assert (GROUPS_SAY in shown(site / "g.html"), OWN_SAY in shown(site / "o.html")) == (True, True)
    assert GROUPS_SAY in printed(site / "g.pdf").replace("\N{NO-BREAK SPACE}", " ")
    assert OWN_SAY in printed(site / "o.pdf").replace("\N{NO-BREAK SPACE}", " ")


def test_references_in_html(site: Path, build: Build) -> None:
    run = build("html")
    assert CROSSREF_SAYS in shown(site / "c.html")
    assert XNOS_SAYS in shown(site / "x.html")
    rules = sorted(line.rpartition("  ")[2] for line in run.diagnostics)
    assert rules == ["[citation-no-bibliography]", "[option-later]"]


def test_parts_in_parentheses(site: Path, build: Build) -> None:
    (site.parent / "content" / "parts.md").write_text(PARTS)
    assert not [line for line in build("html", "parts.md").diagnostics if "link-missing" in line]
    said = "Plate Figure 1(b) is warm, Figure 1(a-c) are all, Figure 1(b)–(d) some; Figure 1 is a link."
    assert said in shown(site / "parts.html")
    assert 'href="c.html"' in (site / "parts.html").read_text().partition("<main")[2]


def test_what_pandoc_makes_of_latex(site: Path, build: Build) -> None:
    """References as links whose words are the numbers or keys of then; their labels may stand on other pages."""
    (site.parent / "content" / "from.md").write_text(FROM_LATEX)
    (site.parent / "content" / "gradpress.yml").write_text("numbering: {sections: true}\n")
    said = "By (1) of Section 2, Figure 1.2a and Figure 1.2a; not ???."
    faults = [line for line in build("html").diagnostics if line.startswith("from.md")]
    assert [line.partition(",")[0] for line in faults] == ["from.md:8: error: nothing has the label 'gone'"]
    assert said in shown(site / "from.html")


def test_captions_and_lists(site: Path, build: Build) -> None:
    build("html")
    text = shown(site / "c.html")
    for part in (
        "Picture 1.1: Caption",
        "Listing 1.2: Before",
        "Listing 1.3: In a division",
        "List of Figures",
        "Listings",
    ):
        assert part in text
    assert r"Listing 1.1: With \(x^2\)" in text
    assert "Bild B.1: Caption" in shown(site / "x.html")


def test_the_same_in_pdf(site: Path, build: Build) -> None:
    assert build("pdf").code == 0
    assert CROSSREF_SAYS in printed(site / "c.pdf")
    assert "Picture 1.1: Caption" in printed(site / "c.pdf")
    assert XNOS_SAYS in printed(site / "x.pdf")
    assert "Bild B.1: Caption" in printed(site / "x.pdf")


def test_names_that_are_left_out(notes: Path, build: Build) -> None:
    Image.new("RGB", (20, 10), "teal").save(notes / "a.png")
    (notes / "a.md").write_text(
        "# A\n\n$$a = b$$ {#eq:}\n\n$$c = d$$ {#eq:}\n\n$$e = f$$ {#eq:e}\n\nSays +@eq:e and \\ref{tab:t}. End\n\n"
        '![One](a.png){#fig:}\n\n<div id="fig:f">\n'
        "![Part](a.png)\n\n![Other](a.png){#fig:g}\n\n\\: The whole.\n</div>\n\n"
        "\\begin{longtable}{rl}\n\\caption{Long \\label{tab:t}} \\\\\na & b \\\\\n\\end{longtable}\n"
    )
    assert build("html").diagnostics == []
    page = (notes.parent / "site" / "a.html").read_text()
    text = " ".join(re.sub(r"<[^>]+>", "", page.partition("<main")[2]).split())
    assert "\\tag{2}" in text
    assert "Says eq. (3) and 1. End" in text
    assert "Figure 2: The whole." in text
    assert "{#" not in text
