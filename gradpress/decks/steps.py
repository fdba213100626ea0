"""What a slide shows step by step, and what it keeps for the speaker: `. . .`, `::: incremental`, `::: notes`.

Lists of a step are written as HTML: pandoc's items have no classes.  Footnotes stand at the end of their slide.
"""

from __future__ import annotations

from collections.abc import Sequence

import panflute as pf

from gradpress.decks.off_page import is_pause
from gradpress.records import dataclass, field
from gradpress.walking import walk

FRAGMENT = "fragment"
_LIST = (pf.BulletList, pf.OrderedList)
_STYLES = {"LowerAlpha": "a", "UpperAlpha": "A", "LowerRoman": "i", "UpperRoman": "I"}


@dataclass
class Steps:
    """The steps of one deck."""

    incremental: bool
    """Whether lists appear item by item unless they stand in `::: nonincremental`."""
    notes: int = 0
    """Footnotes so far."""
    _found: list[pf.Element] = field(default_factory=list)

    def on_slide(self, blocks: Sequence[pf.Element]) -> list[pf.Element]:
        """The blocks of a slide with their steps, and its footnotes below them."""
        return [*self._of(blocks, self.incremental), *self._footnotes(blocks)]

    def _of(self, blocks: Sequence[pf.Element], incremental: bool) -> list[pf.Element]:
        made: list[list[pf.Element]] = [[]]
        for block in blocks:
            if is_pause(block):
                made.append([])
            else:
                made[-1] += self._block(block, incremental)
        later = [pf.Div(*part, classes=[FRAGMENT, "rest"]) for part in made[1:] if part]
        return [*made[0], *later]

    def _block(self, block: pf.Element, incremental: bool) -> list[pf.Element]:
        if isinstance(block, _LIST) and incremental:
            return self._list(block)
        if isinstance(block, pf.DefinitionList) and incremental:
            return _definitions(block)
        if isinstance(block, pf.BlockQuote) and any(isinstance(one, _LIST) for one in block.content):
            return self._of(list(block.content), not incremental)  # pandoc's way to say it of one list
        if not isinstance(block, pf.Div):
            return [block]
        if "notes" in block.classes:
            return [_html('<aside class="notes">'), *block.content, _html("</aside>")]
        wish = {"incremental": True, "nonincremental": False}
        said = next((wish[name] for name in block.classes if name in wish), incremental)
        if "columns" in block.classes:
            _columns(block)
        inner = self._of(list(block.content), said)
        # pandoc makes a <section> of a division that begins with a heading, and reveal.js a slide of that.
        block.content = [_html(""), *inner] if inner and isinstance(inner[0], pf.Header) else inner
        return [block]

    def _list(self, block: pf.BulletList | pf.OrderedList) -> list[pf.Element]:
        is_numbered = isinstance(block, pf.OrderedList)
        kind = f' type="{_STYLES[block.style]}"' if is_numbered and block.style in _STYLES else ""
        start = f' start="{block.start}"' if is_numbered and block.start != 1 else ""
        made: list[pf.Element] = [_html(f"<ol{start}{kind}>" if is_numbered else "<ul>")]
        for item in block.content:
            made += [_html(f'<li class="{FRAGMENT}">'), *self._of(list(item.content), True), _html("</li>")]
        return [*made, _html("</ol>" if is_numbered else "</ul>")]

    def _footnotes(self, blocks: Sequence[pf.Element]) -> list[pf.Element]:
        first, self._found = self.notes + 1, []

        def see(note: pf.Note, _: pf.Doc) -> pf.RawInline:
            self.notes += 1
            self._found.append(pf.ListItem(*note.content))
            return pf.RawInline(f'<sup class="footnote-ref">{self.notes}</sup>', format="html")

        for block in blocks:
            walk(block, see, pf.Note)
        if not self._found:
            return []
        return [pf.Div(pf.OrderedList(*self._found, start=first), classes=["slide-footnotes"])]


def _definitions(block: pf.DefinitionList) -> list[pf.Element]:
    made: list[pf.Element] = [_html("<dl>")]
    for item in block.content:
        made += [_html(f'<dt class="{FRAGMENT}">'), pf.Plain(*item.term), _html("</dt>")]
        for definition in item.definitions:
            made += [_html(f'<dd class="{FRAGMENT}">'), *definition.content, _html("</dd>")]
    return [*made, _html("</dl>")]


def _columns(block: pf.Div) -> None:
    """Columns are as wide as they say; in HTML of the author's they have no class of their own."""
    for column in block.content:
        if isinstance(column, pf.Div):
            if "column" not in column.classes:
                column.classes.append("column")
            if width := column.attributes.pop("width", ""):
                column.attributes["style"] = f"flex: 0 1 {width};{column.attributes.get('style', '')}"


def _html(text: str) -> pf.RawBlock:
    return pf.RawBlock(text, format="html")
