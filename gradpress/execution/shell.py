"""IPython's shell inside a session: formatters, `display()`, magics; nothing that it would print itself."""

from __future__ import annotations

import builtins
import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any, ClassVar

from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from IPython.display import display
from traitlets import Type
from traitlets.config import Config

Publish = Callable[..., None]


class _Publisher(DisplayPublisher):
    to: ClassVar[Publish]
    """Where displayed values go; no data at all clears what the cell has shown so far."""

    def publish(
        self,
        data: Any,
        metadata: Any = None,
        source: Any = None,
        *,
        transient: Any = None,
        update: bool = False,
        **_: Any,
    ) -> None:
        if data:
            _Publisher.to(data, str((transient or {}).get("display_id", "")), update)

    def clear_output(self, wait: bool = False) -> None:
        _Publisher.to({})


class Shell(InteractiveShell):
    """A shell that runs no cells itself, keeps no history and adds no names to the page's namespace."""

    display_pub_class = Type(_Publisher)

    def init_user_ns(self) -> None:
        """The cells' namespace stays as it is."""

    def init_sys_modules(self) -> None:
        """The cells' module is `__main__` already."""

    def enable_matplotlib(self, gui: Any = None) -> Any:
        """`%matplotlib inline` is what we do anyway."""
        return gui, "inline"

    def enable_gui(self, gui: Any = None) -> None:
        """There is no screen."""

    def run_cell(self, *arguments: Any, **options: Any) -> Any:
        """What `%%capture` runs: an error in it is the cell's, not a part of what is captured."""
        ordinary: Any = super().run_cell
        result = ordinary(*arguments, **options)
        result.raise_error()
        return result

    def showtraceback(self, exc_tuple: Any = None, *_: Any, **__: Any) -> None:
        """A representation that fails: its error in one line, and the plain text instead."""
        kind, error = (exc_tuple or sys.exc_info())[:2]
        print(f"{getattr(kind, '__name__', kind)}: {error}", file=sys.stderr)


def start(main: ModuleType, publish: Publish, show: Callable[[Any], None]) -> Any:
    """The shell of this process; `display()` and magics reach it as they do in a notebook."""
    hooks = sys.excepthook, sys.displayhook
    _Publisher.to = publish
    options = Config()
    options.HistoryManager.enabled = False
    options.InteractiveShell.colors = "NoColor"
    shell = Shell.instance(config=options, user_module=main, user_ns=main.__dict__)
    sys.excepthook, sys.displayhook = hooks
    shell.builtin_trap.activate()
    vars(builtins)["display"] = display
    formatter: Any = shell.display_formatter
    formatter.ipython_display_formatter.for_type_by_name("matplotlib.figure", "Figure", show)
    return shell
