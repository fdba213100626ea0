"""Which packages the code of a session can have reached.

A page's process is forked from a template that has imported much already, so `sys.modules` tells nothing.
Instead every import statement that is executed, in the template too, is noted as an edge between two
packages; what can be reached from the cells is what their results may rest on.
"""

from __future__ import annotations

import builtins
import importlib
import sys
from collections.abc import Callable, Iterable, Mapping
from types import FunctionType
from typing import Any

MAIN = "__main__"
_OURS = "gradpress"
_LIKE_IMPORTLIB = "<frozen importlib._bootstrap>"
"""`warnings` and tracebacks pass over frames of this file, as they should over ours."""


class Uses:
    """Notes imports from `install` on."""

    def __init__(self) -> None:
        self._edges: dict[tuple[str, str], None] = {}
        self._graph: dict[str, set[str]] = {}
        """The first edges, between packages."""
        self._drawn = 0
        """How many these are: a template alone has thousands."""
        self._noted: set[str] = set()
        self._installed = False

    def install(self) -> Uses:
        """Begin to watch; a second call changes nothing."""
        if not self._installed:
            self._installed = True
            ordinary: Any = builtins.__import__
            builtins.__import__ = _unseen(_noting(ordinary, self._edges))
            importlib.import_module = _unseen(_noting_module(importlib.import_module, self._edges))
        return self

    def note(self, name: str) -> None:
        """The results rest on the package `name` itself, not on all that it may import."""
        self._noted.add(name)

    def reached(self, inside: Iterable[str] = ()) -> set[str]:
        """Top-level modules that the cells, and the modules `inside` the project, can have reached.

        Those of the standard library and of Gradpress are left out; a name that could not be imported is
        there as well: once it can, the result may be another one.
        """
        edges = list(self._edges)
        for importer, name in edges[self._drawn :]:
            self._graph.setdefault(importer.partition(".")[0], set()).add(name.partition(".")[0])
        self._drawn = len(edges)
        return _closure(self._graph, {MAIN, *inside}) - {MAIN} | self._noted

    def asked(self, importers: Iterable[str]) -> set[str]:
        """Top-level modules that were asked for by name in `importers`."""
        wanted = set(importers)
        return {name.partition(".")[0] for importer, name in list(self._edges) if importer in wanted}


def _closure(graph: Mapping[str, set[str]], start: set[str]) -> set[str]:
    found: set[str] = set()
    waiting = set(start)
    while waiting:
        found |= waiting
        following = set().union(*(graph.get(name, ()) for name in waiting))
        waiting = {n for n in following - found if n != _OURS and n not in sys.stdlib_module_names}
    return found


def _noting(ordinary: Callable[..., Any], edges: dict[tuple[str, str], None]) -> Callable[..., Any]:
    """`__import__` that notes who asks for what: half a microsecond more for each import statement."""

    def __import__(name: str, globals: Any = None, locals: Any = None, fromlist: Any = (), level: int = 0) -> Any:
        if level == 0:
            try:
                edges[globals["__name__"], name] = None
            except Exception:  # a call without globals, or code without a name of its own, taken for a cell's
                if isinstance(name, str):
                    edges[str(sys._getframe(1).f_globals.get("__name__", MAIN)), name] = None
        return ordinary(name, globals, locals, fromlist, level)

    return __import__


def _noting_module(ordinary: Callable[..., Any], edges: dict[tuple[str, str], None]) -> Callable[..., Any]:
    def import_module(name: str, package: str | None = None) -> Any:
        """Import a module; see `importlib.import_module`."""
        importer = sys._getframe(1).f_globals.get("__name__", MAIN)
        if isinstance(name, str) and isinstance(importer, str):
            edges[importer, str(package) if name.startswith(".") else name] = None
        return ordinary(name, package)

    return import_module


def _unseen(function: Any) -> Any:
    """`function` as if it stood in the import system."""
    code = function.__code__.replace(co_filename=_LIKE_IMPORTLIB)
    like = FunctionType(code, function.__globals__, function.__name__, function.__defaults__, function.__closure__)
    like.__kwdefaults__, like.__doc__ = function.__kwdefaults__, function.__doc__
    return like


USES = Uses()
"""The one of this process: a template's is copied into its pages."""
