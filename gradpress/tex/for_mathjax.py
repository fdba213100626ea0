r"""The author's definitions for MathJax: `tex.macros`, `tex.environments`, and a prelude for what these cannot say.

MathJax looks a macro up when it is used, so an alias (`\let\oldvec\vec`) of a command that is redefined later
would find the redefinition; the prelude, typeset before the first formula, makes such aliases in TeX's order.
"""

from __future__ import annotations

from typing import Any

from gradpress.patterns import pattern
from gradpress.records import dataclass, field, replace
from gradpress.tex.bracing import brace
from gradpress.tex.effective import arities
from gradpress.tex.expansion import expand
from gradpress.tex.macros import Environment, Macro, Parameter, Preamble

_DELIMITERS = frozenset(
    [
        "(",
        ")",
        "[",
        "]",
        "<",
        ">",
        "/",
        "|",
        ".",
        r"\lt",
        r"\gt",
        r"\lmoustache",
        r"\rmoustache",
        r"\lgroup",
        r"\rgroup",
        r"\arrowvert",
        r"\Arrowvert",
        r"\bracevert",
        r"\Vert",
        r"\|",
        r"\vert",
        r"\uparrow",
        r"\downarrow",
        r"\updownarrow",
        r"\Uparrow",
        r"\Downarrow",
        r"\Updownarrow",
        r"\backslash",
        r"\rangle",
        r"\langle",
        r"\rbrace",
        r"\lbrace",
        r"\}",
        r"\{",
        r"\rceil",
        r"\lceil",
        r"\rfloor",
        r"\lfloor",
        r"\lbrack",
        r"\rbrack",
        r"\lvert",
        r"\rvert",
        r"\lVert",
        r"\rVert",
        r"\ulcorner",
        r"\urcorner",
        r"\llcorner",
        r"\lrcorner",
    ]
)
_INTERNAL = pattern(r"[^A-Za-z]")
_ALWAYS: dict[str, Any] = {"bm": ["\\boldsymbol{#1}", 1]}


@dataclass(frozen=True, slots=True)
class MathJaxMacros:
    """What goes into MathJax's configuration; all values are plain JSON."""

    macros: dict[str, Any] = field(default_factory=dict)
    """`tex.macros`: body, `[body, n]`, `[body, n, default]` or `[body, n, [delimiters]]`."""
    environments: dict[str, Any] = field(default_factory=dict)
    """`tex.environments`: `[begin, end, n, default]`."""
    paired: dict[str, Any] = field(default_factory=dict)
    """`tex.mathtools.pairedDelimiters`."""
    prelude: str = ""
    """TeX to be typeset, unseen, before everything else."""


def mathjax(preamble: Preamble, version: str = "3.2.2") -> MathJaxMacros:
    """The definitions in force at the end of the preamble, bodies braced.

    Names in `inexpressible(preamble)` are missing: formulas are rid of these with `expand` first.
    """
    result = MathJaxMacros(macros={n: v for n, v in _ALWAYS.items() if n not in preamble.macros})
    prelude, early = _prelude(preamble)
    hidden = inexpressible(preamble)
    for name, macro in preamble.macros.items():
        if name in early or name in hidden or name in preamble.looping:
            continue
        if macro.parts:
            result.paired[name] = _paired(preamble, macro)
        else:
            result.macros[name] = _entry(preamble, macro)
    for name, environment in preamble.environments.items():
        if _expressible(environment.parameters):
            result.environments[name] = _environment(preamble, environment)
    return replace(result, prelude=prelude)


def inexpressible(preamble: Preamble) -> frozenset[str]:
    """What MathJax cannot be given: internal names, xparse's stars and later optional arguments."""
    macros = {
        name
        for name, m in preamble.macros.items()
        if (len(name) > 1 and _INTERNAL.search(name)) or not (m.parts or _expressible(m.parameters)) or _tests(m.body)
    }
    environments = {name for name, e in preamble.environments.items() if not _expressible(e.parameters)}
    return frozenset(macros | environments)


def _tests(body: str) -> bool:
    return "\\IfNoValue" in body or "\\IfValue" in body or "\\IfBoolean" in body


def _expressible(parameters: tuple[Parameter, ...]) -> bool:
    """At most the first argument is optional, and then it has a default."""
    later = all(p.letter == "m" for p in parameters[1:])
    return later and (not parameters or parameters[0].letter == "m" or _has_default(parameters[0]))


def _has_default(parameter: Parameter) -> bool:
    return parameter.letter == "o" and parameter.default is not None


def _text(preamble: Preamble, text: str, item: Macro | Environment) -> str:
    """A body of `item` as MathJax gets it."""
    without = expand(text, preamble, inexpressible(preamble), letters=item.letters)
    return brace(without, arities(preamble), letters=item.letters).text


def _body(preamble: Preamble, macro: Macro) -> str:
    if macro.kind.startswith("DeclareMathOperator"):
        star = "*" if macro.kind.endswith("*") else ""
        return f"\\operatorname{star}{{{_text(preamble, macro.body, macro)}}}"
    return macro.body if macro.is_alias else _text(preamble, macro.body, macro)


def _entry(preamble: Preamble, macro: Macro) -> Any:
    body = _body(preamble, macro)
    if macro.template:
        return [body, len(macro.parameters), list(macro.template)]
    return _counted([body], macro.parameters) if macro.parameters else body


def _counted(texts: list[Any], parameters: tuple[Parameter, ...]) -> list[Any]:
    if not parameters:
        return texts
    first = parameters[0]
    return [*texts, len(parameters), *([first.default] if _has_default(first) else [])]


def _paired(preamble: Preamble, macro: Macro) -> list[Any]:
    left, right, before, after = (_text(preamble, part, macro) for part in macro.parts)
    if macro.kind == "DeclarePairedDelimiter":
        return [left, right]
    entry = [left, right, _text(preamble, macro.body, macro), len(macro.parameters)]
    return [*entry, before, after] if before or after else entry


def _environment(preamble: Preamble, item: Environment) -> list[Any]:
    return _counted([_text(preamble, item.begin, item), _text(preamble, item.end, item)], item.parameters)


def _prelude(preamble: Preamble) -> tuple[str, frozenset[str]]:
    """The prelude and the names that it defines: delimiters, early aliases, and what they were saved from."""
    macros, lines = preamble.macros, []
    saved = {
        name: macro
        for name, macro in macros.items()
        if macro.is_alias and macro.body[1:] in macros and name not in preamble.looping
    }
    for name, macro in macros.items():
        if name in saved or _is_delimiter(macro):
            lines.append(f"\\let\\{name}={macro.body.strip()}")
    redefined = {macro.body[1:] for macro in saved.values()} - preamble.looping - set(saved)
    lines += (_redefinition(preamble, macros[name]) for name in sorted(redefined) if not _is_delimiter(macros[name]))
    names = set(saved) | redefined | {name for name, macro in macros.items() if _is_delimiter(macro)}
    return "\n".join(lines), frozenset(names)


def _is_delimiter(macro: Macro) -> bool:
    r"""A macro for a delimiter must be one itself: MathJax expands nothing after `\left`."""
    plain = not macro.parameters and not macro.parts and not macro.kind.startswith("DeclareMath")
    return plain and macro.body.strip() in _DELIMITERS and len(macro.body.strip()) > 1


def _redefinition(preamble: Preamble, macro: Macro) -> str:
    name, body = f"\\{macro.name}", _body(preamble, macro)
    if macro.parts:
        entry = _paired(preamble, macro)
        return f"\\DeclarePairedDelimiterX{{{name}}}[{len(macro.parameters)}]{{{entry[0]}}}{{{entry[1]}}}{{{body}}}"
    if macro.template:
        text = macro.template[0] + "".join(f"#{n}{after}" for n, after in enumerate(macro.template[1:], 1))
        return f"\\def{name}{text}{{{body}}}"
    counted = _counted([], macro.parameters)
    return f"\\renewcommand{{{name}}}{''.join(f'[{part}]' for part in counted)}{{{body}}}"
