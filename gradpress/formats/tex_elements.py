"""What LaTeX wants differently in a page: each kind of element, and the figures that the page includes."""

from __future__ import annotations

import posixpath
from pathlib import Path

import panflute as pf

from gradpress import context
from gradpress.book import labels
from gradpress.cache import Store
from gradpress.content import PAGE_SUFFIX
from gradpress.diagnostics import PageError, explanation, here, report
from gradpress.formats import captions_tex, code_lines, divisions, math_letters, parts, pictures, theorems
from gradpress.formats.tex_text import escaped
from gradpress.highlight import highlighted
from gradpress.math import faults
from gradpress.math.plain import is_plain
from gradpress.numbers import references
from gradpress.page import Page, SiteView
from gradpress.patterns import pattern
from gradpress.reading.places import line_in, line_of, rewritten
from gradpress.records import dataclass, field
from gradpress.tex.expansion import expand

MARKER = "%@L"
"""A comment before each formula and block: the line in the Markdown file that follows."""

_SHOWN = (".png", ".jpg", ".jpeg", ".pdf")
_GRAPHICS = pattern(r"\\includegraphics\s*(?:\[[^\]]*\])?\s*\{([^{}]+)\}")
_BEGIN = pattern(
    r"\\begin\s*\{(equation|align|gather|multline|alignat|flalign|eqnarray|xalignat|subequations|dmath|IEEEeqnarray)\*?\}"
)


KINDS: tuple[tuple[type, ...], ...] = (
    (pf.RawInline,),
    (pf.CodeBlock, pf.Image, pf.Link, pf.Span, pf.Div, pf.Header, pf.Figure, pf.Table),
    (pf.RawBlock, pf.RawInline, pf.Math),
)
"""What each walk of `Elements` looks at."""


@dataclass
class Elements:
    """One page's walks: what LaTeX wants differently, and the figures that it includes."""

    page: Page
    site: SiteView
    context: context.Context
    copies: dict[str, Path] = field(default_factory=dict)
    lacks_converter: bool = False
    """Whether it has been said that diagrams cannot be made PDF."""
    in_book: bool = False
    """Whether the other pages are chapters of the same document."""

    def metadata(self, element: pf.Element, _: pf.Doc) -> pf.Element | None:
        """A title is text and mathematics: raw TeX in it would be run (`\\input`), so it is shown."""
        if isinstance(element, pf.RawInline) and _in_metadata(element):
            return pf.Str(element.text)
        return None

    def element(self, element: pf.Element, _: pf.Doc) -> pf.Element | list[pf.Element] | None:
        """Code, images, links and divisions as LaTeX wants them."""
        if isinstance(element, pf.CodeBlock):
            return self._code(element)
        if isinstance(element, pf.Image):
            return self._image(element)
        if isinstance(element, pf.Link):
            self._link(element)
        elif isinstance(element, pf.Span) and "ref" in element.classes:
            return self._reference(element)
        elif isinstance(element, pf.Div):
            return self._division(element)
        elif isinstance(element, pf.Header):
            for key in ("number", "labels"):
                element.attributes.pop(key, None)
        elif isinstance(element, pf.Figure | pf.Table):
            return captions_tex.for_tex(element, self.page)
        return None

    def marked(self, element: pf.Element, _: pf.Doc) -> pf.Element | list[pf.Element] | None:
        """The line before each formula, and displays that number themselves as they are."""
        if self.in_book and isinstance(element, pf.Math | pf.RawInline) and _in_heading(element):
            element.text = rewritten(element.text, expand(element.text, self.page.preamble))
        if isinstance(element, pf.RawBlock | pf.RawInline) and element.format == "tex":
            self._take_along(element.text)
        if isinstance(element, pf.RawBlock) and element.format == "tex":
            line = line_of(element.text)
            return pf.RawBlock(f"{MARKER}{line}\n{element.text}", format="tex") if line else None
        if not isinstance(element, pf.Math):
            return None
        line = line_of(element.text)
        element.text = references.written_in(element.text, self.page, self.site.targets)
        _refuse_unbalanced(element.text, line, self.page)
        element.text = math_letters.spelled(element.text)
        text = element.text.strip()
        numbered = element.format == "DisplayMath" and _BEGIN.match(text)
        formula = pf.RawInline(text, format="latex") if numbered else element
        row = _row(element)
        if row and element.format == "DisplayMath":
            shown = text if numbered else f"\\[{text}\\]"
            return pf.RawInline(_in_cell(shown, len(row.content)), format="latex")
        if not line or _in_header(element):
            return formula if numbered else None
        return [_comment(line), formula]

    def _division(self, division: pf.Div) -> list[pf.Element] | None:
        if "only-html" in division.classes:
            return []
        if "title-anchor" in division.classes:
            for key in ("title", "number"):
                division.attributes.pop(key, None)
        if "theorem" in division.attributes:
            return theorems.for_tex(division, self.page)
        if "listing" in division.classes:
            return captions_tex.listing_for_tex(division, self.page)
        if "tables" in division.classes:
            return captions_tex.tables_for_tex(division, self.page)
        if "callout" in division.classes:
            return divisions.callout_for_tex(division, self.page)
        if divisions.is_tabs(division):
            return divisions.tabs_for_tex(division)
        if "annotations" in division.classes:
            return divisions.annotations_for_tex(division)
        if "panels" in division.classes:
            return captions_tex.columns_for_tex(division, self.page)
        return None

    def _reference(self, span: pf.Span) -> list[pf.Element]:
        """To a place on this page by LaTeX's own anchors; to another page as any link."""
        resolved = references.resolve(span, self.page, self.site.targets)
        found: list[pf.Element] = []
        for one in resolved:
            before, tag, after = one.around
            text = f"{escaped(before)}{tag}{escaped(after)}".replace("\N{NO-BREAK SPACE}", "~")
            if not self.page.settings.numbers.hyperlink:
                found.append(pf.Span(*one.words) if one.words else pf.RawInline(text, format="latex"))
            elif one.target.page == self.page.name or self.in_book:
                anchor = one.target.anchor or one.target.label
                named = labels.of_page(one.target.page, anchor) if self.in_book else anchor
                start = f"\\hyperref[{named}]{{"
                tex = pf.RawInline(start, format="latex"), *one.words, pf.RawInline("}", format="latex")
                found.append(pf.Span(*tex) if one.words else pf.RawInline(f"{start}{text}}}", format="latex"))
            else:
                said = [pf.Str(before), pf.RawInline(tag, format="latex"), pf.Str(after)]
                link = pf.Link(*(one.words or said), url=references.url(one.target, self.page))
                self._link(link)
                found.append(link)
        return references.joined(found, resolved) or [pf.Str("???")]

    def _code(self, block: pf.CodeBlock) -> pf.RawBlock:
        is_output = "output" in block.classes
        language = "text" if is_output else parts.language_of(block)
        markup = highlighted(block.text, language, "latex", Store(self.site.cache))
        name = "cellerror" if _is_error(block) else "celloutput" if is_output else "cellcode"
        line = block.attributes.get("line") or line_of(block.text)
        marker = f"{MARKER}{line}\n" if line else ""
        looks = code_lines.of(block, self.page)
        options = f"commandchars=\\\\\\{{\\}}{code_lines.options_for_tex(looks)}"
        begin = f"{code_lines.filename_for_tex(block)}\\begin{{{name}}}[{options}]"
        text = f"{marker}{begin}\n{code_lines.for_tex(markup, looks)}\n\\end{{{name}}}"
        if _in_note(block):
            text += "\n\\relax "  # the brace that closes the note may not follow directly
        return pf.RawBlock(text, format="latex")

    def _image(self, image: pf.Image) -> pf.Element | list[pf.Element] | None:
        inches, other = image.attributes.pop("inches", ""), image.attributes.pop("tex", "")
        line = int(image.attributes.pop("line", 0) or 0)
        for key in ("curves", "csv"):  # for readers of HTML
            image.attributes.pop(key, None)
        if parts.is_remote(image.url):
            return self._without(image, "is not on this machine")
        is_blob = Path(image.url).is_relative_to(self.context.cache)
        if is_blob:
            source = Path(other or image.url)
        else:
            source = Path(self.context.root) / parts.below_output(self.page, image.url)
        if not source.is_file():
            return list(image.content)
        if source.suffix.lower() == ".svg":
            made = pictures.as_pdf(source, Store(self.site.cache))
            if made is None and "diagram" in image.classes:
                return self._undrawn(image, line)
            if made is None:
                return self._without(image, f"cannot be made PDF without {' or '.join(pictures.PROGRAMS)}")
            source = made
        if source.suffix.lower() not in _SHOWN:
            return self._without(image, "is in a format that LaTeX cannot include; use PDF, PNG or JPEG")
        target = f"{self.page.name}_files/{source.name}"
        if self.copies.get(target, source) != source:  # of the same name in another folder
            target = f"{self.page.name}_files/{len(self.copies)}-{source.name}"
        self.copies[target] = source
        image.url = target if self.in_book else parts.relative(self.page, target)
        if inches:
            image.attributes["width"] = f"{inches}in"
        return None

    def _take_along(self, text: str) -> None:
        """Pictures that raw TeX includes, under the names by which it includes them."""
        folder = posixpath.dirname(self.page.name)
        for name in _GRAPHICS.findall(text):
            target = posixpath.normpath(posixpath.join(folder, name.strip()))
            source = Path(self.context.root) / target
            if source.is_file() and not target.startswith(("..", "/")) and not name.startswith(".."):
                self.copies[target] = source

    def _without(self, image: pf.Image, why: str) -> list[pf.Element]:
        line = line_of(f"]({image.url}") or line_of(image.url)
        report("image-format", f"the image '{image.url}' {why}; PDF shows its words", line=line)
        words = image.attributes.get("fig-alt", "")
        return list(image.content) or ([pf.Str(words)] if words else [])

    def _undrawn(self, image: pf.Image, line: int) -> list[pf.Element]:
        """The words of a diagram, of which there is no drawing for LaTeX; the first one stands for all."""
        if not self.lacks_converter:
            message = "diagrams in PDF need 'rsvg-convert', which was not found; PDF shows their words"
            report("diagram-missing", message, line=line, hint="install librsvg2-bin")
        self.lacks_converter = True
        return list(image.content)

    def _link(self, link: pf.Link) -> None:
        """To other pages: in the same book, on the web if the site has an address, else to the PDF beside this one."""
        if parts.is_remote(link.url):
            return
        path, mark, rest = link.url.partition("#")
        if self.in_book and path and PAGE_SUFFIX.search(path):
            page = PAGE_SUFFIX.sub("", parts.below_output(self.page, path))
            link.url = f"#{labels.of_page(page, rest)}"
        elif self.site.base_url:
            page = PAGE_SUFFIX.sub(".html", parts.below_output(self.page, path))
            link.url = f"{self.site.base_url.rstrip('/')}/{page}{mark}{rest}"
        else:
            link.url = PAGE_SUFFIX.sub(".pdf", path)


def _refuse_unbalanced(formula: str, line: int, page: Page) -> None:
    """A brace that is not closed swallows the rest of the document: TeX could not name its line."""
    if is_plain(formula, page.preamble, display=True):
        return
    if problem := faults.unclosed(formula, page.preamble, page.settings.math):
        if line and (known := explanation(line, line_in(formula, len(formula), line))):
            raise PageError(known.rule, known.message, known.place, known.hint)
        raise PageError(problem.rule, problem.message, here(line_in(formula, problem.offset, line)))


def _in_note(element: pf.Element) -> bool:
    outer = element.parent
    while outer is not None and not isinstance(outer, pf.Note):
        outer = outer.parent
    return outer is not None


def _is_error(block: pf.CodeBlock) -> bool:
    return isinstance(block.parent, pf.Div) and "error" in block.parent.classes


def _comment(line: int) -> pf.RawInline:
    return pf.RawInline(f"{MARKER}{line}\n", format="latex")


def _row(element: pf.Element) -> pf.TableRow | None:
    """The table row that the element stands in."""
    while element is not None and not isinstance(element, pf.TableRow):
        element = element.parent
    return element


def _in_cell(display: str, columns: int) -> str:
    """A display in a column needs a paragraph with a width, and braces: its `&` would end the cell."""
    width = 0.9 / max(columns, 1)
    return f"{{\\begin{{minipage}}{{{width:.2f}\\linewidth}}{display}\\end{{minipage}}}}"


def _in_metadata(element: pf.Element) -> bool:
    while element.parent is not None and not isinstance(element.parent, pf.Doc):
        element = element.parent
    return isinstance(element, pf.MetaValue)


def _in_heading(element: pf.Element) -> bool:
    """What the contents and the running heads repeat, where the page's own macros mean nothing."""
    while element is not None and not isinstance(element, pf.Header | pf.MetaValue):
        element = element.parent
    return element is not None


def _in_header(element: pf.Element) -> bool:
    """A comment inside the argument of `\\section` or a caption would swallow its brace."""
    while element is not None:
        if isinstance(element, pf.Header | pf.Caption | pf.Link | pf.Image | pf.TableCell | pf.MetaValue):
            return True
        element = element.parent
    return False
