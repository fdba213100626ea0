"""Formulas in HTML: what the head of a page needs for the chosen method, and what is wrong with a formula."""

from __future__ import annotations

import html
import re
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

import panflute as pf

from gradpress.cache import Storage
from gradpress.diagnostics import GradpressError, PageError, Place, explanation, here, report, reported
from gradpress.math import culprits, doubled, faults, katex, lookalikes, macro_bodies, mathjax, mathjax_node, misplaced
from gradpress.math.alignment import misplaced as misaligned
from gradpress.math.faults import Scope
from gradpress.math.plain import Words, words
from gradpress.math.regions import Same
from gradpress.nearest import nearest
from gradpress.page import Page, SiteView
from gradpress.reading import leftovers, tex_files
from gradpress.reading.places import line_in, line_of
from gradpress.records import dataclass, field
from gradpress.settings import Math
from gradpress.tex import preamble
from gradpress.tex.bracing import brace
from gradpress.tex.packages import PACKAGES, PLAIN
from gradpress.tex.tokens import Problem, source_of


@dataclass(frozen=True)
class MathHead:
    """What a method asks of a page."""

    head: str
    """HTML for the end of `<head>`."""
    pandoc_options: tuple[str, ...]
    shared: Mapping[str, Path] = field(default_factory=dict)
    """Folders to publish once for the whole site, by their place below the output folder."""


def of(page: Page, site: SiteView, root: str) -> MathHead:
    """The head of `page`, whose way to the site's root is `root`.  Raises PageError."""
    math = page.settings.math
    if math.method == "katex":
        return _katex(page, site, root)
    if math.method in ("mathml", "webtex"):
        return MathHead("", (f"--{math.method}",))
    _tell_packages(page)
    return _drawn_later(page, site) if math.method == "prerendered" else in_browser(page, site, root)


def _drawn_later(page: Page, site: SiteView) -> MathHead:
    """The head of a page whose formulas are drawn when pandoc has written it: nothing yet."""
    try:
        mathjax.edition(page.settings.math)
    except GradpressError as error:
        raise PageError(*_parts(error, page)) from None
    prepare(page.settings.math, site)
    return MathHead("", ("--mathjax",))


def in_browser(page: Page, site: SiteView, root: str) -> MathHead:
    """The head of a page whose formulas MathJax sets when it is read.  Raises PageError."""
    math = page.settings.math
    try:
        shared, folder = _local(math, site)
        tag = mathjax.script(math, folder=f"{root}{folder}" if folder else "")
    except GradpressError as error:
        raise PageError(*_parts(error, page)) from None
    configuration = _script(Same.of(math), Same.of(page.preamble))
    integrity = f' integrity="{tag.integrity}" crossorigin="{tag.crossorigin}"' if tag.integrity else ""
    # Not started by the browser: scripts/mathjax-late.js does it, when the text has been painted.
    script = f'<script src="{html.escape(tag.url)}" id="MathJax-script" type="text/plain"{integrity}></script>'
    return MathHead(f"<script>{configuration}</script>\n{script}", ("--mathjax",), shared)


def _tell_packages(page: Page) -> None:
    for name in mathjax.unknown_packages(page.preamble):
        near = nearest(name, [*PACKAGES, *PLAIN])
        hint = f"did you mean {near}?" if near else "MathJax has no counterpart; it is used in PDF only"
        line = _line_of_package(page, name)
        place = here(line) if line else tex_files.place_of(name, page.context)
        message = f"HTML cannot use the package {name}"
        report("package-unknown", message, line=place.line, file=place.file, hint=hint)


@lru_cache(maxsize=8)
def _script(for_math: Same, for_preamble: Same) -> str:
    """The configuration of pages with equal preambles, which are one object."""
    return mathjax.to_script(mathjax.configuration(for_math.value, for_preamble.value))


_staging = threading.Lock()  # pages are built at the same time
_staged: set[Path] = set()
"""Copies that are complete: to look at all their files again would take 10 ms a page."""


def prepare(math: Math, site: SiteView) -> None:
    """Stage the site's copy of MathJax, if it has one, before processes are forked that need it.

    What goes wrong is told by the first page that needs it.
    """
    with suppress(GradpressError):
        if math.method == "mathjax":
            _local(math, site)
        elif math.method == "prerendered":
            from gradpress.math import prerender

            prerender.program(math, site.cache, site.content.resolve())


def _local(math: Math, site: SiteView) -> tuple[dict[str, Path], str]:
    """The self-hosted copy, staged in the cache once and published once."""
    if math.source != "local":
        return {}, ""
    from gradpress.math import local_mathjax

    name = local_mathjax.folder_name(math)
    staged = site.cache / "local" / name
    with _staging:
        if staged not in _staged or not staged.is_dir():
            local_mathjax.install(math, site.cache, staged, near=site.content.resolve())
            _staged.add(staged)
    return {f"assets/{name}": staged}, f"assets/{name}"


def _katex(page: Page, site: SiteView, root: str) -> MathHead:
    folder = f"assets/{katex.FOLDER}"
    shared: dict[str, Path] = {}
    try:
        if page.settings.math.source == "local":
            shared[folder] = site.cache / "local" / katex.FOLDER
            with _staging:
                katex.install(site.cache, shared[folder], near=site.content.resolve())
        head = katex.head(page.settings.math, page.preamble, folder=f"{root}{folder}")
    except GradpressError as error:
        raise PageError(*_parts(error, page)) from None
    return MathHead(head, ("--katex",), shared)


def _parts(error: GradpressError, page: Page) -> tuple[str, str, Place, str]:
    """The error, with the line of the key in the page's header that it speaks of."""
    d = error.diagnostic
    key = re.search(r"'math\.(\w+)'", d.message)
    name = key[1] if key else "bundle" if d.rule == "mathjax-bundle" else ""
    line = page.source.header.line("math", name) if name and not d.place.line else 0
    return d.rule, d.message, here(line) if line else d.place, d.hint


def _line_of_package(page: Page, name: str) -> int:
    return next((k for k, line in enumerate(page.source.text.split("\n"), 1) if "package" in line and name in line), 0)


def _with_escaped_underscores(formula: str) -> str:
    """`\\text{a_b}` as the author means it; LaTeX is given what stands there, and the finding says what to write."""
    if "\\" not in formula or "_" not in formula:
        return formula
    if not any(token.name in faults.TEXTUAL for token in source_of(formula).tokens):
        return formula
    wrong = [p.offset for p in brace(formula, {}).problems if p.rule == "text-underscore"]
    for offset in reversed(wrong):
        formula = f"{formula[:offset]}\\{formula[offset:]}"
    return formula


@dataclass(frozen=True, slots=True)
class Seen:
    """A formula that was checked."""

    text: str
    """As the page has it."""
    display: bool
    line: int
    """Where it begins in the Markdown file."""
    has_problem: bool


def compiled(seen: Sequence[Seen], page: Page, site: SiteView, store: Storage) -> None:
    """Report what MathJax itself says against formulas in which our own checks found nothing."""
    math = page.settings.math
    if not math.is_mathjax or not any(map(_is_worth_it, seen)):
        return
    root = mathjax_node.components(math, site.cache, site.content.resolve(), fetch=site.only_checked)
    if root is None:
        return
    wanted = [s for s in seen if _is_worth_it(s)]
    config = mathjax.configuration(math, page.preamble)
    said = mathjax_node.wrong(root, math, config, [(s.text, s.display) for s in wanted], store, page.name)
    for formula, message in zip(wanted, said, strict=True):
        last = formula.line + formula.text.strip().count("\n")
        lost = leftovers.unclosed()
        known = formula.has_problem or (formula.line and explanation(formula.line, last)) or 0 < lost != formula.line
        if message and not known and "failed to load" not in message:
            at = culprits.offset(formula.text, message, page.preamble)
            line = line_in(formula.text, at, formula.line)
            column = _column(page, formula.text, at, line)
            report("math-error", f"MathJax: {message}", line=line, column=column)


def _column(page: Page, formula: str, offset: int, line: int) -> int:
    """The column in the Markdown line of what stands at `offset`; 0 when it is not written there so, or twice."""
    lines = page.source.text.split("\n")
    written = formula[offset:].split("\n", 1)[0][:24].rstrip()
    if not 0 < line <= len(lines) or not written or lines[line - 1].count(written) != 1:
        return 0
    return lines[line - 1].index(written) + 1


def _is_worth_it(formula: Seen) -> bool:
    """Letters and signs without a command cannot be wrong in a way that we do not see."""
    return "\\" in formula.text


def _is_inverted(formula: pf.Math, line: int) -> bool:
    """Whether it stands after a `$$` that is never closed, and is the text between two displays."""
    lost = leftovers.unclosed()
    return lost > 0 and formula.format == "DisplayMath" and (line == 0 or line > lost)


def _uses_broken(formula: str, page: Page) -> bool:
    """Whether MathJax will miss a macro whose definition has been reported."""
    broken = page.preamble.broken
    return bool(broken) and any(token.name in broken for token in source_of(formula).tokens if token.name)


def _problems(formula: pf.Math, page: Page, scope: Scope) -> list[Problem]:
    """What our own checks say; where braces do not match, what else they say is a consequence."""
    text, known, display = formula.text, page.preamble, formula.format == "DisplayMath"
    structure = _without_consequences(faults.check(text, known, page.settings.math, scope))
    alike = lookalikes.check(text, known, str(page.settings.get("lang", "en")))
    places = misplaced.check(text, known, display=display)
    if any(p.rule == "math-unbalanced" for p in structure) or any(p.rule == "math-comment" for p in places):
        return [*structure, *(p for p in places if p.rule == "math-comment")]
    return [*structure, *misaligned(text, known), *places, *doubled.check(text, known), *alike]


def _without_consequences(problems: Sequence[Problem]) -> list[Problem]:
    r"""A misspelt `\begin` has no `\end` of its own."""
    names = [p.message.split()[2] for p in problems if p.rule == "undefined-environment"]
    ended = tuple(f"\\begin{{{name}}} is ended by" for name in names)
    return [p for p in problems if not p.message.startswith(ended)] if ended else list(problems)


def _is_plain(formula: pf.Math, page: Page) -> bool:
    right = _words(Same.of(page.preamble), Same.of(page.settings.math))
    return right.allow(formula.text, display=formula.format == "DisplayMath")


@lru_cache(maxsize=8)
def _words(for_preamble: Same, for_math: Same) -> Words:
    return words(for_preamble.value, faults.known_macros(for_preamble.value, for_math.value))


def check(formula: pf.Math, page: Page, scope: Scope, seen: list[Seen]) -> Scope:
    """Report what is wrong with a formula, on its line, and note it in `seen`; the scope of the formulas after it."""
    math = page.settings.math
    first = line_of(formula.text)
    if math.is_mathjax and _is_plain(formula, page):
        seen.append(Seen(formula.text, formula.format == "DisplayMath", first, False))
        return scope
    problems = [] if _is_inverted(formula, first) else _problems(formula, page, scope)
    if math.method in ("katex", "mathml", "webtex"):
        problems += faults.unsupported(formula.text, math.method)
    bodies = macro_bodies.found_in(formula.text, page.preamble, math) if math.is_mathjax else ()
    for fault in bodies:
        place = macro_bodies.defined(fault, page)
        report(fault.rule, fault.message, line=place.line or first, file=place.file)
    for problem in problems:
        if problem.rule == "macro-loop" and any(d.message.startswith(problem.message) for d in reported("macro-loop")):
            continue
        line = line_in(formula.text, problem.offset, first)
        column = _column(page, formula.text, problem.offset, line)
        report(problem.rule, problem.message, line=line, column=column)
    if math.is_mathjax:
        formula.text = _with_escaped_underscores(formula.text)
        formula.text = re.sub(r"(\\[hv]space)\s*\*", r"\1", formula.text)  # MathJax has no starred form
    if math.method == "katex":  # it has no optional or delimited arguments
        simple = katex.katex_macros(page.preamble)
        hard = [name for name in page.preamble.macros if f"\\{name}" not in simple]
        formula.text = preamble.expand(formula.text, page.preamble, [*hard, *page.preamble.environments])
    if math.method in ("mathml", "webtex"):  # they know no macros
        formula.text = preamble.expand(formula.text, page.preamble)
    seen.append(
        Seen(
            formula.text,
            formula.format == "DisplayMath",
            first,
            bool(problems or bodies or _uses_broken(formula.text, page)),
        )
    )
    return scope.after(formula.text)
