"""HTML: pandoc's body in our template, code by Pygments, formulas by the chosen method."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import panflute as pf
from jinja2 import Environment, FileSystemBytecodeCache, FileSystemLoader
from markupsafe import Markup

from gradpress import __version__, context, references
from gradpress.cache import Store
from gradpress.formats import captions, divisions, math_html, parts, raw_tex, theorems
from gradpress.highlight import highlighted
from gradpress.mathcheck import Scope
from gradpress.page import Page, SiteView, Written, in_order
from gradpress.places import rewritten
from gradpress.running import runner
from gradpress.target import Target
from gradpress.walking import inlines_of

_RAW = (pf.RawBlock, pf.RawInline)
_CHANGED = (
    *(pf.CodeBlock, pf.Math, pf.Span, pf.Div, pf.Image, pf.Link, pf.Header),
    *(pf.Figure, pf.Table, pf.Para, pf.Plain),
)
Made = tuple[parts.Parts, dict[str, Path]]

STYLES = "assets/gradpress.css"
PREVIEWS = "assets/preview.js"
FIGURES = "assets/figures"


class Html:
    """`a/b.html` for `a/b.md`, with the figures and files that it shows."""

    name = "html"
    suffix = ".html"

    def write(self, page: Page, site: SiteView) -> Written:
        """The page's HTML and what it needs beside it."""
        math = math_html.of(page, site, root(page))
        made, copies = parts_of(page, site, math.pandoc_options)
        text = _environment(site).get_template("page.html.j2").render(_variables(page, site, made, math.head))
        return Written({f"{page.name}.html": text.encode()}, copies, math.shared)


def parts_of(page: Page, site: SiteView, math_options: tuple[str, ...] = ("--mathjax",)) -> Made:
    """Title, contents, body, … of the page as HTML, and the files that they show."""
    prepare = _Prepare(page, site, page.context)
    document = parts.prepared(page, "html", ((prepare.raw_tex, _RAW), (prepare.element, _CHANGED)))
    math_html.compiled(prepare.formulas, page, site, prepare.store)
    return parts.written(document, "html5", *_options(page), *math_options), prepare.copies


def root(page: Page) -> str:
    """The relative prefix from the page to the site's root."""
    return "../" * page.name.count("/")


def _options(page: Page) -> list[str]:
    depth = int(page.settings.get("toc-depth", 3)) + 1
    options = [f"--toc-depth={depth}", "--email-obfuscation=none"]
    return options + (["--toc"] if page.settings.get("toc", True) else [])


def _environment(site: SiteView) -> Environment:
    folder = site.cache / "jinja"
    folder.mkdir(parents=True, exist_ok=True)
    return Environment(
        loader=FileSystemLoader(site.templates),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        bytecode_cache=FileSystemBytecodeCache(str(folder)),
    )


def _variables(page: Page, site: SiteView, made: parts.Parts, head: str) -> dict[str, Any]:
    previous, following = _neighbours(page, site)
    abstract = Markup(made.abstract)
    return {
        "page": {
            "title": Markup(made.title or html.escape(page.title)),
            "title_text": page.title,
            "subtitle": Markup(made.subtitle),
            "authors": [Markup(a) for a in made.authors],
            "date": Markup(made.date),
            "abstract": abstract,
            "lang": page.settings.get("lang", site.lang),
            "dir": page.settings.get("dir", ""),
            "toc": Markup(made.toc) if made.toc.count("<li") > 1 else "",
            "body": Markup(made.body),
            "description": page.settings.get("description") or _plain(abstract),
            "url": f"{page.name}.html",
        },
        "site": {"title": site.title, "lang": site.lang, "base_url": site.base_url},
        "root": root(page),
        "nav": marked(site.nav, f"{page.name}.html"),
        "previous": previous,
        "next": following,
        "head_extra": Markup(head),
        "chapter": parts.chapter(page),
        "styles": [root(page) + STYLES],
        "scripts": [root(page) + PREVIEWS] if re.search(r'class="ref"|role="doc-biblioref"', made.body) else [],
        "generator": f"Gradpress {__version__}",
    }


def _plain(markup: str) -> str:
    text = html.unescape(re.sub(r"<[^>]+>", "", markup))
    return " ".join(text.split())[:300]


def marked(nav: tuple[Any, ...], url: str) -> list[dict[str, Any]]:
    """The navigation with the current page and the sections around it marked."""
    entries = []
    for entry in nav:
        children = marked(entry.children, url)
        current = entry.url == url
        opened = current or any(child["open"] for child in children)
        entries.append(
            {"title": entry.title, "url": entry.url, "children": children, "current": current, "open": opened}
        )
    return entries


def _neighbours(page: Page, site: SiteView) -> tuple[Any, Any]:
    pages = list(in_order(site.nav))
    urls = [entry.url for entry in pages]
    here = f"{page.name}.html"
    if here not in urls:
        return None, None
    at = urls.index(here)
    return (pages[at - 1] if at else None), (pages[at + 1] if at + 1 < len(pages) else None)


@dataclass
class _Prepare:
    """One walk's worth of changes, and the files that they ask for."""

    page: Page
    site: SiteView
    context: context.Context
    copies: dict[str, Path] = field(default_factory=dict)
    scope: Scope = field(default_factory=Scope)
    """What the formulas so far have defined."""
    formulas: list[math_html.Seen] = field(default_factory=list)
    tabs: int = 0
    """Groups of tabs so far."""

    @property
    def store(self) -> Store:
        return Store(self.site.cache)

    def raw_tex(self, element: pf.Element, _: pf.Doc) -> list[pf.Element] | None:
        """TeX outside mathematics as ordinary elements; in a walk of its own, before all else."""
        if isinstance(element, pf.RawBlock | pf.RawInline) and element.format in ("tex", "latex"):
            return raw_tex.read(element, self.page, runner(self.context).store)
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
        return None

    def _code(self, block: pf.CodeBlock) -> pf.RawBlock:
        block.attributes.pop("line", None)
        language = parts.language_of(block)
        markup = highlighted(block.text, "text" if "output" in block.classes else language, "html", self.store)
        classes = " ".join(html.escape(c) for c in block.classes if c not in ("norun", "fenced"))
        identifier = f' id="{html.escape(block.identifier)}"' if block.identifier else ""
        outer = "listing" if "output" in block.classes else "highlight"
        name = block.attributes.get("filename", "")
        title = f'<div class="code-filename">{html.escape(name)}</div>' if name else ""
        code = f'<pre tabindex="0"><code class="{classes}">{markup}</code></pre>'
        return pf.RawBlock(f'<div class="{outer}"{identifier}>{title}{code}</div>', format="html")

    def _image(self, image: pf.Image) -> pf.Element | None:
        for key in ("tex", "inches"):
            image.attributes.pop(key, None)
        if alt := image.attributes.pop("fig-alt", ""):
            image.content = [pf.Str(alt)]
        if parts.is_remote(image.url):
            return None
        blob = Path(image.url)
        if "loss-plot" in image.classes:
            return _inline_svg(image)
        if blob.is_relative_to(self.context.cache):
            self.copies[f"{FIGURES}/{blob.name}"] = blob
            image.url = parts.relative(self.page, f"{FIGURES}/{blob.name}")
        else:
            self._publish(image.url)
        return None

    def _link(self, link: pf.Link) -> None:
        if parts.is_remote(link.url):
            return
        path, mark, rest = link.url.partition("#")
        if re.search(r"\.(?:md|qmd|ipynb|tex)$", path):
            link.url = re.sub(r"\.(?:md|qmd|ipynb|tex)$", ".html", path) + mark + rest
        else:
            self._publish(link.url)

    def _formula(self, formula: pf.Math) -> pf.Element:
        """A display stands inside the places that its labels name."""
        labels = references.labels_in(formula.text) if formula.format == "DisplayMath" else ()
        method = self.page.settings.math.method
        linked = method in ("mathjax", "prerendered")
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
        for one in found:
            preview = {"data-preview": one.target.shown} if self._can_preview(one.target) else {}
            url = references.url(one.target, self.page)
            link = pf.Link(pf.Str(one.text), url=url, classes=["ref"], attributes=preview)
            self._link(link)
            links.append(link)
        return references.joined(links) or [pf.Str("???")]

    def _can_preview(self, target: Target) -> bool:
        """What stands on another page goes along with the link; only MathJax can show formulas later."""
        is_elsewhere = target.page != self.page.name and bool(target.shown)
        return is_elsewhere and (self.page.settings.math.method == "mathjax" or "\\" not in target.shown)

    def _division(self, division: pf.Div) -> pf.Element | list[pf.Element] | None:
        if "only-tex" in division.classes:
            return []
        if "title-anchor" in division.classes:
            division.attributes.pop("title", None)
        if "theorem" in division.attributes:
            return theorems.for_html(division, self.page)
        if "listing" in division.classes:
            return captions.listing_for_html(division, self.page)
        if "tables" in division.classes:
            return captions.tables_for_html(division, self.page)
        if "callout" in division.classes:
            return divisions.callout_for_html(division, self.page)
        if "tabs" in division.classes:
            self.tabs += 1
            return divisions.tabs_for_html(division, self.tabs)
        if "panels" in division.classes:
            captions.panels_for_html(division)
        if "code-fold" in division.classes:
            opened = " open" if "open" in division.classes else ""
            start = pf.RawBlock(f'<details class="code-fold"{opened}><summary>Code</summary>', format="html")
            return [start, *division.content, pf.RawBlock("</details>", format="html")]
        return None

    def _publish(self, url: str) -> None:
        """Copy a file that the page shows or links to beside the page."""
        target = parts.below_output(self.page, url)
        source = Path(self.context.root) / target
        if source.is_file() and not target.startswith("../"):
            self.copies[target] = source


_CLOSING = re.compile(r"^[.,;:!?)\]…’”]+")


def _keep_together(block: pf.Para | pf.Plain) -> None:
    """A formula and the punctuation right after it: browsers break the line between an inline box and a comma."""
    inlines = inlines_of(block)
    joined: list[pf.Element] = []
    for item in inlines:
        formula = joined[-1] if joined else None
        mark = _CLOSING.match(item.text) if isinstance(item, pf.Str) else None
        if mark and isinstance(formula, pf.Math) and formula.format == "InlineMath":
            rest = item.text[mark.end() :]
            joined[-1] = pf.Span(formula, pf.Str(mark[0]), classes=["nowrap"])
            joined += [pf.Str(rest)] if rest else []
        else:
            joined.append(item)
    if any(a is not b for a, b in zip(joined, inlines, strict=False)):
        block.content = joined


def _heading(heading: pf.Header) -> None:
    """The number that the section has been given; the page's title is the heading of level 1."""
    heading.level += 1
    heading.attributes.pop("labels", None)
    number = heading.attributes.pop("number", "")
    if number:
        heading.content = [pf.Span(pf.Str(number), classes=["header-section-number"]), pf.Space(), *heading.content]


def _inline_svg(image: pf.Image) -> pf.RawInline:
    """The plot inside the page, where its `currentColor` is the colour of the text."""
    svg = Path(image.url).read_text(encoding="utf-8")
    label = html.escape(pf.stringify(pf.Plain(*image.content)), quote=True)
    marked = svg.replace('role="img"', f'role="img" aria-label="{label}"', 1)
    return pf.RawInline(marked, format="html")
