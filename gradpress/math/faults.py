r"""What is wrong with a formula before any program sees it.

Everything here says nothing rather than something doubtful: a formula that MathJax shows is never reported.
Time is proportional to the formula, and nothing raises.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from gradpress.diagnostics import GradpressError
from gradpress.math import DATA, known
from gradpress.math.arguments_given import missing
from gradpress.math.mathjax import active_extensions, package_names
from gradpress.math.mathjax_source import edition
from gradpress.math.regions import Frame, Same, definitions, frames
from gradpress.math.structure import endless, unbalanced
from gradpress.nearest import nearest
from gradpress.patterns import pattern
from gradpress.records import dataclass
from gradpress.settings import Math
from gradpress.tex.packages import stand_ins
from gradpress.tex.tokens import KNOWN, SIGNATURES, Problem, Source, Token, source_of

if TYPE_CHECKING:
    from gradpress.tex.preamble import Preamble

# A suggestion costs some milliseconds of difflib; a page of garbage must not cost minutes.
_SUGGESTIONS = 5
_DRAWN = pattern(r"\\begin\{(tikz\w*\*?|pgfpicture|axis|asy)\}")


class Reference(NamedTuple):
    """A label given or asked for."""

    name: str
    offset: int


@dataclass(frozen=True, slots=True)
class Scope:
    """What earlier formulas of the page have defined or required."""

    macros: frozenset[str] = frozenset()
    environments: frozenset[str] = frozenset()
    packages: frozenset[str] = frozenset()
    """Extensions asked for with `\\require`."""

    def after(self, formula: str) -> Scope:
        """The scope of the formulas that follow `formula`."""
        if "\\" not in formula:
            return self
        macros, environments, packages = definitions(source_of(formula))
        if not (macros or environments or packages):
            return self
        return Scope(self.macros | macros, self.environments | environments, self.packages | packages)


@dataclass(frozen=True, slots=True)
class _Facts:
    """What one page's configuration makes known."""

    version: str
    names: known.Names
    own: frozenset[str]
    """Macros of the author, of the configuration, and our stand-ins."""
    environments: frozenset[str]
    text: frozenset[str] | None
    """Commands inside text; None where text is printed as it stands."""
    is_mathjax: bool


@lru_cache(maxsize=16)
def _facts(for_preamble: Same, for_math: Same) -> _Facts:
    preamble: Preamble = for_preamble.value
    math: Math = for_math.value
    try:
        chosen, active = edition(math), active_extensions(math, preamble)
    except GradpressError:  # reported where the page is written
        math = Math()
        chosen, active = edition(math), active_extensions(math, preamble)
    tex = math.config.get("tex", {})
    config: Mapping[str, Any] = tex if isinstance(tex, Mapping) else {}
    ours = stand_ins(package_names(preamble), chosen.version, active)
    return _Facts(
        version=chosen.version,
        names=known.known(chosen.version, active),
        own=frozenset([*preamble.macros, *preamble.broken, *ours, *config.get("macros", ()), *_elsewhere(math.method)]),
        environments=frozenset(preamble.environments) | frozenset(config.get("environments", ())),
        text=known.text_macros(chosen.version) if "textmacros" in active else None,
        is_mathjax=math.is_mathjax,
    )


def _elsewhere(method: str) -> frozenset[str]:
    """Names that another method than MathJax knows."""
    if method == "katex":
        return frozenset(_other("katex")["also"])
    return KNOWN if method in ("mathml", "webtex") else frozenset()


def check(formula: str, preamble: Preamble, math: Math, scope: Scope | None = None) -> tuple[Problem, ...]:
    """What is wrong with `formula`, in its order; `scope` is what earlier formulas defined."""
    facts = _facts(Same.of(preamble), Same.of(math))
    source = source_of(formula)
    found = [*_undefined(source, preamble, facts, (scope or Scope()).after(formula))]
    # What an earlier formula defined may open or close something: its body is not at hand.
    guessed = scope is not None and any(token.name in scope.macros for token in source.tokens if token.name)
    problem = None if guessed else unbalanced(formula, source, preamble, facts.names)
    if problem is None and facts.is_mathjax:
        problem = endless(formula)
    if problem:
        found.append(problem)
    elif facts.is_mathjax:
        found += missing(formula, preamble)
    return tuple(sorted(found, key=lambda p: p.offset))


def unclosed(formula: str, preamble: Preamble, math: Math) -> Problem | None:
    """The first brace, `\\left` or environment of `formula` without its other half."""
    facts = _facts(Same.of(preamble), Same.of(math))
    return unbalanced(formula, source_of(formula), preamble, facts.names) or (
        endless(formula) if facts.is_mathjax else None
    )


def known_macros(preamble: Preamble, math: Math) -> frozenset[str]:
    """The commands that MathJax knows on a page with this preamble."""
    return _facts(Same.of(preamble), Same.of(math)).names.macros


def undefined(text: str, preamble: Preamble, math: Math) -> tuple[Problem, ...]:
    """The commands and environments of `text`, such as the body of a macro, that nothing defines."""
    if "\\" not in text:
        return ()
    facts = _facts(Same.of(preamble), Same.of(math))
    return tuple(_undefined(source_of(text), preamble, facts, Scope().after(text)))


def _undefined(source: Source, preamble: Preamble, facts: _Facts, scope: Scope) -> Iterable[Problem]:
    names = known.known(facts.version, scope.packages) if scope.packages else None
    macros = scope.macros | (names.macros if names else frozenset())
    environments = scope.environments | (names.environments if names else frozenset())
    seen: set[str] = set()
    for token in source.tokens:
        if token.kind == "verb" and (drawn := _DRAWN.match(token.text)) and drawn[1] not in facts.environments:
            message = f"MathJax has no environment {drawn[1]}; draw it with a program, and show the picture"
            yield Problem("undefined-environment", token.offset, message)
    for index, token, frame in frames(source, preamble):
        if token.name == "begin" and frame is not Frame.TEXT:
            name = source.name_of_environment(index)
            if (
                name
                and "#" not in name
                and f"{{{name}}}" not in seen
                and not _has_environment(name, facts, environments)
            ):
                seen.add(f"{{{name}}}")
                yield _no_environment(name, token, facts, len(seen) <= _SUGGESTIONS)
        elif token.name in _CLOSING and _CLOSING[token.name] in seen:
            seen.add(token.name)
        elif token.name and token.name not in seen and token.name not in macros:
            if token.name in preamble.looping:
                seen.add(token.name)
                yield Problem("macro-loop", token.offset, f"\\{token.name} expands to itself")
            elif not _has_macro(token.name, facts, frame):
                seen.add(token.name)
                yield _no_macro(token, facts, macros, len(seen) <= _SUGGESTIONS)


# Not commands by themselves: others look for them in the text that follows.
_INNER = frozenset(["endtoggle", "of"])


def _has_macro(name: str, facts: _Facts, frame: Frame) -> bool:
    if name.isspace() or name in _INNER or name in facts.own or name in facts.names.macros:
        return True
    return frame is Frame.TEXT and (facts.text is None or name in facts.text or name in KNOWN)


def _has_environment(name: str, facts: _Facts, more: frozenset[str]) -> bool:
    return name in facts.environments or name in facts.names.environments or name in more


# A formula does not begin inside another one.
_CLOSING = {"]": "[", ")": "("}
_DELIMITERS = frozenset([*_CLOSING, *_CLOSING.values()])


def _no_macro(token: Token, facts: _Facts, more: Iterable[str], suggest: bool) -> Problem:
    message = f"\\{token.name} is not defined"
    if token.name in _DELIMITERS:
        return Problem("undefined-macro", token.offset, f"\\{token.name} inside a formula; leave it out")
    if extension := known.owner(facts.version, token.name):
        message += f"; \\usepackage{{{extension}}} defines it"
    elif token.name in KNOWN:
        message += " in MathJax, only in LaTeX"
    elif token.name in _RULES:
        message += f"; for a line in an array MathJax has \\{_RULES[token.name]}"
    elif near := nearest(token.name, facts.names.macros | TEXTUAL, [*facts.own, *more]) if suggest else "":
        message += f"; did you mean \\{near}?"
    return Problem("undefined-macro", token.offset, message)


_RULES = dict.fromkeys(("toprule", "midrule", "bottomrule", "cline", "cmidrule"), "hline")
TEXTUAL = frozenset(name for name, letters in SIGNATURES.items() if "t" in letters)
"""Commands with an argument that is text."""


def _no_environment(name: str, token: Token, facts: _Facts, suggest: bool) -> Problem:
    message = f"the environment {name} is not defined"
    near = nearest(name, facts.names.environments, facts.environments) if suggest else ""
    return Problem("undefined-environment", token.offset, f"{message}; did you mean {near}?" if near else message)


_REFERENCES = frozenset(["ref", "eqref", "cref", "Cref", "autoref", "pageref", "labelcref", "vref", "nameref"])


def references(formula: str) -> tuple[tuple[Reference, ...], tuple[Reference, ...]]:
    r"""The labels that `formula` gives and those it asks for; comments and `\verb` do not count."""
    labels: list[Reference] = []
    asked: list[Reference] = []
    if "\\" not in formula:
        return (), ()
    source = source_of(formula)
    for index, token in enumerate(source.tokens):
        if token.name == "label":
            labels.extend(_named(source, index))
        elif token.name in _REFERENCES:
            asked.extend(_named(source, index))
    return tuple(labels), tuple(asked)


def _named(source: Source, index: int) -> Iterable[Reference]:
    opened = source.skip(index + 1)
    closed = source.group(opened)
    if closed:
        name = source.text(opened + 1, closed - 1).strip()
        yield Reference(name, source.tokens[index].offset)


@lru_cache
def _other(method: str) -> dict[str, list[str]]:
    text = (DATA / f"{method}.json").read_text(encoding="utf-8")
    loaded: dict[str, list[str]] = json.loads(text)
    return loaded


# An image made elsewhere knows nothing of the page around it.
_NOT_IN_IMAGES = _REFERENCES | {"label", "href", "cssId", "class", "style", "require", "toggle", "unicode"}


def unsupported(formula: str, method: str) -> tuple[Problem, ...]:
    """What KaTeX, pandoc's MathML or an image service cannot show of `formula`, though MathJax can."""
    if method not in ("katex", "mathml", "webtex"):
        return ()
    lacking = _NOT_IN_IMAGES if method == "webtex" else frozenset(_other(method)["macros"])
    environments = frozenset[str]() if method == "webtex" else frozenset(_other(method)["environments"])
    source = source_of(formula)
    found: dict[str, int] = {}
    for index, token in enumerate(source.tokens):
        name = source.name_of_environment(index) if token.name == "begin" else ""
        if name in environments:
            found.setdefault(f"the environment {name}", token.offset)
        elif token.name in lacking:
            found.setdefault(f"\\{token.name}", token.offset)
    return tuple(Problem("math-method", at, f"math.method {method} cannot show {what}") for what, at in found.items())
