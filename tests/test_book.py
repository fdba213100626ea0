"""`pdf --book`: all pages as chapters of one PDF, each with its own names, macros and theorems."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from builds import Build
from hypothesis import given
from hypothesis import strategies as st

from gradpress.book import labels
from gradpress.book.chapters import Chapter, Definitions, packages

ONE = r"""---
title: First $\sg$
header-includes: |
  \newcommand{\sg}{\boldsymbol{\sigma}}
  \DeclareMathOperator{\dom}{dom}
  \newtheorem{claim}{Claim}
  \usepackage{mathrsfs}
---

# Begin {#sec-a}

$$ \sg = 1 + \dom f $$ {#eq-x}

\begin{claim}\label{claim:a}
One, by \cref{eq-x}.
\end{claim}

![Dot](dot.png){#fig-d}

See @fig-d, [the second](sub/two.md#sec-a), \eqref{eq-second} and `\label{eq-x}`.[^n]

[^n]: A note.
"""
TWO = r"""---
title: Second & last
author: B. Author
number-sections: true
header-includes: |
  \newcommand{\sg}{\mathcal{S}}
  \DeclareMathOperator{\dom}{Dom}
  \newtheorem{claim}{Behauptung}
---

# Begin {#sec-a}

$$ \sg = 2 + \dom g $$ {#eq-x}

$$ 3 $$ {#eq-second}

\begin{claim}\label{claim:a}
Two, by \cref{eq-x} and \cref{eq-second}.
\end{claim}

![Other](dot.png){#fig-d}
"""
THREE = "# Third\n\nBack to @eq-second, and to [the first](one.md).\n"


def dot(path: Path, colour: bytes) -> None:
    import struct
    import zlib

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
    rows = chunk(b"IDAT", zlib.compress(b"\0" + colour))
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + rows + chunk(b"IEND", b""))


@pytest.fixture
def site(notes: Path) -> Path:
    (notes / "sub").mkdir()
    dot(notes / "dot.png", b"\xff\0\0")
    dot(notes / "sub" / "dot.png", b"\0\0\xff")
    (notes / "one.md").write_text(ONE)
    (notes / "sub" / "two.md").write_text(TWO)
    (notes / "three.md").write_text(THREE)
    (notes / "gradpress.yml").write_text(
        "title: A book of notes\nauthor: A. Writer\nnav: [one.md, {Part of two: [sub/two.md]}, three.md]\n"
    )
    return notes


def text(path: Path) -> str:
    shown = subprocess.run(["pdftotext", "-layout", str(path), "-"], capture_output=True, text=True, check=True).stdout
    return re.sub(r"[ \t]+", " ", shown)


def test_a_book_of_three_pages(site: Path, build: Build, tmp_path: Path) -> None:
    done = build("pdf", "--book")
    assert (done.code, done.diagnostics) == (0, [])
    made = tmp_path / "site" / "book.pdf"
    assert sorted(p.name for p in (tmp_path / "site").iterdir()) == [".manifest.json", "book.pdf"]
    _is_what_the_pages_say(text(made))
    _has_links_and_facts(made)
    _an_edit_makes_one_chapter(site, build, tmp_path)
    _a_faulty_chapter_is_left_out(site, build, made)
    build("clean")
    assert not made.exists()


def _is_what_the_pages_say(shown: str) -> None:
    assert shown.index("A book of notes") < shown.index("Contents") < shown.index("First σ") < shown.rindex("Second &")
    assert "Part of two" in shown
    first, second = shown.rindex("σ = 1 + dom f (1)"), shown.rindex("S = 2 + Dom g (1)")
    assert "Claim 1 One, by eq. (1)." in shown[first:second]
    assert "Behauptung 1 Two, by eq. (1) and eq. (2)." in shown[second:]
    assert "See Figure 1, the second, (2) and \\label{eq-x}." in shown
    assert "1 Begin" in shown[first:second]
    assert (shown.count("A. Writer"), shown.count("B. Author")) == (1, 1)
    assert re.search(r"Third\n+Back to Equation \(2\), and to the first\.", shown)
    assert "?" not in shown


def _has_links_and_facts(made: Path) -> None:
    facts = subprocess.run(["pdfinfo", str(made)], capture_output=True, text=True, check=True).stdout
    assert re.search(r"Title: +A book of notes\nAuthor: +A\. Writer", facts)
    urls = subprocess.run(["pdfinfo", "-url", str(made)], capture_output=True, text=True, check=True).stdout
    assert ".pdf" not in urls
    log = (made.parent.parent / "cache" / "tex" / "book" / "book.log").read_text(errors="replace")
    assert "undefined" not in log.replace("LaTeX Font Warning: Font shape", "").partition("(./book.aux)")[2]


def _an_edit_makes_one_chapter(site: Path, build: Build, tmp_path: Path) -> None:
    chapters = sorted((tmp_path / "cache" / "book").rglob("*.json"))
    before = {path: path.stat().st_mtime_ns for path in chapters}
    log = tmp_path / "cache" / "tex" / "book" / "book.log"
    compiled = log.stat().st_mtime_ns
    assert build("pdf", "--book").code == 0
    assert log.stat().st_mtime_ns == compiled
    (site / "three.md").write_text(f"{THREE}\nA sentence more.\n")
    assert build("pdf", "--book").code == 0
    assert [p.stem for p in chapters if p.stat().st_mtime_ns != before[p]] == ["three"]
    assert "A sentence more." in text(tmp_path / "site" / "book.pdf")


def _a_faulty_chapter_is_left_out(site: Path, build: Build, made: Path) -> None:
    package = "---\nheader-includes: |\n  \\usepackage{nosuchpackage}\n---\n"
    for fault, line in (("# Third\n\nWords.\n\n\\begin{nosuch}\nx\n\\end{nosuch}\n", 5), (f"{package}\n# Third\n", 3)):
        (site / "three.md").write_text(fault)
        done = build("pdf", "--book", "--quiet")
        assert done.code == 1
        assert [said.split(" ")[0] for said in done.diagnostics] == [f"three.md:{line}:"]
        shown = text(made)
        assert "This page could not be made." in shown
        assert "Two, by eq. (1)" in shown
    (site / "three.md").write_text(THREE)


def test_numbers_of_chapters(site: Path, build: Build, tmp_path: Path) -> None:
    (site / "gradpress.yml").write_text(
        "title: Book\nnumbering: {chapters: true, sections: true}\nnav: [one.md, sub/two.md, three.md]\n"
    )
    assert build("pdf", "--book").code == 0
    shown = text(tmp_path / "site" / "book.pdf")
    for words in ("1 First", "1.1 Begin", "2 Second & last", "2.1 Begin", "(1.1)", "(2.2)", "Back to Equation (2.2)"):
        assert words in shown
    assert build("html").code == 0
    html = re.sub(r"<[^>]+>", "", (tmp_path / "site" / "three.html").read_text()).replace("\xa0", " ")
    assert "Back to Equation (2.2)" in html


def test_some_pages_are_no_book(site: Path, build: Build) -> None:
    done = build("pdf", "--book", "one.md")
    assert done.code == 2
    assert "--book takes all pages" in done.err


NAMES = st.text("abc-:", min_size=1, max_size=5)


@given(NAMES, st.sampled_from(["label", "ref", "eqref", "hypertarget"]), st.text("xy z\\{}$", max_size=8))
def test_names_of_two_pages_never_meet(name: str, command: str, around: str) -> None:
    tex = f"{around} \\{command}{{{name}}}"
    one, two = labels.prefixed(tex, "a"), labels.prefixed(tex, "b")
    assert one != two
    assert labels.prefixed(one, "a") == one
    assert labels.prefixed(one, "b") == one
    assert one.replace(labels.key("a"), "") == tex


def test_what_no_command_is_stays() -> None:
    kept = "\\PYZbs{}label\\{x\\} \\hyperref[gpp1234567890-x]{y} \\texttt{label\\{x\\}} \\labels{x}"
    assert labels.prefixed(kept, "a") == kept


def test_packages_are_loaded_once_with_all_options() -> None:
    made = [
        Chapter("a", (), {"packages": [["siunitx", "x=1"], ["bm", ""]]}),
        Chapter("b", (), {"packages": [["siunitx", "y,x=1"]]}),
    ]
    assert [(p.name, p.options) for p in packages(made)] == [("siunitx", "x=1,y"), ("bm", "")]


def test_definitions_hold_where_they_must() -> None:
    claim, other = "\\newtheorem{claim}{Claim}", "\\newtheorem{claim}{Behauptung}"
    library = "\\usetikzlibrary{cd}"
    chapters = [
        Chapter(name, (), {"definitions": [["\\def\\x{1}", "", None], [theorem, "", ["claim"]], [library, "", []]]})
        for name, theorem in (("a", claim), ("b", other), ("c", claim), ("d", claim))
    ]
    found = Definitions.of(chapters)
    assert found.shared == f"{claim}\n{library}"
    own = [found.own(chapter) for chapter in chapters]
    assert own[0] == "\\def\\x{1}"
    assert own[1].endswith(other)
    assert own[1].startswith("\\def\\x{1}\n\\expandafter\\let\\csname claim\\endcsname\\relax")
    assert own[2].endswith(claim)  # the document's has been replaced
    assert own[3] == own[2]
