r"""LaTeX files as pages: the preamble becomes the header's, the body is read by pandoc's LaTeX reader.

`\title`, `\author`, `\date` and the abstract become the page's; `\bibliography{refs}` its bibliography.
Other files of the document are put in their places by `latex_files`, its own list of references by
`latex_bibliography`.
"""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath
from typing import Any

from gradpress.diagnostics import here, report
from gradpress.dialects import (
    Lines,
    Surroundings,
    latex_algorithms,
    latex_bibliography,
    latex_boxes,
    latex_braces,
    latex_columns,
    latex_counters,
    latex_environments,
    latex_files,
    latex_floats,
    latex_frames,
    latex_journals,
    latex_lists,
    latex_macros,
    latex_theorems,
    latex_undeclared,
)
from gradpress.dialects.latex_text import masked, with_braces, without_comments
from gradpress.patterns import pattern
from gradpress.records import dataclass
from gradpress.tex import declarations, preamble
from gradpress.tex.groups import BRACES, INSIDE

_KEYS = {key: pattern(rf"\\{key}\s*(?:\[[^\]]*\])?\s*{BRACES}") for key in ("title", "author", "date")}
_CLASS = pattern(rf"\\documentclass\s*(?:\[[^\]]*\])?\s*{BRACES}")
_HEADING = pattern(r"\\(?:chapter|section)(?P<star>\*?)\s*[\[{]")
_CHAPTER = pattern(r"\\chapter\s*[\[{]")
_BIBLIOGRAPHY = pattern(rf"\\(?:bibliography|addbibresource)\s*(?:\[[^\]]*\])?\s*{BRACES}")
_STYLE = pattern(rf"\\bibliographystyle\s*{BRACES}")
_LAYOUT = pattern(
    r"\\(?:maketitle|tableofcontents|listoffigures|listoftables|clearpage|newpage|printbibliography"
    r"|frontmatter|mainmatter|backmatter|sloppypar|raggedbottom|flushbottom|(?:non)?frenchspacing)\b(?:\[[^\]]*\])?|\\graphicspath\s*\{(?:\s*\{[^{}]*\})+\s*\}"
)
_LAYOUT_WORDS = pattern(
    r"\\(?:parbox\s*(?:\[[^\]]*\])*\s*\{[^{}]*\}|vspace\*?\s*\{[^{}]*\}|(?:centering|endgraf|bigskip|medskip|smallskip|par|small"
    r"|normalsize|large|Large|LARGE|textbf|textit|bfseries|itshape|vskip\s*-?[\d.]+\s*[a-z]+)(?![A-Za-z])|\\(?:\[[^\]]*\])?)"
)
"""Layout in a date."""
_THANKS = pattern(
    rf"\\(?:thanks|footnote|inst|thanksref|corref|fnref|tnoteref|altaffilmark|IEEEauthorblockA)\s*{BRACES}"
)
_AUTHORS = pattern(r"\s*\\(?:and|And|AND)\b\s*|\s*\\\\(?:\[[^\]]*\])?\s*")
_ADDRESS = pattern(r"@|\b(?:universit|institut|department|school|faculty|laborator|email|e-mail)", re.I)
_FRONT = pattern(
    r"\\(?P<name>address|curraddr|urladdr|email|emailAdd|emailadd|affiliation|affil|institute|institution|keywords|keyword"
    r"|subjclass|dedicatory|orcid|orcidlink|authornote|authornotemark|titlenote|subtitlenote|acmConference|acmJournal|acmYear"
    r"|acmVolume|acmNumber|acmArticle|acmMonth|acmDOI|acmISBN|acmPrice|acmBooktitle|setcopyright|copyrightyear|ccsdesc"
    r"|shortauthors|titlerunning|authorrunning|runningtitle|runningauthor|preprint|pacs"
    r"|received|revised|accepted|published|runauthor|runtitle|startpage|issueinfo|copyrightinfo|pagespan|PII|commby"
    r"|icmlaffiliation|icmlcorrespondingauthor|icmlkeywords|collaboration|altaffiliation|altaffiltext|altaffilmark|homepage|correspondingauthor|thispagestyle|pagestyle)(?![A-Za-z])\*?"
    rf"\s*(?:\[[^\]]*\]|{BRACES})(?:[ \t]*(?:\[[^\]]*\]|{BRACES}))*"
)
"""Commands of the classes of journals and societies, with their arguments."""
_SILENT = ("thispagestyle", "pagestyle")
_DEFINED = pattern(r"\\(?:re)?newcommand\*?\s*\{?\\([A-Za-z]+)")
_LABELLED = pattern(
    r"\\begin\s*\{enumerate\}\s*\[[^\]]*?label\s*=(?P<before>[^\],*]*?)\\(?P<kind>alph|Alph|roman|Roman|arabic)\*"
    r"(?P<after>[^\],]*)[^\]]*\]"
)
_COLUMNS = pattern(
    r"(?P<before>\\begin\s*\{(?:tabular|longtable|array)\}\s*(?:\[[^\]]*\])?\s*\{)"
    rf"(?P<columns>{INSIDE}(?:[dDS]){INSIDE})\}}"
)
_TABULAR = pattern(
    r"(?P<before>\\begin\s*\{(?:tabular\*?|tabularx|tabulary|longtable|array)\}\s*(?:\[[^\]]*\])?\s*(?:\{[^{}]*\}\s*(?=\{))?\{)"
    rf"(?P<columns>{INSIDE})\}}"
)
_DECORATION = pattern(r"[><!@]\s*\{(?:[^{}$]|\{[^{}$]*\})*\}")
"""`>{\\centering}`, which pandoc would put before the words of each cell."""
_NUMBERS = pattern(r"D\{[^{}]*\}\{[^{}]*\}\{[^{}]*\}|S(?:\[[^\]]*\])?|d(?![^{}]*\})")
"""Columns of dcolumn and siunitx."""
_BEFORE_GROUP = pattern(
    r"\\(?:noindent|indent|(?:un)?boldmath|newpage|clearpage|pagebreak|(?:small|med|big)skip|hfill|vfill|sloppy)"
    r"(?![A-Za-z])[ \t]*(?=\{|\\cprotect)|\\(?:cprotect|protect)(?![A-Za-z])"
    r"|\\(?:begin|end)\s*\{par\}|\\footnotemark\b(?:\[\d*\])?"
)
r"""Layout without arguments: pandoc would take the group behind `\noindent{\bf …}` for one, and its words away."""
_SUBEQUATIONS = pattern(r"\\begin\s*\{subequations\}")
_PLAIN_ENVIRONMENTS = (
    (pattern(r"(\\begin\s*\{x?alignat\*?\})\s*(\d)"), r"\1{\2}"),
    (pattern(r"\\(begin|end)\s*\{(figure|table|enumerate|itemize|description)\*\}"), r"\\\1{\2}"),
    (pattern(r"\\begin\s*\{wrap(figure|table)\}\s*(?:\[[^\]]*\])?\s*\{[^{}]*\}\s*\{[^{}]*\}"), r"\\begin{\1}"),
    (pattern(r"\\end\s*\{wrap(figure|table)\}"), r"\\end{\1}"),
    (pattern(r"\\(begin|end)\s*\{(?:sideways|SC)(figure|table)\}"), r"\\\1{\2}"),
    (
        pattern(
            r"\\c(?:mid)?(?:rule|line)\s*(?:\([^()]*\))?\s*\{[^{}]*\}|\\(?:addlinespace|morecmidrules)\b(?:\s*\[[^\]]*\])?"
        ),
        "",
    ),
    (pattern(r"\\footnotetext\s*(?:\[[^\]]*\])?(?=\s*\{)"), r"\\footnote"),
    (pattern(r"\\(?:cell|row|column)color\s*(?:\[[^\]]*\])?\s*\{[^{}]*\}"), ""),
    (
        pattern(
            r"\\(?:figure|table|section|equation|theorem|lemma|remark|corollary|proposition|definition|algorithm|appendix|example"
            r"|chapter|axiom|conjecture)ref\*?(?=\s*\{)"
        ),
        r"\\Cref",
    ),
    (pattern(r"\\subref\b\*?(?=\s*\{)"), r"\\ref"),
    (
        pattern(
            r"\\(?:begin|end)\s*\{(?:threeparttable|ruledtabular|adjustbox|measuredfigure|multicols\*?|spacing|landscape"
            r"|sloppypar|samepage|onecolumn|singlespace\*?|onehalfspace\*?|doublespace\*?|small|footnotesize|scriptsize"
            r"|tiny|large|subappendices|@twocolumnfalse)\}(?:\{[^{}]*\})?"
        ),
        "",
    ),
)
"""Environments that differ only in layout from those that pandoc knows."""
_NOWHERE = Surroundings(Path("."), Path("."), Path("."))


@dataclass(frozen=True)
class Parts:
    """A LaTeX file taken apart."""

    header: dict[str, Any]
    """What a Markdown page would say in its YAML header."""
    body: str
    """With a line for each of `lines`."""
    lines: tuple[int, ...] = ()
    """The numbers of its lines."""


def read(text: str, page: Surroundings | None = None) -> Parts:
    """The parts of a LaTeX file; one without `\\begin{document}` is all body."""
    numbered: Lines = [(line, number) for number, line in enumerate(text.split("\n"), 1)]
    numbered = [each for line in numbered for each in _apart(line)]
    if page is not None:
        numbered = latex_files.whole(numbered, page)
    lines = [number for _, number in numbered]
    text = latex_files.with_images("\n".join(line for line, _ in numbered), page or _NOWHERE)
    text = latex_lists.with_items(latex_braces.matched(without_comments(text), lines), lines)
    text = _for_pandoc(latex_journals.written_out(with_braces(text)))
    shown = masked(text)
    header: dict[str, Any] = {}
    for key, sought in _KEYS.items():
        found = sought.search(shown)
        if found and found[1].strip() and not (key == "date" and "\\today" in found[1]):
            header[key] = " ".join(found[1].split())
        while found:
            text, shown = _blanked(text, shown, found)
            found = sought.search(shown) if key == "author" else None
            if found and found[1].strip():
                header[key] = f"{header.get(key, '')} \\and {' '.join(found[1].split())}"
    _tidy(header)
    names = [f"{n.strip().removesuffix('.bib')}.bib" for m in _BIBLIOGRAPHY.finditer(shown) for n in m[1].split(",")]
    if names:
        header["bibliography"] = names
    for declared in (_BIBLIOGRAPHY, _STYLE, _LAYOUT):
        for found in reversed(list(declared.finditer(shown))):
            text, shown = _blanked(text, shown, found)
    text, shown = _without_front(text, shown, lines)
    begin, end = shown.find("\\begin{document}"), shown.rfind("\\end{document}")
    start = begin + len("\\begin{document}") if begin >= 0 else 0
    body = text[start : end if end >= start else len(text)]
    head = _CLASS.sub("", text[:begin]) if begin >= 0 else ""
    meant = declarations.mended(head).text
    known = preamble.parse(meant)
    latex_undeclared.check(shown[:start], shown[start:end], known, lines[text.count("\n", 0, start) :])
    body = latex_columns.within(body, known, lines[text.count("\n", 0, start) :])
    for key in ("title", "date"):
        if key in header:
            header[key] = preamble.expand(header[key], known)
    body = latex_macros.written_out(latex_environments.written_out(body, known), known)
    body = latex_counters.numbered(body, meant, known)
    _count(header, shown)
    if "title" not in header and (first := _HEADING.search(body)) and not first["star"]:
        header["title"] = re.sub(r"[-_]+", " ", PurePosixPath(here().file).stem)  # the first section is no title
    if head.strip():
        header["header-includes"] = head.strip("\n")
    body = latex_bibliography.resolved(_blank(text[:start]) + body, lines)
    return Parts(header, body, tuple(lines[: body.count("\n") + 1]))


def _apart(line: tuple[str, int]) -> Lines:
    r"""`\\appendix`, which pandoc would put into a paragraph, stands alone."""
    empty = ("", line[1])
    return [empty, line, empty] if line[0].strip() == "\\appendix" else [line]


def _count(header: dict[str, Any], shown: str) -> None:
    """Numbers as the class gives them: to sections, to every display, and by chapters in a book."""
    header["number-sections"] = True
    header["numbering"] = {"equations": "all"}
    if _CHAPTER.search(shown):
        header["crossref"] = {"chapters": True}


def _without_front(text: str, shown: str, lines: list[int]) -> tuple[str, str]:
    """What only the document's class knows, such as addresses, goes; it is reported."""
    defined = set(_DEFINED.findall(shown))
    commands = [found for found in _FRONT.finditer(shown) if found["name"] not in defined]
    first = {found["name"]: found for found in reversed(commands)}
    for name, found in first.items():
        if name not in _SILENT:
            message = f"\\{name} is a command of the document's class; it is left out"
            report("dialect-unknown", message, line=lines[shown.count("\n", 0, found.start())])
    for found in reversed(commands):
        text, shown = _blanked(text, shown, found)
    return text, shown


def _for_pandoc(text: str) -> str:
    r"""pandoc takes `subequations` away; `environments` finds the mark and puts it back."""
    text = latex_boxes.words(latex_theorems.restated(latex_frames.readable(latex_algorithms.readable(text))))
    text = latex_floats.without_layout(text)
    text = latex_boxes.with_parts(latex_boxes.side_by_side(text))
    text = _LABELLED.sub(_marker, latex_lists.linked(text))
    for environment, plain in _PLAIN_ENVIRONMENTS:
        text = environment.sub(plain, text)
    text = _TABULAR.sub(lambda m: m["before"] + _DECORATION.sub("", m["columns"]) + "}", text)
    text = _COLUMNS.sub(lambda m: m["before"] + _NUMBERS.sub("c", m["columns"]) + "}", text)
    shown = masked(text)
    for found in reversed(list(_BEFORE_GROUP.finditer(shown))):
        text, shown = _blanked(text, shown, found)
    for found in reversed(list(_SUBEQUATIONS.finditer(shown))):
        text = f"{text[: found.end()]}\\relax {text[found.end() :]}"
    return text


def _marker(found: re.Match[str]) -> str:
    r"""`\begin{enumerate}[label=(\roman*)]` of enumitem as pandoc reads it: `[(i)]`."""
    sign = {"alph": "a", "Alph": "A", "roman": "i", "Roman": "I", "arabic": "1"}[found["kind"]]
    before, after = (re.sub(r"\\[A-Za-z]+|[{}\s]", "", part) for part in (found["before"], found["after"]))
    fits = (before, after) in (("(", ")"), ("", ")"), ("", "."))
    return f"\\begin{{enumerate}}[{before}{sign}{after}]" if fits else found[0]


def _tidy(header: dict[str, Any]) -> None:
    """A title in one line; authors without their addresses and thanks."""
    if "title" in header:
        header["title"] = " ".join(
            re.sub(r"\\\\(?:\[[^\]]*\])?|\\newline\b", " ", _THANKS.sub("", header["title"])).split()
        )
    if "date" in header:
        header["date"] = " ".join(_LAYOUT_WORDS.sub(" ", header["date"]).translate(str.maketrans("", "", "{}")).split())
    if "author" in header:
        names = (name.strip(" ,") for name in _AUTHORS.split(_THANKS.sub("", header["author"])))
        header["author"] = [name for name in names if name and not _ADDRESS.search(name)] or [header["author"]]


def _blanked(text: str, shown: str, found: re.Match[str]) -> tuple[str, str]:
    """Both texts without what was found; as many lines."""
    left = re.sub(r"[^\n]", " ", found[0])
    start, end = found.span()
    return text[:start] + left + text[end:], shown[:start] + left + shown[end:]


def _blank(text: str) -> str:
    """As many lines, and nothing on them."""
    return re.sub(r"[^\n]", "", text)
