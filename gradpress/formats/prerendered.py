"""`math.method: prerendered`: the formulas of a page as drawings, in the HTML that pandoc has written.

A drawing is hidden from screen readers, which get MathML; both are followed by the formula's TeX, which nobody sees
but a selection that is copied.  Nothing of it needs a script, a font or another file.
"""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from gradpress.cache import Store
from gradpress.diagnostics import GradpressError, report
from gradpress.formats import math_html
from gradpress.formats.parts import Parts
from gradpress.math import mathjax, prerender
from gradpress.math.prerender import Drawing, Formula
from gradpress.numbers import references
from gradpress.page import Page, SiteView
from gradpress.patterns import pattern
from gradpress.reading import inputs
from gradpress.records import fields, replace

_WRITTEN = pattern(r'<span class="math (inline|display)">\\[(\[](.*?)\\[)\]]</span>', re.DOTALL)
"""A formula as pandoc writes it for MathJax."""
_PREVIEW = pattern(r' data-preview="([^"]*\\[(\[][^"]*)"')
"""What a reference shows of another page, with formulas in it."""
_INSIDE = pattern(r"\\(?:\((.*?)\\\)|\[(.*?)\\\])", re.DOTALL)
_REFERENCES = pattern(r"\\(?:eqref|ref)\s*\{([^{}]*)\}")
_WIDE = pattern(r'^[^>]*><svg style="[^"]*?width:([\d.]+)ex')
_CONTENT = pattern(r"^(<svg[^>]*>)<g>((?:(?!<a |<svg).)*)</g></svg>$", re.DOTALL)
"""A drawing without links and tables: how it is placed, and what it shows."""
_SHORT = 40
"""Characters that are not worth a name."""
NARROW = 32
"""Ex that fit on every screen."""
STYLE = """
mjx-container { position: relative; direction: ltr; white-space: nowrap; }
mjx-container[display="true"] { display: block; text-align: center; }
mjx-container > svg { max-width: none; overflow: visible; user-select: none; -webkit-user-select: none; }
mjx-container > svg > :is(g, use):not([transform]) { transform: scale(1, -1); }
mjx-container > svg > :is(g, use):not([transform]) { fill: currentColor; stroke: currentColor; }
mjx-container > svg > g:not([transform]) { stroke-width: 0; }
mjx-container svg svg { overflow: visible; }
mjx-container svg a { fill: currentColor; stroke: currentColor; }
mjx-container use { stroke-width: 3; }
mjx-container :is([data-line], [data-frame]) { stroke-width: 70px; fill: none; }
.mjx-dashed { stroke-dasharray: 140; }
.mjx-dotted { stroke-linecap: round; stroke-dasharray: 0, 140; }
mjx-assistive-mml, .mjx-tex { width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
mjx-assistive-mml { position: absolute; inset: 0 auto auto 0; user-select: none; -webkit-user-select: none; }
mjx-assistive-mml :is(math, math *) { display: inline; }
.mjx-tex { display: inline-block; margin-inline-end: -1px; white-space: pre; }
@media print { .mjx-tex { display: none; } }
"""
"""What the drawings want of a page.  MathML that is laid out would put line breaks into what is copied."""


def drawn(made: Parts, page: Page, site: SiteView, root: str) -> tuple[Parts, math_html.MathHead]:
    """The page with its formulas drawn, and what its head needs; MathJax in the browser where nothing can draw."""
    try:
        pictures = _drawn(made, page, site)
    except GradpressError as error:
        _tell(error, page)
        return made, math_html.in_browser(page, site, root)
    return pictures, math_html.MathHead(f"<style>{STYLE}</style>", ())


def _tell(error: GradpressError, page: Page) -> None:
    """Where the method is chosen: in the page's header, or once for all pages of a site."""
    said = error.diagnostic
    line = page.source.header.line("math", "method")
    if line:
        report(said.rule, said.message, line=line, hint=said.hint)
    else:
        file, line = _chosen(page)
        report(said.rule, said.message, file=file, line=line, hint=said.hint)


def _chosen(page: Page) -> tuple[str, int]:
    from pathlib import Path

    from gradpress.content import CONFIGURATION
    from gradpress.reading import yaml_text
    from gradpress.reading.source import read_text

    path = Path(page.context.root) / CONFIGURATION
    document = yaml_text.parse(read_text(path)) if path.is_file() else yaml_text.Document()
    return CONFIGURATION, document.line("math", "method")


def _drawn(made: Parts, page: Page, site: SiteView) -> Parts:
    """Raises GradpressError when node or a package is missing, or fails."""
    math, near = page.settings.math, site.content.resolve()
    inputs.note_condition("program node")
    for place in prerender.places(math, site.cache, near):
        inputs.note(place)
    program = prerender.program(math, site.cache, near)
    formulas = [_formula(found, page, site) for text in _texts(made) for found in _WRITTEN.finditer(text)]
    previews = _PREVIEW.findall(made.body)  # they define nothing for the page: it comes first
    formulas += [_previewed(found) for preview in previews for found in _INSIDE.finditer(html.unescape(preview))]
    config = mathjax.configuration(math, page.preamble)
    found = prerender.drawn(program, math, config, formulas, Store(site.cache), page.name) if formulas else None
    if formulas and found is None:
        raise prerender.missing("node did not answer", "build once more, or look whether 'node' runs")
    return _shown(made, formulas, found.each, found.outlines) if found else made


def _texts(made: Parts) -> Iterator[str]:
    """The parts in the order in which formulas may define something for others."""
    for part in fields(made):
        value = getattr(made, part.name)
        yield from (value,) if isinstance(value, str) else value


def _formula(found: re.Match[str], page: Page, site: SiteView) -> Formula:
    text = html.unescape(found[2])
    return Formula(text, found[1] == "display", _referred(text, page, site))


def _previewed(found: re.Match[str]) -> Formula:
    return Formula(found[1] or found[2] or "", found[2] is not None, {})


def _referred(text: str, page: Page, site: SiteView) -> Mapping[str, tuple[str, str]]:
    r"""What `\ref` and `\eqref` of a formula lead to; those to other pages are text already."""
    labels = set(_REFERENCES.findall(text)) if "ref" in text else set()
    meant = {label: found[0] for label in sorted(labels) if (found := site.targets.find(label.strip(), page.name))}
    return {label: (_tag(one.number, one.kind, page), one.anchor or one.label) for label, one in meant.items()}


def _tag(number: str, kind: str, page: Page) -> str:
    r"""What MathJax shows for `\ref`: what stands in the `\tag`."""
    is_own = kind == "equation" and page.settings.number_style != "(1)"
    return references.in_style(number, page) if is_own else number


def _shown(made: Parts, formulas: list[Formula], drawings: tuple[Drawing, ...], outlines: Mapping[str, str]) -> Parts:
    drawings, repeated = _once(drawings)
    pictures = iter([_put(*pair) for pair in zip(formulas, drawings, strict=True)])
    changed: dict[str, Any] = {}
    for part in fields(made):
        value = getattr(made, part.name)
        texts = [
            _WRITTEN.sub(lambda _: next(pictures), text) for text in ((value,) if isinstance(value, str) else value)
        ]
        changed[part.name] = texts[0] if isinstance(value, str) else tuple(texts)
    shapes = "".join(f'<path id="{name}" d="{path}"/>' for name, path in outlines.items()) + repeated
    shared = f'<svg style="display:none" aria-hidden="true"><defs>{shapes}</defs></svg>\n' if shapes else ""
    body = _PREVIEW.sub(lambda found: _with_drawn(found, pictures), changed["body"])
    return replace(made, **{**changed, "body": shared + body})


def _once(drawings: tuple[Drawing, ...]) -> tuple[tuple[Drawing, ...], str]:
    """The drawings, and the contents of those that a page has several times: `x_i` is there dozens of times."""
    inside = Counter(found[2] for drawing in drawings if (found := _CONTENT.match(drawing.svg)))
    names = {text: f"mF{k}" for k, text in enumerate((t for t, n in inside.items() if n > 1 and len(t) > _SHORT), 1)}

    def short(drawing: Drawing) -> Drawing:
        found = _CONTENT.match(drawing.svg)
        name = names.get(found[2]) if found else None
        return replace(drawing, svg=f'{found[1]}<use href="#{name}"/></svg>') if found and name else drawing

    return tuple(map(short, drawings)), "".join(f'<g id="{name}">{text}</g>' for text, name in names.items())


def _with_drawn(found: re.Match[str], pictures: Iterator[str]) -> str:
    """The preview with what it shows where nothing can set its formulas later."""
    said = html.escape(html.unescape(found[1]), quote=False)
    drawn = html.escape(_INSIDE.sub(lambda _: next(pictures), said))
    return f'{found[0]} data-drawn="{drawn}"'


def _put(formula: Formula, drawing: Drawing) -> str:
    picture = _picture(formula, drawing)
    kind = "display" if formula.display else "inline"
    return f'<span class="math {kind}"{_reached(picture)}>{picture}</span>'


def _reached(picture: str) -> str:
    """What may have to be scrolled, if only on a phone, can be reached with the keyboard."""
    wide = _WIDE.search(picture)
    return ' tabindex="0"' if wide and float(wide[1]) > NARROW else ""


def _picture(formula: Formula, drawing: Drawing) -> str:
    mark = "$$" if formula.display else "$"
    tex = html.escape(f"{mark}{formula.text.strip()}{mark}", quote=False)
    kind = ' display="true"' if formula.display else ""
    if drawing.error:
        said = html.escape(drawing.error)
        return f'<mjx-container class="MathJax"{kind}><mjx-merror title="{said}">{said}</mjx-merror></mjx-container>'
    return (
        f"<mjx-container{kind}>{drawing.svg}"
        f"<mjx-assistive-mml>{drawing.mathml}</mjx-assistive-mml>"
        f'<span class="mjx-tex" aria-hidden="true" translate="no">{tex}</span></mjx-container>'
    )
