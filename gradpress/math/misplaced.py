r"""Commands and signs of a formula that stand where TeX refuses them, and MathJax mostly, too.

Each check here is certain: `#` outside a definition, `\middle` outside `\left…\right`, `\limits` after a letter, a
second `\over` or `\tag`, `\Big` before no delimiter, a `$` that opens a formula inside a formula and closes nothing,
`&` and `\hline` in the wrong part of a row, an `&` for which there is no column (which MathJax forgives).  Comments
that take away a part of a formula are told as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from gradpress.math.regions import Frame, Same, definitions, frames
from gradpress.math.rows import findings
from gradpress.math.structure import is_whole
from gradpress.patterns import pattern
from gradpress.tex.macros import Macro, Preamble, names_in
from gradpress.tex.tokens import Problem, Source, source_of

_FRACTIONS = frozenset(["over", "atop", "above", "choose", "brack", "brace"])
_BIG = pattern(r"[bB]igg?[lrm]?")
_OWN = frozenset(["align", "gather", "multline", "equation", "alignat", "flalign", "eqnarray"])
_RULES = {"brace": "misplaced-alignment", "column": "misplaced-alignment", "line": "math-misplaced"}


def check(formula: str, preamble: Preamble, *, display: bool = True) -> tuple[Problem, ...]:
    """What stands in the wrong place of `formula`, in its order."""
    source = source_of(formula)
    if not any(token.kind in ("word", "symbol", "comment") or token.text in "#$" for token in source.tokens):
        return ()
    found = [*_comments(source, formula, display=display)]
    if not found and not any(definitions(source)[:2]):
        found += _signs(source, preamble)
        found += _in_groups(source, preamble)
        found += _displays(source, formula)
        if "&" in formula or "line" in formula or "rule" in formula:
            found += _in_rows(source, preamble)
    return tuple(sorted(found, key=lambda p: p.offset))


def _in_rows(source: Source, preamble: Preamble) -> Iterator[Problem]:
    for found in findings(source, preamble):
        if found.what.startswith(("gather", "multline")):
            continue  # is told as an & outside an alignment
        if not ("matrix" in found.what and "MaxMatrixCols" in preamble.rest):
            yield Problem(_RULES[found.kind], source.tokens[found.at].offset, found.message.replace("*", ""))
            return  # what follows is counted from here


def _signs(source: Source, preamble: Preamble) -> Iterator[Problem]:
    for index, token, frame in frames(source, preamble):
        if frame is Frame.SKIP or frame is Frame.OWN:
            continue
        if token.text == "#":
            yield Problem("math-misplaced", token.offset, "# in a formula; write \\#")
        elif token.text == "$":
            yield Problem("math-unbalanced", token.offset, "$ inside a formula is never closed; write \\$")
        elif frame is Frame.MATH and token.kind == "word":
            yield from _command(source, index)


def _command(source: Source, index: int) -> Iterator[Problem]:
    token = source.tokens[index]
    if token.name in ("limits", "nolimits"):
        before = index - 1
        while before >= 0 and source.tokens[before].kind in ("space", "comment"):
            before -= 1
        text = source.tokens[before].text if before >= 0 else ""
        if len(text) == 1 and text.isascii() and (text.isalnum() or text in ")]=+-"):
            yield Problem("math-misplaced", token.offset, f"\\{token.name} after {text}, which is no operator")
    elif _BIG.fullmatch(token.name):
        at = source.skip(index + 1)
        after = source.tokens[at] if at < len(source.tokens) else None
        text = after.text if after else ""
        if not text or text in ("_", "^", "&", "}", "\\end", "\\right") or (text.isascii() and text.isalnum()):
            yield Problem("math-misplaced", token.offset, f"\\{token.name} needs a delimiter after it")


def _in_groups(source: Source, preamble: Preamble) -> Iterator[Problem]:
    """`\\middle` and what may stand once in a group, a cell or a row."""
    half = _halves(Same.of(preamble))
    if half and any(token.name in half for token in source.tokens):
        return
    levels: list[tuple[str, set[str]]] = [("", set())]
    for token in source.tokens:
        name, (what, seen) = token.name, levels[-1]
        if token.kind == "open" or name in ("left", "begin"):
            levels.append((name or "{", set()))
        elif (token.kind == "close" or name in ("right", "end")) and len(levels) > 1:
            levels.pop()
        elif name == "middle" and what != "left":
            yield Problem(
                "math-misplaced", token.offset, "\\middle without \\left; it stands between \\left and \\right"
            )
        elif token.text == "&" or name in ("\\", "cr"):
            seen.discard("over")
            if token.text != "&":
                seen.discard("tag")
        elif name in _FRACTIONS or name == "tag":
            kind = "tag" if name == "tag" else "over"
            if kind in seen:
                yield Problem("math-misplaced", token.offset, _twice(name))
            seen.add(kind)


def _displays(source: Source, formula: str) -> Iterator[Problem]:
    """`\\begin{align}` is a formula of its own: something before or after it in the same one is not set with it."""
    for index, token in enumerate(source.tokens):
        name = source.name_of_environment(index) if token.name == "begin" else ""
        if name.rstrip("*") not in _OWN:
            continue
        before = re.sub(r"%[^\n]*|\\label\s*\{[^{}]*\}|\s", "", formula[: token.offset])
        end = formula.rfind(f"\\end{{{name}}}") + len(f"\\end{{{name}}}")
        after = re.sub(r"%[^\n]*|\\(?:label|tag)\s*\{[^{}]*\}|[\s.,;]|\\[,;!: ]", "", formula[end:])
        if (before and "\\begin" not in before) or (after and "\\end" not in after and "\\begin" not in after):
            message = f"\\begin{{{name}}} is a formula of its own; write aligned or gathered beside something else"
            yield Problem("math-misplaced", token.offset, message)
        return


def _twice(name: str) -> str:
    if name == "tag":
        return "a second \\tag in one line; an equation has one mark"
    return f"a second fraction in one group at \\{name}; put braces around the first one"


@lru_cache(maxsize=16)
def _halves(preamble: Same) -> frozenset[str]:
    """The author's macros that may be half of a pair."""
    return frozenset(name for name, macro in preamble.value.macros.items() if _may_pair(macro))


def _may_pair(macro: Macro) -> bool:
    opened = {"left", "right", "begin", "end", "\\"} & names_in(macro)
    return macro.is_alias or (bool(opened) and not is_whole(macro.body))


def _comments(source: Source, formula: str, *, display: bool) -> Iterator[Problem]:
    """A `%` was meant as a sign where a part of the formula goes with it."""
    for index, token in enumerate(source.tokens):
        rest = token.text.lstrip("%").strip()
        if token.kind != "comment" or not rest:
            continue
        before = formula[: token.offset].rpartition("\n")[2]
        if before.strip() and (
            before[-1:].isdigit() or _cuts(source, index) or (not display and "\n" not in token.text)
        ):
            message = "% begins a comment, and the rest of the line is lost; write \\%"
            yield Problem("math-comment", token.offset, message)
            return


def _cuts(source: Source, index: int) -> bool:
    """Whether braces do not match without the comment, and would match with it."""
    inside = source_of(source.tokens[index].text.lstrip("%"))
    strays = sum((t.kind == "open") - (t.kind == "close") for t in inside.tokens)
    outside = sum((t.kind == "open") - (t.kind == "close") for t in source.tokens)
    return strays != 0 and strays == -outside
