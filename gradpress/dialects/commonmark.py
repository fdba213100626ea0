"""What CommonMark reads otherwise than pandoc: blocks that end a paragraph, pictures alone in one, loose dollars.

Jupyter's text cells are CommonMark with formulas; `myst` does the same with its own blocks.
"""

from __future__ import annotations

import re

from gradpress.dialects import Lines, in_code
from gradpress.dialects.myst_inline import dollar
from gradpress.patterns import pattern

_ITEM = pattern(r"^[ \t]*(?:[-*+][ \t]|\d{1,9}[.)][ \t]|\||>|:[ \t]|\[\^)")
_HEADING = pattern(r"^ {0,3}#{1,6}[ \t]+\S")
_OPENING = pattern(r"^ {0,3}(?:[-*+][ \t]+\S|1[.)][ \t]+\S|>|\|.*\|)")
_PICTURE = pattern(r"^(?P<indent>[ \t]*)!\[(?P<words>.*)\]\((?P<url>[^()\s]+)(?P<title>[ \t]+\"[^\"]*\")?\)[ \t]*$")
_DISPLAY = pattern(r"\\.|(`+)(?!`)(?:(?!`).|\n)+?(?<!`)\1(?!`)|\$\$(?P<inside>(?:(?!\$\$).)+)\$\$", re.S)
_OWN = pattern(r"\\(begin|end)\s*\{(align|gather)(at)?\*?\}")
_TOKEN = pattern(r"\\.|(?P<code>(`+)(?!`).+?(?<!`)\2(?!`))|(?P<display>\$\$.*?\$\$)|(?P<dollar>\$)", re.S)


def interrupts(first: str, following: str) -> bool:
    """Whether a line ends the paragraph that begins with `first`, where pandoc wants an empty line."""
    if _HEADING.match(following):
        return not _HEADING.match(first) and first[:1] not in " \t<|>"
    if _ITEM.match(first) or _HEADING.match(first) or first[:1] in " \t<":
        return False
    return bool(_OPENING.match(following))


def without_caption(text: str) -> str:
    """A picture alone in a paragraph: pandoc makes a figure with a number of it, CommonMark does not."""
    found = _PICTURE.match(text)
    if not found:
        return text
    alt = re.sub(r"[*_`$\"\\]", "", found["words"])
    return f'{found["indent"]}![]({found["url"]}{found["title"] or ""}){{fig-alt="{alt}"}}'


def translated(lines: Lines) -> Lines:
    """Text as CommonMark reads it, for pandoc."""
    lines = _with_parts(lines)
    code = in_code(lines)
    done: Lines = []
    at, dollars = 0, False
    while at < len(lines):
        text, number = lines[at]
        if at in code or not text.strip() or dollars:
            dollars ^= at not in code and _count(text) % 2 == 1
            done.append((text, number))
            at += 1
            continue
        stop = at + 1
        while stop < len(lines) and not _ends(lines, at, stop, code):
            stop += 1
        paragraph = "\n".join(t for t, _ in lines[at:stop])
        if stop == at + 1:
            paragraph = without_caption(paragraph)
        dollars = _count(paragraph) % 2 == 1
        made = (paragraph if dollars else _with_formulas(paragraph)).split("\n")
        done += [(line, n) for line, (_, n) in zip(made, lines[at:stop], strict=True)]
        if stop < len(lines) and stop not in code and not dollars and interrupts(text, lines[stop][0]):
            done.append(("", lines[stop - 1][1]))
        at = stop
    return done


def _with_parts(lines: Lines) -> Lines:
    """Displays that hold `align` or `gather` beside something else: these become `aligned` and `gathered`.

    MathJax, for which such text is written, sets both; LaTeX stops.  What has a number cannot be a part.
    """
    code = in_code(lines)
    text = "\n".join("" if at in code else line for at, (line, _) in enumerate(lines))
    if "$$" not in text or not _OWN.search(text):
        return lines
    made = _DISPLAY.sub(_as_part, text).split("\n")
    numbered = enumerate(zip(lines, made, strict=True))
    return [line if at in code else (text, line[1]) for at, (line, text) in numbered]


def _as_part(found: re.Match[str]) -> str:
    inside = found["inside"] or ""
    marks = list(_OWN.finditer(inside))
    if not marks or re.search(r"\\(?:label|tag)\b", inside):
        return found[0]
    around = inside[: marks[0].start()].strip() + inside[marks[-1].end() :].strip(" \t\n.,;")
    is_beside = around or len(marks) > 2
    return _OWN.sub(lambda m: f"\\{m[1]}{{{m[2]}ed{m[3] or ''}}}", found[0]) if is_beside else found[0]


def _count(text: str) -> int:
    return re.sub(r"(`+)(?!`).*?(?<!`)\1(?!`)|\\.", "", text).count("$$")


def _ends(lines: Lines, start: int, at: int, code: set[int]) -> bool:
    text = lines[at][0]
    is_alone = bool(_HEADING.match(lines[start][0]))
    return at in code or is_alone or not text.strip() or bool(_HEADING.match(text) or _ITEM.match(text) or "$$" in text)


def _with_formulas(text: str) -> str:
    """`$ x $` as a formula."""
    if "$" not in text:
        return text
    done, at = "", 0
    while found := _TOKEN.search(text, at):
        done += text[at : found.start()]
        made, at = dollar(text, found.start()) if found["dollar"] else (found[0], found.end())
        done += made
    return done + text[at:]
