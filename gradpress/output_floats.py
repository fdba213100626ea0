"""What a cell shows, arranged as its options say: figures with parts, captions of tables, columns.

fig-subcap: [A, B]  layout-ncol: 2       one figure whose parts are `LABEL-1`, `LABEL-2`
fig-cap: [A, B]                          two figures
tbl-cap: T   tbl-subcap: [A, B]          a table, or several, made of whatever the cell shows
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import zip_longest

import panflute as pf

from gradpress import float_divisions, layout
from gradpress.cell_options import Options

Read = Callable[[str], list[pf.Element]]
"""Markdown as inlines."""


_PLACES = {"top": "caption-top", "bottom": "caption-bottom"}
"""Where a caption stands → the class that says so."""


def arranged(blocks: list[pf.Element], options: Options, read: Read) -> list[pf.Element]:
    """The blocks of a cell's output, with captions where its options say."""
    made = _arranged(blocks, options, read)
    for block in made:
        is_figure = isinstance(block, pf.Figure)
        given = options.fig_cap_location if is_figure else options.tbl_cap_location
        place = _PLACES.get(given or options.cap_location)
        is_captioned = is_figure or isinstance(block, pf.Table) or "listing" in getattr(block, "classes", ())
        if place and is_captioned:
            block.classes.append(place)
    return made


def not_run(code: list[pf.Element], options: Options, read: Read) -> list[pf.Element]:
    """The code of a cell that did not run, under the caption of what it would show: references find its number."""
    label = options.label
    content = code or [pf.Plain(pf.Emph(pf.Str("(not run)")))]
    if not label or label.startswith("lst-"):
        return code
    if options.tbl_cap:
        return [float_divisions.captioned(content, read(options.tbl_cap), "table", label)]
    if options.fig_cap:
        return [pf.Figure(*content, caption=pf.Caption(pf.Plain(*read(options.fig_cap))), identifier=label)]
    return code


def _arranged(blocks: list[pf.Element], options: Options, read: Read) -> list[pf.Element]:
    figures = [block for block in blocks if isinstance(block, pf.Figure)]
    if figures and options.fig_caps:
        return _each(blocks, figures, options, read)
    if figures and options.fig_subcap:
        return _replaced(blocks, figures, _with_parts(figures, options, read))
    columns, rows = _columns(options, len(figures))
    if len(figures) > 1 and columns:
        return _replaced(blocks, figures, float_divisions.side_by_side(figures, columns, rows))
    shown = [block for block in blocks if _is_result(block)]
    if shown and _names_table(options):
        return _replaced(blocks, shown, _table(shown, options, read))
    if shown and not figures and options.label.startswith(("fig-", "fig:")) and options.fig_cap:
        caption = pf.Caption(pf.Plain(*read(options.fig_cap)))
        return _replaced(blocks, shown, pf.Figure(*shown, caption=caption, identifier=options.label))
    return blocks


def takes_label(options: Options) -> bool:
    """Whether the label of the cell names one of its outputs."""
    return options.label.startswith(("fig-", "fig:")) or _names_table(options)


def _names_table(options: Options) -> bool:
    return bool(options.tbl_cap or options.tbl_subcap) or options.label.startswith(("tbl-", "tab:"))


def _is_result(block: pf.Element) -> bool:
    """Whether a block is what the cell shows, and not what it prints on the way."""
    if not isinstance(block, pf.Div):
        return isinstance(block, pf.Table | pf.Para | pf.Plain)
    return "output" not in block.classes or "result" in block.classes


def _columns(options: Options, count: int) -> tuple[int, layout.Rows]:
    given = {
        "layout-ncol": str(options.layout_ncol or ""),
        "layout-nrow": str(options.layout_nrow or ""),
        "layout": options.layout,
    }
    return layout.taken(given, count)


def _replaced(blocks: list[pf.Element], gone: Sequence[pf.Element], made: pf.Element) -> list[pf.Element]:
    """`made` where the first of those that are in it stood."""
    kept = [block for block in blocks if all(block is not other for other in gone)]
    at = next(k for k, block in enumerate(blocks) if block is gone[0])
    return [*kept[:at], made, *kept[at:]]


def _each(blocks: list[pf.Element], figures: list[pf.Figure], options: Options, read: Read) -> list[pf.Element]:
    for at, (figure, words) in enumerate(zip(figures, options.fig_caps, strict=False), 1):
        figure.caption = pf.Caption(pf.Plain(*read(words)))
        figure.identifier = f"{options.label}-{at}" if options.label else ""
    columns, rows = _columns(options, len(figures))
    if columns:
        return _replaced(blocks, figures, float_divisions.side_by_side(figures, columns, rows))
    return blocks


def _with_parts(figures: list[pf.Figure], options: Options, read: Read) -> pf.Figure:
    for at, (figure, words) in enumerate(_subcaptions(figures, options.fig_subcap), 1):
        figure.caption = pf.Caption(pf.Plain(*read(words))) if words else pf.Caption()
        figure.identifier = f"{options.label}-{at}" if options.label else ""
    caption = pf.Caption(pf.Plain(*read(options.fig_cap))) if options.fig_cap else pf.Caption()
    columns, rows = _columns(options, len(figures))
    whole = pf.Figure(caption=caption, identifier=options.label, classes=["cell-figure"])
    return float_divisions.with_parts(whole, figures, columns or 1, rows)


def _subcaptions(blocks: Sequence[pf.Element], given: tuple[str, ...] | bool) -> list[tuple[pf.Element, str]]:
    words = given if isinstance(given, tuple) else ()
    return [(block, said or "") for block, said in zip_longest(blocks, words[: len(blocks)])]


def _table(shown: list[pf.Element], options: Options, read: Read) -> pf.Element:
    """Whatever the cell shows under a caption; several tables have letters."""
    label = options.label
    if options.tbl_subcap:
        parts = [
            float_divisions.captioned([block], read(words) if words else [], "table", f"{label}-{at}" if label else "")
            for at, (block, words) in enumerate(_subcaptions(shown, options.tbl_subcap), 1)
        ]
        head = pf.Div(pf.Plain(*read(options.tbl_cap)), classes=["tables-caption"])
        columns, rows = _columns(options, len(parts))
        return pf.Div(head, float_divisions.side_by_side(parts, columns, rows), identifier=label, classes=["tables"])
    caption = read(options.tbl_cap) if options.tbl_cap else _own_caption(shown)
    return float_divisions.captioned(shown, caption, "table", label)


def _own_caption(shown: list[pf.Element]) -> list[pf.Element]:
    """The caption that the only table has by itself, taken from it."""
    tables = [block for block in shown if isinstance(block, pf.Table)]
    if len(tables) != 1 or not tables[0].caption.content:
        return []
    caption = [i for block in tables[0].caption.content if hasattr(block, "content") for i in block.content]
    tables[0].caption = pf.Caption()
    return caption
