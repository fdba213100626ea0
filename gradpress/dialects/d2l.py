"""d2lbook's Markdown: labels behind what they name, references as roles, contents as a block of names.

    # Title                    $$ x = y $$                  ![Caption](a.png)
    :label:`sec_title`         :eqlabel:`eq_x`              :label:`fig_a`

    :numref:`sec_title`   :eqref:`eq_x`   :cite:`key`   [**for the slides**]

What belongs to one framework, in text and in cells, is `d2l_tabs`' matter; the order of pages is `d2l_project`'s.
"""

from __future__ import annotations

import re

from gradpress.diagnostics import report
from gradpress.dialects import Lines, Surroundings, d2l_contents, d2l_tabs, in_code
from gradpress.patterns import pattern

_MARKS = ("label:`", "numref:`", ":eqref:`", ":cite:`", ":begin_tab:", "#@tab", "%%tab", "```toc")
"""What a page of d2lbook has at least one of."""

_LABEL = pattern(r"(?<![`\w]):(?P<kind>label|eqlabel|width|height):(?P<ticks>`+)(?P<value>[^`]+)(?P=ticks)\s*$")
_ROLE = pattern(
    r"(?<!`):(?P<role>[a-z]+(?::[a-z]+)*):(?P<ticks>`{1,2})(?P<value>[^\s`](?:[^`\n]*[^\s`])?)(?P=ticks)(?!`)"
)
_HEADING = pattern(r"#{1,6}[ \t]+\S")
_CODE = r"(?P<code>(?<!`)(?P<marks>`+)(?!`).*?(?<!`)(?P=marks)(?!`))"
_SLIDE = pattern(
    rf"{_CODE}|\[\*\*(?P<square>(?:(?!\[\*\*).)*?)\*\*\](?!\()|\(\*\*(?P<round>(?:(?!\(\*\*).)*?)\*\*\)"
    rf"|\[~~(?:(?!\[~~).)*?~~\](?!\()|\(~~(?:(?!\(~~).)*?~~\)",
    re.S,
)
_GONE = "\ue000"
"""A character for private use, where something was taken out of a line."""
_NAMES = ("class", "func", "meth", "attr", "mod", "obj", "data", "exc", "method", "function")
_LINKS = ("numref", "ref")


def translated(lines: Lines, page: Surroundings) -> Lines:
    """The lines with d2lbook's marks as pandoc's and LaTeX's."""
    lines = d2l_contents.listed(d2l_tabs.chosen(lines), page)
    lines = _without_slide_marks(lines)
    code = in_code(lines)
    done: Lines = []
    plain: list[bool] = []
    for at, (text, number) in enumerate(lines):
        if at in code:
            done.append((text, number))
            plain.append(False)
            continue
        if _HEADING.match(text) and done and plain[-1] and done[-1][0].strip():
            done.append(("", number))  # a heading ends a paragraph there
            plain.append(True)
        given: list[tuple[str, str]] = []
        while label := _LABEL.search(text):
            given.insert(0, (label["kind"], label["value"].strip()))
            text = text[: label.start()].rstrip()
        text = _ROLE.sub(lambda m, n=number: _role(m, n), text)  # type: ignore[misc]
        done += [(part, number) for part in text.split("\n")]
        plain += [True] * (text.count("\n") + 1)
        for kind, value in given:
            _put(done, plain, kind, value)
            plain += [True] * (len(done) - len(plain))
    return done


def _without_slide_marks(lines: Lines) -> Lines:
    """`[**…**]` and `(**…**)` are on slides, too, and `(~~…~~)` only there."""
    text = "\n".join(line for line, _ in lines)
    is_ours = any(mark in text for mark in _MARKS)
    if not is_ours or not any(mark in text for mark in ("[**", "(**", "[~~", "(~~")):
        return lines
    code = in_code(lines)
    prose = "\n".join("" if at in code else line for at, (line, _) in enumerate(lines))
    kept = _SLIDE.sub(_off_slides, prose).split("\n")
    found = [(lines[at][0] if at in code else line, lines[at][1]) for at, line in enumerate(kept)]
    return [(line.replace(_GONE, ""), number) for line, number in found if line.strip() != _GONE]


def _off_slides(found: re.Match[str]) -> str:
    if found["code"]:
        return found[0]
    kept = found["square"] or found["round"]
    return kept if kept is not None else re.sub(r"[^\n]+", _GONE, found[0])


def _role(found: re.Match[str], line: int) -> str:
    role, value = found["role"], found["value"].strip()
    keys = [f"@{key.strip()}" for key in value.split(",")]
    if role == "eqref":
        return f"\\eqref{{{value}}}"
    if role in _LINKS:
        return f"\\Cref{{{value}}}"
    if role in ("cite", "citep", "cite:p"):
        return f"[{'; '.join(keys)}]"
    if role in ("citet", "cite:t"):
        return "; ".join(keys)
    if role in _NAMES or role.startswith("py:"):
        return f"`{value.rpartition('.')[2] if value.startswith('~') else value}`"
    simple = {"math": f"${value}$", "bibliography": "\n::: {#refs}\n:::\n", "code": f"`{value}`"}
    if role in simple:
        return simple[role]
    report("dialect-unknown", f"the role ':{role}:' is not known; it is shown as text", line=line)
    return found[0]


def _put(done: Lines, plain: list[bool], kind: str, value: str) -> None:
    """A label belongs to the last line that is not empty."""
    at = next((k for k in range(len(done) - 1, -1, -1) if done[k][0].strip()), None)
    if at is None or not plain[at]:
        if kind == "label":
            done[-1] = (f"[]{{#{value}}}", done[-1][1])
        return
    text, number = done[at][0].rstrip(), done[at][1]
    first = _paragraph(done, plain, at)
    if kind == "eqlabel" or (kind == "label" and _is_formula(text)):
        done[at] = (_with_label(text, value), number)
    elif text.lstrip().startswith("#"):
        done[at] = (_with_attribute(text, kind, value, " "), number)
    elif "![" in "\n".join(line for line, _ in done[first : at + 1]) and re.search(r"\)(?:\{[^{}]*\})?$", text):
        done[at] = (_with_attribute(text, kind, value, ""), number)
    elif kind == "label" and text.lstrip().startswith("|"):
        _put_at_caption(done, first, at, value)
    elif kind == "label":
        done[at] = (f"{text} {{#{value}}}" if _is_caption(done, first, at) else f"{text} []{{#{value}}}", number)


def _is_caption(done: Lines, first: int, at: int) -> bool:
    """Whether the paragraph, or what follows the rows of a table in it, begins with a colon."""
    begun = next((k for k in range(at, first, -1) if done[k - 1][0].lstrip().startswith("|")), first)
    return done[begun][0].lstrip().startswith(":")


def _paragraph(done: Lines, plain: list[bool], at: int) -> int:
    """Index of the line with which the paragraph of line `at` begins."""
    while at and plain[at - 1] and done[at - 1][0].strip():
        at -= 1
    return at


def _put_at_caption(done: Lines, first: int, at: int, value: str) -> None:
    """The caption of a table stands above it, sometimes over several lines."""
    last = next((k for k in range(first - 1, -1, -1) if done[k][0].strip()), None)
    if last is not None:
        begin = last
        while begin and done[begin - 1][0].strip() and not done[begin][0].lstrip().startswith(":"):
            begin -= 1
        if done[begin][0].lstrip().startswith(":") and not done[begin][0].lstrip().startswith(":::"):
            done[last] = (f"{done[last][0].rstrip()} {{#{value}}}", done[last][1])
            return
    done[at + 1 :] = [*done[at + 1 :], ("", done[at][1]), (f": {{#{value}}}", done[at][1])]


def _is_formula(text: str) -> bool:
    return bool(re.search(r"\$\$[.,;]?$|\\end\{(?:equation|align|gather|eqnarray|multline)\}$", text))


def _with_attribute(text: str, kind: str, value: str, space: str) -> str:
    attribute = f"#{value}" if kind == "label" else f'{kind}="{value}"'
    if text.endswith("}") and (space == "" or re.search(r"\s\{[^{}]*\}$", text)):
        return f"{text[:-1]} {attribute}}}"
    return f"{text}{space}{{{attribute}}}"


def _with_label(text: str, value: str) -> str:
    r"""`$$x$$` is given a `\label` before its end."""
    at = text.rfind("$$")
    end = text.rfind("\\end{")
    if at >= 0:
        return f"{text[:at]}\\label{{{value}}}{text[at:]}"
    return f"{text[:end]}\\label{{{value}}}{text[end:]}" if end >= 0 else f"{text}\\label{{{value}}}"
