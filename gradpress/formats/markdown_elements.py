"""What Markdown for other readers wants differently in a page: each kind of element, and the files that it shows."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from pathlib import Path
from typing import Any

import panflute as pf

from gradpress import context
from gradpress.cache import Store
from gradpress.content import PAGE_SUFFIX
from gradpress.diagnostics import report
from gradpress.formats import code_lines, intertext, markdown_tables, math_html, parts, pictures, raw_tex
from gradpress.formats import markdown_boxes as boxes
from gradpress.formats.divisions import is_tabs
from gradpress.formats.drawings import Drawings
from gradpress.formats.markdown_flavour import Flavour, block, inline
from gradpress.formats.markdown_html import allowed, wanted
from gradpress.formats.markdown_math import apart, without_formulas
from gradpress.math import plain_tex
from gradpress.math.faults import Scope
from gradpress.math.github import RULE
from gradpress.numbers import references
from gradpress.numbers.title_heading import made_of
from gradpress.page import Page, SiteView
from gradpress.reading import scraps
from gradpress.reading.places import line_in, line_of
from gradpress.records import dataclass, field, replace
from gradpress.running import runner
from gradpress.tex.macros import Preamble

READ = (pf.RawBlock, pf.RawInline, pf.Math, pf.Div, pf.Image)
"""What the first walk looks at."""
_HEADS = frozenset({"theorem-name", "callout-title", "tab-title", "tab", "listing-caption", "tables-caption"})


@dataclass
class Elements:
    """One page's walks."""

    page: Page
    site: SiteView
    context: context.Context
    flavour: Flavour
    slugs: dict[str, str]
    """Names of headings → what their reader calls them."""
    takes_notes: bool
    """Whether footnotes are written as text at the end: no formula is one inside them."""
    copies: dict[str, Path] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    notes: list[list[pf.Element]] = field(default_factory=list)
    scope: Scope = field(default_factory=Scope)
    formulas: list[math_html.Seen] = field(default_factory=list)
    own: Preamble = field(init=False)
    """All definitions that formulas use."""
    checked: Page = field(init=False)
    """The page as if MathJax showed its formulas: how HTML does is not asked here."""

    drawings: Drawings = field(init=False)

    def __post_init__(self) -> None:
        self.drawings = Drawings(self.page, self.site, self.store)
        math = self.page.settings.math
        self.own = plain_tex.with_configured(self.page.preamble, math)
        settings = replace(self.page.settings, math=replace(math, method="mathjax"))
        self.checked = self.page if math.is_mathjax else replace(self.page, settings=settings)

    @property
    def store(self) -> Store:
        """Where results of earlier builds are."""
        return Store(self.site.cache)

    def read(self, element: pf.Element, doc: pf.Doc) -> list[pf.Element] | None:
        """TeX outside mathematics as ordinary elements; of what two outputs want differently, one form."""
        if isinstance(element, pf.RawBlock | pf.RawInline) and element.format in ("tex", "latex"):
            picture = self.drawings.picture(element, doc)
            return picture or raw_tex.read(element, self.page, runner(self.context).store)
        if isinstance(element, pf.Math):
            return intertext.apart(element, self.page.settings.numbers, self.store)
        if isinstance(element, pf.Div) and {"only-html", "only-tex"} & set(element.classes):
            return list(element.content) if wanted(element) else []
        if isinstance(element, pf.Image):  # its words are an attribute: nothing in them is Markdown
            words = element.attributes.get("fig-alt", "") or pf.stringify(pf.Plain(*element.content)).strip()
            element.attributes["fig-alt"], element.content = words, []
        return None

    def element(self, element: pf.Element, _: pf.Doc) -> pf.Element | list[pf.Element] | None:
        """Everything else."""
        changed = _ACTIONS.get(type(element))
        return changed(self, element) if changed else None

    def _code(self, code: pf.CodeBlock) -> list[pf.Element]:
        looks = code_lines.of(code, self.page)
        name = code.attributes.get("filename", "")
        language = "text" if "output" in code.classes else parts.language_of(code) or "text"
        text = code_lines.for_text(code.text, looks)
        head = [pf.Para(pf.Strong(pf.Code(name)))] if name else []
        made = [*head, pf.CodeBlock(text, classes=[language])]
        return boxes.anchored(made, [code.identifier], self.flavour)

    def _formula(self, formula: pf.Math) -> list[pf.Element]:
        is_display = formula.format == "DisplayMath"
        labels = references.labels_in(formula.text) if is_display else ()
        written = references.written_in(formula.text, self.page, self.site.targets, linked=False)
        given = formula.text
        self.scope = math_html.check(formula, self.checked, self.scope, self.formulas)
        seen = self.formulas[-1]
        made = self.flavour.formula(written, self.own, display=is_display)
        for problem in () if seen.has_problem else made.problems:
            line = line_in(given, problem.offset, seen.line)
            report(problem.rule, problem.message, line=line, hint="it is shown as it is written")
        places = "".join(self.flavour.anchor(label) for label in labels)
        formula.text = made.text
        return [*([inline(places)] if places else []), formula]

    def _span(self, span: pf.Span) -> list[pf.Element]:
        if "ref" in span.classes:
            return self._reference(span)
        place = [inline(self.flavour.anchor(span.identifier))] if span.identifier else []
        return [*place, *span.content]

    def _reference(self, span: pf.Span) -> list[pf.Element]:
        found = references.resolve(span, self.page, self.site.targets)
        links: list[pf.Element] = []
        for one in found:
            said = list(one.words) or self._said(one)
            if not self.page.settings.numbers.hyperlink:
                links.append(pf.Span(*said))
                continue
            link = pf.Link(*said, url=references.url(one.target, self.page))
            made = self._link(link)
            links.append(pf.Span(*made) if isinstance(made, list) else link)
        return references.joined(links, found) or [pf.Str("???")]

    def _said(self, reference: references.Reference) -> list[pf.Element]:
        before, tag, after = reference.around
        read = scraps.blocks(tag, self.store) if tag else None
        shown = list(read[0].content) if read else [pf.Str(tag)] if tag else []
        return [*([pf.Str(before)] if before else []), *shown, *([pf.Str(after)] if after else [])]

    def _link(self, link: pf.Link) -> list[pf.Element] | None:
        link.attributes.clear()
        link.classes.clear()
        if link.url.startswith("#"):
            link.url = f"#{self.slugs.get(link.url[1:], link.url[1:])}"
        elif not parts.is_remote(link.url):
            path, mark, rest = link.url.partition("#")
            if PAGE_SUFFIX.search(path):
                link.url = PAGE_SUFFIX.sub(self.flavour.suffix, path) + mark + rest
            else:
                self._publish(link.url)
        if not self.flavour.needs_spaces:
            return None
        return without_formulas(link, lambda *words: pf.Link(*words, url=link.url, title=link.title))

    def _image(self, image: pf.Image) -> pf.Element:
        words = image.attributes.get("fig-alt", "")
        image.url = image.url if parts.is_remote(image.url) else self._shown(image)
        width = image.attributes.get("width", "").strip()
        if width.endswith(("%", "px")) or width.isdigit():
            return inline(f'<img src="{escape(image.url)}" alt="{escape(words)}" width="{width.removesuffix("px")}">')
        return pf.Image(pf.Str(words), url=image.url, title=image.title) if words else pf.Image(url=image.url)

    def _shown(self, image: pf.Image) -> str:
        """Where the image is, beside the page."""
        source = Path(image.url)
        if source.is_relative_to(self.context.cache):
            target = f"{self.page.name}_files/{source.name}"
            if "loss-plot" in image.classes:
                drawing = source.read_text(encoding="utf-8")
                self.files[self.flavour.folder + target] = pictures.on_paper(drawing).encode()
            else:
                self.copies[self.flavour.folder + target] = source
            return parts.relative(self.page, target)
        source = Path(self.context.root) / parts.below_output(self.page, image.url)
        drawing_of = source.suffix.lower() == ".pdf" and source.is_file()
        if drawing_of and (made := pictures.as_png(source, self.store)):
            target = f"{self.page.name}_files/{made.name}"
            self.copies[self.flavour.folder + target] = made
            return parts.relative(self.page, target)
        self._publish(image.url)
        return str(image.url)

    def _publish(self, url: str) -> None:
        """Copy a file that the page shows or links to beside the page."""
        target = parts.below_output(self.page, url)
        source = Path(self.context.root) / target
        if source.is_file() and not target.startswith("../"):
            self.copies[self.flavour.folder + target] = source

    def _heading(self, heading: pf.Header) -> pf.Header:
        number = heading.attributes.get("number", "")
        said = [*([pf.Str(number), pf.Space()] if number else []), *heading.content]
        names = [heading.identifier, *heading.attributes.get("labels", "").split(",")]
        known = ["", self.slugs.get(heading.identifier, "")]
        known += [] if self.flavour.marks_headings else [made_of(pf.stringify(heading))]
        places = "".join(self.flavour.anchor(name) for name in dict.fromkeys(names) if name not in known)
        return pf.Header(*([inline(places)] if places else []), *said, level=heading.level)

    def _division(self, div: pf.Div) -> list[pf.Element] | None:
        if _HEADS & set(div.classes):
            return None  # what they stand in looks for them
        if "theorem" in div.attributes:
            return boxes.theorem(div, self.page, self.flavour)
        if "listing" in div.classes:
            return boxes.listing(div, self.page, self.flavour)
        if "tables" in div.classes:
            return boxes.tables(div, self.page, self.flavour)
        if "callout" in div.classes:
            return boxes.callout(div, self.page, self.flavour)
        if is_tabs(div):
            return boxes.tabs(div, self.flavour)
        if "code-fold" in div.classes:
            word = "Output" if "of-output" in div.classes else "Code"
            title = [pf.Str(div.attributes.get("summary", word))]
            return boxes.folded(title, list(div.content), is_open="open" in div.classes)
        return boxes.anchored(list(div.content), [div.identifier], self.flavour)

    def _figure(self, figure: pf.Figure) -> list[pf.Element]:
        inside = [pf.Para(*b.content) if isinstance(b, pf.Plain) else b for b in figure.content]
        return boxes.captioned(figure, "figure", inside, self.page, self.flavour)

    def _table(self, table: pf.Table) -> list[pf.Element]:
        place = block("")
        made = boxes.captioned(table, "table", [place], self.page, self.flavour)
        return [part for one in made for part in (markdown_tables.written(table) if one is place else [one])]

    def _note(self, note: pf.Note) -> pf.Element | None:
        if not self.takes_notes:
            return None
        self.notes.append(list(note.content))
        number = len(self.notes)
        return inline(f"<sup>{self.flavour.anchor(f'note-{number}-at')}[{number}](#note-{number})</sup>")

    def _html(self, raw: pf.RawBlock | pf.RawInline) -> list[pf.Element] | None:
        if raw.format != "html":
            return [] if raw.format != "markdown" else None
        text, lost = allowed(raw.text)
        for name, at in lost.items():
            hint = "write it in Markdown, or show it in HTML only"
            message = f"{self.flavour.reader} takes <{name}> away"
            report(RULE, message, line=line_in(raw.text, at, line_of(raw.text)), hint=hint)
        if text == raw.text:
            return None
        return [type(raw)(text, format="html")] if text.strip() else []

    def _text(self, text: pf.Str) -> list[pf.Element] | None:
        """A dollar of the text is no sign of a formula."""
        if "$" not in text.text:
            return None
        first, *pieces = text.text.split("$")
        made: list[pf.Element] = [pf.Str(first)] if first else []
        for piece in pieces:
            made += [inline("<span>&#36;</span>"), *([pf.Str(piece)] if piece else [])]
        return made

    def _underlined(self, element: pf.Underline) -> list[pf.Element]:
        return [inline("<ins>"), *element.content, inline("</ins>")]

    def _small(self, element: pf.SmallCaps) -> list[pf.Element]:
        return list(element.content)

    def _split(self, emphasis: pf.Emph | pf.Strong) -> list[pf.Element] | None:
        return apart(emphasis, type(emphasis))

    def _list(self, items: pf.OrderedList) -> list[pf.Element] | None:
        return boxes.lettered(items)

    def _defined(self, definitions: pf.DefinitionList) -> list[pf.Element]:
        return boxes.defined(definitions)


_ACTIONS: dict[type, Callable[[Elements, Any], pf.Element | list[pf.Element] | None]] = {
    pf.CodeBlock: Elements._code,
    pf.Math: Elements._formula,
    pf.Span: Elements._span,
    pf.Div: Elements._division,
    pf.Image: Elements._image,
    pf.Link: Elements._link,
    pf.Header: Elements._heading,
    pf.Str: Elements._text,
    pf.Underline: Elements._underlined,
    pf.SmallCaps: Elements._small,
    pf.Figure: Elements._figure,
    pf.Table: Elements._table,
    pf.Emph: Elements._split,
    pf.Strong: Elements._split,
    pf.DefinitionList: Elements._defined,
    pf.OrderedList: Elements._list,
    pf.RawBlock: Elements._html,
    pf.RawInline: Elements._html,
    pf.Note: Elements._note,
}
CHANGED = tuple(_ACTIONS)
"""What the second walk looks at."""
