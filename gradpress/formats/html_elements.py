"""What HTML wants differently in a page: each kind of element, and the files that the page shows."""

from __future__ import annotations

import html
from pathlib import Path

import panflute as pf

from gradpress import context, raw_links
from gradpress.cache import Store
from gradpress.cell_costs import anchor
from gradpress.content import PAGE_SUFFIX
from gradpress.formats import (
    captions,
    code_lines,
    divisions,
    drawings,
    intertext,
    math_html,
    parts,
    pictures,
    raw_tex,
    theorems,
)
from gradpress.highlight import highlighted
from gradpress.math.faults import Scope
from gradpress.numbers import references
from gradpress.numbers.target import Target
from gradpress.page import Page, SiteView
from gradpress.patterns import pattern
from gradpress.reading import scraps
from gradpress.reading.places import rewritten
from gradpress.records import dataclass, field
from gradpress.running import runner
from gradpress.walking import has, inlines_of

RAW = (pf.RawBlock, pf.RawInline, pf.Math)
"""What the first walk looks at."""
CHANGED = (
    *(pf.CodeBlock, pf.Math, pf.Span, pf.Div, pf.Image, pf.Link, pf.Header),
    *(pf.Figure, pf.Table, pf.Para, pf.Plain, pf.RawBlock, pf.RawInline),
)
"""What the second one looks at."""
FIGURES = "assets/figures"
"""Folder of the site for what cells have drawn."""


@dataclass
class Elements:
    """One page's walk: what HTML wants differently, and the files that it shows."""

    page: Page
    site: SiteView
    context: context.Context
    copies: dict[str, Path] = field(default_factory=dict)
    scope: Scope = field(default_factory=Scope)
    """What the formulas so far have defined."""
    formulas: list[math_html.Seen] = field(default_factory=list)
    tabs: int = 0
    """Groups of tabs so far."""
    plots: int = 0
    """Plots of losses so far."""
    drawings: drawings.Drawings = field(init=False)
    figures: list[parts.Drawing] = field(default_factory=list)
    """Drawings of the page that have a PDF, too: one of them may be the picture of its card."""

    def __post_init__(self) -> None:
        self.drawings = drawings.Drawings(self.page, self.site, self.store)

    @property
    def store(self) -> Store:
        """Where results of earlier builds are."""
        return Store(self.site.cache)

    def raw_tex(self, element: pf.Element, doc: pf.Doc) -> list[pf.Element] | None:
        """TeX outside mathematics and words between lines as ordinary elements; in a walk before all else."""
        if isinstance(element, pf.RawBlock | pf.RawInline) and element.format in ("tex", "latex"):
            picture = self.drawings.picture(element, doc)
            return picture or raw_tex.read(element, self.page, runner(self.context).store)
        if isinstance(element, pf.Math):
            return intertext.apart(element, self.page.settings.numbers, self.store)
        return None

    def element(self, element: pf.Element, _: pf.Doc) -> pf.Element | list[pf.Element] | None:
        """Everything else that HTML wants differently."""
        if isinstance(element, pf.CodeBlock):
            return self._code(element)
        if isinstance(element, pf.Math):
            return self._formula(element)
        if isinstance(element, pf.Span) and "ref" in element.classes:
            return self._reference(element)
        if isinstance(element, pf.Div):
            return self._division(element)
        if isinstance(element, pf.Image):
            return self._image(element)
        if isinstance(element, pf.Link):
            self._link(element)
        elif isinstance(element, pf.Header):
            _heading(element)
        elif isinstance(element, pf.Figure | pf.Table):
            captions.for_html(element, self.page)
        elif isinstance(element, pf.Para | pf.Plain):
            _keep_together(element)
        elif isinstance(element, pf.RawBlock | pf.RawInline) and element.format == "html" and "=" in element.text:
            element.text = raw_links.changed(element.text, self._raw_address)
        return None

    def _code(self, block: pf.CodeBlock) -> pf.RawBlock:
        block.attributes.pop("line", None)
        language = parts.language_of(block)
        language = "text" if "output" in block.classes else language
        markup = "" if self.site.only_checked else highlighted(block.text, language, "html", self.store)
        markup = self.lines(markup, code_lines.of(block, self.page))
        classes = " ".join(html.escape(c) for c in block.classes if c not in ("norun", "fenced"))
        identifier = f' id="{html.escape(block.identifier)}"' if block.identifier else ""
        outer = "listing" if "output" in block.classes else "highlight"
        name = block.attributes.get("filename", "")
        title = f'<div class="code-filename">{html.escape(name)}</div>' if name else ""
        code = f'<pre tabindex="0"><code class="{classes}">{markup}</code></pre>'
        return pf.RawBlock(f'<div class="{outer}"{identifier}>{title}{code}</div>', format="html")

    def lines(self, markup: str, looks: code_lines.Looks) -> str:
        """The lines of a block of code."""
        return code_lines.for_html(markup, looks)

    def _image(self, image: pf.Image) -> pf.Element | None:
        pdf = image.attributes.pop("tex", "")
        for key in ("inches", "line"):
            image.attributes.pop(key, None)
        if alt := image.attributes.pop("fig-alt", ""):
            image.content = [pf.Str(alt)]
        if parts.is_remote(image.url):
            return None
        blob = Path(image.url)
        if "loss-plot" in image.classes:
            self.figures.append(parts.Drawing("", Path(pdf)))
            return self._loss_plot(image)
        if blob.is_relative_to(self.context.cache) and (drawing := self.drawings.inline(image)):
            self.figures.append(parts.Drawing("", Path(pdf or blob)))
            return drawing
        if blob.is_relative_to(self.context.cache):
            self.copies[f"{FIGURES}/{blob.name}"] = blob
            image.url = parts.relative(self.page, f"{FIGURES}/{blob.name}")
            self.figures += [parts.Drawing(image.url, Path(pdf))] if pdf else []
        elif image.url.lower().endswith(".pdf"):
            return self._drawn(image)
        else:
            self.publish(image.url)
        return None

    def _loss_plot(self, image: pf.Image) -> pf.RawInline:
        """The plot inside the page, where it has the colours of the text, and its data behind it."""
        from gradpress.formats import loss_data

        self.plots += 1
        drawing, files = loss_data.plot(image, self.page, self.plots, FIGURES)
        self.copies |= files
        return drawing

    def _drawn(self, image: pf.Image) -> pf.Element | None:
        """A figure in a PDF, as LaTeX wants it, is a drawing of its page."""
        source = Path(self.context.root) / parts.below_output(self.page, image.url)
        drawing = pictures.as_png(source, self.store) if source.is_file() else None
        if drawing is None:
            self.publish(image.url)
            return None
        self.copies[f"{FIGURES}/{drawing.name}"] = drawing
        image.url = parts.relative(self.page, f"{FIGURES}/{drawing.name}")
        if not {"width", "height"} & set(image.attributes):
            image.attributes["width"] = f"{pictures.width(drawing)}px"
        return None

    def _link(self, link: pf.Link) -> None:
        if parts.is_remote(link.url):
            return
        path, mark, rest = link.url.partition("#")
        if PAGE_SUFFIX.search(path):
            link.url = PAGE_SUFFIX.sub(".html", path) + mark + rest
        else:
            self.publish(link.url)

    def _raw_address(self, tag: str, url: str) -> str:
        """Of HTML that the author, or a value, has brought along."""
        link = pf.Link(url=url)
        if tag in ("a", "iframe"):
            self._link(link)
        elif not parts.is_remote(url):
            self.publish(url)
        return str(link.url)

    def _formula(self, formula: pf.Math) -> pf.Element:
        """A display stands inside the places that its labels name."""
        labels = references.labels_in(formula.text) if formula.format == "DisplayMath" else ()
        method = self.page.settings.math.method
        linked = self.page.settings.math.is_mathjax
        text = references.written_in(formula.text, self.page, self.site.targets, linked=linked)
        text = text if linked else references.without_labels(text, method)
        formula.text = rewritten(formula.text, text)
        self.scope = math_html.check(formula, self.page, self.scope, self.formulas)
        anchored: pf.Element = formula
        for label in labels:
            anchored = pf.Span(anchored, identifier=label, classes=["equation"])
        return anchored

    def _reference(self, span: pf.Span) -> list[pf.Element]:
        found = references.resolve(span, self.page, self.site.targets)
        links: list[pf.Element] = []
        if not self.page.settings.numbers.hyperlink:
            return references.joined([pf.Str(one.text) for one in found], found) or [pf.Str("???")]
        for one in found:
            preview = {"data-preview": one.target.shown} if self._can_preview(one.target) else {}
            url = references.url(one.target, self.page)
            link = pf.Link(*(one.words or self._said(one)), url=url, classes=["ref"], attributes=preview)
            self._link(link)
            links.append(link)
        return references.joined(links, found) or [pf.Str("???")]

    def _said(self, reference: references.Reference) -> list[pf.Element]:
        before, tag, after = reference.around
        read = scraps.blocks(tag, self.store) if tag else None
        shown = list(read[0].content) if read else [pf.Str(tag)] if tag else []
        return [*([pf.Str(before)] if before else []), *shown, *([pf.Str(after)] if after else [])]

    def _can_preview(self, target: Target) -> bool:
        """What stands on another page goes along with the link; only MathJax shows formulas there."""
        is_elsewhere = target.page != self.page.name and bool(target.shown)
        return is_elsewhere and (self.page.settings.math.is_mathjax or "\\" not in target.shown)

    def _division(self, division: pf.Div) -> pf.Element | list[pf.Element] | None:
        if "only-tex" in division.classes:
            return []
        if number := division.attributes.pop("cell", ""):
            division.identifier = division.identifier or anchor(number)
        if "title-anchor" in division.classes:
            for key in ("title", "number"):
                division.attributes.pop(key, None)
        if "theorem" in division.attributes:
            return theorems.for_html(division, self.page)
        if "listing" in division.classes:
            return captions.listing_for_html(division, self.page)
        if "tables" in division.classes:
            return captions.tables_for_html(division, self.page)
        if "callout" in division.classes:
            return divisions.callout_for_html(division, self.page)
        if divisions.is_tabs(division):
            self.tabs += 1
            return divisions.tabs_for_html(division, self.tabs)
        if "panels" in division.classes:
            captions.panels_for_html(division)
        if "code-fold" in division.classes:
            opened = " open" if "open" in division.classes else ""
            word = "Output" if "of-output" in division.classes else "Code"
            said = html.escape(division.attributes.get("summary", word))
            start = pf.RawBlock(f'<details class="code-fold"{opened}><summary>{said}</summary>', format="html")
            return [start, *division.content, pf.RawBlock("</details>", format="html")]
        return None

    def publish(self, url: str) -> None:
        """Copy a file that the page shows or links to beside the page."""
        target = parts.below_output(self.page, url)
        source = Path(self.context.root) / target
        if source.is_file() and not target.startswith("../"):
            self.copies[target] = source


_CLOSING = pattern(r"^[.,;:!?)\]…’”]+")
_OPENING = pattern(r"[(\[‘“]+$")


def _keep_together(block: pf.Para | pf.Plain) -> None:
    """A formula and the punctuation right at it: browsers break the line between an inline box and a comma."""
    if not has(block, pf.Math):
        return
    inlines = inlines_of(block)
    joined: list[pf.Element] = []
    for item in inlines:
        if isinstance(item, pf.Math) and item.format == "InlineMath":
            joined += _after_bracket(joined, item)
        elif isinstance(item, pf.Str) and joined and (mark := _CLOSING.match(item.text)) and _formula(joined[-1]):
            rest = item.text[mark.end() :]
            joined[-1] = pf.Span(*_formula(joined[-1]), pf.Str(mark[0]), classes=["nowrap"])
            joined += [pf.Str(rest)] if rest else []
        else:
            joined.append(item)
    if any(a is not b for a, b in zip(joined, inlines, strict=False)):
        block.content = joined


def _after_bracket(joined: list[pf.Element], formula: pf.Math) -> list[pf.Element]:
    """A formula with the opening bracket of the text before it, which loses it."""
    before = joined[-1] if joined else None
    mark = _OPENING.search(before.text) if isinstance(before, pf.Str) else None
    if before is None or mark is None:
        return [formula]
    joined[-1:] = [pf.Str(before.text[: mark.start()])] if mark.start() else []
    return [pf.Span(pf.Str(mark[0]), formula, classes=["nowrap"])]


def _formula(item: pf.Element) -> list[pf.Element]:
    """The formula, and what is kept together with it before it."""
    if isinstance(item, pf.Span) and "nowrap" in item.classes and isinstance(item.content[-1], pf.Math):
        return list(item.content)
    return [item] if isinstance(item, pf.Math) and item.format == "InlineMath" else []


def _heading(heading: pf.Header) -> None:
    """The number that the section has been given; the page's title is the heading of level 1."""
    heading.level += 1
    heading.attributes.pop("labels", None)
    number = heading.attributes.pop("number", "")
    if number:
        heading.content = [pf.Span(pf.Str(number), classes=["header-section-number"]), pf.Space(), *heading.content]
