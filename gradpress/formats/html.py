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
from gradpress.assets import SCRIPT, STYLE
from gradpress.formats import heading_links, math_html, parts, table_corners, templates
from gradpress.formats.html_elements import CHANGED, RAW, Elements
from gradpress.numbers import references
from gradpress.page import Entry, Page, SiteView, Written
from gradpress.site_parts import addresses, page_parts
from gradpress.site_parts.addresses import NOT_FOUND

Made = tuple[parts.Parts, dict[str, Path]]

_SILENT = ("mathjax", "katex", "prerendered")
"""With these methods pandoc copies formulas: it warns of nothing when it writes HTML."""
_UNWRITTEN = parts.Parts("", "", (), "", "", "", "")


class Html:
    """`a/b.html` for `a/b.md`, with the figures and files that it shows."""

    name = "html"
    suffix = ".html"

    def write(self, page: Page, site: SiteView) -> Written:
        """The page's HTML and what it needs beside it."""
        math = math_html.of(page, site, root(page, site))
        made, copies = parts_of(page, site, math.pandoc_options)
        folder, own = page.source.path.parent, page.settings.get("css", ())
        styles, sheets = stylesheets.of(own, page.source.header, folder, site.content)
        variables = _variables(page, site, made, math.head, (*site.styles, *styles))
        more, files = page_parts.of(page, site, made, variables["page"])
        template = templates.html(site.templates, site.cache).get_template("page.html.j2")
        text = template.render({**variables, **more})
        return Written({f"{page.name}.html": text.encode()}, {**copies, **sheets, **files}, math.shared)


def parts_of(page: Page, site: SiteView, math_options: tuple[str, ...] = ("--mathjax",)) -> Made:
    """Title, contents, body, … of the page as HTML, and the files that they show."""
    prepare = Elements(page, site, page.context)
    document = parts.prepared(page, "html", ((prepare.raw_tex, RAW), (prepare.element, CHANGED)))
    math_html.compiled(prepare.formulas, page, site, prepare.store)
    if site.only_checked and page.settings.math.method in _SILENT:
        return _UNWRITTEN, prepare.copies
    return parts.written(document, "html5", *_options(page), *math_options), prepare.copies


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
    abstract = Markup(made.abstract)
    words = interface.said(page.settings.get("lang", site.lang))
    return {
        "page": {
            "title": Markup(made.title or html.escape(title)),
            "title_text": title,
            "subtitle": Markup(made.subtitle),
            "authors": [Markup(a) for a in made.authors],
            "date": Markup(made.date),
            "abstract": abstract,
            "lang": page.settings.get("lang", site.lang),
            "dir": page.settings.get("dir", ""),
            "toc": Markup(made.toc) if made.toc.count("<li") > 1 else "",
            "body": Markup(heading_links.added(_body(page, site, made), words["permalink"])),
            "description": page.settings.get("description") or _plain(abstract),
            "url": url,
        },
        "site": site,
        "root": root(page, site),
        "words": words,
        "theme": theme.appearance(site.theme),
        "above": tuple(_titled(entry, page, site) for entry in site.nav.above(url)),
        "nav": tuple(_titled(entry, page, site) for entry in site.nav.shown(url)),
        "previous": previous,
        "next": following,
        "head_extra": Markup(head),
        "chapter": parts.chapter(page),
        "styles": [link if stylesheets.is_elsewhere(link) else root(page, site) + link for link in (STYLE, *styles)],
        "scripts": [root(page, site) + SCRIPT],
        "generator": f"Gradpress {__version__}",
    }


def _body(page: Page, site: SiteView, made: parts.Parts) -> str:
    if page.name != NOT_FOUND:
        return table_corners.plain(made.body)
    from gradpress.site_parts import not_found

    return not_found.rooted(table_corners.plain(made.body), root(page, site))


def _titled(entry: Entry, page: Page, site: SiteView) -> Entry:
    """The entry and those below it with the references in their titles said."""
    children = tuple(_titled(child, page, site) for child in entry.children)
    title = references.title(entry.title, (entry.url or "").removesuffix(".html"), page, site.targets)
    return replace(entry, title=title, children=children)


def _plain(markup: str) -> str:
    text = html.unescape(re.sub(r"<[^>]+>", "", markup))
    return " ".join(text.split())[:300]
