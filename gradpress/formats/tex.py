"""Stand-alone LaTeX: what `pdf` compiles, with its figures in a folder beside it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from gradpress.formats import captions, fonts, math_letters, parts, templates, tex_packages, tex_unasked
from gradpress.formats.tex_elements import KINDS, Elements
from gradpress.formats.tex_text import escaped
from gradpress.highlight import latex_definitions
from gradpress.numbers import references
from gradpress.page import Page, SiteView, Written
from gradpress.tex import preamble
from gradpress.tex.macros import Package


class Tex:
    """`a/b.tex` for `a/b.md`, and `a/b_files/` with its figures."""

    name = "tex"
    suffix = ".tex"

    def write(self, page: Page, site: SiteView) -> Written:
        """The page's LaTeX and the figures that it includes."""
        made, copies = parts_of(page, site)
        text = (
            templates.tex(site.templates, site.cache).get_template("page.tex.j2").render(variables(page, site, made))
            + "\n"
        )
        return Written({f"{page.name}.tex": text.encode()}, copies)


def parts_of(page: Page, site: SiteView) -> tuple[parts.Parts, dict[str, Path]]:
    """Title, body, … of the page as LaTeX, and the figures that they include."""
    elements = Elements(page, site, page.context)
    return written(page, elements), elements.copies


def written(page: Page, elements: Elements) -> parts.Parts:
    """Title, body, … of the page as LaTeX, after the walks of `elements`."""
    walks = elements.metadata, elements.element, elements.marked
    return parts.written(parts.prepared(page, "latex", tuple(zip(walks, KINDS, strict=True))), "latex")


def variables(page: Page, site: SiteView, made: parts.Parts) -> Mapping[str, object]:
    """What the template needs of a page, whose text is `made`."""
    get, own = page.settings.get, preamble.latex(page.preamble)
    return {
        "title": made.title,
        "subtitle": made.subtitle,
        "authors": list(made.authors),
        "date": made.date,
        "abstract": made.abstract,
        "body": made.body,
        "verbatim_notes": has_code_in_note(made.body),
        "toc": bool(get("toc", False)),
        "chapter": parts.chapter(page),
        "caption_names": {name: escaped(word) for name, word in captions.names_for_tex(page).items()},
        "number_sections": page.settings.number_sections,
        "lang": BABEL.get(str(get("lang", "en")).lower().split("-")[0], ""),
        "late_packages": tex_packages.loading(
            p for p in page.preamble.packages if p.name in tex_packages.AFTER_HYPERREF
        ),
        "packages": tex_packages.packages(with_amsthm(page)),
        "unasked": tex_unasked.lines(f"{made.title}{made.abstract}{made.body}{own}", _names(page)),
        "preamble": own,
        "scripts": fonts.fallbacks(f"{made.title}{made.abstract}{made.body}", str(get("lang", "en"))),
        "letters": math_letters.in_text(f"{made.title}{made.abstract}{made.body}"),
        "pygments": latex_definitions(),
        "pdf_title": escaped(references.title(page.title, page.name, page, site.targets)),
        "pdf_author": escaped(", ".join(get("author", ()))),
        "documentclass": get("documentclass", ""),
        "classoptions": class_options(page),
        "geometry": ",".join(get("geometry", ())),
        "mainfont": get("mainfont", ""),
        "sansfont": get("sansfont", ""),
        "monofont": get("monofont", ""),
        "linestretch": get("linestretch", ""),
    }


def _names(page: Page) -> set[str]:
    return {package.name for package in page.preamble.packages}


def has_code_in_note(body: str) -> bool:
    """Whether code stands in a footnote, whose text LaTeX reads as an argument unless told otherwise."""
    for note in re.finditer(r"\\footnote\{", body):
        code = body.find("\\begin{cell", note.end())
        before = re.sub(r"\\[{}]", "", body[note.end() : code]) if code >= 0 else "}"
        if before.count("{") >= before.count("}"):
            return True
    return False


def with_amsthm(page: Page) -> tuple[Package, ...]:
    """`\\newtheorem*` and `\\theoremstyle` are amsthm's."""
    wanted = page.preamble.packages
    asked = re.search(r"\\newtheorem\s*\*|\\theoremstyle|\\newtheoremstyle", page.preamble.rest)
    has_own = any(p.name in ("amsthm", "ntheorem", "thmtools") for p in wanted)
    return (*wanted, Package("amsthm")) if asked and not has_own else wanted


BABEL = {
    "de": "german", "fr": "french", "es": "spanish", "it": "italian", "pt": "portuguese", "nl": "dutch",
    "pl": "polish", "cs": "czech", "sv": "swedish", "da": "danish", "fi": "finnish", "nb": "norsk", "no": "norsk",
    "tr": "turkish", "ru": "russian", "uk": "ukrainian", "el": "greek", "hu": "hungarian", "ro": "romanian",
}  # fmt: skip
"""babel's names of languages; English needs none."""


def class_options(page: Page) -> list[str]:
    """The author's class options, with pandoc's `fontsize` and `papersize` among them."""
    get = page.settings.get
    paper = str(get("papersize", ""))
    named = [str(get("fontsize", "")), paper if not paper or paper.endswith("paper") else f"{paper}paper"]
    given = list(get("classoption", ()))
    if not given and not any(named):
        return []
    return [*given, named[0] or "11pt", named[1] or "a4paper"]
