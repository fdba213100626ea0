"""The LaTeX of a whole book, with the lines in which each chapter stands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gradpress.book import labels
from gradpress.book.chapters import Chapter, Definitions, packages
from gradpress.formats import fonts, math_letters, templates, tex, tex_packages, tex_unasked
from gradpress.formats.tex_text import escaped
from gradpress.highlight import latex_definitions
from gradpress.page import SiteView
from gradpress.records import dataclass


@dataclass(frozen=True)
class Assembled:
    """A document ready for LaTeX."""

    source: str
    spans: tuple[tuple[int, int], ...]
    """The first and the last line of each chapter."""


def assembled(chapters: Sequence[Chapter], site: SiteView) -> Assembled:
    """All chapters in their order, those that could not be made with a line that says so."""
    definitions = Definitions.of(chapters)
    head = templates.tex(site.templates, site.cache).get_template("book.tex.j2")
    parts = [head.render(_variables(chapters, site, definitions.shared)) + "\n"]
    authors = _authors(site)
    spans, line = [], parts[0].count("\n") + 1
    for chapter in chapters:
        text = _chapter(chapter, definitions, authors)
        spans.append((line, line + text.count("\n")))
        line += text.count("\n")
        parts.append(text)
    return Assembled("".join([*parts, "\\end{document}\n"]), tuple(spans))


def _chapter(chapter: Chapter, definitions: Definitions, authors: list[str]) -> str:
    data = chapter.data
    parts = "".join(f"\\part*{{{escaped(t)}}}\\addcontentsline{{toc}}{{part}}{{{escaped(t)}}}\n" for t in chapter.parts)
    begin = f"{parts}\\gpchapter{{{data.get('number', '')}}}{{{labels.key(chapter.name)}}}"
    if not data:
        name = escaped(chapter.name)
        return f"{begin}{{{name}}}{{{name}}}\nThis page could not be made.\n"
    depth = 3 if data["number_sections"] else -100
    folder = chapter.name.rpartition("/")[0]
    inside = [
        f"\\setcounter{{secnumdepth}}{{{depth}}}",
        *([f"\\graphicspath{{{{{folder}/}}}}"] if folder else []),
        definitions.own(chapter),
        *(f"\\renewcommand{{\\{name}}}{{{word}}}" for name, word in data["captions"].items()),
        _below_title(data, authors),
        data["body"],
    ]
    own = "\n".join(filter(None, inside))
    return f"{begin}{{{data['title']}}}{{{data['plain']}}}\n\\begingroup\n{own}\n\\endgroup\n"


def _below_title(data: dict[str, Any], authors: list[str]) -> str:
    """What a page says of itself, other than its title, and the authors of the whole."""
    lines = [f"\\textit{{{data['subtitle']}}}"] if data["subtitle"] else []
    about = ["" if data["authors"] == authors else ", ".join(data["authors"]), data["date"]]
    lines += ["\\enspace\\textperiodcentered\\enspace ".join(str(one) for one in about if one)]
    told = "".join(f"\\gpbelow{{{line}}}\n" for line in lines if line)
    abstract = data["abstract"]
    return told + (
        f"\\begin{{quote}}\\small\\noindent\\textbf{{Abstract.}}\\enspace {abstract}\\end{{quote}}" if abstract else ""
    )


def _authors(site: SiteView) -> list[str]:
    return [escaped(name) for name in site.values.get("author", ())]


def _variables(chapters: Sequence[Chapter], site: SiteView, definitions: str) -> dict[str, object]:
    get, loaded = site.values.get, packages(chapters)
    text = "".join(f"{c.data['title']}{c.data['abstract']}{c.data['body']}" for c in chapters if c.data)
    defined = "".join(piece[0] for c in chapters for piece in c.definitions)
    return {
        "title": escaped(site.title),
        "subtitle": escaped(str(get("subtitle", ""))),
        "authors": _authors(site),
        "date": escaped(str(get("date", ""))),
        "lang": tex.BABEL.get(site.lang.lower().split("-")[0], ""),
        "packages": tex_packages.packages(loaded),
        "late_packages": tex_packages.loading(p for p in loaded if p.name in tex_packages.AFTER_HYPERREF),
        "unasked": tex_unasked.lines(text + defined, {p.name for p in loaded}),
        "scripts": fonts.fallbacks(text, site.lang),
        "letters": math_letters.in_text(text),
        "pygments": latex_definitions(),
        "definitions": definitions,
        "verbatim_notes": any(c.data.get("code_in_note") for c in chapters),
        "number_sections": True,
        "pdf_title": escaped(site.title),
        "pdf_author": ", ".join(_authors(site)),
        "classoptions": [],
        **{key: get(key, "") for key in ("mainfont", "sansfont", "monofont", "linestretch")},
        "geometry": ",".join(get("geometry", ())),
    }
