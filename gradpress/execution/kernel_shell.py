"""What of IPython's shell in a kernel would speak to a reader by itself, and what it says instead."""

from __future__ import annotations

import sys
from operator import attrgetter
from typing import Any, NoReturn

from gradpress.execution.display import Display

_NEEDED = (
    "ast_transformers.append",
    "compile.cache",
    "display_trap.hook",
    "display_pub.publish",
    "displayhook.quiet",
    "displayhook.update_user_ns",
    "display_formatter.ipython_display_formatter",
    "events.register",
    "kernel.raw_input",
    "user_ns",
)


def check(shell: Any) -> None:
    """AttributeError for a shell that only looks like IPython's, before anything has been changed."""
    attrgetter(*_NEEDED)(shell)


def quieten(shell: Any, display: Display) -> None:
    """Displayed values go to `display`; tracebacks, windows and questions nowhere."""
    publisher, formatter = shell.display_pub, shell.display_formatter.ipython_display_formatter
    publisher.publish = _publish(display)
    publisher.clear_output = lambda wait=False: display.publish({})
    formatter.for_type_by_name("matplotlib.figure", "Figure", display.value)
    shell.showtraceback = _one_line
    shell.showsyntaxerror = shell.showindentationerror = lambda *_, **__: None
    shell._format_exception_for_storage = _unstored  # IPython's own would fail where `str(error)` does
    shell.enable_matplotlib = lambda gui=None: (gui, "inline")
    shell.enable_gui = lambda gui=None: None
    shell.user_ns.update(exit=_leave, quit=_leave)
    shell.kernel.raw_input = shell.kernel.getpass = _no_input


def _publish(display: Display) -> Any:
    def publish(data: Any, *_: Any, transient: Any = None, update: bool = False, **__: Any) -> None:
        if data:
            display.publish(data, str((transient or {}).get("display_id", "")), update)

    return publish


def _one_line(exc_tuple: Any = None, *_: Any, exception_only: bool = False, **options: Any) -> None:
    """The exceptions of cells are described at their end; those of representations get one line."""
    error = (exc_tuple or sys.exc_info())[1]
    if not (exception_only or options.get("running_compiled_code") or isinstance(error, SyntaxError)):
        print(f"{type(error).__name__}: {error}", file=sys.stderr)


def _unstored(*_: Any, **__: Any) -> dict[str, Any]:
    return {"ename": "", "evalue": "", "traceback": []}


def _leave(code: Any = None) -> NoReturn:
    raise SystemExit(code)


def _no_input(prompt: Any = "", *_: Any, **__: Any) -> NoReturn:
    sys.stdout.write(str(prompt))
    raise EOFError("EOF when reading a line")
