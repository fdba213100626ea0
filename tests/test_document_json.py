"""Documents are read and written as panflute reads and writes them."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import panflute as pf
import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_walking import TEXT

from gradpress import document_json, pandoc
from gradpress.document import Document

ROOT = Path(__file__).resolve().parent.parent
PAGES = [*sorted((ROOT / "content").rglob("*.md")), *sorted((ROOT / "tests" / "pages").rglob("*.md"))]
EVERYTHING = (
    TEXT
    + r"""
1. one
#. two $x$

(@a) numbered

| line
|   block

"Quoted" 'too', ~~gone~~, H~2~O, x^2^, [SMALL]{.smallcaps}, [under]{.underline}\
---

+---+---+
| a | b |
+===+===+
| - c   |
+---+---+
: With *widths* {#tbl-x .cls k="v\"w"}

![A figure](x.png){#fig-x width=50%}

\begin{foo}é \u0001\end{foo}
"""
)


def panflute_dump(doc: pf.Doc) -> str:
    out = StringIO()
    pf.dump(doc, out)
    return out.getvalue()


@pytest.mark.parametrize("text", [EVERYTHING, *(path.read_text(encoding="utf-8") for path in PAGES)])
def test_documents_are_panflutes(text: str) -> None:
    json = pandoc.convert(text, "-f", "markdown+lists_without_preceding_blankline", "-t", "json").text
    theirs, ours = pf.load(StringIO(json)), document_json.loads(json)
    assert ours == theirs
    assert panflute_dump(ours) == panflute_dump(theirs) == document_json.dumps(ours)


@given(st.text())
def test_any_text_is_written_as_panflute_writes_it(text: str) -> None:
    attributes = {"identifier": text, "classes": [text], "attributes": {text: text}}
    doc = pf.Doc(
        pf.Para(pf.Str(text), pf.Math(text, format="InlineMath"), pf.Code(text, **attributes)),
        pf.Div(pf.CodeBlock(text, **attributes), pf.RawBlock(text, format="tex"), **attributes),
        metadata={"title": text, "list": [text, {"key": text}]},
    )
    assert document_json.dumps(doc) == panflute_dump(doc)


def test_what_is_no_document_is_refused() -> None:
    with pytest.raises(TypeError):
        document_json.loads('{"t":"Str","c":"x"}')


def test_each_reader_has_a_document_of_its_own() -> None:
    document = Document(pandoc.load(pandoc.read("one"), "html"))
    document.uses = 2
    first = document.taken("html")
    first.content = []
    second = document.taken("latex")
    assert pf.stringify(second).strip() == "one"
    assert second.format == "latex"
    with pytest.raises(RuntimeError):
        document.taken("html")


def test_a_document_that_waits_is_kept_as_text() -> None:
    document = Document(pandoc.load(pandoc.read("one"), "html"))
    document.settle()
    assert pf.stringify(document.seen()).strip() == "one"
    assert pf.stringify(document.taken("html")).strip() == "one"
