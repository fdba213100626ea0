"""Doing something right after a module has been imported, without importing it ourselves.

A page that never uses torch must not pay the second that importing it takes, but one that does must
find it seeded.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import Any

Hook = Callable[[Any], None]


class AfterImport(MetaPathFinder):
    """Calls a hook with each of the named modules, once, when its own code has run."""

    def __init__(self, hooks: dict[str, Hook]) -> None:
        self._hooks = hooks

    def install(self) -> None:
        """Begin to watch."""
        sys.meta_path.insert(0, self)

    def find_spec(self, name: str, path: Any, target: ModuleType | None = None) -> ModuleSpec | None:
        """The ordinary spec, with a loader that calls the hook at the end."""
        hook = self._hooks.pop(name, None)
        spec = PathFinder.find_spec(name, path, target) if hook else None
        loader: Any = spec and spec.loader
        if hook is None or loader is None:
            return spec
        ordinary = loader.exec_module

        def exec_module(module: ModuleType) -> None:
            ordinary(module)
            hook(module)

        loader.exec_module = exec_module
        return spec
