r"""Frames round text: `tcolorbox`, `mdframed`, `framed`, and what the author makes of them.

A frame is a quotation whose title is bold.  `\newtcbtheorem{thm}{Theorem}{…}{th}` declares a theorem, whose label
is the third argument behind `th:`.
"""

from __future__ import annotations

import re

from gradpress.dialects.latex_macros import closing
from gradpress.dialects.latex_text import masked
from gradpress.patterns import pattern
from gradpress.tex.groups import GROUP

_DECLARED = pattern(r"\\(?:re)?newtcbtheorem\s*(?P<options>\[[^\]]*\])?\s*(?=\{)")
_COUNTER = pattern(r"(?P<how>use counter from|use counter|number within)\s*=\s*\{?\s*(?P<name>[A-Za-z]+)")
_NEW_BOX = pattern(
    r"\\(?:re)?newtcolorbox\s*(?:\[[^\]]*\])?\s*(?=\{)|\\(?:newmdenv|mdfdefinestyle|newmdtheoremenv)\s*(?=[\[{])"
)
_TITLE = pattern(rf"(?:^|[,\[])\s*(?:frametitle|title)\s*=\s*(?P<title>{GROUP}|[^,\]]*)")
_PLAIN = "tcolorbox|mdframed|framed|shaded\\*?|snugshade\\*?|leftbar|oframed|titled-frame|boxedminipage"


def readable(text: str) -> str:
    """The text with its frames as quotations and theorems; as many lines."""
    if "box" not in text and "fram" not in text and "tcb" not in text and "shade" not in text and "leftbar" not in text:
        return text
    text, theorems = _theorems(text)
    text, boxes = _boxes(text)
    for name, prefix in theorems.items():
        text = _opened(text, name, lambda given, prefix=prefix: _theorem_head(given, prefix), groups=2, keep=name)
    for name, title in boxes.items():
        count = max([int(n) for n in re.findall(r"#(\d)", title)], default=0)
        text = _opened(text, name, lambda given, title=title: _box_head(given, title), groups=count)
    return _opened(text, _PLAIN, lambda given: _box_head(given, ""), groups=0)


def _groups(text: str, at: int, most: int) -> tuple[list[str], int]:
    """An option and up to `most` groups behind a position; the option is first, empty if there is none."""
    found = [""]
    start = _after_space(text, at)
    if text[start : start + 1] == "[" and (end := closing(text, start, "[", "]")) > 0:
        found[0], at = text[start + 1 : end - 1], end
    for _ in range(most):
        start = _after_space(text, at)
        if text[start : start + 1] != "{" or (end := closing(text, start, "{", "}")) < 0:
            break
        found.append(text[start + 1 : end - 1])
        at = end
    return found, at


def _after_space(text: str, at: int) -> int:
    return at + len(text[at:]) - len(text[at:].lstrip())


def _theorems(text: str) -> tuple[str, dict[str, str]]:
    """`\\newtheorem` for each `\\newtcbtheorem`; name → what stands before its labels."""
    prefixes: dict[str, str] = {}
    while found := _DECLARED.search(masked(text)):
        given, end = _groups(text, found.end(), 4)
        if len(given) < 5:
            break
        _, name, title, _, prefix = given
        how = _COUNTER.search(found["options"] or "")
        shared = f"[{how['name']}]" if how and how["how"].startswith("use") else ""
        within = f"[{how['name']}]" if how and not shared else ""
        prefixes[name] = prefix.strip()
        made = f"\\newtheorem{{{name}}}{shared}{{{title}}}{within}\\newtheorem*{{{name}*}}{{{title}}}"
        text = text[: found.start()] + made + "\n" * text.count("\n", found.start(), end) + text[end:]
    return text, prefixes


def _boxes(text: str) -> tuple[str, dict[str, str]]:
    """The text without declarations of boxes; name → the title of each, in which `#1` is an argument."""
    titles: dict[str, str] = {}
    while found := _NEW_BOX.search(masked(text)):
        if "tcolorbox" in found[0]:
            given, end = _boxed(text, found.end())
            name, options = given
        else:
            (options, name), end = (*_groups(text, found.end(), 1)[0], "")[:2], _groups(text, found.end(), 1)[1]
        title = _TITLE.search(options)
        if name and "newmdtheorem" not in found[0] and "mdfdefine" not in found[0]:
            titles[name] = _bare(title["title"]) if title else ""
        text = text[: found.start()] + "\n" * text.count("\n", found.start(), end) + text[end:]
    return text, titles


def _boxed(text: str, at: int) -> tuple[tuple[str, str], int]:
    """Name and options of a `\\newtcolorbox` whose name begins at `at`."""
    (_, name), at = (*_groups(text, at, 1)[0], "")[:2], _groups(text, at, 1)[1]
    for _ in range(2):
        _, at = _groups(text, at, 0)
    given, at = _groups(text, at, 1)
    return (name, given[1] if len(given) > 1 else ""), at


def _bare(title: str) -> str:
    title = title.strip()
    return title[1:-1].strip() if title[:1] == "{" and title[-1:] == "}" else title


def _opened(text: str, name: str, head, *, groups: int, keep: str = "") -> str:  # type: ignore[no-untyped-def]
    """The environments with another beginning; unless `keep`, they are quotations."""
    begin = re.compile(rf"\\begin\s*\{{(?P<name>{name})(?P<star>\*?)\}}")
    while found := begin.search(masked(text)):
        given, end = _groups(text, found.end(), groups)
        inner = f"{keep}{found['star']}" if keep else "quote"
        opening = f"\\BEGIN{{{inner}}}{head(given)}" + "\n" * text.count("\n", found.start(), end)
        text = text[: found.start()] + opening + text[end:]
        if not keep:
            close = re.compile(rf"\\end\s*\{{{re.escape(found['name'] + found['star'])}\}}").search(
                masked(text), found.start()
            )
            text = f"{text[: close.start()]}\\end{{quote}}{text[close.end() :]}" if close else text
    return text.replace("\\BEGIN{", "\\begin{")


def _theorem_head(given: list[str], prefix: str) -> str:
    title, label = (*given[1:], "", "")[:2]
    name = f"[{{{title.strip()}}}]" if title.strip() else ""
    return name + (f"\\label{{{f'{prefix}:' if prefix else ''}{label.strip()}}}" if label.strip() else "")


def _box_head(given: list[str], title: str) -> str:
    own = _TITLE.search(given[0])
    said = _bare(own["title"]) if own else title
    for at, argument in enumerate(given[1:], 1):
        said = said.replace(f"#{at}", argument)
    said = re.sub(r"#\d", "", said).strip()
    return f"\\textbf{{{said}}}\\par " if said else ""
