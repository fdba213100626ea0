"""Glossaries: terms are places that `{term}` leads to."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gradpress.dialects import Lines
from gradpress.dialects.directives import Directive, Inside
from gradpress.patterns import pattern

_OPENING = pattern(r"^[ \t]*(`{3,}|:{3,})\{glossary\}")
_MARKED = pattern(r"^\{(?:[^{}]*\s)?\.glossary(?:\s[^{}]*)?\}[ \t]*$")
"""A line of attributes, before the list that it speaks of."""
_OTHER = pattern(r"^(?:#{1,6}[ \t]|[`:~]{3,}|\([^()\s]+\)=)")
_DEFINITION = pattern(r"^ {0,3}[:~][ \t]+(.*)$")


def label(term: str) -> str:
    """The name of a term's place."""
    words = re.sub(r"[`*_$\[\]]|\([^)]*\)", "", term).lower()
    return "term-" + re.sub(r"[^\w]+", "-", words).strip("-")


def as_directives(lines: Lines) -> Lines:
    """Definition lists under a line `{.glossary}` as the directive."""
    done: Lines = []
    at = 0
    while at < len(lines):
        text, number = lines[at]
        if not _MARKED.match(text):
            done.append(lines[at])
            at += 1
            continue
        end = _end_of_list([text for text, _ in lines], at + 1)
        fence = ":" * 12
        done += [(f"{fence}{{glossary}}", number), *lines[at + 1 : end], (fence, lines[end - 1][1])]
        at = end
    return done


def _end_of_list(texts: list[str], at: int) -> int:
    """Index after the definition list that begins at `at` or after it."""
    end = at
    for k in range(at, len(texts)):
        text = texts[k]
        if not text.strip():
            continue
        begins = k == at or not texts[k - 1].strip()
        if text[0] not in " \t" and begins and not _DEFINITION.match(text) and not _is_term(texts, k):
            break
        if _OTHER.match(text):
            break
        end = k + 1
    return end


def terms(texts: list[str]) -> Iterator[str]:
    """The labels of all terms that a page explains."""
    texts = [text for text, _ in as_directives([(text, 0) for text in texts])]
    mark = ""
    for at, text in enumerate(texts):
        opening = _OPENING.match(text)
        if opening:
            mark = opening[1]
        elif mark and text.strip().startswith(mark) and not text.strip().strip(mark[0]):
            mark = ""
        elif mark and _is_term(texts, at):
            yield label(text)


def _is_term(texts: list[str], at: int) -> bool:
    text = texts[at]
    if not text.strip() or text[0] in " \t:~" or _DEFINITION.match(text):
        return False
    rest = [t for t in texts[at + 1 :] if t.strip()]
    return bool(rest) and (bool(_DEFINITION.match(rest[0])) or rest[0][0] in " \t" or _is_term(texts, at + 1))


def markdown(found: Directive, inside: Inside) -> Lines:
    """A definition list; reStructuredText's is indented, MyST's has colons."""
    texts = [text for text, _ in found.body]
    done: Lines = [("", found.line)]
    body: Lines = []
    for at, (text, number) in enumerate(found.body):
        if _is_term(texts, at):
            term = f"[{inside.words(text.strip(), number)}]{{.place #{label(text)}}}"
            if not any(t.strip() for t, _ in body) and len(done) > 1:
                done[-1] = (f"{done[-1][0]}, {term}", done[-1][1])  # another name of the same
            else:
                done += [*_explained(body, inside), ("", number), (term, number)]
            body = []
        else:
            body.append((text, number))
    return [*done, *_explained(body, inside), ("", found.last)]


def _explained(body: Lines, inside: Inside) -> Lines:
    """What stands under a term, each definition for itself."""
    parts: list[Lines] = []
    for text, number in body:
        colon = _DEFINITION.match(text)
        if colon or not parts:
            if not colon and not text.strip():
                continue
            parts.append([])
        parts[-1].append((colon[1] if colon else text.strip() if text[:1] in " \t" else text, number))
    done: Lines = []
    for part in parts:
        made = list(inside.blocks(part))
        while made and not made[0][0].strip():
            made.pop(0)
        done += [
            ((":   " if k == 0 else "    ") + text if text else "", number) for k, (text, number) in enumerate(made)
        ]
    return done
