"""Python blocks that are only shown and would not run: a name in them is defined nowhere on the page."""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Iterator

import panflute as pf

from gradpress.diagnostics import report
from gradpress.page import Page
from gradpress.patterns import pattern
from gradpress.reading.fences import PYTHON
from gradpress.reading.places import line_of
from gradpress.walking import collected, walk

_KNOWN = frozenset([*dir(builtins), "get_ipython", "display", "In", "Out", "__file__", "_"])
_RUNS_OTHERS = pattern(r"^\s*%(?:run|load|store|pylab)\b", re.M)
_WORD = pattern(r"[^\W\d]\w*")


def check(page: Page) -> None:
    """Advise on each block whose names are not all known by then; one that does not parse may define all its words."""
    known = set(_KNOWN)
    for block, shown in list(_blocks(page)):
        try:
            tree = ast.parse(block.text)
        except (SyntaxError, ValueError):  # `%matplotlib inline` before imports, a session with `>>>`, a fragment
            if _RUNS_OTHERS.search(block.text):
                return
            known |= set(_WORD.findall(block.text))
            continue
        if any(isinstance(node, ast.ImportFrom) and node.names[0].name == "*" for node in ast.walk(tree)):
            return  # from here on anything may be known
        known |= set(_bound(tree))
        missing = [node for node in ast.walk(tree) if _asked(node) not in (None, *known)]
        if shown and missing:
            first = min(missing, key=lambda node: (node.lineno, node.col_offset))  # type: ignore[attr-defined]
            line = _line(block, first.lineno, page)  # type: ignore[attr-defined]
            hint = "define it above, or leave the block as it is if it is a fragment"
            message = f"the block is not run, and would not run: '{_asked(first)}' is not defined on the page"
            report("cell-undefined", message, line=line, hint=hint)
            known.add(str(_asked(first)))


def _line(block: pf.CodeBlock, at: int, page: Page) -> int:
    """The line of the file in which line `at` of the block stands; those of a notebook's cells are not one by one."""
    opened = int(block.attributes.get("line") or 0)
    if not opened:
        start = line_of(block.text)
        return start + at - 1 if start else 0
    source = page.source
    body = enumerate(source.body.split("\n"))
    found = (k for k, line in body if source.lines[k] == opened and line.lstrip(" >").startswith(("```", "~~~")))
    fence = next(found, None)
    return opened + at if fence is None else source.lines[min(fence + at, len(source.lines) - 1)]


def _blocks(page: Page) -> Iterator[tuple[pf.CodeBlock, bool]]:
    """Python blocks in order, and whether each is only shown."""
    found: list[tuple[pf.CodeBlock, bool]] = []

    def see(element: pf.Element, _: pf.Doc) -> None:
        is_code = isinstance(element, pf.CodeBlock) and element.classes and element.classes[0].lower() in PYTHON
        if is_code and "output" not in element.classes:
            cell = _cell_of(element)
            found.append((element, cell is None or ("norun" in element.classes and not _has_output(cell))))

    walk(page.document.seen(), see, pf.CodeBlock)
    yield from found


def _cell_of(block: pf.Element) -> pf.Div | None:
    while block is not None:
        if isinstance(block, pf.Div) and "cell" in block.classes:
            return block
        block = block.parent
    return None


def _has_output(cell: pf.Div) -> bool:
    """Whether the cell of a notebook was run by its author."""
    return any("output" in getattr(inner, "classes", ()) for inner in collected(cell, pf.Div, pf.CodeBlock))


def _asked(node: ast.AST) -> str | None:
    return node.id if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) else None


def _bound(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            yield node.id
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.alias):
            yield (node.asname or node.name).partition(".")[0]
        elif isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.ExceptHandler | ast.MatchAs | ast.MatchStar) and node.name:
            yield node.name
