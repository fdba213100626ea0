"""LaTeX's log, read: each error with the Markdown line that the markers give."""

from __future__ import annotations

import re

from gradpress.formats import latex_places
from gradpress.formats.latex_places import Block
from gradpress.math import known
from gradpress.nearest import nearest, steps
from gradpress.page import Page
from gradpress.patterns import pattern
from gradpress.reading.included import text_at
from gradpress.records import dataclass
from gradpress.tex.tokens import KNOWN

_ERROR = pattern(r"^(?:\./)?[^\s:]+\.tex:(\d+): (.+)$|^! (.+)$", re.M)
_CONTEXT = pattern(r"^l\.(\d+) ?(.*)$", re.M)
_TOKEN = pattern(r"\\(?:[A-Za-z@]+|.)$")
_PACKAGE = pattern(r"File [`'](.+?)\.sty' not found")
_FONT = pattern(r'Font \S+="\[?([^"\]/:]+)[^"]*".* not loadable|The font "([^"]+)" cannot be found')
_ENVIRONMENT = pattern(r"Environment (\S+) undefined")
_MISSING = pattern(r"^Missing character: There is no (\S+)", re.M)
_DEBIAN = {
    "siunitx": "texlive-science",
    "physics": "texlive-science",
    "algorithm2e": "texlive-science",
    "algorithm": "texlive-science",
    "algorithmicx": "texlive-science",
    "mhchem": "texlive-science",
    "dsfont": "texlive-fonts-extra",
    "bbm": "texlive-fonts-extra",
    "pgfplots": "texlive-pictures",
    "tikz-cd": "texlive-pictures",
}
"""Debian packages of LaTeX packages that authors of such notes load."""


_NOWHERE = Block(0, ())


@dataclass(frozen=True, slots=True)
class Problem:
    """One error of LaTeX in terms of the Markdown file."""

    line: int
    message: str
    hint: str = ""
    block: Block = _NOWHERE
    """The formula or block in which LaTeX stopped."""
    culprit: str = ""
    """The command or environment that it does not know."""


def errors(log: str) -> list[re.Match[str]]:
    """The error messages in the log, in order."""
    return [m for m in _ERROR.finditer(log) if not (m[2] or m[3]).startswith(("==>", "LaTeX Warning"))]


def located(log: str, source: str, page: Page) -> list[Problem]:
    """The first error of each Markdown line: what follows on the same line is mostly its consequence."""
    lines = source.split("\n")
    first: dict[object, Problem] = {}
    for found in errors(log):
        problem = _problem(found, log, lines, page)
        if problem.message.startswith(("LaTeX: Emergency stop", "LaTeX: ==>")):
            continue
        first.setdefault((problem.block.start, problem.culprit) if problem.line else problem.message, problem)
        if _LOST.search(problem.message):
            break
    problems = list(first.values())
    return [p for p in problems if p.line] or problems  # without a line: the end of the file, a consequence


_LOST = pattern(r"Paragraph ended before|Runaway|File ended while|Bad math environment|ended by \\end\{document\}")
"""After these LaTeX has lost its way, and says something against all that follows."""


def _problem(found: re.Match[str], log: str, tex: list[str], page: Page) -> Problem:
    said = (found[2] or found[3]).strip().rstrip(".").removeprefix("LaTeX Error: ")
    markdown = page.source.text
    context = _CONTEXT.search(log, found.end())
    number = int(context[1]) if context else int(found[1] or 0)
    name, hint = absent_package(said)
    if name:
        return Problem(_line_with(name, markdown), f"LaTeX has no package {name}", hint)
    font = _FONT.search(said)
    if font:
        hint = "install it, or name one that is; fc-list shows them"
        name = font[1] or font[2]
        return Problem(_line_with(name, markdown), f"LaTeX has no font {name}", hint, culprit=name)
    culprit = _culprit(said, _first_context(log, found.end()))
    block = latex_places.block(tex, number)
    if culprit:
        line = _line_with(culprit, markdown, block.start)
    else:
        line = latex_places.line(block, said, context[2] if context else "", markdown, page.preamble)
    message = f"LaTeX: {said}{f': {culprit}' if culprit and culprit not in said else ''}"
    hint = _hint(culprit, page) if "Undefined control sequence" in said else ""
    return Problem(line or block.start, message, hint, block, culprit)


def absent_package(said: str) -> tuple[str, str]:
    """The package that LaTeX does not find, and what to do; empty if it says something else."""
    package = _PACKAGE.search(said)
    if not package:
        return "", ""
    name = package[1]
    return name, f"install {_DEBIAN[name]} (Debian)" if name in _DEBIAN else "install it, or remove the \\usepackage"


def _hint(culprit: str, page: Page) -> str:
    """Who defines a command that LaTeX does not know, or what was meant by it."""
    name = culprit[1:]
    owner = _OWNERS.get(name) or known.owner("3.2.2", name)
    if owner in _MATHJAX_ONLY:
        return "MathJax alone knows it; LaTeX needs another way to say it"
    if owner:
        return f"\\usepackage{{{owner}}} defines it"
    meant = nearest(name, KNOWN, page.preamble.macros)
    return f"did you mean \\{meant}?" if meant and steps(name, meant) <= 2 else ""


_OWNERS = {
    **dict.fromkeys(("mathscr",), "mathrsfs"),
    **dict.fromkeys(("SI", "si", "qty", "unit", "num", "ang"), "siunitx"),
    **dict.fromkeys(("mathds",), "dsfont"),
    **dict.fromkeys(("mathbbm",), "bbm"),
    **dict.fromkeys(("slashed",), "slashed"),
    **dict.fromkeys(("cellcolor", "rowcolor", "columncolor"), "colortbl"),
    **dict.fromkeys(("textcolor", "color", "colorbox", "definecolor"), "xcolor"),
    **dict.fromkeys(("llbracket", "rrbracket"), "stmaryrd"),
}
"""Packages that define commands which MathJax has, or has not, by another name."""
_MATHJAX_ONLY = frozenset(["bbox", "html", "require", "unicode", "action", "enclose", "texhtml", "base", "ams"])


def _culprit(said: str, before: str) -> str:
    """The token that LaTeX stumbled over, where it says so."""
    environment = _ENVIRONMENT.search(said)
    if environment:
        return f"\\begin{{{environment[1]}}}"
    token = _TOKEN.search(before.rstrip()) if "Undefined control sequence" in said else None
    return token[0] if token else ""


def _first_context(log: str, start: int) -> str:
    """The line after the message: it ends with the token that LaTeX could not go on from."""
    return log[start:].lstrip("\n").split("\n", 1)[0]


def _line_with(word: str, markdown: str, start: int = 1) -> int:
    """The first line from `start` on that holds `word`; from the top if there is none; else 0."""
    text, before = text_at(start, markdown)
    lines = text.split("\n")
    begin = max(start - before, 1)
    at: int
    for at in (*range(begin, len(lines) + 1), *range(1, begin)):
        if re.search(rf"{re.escape(word)}(?![A-Za-z])", lines[at - 1]):
            return before + at
    return 0


def error_lines(log: str) -> list[int]:
    """For each error the line of the LaTeX file; 0 where it has none."""
    return [line_of(error, log) for error in errors(log)]


def line_of(error: re.Match[str], log: str) -> int:
    """The line of the LaTeX file in which LaTeX stopped; 0 if it does not say so."""
    context = _CONTEXT.search(log, error.end())
    return int(context[1]) if context else int(error[1] or 0)


def missing_characters(log: str) -> list[str]:
    """Characters that no font had, each once."""
    return list(dict.fromkeys(_MISSING.findall(log)))
