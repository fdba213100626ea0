"""d2lbook's Markdown: labels behind what they name, references as roles, tabs for frameworks.

# Title                    $$ x = y $$                  ![Caption](a.png)
:label:`sec_title`         :eqlabel:`eq_x`              :label:`fig_a`

:numref:`sec_title`   :eqref:`eq_x`   :cite:`key`
"""

from __future__ import annotations

import re

from gradpress.dialects import Lines, Surroundings, in_code

_LABEL = re.compile(r"^\s*:(?P<kind>label|eqlabel|width|height):`(?P<value>[^`]*)`\s*$")
_ROLE = re.compile(r":(?P<role>numref|eqref|ref|cite|citet|citep|class|func|meth|attr|mod):`(?P<value>[^`]*)`")
_TAB = re.compile(r"^\s*:(begin_tab|end_tab):(?:`([^`]*)`)?\s*$")
_MINE = ("pytorch", "all", "numpy", "")
"""Tabs that are kept: this is a program for notes with PyTorch."""
_FRAMEWORK = re.compile(r"^(?:#@tab|%%tab)\s+(?P<names>.*)$")
_TOOLS = re.compile(r"^\s*(?:%load_ext d2lbook.*|tab\.interact_select\(.*\)|#@save\s*)$")


def translated(lines: Lines, page: Surroundings) -> Lines:
    """The lines with d2lbook's marks as pandoc's and LaTeX's."""
    code = in_code(lines)
    done: Lines = []
    skipping = False
    for at, (text, number) in enumerate(lines):
        if at in code:
            done.append(("" if _TOOLS.match(text) else text, number))
            continue
        tab, label = _TAB.match(text), _LABEL.match(text)
        if tab:
            skipping = tab[1] == "begin_tab" and not set(_names(tab[2])) & set(_MINE)
            done.append(("", number))
        elif skipping:
            done.append(("", number))
        elif label:
            _put(done, label["kind"], label["value"].strip())
            done.append(("", number))
        else:
            done.append((_ROLE.sub(_reference, text), number))
    return _without_other_frameworks(done)


def _names(text: str | None) -> list[str]:
    return [name.strip() for name in (text or "").split(",")]


def _reference(found: re.Match[str]) -> str:
    role, value = found["role"], found["value"].strip()
    keys = [key.strip() for key in value.split(",")]
    if role == "eqref":
        return f"\\eqref{{{value}}}"
    if role in ("numref", "ref"):
        return f"\\Cref{{{value}}}"
    if role in ("cite", "citep"):
        return "[" + "; ".join(f"@{key}" for key in keys) + "]"
    if role == "citet":
        return "; ".join(f"@{key}" for key in keys)
    return f"`{value.lstrip('~').rpartition('.')[2] if value.startswith('~') else value}`"


def _put(done: Lines, kind: str, value: str) -> None:
    """A label belongs to the last line that is not empty."""
    at = next((k for k in range(len(done) - 1, -1, -1) if done[k][0].strip()), None)
    if at is None:
        return
    text, number = done[at]
    if kind == "eqlabel":
        done[at] = (_with_label(text, value), number)
    elif text.lstrip().startswith("#"):
        done[at] = (f"{text.rstrip()} {{#{value}}}", number)
    elif text.rstrip().endswith(")") and "![" in text:
        done[at] = (f"{text.rstrip()}{{{_attribute(kind, value)}}}", number)
    elif text.rstrip().endswith("}") and "![" in text:
        done[at] = (f"{text.rstrip()[:-1]} {_attribute(kind, value)}}}", number)
    elif kind == "label" and text.lstrip().startswith(":"):
        done[at] = (f"{text.rstrip()} {{#{value}}}", number)
    elif kind == "label":
        done[at] = (f"{text} []{{#{value}}}", number)


def _attribute(kind: str, value: str) -> str:
    return f"#{value}" if kind == "label" else f'{kind}="{value}"'


def _with_label(text: str, value: str) -> str:
    r"""`$$x$$` is given a `\label` before its end."""
    at = text.rfind("$$")
    end = text.rfind("\\end{")
    if at >= 0:
        return f"{text[:at]}\\label{{{value}}}{text[at:]}"
    return f"{text[:end]}\\label{{{value}}}{text[end:]}" if end >= 0 else f"{text}\\label{{{value}}}"


def _without_other_frameworks(lines: Lines) -> Lines:
    """Blocks for other frameworks than PyTorch are left out; their lines become empty."""
    from gradpress import fences

    texts = [text for text, _ in lines]
    for fence in fences.find(texts):
        mark = _FRAMEWORK.match(texts[fence.start + 1]) if fence.closed and fence.start + 1 < fence.end else None
        if mark is None:
            continue
        texts[fence.start + 1] = ""
        if not set(_names(mark["names"])) & set(_MINE):
            for at in range(fence.start, fence.end + 1):
                texts[at] = ""
    return [(text, number) for text, (_, number) in zip(texts, lines, strict=True)]
