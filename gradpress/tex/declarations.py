r"""Declarations of theorems that cannot be read, read as they were meant.

\newtheorem{thm}{Theorem      \newtheorem{thm[section]{Theorem}      \newtheorm{thm}{Theorem}

A theorem that nothing declares is missed wherever it stands, and so are its numbers: all of that follows from one slip.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from gradpress.nearest import nearest, steps
from gradpress.patterns import pattern
from gradpress.tex.groups import BRACES
from gradpress.tex.tokens import KNOWN, Problem

_NAME = "newtheorem"
_COMMAND = pattern(r"\\(?P<command>[A-Za-z]+)(?P<star>\*?)(?P<rest>[ \t]*(?:[\[{]|[A-Za-z][\w-]*[ \t]*[\[\]{}])[^\n]*)")
_COMMENT = pattern(r"(?<!\\)((?:\\\\)*)%[^\n]*")
_WHOLE = pattern(
    rf"\s*(?:\[[^\[\]{{}}]*\]\s*)?\{{[^{{}}\[\]\\\n]+\}}\s*(?:\[[^\[\]{{}}\\\n]*\]\s*)?{BRACES}\s*(?:\[[^\[\]{{}}\\\n]*\])?"
)
_MEANT = pattern(
    r"\s*[\[{]?\s*(?P<name>[^\W\d][\w@:-]*\*?)\s*\}?\s*(?:\[(?P<shared>[A-Za-z]*)\]?)?\s*[{}]?\s*(?P<title>[^{}\[\]]*)"
    r"\}?\s*(?:\[(?P<outer>[A-Za-z]+))?"
)


_ANOTHER = pattern(r"\\(?:re)?new(?:theorem|command|environment)")


class Read(NamedTuple):
    """A preamble without these slips."""

    text: str
    """With the same lines."""
    problems: tuple[Problem, ...]
    """What was wrong, with offsets into the text as it was."""


def mended(text: str) -> Read:
    """The preamble with every declaration of a theorem as it was meant."""
    if "\\new" not in text:
        return Read(text, ())
    done, problems, at = [], [], 0
    for start, end, instead, problem in _slips(text):
        done += [text[at:start], instead]
        problems.append(problem)
        at = end
    return Read("".join([*done, text[at:]]), tuple(problems))


def _slips(text: str) -> Iterator[tuple[int, int, str, Problem]]:
    shown = _COMMENT.sub(lambda m: m[1] + " " * (len(m[0]) - len(m[1])), text)
    for found in _COMMAND.finditer(shown):
        command = found["command"]
        is_whole = _is_whole(shown, found.start("rest"))
        if "#" in found["rest"] or (command == _NAME and is_whole) or not _is_meant(command):
            continue
        instead, end = found[0].replace(command, _NAME, 1), found.end()
        if not is_whole:
            read = _MEANT.match(found["rest"])
            instead = _written(read, found["star"]) if read else ""
        yield found.start(), end, instead, Problem("macro-syntax", found.start(), _message(command, instead, is_whole))


def _is_whole(shown: str, at: int) -> bool:
    whole = _WHOLE.match(shown, at)
    return whole is not None and not _ANOTHER.search(whole[1])


def _is_meant(command: str) -> bool:
    if command == _NAME:
        return True
    near = command not in KNOWN and len(command) > 6 and nearest(command, (_NAME, "newcommand", "newenvironment"))
    return near == _NAME and steps(command, _NAME) <= 2


def _message(command: str, instead: str, is_whole: bool) -> str:
    if command != _NAME and is_whole:
        return f"\\{command} is not known; did you mean \\{_NAME}?"
    return f"this \\{command} cannot be read; write {instead or 'the name of the environment and its title, in braces'}"


def _written(read: re.Match[str], star: str) -> str:
    title = read["title"].strip() or read["name"].rstrip("*").capitalize()
    shared = f"[{read['shared']}]" if read["shared"] else ""
    outer = f"[{read['outer']}]" if read["outer"] and not shared else ""
    return f"\\{_NAME}{star}{{{read['name']}}}{shared}{{{title}}}{outer}"
