"""Slides: the page as a deck of reveal.js in a template of our own, with the page's preamble, numbers and figures."""

from __future__ import annotations

import html
from typing import Any

from markupsafe import Markup

from gradpress import __version__, interface, stylesheets, theme
from gradpress.decks import dealing, reveal, wishes
from gradpress.decks import site as decks
from gradpress.decks.site import SUFFIX
from gradpress.diagnostics import GradpressError, PageError, here
from gradpress.formats import code_lines, math_html, parts, prerendered, templates
from gradpress.formats.html import root
from gradpress.formats.html_elements import CHANGED, RAW, Elements
from gradpress.numbers import references
from gradpress.page import Page, SiteView, Written

SIZES = {"16:9": (1280, 720), "4:3": (960, 720)}


class Slides:
    """`a/b.slides.html` for `a/b.md`, with the figures and files that it shows."""

    name = "slides"
    suffix = SUFFIX

    def write(self, page: Page, site: SiteView) -> Written:
        """The deck and what it needs beside it."""
        wish, up = wishes(page.settings.values), root(page, site)
        try:
            shared = reveal.staged(site, wish.get("theme", reveal.OWN))
        except GradpressError as error:
            said = error.diagnostic
            raise PageError(said.rule, said.message, here(page.source.header.line("slides")), said.hint) from None
        math = math_html.of(page, site, up)
        made, elements, styles = _made(page, site, math.pandoc_options)
        if page.settings.math.method == "prerendered":
            made, math = prerendered.drawn(made, page, site, up)
        sheets, copies = stylesheets.of(
            page.settings.get("css", ()), page.source.header, page.source.path.parent, site.content
        )
        variables = _variables(page, site, made, [*site.styles, *sheets])
        variables["head_extra"] = Markup(_at_once(math.head))
        variables["style"] = Markup(_css("\n".join([str(wish.get("style", "")), *styles])))
        template = templates.html(site.templates, site.cache).get_template("slides.html.j2")
        files = {f"{page.name}{SUFFIX}": template.render(variables).encode()}
        return Written(files, {**elements.copies, **copies}, {**math.shared, **shared})


class _OnSlides(Elements):
    """What slides want differently in a page."""

    def lines(self, markup: str, looks: code_lines.Looks) -> str:
        """Lines that are lit one step after the other."""
        return code_lines.for_slides(markup, looks)


def _made(page: Page, site: SiteView, math: tuple[str, ...]) -> tuple[parts.Parts, Elements, list[str]]:
    """The parts of the page as HTML, its body as sections, and the author's CSS that stood between them."""
    elements = _OnSlides(page, site, page.context)
    document = parts.prepared(page, "html", ((elements.raw_tex, RAW), (elements.element, CHANGED)), of_deck=True)
    math_html.compiled(elements.formulas, page, site, elements.store)
    styles = dealing.dealt(document, page, elements)
    return parts.written(document, "html5", "--email-obfuscation=none", *math), elements, styles


def _at_once(head: str) -> str:
    """A page starts MathJax when its text has been painted; slides are shown when their formulas are set."""
    return head.replace(' type="text/plain"', " defer")


def _css(text: str) -> str:
    """An author's CSS inside `<style>`, which it cannot end."""
    return text.replace("</", "<\\/").strip()


def _variables(page: Page, site: SiteView, made: parts.Parts, sheets: list[str]) -> dict[str, Any]:
    wish, up = wishes(page.settings.values), root(page, site)
    title = references.title(page.title, page.name, page, site.targets)
    width, height = SIZES[wish.get("size", "16:9")]
    chosen = wish.get("theme", reveal.OWN)
    looks = reveal.style(chosen)
    links = [decks.STYLE, *([looks] if looks else []), *sheets]
    return {
        "title": Markup(made.title or html.escape(title)),
        "title_text": title,
        "subtitle": Markup(made.subtitle),
        "authors": [Markup(author) for author in made.authors],
        "date": Markup(made.date),
        "lang": page.settings.get("lang", site.lang),
        "dir": page.settings.get("dir", ""),
        "has_title": wish.get("title-slide", True),
        "body": Markup(made.body),
        "site": site,
        "words": interface.said(page.settings.get("lang", site.lang)),
        "appearance": _appearance(chosen, site),
        "deck_theme": chosen,
        "has_some_numbers": has_some(wish),
        "styles": [link if stylesheets.is_elsewhere(link) else up + link for link in links],
        "scripts": [up + script for script in _SCRIPTS],
        "steps": range(max((made.body.count(f"step-{k}") and k for k in range(1, 30)), default=0) + 1),
        "width": width,
        "height": height,
        "options": _options(page, wish, width, height),
        "generator": f"Gradpress {__version__}",
    }


_SCRIPTS = (f"{reveal.TARGET}/reveal.js", f"{reveal.TARGET}/plugin/notes/notes.js", decks.SCRIPT)


def _appearance(chosen: str, site: SiteView) -> str:
    """`light` or `dark` where the reader does not decide."""
    if chosen == reveal.OWN:
        return theme.appearance(site.theme)
    return "dark" if chosen in reveal.DARK else "light"


def has_some(wish: Any) -> bool:
    """Whether each slide says for itself if it shows its number, as those of Marp do."""
    return bool(wish.get("split") == "rules")


def _options(page: Page, wish: Any, width: int, height: int) -> dict[str, Any]:
    """What reveal.js is told."""
    return {
        "width": width,
        "height": height,
        "margin": 0,
        "center": False,
        "hash": True,
        "slideNumber": "c/t" if has_some(wish) or wish.get("numbers", True) else False,
        "transition": wish.get("transition", "none"),
        "backgroundTransition": "none",
        "pdfSeparateFragments": False,
        "rtl": page.settings.get("dir", "") == "rtl",
    }
