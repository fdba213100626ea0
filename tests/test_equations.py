"""Which lines of a display get which number, and that nothing else of it changes."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from builds import Build
from hypothesis import given
from hypothesis import strategies as st

from gradpress.numbers.equations import Counter, Which, number

CASES: dict[str, tuple[Which, str, str, dict[str, str]]] = {
    "labelled": (
        "labelled",
        r"\begin{equation}\label{eq:a} x \end{equation}",
        r"\begin{equation*}\label{eq:a} x\tag{1} \end{equation*}",
        {"eq:a": "1"},
    ),
    "not labelled": ("labelled", r"\begin{equation}x\end{equation}", r"\begin{equation*}x\end{equation*}", {}),
    "all": ("all", r"\begin{equation}x\end{equation}", r"\begin{equation*}x\tag{1}\end{equation*}", {}),
    "none": ("none", r"\begin{gather}\label{a}x\end{gather}", r"\begin{gather*}\label{a}x\end{gather*}", {}),
    "lines": (
        "labelled",
        "\\begin{align}\n a &= b \\label{a} \\\\\n c &= d \\\\\n e &= f \\label{b}\n\\end{align}",
        "\\begin{align*}\n a &= b \\label{a}\\tag{1} \\\\\n c &= d \\\\\n e &= f \\label{b}\\tag{2}\n\\end{align*}",
        {"a": "1", "b": "2"},
    ),
    "all lines but one": (
        "all",
        r"\begin{align} a \\ b \notag \\[2ex] c \nonumber \\ d \end{align}",
        r"\begin{align*} a\tag{1} \\ b \notag \\[2ex] c \nonumber \\ d\tag{2} \end{align*}",
        {},
    ),
    "star with a label": (
        "all",
        r"\begin{align*}a\label{a}\\b\end{align*}",
        r"\begin{align*}a\label{a}\tag{1}\\b\end{align*}",
        {"a": "1"},
    ),
    "own tag": (
        "labelled",
        r"\begin{align}a\tag{M}\label{m}\\b\label{b}\\c\tag*{[x]}\label{c}\end{align}",
        r"\begin{align*}a\tag{M}\label{m}\\b\label{b}\tag{1}\\c\tag*{[x]}\label{c}\end{align*}",
        {"m": "M", "b": "1", "c": "[x]"},
    ),
    "lines inside an inner environment are one": (
        "all",
        r"\begin{equation}\begin{aligned}a\\b\end{aligned}\end{equation}",
        r"\begin{equation*}\begin{aligned}a\\b\end{aligned}\tag{1}\end{equation*}",
        {},
    ),
    "split": (
        "labelled",
        r"\begin{equation}\label{s}\begin{split}a\\b\end{split}\end{equation}",
        r"\begin{equation*}\label{s}\begin{split}a\\b\end{split}\tag{1}\end{equation*}",
        {"s": "1"},
    ),
    "multline": (
        "all",
        r"\begin{multline}a\\b\\c\end{multline}",
        r"\begin{multline*}a\\b\\c\tag{1}\end{multline*}",
        {},
    ),
    "argument": (
        "all",
        r"\begin{alignat}{2} a&b \\ c&d \end{alignat}",
        r"\begin{alignat*}{2} a&b\tag{1} \\ c&d\tag{2} \end{alignat*}",
        {},
    ),
    "eqnarray": (
        "all",
        r"\begin{eqnarray} a &=& b \\ c &\leq& d \end{eqnarray}",
        r"\begin{align*} a &= b\tag{1} \\ c &\leq d\tag{2} \end{align*}",
        {},
    ),
    "comment at the end": (
        "labelled",
        "\\begin{align}\na\\label{a} % \\label{no}\n\\end{align}",
        "\\begin{align*}\na\\label{a}\\tag{1} % \\label{no}\n\\end{align*}",
        {"a": "1"},
    ),
    "line break at the end": ("all", r"\begin{gather}a\\ \end{gather}", r"\begin{gather*}a\tag{1}\\ \end{gather*}", {}),
    "inline": ("all", "x^2", "x^2", {}),
    "inner environment alone": ("all", r"\begin{cases}a\\b\end{cases}", r"\begin{cases}a\\b\end{cases}", {}),
    "matrix in a line": (
        "all",
        r"\begin{align}\begin{pmatrix}a\\b\end{pmatrix}&=c\end{align}",
        r"\begin{align*}\begin{pmatrix}a\\b\end{pmatrix}&=c\tag{1}\end{align*}",
        {},
    ),
    "group with a line break": (
        "all",
        r"\begin{gather}{a\\b}\\c\end{gather}",
        r"\begin{gather*}{a\\b}\tag{1}\\c\tag{2}\end{gather*}",
        {},
    ),
}


@pytest.mark.parametrize(("which", "text", "wanted", "labels"), CASES.values(), ids=CASES)
def test_numbers(which: Which, text: str, wanted: str, labels: dict[str, str]) -> None:
    [formula] = number(text, Counter(which))
    assert formula.text == wanted
    assert {label: line.number for line in formula.lines for label in line.labels} == labels
    assert number(wanted, Counter("labelled" if which != "none" else "none"))[0].text == wanted, "once is enough"


def test_subequations() -> None:
    text = (
        "\\begin{subequations}\\label{all}\n\\begin{align}a\\label{a}\\\\b\\label{b}\\end{align}\nand\n"
        "\\begin{equation}c\\label{c}\\end{equation}\n\\end{subequations}"
    )
    counter = Counter("labelled", last=2)
    parts = number(text, counter)
    assert {label: line.number for part in parts for line in part.lines for label in line.labels} == {
        "all": "3",
        "a": "3a",
        "b": "3b",
        "c": "3c",
    }
    assert [p.text for p in parts if p.text] == [
        r"\begin{align*}a\label{a}\tag{3a}\\b\label{b}\tag{3b}\end{align*}",
        r"\begin{equation*}c\label{c}\tag{3c}\end{equation*}",
    ]
    assert [p.words for p in parts] == ["", "", "and", ""]
    assert counter.last == 3


PIECES = ["a", "&", "\\\\", "\\label{x}", "\\notag", "{", "}", "\\begin{align}", "\\end{align}", "\\begin{split}",
          "\\end{split}", "%\n", "\\tag{y}", " ", "\\begin{subequations}", "\\end{subequations}", "\\begin{eqnarray}",
          "\\end{eqnarray}"]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES)).map("".join), st.sampled_from(["labelled", "all", "none"]))
def test_nothing_is_lost(text: str, which: Which) -> None:
    """Whatever stands there, right or wrong: only tags, stars, and the second `&` of an eqnarray come and go."""
    parts = number(text, Counter(which))
    if "subequations" not in text and "eqnarray" not in text:
        [formula] = parts
        bare = re.sub(r"\\tag\{\d+\}", "", formula.text).replace("{align*}", "{align}")
        assert bare == text


GATHERED = r"""\begin{gather}
x = 1 \label{eq:x} \\
\begin{align}
a &= b \label{eq:ab} \\
c &= d + \nosuch
\end{align} \\
\begin{alignat}{2}
e &= f & \quad g &= h
\end{alignat} \\
y = 2 \label{eq:y}
\end{gather}

See \eqref{eq:x}, \eqref{eq:ab} and \eqref{eq:y}.

\begin{gather}
\begin{align}
\begin{align}
z
\end{align}
\end{align}
\end{gather}
"""


def test_align_in_gather(notes: Path, build: Build) -> None:
    """Each line has its number, as in amsmath.  Deeper it is as wrong as in LaTeX; faults keep their lines."""
    (notes / "a.md").write_text(GATHERED)
    assert [line.partition(";")[0] for line in build("html").diagnostics] == [
        "a.md:5: error: \\nosuch is not defined",
        "a.md:17: error: \\begin{align} inside \\begin{gather} of line 15",
    ]
    right = GATHERED.partition("\n\\begin{gather}")[0].replace("\\nosuch", "0")
    (notes / "a.md").write_text(right)
    for command in ("html", "pdf"):
        assert build(command).diagnostics == []
    done = subprocess.run(
        ["pdftotext", "-layout", notes.parent / "site" / "a.pdf", "-"], capture_output=True, text=True, check=True
    )
    assert "See (1), (2) and (3)." in " ".join(done.stdout.split())
    assert re.findall(r"\((\d)\)$", done.stdout, re.M) == list("123")
