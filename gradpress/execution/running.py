"""Running one cell: its code is parsed at its own lines, and executed statement by statement."""

from __future__ import annotations
import __future__

import ast
import sys
from builtins import compile, eval, isinstance  # noqa: UP029  a cell may replace them
from collections.abc import Callable
from types import CodeType, ModuleType
from typing import Any

_AWAIT = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
_COROUTINE = 0x80  # inspect.CO_COROUTINE; importing inspect would cost the builder 8 ms
_FUTURES = 0
for _name in __future__.all_feature_names:
    _FUTURES |= getattr(__future__, _name).compiler_flag

Change = Callable[[ast.Module], ast.Module]
Transform = Callable[[str], str]


class Namespace:
    """The names of a session, and what its cells have imported from `__future__`."""

    def __init__(self, at_line: Callable[[int], None]) -> None:
        self.module = ModuleType("__main__")
        self.module.__dict__["__builtins__"] = sys.modules["builtins"]
        self._at_line = at_line
        self._flags = 0
        self._loop: Any = None

    @property
    def names(self) -> dict[str, Any]:
        """Globals of the cells."""
        return self.module.__dict__

    def run(self, tree: ast.Module, file: str, show: Callable[[Any], None] | None) -> None:
        """Execute `tree`; `show` takes the value of the last statement if that is an expression."""
        whole = compile(tree, file, "exec", self._flags | _AWAIT, dont_inherit=True)
        self._flags |= whole.co_flags & _FUTURES
        last = tree.body[-1] if tree.body else None
        for statement in tree.body:
            self._at_line(statement.lineno)
            if statement is last and isinstance(statement, ast.Expr) and show:
                show(self._value(ast.Expression(statement.value), file, "eval"))
            else:
                self._value(ast.Module([statement], []), file, "exec")

    def _value(self, tree: Any, file: str, mode: str) -> Any:
        code: CodeType = compile(tree, file, mode, self._flags | _AWAIT, dont_inherit=True)
        value = eval(code, self.names)
        return self._awaited(value) if code.co_flags & _COROUTINE else value

    def _awaited(self, coroutine: Any) -> Any:
        """`await` at top level, in one event loop for the session."""
        if self._loop is None:
            import asyncio

            self._loop = asyncio.new_event_loop()
            asyncio.set_event_loop(self._loop)
        return self._loop.run_until_complete(coroutine)


def parse(code: str, file: str, line: int, transform: Transform) -> ast.Module:
    """The tree of `code` with the lines of its file; magics become calls where it is no plain Python."""
    above = "\n" * (line - 1)
    try:
        return ast.parse(above + code, file)
    except SyntaxError as error:
        failure, changed = error, transform(code)
    if changed.strip() == code.strip():
        raise failure
    return ast.parse(above + changed, file)


def has_magic(code: str) -> bool:
    """Whether a line may be IPython's own syntax; only then is asking IPython worth its start."""
    marks = ("%", "!", "?")
    lines = [line.strip() for line in code.splitlines()]
    return any(s.startswith(marks) or s.endswith("?") or "= %" in s or "= !" in s or "=!" in s for s in lines)


def is_quiet(tree: ast.Module, code: str, line: int) -> bool:
    """Whether the last statement ends in a semicolon."""
    if not tree.body:
        return True
    end = tree.body[-1]
    rows = code.splitlines()
    row = (end.end_lineno or 0) - line
    if not 0 <= row < len(rows):
        return False
    rest = rows[row].encode()[end.end_col_offset or 0 :]
    return rest.strip().startswith(b";")
