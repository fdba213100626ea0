"""What a page would show and nobody meant: dollars, brackets, colons, dead anchors, headings twice, wide lines."""

from __future__ import annotations

import http.server
import json
import re
import subprocess
import threading
from pathlib import Path
from typing import ClassVar

import pytest
from builds import Build

BRACKETS = r"\( and \[ are plain brackets in Markdown"
LOOKS = "warning: this looks like mathematics, but"
WRONG = {
    "A $x $ here.": f"{LOOKS} there is a space before the closing $: $x $  [math-as-text]",
    "A $ y_1$ here.": f"{LOOKS} there is a space after the opening $: $ y_1$  [math-as-text]",
    "A $x_1$2 here.": f"{LOOKS} a digit follows the closing $: $x_1$2  [math-as-text]",
    "It costs $5. So $x $ here.": f"{LOOKS} there is a space before the closing $: $x $  [math-as-text]",
    r"An \(x^2\) here.": rf"{LOOKS} {BRACKETS}: \(x^2\); write $…$ or $$…$$  [math-as-text]",
    "\\[\na = b\n\\]": rf"{LOOKS} {BRACKETS}: \[ a = b \]; write $…$ or $$…$$  [math-as-text]",
    "A $$ a": "warning: this looks like a display, but its $$ is not closed, or an empty line stands in it  "
    "[math-as-text]",
    ":::\n\nText": "warning: ':::' is shown as text; put an empty line before it, or open the division that it closes  "
    "[marker-as-text]",
    "[x](#nowhere)\n\n# Here": "error: the link '#nowhere' leads to a place that this page does not have; "
    "did you mean #here?  [anchor-missing]",
    "[x](b.md#nowhere)": "error: the link 'b.md#nowhere' leads to a place that b.md does not have  [anchor-missing]",
}
RIGHT = [
    "It costs $5 and $10, or $20=one thing.",
    "`\\(x_1\\)` and `$x $` are code.",
    "```\n\\(x_1\\) $x $\n```",
    "    \\(x_1\\)",
    r"\\(x^2\\) and \\[ y^2 \\]",
    r"\begin{proof} \[ a = b \] \end{proof}",
    r"\[not a link\] and \(not a formula\)",
    "::: note\nText.\n:::",
    "[a](#one) [b](b.md#part-b) [d](b.md) [e](#eq-x)\n\n# One\n\n$$ x $$ {#eq-x}",
    '<a id="own"></a>\n\n[x](#own)',
    "# One\n\n## Exercises\n\n# Two\n\n## Exercises",
]


@pytest.mark.parametrize(("text", "wanted"), WRONG.items())
def test_wrong(notes: Path, build: Build, text: str, wanted: str) -> None:
    (notes / "b.md").write_text("# Part B\n\n## Part b\n\nText.\n")
    (notes / "a.md").write_text(f"# A\n\n{text}\n")
    line = 1 + 2 + text[: max(text.find("$$ a"), 0)].count("\n")
    assert [re.sub(r"^a\.md:\d+: ", "", d) for d in build("html").diagnostics] == [wanted]
    assert build("html").diagnostics == [f"a.md:{line}: {wanted}"]


@pytest.mark.parametrize("text", RIGHT)
def test_right(notes: Path, build: Build, text: str) -> None:
    (notes / "b.md").write_text("# B\n\n## Part b\n\nText.\n")
    (notes / "a.md").write_text(f"# A\n\n{text}\n")
    assert [d for d in build("html").diagnostics if "raw-tex" not in d] == []


def test_the_same_heading_twice(notes: Path, build: Build) -> None:
    (notes / "a.md").write_text("# A\n\n## Part\n\nx\n\n## Part\n\ny\n")
    assert build("html").diagnostics == [
        "a.md:7: warning: the heading 'Part' stands twice in one section (first in line 3); "
        "tell them apart by another word  [heading-duplicate]"
    ]


def test_a_link_to_a_place_that_goes_away(notes: Path, build: Build) -> None:
    (notes / "a.md").write_text("# A\n\n[x](b.md#part)\n")
    (notes / "b.md").write_text("# B\n\n## Part\n\nText.\n")
    assert build("html").code == 0
    (notes / "b.md").write_text("# B\n\n## Other\n\nText.\n")
    run = build("html")
    assert run.diagnostics == [
        "a.md:3: error: the link 'b.md#part' leads to a place that b.md does not have  [anchor-missing]"
    ]
    (notes / "b.md").write_text("# B\n\n## Part\n\nText.\n")
    assert (build("html").code, build("html").diagnostics) == (0, [])


def test_double_backslashes_are_mathematics(notes: Path, build: Build) -> None:
    (notes / "a.md").write_text("In \\\\(x^2\\\\) and\n\n\\\\[ y^2 \\\\]\n")
    assert build("html").diagnostics == []
    page = (notes.parent / "site" / "a.html").read_text()
    assert r'<span class="math inline">\(x^2\)</span>' in page
    assert r'<span class="math display">\[ y^2 \]</span>' in page


def test_wide_lines_are_said_again_from_the_cache(notes: Path, build: Build) -> None:
    (notes / "a.md").write_text("# A\n\nText.\n\n$$ " + " + ".join(f"a_{{{k}}}" for k in range(60)) + " $$\n")
    for _ in range(2):
        [found] = build("pdf").diagnostics
        assert re.fullmatch(r"a\.md:5: warning: \d+ pt stick out of the text; .*  \[latex-overfull\]", found)
        (notes / "gradpress.yml").write_text("title: Another\n")


WIDE = "supercalifragilistic" * 9


@pytest.mark.parametrize("command", ["pdf", "check"])
def test_wide_words_and_tables_are_told_on_their_lines(command: str, notes: Path, build: Build) -> None:
    """With other formulas before and after, and in a second page, whose LaTeX `check` compiles together."""
    text = f"# A\n\nText with $x$.\n\n| one | two |\n|---|---|\n| x | y |\n| {WIDE} | {WIDE} |\n\nThen words.\n\n"
    text += f"A word in the\nmiddle of {WIDE} of them.\n\nAnd $y$.\n\nAs {WIDE} with $z$.\n"
    for name in ("a", "b"):
        (notes / f"{name}.md").write_text(text)
    found = [line.split(" ")[0] for line in build(command).diagnostics]
    assert found == [f"{name}.md:{line}:" for name in ("a", "b") for line in (8, 12, 17)]


def test_scripts_of_the_world(notes: Path, build: Build) -> None:
    (notes / "a.md").write_text("# 中文\n\n日本語 한국어 🎉 and **粗体** `代码` $x = \\text{中}$, Ελλάδα, Россия.\n")
    run = build("pdf")
    assert (run.code, run.diagnostics) == (0, [])
    done = subprocess.run(
        ["pdftotext", str(notes.parent / "site" / "a.pdf"), "-"], capture_output=True, text=True, check=True
    )
    text = done.stdout
    for word in ("中文", "日本語", "한국어", "🎉", "粗体", "代码", "Ελλάδα", "Россия"):
        assert word in text


def test_a_character_that_no_font_has(notes: Path, build: Build) -> None:
    (notes / "a.md").write_text("# A\n\nText.\n\nHere \U0001e900 it is.\n")
    run = build("pdf")
    assert run.code == 1
    assert run.diagnostics == [
        "a.md:5: error: no font has \U0001e900 (U+1E900); "
        "PDF leaves them out; name a font that has them with mainfont, or install one  [glyph-missing]"
    ]
    assert (notes.parent / "site" / "a.pdf").exists()


def test_columns(notes: Path, build: Build) -> None:
    (notes / "a.md").write_text("# A\n\nText $x + \\nosuch$ here.\n")
    [line] = [json.loads(found) for found in build("html", "--format=json").err.splitlines() if "nosuch" in found]
    assert line["place"] == {"file": "a.md", "line": 3, "column": 11}
    assert "content/a.md,line=3,col=11,title=undefined-macro" in build("html", "--format=github").err


def test_names_that_a_shown_block_lacks(notes: Path, build: Build) -> None:
    code = "```python\nimport math\ndef f(x):\n    return math.sqrt(x) + offset\n```\n"
    (notes / "a.md").write_text(f"# A\n\n{code}\n```python\nf(1)\n```\n\n```python\nfor x in\n```\n")
    assert build("check").diagnostics == [
        "a.md:6: warning: the block is not run, and would not run: 'offset' is not defined on the page; "
        "define it above, or leave the block as it is if it is a fragment  [cell-undefined]"
    ]
    assert build("html").diagnostics == []


def test_names_from_a_block_that_python_alone_cannot_read(notes: Path, build: Build) -> None:
    magic = "```python\n%matplotlib inline\nfrom somewhere import frob\n```\n"
    (notes / "a.md").write_text(f"# A\n\n{magic}\n```python\nfrob(1)\nknob(2)\n```\n")
    assert [line.partition(";")[0] for line in build("check").diagnostics] == [
        "a.md:10: warning: the block is not run, and would not run: 'knob' is not defined on the page"
    ]


def test_brackets_and_formulas_stay_together(notes: Path, build: Build, tmp_path: Path) -> None:
    (notes / "a.md").write_text("Text ($x$), f($y$ and [$z$; not ( $w$.\n")
    build("html")
    [line] = [line for line in (tmp_path / "site" / "a.html").read_text().split("\n") if line.startswith("<p>Text")]
    assert re.sub(r"<span class=\"(nowrap|math inline)\">", lambda m: "‹" if m[1] == "nowrap" else "«", line) == (
        r"<p>Text ‹(«\(x\)</span>),</span> f‹(«\(y\)</span></span> and ‹[«\(z\)</span>;</span> "
        r"not ( ‹«\(w\)</span>.</span></p>"
    )


class _Server(http.server.BaseHTTPRequestHandler):
    asked: ClassVar[list[str]] = []

    def do_HEAD(self) -> None:
        self.asked.append(self.path)
        self.send_response({"/gone": 404, "/broken": 502}.get(self.path, 200))
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


def test_links_to_other_sites(notes: Path, build: Build) -> None:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Server)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    base = f"http://127.0.0.1:{server.server_port}"
    (notes / "a.md").write_text(
        f"# A\n\n[a]({base}/fine)\n[b]({base}/gone#x)\n[c]({base}/broken)\n\n[d]({base}/fine)\n"
    )
    try:
        for _ in range(2):
            assert build("check", "--links").diagnostics == [
                f"a.md:4: error: {base}/gone answers 404: the page is gone; correct or remove the link  [link-dead]",
                f"a.md:5: warning: {base}/broken does not answer as it should: 502  [link-unreachable]",
            ]
        assert sorted(_Server.asked) == ["/broken", "/fine", "/gone"], "each once: answers are remembered"
    finally:
        server.shutdown()
    assert build("check").diagnostics == []
