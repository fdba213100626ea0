"""MyST Markdown as Jupyter Book, mystmd and Sphinx read it: labels, references, directives, roles, projects."""

from __future__ import annotations

import html
import re
import subprocess
from pathlib import Path

import pytest
from builds import Build
from hypothesis import given
from hypothesis import strategies as st

from gradpress import dialects
from gradpress.diagnostics import Log, collecting
from gradpress.dialects import Surroundings, myst_header
from gradpress.projects import myst as myst_project
from gradpress.reading import yaml_text

PAGE = r"""---
math:
  '\dd': '\mathrm{d}'
  '\pred': '\mathbf{p}\left( #1 \right)'
numbering:
  headings: true
---

% a comment
+++ {"key": []}

(first)=
## First section

Loose $ \dd x $ and $x$1, {math}`\pred{m}`, H{sub}`2`O, \$5.

```{math}
:label: one
a &= \begin{pmatrix} 1 \\ 2 \end{pmatrix} \\
  &= b
```

```{math}
:label: two
u = v

w = t \nonumber
```

$$
x = 1
$$ (three)

$$ y = 1 $$ (four)

(five)=
$$
z = 1
$$

(six)=
```{math}
:label: six-too
s = 1
```

- item

  ```{math}
  :label: seven
  q = 1
  ```

```{prf:theorem} Great
:label: great

Holds.

```{math}
:label: inner
p = 1
```
```

:::{prf:assumption}
:label: assumed
Let it be.
:::

```{prf:proof} Fix $x$ as in {eq}`inner`.

Done.
```

```{exercise}
:label: task
Do it.
```

````{solution} task
:label: done
:class: dropdown

```{code-block} python
x = 1
```
````

```{exercise} Named
:label: named
:nonumber:
Do it.
```

```{figure} dot.png
:label: pic
:width: 50px

The caption with $x_1$
on two lines.

A legend.
```

:::{figure}
:label: both

![One](dot.png)

![Two](dot.png)

Two of them.
:::

![No figure](dot.png)

```{list-table} Listed
:header-rows: 1
:label: rows

* - A
  - B
* - a
  - - one
    - two
```

```{code-block} python
:label: listed
:caption: Some `code`
x = 1
```

(para)=
A paragraph.

```{glossary}
Slope
  What is steep.
```

Refs: {eq}`one`; {eq}`two`; {eq}`three`; [](#four); @five; {eq}`six`; {eq}`six-too`; {eq}`seven`; {eq}`inner`;
[Eq. %s](#three); {numref}`Fig. {number} <pic>`; {numref}`pic`; [](#both-b); {numref}`rows`; {numref}`listed`;
{prf:ref}`great`; {prf:ref}`assumed`; {ref}`task`; {ref}`done`; {ref}`named`; [](#first); {ref}`words <para>`;
{term}`slope`; [](b.md); {doc}`the other <b>`; {eq}`far`; [](#away). End
"""
SAID = (
    "(1); (2); (3); (4); (5); (6); (6); (7); (8); Eq. 3; Fig. 1; Figure 1; Figure 2b; Table 1; Listing 1; Theorem 1; "
    "Assumption 1; Exercise 1; Solution to Exercise 1; Named; Section 1; words; slope; The b page; the other; (1); "
    "Far away. End"
)
OTHER = r"""# The *b* page

(away)=
## Far away

```{math}
:label: far
f = 1
```
"""


def translated(text: str, root: Path = Path("/nowhere"), header: dict[str, object] | None = None) -> str:
    page = Surroundings(root, root, root, header or {})
    with collecting(Log(), "a.md"):
        lines = dialects.translated([(t, n) for n, t in enumerate(text.split("\n"), 1)], page)
    return "\n".join(line for line, _ in lines if line)


def shown(page: Path) -> str:
    text = re.sub(r"<svg.*?</svg>|<[^>]+>", "", page.read_text(), flags=re.S)
    return " ".join(html.unescape(text).replace("\N{NO-BREAK SPACE}", " ").split())


def printed(page: Path) -> str:
    done = subprocess.run(["pdftotext", "-raw", str(page), "-"], capture_output=True, text=True, check=True)
    return " ".join(done.stdout.replace("-\n", "").replace("\N{NO-BREAK SPACE}", " ").split())


def said(text: str) -> str:
    return text.partition("Refs: ")[2].partition(" End")[0] + " End"


def picture(path: Path) -> None:
    from PIL import Image

    Image.new("RGB", (60, 20), "teal").save(path)


def test_every_reference_says_the_same_in_both(notes: Path, build: Build) -> None:
    picture(notes / "dot.png")
    (notes / "a.md").write_text(PAGE)
    (notes / "b.md").write_text(OTHER)
    for command in ("html", "pdf"):
        assert build(command).diagnostics == []
    page, paper = notes.parent / "site" / "a.html", notes.parent / "site" / "a.pdf"
    assert said(shown(page)) == said(printed(paper)) == SAID
    text = page.read_text()
    assert text.count('class="math') == 13
    assert "No figure" not in shown(page)
    for word in ("comment", "key", "nonumber"):
        assert word not in shown(page).replace("Listing", "")
    assert "Solution to Exercise 1." in shown(page)
    assert "<details" in text


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("{eq}`a`, {eq}`b`", "[]{.ref form=eqref labels=a line=1}, []{.ref form=eqref labels=b line=1}"),
        ("{ref}`two\nlines <x>`", "[two\nlines]{.ref form=said labels=x line=1}"),
        ("(x)=\n# T\n\n{ref}`x`", "# T {#x}\n[]{.ref form=Cref labels=x line=4}"),
        ("{cite:p}`a,b` {cite:t}`a` {cite:p}`{see}a{p. 3}`", "[@a; @b] @a [see @a, p. 3]"),
        ("{abbr}`A (Long)` {kbd}`C` {del}`x` {u}`y`", '[A]{title="Long"} `C` ~~x~~ [y]{.underline}'),
        ("{sub}`a` ``{eq}`code` ``", "~a~ ``{eq}`code` ``"),
        ("[w](wiki:Some_page) {sub}`a`", "[w](https://en.wikipedia.org/wiki/Some_page) ~a~"),
        ("(l)=\ntext {sub}`a`", "[]{.place #l}text ~a~"),
        ("{sub}`a`\n% gone\n+++\nrest", "~a~\nrest"),
        ("{sub}`a`\ntext\n- item", "~a~\ntext\n- item"),
        ("{sub}`a` costs $5 and that $6", "~a~ costs $5 and that $6"),
        ("```{raw} latex\n\\x\n```", ":::::: {.only-tex}\n~~~~~~{=latex}\n\\x\n~~~~~~\n::::::"),
        ("```{only} html\nx\n```", ':::::: {.content-visible when-format="html"}\nx\n::::::'),
        (
            "x\n\n ```{note}\n a\n ```\n\n  ```{tip}\nb\n```",
            "x\n:::::: {.callout-note}\na\n::::::\n:::::: {.callout-tip}\nb\n::::::",
        ),
        ("- x\n\n  ```{tip}\n  y\n  ```", "- x\n  :::::: {.callout-tip}\n  y\n  ::::::"),
        (
            "> x\n>\n> ```{tip}\n> $y$ {sub}`a`\n> ```\nz",
            "> x\n>\n>\n> :::::: {.callout-tip}\n> $y$ ~a~\n>\n> ::::::\n>\nz",
        ),
        ("```{note} To the end.\n```", ":::::: {.callout-note}\nTo the end.\n::::::"),
        ("```{danger} T\n:class: dropdown\nx\n```", ':::::: {.callout-warning title="T" collapse="true"}\nx\n::::::'),
        ("```{seealso}\nx\n```", ':::::: {.callout-note title="See also"}\nx\n::::::'),
        ("1. ```{tip}\n   x\n   ```", "1. :::::: {.callout-tip}\n   x\n   ::::::"),
        ("```{math}\na % b\n% c\n```", "$$\na % b\n% c\n$$"),
        ('```{csv-table}\n:header: A, B\n"x, y", 2\n```', "| A | B |\n|---|---|\n| x, y | 2 |"),
        ("```{code-block} c\n:caption: `x`\ny\n```", '~~~~~~{.c .norun lst-cap="`x`"}\ny\n~~~~~~'),
        (
            "```{list-table}\n* - a\n  - ```{math}\n    z\n    ```\n* - b\n  - c\n```",
            "+----------+----------+\n| a        |          |\n|          | $$       |\n|          | z        |\n"
            "|          | $$       |\n|          |          |\n+----------+----------+\n| b        | c        |\n"
            "+----------+----------+",
        ),
        ("```{glossary}\nA\nB\n  both\n```", "[A]{.place #term-a}, [B]{.place #term-b}\n:   both"),
    ],
)
def test_marks(text: str, wanted: str) -> None:
    assert translated(text) == wanted


def test_an_included_part_of_a_file(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("one\ntwo\nthree\nfour\n")
    for options, wanted in {
        ":lines: 2-3": ["two", "three"],
        ":start-after: one\n:end-before: four": ["two", "three"],
        ":start-at: three": ["three", "four"],
    }.items():
        found = translated(f"```{{literalinclude}} a.py\n{options}\n```", tmp_path).split("\n")
        assert found[1:-1] == wanted


def test_substitutions() -> None:
    header = {"myst": {"substitutions": {"key": "a *value*"}}}
    assert (
        translated("{{ key }} and $a_{{ key }}$ and {sub}`a`", header=header) == "a *value* and $a_{{ key }}$ and ~a~"
    )


def test_the_header_of_a_page() -> None:
    text = (
        "short_title: S\nmath: {'\\R': '\\mathbb{R}', '\\f': 'f(#1)', method: katex}\nnumbering: {headings: true}\n"
        "authors: [{name: Ann}, Bo]\nthumbnail: x.png\n"
    )
    assert myst_header.translated(yaml_text.parse(text)).values == {
        "math": {"method": "katex"},
        "header-includes": "\\newcommand{\\R}{\\mathbb{R}}\n\\newcommand{\\f}[1]{f(#1)}",
        "numbering": {"sections": True},
        "author": ["Ann", "Bo"],
    }


def test_a_jupyter_book(notes: Path, build: Build) -> None:
    (notes / "_config.yml").write_text(
        "title: Of a book\nauthor: Ann\nbibtex_bibfiles: [a.bib]\nparse: {myst_substitutions: {key: put in}}\n"
        "sphinx: {config: {mathjax3_config: {tex: {macros: {'half': ['\\frac{#1}{2}', 1]}}}}}\n"
    )
    (notes / "_toc.yml").write_text(
        "format: jb-book\nroot: intro\nparts:\n- caption: Part\n  numbered: true\n  chapters:\n"
        "  - file: two\n  - file: one\n- caption: End\n  chapters:\n  - file: refs\n"
    )
    (notes / "a.bib").write_text("@book{knuth, author={Knuth, Donald}, title={Volumes}, year={1997}}\n")
    (notes / "intro.md").write_text("# Intro\n\n{{ key }} {doc}`one`\n")
    (notes / "one.md").write_text("(ch)=\n# The one\n\n```{math}\n:label: e\n\\half{x}\n```\n\n{cite}`knuth`\n")
    (notes / "two.md").write_text("# The two\n\nRefs: {eq}`e`; {ref}`ch`. End\n")
    (notes / "refs.md").write_text("# References\n\n```{bibliography}\n```\n")
    for command in ("html", "pdf"):
        assert build(command).diagnostics == []
    site = notes.parent / "site"
    assert said(shown(site / "two.html")) == said(printed(site / "two.pdf")) == "(2.1); Chapter 2. End"
    assert "put in The one" in shown(site / "intro.html")
    assert "Knuth, Donald. 1997" in shown(site / "refs.html")
    text = (site / "one.html").read_text()
    assert "Of a book" in text
    assert text.index("two.html") < text.index("one.html")


def test_projects_of_mystmd_and_sphinx(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("# A\n")
    (tmp_path / "x.bib").write_text("")
    (tmp_path / "myst.yml").write_text(
        "project:\n  title: T\n  math: {'\\a': {macro: 'b'}}\n  numbering: {headings: true}\n"
        "  toc: [{title: P, children: [{file: a.md}]}]\n"
    )
    assert myst_project.configuration(tmp_path).values == {
        "title": "T",
        "bibliography": ["x.bib"],
        "header-includes": "\\newcommand{\\a}{b}",
        "numbering": {"sections": True},
        "nav": [{"P": ["a.md"]}],
    }
    (tmp_path / "myst.yml").unlink()
    (tmp_path / "conf.py").write_text("import os\nproject = 'S'\nextensions = ['myst_nb']\nauthor = os.name\n")
    assert myst_project.is_one(tmp_path)
    assert myst_project.configuration(tmp_path).values == {"title": "S"}
    (tmp_path / "conf.py").write_text("value = 1\n")
    assert not myst_project.is_one(tmp_path)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("[x](inv:python#a)", "warning: 'inv:python#a' names a place of another project; its words are shown"),
        ("{term}`none`", "error: no glossary explains the term 'none'"),
        ("```{strange}\nkept\n```", "warning: the directive '{strange}' is not known; its source is shown"),
        ("{eq}`none`", "error: nothing has the label 'none', on this page or another one"),
        ("```{literalinclude} no.py\n```", "error: there is no file 'no.py' to include"),
    ],
)
def test_what_is_not_there_is_said(notes: Path, build: Build, text: str, wanted: str) -> None:
    (notes / "a.md").write_text(f"# A\n\n{text} \n\n{{sub}}`a`\n")
    found = build("html").diagnostics
    assert any(d.startswith(f"a.md:3: {wanted}") for d in found), found


LINES = st.lists(
    st.sampled_from(
        [
            *PAGE.split("\n"),
            "(x)=",
            "{#id}",
            "::::{tab-set}",
            "```{card}",
            "^^^",
            "+++",
            "[](#x)",
            "@x",
            "```",
            ":::",
            "::::",
        ]
    )
)


@given(LINES)
def test_any_mixture_is_survived_and_keeps_its_numbers(texts: list[str]) -> None:
    page = Surroundings(Path("/nowhere"), Path("/nowhere"), Path("/nowhere"))
    with collecting(Log(), "a.md"):
        found = dialects.translated([(text, number) for number, text in enumerate(texts, 1)], page)
    numbers = [number for _, number in found]
    assert numbers == sorted(numbers)


def test_a_definition_list_with_the_class_glossary_explains_terms(notes: Path, build: Build) -> None:
    first = "# Words\n\n{.glossary}\nGram matrix\n: Values $K$.\n  A second line.\n\n"
    text = f"{first}rank\n: See {{term}}`Gram matrix`.\n\nAfter.\n"
    (notes / "words.md").write_text(text)
    (notes / "note.md").write_text("# Note\n\nA {term}`rank` and a {term}`gram matrix`, {term}`none`.\n")
    assert build("html").diagnostics == [
        "note.md:3: error: no glossary explains the term 'none'; add it to one  [label-unknown]"
    ]
    page = (notes.parent / "site" / "words.html").read_text("utf-8")
    assert page.count("<dt>") == 2
    assert "<p>After.</p>" in page
    assert 'href="words.html#term-rank"' in (notes.parent / "site" / "note.html").read_text("utf-8")
