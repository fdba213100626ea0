"""HTML: pandoc's body in our template, code by Pygments, formulas by the chosen method."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from markupsafe import Markup

from gradpress import __version__, interface, stylesheets, theme
from gradpress.assets import CURVES, SCRIPT, STYLE
from gradpress.formats import heading_links, math_html, parts, table_headers, templates
from gradpress.formats.html_elements import CHANGED, RAW, Elements
from gradpress.navigation import EXECUTION
from gradpress.numbers import references
from gradpress.page import Entry, Page, SiteView, Written
from gradpress.patterns import pattern
from gradpress.reading import inputs
from gradpress.searching import phrases
from gradpress.site_parts import addresses, page_parts
from gradpress.site_parts.addresses import NOT_FOUND
from gradpress.tex.macros import Preamble

Made = tuple[parts.Parts, dict[str, Path], Sequence[parts.Drawing]]

_SILENT = ("mathjax", "katex", "prerendered")
"""With these methods pandoc copies formulas: it warns of nothing when it writes HTML."""
_FORMULA = pattern(r"\\\((.*?)\\\)|\\\[(.*?)\\\]", re.DOTALL)
"""A formula in text that pandoc has written for MathJax."""
_PREVIEWED = pattern(r' data-preview="[^"]*\\[(\[]')
"""A formula in what a reference shows of another page."""
_UNWRITTEN = parts.Parts("", "", (), "", "", "", "")


class Html:
    """`a/b.html` for `a/b.md`, with the figures and files that it shows."""

    name = "html"
    suffix = ".html"

    def write(self, page: Page, site: SiteView) -> Written:
        """The page's HTML and what it needs beside it."""
        math = math_html.of(page, site, root(page, site))
        made, copies, drawings = parts_of(page, site, math.pandoc_options)
        written = replace(made, body=table_headers.readable(made.body, page.preamble))
        made, math = _with_formulas(written, math, page, site)
        folder, own = page.source.path.parent, page.settings.get("css", ())
        styles, sheets = stylesheets.of(own, page.source.header, folder, site.content)
        variables = _variables(page, site, made, math.head, (*site.styles, *styles))
        template = templates.html(site.templates, site.cache).get_template("page.html.j2")
        variables["page"]["description"] = page.settings.get("description") or _plain(written.abstract, page.preamble)
        more, beside = page_parts.of(page, site, written, variables["page"], drawings)
        files = {f"{page.name}.html": template.render({**variables, **more}).encode()}
        if site.search and not site.only_checked and _can_be_found(page):
            from gradpress.searching import record

            files[record.target(page.name)] = record.written(page, variables["page"]["title_text"], written)
        return Written(files, {**copies, **sheets, **beside}, math.shared)


def _with_formulas(
    made: parts.Parts, math: math_html.MathHead, page: Page, site: SiteView
) -> tuple[parts.Parts, math_html.MathHead]:
    """The page with its formulas drawn, if they are to be, and what its head needs for them."""
    if not _has_formulas(made):
        return made, math_html.MathHead("", math.pandoc_options)
    if page.settings.math.method != "prerendered":
        return made, math
    from gradpress.formats import prerendered

    return prerendered.drawn(made, page, site, root(page, site))


def _has_formulas(made: parts.Parts) -> bool:
    """Whether anything on the page is to be set: else no reader waits for what sets it."""
    shown = (made.title, made.subtitle, *made.authors, made.abstract, made.toc, made.body)
    return any('class="math' in part or _PREVIEWED.search(part) for part in shown)


def parts_of(page: Page, site: SiteView, math_options: tuple[str, ...] = ("--mathjax",)) -> Made:
    """Title, contents, body, … of the page as HTML, the files that they show, and figures in the order of the page."""
    prepare = Elements(page, site, page.context)
    document = parts.prepared(page, "html", ((prepare.raw_tex, RAW), (prepare.element, CHANGED)))
    math_html.compiled(prepare.formulas, page, site, prepare.store)
    if site.only_checked and page.settings.math.method in _SILENT:
        return _UNWRITTEN, prepare.copies, ()
    return parts.written(document, "html5", *_options(page), *math_options), prepare.copies, prepare.figures


def _can_be_found(page: Page) -> bool:
    return page.name != NOT_FOUND and page.settings.get("search", True) and not page.settings.get("draft", False)


def root(page: Page, site: SiteView) -> str:
    """The prefix from the page to the site's root: relative, but for the page that servers show anywhere."""
    return addresses.root(site.base_url) if page.name == NOT_FOUND else "../" * page.name.count("/")


def _options(page: Page) -> list[str]:
    depth = int(page.settings.get("toc-depth", 3)) + 1
    options = [f"--toc-depth={depth}", "--email-obfuscation=none"]
    return options + (["--toc"] if page.settings.get("toc", True) else [])


def _variables(page: Page, site: SiteView, made: parts.Parts, head: str, styles: Sequence[str]) -> dict[str, Any]:
    url = f"{page.name}.html"
    title = references.title(page.title, page.name, page, site.targets)
    previous, following = (_titled(entry, page, site) if entry else None for entry in site.nav.neighbours(url))
    words = interface.said(page.settings.get("lang", site.lang))
    return {
        "page": {
            "title": Markup(made.title or html.escape(title)),
            "title_text": title,
            "subtitle": Markup(made.subtitle),
            "authors": [Markup(a) for a in made.authors],
            "date": Markup(made.date),
            "abstract": Markup(made.abstract),
            "lang": page.settings.get("lang", site.lang),
            "dir": page.settings.get("dir", ""),
            "toc": Markup(made.toc) if made.toc.count("<li") > 1 else "",
            "body": Markup(heading_links.added(_body(page, site, made), words["permalink"])),
            "url": url,
        },
        "site": site,
        "search": phrases.said(page.settings.get("lang", site.lang)) if site.search else {},
        "root": root(page, site),
        "words": words,
        "theme": theme.appearance(site.theme),
        "above": tuple(_titled(entry, page, site) for entry in site.nav.above(url)),
        "nav": tuple(_titled(entry, page, site) for entry in site.nav.shown(url)),
        "previous": previous,
        "next": following,
        "head_extra": Markup(head),
        "chapter": parts.chapter(page),
        "execution": root(page, site) + EXECUTION if inputs.costs() else "",
        "styles": [link if stylesheets.is_elsewhere(link) else root(page, site) + link for link in (STYLE, *styles)],
        "typesets": "MathJax-script" in head,
        "scripts": [root(page, site) + script for script in (SCRIPT, *([CURVES] if "loss-plot" in made.body else []))],
        "generator": f"Gradpress {__version__}",
    }


def _body(page: Page, site: SiteView, made: parts.Parts) -> str:
    if page.name != NOT_FOUND:
        return made.body
    from gradpress.site_parts import not_found

    return not_found.rooted(made.body, root(page, site))


def _titled(entry: Entry, page: Page, site: SiteView) -> Entry:
    """The entry and those below it with the references in their titles said."""
    children = tuple(_titled(child, page, site) for child in entry.children)
    title = references.title(entry.title, (entry.url or "").removesuffix(".html"), page, site.targets)
    return replace(entry, title=title, children=children)


def _plain(markup: str, preamble: Preamble) -> str:
    """The first words of what pandoc has written, formulas as text."""
    text = html.unescape(re.sub(r"<[^>]+>", "", markup))
    if r"\(" in text or r"\[" in text:
        from gradpress.searching.formulas import read

        text = _FORMULA.sub(lambda found: read(found[1] or found[2], preamble).text, text)
    return " ".join(text.split())[:300]
