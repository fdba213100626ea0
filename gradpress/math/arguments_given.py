r"""Commands that lack an argument: `\sqrt` at the end, `\frac{a}` before a closing brace.

How many arguments a command of MathJax cannot do without was asked of MathJax (`tests/tools/argument_counts.cjs`);
for the author's macros the preamble says it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import lru_cache

from gradpress.math import DATA
from gradpress.tex.macros import Preamble
from gradpress.tex.tokens import Problem, Source, source_of

_DEFINING = frozenset(
    "newcommand renewcommand providecommand def gdef edef xdef let DeclareMathOperator newenvironment renewenvironment "
    "DeclarePairedDelimiter DeclareRobustCommand NewDocumentCommand expandafter noexpand csname verb "
    "href url ce pu unicode cssId class style".split()  # their arguments are not TeX
)
_OTHERS = frozenset("begin end label ref eqref require array matrix cases pmatrix eqalign displaylines".split())
"""Commands that other checks look at, or that plain TeX reads differently."""
_STOPS = frozenset(["\\", "end", "right", "cr", "middle", "tag", "label", "notag", "nonumber", "hline"])
_WITH_COLUMNS = frozenset("array darray tabular alignat alignat* alignedat subarray".split())


@lru_cache
def counts() -> dict[str, int]:
    """How many arguments each command of MathJax cannot do without."""
    text = (DATA / "arguments.json").read_text(encoding="utf-8")
    return {name: count for name, count in json.loads(text).items() if name not in _DEFINING | _OTHERS}


def missing(formula: str, preamble: Preamble) -> Iterator[Problem]:
    """Each command of a formula whose arguments end before they should; nothing where definitions are made."""
    if "\\" not in formula:
        return
    source = source_of(formula)
    if any(token.name in _DEFINING for token in source.tokens if token.name):
        return
    for index, token in enumerate(source.tokens):
        if token.name == "begin":
            yield from _without_columns(source, index)
            continue
        if token.name and (unclosed := _unclosed(source, index, preamble)) is not None:
            message = f"'[' after \\{token.name} is never closed; write ]"
            yield Problem("math-unbalanced", source.tokens[unclosed].offset, message)
            continue
        wanted = _wanted(token.name, preamble) if token.name else 0
        given = _given(source, index + 1, wanted) if wanted else 0
        if given < wanted and not _passed_on(source, index, preamble):
            some = "an argument" if wanted == 1 else f"{wanted} arguments"
            has = "none" if not given else str(given)
            message = f"\\{token.name} needs {some} and has {has}"
            yield Problem("math-argument", token.offset, message)


def _without_columns(source: Source, index: int) -> Iterator[Problem]:
    name = source.name_of_environment(index)
    if name in _WITH_COLUMNS:
        at = source.group(source.skip(index + 1)) or index + 1
        at = source.skip(source.bracket(source.skip(at)) or at)
        if at >= len(source.tokens) or source.tokens[at].kind != "open":
            example = "{2}" if name.startswith("align") else "{cc}"
            message = f"\\begin{{{name}}} needs its columns in braces, such as {example}"
            yield Problem("math-argument", source.tokens[index].offset, message)


def _unclosed(source: Source, index: int, preamble: Preamble) -> int | None:
    """The `[` right after a command with an optional argument that nothing closes before its braces end."""
    macro = preamble.macros.get(source.tokens[index].name)
    first = macro.parameters[0].letter if macro and macro.parameters and not macro.template else ""
    if first != "o" and (macro or source.tokens[index].name != "sqrt"):
        return None
    at = source.skip(index + 1)
    opened = at < len(source.tokens) and source.tokens[at].text == "["
    return at if opened and at not in source.partner else None


def _passed_on(source: Source, index: int, preamble: Preamble) -> bool:
    """Whether the command is in an argument of the author's macro, which may give it what it lacks."""
    depth = 0
    for at in range(index - 1, -1, -1):
        token = source.tokens[at]
        if token.kind == "close":
            depth += 1
        elif token.kind == "open":
            depth -= 1
            if depth < 0 and taker(source, at) in preamble.macros:
                return True
            depth = max(depth, 0)
    return False


def taker(source: Source, opened: int) -> str:
    """The command whose argument the group that opens at `opened` is; empty if it is none's."""
    at = opened - 1
    while at >= 0:
        token = source.tokens[at]
        if token.kind in ("space", "comment"):
            at -= 1
        elif token.kind == "close" and at in source.opener:
            at = source.opener[at] - 1
        elif token.text == "]":
            at = next((k for k in range(at, -1, -1) if source.tokens[k].text == "["), 0) - 1
        else:
            return token.name or ""
    return ""


def _wanted(name: str, preamble: Preamble) -> int:
    macro = preamble.macros.get(name)
    if macro is None:
        return counts().get(name, 0)
    letters = "".join(p.letter for p in macro.parameters)
    simple = not letters.removeprefix("o").strip("m")
    return letters.count("m") if simple and not macro.is_alias and not macro.template else 0


def _given(source: Source, index: int, wanted: int) -> int:
    """How many arguments there are from `index` on, at most `wanted`."""
    index = source.skip(index)
    if index < len(source.tokens) and source.tokens[index].text == "*":
        index = source.skip(index + 1)
    after = source.bracket(index)
    if after is not None and _one(source, after) is not None:
        index = after
    for count in range(wanted):
        stop = _one(source, index)
        if stop is None:
            return count
        index = stop
    return wanted


def _one(source: Source, index: int) -> int | None:
    """Index after the argument that begins at `index`; None if there is none."""
    index = source.skip(index)
    if index >= len(source.tokens):
        return None
    token = source.tokens[index]
    if token.kind == "open":
        return source.group(index) or len(source.tokens)  # not closed: another check says so
    if token.kind == "close" or token.text in ("&", "$") or token.name in _STOPS:
        return None
    return index + 1
