"""Python blocks that are only shown and would not run: a name in them is defined nowhere on the page."""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Iterator

import panflute as pf

from gradpress.diagnostics import report
from gradpress.page import Page
from gradpress.reading.fences import PYTHON
from gradpress.reading.places import line_of
from gradpress.walking import walk

_KNOWN = frozenset([*dir(builtins), "get_ipython", "display", "In", "Out", "__file__", "_"])
_WORD = re.compile(r"[^\W\d]\w*")


def check(page: Page) -> None:
    """Advise on each block whose names are not all known by then; one that does not parse may define all its words."""
    known = set(_KNOWN)
    for block, shown in list(_blocks(page)):
        try:
            tree = ast.parse(block.text)
        except (SyntaxError, ValueError):  # `%matplotlib inline` before imports, a session with `>>>`, a fragment
            known |= set(_WORD.findall(block.text))
            continue
        if any(isinstance(node, ast.ImportFrom) and node.names[0].name == "*" for node in ast.walk(tree)):
            return  # from here on anything may be known
        known |= set(_bound(tree))
        missing = [node for node in ast.walk(tree) if _asked(node) not in (None, *known)]
        if shown and missing:
            first = min(missing, key=lambda node: (node.lineno, node.col_offset))  # type: ignore[attr-defined]
            start = int(block.attributes.get("line") or line_of(block.text) or 0)
            offset = first.lineno - 1 if "line" not in block.attributes else first.lineno  # type: ignore[attr-defined]
            hint = "define it above, or leave the block as it is if it is a fragment"
            message = f"the block is not run, and would not run: '{_asked(first)}' is not defined on the page"
            report("cell-undefined", message, line=start + offset if start else 0, hint=hint)
            known.add(str(_asked(first)))


def _blocks(page: Page) -> Iterator[tuple[pf.CodeBlock, bool]]:
    """Python blocks in order, and whether each is only shown."""
    found: list[tuple[pf.CodeBlock, bool]] = []

    def see(element: pf.Element, _: pf.Doc) -> None:
        is_code = isinstance(element, pf.CodeBlock) and element.classes and element.classes[0].lower() in PYTHON
        if is_code and "output" not in element.classes:
            found.append((element, not _in_cell(element)))

    walk(page.document.seen(), see, pf.CodeBlock)
    yield from found


def _in_cell(block: pf.Element) -> bool:
    while block is not None:
        if isinstance(block, pf.Div) and "cell" in block.classes:
            return True
        block = block.parent
    return False


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
