"""Loss recording, first third: which assignments are points of which curve.

Words: a *site* is a place where a watched name is assigned; a *scope* is a loop or a function whose
body runs many times; a *group* is a name in a scope, and makes one curve.  Each run of the scope's body
is a *tick* and gives at most one point: the last value that the name had in it.

Which scope a site belongs to:

- a fresh value (`loss = f()`) belongs to the innermost loop, or function, around it;
- a value made from the old one (`loss = loss + reg`, `loss += l`) belongs to the innermost scope that
  also gives the name a fresh value or a literal, so that `total_loss = 0` per epoch and `+=` per batch
  is one point per epoch;
- a literal (`loss = 0.0`) is no point: it ends one.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import Literal, cast

from gradpress.records import dataclass, field

Scope = ast.For | ast.AsyncFor | ast.While | ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.comprehension
Kind = Literal["fresh", "again", "literal"]
Call = Literal["value", "literal", "tick"]
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
    called: bool = False
    """Whether the scope is a loop inside a function: each call of that may be a training of its own."""


@dataclass
class Sites:
    """All groups of a session, and how many scopes there are: what recorder and tree agree on."""

    groups: list[Group] = field(default_factory=list)
    scopes: int = 0
    inner: dict[int, int] = field(default_factory=dict)
    """From a loop to a loop inside it that has groups of its own: its ticks are the finer clock."""
    steady: set[int] = field(default_factory=set)
    """Groups that get one value in each tick: these values are the ticks."""
    ended: set[int] = field(default_factory=set)
    """Groups that literals end."""
    calls: list[tuple[Call, int]] = field(default_factory=list)
    """What the added calls do, with the number of a group or scope: a call's code is its position here."""

    def code(self, what: Call, number: int) -> int:
        """The code of a call."""
        if (what, number) not in self.calls:
            self.calls.append((what, number))
        return self.calls.index((what, number))


def matches(name: str, wanted: Iterable[str]) -> bool:
    """Whether `name`, an expression as `ast.unparse` writes it, is asked for."""
    return any(name == w or (name.isidentifier() and fnmatchcase(name, w)) for w in wanted)


@lru_cache(maxsize=256)
def normal(expression: str) -> str:
    """`expression` in the form in which names are compared; patterns stay as they are."""
    try:
        return ast.unparse(ast.parse(expression.strip(), mode="eval"))
    except (SyntaxError, ValueError):
        return expression.strip()


def find(tree: ast.Module, names: Sequence[str], sites: Sites) -> tuple[list[Site], dict[ast.AST, int]]:
    """The sites of `tree`, each with its group, which `sites` then has; and the numbers of the scopes that tick."""
    finder = _Finder([normal(n) for n in names], sites)
    return finder.module(tree), finder.numbers


@dataclass
class Site:
    """A statement or walrus that assigns a watched name, and the scopes around it, outermost first."""

    name: str
    kind: Kind
    scopes: tuple[Scope, ...]
    node: ast.AST
    sure: bool
    """Runs in every tick of its innermost scope: not inside an `if` or `try`."""
    group: int = -1


class _Finder(ast.NodeVisitor):
    """Finds the sites of a tree and groups them."""

    def __init__(self, names: Sequence[str], sites: Sites) -> None:
        self._names = names
        self._sites = sites
        self._scopes: list[Scope] = []
        self._depth = 0
        self._found: list[Site] = []
        self.numbers: dict[ast.AST, int] = {}
        """Of the scopes that tick."""

    def module(self, tree: ast.Module) -> list[Site]:
        """The sites of `tree`, each with its group."""
        self.visit(tree)
        groups: dict[tuple[str, ast.AST], int] = {}
        for site in self._found:
            owner = self._owner(site)
            if (site.name, owner) not in groups:
                groups[site.name, owner] = self._group(site, owner)
            site.group = groups[site.name, owner]
            self._sites.ended |= {site.group} if site.kind == "literal" else set()
        self._clocks()
        self._steady()
        return self._found

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
                self._found.append(Site(name, kind, tuple(self._scopes), node, self._depth == 0))

    def _owner(self, site: Site) -> Scope:
        """The scope whose ticks separate the points of `site`; see the module's words."""
        around = _within_function(site.scopes)
        if site.kind == "fresh" or (site.kind == "literal" and site.sure):
            return around[0]
        starts = [
            s for s in self._found if s.name == site.name and (s.kind == "fresh" or (s.kind == "literal" and s.sure))
        ]
        return next((scope for scope in around if any(s.scopes[-1] is scope for s in starts)), around[0])

    def _group(self, site: Site, owner: Scope) -> int:
        single = isinstance(owner, ast.Lambda | ast.comprehension)
        number = -1 if single else self._number(owner)
        line = cast(ast.stmt, site.node).lineno
        looped = not isinstance(owner, _FUNCTIONS)
        called = looped and any(isinstance(s, _FUNCTIONS) for s in site.scopes)
        self._sites.groups.append(Group(site.name, line, number, looped, called))
        return len(self._sites.groups) - 1

    def _number(self, scope: Scope) -> int:
        if scope not in self.numbers:
            self.numbers[scope] = self._sites.scopes
            self._sites.scopes += 1
        return self.numbers[scope]

    def _steady(self) -> None:
        """A plain `loss = …` in a loop that is never cut short needs no second call for the tick."""
        for node, number in list(self.numbers.items()):
            sites = [s for s in self._found if self._sites.groups[s.group].scope == number]
            if len(sites) == 1 and number not in self._sites.inner and _is_steady(sites[0], node):
                self._sites.steady.add(sites[0].group)
                del self.numbers[node]

    def _clocks(self) -> None:
        """A loss per epoch is drawn over the steps of the loop inside, if that has one of its own."""
        for outer, number in self.numbers.items():
            inner = [
                n
                for s, n in self.numbers.items()
                if s is not outer
                and isinstance(s, _LOOPS)
                and isinstance(outer, _LOOPS)
                and any(x is s for x in ast.walk(outer))
            ]
            if inner:
                self._sites.inner[number] = inner[-1]


def _is_steady(site: Site, loop: ast.AST) -> bool:
    """Whether the site is reached once in each turn of the loop, with a value of its own."""
    return (
        isinstance(loop, _LOOPS)
        and isinstance(site.node, ast.Assign | ast.AnnAssign)
        and site.scopes[-1] is loop
        and site.sure
        and site.kind == "fresh"
        and not any(isinstance(n, ast.Continue) for n in ast.walk(loop))
    )


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
