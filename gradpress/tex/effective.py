r"""How many arguments the author's macros really take.

`\newcommand{\vx}{\mathbf}` is declared without arguments and takes one all the same: what its body leaves hungry.
"""

from __future__ import annotations

from gradpress.tex.arguments import arguments
from gradpress.tex.macros import Macro, Preamble
from gradpress.tex.tokens import DECLARATIONS, SIGNATURES, Source, tokenize

_DEEPEST = 40


def arities(preamble: Preamble) -> dict[str, str]:
    """Name → letters m, o, s of the arguments, as `bracing.brace` wants them; `?` where bracing cannot know."""
    known: dict[str, str] = getattr(preamble, "_arities", {})
    if not known:
        known.update({name: _letters(preamble, name, {}, 0) for name in preamble.macros})
        object.__setattr__(preamble, "_arities", known)
    return dict(known)


def _letters(preamble: Preamble, name: str, visiting: dict[str, str], depth: int) -> str:
    macro = preamble.macros[name]
    own = declared(macro)
    if "?" in own or depth > _DEEPEST or name in preamble.looping:
        return own
    if macro.parts or macro.kind.startswith("DeclareMath"):
        return own
    visiting = visiting if depth else {}
    if name in visiting:
        return visiting[name]
    visiting[name] = own
    more = _hunger(preamble, macro, visiting, depth)
    visiting[name] = "?" if more == "?" else own + more
    return visiting[name]


def declared(macro: Macro) -> str:
    """The letters that the definition itself states."""
    if macro.parts:
        return "so" + "m" * len(macro.parameters)
    if macro.template or any(p.letter not in "mos" for p in macro.parameters):
        return "?"
    return "".join(p.letter for p in macro.parameters)


def _hunger(preamble: Preamble, macro: Macro, visiting: dict[str, str], depth: int) -> str:
    """Letters of the arguments that the last command of the body finds none for; `?` if the body is half of a pair."""
    source = Source(tokenize(macro.body, macro.letters))
    tokens, index, declaring = source.tokens, 0, False
    closing = set(source.partner.values())
    while index < len(tokens):
        token = tokens[index]
        if token.text in ("\\left", "\\begin") and index not in source.partner:
            return "?"
        if token.text in ("\\right", "\\end") and index not in closing:
            return "?"
        if token.kind not in ("space", "comment"):
            declaring = token.name in DECLARATIONS and token.name not in SIGNATURES
        letters = _wants(preamble, token.name, visiting, depth, alias=macro.is_alias)
        if letters is None:
            return "?"
        stop, missing = _satisfied(source, index + 1, letters)
        if missing:
            return missing.translate(str.maketrans("tkfO", "mmmo"))
        index = max(stop, source.group(index) or 0)
    return "?" if declaring else ""


def _wants(preamble: Preamble, name: str, visiting: dict[str, str], depth: int, *, alias: bool) -> str | None:
    """Signature of a command in a body, None when unreadable."""
    if name in preamble.macros and not alias:
        letters = _letters(preamble, name, visiting, depth + 1)
    else:
        letters = SIGNATURES.get(name, "")
    return None if "?" in letters or "d" in letters else letters


def _satisfied(source: Source, index: int, letters: str) -> tuple[int, str]:
    """Where the arguments stop that stand in the body, and the letters of those that do not."""
    for number in range(len(letters)):
        spans = arguments(source, index, letters[: number + 1], {})
        if spans is None:
            at_end = source.skip(arguments_end(source, index, letters[:number])) >= len(source.tokens)
            first = number
            while first and letters[first - 1] in "soO" and at_end:
                first -= 1
            return index, letters[first:] if at_end else ""
    return arguments_end(source, index, letters), ""


def arguments_end(source: Source, index: int, letters: str) -> int:
    """Where the last of the arguments stops; `index` if there are none."""
    spans = arguments(source, index, letters, {})
    return max([index, *(stop for _, stop in spans or ())])
