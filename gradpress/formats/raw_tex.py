"""TeX outside mathematics in a format that is not TeX: what pandoc can read is kept, the rest reported."""

from __future__ import annotations

import re
from functools import lru_cache

import panflute as pf

from gradpress.cache import Storage
from gradpress.diagnostics import report, reported
from gradpress.math import faults, known
from gradpress.nearest import nearest, steps
from gradpress.numbers import theorems
from gradpress.page import Page
from gradpress.patterns import pattern
from gradpress.reading import leftovers, scraps
from gradpress.reading.places import line_in, line_of
from gradpress.tex import layout_words, preamble
from gradpress.tex.tokens import MATH_ENVIRONMENTS
from gradpress.walking import collected, walk

_BARE = pattern(
    r"\\(?:noindent|indent|(?:un)?boldmath|newpage|clearpage|pagebreak|(?:small|med|big)skip|hfill|vfill|centering|par|sloppy|raggedright"
    r"|normalsize|small|large|footnotesize|Large|LARGE|huge|Huge|tiny|scriptsize)\s*(?=\{)"
)
"""Layout without arguments: pandoc takes the group behind it for one, and its words would go with it."""
_DECLARATION = pattern(r"^\\(?:newtheorem|theoremstyle|let|def)(?![A-Za-z]).*$", re.M)
"""What of the rest of a preamble pandoc reads; all else it would put before the words."""
_CITED = pattern(r"\\[A-Za-z]*[cC]ite[a-z]*\*?(?:\[[^\]]*\])*\{(?P<keys>[^{}]*)\}")
"""Without the list that names them, citations show their keys."""
_FRAME = pattern(r"^\\(?:fbox|framebox|shadowbox|ovalbox|hl|centerline)\s*(?:\[[^\]]*\])*\s*(?=\{)")
_FRACTION = pattern(r"\\(?:nicefrac|sfrac|tfrac|frac)(?:\{[^{}]*\}){2}")
_FORMULAS = pattern(
    r"(?<!\\)(\$\$?)((?:[^$\\]|\\.)+)\1|\\begin\{(equation|align|gather|multline)\*?\}(.*?)\\end\{\3", re.S
)
_WITH_WORDS = pattern(r"\s*\\(?!begin\b|end\b)[A-Za-z@]+\*?(?:\[[^\]]*\])*\{[^{}]*\w")
_MATH_BLOCK = pattern(r"\s*\\begin\s*\{(?:equation|align|gather|multline|alignat|flalign|eqnarray)\*?\}")
_BEGIN = pattern(r"\s*\\begin\s*\{([A-Za-z]+\*?)\}")
_TEXTUAL = (
    "center quote quotation flushleft flushright itemize enumerate description figure table tabular minipage verbatim"
)


_LOGOS = "".join(
    f"\\providecommand{{\\{name}}}{{{shown}}}"
    for name, shown in {"AmS": "AMS", "LaTeXe": "LaTeX2ε", "BibTeX": "BibTeX", "XeTeX": "XeTeX", "PiC": "PiC"}.items()
)
"""Names of programs that pandoc does not know."""


_FORMULA = pattern(r"\\\(.*?\\\)|\\\[.*?\\\]|(?<![\\$])\$(?:[^$\\]|\\.)+\$(?!\$)", re.S)
_KEPT = pattern("\ue000(\\d+)\ue001")


def _expanded(text: str, page: Page) -> str:
    """The text with the author's macros written out, but for those in formulas: faults are told of what is written."""
    kept: list[str] = []

    def put_by(found: re.Match[str]) -> str:
        kept.append(found[0])
        return f"\ue000{len(kept) - 1}\ue001"

    expanded = preamble.expand(_FORMULA.sub(put_by, text), page.preamble)
    return _KEPT.sub(lambda m: kept[int(m[1])], expanded)


def read(element: pf.RawInline | pf.RawBlock, page: Page, store: Storage) -> list[pf.Element]:
    """The element as ordinary elements; reported when nothing can be made of it."""
    text = _BARE.sub("", element.text.strip())
    if not text or layout_words.only(text) or text.startswith("%"):
        return []
    expanded = _BARE.sub("", _expanded(text, page))
    expanded = _FRAME.sub("", expanded)
    if isinstance(element, pf.RawInline) and _FRACTION.fullmatch(text):
        return [pf.Math(text, format="InlineMath")]
    declared = "\n".join(_DECLARATION.findall(page.preamble.rest))
    blocks = _blocks(f"{declared}\n{_LOGOS}\n\n{expanded}", store)
    if isinstance(element, pf.RawInline):
        inlines = list(blocks[0].content) if len(blocks) == 1 and isinstance(blocks[0], pf.Para | pf.Plain) else []
        found: list[pf.Element] = inlines
    else:
        found = blocks
    lost = [piece for block in found for piece in _lost(block)]
    if (not found or lost) and not _explained(element, page):
        for piece in lost if found else [text]:
            _report(piece, element.text)
        if isinstance(element, pf.RawInline) and (cited := _CITED.fullmatch(text)):
            return [pf.Str(f"[{cited['keys'].strip()}]")]
    elif isinstance(element, pf.RawBlock) and (begun := _BEGIN.match(text)):
        _check_environment(begun[1], page, line_of(element.text))
    return found


def _report(piece: str, text: str) -> None:
    """Say that a piece of `text` is lost, on its own line where it stands in it as it is."""
    shown = piece if len(piece) <= 60 else f"{piece[:57]}…"
    line = line_in(text, max(text.find(piece), 0), line_of(text))
    report("raw-tex-dropped", f"HTML cannot show '{shown}'", line=line, hint="it stays in PDF")


def _check_environment(name: str, page: Page, line: int) -> None:
    """pandoc shows what stands in an environment that nobody knows; a misspelt one is certainly a mistake."""
    if name in page.preamble.environments or name in page.preamble.rest:
        return
    known_names = {*MATH_ENVIRONMENTS, *_TEXTUAL.split(), *theorems.STANDARD, *theorems.declared(page.preamble.rest)}
    if name not in known_names and (meant := nearest(name, known_names)) and steps(name, meant) <= 2:
        report("undefined-environment", f"the environment {name} is not defined; did you mean {meant}?", line=line)


def _explained(element: pf.RawInline | pf.RawBlock, page: Page) -> bool:
    """Whether the TeX is left over from a formula that fell apart, and that has been or is now reported."""
    text = element.text
    first = line_of(text)
    if _CITED.fullmatch(text) and reported("bibliography-missing"):
        return True
    if 0 < leftovers.unclosed() <= first:
        return True
    for formula in _FORMULAS.finditer(text):
        for problem in faults.check(formula[2] or formula[4], page.preamble, page.settings.math):
            if problem.rule == "math-unbalanced" and problem.message.startswith(("'{'", "'}'")):
                at = problem.offset + (formula.start(2) if formula[2] else formula.start(4))
                report(problem.rule, problem.message, line=line_in(text, at, first))
                return True
    if isinstance(element, pf.RawBlock) and not _MATH_BLOCK.match(text):
        return False
    name = text.lstrip("\\").split("{")[0].strip()
    fell = isinstance(element, pf.RawBlock) or name in page.preamble.macros or name in _formula_commands()
    return fell and bool(reported("math-unbalanced", "math-as-text"))


@lru_cache
def _formula_commands() -> frozenset[str]:
    return known.known_macros("3.2.2", ("base", "ams")) - known.text_macros("3.2.2")


def _blocks(text: str, store: Storage) -> list[pf.Element]:
    """What can be shown of the text, with the commands in it that cannot and that take words with them.

    With other TeX in it, such as a table with uneven rows, pandoc says more when it may drop what it does not know.
    """
    found = pf.Doc(*(scraps.blocks(text, store) or []))
    walk(found, lambda element, _: [] if layout_words.only(element.text) else None, pf.RawInline, pf.RawBlock)
    if not all(map(_WITH_WORDS.match, _lost(found))):
        found = pf.Doc(*(scraps.blocks(text, store, "latex") or []))
    return [] if _is_empty(found) else list(found.content)


def _is_empty(doc: pf.Doc) -> bool:
    return not pf.stringify(doc).strip() and not _has_picture(doc)


def _lost(root: pf.Element) -> list[str]:
    """What is left that only TeX can show, such as a citation."""
    return [raw.text for raw in collected(root, pf.RawInline, pf.RawBlock)]


def _has_picture(doc: pf.Doc) -> bool:
    return bool(collected(doc, pf.Image, pf.Math))
