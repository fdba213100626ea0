"""The body of `%%time` and `%%capture`: code of the cell, which IPython compiles and runs by itself.

It gets the lines of the note, and its losses are recorded.  Magics that run their body many times (`%%timeit`)
are left alone.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from typing import Any

_ONCE = re.compile(r"%%(?:time|capture|prun)\b")
_NAMES = ("<timed exec>", "<timed eval>")


class Bodies:
    """A transformer of trees, as IPython asks for them, and names for what it compiles."""

    def __init__(self, change: Callable[[ast.Module], object]) -> None:
        self._change = change
        self._file = ""
        self._above: int | None = None

    def begin(self, code: str, file: str, line: int) -> None:
        """The cell `code` begins, whose first line is `line` of `file`."""
        rows = code.splitlines()
        first, second = [i for i, row in enumerate([*rows, "-", "-"]) if row.strip()][:2]
        runs_once = _ONCE.match([*rows, ""][first].strip()) is not None
        self._file, self._above = file, line + second - 1 if runs_once else None  # IPython drops blank rows above

    def attach(self, shell: Any) -> None:
        """Let `shell` ask us; a second time changes nothing."""
        if self not in shell.ast_transformers:
            shell.ast_transformers.append(self)
            self.name(shell)

    def name(self, shell: Any) -> None:
        """Let what `shell` compiles of a body have the name of the note."""
        ordinary, named = type(shell.compile).__call__, shell.compile.cache

        class Compiler(type(shell.compile)):  # type: ignore[misc]
            def __call__(this, source: Any, filename: str, *rest: Any, **options: Any) -> Any:
                return ordinary(this, source, self._name(filename), *rest, **options)

        shell.compile.__class__ = Compiler
        shell.compile.cache = lambda *a, **options: named(*a, **options) if self._above is None else self._file

    @property
    def running(self) -> bool:
        """Whether the cell is the body of a magic."""
        return self._above is not None

    def visit(self, tree: ast.Module) -> ast.Module:
        """The tree of a body; others stay as they are."""
        if self._above is not None:
            ast.increment_lineno(tree, self._above)
            self._change(tree)
        return tree

    def _name(self, name: str) -> str:
        return self._file if self._above is not None and name in _NAMES else name
