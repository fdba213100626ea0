"""The blocks of a page as slides: where each begins.

A slide begins at a heading of the deck's level or above, and at a rule `---`; that of a Marp deck at a rule, and at
headings of the levels that `headingDivider` names.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterator, Sequence

import panflute as pf

from gradpress.records import dataclass, field

LEAST = 6
"""The level of slides where no heading is followed by a text."""


@dataclass
class Slide:
    """What is shown at one time."""

    heading: pf.Header | None = None
    """The one that the slide begins with."""
    blocks: list[pf.Element] = field(default_factory=list)
    """All that follows it."""
    is_section: bool = False
    """Whether its heading is above the slides' level: it announces those that follow."""
    classes: list[str] = field(default_factory=list)
    attributes: dict[str, str] = field(default_factory=dict)
    header: str = ""
    footer: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether it shows nothing."""
        return self.heading is None and all(map(shows_nothing, self.blocks))


def shows_nothing(block: pf.Element) -> bool:
    """A comment, or a paragraph of comments."""
    if isinstance(block, pf.RawBlock):
        return is_comment(block)
    if not isinstance(block, pf.Para | pf.Plain):
        return False
    return all(isinstance(one, pf.Space | pf.SoftBreak) or is_comment(one) for one in block.content)


def is_comment(element: pf.Element) -> bool:
    """Whether it is a comment of HTML."""
    is_raw = isinstance(element, pf.RawBlock | pf.RawInline) and element.format == "html"
    return is_raw and element.text.startswith("<!--")


def level(blocks: Sequence[pf.Element]) -> int:
    """The highest level of headings that a text follows, and not another heading: that of the slides."""
    shown = [block for block in blocks if not shows_nothing(block)]
    pairs = itertools.pairwise(shown)
    least = LEAST
    for block, following in pairs:
        if isinstance(block, pf.Header) and not isinstance(following, pf.Header | pf.HorizontalRule):
            least = min(least, block.level)
    return least


def by_headings(blocks: Sequence[pf.Element], slides: int) -> list[Slide]:
    """Slides of a deck whose level is `slides`; those above it are of sections."""
    made = [Slide()]
    for block in blocks:
        if isinstance(block, pf.HorizontalRule):
            made.append(Slide())
        elif isinstance(block, pf.Header) and block.level <= slides:
            made = _begun(made, block, is_section=block.level < slides)
        elif isinstance(block, pf.Div) and block.identifier == "refs" and not made[-1].is_empty:
            made.append(Slide(blocks=[block], classes=["scrolling"]))
        else:
            made[-1].blocks.append(block)
    return _without_empty(made)


def by_rules(blocks: Sequence[pf.Element], dividers: Collection[int]) -> list[Slide]:
    """Slides of a Marp deck; the heading that one begins with stays among its blocks."""
    made = [Slide()]
    for block in blocks:
        if isinstance(block, pf.HorizontalRule):
            made.append(Slide())
            continue
        if isinstance(block, pf.Header) and block.level in dividers and not made[-1].is_empty:
            made.append(Slide())
        made[-1].blocks.append(block)
    return _without_empty(made)


def _begun(made: list[Slide], heading: pf.Header, *, is_section: bool) -> list[Slide]:
    """A slide with a heading; it takes the comments of one that has nothing else, such as that after a rule."""
    before = made.pop().blocks if made[-1].is_empty else []
    return [*made, Slide(heading, before, is_section=is_section)]


def _without_empty(slides: list[Slide]) -> list[Slide]:
    """What an empty slide says in comments is said for the next one."""
    kept: list[Slide] = []
    waiting: list[pf.Element] = []
    for slide in slides:
        if slide.is_empty:
            waiting += slide.blocks
            continue
        slide.blocks = [*waiting, *slide.blocks]
        waiting = []
        kept.append(slide)
    return kept


def below(blocks: Sequence[pf.Element]) -> Iterator[pf.Header]:
    """The headings among the blocks, also those in divisions."""
    for block in blocks:
        if isinstance(block, pf.Header):
            yield block
        elif isinstance(block, pf.Div):
            yield from below(list(block.content))
