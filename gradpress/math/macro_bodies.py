r"""What is wrong in the body of a macro, told where the macro is defined and not at each of its uses.

Words: the *balance* of a body is how many `\left` it has more than `\right`.  A body may be half of a pair; it is a
fault where no other macro of the formula is the other half.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from gradpress.content import CONFIGURATION, PROJECTS
from gradpress.math import faults
from gradpress.math.regions import Same
from gradpress.page import Page
from gradpress.settings import Math
from gradpress.tex.bracing import brace
from gradpress.tex.macros import Macro, Preamble, names_in
from gradpress.tex.tokens import source_of, tokenize


class Fault(NamedTuple):
    """One fault of a body."""

    macro: str
    """The macro in whose body it is."""
    rule: str
    message: str
    word: str
    """What the faulty line contains."""


class Definition(NamedTuple):
    """Where something is defined."""

    file: str
    """Empty for the page itself."""
    line: int


def found_in(formula: str, preamble: Preamble, math: Math) -> tuple[Fault, ...]:
    """The faults of the bodies that `formula` uses, each once."""
    if not (preamble.macros or preamble.broken) or "\\" not in formula:
        return ()
    used = [token.name for token in source_of(formula).tokens if token.name in preamble.macros]
    known = _undefined(Same.of(preamble), Same.of(math))
    found = [fault for name in dict.fromkeys(used) for fault in known.get(name, ())]
    wrong = {fault.macro for fault in found}
    halves = (fault for fault in _halves(formula, used, preamble) if fault.macro not in wrong)  # `\rigth` is one, too
    return tuple(dict.fromkeys([*found, *halves]))


@lru_cache(maxsize=16)
def _undefined(for_preamble: Same, for_math: Same) -> Mapping[str, tuple[Fault, ...]]:
    """Name of a macro → what is not defined in its body and in the bodies that it uses."""
    preamble: Preamble = for_preamble.value
    own = {name: tuple(_in_body(macro, preamble, for_math.value)) for name, macro in preamble.macros.items()}
    if not any(own.values()):
        return {}
    return {name: tuple(f for inner in reach(name, preamble) for f in own[inner]) for name in preamble.macros}


def reach(name: str, preamble: Preamble) -> dict[str, None]:
    """The macro and all that its expansion uses."""
    seen: dict[str, None] = {}
    todo = [name]
    while todo:
        here = todo.pop()
        if here not in seen:
            seen[here] = None
            todo += names_in(preamble.macros[here]) & preamble.macros.keys()
    return seen


def _in_body(macro: Macro, preamble: Preamble, math: Math) -> Iterator[Fault]:
    if macro.is_alias or macro.template or macro.conditional or macro.letters or "\\if" in macro.body:
        return
    for text in (macro.body, *macro.parts):
        for problem in faults.undefined(text, preamble, math):
            if problem.rule != "macro-loop":
                word = text[problem.offset :].split("{")[0] if problem.rule == "undefined-macro" else "\\begin"
                found = re.match(r"\\(?:[A-Za-z]+|.)", word)
                yield Fault(macro.name, problem.rule, problem.message, found[0] if found else word)
        for problem in brace(text, {}).problems:
            if problem.rule == "double-script":
                message = f"{problem.message}, in the body of \\{macro.name}"
                yield Fault(macro.name, problem.rule, message, text[: problem.offset].rstrip()[-1:] or "\\")


def _halves(formula: str, used: list[str], preamble: Preamble) -> Iterator[Fault]:
    r"""Macros that open a `\left` which nothing in the formula closes, or the other way round."""
    balances = {name: balance for name in dict.fromkeys(used) if (balance := _balance(name, preamble))}
    names = [token.name for token in source_of(formula).tokens]
    may_pair = min(balances.values(), default=0) * max(balances.values(), default=0) < 0
    if may_pair or names.count("left") != names.count("right"):
        return
    for name, balance in balances.items():
        missing, there = ("right", "left") if balance > 0 else ("left", "right")
        owner = next(m for m in reach(name, preamble) if _own_balance(preamble.macros[m]))
        message = f"\\{there} without \\{missing} in the body of \\{owner}"
        yield Fault(owner, "math-unbalanced", message, f"\\{there}")


def _balance(name: str, preamble: Preamble) -> int:
    """The balance of a macro; none where it is not certain: two bodies that do not balance may be a pair."""
    if name in preamble.looping:
        return 0
    found = [b for m in reach(name, preamble) if (b := _own_balance(preamble.macros[m]))]
    return found[0] if len(found) == 1 else 0


def _own_balance(macro: Macro) -> int:
    if macro.is_alias or macro.template or not names_in(macro):
        return 0
    names = [token.name for token in tokenize(macro.body, macro.letters)]
    return names.count("left") - names.count("right")


def defined(fault: Fault, page: Page) -> Definition:
    """Where the fault stands: in the page, in a file of its preamble, or in the configuration."""
    for file, text in _texts(page):
        if line := _line(fault, text.split("\n")):
            return Definition(file, line)
    return Definition("", 0)


def _texts(page: Page) -> Iterator[tuple[str, str]]:
    yield "", page.source.text
    for name in (*page.context.preambles, CONFIGURATION, *PROJECTS):
        path = Path(page.context.root) / name
        if path.is_file():
            yield name, path.read_text(encoding="utf-8", errors="replace")


def _line(fault: Fault, lines: list[str]) -> int:
    name = re.escape(fault.macro)
    opening = re.compile(
        rf"\\(?:[A-Za-z]*command|[A-Za-z]*Command|[gex]?def|Declare\w+)\*?\s*\{{?\s*\\{name}(?![A-Za-z])"
        rf"|^\s*['\"]?\\{{1,2}}{name}['\"]?\s*:"
    )
    word = re.compile(rf"{re.escape(fault.word)}(?![A-Za-z])")
    first = next((k for k, line in enumerate(lines) if opening.search(line)), -1)
    if first < 0:
        return 0
    return next((k for k in range(first, min(first + 40, len(lines))) if word.search(lines[k])), first) + 1
