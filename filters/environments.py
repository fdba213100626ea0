#!/usr/bin/env python3
"""Math environments mean the same bare, inside `$$`, in lists, quotes and tables, in every output.

pandoc reads a bare `\\begin{align}` as raw TeX, which most writers drop without a word (46 of the 53
displays of a real note).  Every math environment becomes display mathematics; a display with a label
becomes a numbered one; blank lines, which LaTeX refuses inside mathematics, go.
"""

from __future__ import annotations

import re
import sys
from itertools import pairwise
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import panflute as pf

from gradpress.patterns import pattern
from gradpress.reading.places import rewritten
from gradpress.tex import gathered, preamble
from gradpress.walking import has, inlines_of, walk

wants = (pf.Math, pf.RawInline, pf.RawBlock)

NUMBERED = frozenset("equation align gather multline alignat flalign eqnarray dmath xalignat IEEEeqnarray".split())
"""Environments that are displays of their own; their starred forms have no number."""
_BLANK = pattern(r"\n[ \t]*(?=\n)")
OUTER = NUMBERED | {f"{name}*" for name in NUMBERED} | {"subequations", "displaymath", "math"}
INNER = frozenset(
    "aligned gathered alignedat split cases dcases rcases drcases array matrix pmatrix bmatrix Bmatrix vmatrix "
    "Vmatrix smallmatrix multlined lgathered rgathered pmatrix* bmatrix* Bmatrix* vmatrix* Vmatrix* matrix* "
    "cases* dcases* CD".split()
)
"""Environments that stand inside mathematics; bare ones are meant as a display."""

_BEGIN = pattern(r"\\begin\s*\{([A-Za-z]+\*?)\}")
_IEEE = pattern(r"\\begin\s*\{IEEEeqnarray(?P<star>\*?)\}\s*\{\s*[rclRCL]\s*[rclRCL]\s*[rclRCL]\s*\}")
_REFERENCE = pattern(r"^\\(?:eq)?ref\s*\{[^{}]*\}$")
_LABEL = pattern(r"\\label\s*\{[^{}]*\}")
_NUMBERED_BY_HAND = pattern(r"\\l?eqno(?![A-Za-z])\s*(?P<number>.*?)\s*$", re.S)
_IDENTIFIER = pattern(r"^\{#(eq[:-][^\s{}]+)(?:\}$|$)")
_COMMENT = pattern(r"(?<!\\)(?:\\\\)*%")


def apply(doc: pf.Doc) -> None:
    """Lift, label and tidy the math environments of `doc` in place."""
    known = preamble.from_doc(doc)
    own = _math_environments_of(known)
    walk(doc, lambda element, _: _lifted(element, own), pf.RawInline, pf.RawBlock, pf.Math)
    walk(doc, _apart, pf.Math)
    if own:
        walk(doc, lambda element, _: _expanded(element, known, own), pf.Math)
    walk(doc, _tidied, pf.Math, pf.Para, pf.Plain)


def _as_written(element: pf.Math) -> None:
    """`subequations` of a LaTeX file, of which pandoc leaves what is in them; `IEEEeqnarray` as `eqnarray`."""
    if element.text.lstrip().startswith("\\relax"):
        inside = element.text.lstrip().removeprefix("\\relax").strip()
        element.text = rewritten(element.text, f"\\begin{{subequations}}{inside}\\end{{subequations}}")


def _apart(element: pf.Math, _: pf.Doc) -> list[pf.Element] | None:
    displays = gathered.apart(element.text) if "gather" in element.text else []
    return [pf.Math(rewritten(element.text, text), format="DisplayMath") for text in displays] or None


def _math_environments_of(known: preamble.Preamble) -> frozenset[str]:
    """Names of the preamble's own environments that open mathematics."""
    return frozenset(name for name, e in known.environments.items() if _opens_math(e.begin))


def _expanded(element: pf.Element, known: preamble.Preamble, own: frozenset[str]) -> None:
    """An own environment round `align` is written out: neither MathJax nor amsmath can look through it."""
    if isinstance(element, pf.Math) and any(name in own for name in _BEGIN.findall(element.text)):
        element.text = rewritten(element.text, preamble.expand(element.text, known, own))


def _opens_math(begin: str) -> bool:
    return "\\[" in begin or "$$" in begin or any(name in OUTER for name in _BEGIN.findall(begin))


def _lifted(element: pf.Element, own: frozenset[str]) -> pf.Element | list[pf.Element] | None:
    if isinstance(element, pf.Math):
        _as_written(element)
        return None
    if isinstance(element, pf.RawInline) and element.format in ("tex", "latex"):
        if _REFERENCE.match(element.text.strip()):
            return pf.Math(element.text.strip(), format="InlineMath")
        parts = _environments(element.text, own)
        return [_math(_plain_columns(part)) for part in parts] if parts else None
    if isinstance(element, pf.RawBlock) and element.format in ("tex", "latex"):
        parts = _environments(element.text, own)
        return [pf.Para(_math(_plain_columns(part))) for part in parts] if parts else None
    return None


def _plain_columns(text: str) -> str:
    """`IEEEeqnarray` of three columns is `eqnarray`, which MathJax knows."""
    found = _IEEE.match(text.strip())
    if not found:
        return text
    name = f"eqnarray{found['star']}"
    inside = text.strip()[found.end() : text.strip().rindex("\\end")]
    plain = re.sub(
        r"\\IEEE(?:yes|no)number\b|\\IEEEeqnarraynumspace\b", "", inside.replace("\\IEEEnonumber", "\\nonumber")
    )
    return rewritten(text, f"\\begin{{{name}}}{plain}\\end{{{name}}}")


def _math(text: str) -> pf.Math:
    """`\\begin{math}` is inline by definition, every other environment a display."""
    name = _BEGIN.match(text)
    if name and name[1] in ("math", "displaymath"):
        inner = text[name.end() : text.rindex("\\end")].strip()
        return pf.Math(inner, format="InlineMath" if name[1] == "math" else "DisplayMath")
    return pf.Math(text, format="DisplayMath")


def _environments(text: str, own: frozenset[str]) -> list[str]:
    """The math environments that `text` consists of; empty if there is anything else in it."""
    parts, rest = [], text.strip()
    while rest:
        begin = _BEGIN.match(rest)
        if not begin or begin[1] not in OUTER | INNER | own:
            return []
        end = _end(rest, begin[1])
        if end < 0:
            return []
        label = re.match(rf"\s*{_LABEL.pattern}", rest[end:])
        end += label.end() if label else 0
        parts.append(rest[:end])
        rest = rest[end:].strip()
    return parts


def _end(text: str, name: str) -> int:
    """Position after the `\\end{name}` that closes the environment at the start of `text`; -1 if none."""
    depth = 0
    for found in re.finditer(rf"\\(begin|end)\s*\{{{re.escape(name)}\}}", text):
        depth += 1 if found[1] == "begin" else -1
        if not depth:
            return found.end()
    return -1


def _without_dollars(element: pf.Para | pf.Plain) -> None:
    """`$$`, an environment with a blank line in it, `$$`: pandoc leaves the dollars as text."""
    inlines = inlines_of(element)
    marks = [k for k, x in enumerate(inlines) if isinstance(x, pf.Str) and x.text == "$$"]
    gone: set[int] = set()
    for first, second in pairwise(marks):
        between = inlines[first + 1 : second]
        shown = [x for x in between if not isinstance(x, pf.Space | pf.SoftBreak)]
        if first not in gone and shown and all(isinstance(x, pf.Math) for x in shown):
            gone |= {first, second}
    if gone:
        element.content = [x for k, x in enumerate(inlines) if k not in gone]


def _tidied(element: pf.Element, _: pf.Doc) -> pf.Element | list[pf.Element] | None:
    if isinstance(element, pf.Math):
        element.text = rewritten(element.text, _tidy(element))
    elif has(element, pf.Math):
        _without_dollars(element)
        _take_identifiers(element)
    return None


def _tidy(math: pf.Math) -> str:
    """A formula without blank lines, its label inside a numbered environment."""
    text = _BLANK.sub(lambda found: _filled(math.text, found), math.text)
    begin = _BEGIN.match(text.strip())
    if begin and begin[1] in OUTER:
        math.format = "DisplayMath"
        return _label_inside(text.strip(), begin[1])
    if math.format == "DisplayMath" and (by_hand := _NUMBERED_BY_HAND.search(text)):
        text = _tagged(text, by_hand)
    elif math.format == "DisplayMath" and _LABEL.search(text) and not _numbered_inside(text):
        return _equation(text)
    return text


def _tagged(text: str, by_hand: re.Match[str]) -> str:
    r"""`\eqno(1.1)` of plain TeX, which MathJax does not know, as `\tag{1.1}`."""
    said = by_hand["number"].strip()
    said = said[1:-1].strip() if said[:1] == "{" and said[-1:] == "}" else said
    labels = "".join(_LABEL.findall(said))
    said = _LABEL.sub("", said).strip()
    tag = f"\\tag{{{said[1:-1]}}}" if said[:1] == "(" and said[-1:] == ")" else f"\\tag*{{{said}}}"
    return f"\\begin{{equation*}}{text[: by_hand.start()].rstrip()}{labels}{tag}\\end{{equation*}}"


def _filled(text: str, found: re.Match[str]) -> str:
    """A comment for a blank line, so that lines keep their numbers; MathJax knows no comments in arguments."""
    before = text[: found.start()]
    return "\n%" if before.count("{") == before.count("}") else ""


def _label_inside(text: str, name: str) -> str:
    """`\\end{align}\\label{x}` puts the label outside the environment, where nothing has a number."""
    end = _end(text, name)
    after = text[end:].strip() if end > 0 else ""
    if not after or _LABEL.sub("", after).strip():
        return text
    closing = text.rindex("\\end", 0, end)
    return f"{text[:closing].rstrip()} {after}\n{text[closing:end]}"


def _numbered_inside(text: str) -> bool:
    return any(name in OUTER or name == "split" for name in _BEGIN.findall(text)) and "\\begin{split}" not in text


def _equation(text: str) -> str:
    end = "\n" if _COMMENT.search(text.rstrip().rpartition("\n")[2]) else ""
    return f"\\begin{{equation}}{text.strip()}{end}\\end{{equation}}"


def _take_identifiers(element: pf.Element) -> None:
    """`$$…$$ {#eq-x}` (Quarto) and `{#eq:x}` (pandoc-crossref) are labels."""
    inlines = inlines_of(element)
    for k in reversed([k for k, x in enumerate(inlines) if isinstance(x, pf.Str) and _IDENTIFIER.match(x.text)]):
        before = k - 1
        while before >= 0 and isinstance(inlines[before], pf.Space | pf.SoftBreak):
            before -= 1
        math = inlines[before] if before >= 0 else None
        if isinstance(math, pf.Math) and math.format == "DisplayMath":
            math.text = rewritten(math.text, _with_label(math.text, inlines[k].text[2:-1]))
            del inlines[before + 1 : k + 1]
    if len(inlines) != len(element.content):
        element.content = inlines


def _with_label(text: str, name: str) -> str:
    begin = _BEGIN.match(text.strip())
    if begin and begin[1] in NUMBERED:
        return _label_inside(f"{text.strip()}\\label{{{name}}}", begin[1])
    return _equation(f"{text.rstrip()}\\label{{{name}}}")


if __name__ == "__main__":
    from filters import as_program

    as_program(apply)
