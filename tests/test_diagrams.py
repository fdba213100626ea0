"""Diagrams: what is drawn and how often, in both outputs, where faults are told, what is done without programs."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from builds import ROOT, Build, Run
from npm_packages import npm_cache  # noqa: F401
from PIL import Image

from gradpress.cache import Memory
from gradpress.diagrams import Diagram, Failed, Tools, browser, dot, mermaid, svg
from gradpress.formats import drawings
from gradpress.math import npm

PAGE = r"""---
title: Drawn
header-includes: |
  \newcommand{\bw}{\boldsymbol{w}}
  \usetikzlibrary{arrows.meta}
---

See @fig-flow, @fig-graph, @fig-pic and @fig-cell.

```{.mermaid #fig-flow caption='Of $\bw$' alt='From the weights to the loss & back'}
graph LR
  A["$$\bw$$"] -->|forwardly| B["$$\mathcal{L}$$"]
```

```{mermaid}
graph LR
  A["$$\bw$$"] -->|forwardly| B["$$\mathcal{L}$$"]
```

```{.mermaid format=png scale=5 caption='Dots'}
%%{init: {'theme':'neutral'}}%%
graph TD
    a --> b
```

````pandoc
```{.mermaid}
nothing that is read
```
````

```pandoc
```{.mermaid}
nothing that is read, either
```
```

```{dot}
//| label: fig-graph
//| fig-cap: A graph
//| width: 50%
digraph { alpha -> beta; beta [URL="javascript:alert(1)"]; alpha [URL="https://example.org/"] }
```

```{.graphviz .norun}
digraph { shown -> only }
```

```{.tikz #fig-pic caption="A picture" alt="An arrow to w"}
\begin{tikzpicture}[>=Stealth]
  \draw[->] (0,0) -- (2,0) node[right] {$\bw$ ends};
\end{tikzpicture}
```

\begin{center}
\begin{tikzcd} A \arrow[r] & B \end{tikzcd}
\end{center}

```{.python .run #fig-cell fig-cap="By a cell" echo=false}
class Graph:
    def _repr_mimebundle_(self, **_):
        return {"text/vnd.graphviz": "digraph { gamma -> delta }", "text/plain": "graph"}

Graph()
```
"""
FAULTS = r"""---
title: Faulty
---

```{.mermaid #fig-a caption="A"}
---
title: Named
---
%% a comment
graph LR
  A --> B
  %% another one

  B --> C[[
  C --> D
```

```{mermaid}
%%| fig-cap: B
%%| fig-colour: red
pie
  "b" x 2
```

```{.dot}
digraph {
  a -> b
  b [label=; ]
}
```

```{.dot}
digraph {
  a -> b
  b [label=<<b>x</i>>]
  c
}
```

```{.tikz #fig-t caption="T"}
\begin{tikzpicture}
  \draw (0,0) -- (1,1);
  \draww (0,0) -- (2,2);
\end{tikzpicture}
```

\begin{tikzpicture}
  \node {ok};
\end{tikzpicture}

```{.mermaid format=gif}
graph LR
  A --> B
```

See @fig-a and @fig-t.
"""
SAID = [
    "faulty.md:14: error: Mermaid cannot read '",
    "faulty.md:20: warning: unknown option fig-colour",
    "faulty.md:22: error: Mermaid: unexpected character: ->x<-",
    "faulty.md:28: error: Graphviz cannot read the graph near ';'",
    "faulty.md:35: error: Graphviz cannot read the label of b: mismatched tag",
    "faulty.md:43: error: LaTeX: Undefined control sequence: \\draww",
    "faulty.md:51: warning: option format: gif is not svg|png|pdf",
]
NESTED = "drawn.md:32: warning: the fence '```pandoc' holds a fence of the same length"


@dataclass
class Site:
    """A site whose pages are built in forks, and how often a browser was started for it."""

    folder: Path
    log: Path
    first: Run

    def build(self, command: str, *more: str, path: str = "") -> Run:
        places = [f"--{name}={self.folder / name}" for name in ("content", "output", "cache")]
        env = {**os.environ, "PATH": path or f"{self.folder / 'bin'}:{os.environ['PATH']}"}
        line = [sys.executable, str(ROOT / "build.py"), command, "--jobs=2", *places, *more]
        done = subprocess.run(line, capture_output=True, text=True, timeout=300, env=env, check=False)
        return Run(done.returncode, done.stdout, done.stderr)

    def text(self, name: str) -> str:
        return (self.folder / "output" / name).read_text()

    def drawn(self, name: str) -> list[str]:
        """The drawings in a page."""
        return re.findall(r'<svg [^>]*class="drawing[^>]*>.*?</svg>', self.text(name), re.S)

    def words(self, name: str) -> str:
        """A page without its tags."""
        return re.sub(r"<[^>]+>", "", self.text(name)).replace("\N{NO-BREAK SPACE}", " ")

    @property
    def starts(self) -> int:
        return len(self.log.read_text().splitlines())


@pytest.fixture(scope="module")
def packages(npm_cache: Path) -> Path:  # noqa: F811
    """A cache in which mermaid is."""
    npm.package("mermaid", mermaid.VERSION, npm_cache, npm_cache, only=mermaid.FILES)
    return npm_cache


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, packages: Path) -> Site:
    """Twenty pages: two with diagrams, one with faults."""
    folder = tmp_path_factory.mktemp("diagrams")
    for name in ("content", "bin", "cache"):
        (folder / name).mkdir()
    (folder / "cache" / "npm").symlink_to(packages / "npm")
    log, real = folder / "starts", shutil.which("chromium")
    log.touch()
    (folder / "bin" / "chromium").write_text(f'#!/bin/sh\necho started >> {log}\nexec {real} "$@"\n')
    (folder / "bin" / "chromium").chmod(0o755)
    content = folder / "content"
    (content / "drawn.md").write_text(PAGE)
    (content / "faulty.md").write_text(FAULTS)
    (content / "other.md").write_text("# Other\n\n```mermaid\ngraph LR\n  other --> page\n```\n")
    for number in range(17):
        (content / f"plain-{number}.md").write_text(f"# Plain {number}\n\nText.\n")
    made = Site(folder, log, Run(0, "", ""))
    made.first = made.build("html")
    return made


def test_one_browser_for_a_build_and_none_for_the_next(site: Site) -> None:
    assert site.starts == 1
    drawn = site.drawn("drawn.html")
    assert drawn
    before = (site.folder / "content" / "drawn.md").read_text()
    (site.folder / "content" / "drawn.md").write_text(before + "\nMore prose.\n")
    nowhere = site.folder / "nowhere"  # neither a browser, nor Graphviz, nor LaTeX
    nowhere.mkdir()
    run = site.build("html", "drawn.md", path=str(nowhere))
    assert [line for line in run.diagnostics if "holds a fence" not in line] == []
    assert "More prose" in site.text("drawn.html")
    assert site.drawn("drawn.html") == drawn
    assert site.starts == 1


def test_html(site: Site) -> None:
    text = site.text("drawn.html")
    drawn = site.drawn("drawn.html")
    assert len(drawn) == 6, "two of Mermaid, a graph, two pictures of TeX, and a graph that a cell has made"
    names = re.findall(r'\sid="([^"]+)"', text)
    assert len(names) == len(set(names)), "two drawings of the same diagram have different ids"
    assert 'aria-label="From the weights to the loss &amp; back"' in drawn[0]
    assert "𝒘" in drawn[0]
    assert "ℒ" in drawn[0]
    assert "forwardly" in drawn[1]
    assert "javascript" not in "".join(drawn)
    assert 'href="https://example.org/"' in "".join(drawn)
    assert 'style="--drawn:' in drawn[2]
    assert "width:50%" in drawn[2]
    assert 'aria-label="An arrow to w"' in text
    assert "data-fig-alt" not in text
    assert "gamma" in drawn[-1]
    for caption in (
        "Figure 1: Of",
        "Figure 2: Dots",
        "Figure 3: A graph",
        "Figure 4: A picture",
        "Figure 5: By a cell",
    ):
        assert caption in site.words("drawn.html")
    assert text.count("nothing that is read") == 2
    assert "only }" in site.words("drawn.html")
    assert ">Graph()<" not in text
    assert "<script" not in "".join(drawn)


def test_dots_where_the_author_wants_them(site: Site) -> None:
    image = re.search(r'src="(assets/figures/[^"]+\.png)"[^>]*? width="(\d+)"', site.text("drawn.html"))
    assert image
    with Image.open(site.folder / "output" / image[1]) as drawn:
        assert drawn.width == pytest.approx(5 * float(image[2]), abs=5)
        assert drawn.getpixel((0, 0))[3] == 0, "no ground: the page may be dark"


def test_faults_have_their_lines_and_the_code_is_shown(site: Site) -> None:
    said = [line for line in site.first.diagnostics if not line.startswith(NESTED)]
    assert len(said) == len(SAID), said
    for line, start in zip(said, SAID, strict=True):
        assert line.startswith(start), line
    text = site.words("faulty.html")
    for part in ("B --&gt; C[[", "x 2", "label=;", "\\draww", "Figure 1: A", "See Figure 1 and"):
        assert part in text
    assert len(site.drawn("faulty.html")) == 1, "the picture beside the faulty one is drawn"


def test_pdf_keeps_the_words(site: Site) -> None:
    run = site.build("pdf", "drawn.md")
    assert [line for line in run.diagnostics if "holds a fence" not in line] == []
    pdf = site.folder / "output" / "drawn.pdf"
    shown = subprocess.run(["pdftotext", str(pdf), "-"], capture_output=True, text=True, check=True).stdout
    for word in ("forwardly", "𝒘", "alpha", "beta", "ends", "gamma", "delta", "Figure 5: By a cell"):
        assert word in shown, word
    assert site.starts == 1, "the drawings for LaTeX were made with those for HTML"


def test_github_shows_pictures_of_tex(site: Site) -> None:
    assert site.build("github", "drawn.md").code == 0
    text = site.text("github/drawn.md")
    for said, file in re.findall(r"!\[(An arrow to w|Picture drawn with TikZ)\]\((\S+?\.svg)\)", text):
        assert "<svg" in site.text(f"github/{file}"), said
    assert "![An arrow to w](" in text
    assert "tikz" not in text.replace("Picture drawn with TikZ", "")


def test_check_finds_the_same(site: Site) -> None:
    said = site.build("check", "faulty.md").diagnostics
    assert [line.split(": ")[0] for line in said] == [line.split(": ")[0] for line in SAID]


def test_without_programs(notes: Path, build: Build) -> None:
    (notes / "note.md").write_text(
        "```{.mermaid #fig-a caption='A'}\ngraph LR\n  A --> B\n```\n\n```mermaid\npie\n```\n\n"
        "```{.dot}\ndigraph { a }\n```\n\n\\begin{tikzpicture}\n\\draw (0,0);\n\\end{tikzpicture}\n\nSee @fig-a.\n"
    )
    run = build("html", env={**os.environ, "PATH": "/nowhere"})
    assert [re.sub(r"^note.md:(\d+): error: ", r"\1 ", line) for line in run.diagnostics] == [
        "1 Mermaid diagrams are drawn by Chromium, which was not found; install chromium  [diagram-missing]",
        "10 Graphviz diagrams need 'dot', which was not found; install graphviz  [diagram-missing]",
        "14 TikZ pictures are drawn for HTML by xelatex, which was not found; "
        "install texlive-xetex and texlive-pictures  [diagram-missing]",
    ]
    text = re.sub(r"<[^>]+>", "", (notes.parent / "site" / "note.html").read_text()).replace("\N{NO-BREAK SPACE}", " ")
    for part in ("A --&gt; B", "digraph { a }", "\\draw (0,0);", "See Figure 1.", "Figure 1: A"):
        assert part in text


def test_pdf_without_a_converter(notes: Path, build: Build, tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "dot").symlink_to(shutil.which("dot") or "")
    (notes / "note.md").write_text("# A\n\n```{.dot}\ndigraph { first }\n```\n\n```{.dot}\ndigraph { second }\n```\n")
    run = build("tex", env={**os.environ, "PATH": str(tmp_path / "bin")})
    assert run.diagnostics == [
        "note.md:3: error: diagrams in PDF need 'rsvg-convert', which was not found; PDF shows their words; "
        "install librsvg2-bin  [diagram-missing]"
    ]
    assert "second" in (notes.parent / "site" / "note.tex").read_text()
    assert build("tex").diagnostics == []


@pytest.fixture(scope="module")
def draw(packages: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tools]:
    """What draws in this process."""
    yield Tools(Memory(tmp_path_factory.mktemp("drawn")), packages, packages)
    browser.browser.close()


FLOW, TALK = "graph LR\n  A --> B\n", "sequenceDiagram\n  Alice->>Bob: Hi\n"
GIT = "gitGraph\n  commit\n  branch d\n  commit\n"


def test_a_drawing_does_not_depend_on_those_before_it(draw: Tools, packages: Path, tmp_path: Path) -> None:
    one = [mermaid.drawn(Diagram(text), draw) for text in (FLOW, TALK, GIT)]
    other = Tools(Memory(tmp_path), packages, packages)
    again = [mermaid.drawn(Diagram(text), other) for text in (GIT, TALK, FLOW)]
    assert one == again[::-1]
    assert one[0].words == "A B"


@pytest.mark.parametrize(
    ("text", "offset", "said"),
    [
        ("\n\nhello\n", 2, "Mermaid has no kind of diagram that begins with 'hello'"),
        ('graph LR\n  A["$$x$$"] --> B\n  B --> C["$$\\frac{y$$"]\n', 2, "KaTeX, which sets formulas"),
        ("%%{init: {'theme': 'dark'}}%%\n\nstateDiagram-v2\n  [*] --> A\n  A --> B --> C\n", 4, "Mermaid cannot read"),
        ("erDiagram\n  A ||--o{ B : has\n  A ||-- C\n", 2, "Mermaid cannot read"),
        ("gitGraph\n  commit\n  brunch x\n", 2, "found `brunch`"),
        ("graph LR\n  subgraph x\n  A --> B\n", 2, "Mermaid cannot read"),
    ],
)
def test_lines_of_faults(draw: Tools, text: str, offset: int, said: str) -> None:
    with pytest.raises(Failed) as failure:
        mermaid.drawn(Diagram(text), draw)
    assert (failure.value.rule, failure.value.offset) == ("diagram-syntax", offset)
    assert said in failure.value.message


def test_a_theme_for_a_dark_ground_is_known_as_one(draw: Tools) -> None:
    assert mermaid.drawn(Diagram(FLOW, {"theme": "dark"}), draw).dark
    assert not mermaid.drawn(Diagram(FLOW, {"theme": "forest"}), draw).dark


def test_a_browser_that_dies_is_replaced(draw: Tools) -> None:
    mermaid.drawn(Diagram(FLOW + "  B --> C\n"), draw)
    assert browser.browser._running
    os.kill(browser.browser._running.pid, 9)
    with pytest.raises(Failed, match="Chromium, which failed"):
        mermaid.drawn(Diagram(FLOW + "  B --> D\n"), draw)
    assert mermaid.drawn(Diagram(FLOW + "  B --> D\n"), draw).words == "A B D"


def test_graphviz_warns(draw: Tools) -> None:
    made = dot.drawn(Diagram("digraph {\n  a\n  b [shape=nonsense]\n}"), draw)
    assert made.warnings == ((2, "Graphviz: using box for unknown shape nonsense"),)
    assert dot.drawn(Diagram("digraph {\n  a\n  b [shape=nonsense]\n}"), draw) == made, "also when it is remembered"


def test_svg_of_other_programs() -> None:
    text = (
        '<?xml version="1.0"?>\n<!-- made by x --><svg xmlns="http://www.w3.org/2000/svg" width="72pt" height="36pt" '
        'onload="run()"><style>#a .b{fill:#abc}#c{}</style><script>run()</script><defs><path id="a"/></defs>'
        '<use xlink:href="#a"/><g id="c" clip-path="url(#a)" aria-labelledby="a"><text>one &amp; two</text></g>'
        '<a href=" java&#115;cript:run()"><text>three</text></a><a href="#elsewhere"/></svg>'
    )
    bare = svg.bare(text)
    assert bare.startswith("<svg")
    assert 'width="96.00" height="48.00"' in bare
    assert "run()" not in bare
    assert svg.words(bare) == "one & two three"
    scoped = svg.scoped(bare, "g1-")
    for part in (
        'id="g1-a"',
        "#g1-a .b{fill:#abc}",
        'href="#g1-a"',
        "url(#g1-a)",
        'aria-labelledby="g1-a"',
        "#elsewhere",
    ):
        assert part in scoped
    assert svg.bare('<svg width="72" height="36"/>', "pt") == '<svg width="96.00" height="48.00"/>'


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("\\begin{tikzpicture}\n\\draw;\n\\end{tikzpicture}", True),
        ("%@L7\n\\usetikzlibrary{arrows}\n\\begin{tikzcd}[row sep=1em] A \\end{tikzcd}", True),
        ("\\begin{center}\\begin{tikzpicture*}x\\end{tikzpicture*}\n\\end{center}", True),
        ("\\resizebox{.5\\linewidth}{!}{%\n\\begin{tikzpicture}x\\end{tikzpicture}}", True),
        ("\\scalebox{2}{\\begin{tikzpicture}x\\end{tikzpicture}", False),
        ("\\begin{center}\\begin{tikzpicture}x\\end{tikzpicture}", False),
        ("\\begin{center} words \\begin{tikzpicture}x\\end{tikzpicture}\\end{center}", False),
        ("\\begin{tabular}{c} x \\end{tabular}", False),
    ],
)
def test_what_is_a_picture(text: str, is_one: bool) -> None:
    assert drawings.is_picture(text) is is_one
