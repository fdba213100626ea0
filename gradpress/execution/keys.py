"""Keys of cells: equal keys, equal results.

The key of a cell covers all that can have changed its result: the keys of the cells before it, what its
code means (not how it is laid out), the options that matter while it runs, and, at the root, the Python
and the libraries that run it.
"""

from __future__ import annotations

import ast
import os
import sys
from collections.abc import Iterable, Sequence
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from gradpress.cells import Cell
from gradpress.execution import PageRun

VERSION = "1"
"""Changes whenever executors begin to give other results for the same code."""
LIBRARIES = ("numpy", "torch", "matplotlib", "ipython")
_LOOKING = frozenset(
    {
        "__file__",
        "getsource",
        "getsourcelines",
        "getsourcefile",
        "getframeinfo",
        "findsource",
        "currentframe",
        "_getframe",
        "f_lineno",
        "tb_lineno",
        "co_firstlineno",
        "linecache",
        "inspect",
        "get_ipython",
    }
)
"""Names by which code can see its own text or place."""


def chain_keys(page: PageRun, cells: Sequence[Cell]) -> tuple[str, ...]:
    """The keys of the cells of one session, in their order."""
    keys: list[str] = []
    key, looking, texts = root_key(page), False, ""
    for cell in cells:
        looking = looking or looks_at_itself(cell.code)
        texts += f"{cell.place}\n{cell.code}\n"
        key = chain_key(key, cell, page.folder, seen=texts if looking else "", foreign=bool(page.kernel))
        keys.append(key)
    return tuple(keys)


def chain_key(previous: str, cell: Cell, folder: Path, seen: str = "", *, foreign: bool = False) -> str:
    """The key of `cell` after `previous`; `seen` is text that the code can look at.

    The code of a `foreign` kernel may be of any language: every character counts.
    """
    o = cell.options
    matters = (cell.train, cell.inline, o.error, o.warning, o.fig_width, o.fig_height, o.loss, o.session, o.seed)
    files = [f"{name}={file_hash(folder / name)}" for name in o.depends]
    code = cell.code if foreign else meaning(cell.code)
    return _digest(previous, code, repr(matters), seen, *files)


def root_key(page: PageRun) -> str:
    """What all cells of a page have in common."""
    variables = [f"{name}={os.environ.get(name)!r}" for name in sorted(page.env)]
    inside = os.path.relpath(page.folder, page.root or page.folder)
    return _digest(*_installed(), str(page.seed), str(page.threads), inside, *variables, _kernel(page.kernel))


def _kernel(name: str) -> str:
    if not name:
        return ""
    from gradpress.execution.kernel_specs import identity

    return f"{name} {identity(name)}"


def meaning(code: str) -> str:
    """The code without comments and layout; as it stands where it is no plain Python.

    Besides the tree, only a semicolon at the end counts: it hides the last value.
    """
    try:
        tree = ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return code
    return ast.dump(tree) + (";" if _ends_quietly(tree, code) else "")


def _ends_quietly(tree: ast.Module, code: str) -> bool:
    from gradpress.execution.running import is_quiet

    return bool(tree.body) and is_quiet(tree, code, 1)


def looks_at_itself(code: str) -> bool:
    """Whether the code may depend on its own text or place."""
    return any(name in code for name in _LOOKING)


def file_hash(path: Path) -> str:
    """Hash of a file's contents; `missing` for none."""
    try:
        return sha256(path.read_bytes()).hexdigest()
    except OSError:
        return "missing"


@lru_cache(maxsize=1)
def _installed() -> tuple[str, ...]:
    """The interpreter and the libraries, asked for without importing them."""
    from importlib.metadata import PackageNotFoundError, version

    found = [f"gradpress={VERSION}", sys.implementation.cache_tag or "", sys.version, sys.platform, _machine()]
    for name in LIBRARIES:
        try:
            found.append(f"{name}={version(name)}")
        except PackageNotFoundError:
            found.append(f"{name}=none")
    return tuple(found)


def _machine() -> str:
    return os.uname().machine if hasattr(os, "uname") else os.environ.get("PROCESSOR_ARCHITECTURE", "")


def _digest(*parts: str) -> str:
    return sha256("\0".join(f"{len(p)}:{p}" for p in _clean(parts)).encode()).hexdigest()


def _clean(parts: Iterable[str]) -> list[str]:
    return [p.encode("utf-8", "surrogatepass").decode("utf-8", "replace") for p in parts]
