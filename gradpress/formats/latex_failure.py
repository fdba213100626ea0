"""What is told of a page that LaTeX cannot compile: what our own checks have said is not said again."""

from __future__ import annotations

import re
from collections.abc import Sequence

from gradpress.diagnostics import Diagnostic, PageError, Place, explanation, here, report, reported, withdraw
from gradpress.formats import latex_log
from gradpress.math import macro_bodies
from gradpress.page import Page
from gradpress.patterns import pattern
from gradpress.reading import leftovers, tex_files
from gradpress.tex.tokens import tokenize

MAX_ERRORS = 20
"""After so many the rest are consequences."""


def failure(found: Sequence[latex_log.Problem], page: Page) -> PageError:
    """The first error that nothing explains; the others that nothing explains are reported."""
    unexplained = [problem for problem in found if _explanation(problem, page) is None]
    causes = [cause for problem in unexplained if (cause := _warned(problem))]
    if causes and all(_warned(p) or _TEXT.search(p.message) for p in unexplained):
        return PageError(causes[0].rule, causes[0].message, causes[0].place, causes[0].hint)
    for problem in unexplained:
        withdraw("raw-tex-dropped", "package-unknown", place=_place(problem, page), word=_named(problem))
    if unexplained and (lost := next(leftovers.open_displays(), None)):
        return PageError(lost.rule, lost.message, lost.place, lost.hint)
    for problem in unexplained[1:MAX_ERRORS]:
        place = _place(problem, page)
        report("latex-error", problem.message, line=place.line, file=place.file, hint=problem.hint)
    if unexplained:
        first = unexplained[0]
        return PageError("latex-error", first.message, _place(first, page), first.hint)
    known = _explanation(found[0], page)
    assert known
    return PageError(known.rule, known.message, known.place, known.hint)


_OF_PREAMBLE = pattern(
    r"Missing \\begin\{document\}|No counter|Environment \S+ undefined|Command \\the\S+ undefined"
    r"|\\begin\{document\} ended by"
)
"""What LaTeX says when a declaration of the preamble is lost."""


_OF_PAIR = pattern(r"Missing \\right|Extra \\right|Missing \\left|forgotten \\right|Extra \\middle")


def _explanation(problem: latex_log.Problem, page: Page) -> Diagnostic | None:
    """What our own checks have said of the same formula, or of the same command anywhere on the page."""
    if problem.culprit:
        name = re.sub(r"\\begin\{(.*)\}", r"\1", problem.culprit)
        for known in reported("undefined-macro", "undefined-environment", "macro-loop", "macro-syntax"):
            words = re.split(r"[\s;,:{}]+", known.message)
            if name in words or (problem.culprit[1:] in page.preamble.broken and known.rule == "macro-syntax"):
                return known
    if problem.culprit.startswith("\\@") and (told := reported("undefined-environment", "math-unbalanced")):
        return told[0]  # no author writes such a name: LaTeX has lost its way
    if _OF_PREAMBLE.search(problem.message) and (told := reported("macro-syntax")):
        return told[0]
    start, last = problem.block.start, problem.block.last
    near = explanation(start, last) if start else None
    if "Undefined control sequence" in problem.message:
        return near if near and near.rule == "undefined-environment" else None
    return near or _apart(problem, page)


def _apart(problem: latex_log.Problem, page: Page) -> Diagnostic | None:
    """What is not closed, two scripts, or half a pair in the body of a macro: LaTeX meets them elsewhere."""
    for known in reported("math-argument") if _TEXT.search(problem.message) else ():
        if problem.line and known.place.line <= problem.line <= known.place.line + 10:
            return known  # it has taken the sign that ends its formula
    lists = [d for d in reported("raw-tex-dropped") if "the first \\item" in d.message]
    if "perhaps a missing \\item" in problem.message and lists:
        return lists[0]
    tokens = {token.name for line in problem.block.lines for token in tokenize(line)} & page.preamble.macros.keys()
    for known in reported("undefined-environment"):
        named = re.search(r"the environment (\S+) is not", known.message)
        if named and f"{{{named[1]}}}" in problem.message:
            return known
    for known in reported("undefined-macro") if _PAIR.search(problem.message) else ():
        if re.search(r"did you mean \\(?:left|right)\?", known.message):
            return known
    for known in reported("math-unbalanced", "double-script"):
        is_open = not problem.block.start and "ended" in problem.message and known.rule == "math-unbalanced"
        if is_open or (problem.message.startswith("Double s") and known.rule == "double-script"):
            return known
        if known.message.startswith(("\\begin{", "\\end{")):
            return known
        owner = known.message.rpartition("in the body of \\")[2]
        if owner and not problem.block.start and _OF_PAIR.search(problem.message):
            return known
        if any(owner in macro_bodies.reach(name, page.preamble) for name in tokens):
            return known
    return None


_PAIR = pattern(r"\\(?:left|right)\b|(?:Extra|Missing) [{}]")
"""What LaTeX says where half of a pair is lost."""


_TEXT = pattern(r"Missing \$ inserted|Bad math environment")
"""What LaTeX says of a sign that is mathematics and stands in text."""


def _warned(problem: latex_log.Problem) -> Diagnostic | None:
    """The warning that was given of the sign in the text that LaTeX does not accept: what follows is a consequence."""
    start, last = problem.block.start, problem.block.last
    first, end = here(start), here(max(last, problem.line))
    return next(
        (
            d
            for d in reported("text-underscore", "math-as-text", "script-argument")
            if _TEXT.search(problem.message) and d.place.file == first.file and first.line <= d.place.line <= end.line
        ),
        None,
    )


def _named(problem: latex_log.Problem) -> str:
    """The command or package that LaTeX does not know."""
    return problem.culprit or problem.message.rpartition(" ")[2]


def _place(problem: latex_log.Problem, page: Page) -> Place:
    """On the page, or in the file of the preamble, or of the site, that names what LaTeX does not have."""
    line = _line(problem)
    return here(line) if line else tex_files.place_of(_named(problem), page.context)


def _line(problem: latex_log.Problem) -> int:
    """The line that a warning of ours gives for the same formula, if one does: it knows the place."""
    start, last = problem.block.start, problem.block.last
    own = reported("text-underscore", "math-comment", "script-argument", "math-as-text") if start else []
    first, end = here(start), here(last)
    near = [d.place.line for d in own if d.place.file == first.file and first.line <= d.place.line <= end.line]
    return start - first.line + near[0] if near else problem.line
