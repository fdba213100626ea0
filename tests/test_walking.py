"""Our walk does what panflute's does."""

from __future__ import annotations

from io import StringIO
from pathlib import Path
from typing import Any

import panflute as pf
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradpress import pandoc
from gradpress.walking import NAMED, Items, classes_in, collected, has, walk

ROOT = Path(__file__).resolve().parent.parent
TEXT = """---
title: A *title* with $x$
---

# One {#one}

Text with *emphasis **and $y$** more*, a [link](u "t"), `code`, a note[^1] and @key.

[^1]: A note with $z$.

- a list
- of [two]{.span}

: A caption with $c$

| a | $b$ |
|---|-----|
| 1 | ![i](j.png) |

Term
: definition $d$

::: box
> quoted `raw`{=html}
:::
"""
KINDS = [pf.Math, pf.Str, pf.Para, pf.Div, pf.Span, pf.Emph, pf.Link, pf.Note, pf.RawInline, pf.TableCell, pf.Space]


@pytest.fixture(scope="module")
def document() -> str:
    return pandoc.read(TEXT)


def changed(element: Any, wish: dict[type, str]) -> Any:
    """Something done to an element, as `wish` says."""
    what = wish.get(type(element))
    if what == "twice" and isinstance(element, pf.Inline | pf.Block):
        return [element, element]
    if what == "gone" and isinstance(element, pf.Inline | pf.Block):
        return []
    if what == "unpacked" and isinstance(element, pf.Emph | pf.Span | pf.Div | pf.Link):
        return list(element.content)
    if what == "other" and isinstance(element, pf.Inline):
        return pf.Str("other")
    return None


@given(st.dictionaries(st.sampled_from(KINDS), st.sampled_from(["twice", "gone", "unpacked", "other"])))
def test_changes_are_the_same(document: str, wish: dict[type, str]) -> None:
    ours, theirs = pf.load(StringIO(document)), pf.load(StringIO(document))
    walk(ours, lambda element, _: changed(element, wish), *wish)
    theirs.walk(lambda element, _: changed(element, wish))
    assert pandoc.dump(ours) == pandoc.dump(theirs)


def test_order_parents_and_neighbours(document: str) -> None:
    ours: list[Any] = []
    theirs: list[Any] = []

    def noting(found: list[Any]) -> Any:
        def see(element: Any, doc: Any) -> None:
            before = element.prev if isinstance(element, pf.Inline | pf.Block) else None
            found.append((type(element), type(element.parent), element.index, type(before), type(doc)))

        return see

    walk(pf.load(StringIO(document)), noting(ours))
    pf.load(StringIO(document)).walk(noting(theirs))
    assert ours == theirs


def test_only_what_is_asked_for(document: str) -> None:
    doc = pf.load(StringIO(document))
    assert [m.text for m in collected(doc, pf.Math)] == ["x", "y", "z", "b", "c", "d"]
    named = {kind for name in dir(pf) if isinstance(kind := getattr(pf, name), type) and hasattr(kind, "_set_ica")}
    with_identifier = {type(e) for e in collected(doc, object) if hasattr(e, "identifier")}
    assert with_identifier <= set(NAMED) <= named


CHANGES: dict[str, Any] = {
    "append": lambda items, one: items.append(one),
    "insert": lambda items, one: items.insert(0, one),
    "extend": lambda items, one: items.extend([one, one]),
    "set": lambda items, one: items.__setitem__(slice(0, 2), [one]),
    "replace": lambda items, one: items.__setitem__(-1, one) if items else None,
    "delete": lambda items, one: items.__delitem__(slice(0, 1)),
    "pop": lambda items, one: items.pop() if items else None,
    "remove": lambda items, one: items.remove(items[0]) if items else None,
    "clear": lambda items, one: items.clear(),
    "more": lambda items, one: items.__iadd__([one]),
    "times": lambda items, one: items.__imul__(0),
}


@given(st.lists(st.tuples(st.sampled_from(sorted(CHANGES)), st.sampled_from([1, "a", 2.0, None]))))
def test_items_know_their_classes_after_any_change(changes: list[tuple[str, Any]]) -> None:
    items, plain = Items(), list[Any]()
    for name, one in changes:
        CHANGES[name](items, one)
        CHANGES[name](plain, one)
        assert items == plain
        assert items.classes() == frozenset(map(type, plain))


def test_a_list_of_a_document_is_one_that_knows_its_classes(document: str) -> None:
    paragraph = pandoc.load(document, "html").content[1]
    walk(paragraph, lambda element, _: None, pf.Math)
    paragraph.content.append(pf.Math("new"))
    paragraph.content[0] = pf.Code("first")
    assert next(type(e) for e in collected(paragraph, pf.Math, pf.Code)) is pf.Code
    assert collected(paragraph, pf.Math)[-1].text == "new"


def test_the_classes_in_a_document(document: str) -> None:
    def seen(root: pf.Element) -> set[type]:
        found: set[type] = set()
        walk(root, lambda element, _: found.add(type(element)))
        return found

    doc = pandoc.load(document, "html")
    assert classes_in(doc) == seen(doc)
    paragraph = doc.content[1]
    assert classes_in(paragraph) == seen(paragraph)
    assert has(paragraph, pf.Emph, pf.Div)
    assert not has(paragraph, pf.Strong, pf.Div)  # it is in the emphasis
