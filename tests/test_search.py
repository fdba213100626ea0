"""What can be found of a site: formulas as text, the record of a page, and the index that is made of the records."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from gradpress import interface
from gradpress.resident import Resident
from gradpress.searching import formulas, index, phrases, record
from gradpress.searching.terms import LONGEST, terms
from gradpress.site import Options
from gradpress.tex import preamble

PREAMBLE = preamble.parse(r"""
\newcommand{\ww}{\boldsymbol{\omega}}
\newcommand{\RR}{\mathbb{R}}
\newcommand{\norm}[1]{\lVert #1 \rVert}
\DeclareMathOperator{\argmin}{arg\,min}
""")


@pytest.mark.parametrize(
    ("formula", "text", "names"),
    [
        (r"f_\sigma(x)", "f_σ(x)", "sigma"),
        (r"f_{\ww}(x)", "f_ω(x)", "ww boldsymbol omega"),
        (r"\nabla L = 0", "∇ L = 0", "nabla"),
        (r"\frac{1}{n} \sum_{i=1}^{n} \left( a - b \right)^2", "1/n ∑_(i=1)^n ( a - b )^2", "frac sum"),
        (r"\frac12y + \sqrt{x+1}", "1/2y + √(x+1)", "frac sqrt"),
        (
            r"\norm{x}_2 \le \varepsilon \quad \text{for } x\in\RR",
            "‖ x ‖_2 ≤ ε for x∈ℝ",
            "norm le varepsilon in RR mathbb lVert rVert",
        ),
        (r"\argmin_x \hat y \sin x", "argmin_x y\u0302 sin x", "argmin hat sin"),
        (r"2\sin x \unknown y", "2 sin x unknown y", "sin unknown"),
        (r"\begin{align} a &= b \label{eq:a}\tag{1} \\ c &= d \end{align}", "a = b (1) c = d", ""),
        (r"\alpha\beta x^2y \{a\} 10\%", "αβ x^2y {a} 10%", "alpha beta"),
        ("}{ x_", "x_", ""),
        ("{" * 500 + "x" + "}" * 500, "", ""),
        ("a % b\n c", "a c", ""),
    ],
)
def test_formula_as_text(formula: str, text: str, names: str) -> None:
    found = formulas.read(formula, PREAMBLE)
    assert (found.text, found.names) == (text, frozenset(names.split()))


def test_terms() -> None:
    text = "Naïve ℝ x² ∇f_σ(x) learning_rate Ⅷ 深層 don't Straße"
    assert terms(text) == "naive r x2 ∇ f σ x learning rate viii 深 層 don t straße".split()
    assert terms("a" * 99) == ["a" * LONGEST]


PAGE = r"""---
title: A fit of $f_\ww$
subtitle: By hand
abstract: About the abstract.
header-includes: |
  \newcommand{\ww}{\boldsymbol{w}}
---

Introduced with `inline_code` and $\nabla L(\ww)$.[^1]

[^1]: Said by Newton.

## The *descent* {#sec-descent}

$$ L(\ww) = \ww^2 < 1 $$ {#eq-loss}

::: {#thm-a}
## Pythagoras

It holds.
:::

### Below {#below}

```{.python .run}
hidden = "printed " + "output"
print(hidden)
```

[a<b & c]{.x} <script>"scripted"</script>
"""


def _builder(folder: Path) -> Resident:
    return Resident(Options(folder / "content", folder / "site", folder / "cache"))


def _built(folder: Path) -> None:
    with _builder(folder) as builder:
        assert [d for d in builder.build("html").diagnostics if d.severity == "error"] == []


def _sections(folder: Path, name: str) -> dict[str, list[str]]:
    line = (folder / "site" / record.target(name)).read_text().split("\n")[0]
    _, _, sections = json.loads(line.removeprefix("gradpressSearch.page(").removesuffix(");"))
    return {anchor: said for anchor, *said in sections}


def _found(folder: Path, term: str) -> dict[str, list[int]]:
    """Page → the sections that have the term, and its weights, as the index says."""
    found: dict[str, list[int]] = {}
    for share in sorted((folder / "site" / record.FOLDER).glob("terms-*.js")):
        text = share.read_text().removeprefix("gradpressSearch.share(").removesuffix(");\n")
        for page, kept in json.loads(f"[{text}]")[1].items():
            for entry in re.split("[;|]", kept):
                if entry.split(",")[0] == term:
                    assert page not in found, "a term stands in one share only"
                    found[page] = [int(n) for n in entry.split(",")[1:]]
    return found


def test_record_of_a_page(notes: Path) -> None:
    (notes / "a.md").write_text(PAGE)
    _built(notes.parent)
    assert _sections(notes.parent, "a") == {
        "": ["A fit of f_w", "By hand About the abstract. Introduced with inline_code and ∇ L(w)."],
        "sec-descent": ["The descent", "L(w) = w^2 < 1 (1) Theorem 1 (Pythagoras). It holds."],
        "below": ["Below", "a<b & c", 'hidden = "printed " + "output" print(hidden)'],
        "footnotes": ["Footnotes", "Said by Newton."],
    }
    expected = {
        "nabla": [0, record.HIDDEN],
        "boldsymbol": [0, record.HIDDEN, 1, record.HIDDEN],
        "ww": [0, record.HIDDEN, 1, record.HIDDEN],
        "descent": [1, record.HEADING + record.HIDDEN],  # also in the label
        "pythagoras": [1, record.TEXT + record.NAMED],
        "hidden": [2, 2 * record.CODE],
        "fit": [0, record.TITLE],
    }
    assert {term: _found(notes.parent, term)["a"] for term in expected} == expected
    assert _found(notes.parent, "scripted") == {}, "nobody sees it"
    everything = "".join(p.read_text() for p in (notes.parent / "site" / record.FOLDER).rglob("*.js"))
    assert "\\\\(" not in everything
    assert "\\\\[" not in everything


@pytest.mark.parametrize("method", ["mathjax", "katex", "mathml", "webtex"])
def test_every_method_of_showing_formulas(notes: Path, method: str) -> None:
    (notes / "a.md").write_text(
        f"---\nmath: {{method: {method}}}\n---\n\n# A\n\nLet $x \\le \\alpha$, and\n\n$$ y < \\beta $$\n"
    )
    _built(notes.parent)
    said = " ".join(" ".join(words) for words in _sections(notes.parent, "a").values())
    assert "Let x ≤ α , and y < β" in said or "Let x ≤ α, and y < β" in said
    assert _found(notes.parent, "alpha").keys() == {"a"}


def test_what_is_not_to_be_found(notes: Path) -> None:
    (notes / "a.md").write_text("# A\n\nfindable\n")
    (notes / "b.md").write_text("---\nsearch: false\n---\n\n# B\n\nfindable\n")
    (notes / "c.md").write_text("---\ndraft: true\n---\n\n# C\n\nfindable\n")
    _built(notes.parent)
    assert _found(notes.parent, "findable").keys() == {"a"}
    (notes / "gradpress.yml").write_text("search: false\n")
    _built(notes.parent)
    assert not (notes.parent / "site" / record.FOLDER).exists()
    assert "search-open" not in (notes.parent / "site" / "a.html").read_text()


def test_the_search_speaks_the_language_of_the_page(notes: Path) -> None:
    (notes / "a.md").write_text("---\nlang: de-AT\n---\n\n# A\n\nText.\n")
    _built(notes.parent)
    assert "<span>Suche</span>" in (notes.parent / "site" / "a.html").read_text()
    names = {tuple(phrases.said(language)) for language in interface._SAID}
    assert names == {tuple(phrases.said("en"))}
    known = [phrases.said(language) for language in interface._SAID]
    assert len({said["search"] for said in known}) == len(known), "each in its own words"
    holes = {name: {said[name].count("{}") for said in known} for name in phrases.said("en")}
    assert all(len(counts) == 1 for counts in holes.values())


def test_index_after_edits(notes: Path) -> None:
    (notes / "a.md").write_text("# A\n\nzebra\n")
    (notes / "b.md").write_text("# B\n\nzebra\n")
    with _builder(notes.parent) as builder:
        builder.build("html")
        assert _found(notes.parent, "zebra").keys() == {"a", "b"}
        (notes / "a.md").write_text("# A\n\nquagga\n")
        (notes / "b.md").unlink()
        builder.build("html")
        assert (_found(notes.parent, "zebra"), _found(notes.parent, "quagga").keys()) == ({}, {"a"})
        assert not (notes.parent / "site" / record.target("b")).exists()
        (notes.parent / "site" / record.FOLDER / "site.js").unlink()
        (notes.parent / "site" / record.target("a")).unlink()
        builder.build("html")
        assert _found(notes.parent, "quagga").keys() == {"a"}
        assert (notes.parent / "site" / record.FOLDER / "site.js").exists()


def _records(folder: Path, pages: dict[str, record.Terms]) -> dict[str, bytes]:
    for name, kept in pages.items():
        path = folder / record.target(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f'gradpressSearch.page(["{name}","Title, of {name}",[]]);\n//{json.dumps(kept)}\n')
    return index.files(folder, {name: (len(pages), k) for k, name in enumerate(pages)})


def _handed(file: bytes) -> list[object]:
    return list(json.loads("[" + file.decode().partition("(")[2].removesuffix(");\n") + "]"))


def test_shares(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pages = {
        "p,1": {"a": "a,0,1|at,0,1", "b": "by,0,2", "z": "z,0,3"},
        "q": {"a": "at,1,1", "\U0001d7ff": "\U0001d7ff,0,1"},
    }
    titles = {"p,1": "Title, of p,1", "q": "Title, of q"}
    small = _records(tmp_path, pages)
    assert _handed(small[f"{record.FOLDER}/site.js"]) == [titles, ["a"]]
    monkeypatch.setattr(index, "SHARE", 12)
    monkeypatch.setattr(index, "LARGE", 2)
    large = _records(tmp_path, {**pages, "r": {"\uf900": "\uf900,0,1"}})
    starts = _handed(large[f"{record.FOLDER}/site.js"])[1]
    assert starts == ["a", "by", "\uf900"], "in the order of UTF-16"
    shares = [_handed(large[f"{record.FOLDER}/terms-{k}.js"]) for k in range(len(large) - 1)]
    assert shares[0] == ["a", {"p,1": "a,0,1|at,0,1", "q": "at,1,1"}]


def test_damaged_record(tmp_path: Path) -> None:
    made = _records(tmp_path, {"a": {"x": "x,0,1"}, "b": {"x": "x,0,1"}})
    (tmp_path / record.target("b")).write_text("something else\n")
    again = index.files(tmp_path, {"a": (1,), "b": (1,), "gone": (1,)})
    assert _handed(again[f"{record.FOLDER}/site.js"])[0] == {"a": "Title, of a"}
    assert again.keys() == made.keys()
    with pytest.raises(ValueError, match="no record"):
        record.read(b"gradpressSearch.page([1]);")
