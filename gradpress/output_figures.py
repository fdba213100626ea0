"""Figures of cells, those that the code draws and those of its losses, as pandoc elements; and Markdown in options."""

from __future__ import annotations

import panflute as pf

from gradpress import pandoc
from gradpress.cache import Storage
from gradpress.cells import Figure, Options, Result
from gradpress.context import Context
from gradpress.records import dataclass

_CAPTIONS = "markdown-latex_macros"


@dataclass(frozen=True)
class Shown:
    """What showing one cell's outputs needs."""

    options: Options
    store: Storage
    page: Context
    figures: int
    """How many figures the cell drew; a label belongs to the first."""
    line: int = 0
    """Where the cell begins."""


def markdown(text: str) -> list[pf.Element]:
    """Blocks of Markdown; macros of TeX stay as they are."""
    return read(text, _CAPTIONS)


def read(text: str, reader: str) -> list[pf.Element]:
    """Blocks of what pandoc reads as `reader`."""
    return list(pandoc.load(pandoc.read(text, reader=reader), "html").content)


def _is_of_figure(options: Options) -> bool:
    """Whether the label names the figure, and not the cell."""
    return options.label.startswith(("fig-", "fig:")) or bool(options.label and options.fig_cap)


def drawn(figure: Figure, shown: Shown, *, first: bool) -> pf.Element:
    """A figure of matplotlib."""
    options = shown.options
    files = figure.files
    name = files.get("image/svg+xml") or files.get("image/png") or next(iter(files.values()))
    alt = options.fig_alt or options.fig_cap or "Figure drawn by the code above"
    image = _image(name, alt, shown, width=figure.width)
    if "application/pdf" in files:
        image.attributes["tex"] = _path(files["application/pdf"], shown)
    identifier = options.label if first and _is_of_figure(options) else ""
    return _with_caption(image, options.fig_cap if first else "", identifier, "cell-figure")


def picture(name: str, shown: Shown) -> pf.Element:
    """A picture that a value shows itself as."""
    options = shown.options
    alt = options.fig_alt or options.fig_cap or "Image made by the code above"
    return _with_caption(_image(name, alt, shown), options.fig_cap, options.label, "cell-figure")


def diagram(text: str, kind: str, shown: Shown) -> pf.CodeBlock:
    """A diagram that a value shows itself as, for the filter that draws diagrams."""
    options = shown.options
    given = {"fig-cap": options.fig_cap, "fig-alt": options.fig_alt, "out-width": options.out_width}
    said = {key: value for key, value in given.items() if value}
    label = options.label if _is_of_figure(options) else ""
    return pf.CodeBlock(text, identifier=label, classes=[kind], attributes={**said, "cell-line": str(shown.line)})


def of_losses(result: Result, shown: Shown, *, first: bool) -> pf.Element:
    """The plot of the losses, with the files of its data."""
    from gradpress.execution.plots import loss_plot

    options = shown.options
    plot = loss_plot(result.curves, options, shown.store, shown.page.lang)
    image = _image(plot.svg, options.fig_alt if first and options.fig_alt else plot.alt, shown)
    image.classes.append("loss-plot")
    files = {"tex": plot.pdf, "curves": plot.curves, "csv": plot.csv}
    image.attributes.update({name: _path(blob, shown) for name, blob in files.items()})
    takes_label = first and _is_of_figure(options)
    identifier = options.loss_label or (options.label if takes_label else "")
    said = options.loss_cap or (options.fig_cap if first else "")
    return _with_caption(image, " ".join(filter(None, (said, plot.remark))), identifier, "loss-plot")


def _image(name: str, alt: str, shown: Shown, width: float = 0.0) -> pf.Image:
    attributes = {"inches": f"{width:g}"} if width else {}
    if shown.options.out_width:
        attributes = {"width": shown.options.out_width}
    return pf.Image(*words_of(alt), url=_path(name, shown), attributes=attributes)


def _path(name: str, shown: Shown) -> str:
    return f"{shown.page.cache}/blobs/{name[:2]}/{name}"


def words_of(text: str) -> list[pf.Element]:
    """Plain text as words and spaces."""
    words: list[pf.Element] = []
    for word in text.split():
        words += [pf.Space(), pf.Str(word)] if words else [pf.Str(word)]
    return words


def _with_caption(image: pf.Image, said: str, identifier: str, kind: str) -> pf.Element:
    """A figure; without a caption it has none, not an empty one."""
    words = pf.Caption(pf.Plain(*caption(said))) if said else pf.Caption()
    return pf.Figure(pf.Plain(image), caption=words, identifier=identifier, classes=[kind])


def caption(text: str) -> list[pf.Element]:
    """Markdown as inlines."""
    return [inline for block in markdown(text) if hasattr(block, "content") for inline in block.content]
