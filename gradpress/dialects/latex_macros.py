r"""The author's macros that stand for text and not for formulas, written out before anything else is read.

`\newcommand{\thmref}[1]{Theorem~\ref{#1}}` holds a reference, `\newcommand{\beq}[1]{\begin{equation}\label{#1}}` half
of a display: neither is seen in a macro.  Lines stay.
"""

from __future__ import annotations

import re

from gradpress.dialects.latex_text import masked
from gradpress.patterns import pattern
from gradpress.tex import preamble
from gradpress.tex.macros import Parameter, Preamble, names_in

_TELLING = pattern(
    r"\\(?:(?:eq|page|auto|name|c|C|v|sub|label|labelc|cpage|Cpage|full)?ref|hyperref|cite[a-z]*|Cite[a-z]*|[a-z]+cite|footnote"
    r"|label|(?:sub)*section|chapter|(?:sub)?paragraph|includegraphics|item|caption|bibitem|(?:ref)?stepcounter)(?![A-Za-z])"
)
_ENVIRONMENT = pattern(r"\\(begin|end)\s*\{([A-Za-z]+\*?)\}")
_INNER = pattern(
    r"(?:aligned|gathered|alignedat|split|[dr]?r?cases|multlined|smallmatrix|(?:[pbvBV]|)matrix|array|tikzcd|CD)\*?$"
)
"""Environments that stand inside formulas."""
_LONGEST = 2_000_000


def written_out(text: str, known: Preamble) -> str:
    """The text of a document with these macros expanded."""
    names = _telling(known)
    if not names:
        return text
    word = re.compile(rf"\\({'|'.join(sorted(map(re.escape, names), key=len, reverse=True))})(?![A-Za-z@])")
    shown = masked(text)
    done, at = [], 0
    while (found := word.search(shown, at)) and len(text) < _LONGEST:
        end = end_of_arguments(shown, found.end(), known.macros[found[1]].parameters)
        done.append(text[at : found.start()])
        if end < 0:
            done.append(found[0])
            end = found.end()
        else:
            written = text[found.start() : end]
            done.append(on_as_many_lines(preamble.expand(written, known, names), written))
        at = end
    return "".join([*done, text[at:]])


def _telling(known: Preamble) -> set[str]:
    """Names of macros that must be seen through, also of those that use them."""
    macros = {
        name: m for name, m in known.macros.items() if name.isalpha() and not (m.is_alias or m.template or m.parts)
    }
    names = {name for name, macro in macros.items() if _is_telling(macro.body) and name not in known.looping}
    more = True
    while more:
        using = {name for name, macro in macros.items() if names & names_in(macro)} - names - known.looping
        more = bool(using)
        names |= using
    return names


def _is_telling(body: str) -> bool:
    if _TELLING.search(body):
        return True
    begun = [found[2] for found in _ENVIRONMENT.finditer(body) if found[1] == "begin"]
    ended = [found[2] for found in _ENVIRONMENT.finditer(body) if found[1] == "end"]
    return sorted(begun) != sorted(ended) or not all(map(_INNER.match, begun))


def end_of_arguments(text: str, at: int, parameters: tuple[Parameter, ...]) -> int:
    """Where the arguments of a macro that is named before `at` end; -1 if one is missing."""
    for parameter in parameters:
        start = re.compile(r"\s*").match(text, at)
        first = start.end() if start else at
        if parameter.letter in "os":
            opening = "[" if parameter.letter == "o" else "*"
            if text[first : first + 1] != opening:
                continue
            at = closing(text, first, "[", "]") if opening == "[" else first + 1
        elif text[first : first + 1] == "{":
            at = closing(text, first, "{", "}")
        else:
            token = re.compile(r"\\(?:[A-Za-z]+|.)|[^\s{}\[\]\\]").match(text, first)
            at = token.end() if token else -1
        if at < 0:
            return -1
    return at


def closing(text: str, opening: int, left: str, right: str) -> int:
    """The position behind the group that begins at `opening`."""
    depth = 0
    for mark in re.compile(r"\\.|[{}\[\]]", re.S).finditer(text, opening):
        if mark[0] in "{}":
            depth += 1 if mark[0] == "{" else -1
        elif mark[0] == left:
            depth += 1
        elif mark[0] == right:
            depth -= 1
        if not depth:
            return mark.end()
    return -1


def on_as_many_lines(text: str, before: str) -> str:
    """`text` in place of `before`, with as many lines."""
    wanted = before.count("\n")
    if text.count("\n") == wanted:
        return text
    return re.sub(r"\s*\n\s*", " ", text) + "\n" * wanted
