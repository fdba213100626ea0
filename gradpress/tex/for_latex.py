r"""The author's definitions for LaTeX, in a form that never fails.

`\newcommand` of a name that exists is an error, and which names exist depends on packages that the author never chose.
So a name is made sure of first and redefined then: the last definition wins, in the order of the text, and what an
earlier `\let` has saved stays saved.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gradpress.tex.bracing import brace
from gradpress.tex.effective import arities
from gradpress.tex.macros import Definition, Environment, Macro, Parameter, Preamble, Rest, in_regimes
from gradpress.tex.tokens import KNOWN


def latex(preamble: Preamble) -> str:
    """LaTeX code of all definitions and the rest, in order.  Packages are the caller's to load, before it."""
    declared: dict[str, str] = {}
    told = (
        (redeclared(text, i.declares, declared) if isinstance(i, Rest) else text, i) for i, text in pieces(preamble)
    )
    return in_regimes([(text, item.letters) for text, item in told])


def pieces(preamble: Preamble) -> Iterator[tuple[Definition | Rest, str]]:
    """Each definition, and each of the rest, with its LaTeX."""
    known = arities(preamble)
    for item in preamble.items:
        if isinstance(item, Macro) and (item.name in preamble.looping or _superseded(item, preamble)):
            continue
        yield item, item.text if isinstance(item, Rest) else _definition(item, known)


def _superseded(macro: Macro, preamble: Preamble) -> bool:
    """Whether a later paired delimiter has the name: mathtools' inner names of the first would clash with it."""
    last = preamble.macros.get(macro.name)
    return bool(macro.parts and last and last.parts and last != macro)


def _definition(item: Definition, known: dict[str, str]) -> str:
    def braced(text: str) -> str:
        return brace(text, known, letters=item.letters).text

    if isinstance(item, Environment):
        return _environment(item, braced(item.begin), braced(item.end))
    return _macro(item, braced(item.body), [braced(part) for part in item.parts])


def _macro(macro: Macro, body: str, parts: list[str]) -> str:
    kind, name = macro.kind, f"\\{macro.name}"
    if kind == "let":
        return f"{macro.prefix}\\let{name}={macro.body}"
    if kind in ("def", "gdef", "edef", "xdef"):
        return f"{macro.prefix}\\{kind}{name}{_parameter_text(macro)}{{{body}}}"
    if "Document" in kind:
        return _documented(macro, body)
    if parts:
        return _paired(macro, body, parts)
    if kind.startswith("DeclareMathOperator"):
        if not _definable(macro):
            return f"\\def{name}{{{_operator(kind, body)}}}"
        return f"\\let{name}\\relax\\{kind}{{{name}}}{{{body}}}"
    star = "*" if kind.endswith("*") else ""
    arguments = f"{star}{{{name}}}{_counted(macro.parameters)}{{{body}}}"
    if kind.startswith(("providecommand", "DeclareRobust")):
        return f"\\{kind.rstrip('*')}{arguments}"
    first = f"\\providecommand{{{name}}}{{}}" if _definable(macro) else f"\\def{name}{{}}"
    return f"{first}\\renewcommand{arguments}"


def _definable(macro: Macro) -> bool:
    r"""LaTeX refuses to define `\end…` and `\relax` afresh."""
    return not macro.name.startswith("end") and macro.name != "relax"


def _operator(kind: str, body: str) -> str:
    return f"\\operatorname{kind.removeprefix('DeclareMathOperator')}{{{body}}}"


def _parameter_text(macro: Macro) -> str:
    template = macro.template or ("",) * (len(macro.parameters) + 1)
    text = template[0] + "".join(f"#{n}{after}" for n, after in enumerate(template[1:], 1))
    # Without a space the letter would become part of the name: \def\x a#1{…}.
    return f" {text}" if _is_word(text[:1], macro) and _is_word(macro.name, macro) else text


def _is_word(text: str, macro: Macro) -> bool:
    r"""Whether it consists of what is a letter where the macro is defined, after `\makeatletter` for instance."""
    return bool(text) and all(c.isalpha() or c in macro.letters for c in text)


def _counted(parameters: tuple[Parameter, ...]) -> str:
    if not parameters:
        return ""
    default = parameters[0].default if parameters[0].letter == "o" else None
    return f"[{len(parameters)}]" + ("" if default is None else f"[{_protected(default)}]")


def _protected(default: str) -> str:
    """A default with a `]` in it needs braces, which LaTeX takes off again."""
    return f"{{{default}}}" if "]" in default or "[" in default else default


def _documented(macro: Macro, body: str) -> str:
    provided = macro.kind.startswith("Provide")
    command = "ProvideDocumentCommand" if provided else "DeclareDocumentCommand"
    return f"\\{command}{{\\{macro.name}}}{{{macro.spec}}}{{{body}}}"


def _paired(macro: Macro, body: str, parts: list[str]) -> str:
    left, right, before, after = parts
    count = f"[{len(macro.parameters)}]"
    texts = {
        "DeclarePairedDelimiter": [left, right],
        "DeclarePairedDelimiterX": [left, right, body],
        "DeclarePairedDelimiterXPP": [before, left, right, after, body],
    }[macro.kind]
    arguments = "".join(f"{{{text}}}" for text in texts)
    name = f"\\{macro.name}"
    return f"\\let{name}\\relax\\{macro.kind}{{{name}}}{count if len(texts) > 2 else ''}{arguments}"


def _environment(item: Environment, begin: str, end: str) -> str:
    if "Document" in item.kind:
        return f"\\DeclareDocumentEnvironment{{{item.name}}}{{{item.spec}}}{{{begin}}}{{{end}}}"
    fresh = _undefined(item.name) + _undefined(f"end{item.name}")
    return f"{fresh}\\newenvironment{{{item.name}}}{_counted(item.parameters)}{{{begin}}}{{{end}}}"


def _undefined(name: str) -> str:
    return f"\\expandafter\\let\\csname {name}\\endcsname\\relax"


def redeclared(text: str, names: Sequence[str], declared: dict[str, str]) -> str:
    r"""A `\newtheorem` that is `declared` already is not repeated; a different one replaces it."""
    if not names:
        return text
    before = [declared.get(name) for name in names]
    if before == [text] * len(before):
        return ""
    declared.update(dict.fromkeys(names, text))
    clashing = any(before) or KNOWN.intersection(names)
    return "".join(_undefined(name) for name in names if clashing) + text
