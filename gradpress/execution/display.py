"""Showing values: IPython's formatters and its `display()`, started when a value first needs them.

Starting IPython's shell costs about 190 ms; a page that only prints and plots never pays it.
"""

from __future__ import annotations

import base64
import sys
from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any

from gradpress.execution.uses import USES

Message = dict[str, Any]
Send = Callable[[Message], None]
_SIMPLE = (int, float, bool, complex, bytes)
_IMAGES = {"image/png", "image/jpeg", "image/gif", "image/webp", "image/svg+xml", "application/pdf"}
_TEXTS = ("text/", "application/json", "application/javascript")


class Display:
    """Turns values into messages."""

    def __init__(self, send: Send, main: ModuleType) -> None:
        self._send = send
        self._main = main
        self._shell: Any = None
        self._starting = False

    @property
    def shell(self) -> Any:
        """IPython's shell, with the page's namespace."""
        if self._shell is None and not self._starting:
            self._starting = True
            from gradpress.execution.shell import start

            self._shell = start(self._main, self.publish, self.value)
            USES.note("IPython")
        return self._shell

    def value(self, value: Any) -> None:
        """Show the value of a cell's last expression."""
        if value is None or _is_echo(value):
            return
        figure = _figure(value)
        if figure is not None:
            _figures().send(figure)
        elif type(value) in _SIMPLE and self._shell is None:
            self.publish({"text/plain": repr(value)})
        else:
            self.publish(self._forms(value))

    def inline(self, value: Any) -> None:
        """Show the value of an expression in a line of text: as `print` would, not as `repr`."""
        figure = _figure(value)
        if figure is not None:
            _figures().send(figure)
            return
        forms = {} if type(value) in (*_SIMPLE, str) else dict(self._forms(value))
        self.publish(forms | {"text/plain": str(value)})

    def display(self, *objects: Any, **options: Any) -> Any:
        """`display()` as the cells know it, before IPython has been started."""
        import IPython.display as ipython

        assert self.shell is not None
        show: Any = ipython.display
        return show(*objects, **options)

    def publish(self, data: Mapping[str, Any], ident: str = "", update: bool = False) -> None:
        """Send a value in all the forms that it has."""
        if not data:
            self._send({"is": "clear"})
            return
        texts = {m: _text(d) for m, d in data.items() if m.startswith(_TEXTS) and d is not None}
        files = {m: _base64(d) for m, d in data.items() if m in _IMAGES and d}
        self._send({"is": "rich", "data": texts, "files": files, "id": ident, "update": update})

    def _forms(self, value: Any) -> Mapping[str, Any]:
        forms: Mapping[str, Any] = self.shell.display_formatter.format(value)[0]
        return forms


def _figures() -> Any:
    return sys.modules["gradpress.execution.figures"]


def _is_echo(value: Any) -> bool:
    """matplotlib not imported: nothing can be an artist."""
    return "gradpress.execution.figures" in sys.modules and bool(_figures().is_echo(value))


def _figure(value: Any) -> Any:
    figure = sys.modules.get("matplotlib.figure")
    if figure is None or not isinstance(value, figure.Figure):
        return None
    import gradpress.execution.figures  # noqa: F401  a figure made without pyplot

    return value


def _text(data: Any) -> str:
    if isinstance(data, str):
        return data
    import json

    return json.dumps(data, default=str)


def _base64(data: Any) -> str:
    """Images come as bytes, as base64, or, SVG, as text."""
    if isinstance(data, bytes):
        return base64.b64encode(data).decode()
    if data.lstrip().startswith("<"):
        return base64.b64encode(data.encode()).decode()
    return str(data).replace("\n", "")
