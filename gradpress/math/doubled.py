r"""A script after a macro whose body ends with the same script: `\norm{x}_2` where `\norm` sets an index itself."""

from __future__ import annotations

from collections.abc import Iterator

from gradpress.tex.arguments import arguments
from gradpress.tex.bracing import brace
from gradpress.tex.effective import arities
from gradpress.tex.expansion import expand
from gradpress.tex.macros import Preamble
from gradpress.tex.tokens import Problem, source_of


def check(formula: str, preamble: Preamble) -> Iterator[Problem]:
    """Each script of `formula` that is the second one of its symbol once macros are expanded."""
    if not preamble.macros or ("_" not in formula and "^" not in formula):
        return
    source, known = source_of(formula), arities(preamble)
    for index, token in enumerate(source.tokens):
        macro = preamble.macros.get(token.name) if token.name else None
        if macro is None or macro.is_alias or macro.template or "?" in known[token.name]:
            continue
        spans = arguments(source, index + 1, known[token.name], known)
        if spans is None:
            continue
        at = source.skip(spans[-1][1] if spans else index + 1)
        sign = source.tokens[at].text if at < len(source.tokens) else ""
        if sign in ("_", "^") and _ends_with(source.text(index, at), sign, preamble):
            kind = "subscripts" if sign == "_" else "superscripts"
            message = f"two {kind} on one symbol: \\{token.name} ends with one; put braces around it"
            yield Problem("double-script", source.tokens[at].offset, message)


def _ends_with(call: str, sign: str, preamble: Preamble) -> bool:
    expanded = expand(call, preamble)
    if sign not in expanded:
        return False
    before = {p.offset for p in brace(expanded, {}).problems}
    after = brace(f"{expanded}{sign}{{x}}", {}).problems
    return any(p.rule == "double-script" and p.offset not in before for p in after)
