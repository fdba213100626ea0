"""Loss recording, first half: adding to a syntax tree the calls that tell the recorder.

Words: a *site* is a place where a watched name is assigned; a *scope* is a loop or a function whose
body runs many times; a *group* is a name in a scope, and makes one curve.  Each run of the scope's body
is a *tick* and gives at most one point: the last value that the name had in it.

Which scope a site belongs to:

- a fresh value (`loss = f()`) belongs to the innermost loop, or function, around it;
- a value made from the old one (`loss = loss + reg`, `loss += l`) belongs to the innermost scope that
  also gives the name a fresh value or a literal, so that `total_loss = 0` per epoch and `+=` per batch
  is one point per epoch;
- a literal (`loss = 0.0`) is no point: it ends one.

The added calls go through a name in `builtins`, at the author's line numbers: `dir()`, `globals()`,
tracebacks and `inspect.getsource` show nothing of them.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Literal, TypeVar, cast

NAME = "__gradpress_loss__"
"""What the added code calls, in `builtins`."""

Scope = ast.For | ast.AsyncFor | ast.While | ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.comprehension
Loop = ast.For | ast.AsyncFor | ast.While
Function = ast.FunctionDef | ast.AsyncFunctionDef
Node = TypeVar("Node", bound=ast.AST)
Kind = Literal["fresh", "again", "literal"]
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_LOOPS = (ast.For, ast.AsyncFor, ast.While)


@dataclass
class Group:
    """A watched name in a scope."""

    name: str
    line: int
    """The first line that assigns it."""
    scope: int
    """Number of the scope that ticks; -1: every value is a point."""
    looped: bool
    """Whether the scope is a loop, not a function."""


@dataclass
class Sites:
    """All groups of a session, and how many scopes there are: what recorder and tree agree on."""

    groups: list[Group] = field(default_factory=list)
    scopes: int = 0
    inner: dict[int, int] = field(default_factory=dict)
    """From a loop to a loop inside it that has groups of its own: its ticks are the finer clock."""


def matches(name: str, wanted: Iterable[str]) -> bool:
    """Whether `name`, an expression as `ast.unparse` writes it, is asked for."""
    return any(name == w or (name.isidentifier() and fnmatchcase(name, w)) for w in wanted)


def normal(expression: str) -> str:
    """`expression` in the form in which names are compared; patterns stay as they are."""
    try:
        return ast.unparse(ast.parse(expression.strip(), mode="eval"))
    except (SyntaxError, ValueError):
        return expression.strip()


def instrument(tree: ast.Module, names: Sequence[str], sites: Sites | None = None) -> ast.Module:
    """`tree`, changed in place so that assignments to `names` reach the recorder."""
    _Instrument([normal(n) for n in names], sites if sites is not None else Sites()).module(tree)
    return tree


@dataclass
class _Site:
    """A statement or walrus that assigns a watched name, and the scopes around it, outermost first."""

    name: str
    kind: Kind
    scopes: tuple[Scope, ...]
    node: ast.AST
    sure: bool
    """Runs in every tick of its innermost scope: not inside an `if` or `try`."""
    group: int = -1


class _Instrument(ast.NodeVisitor):
    """Finds the sites, groups them, then adds the calls."""

    def __init__(self, names: Sequence[str], sites: Sites) -> None:
        self._names = names
        self._sites = sites
        self._scopes: list[Scope] = []
        self._depth = 0
        self._found: list[_Site] = []
        self._numbers: dict[ast.AST, int] = {}

    def module(self, tree: ast.Module) -> None:
        """Do all of it."""
        self.visit(tree)
        groups: dict[tuple[str, ast.AST], int] = {}
        for site in self._found:
            owner = self._owner(site)
            if (site.name, owner) not in groups:
                groups[site.name, owner] = self._group(site, owner)
            site.group = groups[site.name, owner]
        _Insert(self._found, self._numbers).visit(tree)
        self._clocks()

    def generic_visit(self, node: ast.AST) -> None:
        """Walk on, remembering the scopes and conditions around."""
        conditional = isinstance(node, ast.If | ast.Try | ast.Match | ast.IfExp)
        self._depth += conditional
        super().generic_visit(node)
        self._depth -= conditional

    def _scope(self, node: Scope, outside: Sequence[ast.AST], inside: Sequence[ast.AST]) -> None:
        for child in outside:
            self.visit(child)
        self._scopes.append(node)
        depth, self._depth = self._depth, 0
        for child in inside:
            self.visit(child)
        self._depth = depth
        self._scopes.pop()

    def visit_For(self, node: ast.For | ast.AsyncFor) -> None:
        self._scope(node, [node.iter], [])
        self._scopes.append(node)
        self._site(node, [node.target], "fresh")
        self._scopes.pop()
        self._scope(node, [], node.body)
        self._scope(node, node.orelse, [])

    visit_AsyncFor = visit_For

    def visit_While(self, node: ast.While) -> None:
        self._scope(node, [], [node.test, *node.body])
        self._scope(node, node.orelse, [])

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        self._scope(node, [*node.decorator_list, node.args], node.body)

    visit_AsyncFunctionDef = visit_FunctionDef

    def visit_Lambda(self, node: ast.Lambda) -> None:
        self._scope(node, [node.args], [node.body])

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        """A class body is no loop, wherever it stands: only its methods count."""
        scopes, self._scopes = self._scopes, []
        self.generic_visit(node)
        self._scopes = scopes

    def _comprehension(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp) -> None:
        self._scope(node.generators[0], [], list(ast.iter_child_nodes(node)))

    visit_ListComp = visit_SetComp = visit_GeneratorExp = visit_DictComp = _comprehension

    def visit_Assign(self, node: ast.Assign) -> None:
        self.visit(node.value)
        self._site(node, node.targets, _kind(node.value, node.targets))

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self.visit(node.value)
            self._site(node, [node.target], _kind(node.value, [node.target]))

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        self.visit(node.value)
        self._site(node, [node.target], "again")

    def visit_NamedExpr(self, node: ast.NamedExpr) -> None:
        self.visit(node.value)
        self._site(node, [node.target], _kind(node.value, [node.target]))

    def _site(self, node: ast.AST, targets: Sequence[ast.expr], kind: Kind) -> None:
        """Note the watched names among `targets`, if the statement can run more than once."""
        for name in _names(targets):
            if self._scopes and matches(name, self._names):
                self._found.append(_Site(name, kind, tuple(self._scopes), node, self._depth == 0))

    def _owner(self, site: _Site) -> Scope:
        """The scope whose ticks separate the points of `site`; see the module's words."""
        around = _within_function(site.scopes)
        if site.kind == "fresh" or (site.kind == "literal" and site.sure):
            return around[0]
        starts = [
            s for s in self._found if s.name == site.name and (s.kind == "fresh" or (s.kind == "literal" and s.sure))
        ]
        return next((scope for scope in around if any(s.scopes[-1] is scope for s in starts)), around[0])

    def _group(self, site: _Site, owner: Scope) -> int:
        single = isinstance(owner, ast.Lambda | ast.comprehension)
        number = -1 if single else self._number(owner)
        line = cast(ast.stmt, site.node).lineno
        self._sites.groups.append(Group(site.name, line, number, not isinstance(owner, _FUNCTIONS)))
        return len(self._sites.groups) - 1

    def _number(self, scope: Scope) -> int:
        if scope not in self._numbers:
            self._numbers[scope] = self._sites.scopes
            self._sites.scopes += 1
        return self._numbers[scope]

    def _clocks(self) -> None:
        """A loss per epoch is drawn over the steps of the loop inside, if that has one of its own."""
        for outer, number in self._numbers.items():
            inner = [
                n
                for s, n in self._numbers.items()
                if s is not outer
                and isinstance(s, _LOOPS)
                and isinstance(outer, _LOOPS)
                and any(x is s for x in ast.walk(outer))
            ]
            if inner:
                self._sites.inner[number] = inner[-1]


class _Insert(ast.NodeTransformer):
    """Adds the calls: a value after its assignment, a tick at the top of its scope."""

    def __init__(self, found: Sequence[_Site], numbers: dict[ast.AST, int]) -> None:
        self._sites: dict[ast.AST, list[_Site]] = {}
        for site in found:
            self._sites.setdefault(site.node, []).append(site)
        self._numbers = numbers

    def visit(self, node: ast.AST) -> ast.AST | list[ast.stmt]:
        """The node, followed by its calls if it is a statement."""
        self.generic_visit(node)
        sites = self._sites.get(node, [])
        if isinstance(node, ast.NamedExpr) and sites:
            node.value = _wrapped(sites[0], node.value)
        if isinstance(node, ast.For | ast.AsyncFor):
            node.body = [_told(s, node) for s in sites] + node.body
        if node in self._numbers:
            _tick(cast("Loop | Function", node), self._numbers[node])
        if isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign) and sites:
            return [node, *(_told(s, node) for s in sites)]
        return node


def _kind(value: ast.expr, targets: Sequence[ast.expr]) -> Kind:
    if isinstance(value, ast.UnaryOp):
        value = value.operand
    if isinstance(value, ast.Constant):
        return "literal"
    used = {ast.unparse(n) for n in ast.walk(value) if isinstance(n, ast.Name | ast.Attribute | ast.Subscript)}
    return "again" if used.intersection(_names(targets)) else "fresh"


def _names(targets: Iterable[ast.expr]) -> list[str]:
    """What is assigned, as `ast.unparse` writes it."""
    found: list[str] = []
    for target in targets:
        if isinstance(target, ast.Tuple | ast.List):
            found += _names(target.elts)
        elif isinstance(target, ast.Name):
            found.append(target.id)
        elif isinstance(target, ast.Attribute | ast.Subscript):
            found.append(ast.unparse(target))
    return found


def _within_function(scopes: tuple[Scope, ...]) -> list[Scope]:
    """The scopes around a site, innermost first, up to its own function."""
    around: list[Scope] = []
    for scope in reversed(scopes):
        around.append(scope)
        if isinstance(scope, _FUNCTIONS):
            break
    return around


def _call(at: ast.AST, *arguments: ast.expr) -> ast.Call:
    return _placed(ast.Call(ast.Name(NAME, ast.Load()), list(arguments), []), at)


def _placed(tree: Node, at: ast.AST) -> Node:
    """`tree` at the line of `at`, where it has none of its own yet."""
    for node in ast.walk(tree):
        if not hasattr(node, "lineno"):
            ast.copy_location(node, at)
    return tree


def _told(site: _Site, at: ast.stmt) -> ast.stmt:
    """`__gradpress_loss__(group, value)`; reading an attribute or an item may fail, a name cannot."""
    value = ast.parse(site.name, mode="eval").body
    for node in ast.walk(value):
        ast.copy_location(node, at)
    told = _placed(ast.Expr(_call(at, ast.Constant(_code(site)), value)), at)
    if isinstance(value, ast.Name):
        return told
    ignored = ast.ExceptHandler(ast.Name("Exception", ast.Load()), None, [ast.Pass()])
    return _placed(ast.Try([told], [ignored], [], []), at)


def _wrapped(site: _Site, value: ast.expr) -> ast.expr:
    return _call(value, ast.Constant(_code(site)), value)


def _code(site: _Site) -> int:
    """The group of a value; for a literal its complement, which ends a point."""
    return ~site.group if site.kind == "literal" else site.group


def _tick(scope: Loop | Function, number: int) -> None:
    """`__gradpress_loss__(scope)` at the top, behind a docstring."""
    documented = isinstance(scope, ast.FunctionDef | ast.AsyncFunctionDef) and ast.get_docstring(scope) is not None
    first = int(documented)
    at = scope.body[min(first, len(scope.body) - 1)]
    scope.body.insert(first, _placed(ast.Expr(_call(at, ast.Constant(number))), at))
