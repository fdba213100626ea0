"""A page's document as the sections that reveal.js wants: slides with their looks, steps, notes and lines."""

from __future__ import annotations

import panflute as pf

from gradpress.cache import Storage
from gradpress.decks import splitting, wishes
from gradpress.decks.marp import Directives
from gradpress.decks.splitting import Slide
from gradpress.decks.steps import Steps
from gradpress.formats.html_elements import Elements
from gradpress.page import Page
from gradpress.pandoc import READER
from gradpress.reading import scraps
from gradpress.reading.places import line_of
from gradpress.walking import walk

SECTION = 2
"""The level in HTML of the headings of slides; the title of the deck has the one above."""


def dealt(doc: pf.Doc, page: Page, elements: Elements) -> list[str]:
    """Make slides of the blocks of the document, in place; the CSS that is written between them."""
    wish, blocks, styles = wishes(page.settings.values), list(doc.content), list[str]()
    if wish.get("split") == "rules":
        slides = splitting.by_rules(_with_title(blocks, doc, page), _in_document(wish.get("dividers", ()), page))
        directives = Directives(dict(wish), lambda url: _published(url, elements), styles)
        lines = [_line(slide, page) for slide in slides]  # before what marks them is taken out
        for number, slide in enumerate(slides):
            directives.applied(slide, wish.get("first", {}) if number == 0 else {})
    else:
        level = _in_document([wish["level"]], page)[0] if "level" in wish else splitting.level(blocks)
        slides = splitting.by_headings(blocks, level)
        lines = [_line(slide, page) for slide in slides]
        _say_around(slides, wish)
    steps = Steps(bool(wish.get("incremental", False)))
    store = elements.store
    doc.content = [_section(slide, line, steps, store, elements) for slide, line in zip(slides, lines, strict=True)]
    return styles


def _in_document(levels: list[int] | tuple[int, ...], page: Page) -> list[int]:
    """Levels as the author counts them → as they are in the prepared document."""
    return [level - page.raised + 1 for level in levels]


def _with_title(blocks: list[pf.Element], doc: pf.Doc, page: Page) -> list[pf.Element]:
    """The first heading of a Marp deck is on its first slide, although the page has it for its title."""
    title = doc.metadata.content.get("title")
    if title is None or page.source.header.values.get("title"):
        return blocks
    at = next((k for k, block in enumerate(blocks) if not splitting.shows_nothing(block)), len(blocks))
    return [*blocks[:at], pf.Header(*title.content, level=2 - page.raised), *blocks[at:]]


def _say_around(slides: list[Slide], wish: object) -> None:
    values = wish if isinstance(wish, dict) else {}
    for slide in slides:
        slide.header, slide.footer = str(values.get("header", "")), str(values.get("footer", ""))
        slide.classes += str(values.get("class", "")).split()
        for key in ("background-color", "background-image", "background-size"):
            if key in values:
                slide.attributes.setdefault(key, str(values[key]))


def _published(url: str, elements: Elements) -> str:
    from gradpress.formats import parts

    if not parts.is_remote(url):
        elements.publish(url)
    return url


def _section(slide: Slide, line: int, steps: Steps, store: Storage, elements: Elements) -> pf.Div:
    heading, identifier = slide.heading, ""
    classes, attributes = ["section", *slide.classes], dict(slide.attributes)
    split = attributes.pop("split", "")
    if heading is not None:
        identifier, heading.identifier = heading.identifier, ""
        classes += [name for name in heading.classes if name not in ("unnumbered", "unlisted")]
        attributes |= {k: v for k, v in heading.attributes.items() if k != "data-labels"}
        heading.classes, heading.attributes = [], {}
        heading.level = SECTION
    for inner in splitting.below(slide.blocks):
        inner.level = max(SECTION + 1, inner.level) if heading is not None else inner.level - 1 + elements.page.raised
    if image := attributes.get("background-image", ""):
        attributes["background-image"] = _published(image, elements)
    if line:
        attributes["line"] = str(line)
    classes += ["section-slide"] if slide.is_section else []
    shown = steps.on_slide([*([heading] if heading is not None else []), *slide.blocks])
    face = [pf.RawBlock(f'<div class="face"{_room(slide, split)}>', format="html"), *shown, _HTML_END]
    around = [*_around("header", slide.header, store), *face, *_around("footer", slide.footer, store)]
    return pf.Div(*around, identifier=identifier, classes=classes, attributes=attributes)


_HTML_END = pf.RawBlock("</div>", format="html")


def _room(slide: Slide, split: str) -> str:
    """What a ground at the side leaves for the text."""
    side = next((name for name in ("left", "right") if f"ground-{name}" in slide.classes), "")
    return f' style="padding-{side}: calc({split} + 40px)"' if side else ""


def _around(name: str, text: str, store: Storage) -> list[pf.Element]:
    """A line of the author's Markdown above or below all slides."""
    blocks = scraps.blocks(text, store, READER) if text else None
    inlines = list(blocks[0].content) if blocks and isinstance(blocks[0], pf.Para | pf.Plain) else []
    if not inlines:
        return []
    start, end = (pf.RawBlock(html_, format="html") for html_ in (f"<{name}>", f"</{name}>"))
    return [start, pf.Plain(*inlines), end]


def _line(slide: Slide, page: Page) -> int:
    """The line of the slide's heading, or of its first words."""
    heading = slide.heading or next((b for b in slide.blocks if not splitting.shows_nothing(b)), None)
    if isinstance(heading, pf.Header):
        level = heading.level - 1 + page.raised
        words = _words(heading)
        return line_of(f"{'#' * level} {words}") or line_of(words)
    return next((line for block in slide.blocks if (line := line_of(_words(block)))), 0)


def _words(block: pf.Element) -> str:
    """The first words of a block, up to what the source may have in another form."""
    found: list[str] = []
    is_over = False

    def see(element: pf.Element, _: pf.Doc) -> None:
        nonlocal is_over
        if isinstance(element, pf.Str | pf.Space | pf.SoftBreak):
            in_number = isinstance(element.parent, pf.Span) and "header-section-number" in element.parent.classes
            if not is_over and not in_number:
                found.append(element.text if isinstance(element, pf.Str) else " ")
        else:
            is_over = bool("".join(found).strip())

    walk(block, see, pf.Str, pf.Space, pf.SoftBreak, pf.Math, pf.RawInline, pf.Code, pf.Link, pf.Image)
    return "".join(found).strip()
