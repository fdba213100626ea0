"""Jupyter notebooks: every kind of cell and output, formats 3 and 4, and HTML that authors type in them."""

from __future__ import annotations

import base64
import html
import io
import json
import re
import subprocess
from pathlib import Path
from typing import Any

from builds import Build

from gradpress.dialects import commonmark


def image(kind: str = "PNG") -> str:
    from PIL import Image

    made = io.BytesIO()
    Image.new("RGB", (60, 20), "teal").save(made, kind)
    return base64.b64encode(made.getvalue()).decode()


def text(*lines: str, **more: Any) -> dict[str, Any]:
    return {"cell_type": "markdown", "metadata": {}, "source": [f"{line}\n" for line in lines], **more}


def code(source: str, *outputs: dict[str, Any], **metadata: Any) -> dict[str, Any]:
    return {
        "cell_type": "code",
        "execution_count": 1,
        "metadata": metadata,
        "source": source.splitlines(keepends=True),
        "outputs": list(outputs),
    }


def data(**forms: str) -> dict[str, Any]:
    return {
        "output_type": "display_data",
        "metadata": {},
        "data": {key.replace("__", "/").replace("_", "+"): value for key, value in forms.items()},
    }


def stream(said: str, name: str = "stdout") -> dict[str, Any]:
    return {"output_type": "stream", "name": name, "text": said.splitlines(keepends=True)}


def raw(source: str, form: str = "") -> dict[str, Any]:
    return {"cell_type": "raw", "metadata": {"raw_mimetype": form} if form else {}, "source": [source]}


def notebook(*cells: dict[str, Any]) -> str:
    return json.dumps({"cells": list(cells), "metadata": {}, "nbformat": 4, "nbformat_minor": 5}, indent=1)


def shown(page: Path) -> str:
    said = re.sub(r"<svg.*?</svg>|<[^>]+>", "", page.read_text(), flags=re.S)
    return " ".join(html.unescape(said).replace("\N{NO-BREAK SPACE}", " ").split())


def printed(page: Path) -> str:
    done = subprocess.run(["pdftotext", "-raw", str(page), "-"], capture_output=True, text=True, check=True)
    return " ".join(done.stdout.replace("-\n", "").replace("\N{NO-BREAK SPACE}", " ").split())


CELLS = (
    text(
        "# Title",
        "Loose $ \\alpha $ right below",
        "## Section",
        "![Dot](attachment:a.png)",
        attachments={"a.png": {"image/png": image()}},
    ),
    code("one", stream("a\n"), stream("b\n"), stream("10%\r99%\n"), stream("warned\n", "stderr")),
    code("two", data(text__latex="$\\displaystyle  \\beta $"), data(text__latex="\\[ \\gamma \\]")),
    code("three", data(text__markdown="**bold**", text__plain="no")),
    code("four", data(text__html="<table><tr><th>head</th></tr><tr><td>cell</td></tr></table>", text__plain="plain")),
    code("five", data(image__png=image(), text__plain="<Figure>"), data(image__jpeg=image("JPEG"))),
    code("six", {"output_type": "error", "ename": "E", "evalue": "v", "traceback": ["\x1b[0;31mtrace\x1b[0m"]}),
    code("seven", stream("folded\n"), tags=["hide-input"]),
    code("eight", stream("alone\n"), tags=["remove-input"]),
    code("nine", stream("gone\n"), tags=["remove-output"]),
    code("tenth", stream("gone\n"), tags=["remove-cell"]),
    code("#| label: fig-x\n#| fig-cap: Captioned\n#| echo: false\neleven", data(image__png=image())),
    raw("\\textbf{for paper}", "text/latex"),
    raw("<b>for screens</b>", "text/html"),
    raw("as ``` it is"),
    text("Open:", "```python", "x = 1"),
    text("## Later", "See @fig-x."),
)


def test_every_kind_of_output(notes: Path, build: Build) -> None:
    (notes / "n.ipynb").write_text(notebook(*CELLS))
    assert [re.sub(r":\d+:", ":", d) for d in build("html").diagnostics] == [
        "n.ipynb: warning: the fence '```python' is not closed; the cell ends it; close it with ```  [fence-unclosed]"
    ]
    build("pdf")
    page, paper = shown(notes.parent / "site" / "n.html"), printed(notes.parent / "site" / "n.pdf")
    for said in (page, paper):
        for word in (
            "a b 99%",
            "warned",
            "bold",
            "head",
            "cell",
            "trace",
            "folded",
            "alone",
            "as ``` it is",
            "See Figure 1",
        ):
            assert word in said, word
        for word in ("10%", "gone", "tenth", "eleven", "plain", "<Figure>"):
            assert word not in said, word
    assert "for screens" in page
    assert "for screens" not in paper
    assert "for paper" in paper
    markup = (notes.parent / "site" / "n.html").read_text()
    assert markup.count('class="math') == 3
    assert markup.count("<img ") == 4
    assert "<h2" in markup[markup.index("Open:") :]


def test_format_3(notes: Path, build: Build) -> None:
    cells = [
        {"cell_type": "heading", "level": 1, "source": ["Old one"]},
        {"cell_type": "markdown", "source": ["Text $e^x$"]},
        {
            "cell_type": "code",
            "language": "python",
            "input": ["print(1)"],
            "outputs": [
                {"output_type": "stream", "stream": "stdout", "text": ["printed\n"]},
                {"output_type": "pyout", "text": ["42"]},
                {"output_type": "display_data", "png": image()},
                {"output_type": "pyerr", "ename": "E", "evalue": "bad", "traceback": []},
            ],
        },
    ]
    (notes / "n.ipynb").write_text(json.dumps({"nbformat": 3, "metadata": {}, "worksheets": [{"cells": cells}]}))
    assert build("html").diagnostics == []
    page = notes.parent / "site" / "n.html"
    for word in ("Old one", "print(1)", "printed", "42", "E: bad"):
        assert word in shown(page)
    assert "<img " in page.read_text()


def test_an_output_that_cannot_be_shown(notes: Path, build: Build) -> None:
    forms = {"output_type": "display_data", "metadata": {}, "data": {"application/vnd.plotly.v1+json": {}}}
    (notes / "n.ipynb").write_text(notebook(text("# T"), code("plot", forms)))
    assert [re.sub(r":\d+:", ":", d) for d in build("html").diagnostics] == [
        "n.ipynb: warning: an output of type application/vnd.plotly.v1+json cannot be shown; it is left out  "
        "[dialect-unknown]"
    ]


def test_html_that_an_author_types_is_in_both(notes: Path, build: Build) -> None:
    from PIL import Image

    Image.new("RGB", (60, 20), "teal").save(notes / "dot.png")
    (notes / "a.md").write_text(
        'Text <img src="dot.png" width="30" alt="Dot"> x<sup>2</sup><br>next <b>bold</b> <a href="b.md">link</a>.\n\n'
        "<table>\n<tr><th>A</th><th>$x$</th></tr>\n<tr><td>1</td><td>2</td></tr>\n</table>\n"
    )
    (notes / "b.md").write_text("# B\n")
    for command in ("html", "pdf"):
        assert build(command).diagnostics == []
    markup = (notes.parent / "site" / "a.html").read_text()
    assert '<img src="dot.png" width="30" alt="Dot"' in markup
    assert (notes.parent / "site" / "dot.png").is_file()
    assert '<a href="b.html">link</a>' in markup
    assert '<th><span class="math inline">' in markup
    tex = build("tex").code == 0 and (notes.parent / "site" / "a.tex").read_text()
    for part in ("\\includegraphics", "\\textsuperscript{2}", "\\textbf{bold}", "\\begin{longtable}"):
        assert part in str(tex)


def test_code_in_a_footnote(notes: Path, build: Build) -> None:
    (notes / "a.md").write_text("# A\n\nText[^n].\n\n[^n]: Said:\n\n    ```python\n    brace = '{'  # %\n    ```\n")
    assert build("pdf").diagnostics == []
    assert "brace" in printed(notes.parent / "site" / "a.pdf")


def test_an_align_beside_something_else_is_a_part_of_its_formula() -> None:
    beside = "$$\n\\scriptsize\n\\begin{align}\na &= b\n\\end{align}\n$$\n\n"
    cell = f"{beside}`$$ x \\begin{{align}}`\n\n$$\n\\begin{{align*}}\nc\n\\end{{align*}}.\n$$"
    lines = [(line, number) for number, line in enumerate(cell.split("\n"), 1)]
    made = commonmark.translated(lines)
    assert [number for _, number in made] == [number for _, number in lines]
    text = "\n".join(line for line, _ in made)
    assert text == cell.replace("{align}\na", "{aligned}\na").replace("b\n\\end{align}", "b\n\\end{aligned}")
