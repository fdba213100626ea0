#!/usr/bin/env python3
"""HTML that an author has typed for what Markdown has, too, becomes that: LaTeX knows no HTML, and would lose it.

    <img src="a.png" width="200">   <br>   x<sup>2</sup>   <b>, <i>, <u>, <s>, <kbd>   <a href="…">   <table>

Everything else stays as it is.  What a cell has put out is left alone.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import panflute as pf

from gradpress import context, pandoc
from gradpress.cache import Storage, Store
from gradpress.dialects.directive_figures import OPENED
from gradpress.patterns import pattern
from gradpress.reading import scraps
from gradpress.reading.places import line_of
from gradpress.walking import inlines_of, is_inside, walk

wants = (pf.RawInline, pf.RawBlock)

_TAG = pattern(r"^<(?P<end>/?)(?P<name>[A-Za-z][\w-]*)(?P<given>[^<>]*?)/?>$", re.S)
_IMAGES = pattern(r"^(?:\s*<img\b[^<>]*>\s*)+$", re.S | re.I)
_TABLE = pattern(r"^\s*<table\b", re.I)
_TABLE_END = pattern(r"</table\s*>\s*$", re.I)
_READER = "html+tex_math_dollars+tex_math_single_backslash"
_KINDS: dict[str, type[pf.Inline]] = {
    **dict.fromkeys(("b", "strong"), pf.Strong),
    **dict.fromkeys(("i", "em"), pf.Emph),
    **dict.fromkeys(("s", "del", "strike"), pf.Strikeout),
    "u": pf.Underline,
    "sup": pf.Superscript,
    "sub": pf.Subscript,
}


def apply(doc: pf.Doc) -> None:
    """Make such tags of `doc` what they mean, in place."""
    store = Store(Path(context.of(doc).cache))
    for action, kinds in (
        (_picture, (pf.RawInline, pf.RawBlock)),
        (_paired, (pf.Para, pf.Plain, pf.Header, pf.Emph, pf.Strong, pf.Span, pf.Link)),
    ):
        walk(doc, _outside_outputs(action), *kinds)
    walk(doc, _outside_outputs(lambda e: _tables(e, store)), pf.Div, pf.ListItem, pf.BlockQuote)
    _tables(doc, store)


def _outside_outputs(
    action: Callable[[pf.Element], pf.Element | list[pf.Element] | None],
) -> Callable[[pf.Element, pf.Doc], pf.Element | list[pf.Element] | None]:
    def on(element: pf.Element, _: pf.Doc) -> pf.Element | list[pf.Element] | None:
        return None if is_inside(element, "only-html") else action(element)

    return on


def _attributes(text: str) -> list[dict[str, str]]:
    """The attributes of each tag in a text."""
    from html.parser import HTMLParser  # few pages need it

    found = []

    class Tags(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            found.append({key: value or "" for key, value in attrs})

    Tags().feed(text)
    return found


def _picture(element: pf.Element) -> pf.Element | list[pf.Element] | None:
    if element.format != "html":
        return None
    if re.fullmatch(r"<br\s*/?>", element.text.strip(), re.I) and isinstance(element, pf.RawInline):
        return pf.LineBreak()
    if not _IMAGES.match(element.text):
        return None
    line = line_of(element.text)
    images = [_image(given, line) for given in _attributes(element.text) if given.get("src")]
    if isinstance(element, pf.RawInline):
        return images
    return [pf.Para(image) for image in images]


def _image(given: dict[str, str], line: int) -> pf.Image:
    style = dict(re.findall(r"(width|height)\s*:\s*([\d.]+(?:px|%|em|cm|in|mm|pt))", given.get("style", "")))
    sizes = {key: given[key] for key in ("width", "height") if re.fullmatch(r"[\d.]+(?:px|%)?", given.get(key, ""))}
    alt = given.get("alt") or given.get("title") or Path(given["src"]).stem
    classes = given.get("class", "").split()
    attributes = {**sizes, **style, "fig-alt": alt, **({OPENED: str(line)} if line else {})}
    return pf.Image(url=given["src"], identifier=given.get("id", ""), classes=classes, attributes=attributes)


def _paired(element: pf.Element) -> None:
    """`<b>` … `</b>` in one list of inlines."""
    inlines = inlines_of(element)
    if not any(isinstance(x, pf.RawInline) and x.format == "html" for x in inlines):
        return
    stack: list[tuple[pf.RawInline | None, str, list[pf.Element]]] = [(None, "", [])]
    changed = False
    for item in inlines:
        tag = _TAG.match(item.text.strip()) if isinstance(item, pf.RawInline) and item.format == "html" else None
        name = tag["name"].lower() if tag else ""
        if tag and not tag["end"] and (name in _KINDS or name in ("a", "kbd", "code")):
            stack.append((item, name, []))
        elif tag and tag["end"] and len(stack) > 1 and stack[-1][1] == name:
            opening, _, inside = stack.pop()
            made = _made(name, str(opening.text) if opening else "", inside)
            changed = changed or made is not None
            stack[-1][2].extend([made] if made is not None else [opening, *inside, item])
        else:
            stack[-1][2].append(item)
    while len(stack) > 1:
        opening, _, inside = stack.pop()
        stack[-1][2].extend([opening, *inside])
    if changed:
        element.content = stack[0][2]


def _made(name: str, opening: str, inside: list[pf.Element]) -> pf.Element | None:
    """The element that a pair of tags is; None when its attributes say more than we know."""
    given = next(iter(_attributes(opening)), {})
    if name == "a":
        return pf.Link(*inside, url=given["href"]) if given.get("href") and not {"id", "name"} & given.keys() else None
    if given:
        return None
    if name in ("kbd", "code"):
        return pf.Code(pf.stringify(pf.Plain(*inside)))
    return _KINDS[name](*inside)


def _tables(holder: pf.Element, store: Storage) -> None:
    """`<table>` with all that pandoc has taken apart, read again as a table."""
    blocks = list(holder.content)
    at, done, changed = 0, [], False
    while at < len(blocks):
        end = _end(blocks, at)
        table = _table(blocks[at : end + 1], store) if end >= 0 else None
        done += [table] if table is not None else [blocks[at]]
        changed = changed or table is not None
        at = end + 1 if table is not None else at + 1
    if changed:
        holder.content = done


def _end(blocks: list[pf.Element], at: int) -> int:
    if not (isinstance(blocks[at], pf.RawBlock) and blocks[at].format == "html" and _TABLE.match(blocks[at].text)):
        return -1
    depth = 0
    for k in range(at, len(blocks)):
        text = blocks[k].text if isinstance(blocks[k], pf.RawBlock) else ""
        depth += len(re.findall(r"<table\b", text, re.I)) - len(re.findall(r"</table\s*>", text, re.I))
        if depth <= 0:
            return k if _TABLE_END.search(text) else -1
    return -1


def _table(blocks: list[pf.Element], store: Storage) -> pf.Element | None:
    html = pandoc.write(pandoc.dump(pf.Doc(*blocks)), "html", "--mathjax")
    read = scraps.blocks(html, store, _READER)
    return read[0] if read and len(read) == 1 and isinstance(read[0], pf.Table) else None


if __name__ == "__main__":
    from filters import as_program

    as_program(apply)
