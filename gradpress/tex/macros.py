r"""What a LaTeX preamble comes to: macros, environments, packages, and the rest.

Words: an *item* is one statement of a preamble, in its order; a *parameter* is what an argument is bound to;
a *template* is the parameter text of a `\def` with delimiters; an *alias* is a `\let` to a command of LaTeX's own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property

from gradpress.records import dataclass, field, replace
from gradpress.tex.tokens import KNOWN, Problem, tokenize


@dataclass(frozen=True, slots=True)
class Parameter:
    """One argument that a definition takes."""

    letter: str = "m"
    """m, o, s as in `gradpress.tex.commands`; xparse's d (optional) and r (mandatory) with delimiters, t (a token)."""
    default: str | None = None
    """What an absent optional argument stands for; None: nothing (xparse's NoValue)."""
    delimiters: str = ""
    """The two delimiters of d and r, the token of t."""


@dataclass(frozen=True, slots=True)
class Macro:
    """A macro of the author's."""

    name: str
    """Without the backslash."""
    kind: str
    """The defining command: `newcommand`, `def`, `let`, `DeclareMathOperator`, …; starred where it was."""
    body: str
    """The replacement text, comments removed; for an alias the command it stands for."""
    parameters: tuple[Parameter, ...] = ()
    template: tuple[str, ...] = ()
    """For a `\\def` with delimiters: what stands before #1, between the parameters, and at the end."""
    parts: tuple[str, ...] = ()
    """For a paired delimiter: left, right, before, after."""
    prefix: str = ""
    """`\\long`, `\\global`, `\\protected`."""
    spec: str = ""
    """The argument specification of a document command."""
    offset: int = 0
    """Where the definition starts in the text that was parsed."""
    origin: str = ""
    """Which text that was."""
    conditional: bool = False
    """Whether it stands between `\\if…` and `\\fi`."""
    letters: str = ""
    """Characters that are letters of names in it, as after `\\makeatletter`."""

    @property
    def meaning(self) -> tuple[object, ...]:
        """What makes two definitions the same, however written."""
        operator = self.kind if self.kind.startswith("DeclareMath") else ""
        return self.body, self.parameters, self.template, self.parts, operator

    @property
    def is_alias(self) -> bool:
        """Whether it is a `\\let` to something that is not the author's."""
        return self.kind == "let"

    @property
    def written(self) -> str:
        """The definition's beginning, for messages."""
        command = self.kind.rstrip("*")
        plain = command in ("def", "gdef", "edef", "xdef", "let")
        return f"\\{command}\\{self.name}" if plain else f"\\{command}{{\\{self.name}}}"


@dataclass(frozen=True, slots=True)
class Environment:
    """An environment of the author's."""

    name: str
    begin: str
    end: str
    parameters: tuple[Parameter, ...] = ()
    kind: str = "newenvironment"
    spec: str = ""
    offset: int = 0
    origin: str = ""
    conditional: bool = False
    letters: str = ""

    @property
    def meaning(self) -> tuple[object, ...]:
        """What makes two definitions the same, however written."""
        return self.begin, self.end, self.parameters

    @property
    def written(self) -> str:
        """The definition's beginning, for messages."""
        return f"\\{self.kind}{{{self.name}}}"


@dataclass(frozen=True, slots=True)
class Rest:
    """What TeX needs and HTML has no use for."""

    text: str
    declares: tuple[str, ...] = ()
    """Names that must not exist before: what `\\newtheorem`, `\\newcounter` and the like define."""
    letters: str = ""


@dataclass(frozen=True, slots=True)
class Package:
    """A package that the author asks for."""

    name: str
    options: str = ""
    """As written between the brackets."""
    offset: int = 0


Item = Macro | Environment | Rest
Definition = Macro | Environment


@dataclass(frozen=True)
class Preamble:
    """A parsed preamble, or several put one after the other with `then`."""

    items: tuple[Item, ...] = ()
    """All statements in their order."""
    packages: tuple[Package, ...] = ()
    found: tuple[Problem, ...] = ()
    """Problems of the texts by themselves."""
    broken: tuple[str, ...] = ()
    """Names whose definitions cannot be read: that nothing defines them need not be said at each of their uses."""

    @cached_property
    def macros(self) -> Mapping[str, Macro]:
        """Name → the definition in force after the last item."""
        return _macros_after(self.items)

    @cached_property
    def environments(self) -> Mapping[str, Environment]:
        """Name → the definition in force after the last item."""
        return {item.name: item for item in self.items if isinstance(item, Environment)}

    @property
    def definitions(self) -> tuple[Definition, ...]:
        """Macros and environments in order, also those that later ones override."""
        return tuple(item for item in self.items if not isinstance(item, Rest))

    @property
    def rest(self) -> str:
        """Everything else that TeX needs, in order."""
        return in_regimes((item.text, item.letters) for item in self.items if isinstance(item, Rest))

    @cached_property
    def looping(self) -> frozenset[str]:
        """Names of macros that expand to themselves without a condition that could end it."""
        return _cycles({name: names_in(macro) & self.macros.keys() for name, macro in self.macros.items()})

    @cached_property
    def problems(self) -> tuple[Problem, ...]:
        """What is wrong with the texts, and with their combination."""
        loops = [self.macros[name] for name in sorted(self.looping)]
        message = "\\{} expands to itself; it is left out"
        return self.found + tuple(
            Problem("macro-loop", macro.offset, message.format(macro.name), origin=macro.origin) for macro in loops
        )

    def then(self, later: Preamble) -> Preamble:
        """This preamble followed by another, whose definitions win."""
        return Preamble(
            self.items + later.items,
            self.packages + later.packages,
            self.found + later.found,
            self.broken + later.broken,
        )


_ON = {"": (), "@": ("\\makeatletter",), "@_:": ("\\ExplSyntaxOn",)}
_OFF = {"": (), "@": ("\\makeatother",), "@_:": ("\\ExplSyntaxOff",)}


def in_regimes(pieces: Iterable[tuple[str, str]]) -> str:
    r"""Lines of TeX, each with the characters that are letters in it, with `\makeatletter` and the like between."""
    lines: list[str] = []
    current = ""
    for text, letters in [*pieces, ("", "")]:
        if letters != current:
            lines += (*_OFF[current], *_ON[letters])
            current = letters
        lines += [text] if text else []
    return "\n".join(lines)


def names_in(macro: Macro) -> set[str]:
    """Names of the commands that a macro's expansion shows; none for an alias and for what has a condition in it."""
    if macro.is_alias:
        return set()
    texts = (macro.body, *macro.parts)
    names = {token.name for text in texts for token in tokenize(text, macro.letters)} - {""}
    return set() if any(name.startswith(("if", "@if")) for name in names - {"iff"}) else names


def _macros_after(items: Iterable[Item]) -> dict[str, Macro]:
    macros: dict[str, Macro] = {}
    for item in items:
        if isinstance(item, Macro):
            define(macros, item)
    return macros


def define(macros: dict[str, Macro], macro: Macro) -> None:
    r"""Let `macros` be as after this definition: `\let` copies, `\providecommand` yields, `\edef` expands."""
    name = macro.name
    if macro.kind.startswith(("providecommand", "ProvideDocument")) and (name in macros or name in KNOWN):
        return
    if macro.kind == "let":
        target = macro.body[1:] if macro.body[:1] == "\\" else ""
        if target == "relax":
            macros.pop(name, None)
        elif target in macros:
            macros[name] = replace(macros[target], name=name, offset=macro.offset, origin=macro.origin)
        elif target != name:
            macros[name] = macro
    elif macro.kind in ("edef", "xdef") and name in macros and not macros[name].parameters:
        before = macros[name].body
        tokens = (before if token.name == name else token.text for token in tokenize(macro.body, macro.letters))
        macros[name] = replace(macro, body="".join(tokens)[:100_000])
    else:
        macros[name] = macro


def _cycles(graph: Mapping[str, set[str]]) -> frozenset[str]:
    """The nodes that a walk can come back to: strongly connected components by Tarjan, without recursion."""
    order: dict[str, int] = {}
    lowest: dict[str, int] = {}
    waiting: dict[str, None] = {}
    found: set[str] = set()
    for root in graph:
        walk = [] if root in order else [(root, iter(sorted(graph[root])))]
        while walk:
            node, targets = walk[-1]
            if node not in order:
                order[node] = lowest[node] = len(order)
                waiting[node] = None
            for target in targets:
                if target not in order:
                    walk.append((target, iter(sorted(graph[target]))))
                    break
                if target in waiting:
                    lowest[node] = min(lowest[node], order[target])
            else:
                walk.pop()
                if walk:
                    lowest[walk[-1][0]] = min(lowest[walk[-1][0]], lowest[node])
                if lowest[node] == order[node]:
                    component = _popped(waiting, node)
                    found |= component if len(component) > 1 or node in graph[node] else set()
    return frozenset(found)


def _popped(waiting: dict[str, None], node: str) -> set[str]:
    """Take off what was put on `waiting` since `node`, and `node`."""
    component: set[str] = set()
    while node not in component:
        component.add(waiting.popitem()[0])
    return component


@dataclass
class Redefinitions:
    """Notices definitions that silently differ from an earlier one of the same text."""

    first: dict[tuple[str, str], Definition] = field(default_factory=dict)

    def check(self, item: Definition) -> Problem | None:
        """The problem that `item` makes after all items checked before it."""
        key = type(item).__name__, item.name
        before = self.first.get(key)
        if isinstance(item, Macro) and item.kind == "let" and item.body == "\\relax":
            self.first.pop(key, None)
            return None
        self.first.setdefault(key, item)
        new = item.kind.startswith(("DeclareMath", "DeclarePaired"))
        intended = not new and item.kind.startswith(("renew", "provide", "Declare", "Renew", "Provide"))
        intended = intended or (item.kind in ("edef", "xdef") and isinstance(item, Macro) and item.name in item.body)
        if before is None or intended or item.conditional or before.conditional or before.meaning == item.meaning:
            return None
        message = f"{item.written} defined twice; the last one is used"
        return Problem("macro-redefined", item.offset, message, before.offset, item.origin)
