"""Loss recording, second third: adding to a syntax tree the calls that tell the recorder.

    for t in range(9):                    for t in range(9):
        loss = f()                            __gradpress_loss__[0]()          a tick
                                              loss = f()
                                              __gradpress_loss__[1](loss)      a value

The added calls go through a list in `builtins`, at the author's line numbers: `dir()`, `globals()`,
tracebacks and `inspect.getsource` show nothing of them.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import TypeVar, cast

from gradpress.execution.sites import Call, Site, Sites, find

NAME = "__gradpress_loss__"
"""What the added code calls, in `builtins`: a list of functions."""

Loop = ast.For | ast.AsyncFor | ast.While
Function = ast.FunctionDef | ast.AsyncFunctionDef
Node = TypeVar("Node", bound=ast.AST)


def instrument(tree: ast.Module, names: Sequence[str], sites: Sites | None = None) -> ast.Module:
    """`tree`, changed in place so that assignments to `names` reach the recorder."""
    sites = sites if sites is not None else Sites()
    _Insert(*find(tree, names, sites), sites).visit(tree)
    return tree


class _Insert(ast.NodeTransformer):
    """Adds the calls: a value after its assignment, a tick at the top of its scope."""

    def __init__(self, found: Sequence[Site], numbers: dict[ast.AST, int], sites: Sites) -> None:
        self._known = sites
        self._sites: dict[ast.AST, list[Site]] = {}
        for site in found:
            self._sites.setdefault(site.node, []).append(site)
        self._numbers = numbers

    def visit(self, node: ast.AST) -> ast.AST | list[ast.stmt]:
        """The node, followed by its calls if it is a statement."""
        self.generic_visit(node)
        sites = self._sites.get(node, [])
        if isinstance(node, ast.NamedExpr) and sites:
            node.value = self._call(node.value, sites[0], node.value)
        if isinstance(node, ast.For | ast.AsyncFor):
            node.body = [self._told(s, node) for s in sites] + node.body
        if node in self._numbers:
            self._tick(cast("Loop | Function", node), self._numbers[node])
        if isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign) and sites:
            return [node, *(self._told(s, node) for s in sites)]
        return node

    def _told(self, site: Site, at: ast.stmt) -> ast.stmt:
        """The call with the value; reading an attribute or an item may fail, a name cannot."""
        value = ast.parse(site.name, mode="eval").body
        for node in ast.walk(value):
            ast.copy_location(node, at)
        told = _placed(ast.Expr(self._call(at, site, value)), at)
        if isinstance(value, ast.Name):
            return told
        ignored = ast.ExceptHandler(ast.Name("Exception", ast.Load()), None, [ast.Pass()])
        return _placed(ast.Try([told], [ignored], [], []), at)

    def _call(self, at: ast.AST, site: Site, value: ast.expr) -> ast.Call:
        what: Call = "literal" if site.kind == "literal" else "value"
        return _call(at, self._known.code(what, site.group), value)

    def _tick(self, scope: Loop | Function, number: int) -> None:
        """A call at the top, behind a docstring."""
        documented = isinstance(scope, ast.FunctionDef | ast.AsyncFunctionDef) and ast.get_docstring(scope) is not None
        first = int(documented)
        at = scope.body[min(first, len(scope.body) - 1)]
        scope.body.insert(first, _placed(ast.Expr(_call(at, self._known.code("tick", number))), at))


def _call(at: ast.AST, code: int, *arguments: ast.expr) -> ast.Call:
    function = ast.Subscript(ast.Name(NAME, ast.Load()), ast.Constant(code), ast.Load())
    return _placed(ast.Call(function, list(arguments), []), at)


def _placed(tree: Node, at: ast.AST) -> Node:
    """`tree` at the line of `at`, where it has none of its own yet."""
    for node in ast.walk(tree):
        if not hasattr(node, "lineno"):
            ast.copy_location(node, at)
    return tree
