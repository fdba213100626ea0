"""d2lbook's tabs: text and cells of which each framework has its own, `:begin_tab:`, `#@tab` and `%%tab`.

Gradpress shows one of them: PyTorch's, or the first of a page that has none for PyTorch.  A cell without a mark
belongs to the first framework of the book; so it does here where another cell right behind it is PyTorch's.
"""

from __future__ import annotations

import re

from gradpress.dialects import Lines, in_code
from gradpress.patterns import pattern
from gradpress.reading import fences

_TAB = pattern(r"^\s*:(?P<mark>begin_tab|end_tab):(?:`+(?P<names>[^`]*)`+|\S*)?\s*$")
_FRAMEWORK = pattern(r"^\s*(?:#\s*@tab|%%tab)\s+(?P<names>.*?)\s*$")
_TOOLS = pattern(r"^\s*(?:%load_ext\s+d2lbook\b.*|(?:d2lbook\.)?tab\.interact_select\(.*|#\s*required_libs\(.*)$")
_BRANCH = pattern(r"^(?P<indent>\s*)(?P<word>if|elif)\s+(?P<test>[^#]*\btab\.selected\([^#]*):\s*(?:#.*)?$")
_ELSE = pattern(r"^(?P<indent>\s*)else\s*:\s*(?:#.*)?$")
_WISHED = ("pytorch", "torch")
_ALL = ("all", "numpy", "")


def chosen(lines: Lines) -> Lines:
    """The lines without those of other frameworks, and without the marks."""
    mine = (*_mine(lines), *_ALL)
    lines = _text(lines, mine)
    return _cells(lines, mine)


def _names(text: str | None) -> list[str]:
    return [name.strip() for name in (text or "").split(",")]


def _mine(lines: Lines) -> tuple[str, ...]:
    """The framework that is shown."""
    named = [
        name for text, _ in lines if (m := _FRAMEWORK.match(text) or _TAB.match(text)) for name in _names(m["names"])
    ]
    frameworks = [name for name in named if name not in _ALL and name != "toc"]
    if not frameworks or set(frameworks) & set(_WISHED):
        return _WISHED
    texts = [text for text, _ in lines]
    cells = [_marked(texts, fence) for fence in fences.find(texts) if _is_cell(fence)]
    if all(cells):
        return (frameworks[0],)
    of_others = {name for names in cells for name in names}
    return tuple(name for name in dict.fromkeys(frameworks) if name not in of_others)[:1]


def _is_cell(fence: fences.Fence) -> bool:
    return fence.closed and ".input" in fence.info


def _marked(texts: list[str], fence: fences.Fence) -> list[str]:
    marks = (_FRAMEWORK.match(text) for text in texts[fence.start + 1 : fence.end])
    return next((_names(mark["names"]) for mark in marks if mark), [])


def _text(lines: Lines, mine: tuple[str, ...]) -> Lines:
    code = in_code(lines)
    done: Lines = []
    skipping = False
    for at, (text, number) in enumerate(lines):
        tab = _TAB.match(text) if at not in code else None
        if tab:
            skipping = tab["mark"] == "begin_tab" and not set(_names(tab["names"])) & set(mine)
        done.append(("" if tab or skipping else text, number))
    return done


def _cells(lines: Lines, mine: tuple[str, ...]) -> Lines:
    """The cells that are mine, their marks and branches for others taken away."""
    texts = [text for text, _ in lines]
    found = [fence for fence in fences.find(texts) if fence.closed]
    foreign = _first_framework(texts, found)
    gone: set[int] = set()
    moved: dict[int, str] = {}
    for fence in found:
        whole, inside = range(fence.start, fence.end + 1), range(fence.start + 1, fence.end)
        names = _marked(texts, fence)
        if fence.start in foreign or (names and not set(names) & set(mine)):
            gone.update(whole)
            continue
        tools = {at for at in inside if _TOOLS.match(texts[at]) or _FRAMEWORK.match(texts[at])}
        tools |= _rest_of_call(texts, tools, fence.end)
        if tools and not any(texts[at].strip() for at in inside if at not in tools):
            gone.update(whole)
        gone |= tools
        _without_branches(texts, inside, mine, gone, moved)
    return [(moved.get(at, text), number) for at, (text, number) in enumerate(lines) if at not in gone]


def _rest_of_call(texts: list[str], tools: set[int], end: int) -> set[int]:
    """Further lines of a call whose parenthesis is open."""
    rest: set[int] = set()
    for at in sorted(tools):
        depth = texts[at].count("(") - texts[at].count(")")
        while depth > 0 and at + 1 < end:
            at += 1
            rest.add(at)
            depth += texts[at].count("(") - texts[at].count(")")
    return rest


def _first_framework(texts: list[str], found: list[fences.Fence]) -> set[int]:
    """Where cells without a mark begin, if they are those of the book's first framework."""
    cells = [fence for fence in found if _is_cell(fence)]
    unmarked = [not _marked(texts, fence) and not _is_tool(texts, fence) for fence in cells]
    pairs = zip(cells, unmarked, cells[1:], strict=False)
    alternative = any(
        is_unmarked
        and set(_marked(texts, after)) & set(_WISHED)
        and not "".join(texts[cell.end + 1 : after.start]).strip()
        for cell, is_unmarked, after in pairs
    )
    return {cell.start for cell, is_unmarked in zip(cells, unmarked, strict=True) if alternative and is_unmarked}


def _is_tool(texts: list[str], fence: fences.Fence) -> bool:
    return any(_TOOLS.match(text) for text in texts[fence.start + 1 : fence.end])


def _without_branches(
    texts: list[str], inside: range, mine: tuple[str, ...], gone: set[int], moved: dict[int, str]
) -> None:
    """`if tab.selected('pytorch'):` stands for what is in it; the branches of others go."""
    at, done = inside.start, False
    while at < inside.stop:
        opening = _BRANCH.match(texts[at]) or _else(texts, at)
        if opening is None or "not tab" in texts[at]:
            at += 1
            continue
        done = done and not texts[at].lstrip().startswith("if")
        names = re.findall(r"['\"]([\w-]+)['\"]", texts[at])
        is_mine = not done and (not names or bool(set(names) & set(mine)))
        done = done or is_mine
        gone.add(at)
        end = _block_end(texts, at + 1, inside.stop, len(opening["indent"]))
        step = _step(texts[at + 1 : end], len(opening["indent"]))
        for k in range(at + 1, end):
            if not is_mine:
                gone.add(k)
            elif not texts[k][:step].strip():
                moved[k] = texts[k][step:]
        at = end


def _else(texts: list[str], at: int) -> re.Match[str] | None:
    """The `else` of line `at`, if it belongs to a branch for a framework."""
    other = _ELSE.match(texts[at])
    above = range(at - 1, -1, -1) if other else ()
    for k in above:
        if other and texts[k].strip() and len(texts[k]) - len(texts[k].lstrip()) <= len(other["indent"]):
            return other if _BRANCH.match(texts[k]) else None
    return None


def _block_end(texts: list[str], at: int, stop: int, indent: int) -> int:
    """Index after the block that is indented more than `indent`; empty lines behind it are not its."""
    last = at
    while at < stop and (not texts[at].strip() or len(texts[at]) - len(texts[at].lstrip()) > indent):
        last = at + 1 if texts[at].strip() else last
        at += 1
    return last


def _step(block: list[str], indent: int) -> int:
    first = next((text for text in block if text.strip()), "")
    return max(len(first) - len(first.lstrip()) - indent, 0)
