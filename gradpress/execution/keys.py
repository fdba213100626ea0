"""Keys of cells: equal keys, equal results, as long as what they rest on is the same.

The key of a cell covers what is known before it runs: the keys of the cells before it, what its code
means (not how it is laid out), the options that matter while it runs, and, at the root, the Python that runs
it and the page's settings.  Files and packages that it turns out to rest on stand in its entry.
"""

from __future__ import annotations

import ast
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from pathlib import Path

from gradpress.cells import Cell
from gradpress.execution import PageRun
from gradpress.execution.looks import at_itself
from gradpress.records import dataclass

VERSION = "2"
"""Changes whenever executors begin to give other results for the same code."""


@dataclass(frozen=True)
class CellKey:
    """The key of a cell, and hashes of its parts: they tell why a key is another one."""

    key: str
    code: str
    options: str
    files: Mapping[str, str]
    """Names in `depends`, with the hashes of the files."""
    seen: str
    """Text and place of the cells so far, if the code can look at them."""


def chain_keys(page: PageRun, cells: Sequence[Cell]) -> tuple[str, ...]:
    """The keys of the cells of one session, in their order."""
    return tuple(cell.key for cell in cell_keys(page, cells))


def cell_keys(page: PageRun, cells: Sequence[Cell]) -> list[CellKey]:
    """The keys of the cells of one session with their parts, in their order."""
    found: list[CellKey] = []
    previous, looking, texts = _digest(*(f"{k}={v}" for k, v in circumstances(page).items())), False, ""
    for cell in cells:
        looking = looking or at_itself(cell.code)
        texts += f"{cell.place}\n{cell.code}\n"
        found.append(_cell_key(previous, cell, page, texts if looking else ""))
        previous = found[-1].key
    return found


def _cell_key(previous: str, cell: Cell, page: PageRun, seen: str) -> CellKey:
    o = cell.options
    matters = (cell.train, cell.inline, o.error, o.warning, o.fig_width, o.fig_height, o.loss, o.session, o.seed)
    files = {name: file_hash(page.folder / name) for name in o.depends}
    # the code of another kernel may be of any language: every character counts
    code = _digest(cell.code if page.kernel else meaning(cell.code))
    options, seen = _digest(repr(matters)), _digest(seen) if seen else ""
    key = _digest(previous, code, options, seen, *(f"{n}={h}" for n, h in files.items()))
    return CellKey(key, code, options, files, seen)


def circumstances(page: PageRun) -> dict[str, str]:
    """What all cells of a page have in common, in the words in which a change of it is reported."""
    inside = os.path.relpath(page.folder, page.root or page.folder)
    found = {
        "version of Gradpress": VERSION,
        "interpreter": " ".join((sys.implementation.name, *map(str, sys.version_info), sys.platform, _machine())),
        "seed": str(page.seed),
        "number of threads": str(page.threads),
        "folder": inside,
    }
    if page.kernel:
        from gradpress.execution.kernel_specs import identity

        found["kernel"] = f"{page.kernel} {identity(page.kernel)}"
    found |= {f"environment variable {name}": environment_hash(name) for name in sorted(page.env)}
    return found


def environment_hash(name: str) -> str:
    """Hash of the variable: its value may be a secret."""
    value = os.environ.get(name)
    return "" if value is None else sha256(value.encode("utf-8", "surrogateescape")).hexdigest()


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


def file_hash(path: Path) -> str:
    """Hash of a file's contents, or of the names in a folder; `missing` for none."""
    try:
        if path.is_dir():
            return sha256("\0".join(sorted(os.listdir(path))).encode()).hexdigest()
        return sha256(path.read_bytes()).hexdigest()
    except OSError:
        return "missing"


def _machine() -> str:
    return os.uname().machine if hasattr(os, "uname") else os.environ.get("PROCESSOR_ARCHITECTURE", "")


def _digest(*parts: str) -> str:
    return sha256("\0".join(f"{len(p)}:{p}" for p in _clean(parts)).encode()).hexdigest()


def _clean(parts: Iterable[str]) -> list[str]:
    return [p.encode("utf-8", "surrogatepass").decode("utf-8", "replace") for p in parts]
