"""Formulas compiled by MathJax itself, in node, while the page is built: no reader finds what it cannot read.

One process serves a whole build.  It takes 0.1 s to start and 0.3 ms for a formula (CPU, MathJax 3.2.2 and 4.1.3); what
was compiled is remembered with the configuration, so that only new formulas are compiled again.
"""

from __future__ import annotations

import atexit
import json
import os
import re
import select
import shutil
import subprocess
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Any

from gradpress.cache import Storage
from gradpress.diagnostics import GradpressError
from gradpress.math import known, npm
from gradpress.math.mathjax_source import edition, exact
from gradpress.records import dataclass, field
from gradpress.settings import Math

_DATA = Path(__file__).parent.parent / "data"
SCRIPTS = (_DATA / "compile.cjs", _DATA / "draw.cjs")
"""What runs in node: the first one is started, the other one is loaded by it to draw."""
TIME_LIMIT = 60.0
"""Seconds for the formulas of one page."""
_OFF = ("noundefined", "noerrors")
"""Extensions that hide errors."""

Formulas = Sequence[tuple[str, bool]]
"""TeX, and whether it is a display."""


@dataclass
class _Process:
    """One node process."""

    root: Path
    _process: subprocess.Popen[bytes] | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _broken: bool = False

    def ask(self, request: Mapping[str, Any]) -> list[Any] | None:
        """The answers to one request; None when the process fails, and from then on."""
        with self._lock:
            if self._broken:
                return None
            try:
                answer = json.loads(self._answer(json.dumps(request).encode() + b"\n"))
            except (OSError, ValueError):
                self._broken = True
                self.close()
                return None
            return answer if isinstance(answer, list) else None

    def _answer(self, line: bytes) -> bytes:
        process = self._process or self._start()
        assert process.stdin
        assert process.stdout
        process.stdin.write(line)
        process.stdin.flush()
        if not select.select([process.stdout], [], [], TIME_LIMIT)[0]:
            raise OSError("no answer")
        return process.stdout.readline()

    def _start(self) -> subprocess.Popen[bytes]:
        command = [shutil.which("node") or "node", str(SCRIPTS[0]), str(self.root.resolve())]
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL)
        return self._process

    def close(self) -> None:
        """End the process."""
        if self._process:
            with suppress(OSError):
                self._process.kill()
            self._process.wait()
            self._process = None


_processes: dict[Path, _Process] = {}
_starting = threading.Lock()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_processes.clear)  # two builders would read each other's answers


def _process(root: Path) -> _Process:
    with _starting:
        if root not in _processes:
            _processes[root] = _Process(root)
            atexit.register(_processes[root].close)
        return _processes[root]


def components(math: Math, cache: Path, near: Path, *, fetch: bool) -> Path | None:
    """The folder of MathJax's components; None without node, or without MathJax where none is to be fetched."""
    if shutil.which("node") is None:
        return None
    try:
        chosen = edition(math)
        find = npm.package if fetch else npm.present
        root = find("mathjax", exact(chosen.version), cache, near)
    except GradpressError:
        return None
    if root is None:
        return None
    folder = root / "es5" if chosen.major == "3" else root
    return folder if (folder / "startup.js").exists() else None


_known: dict[str, dict[str, str | None]] = {}
"""Configuration → formula → what MathJax said, in this process: pages share their formulas."""
_MOST = 50_000
"""Formulas that are kept there."""


def wrong(
    root: Path, math: Math, config: Mapping[str, Any], formulas: Formulas, store: Storage, page: str = ""
) -> list[str | None]:
    """What MathJax says against each formula of `page`; None for one that it can read, or when node fails.

    What was said is remembered page by page: one store for all formulas would be read and written whole for each.
    """
    request = request_of(math, config)
    if "bussproofs" in request["tex"]["packages"]:  # it measures boxes, which needs an output
        return [None] * len(formulas)
    # A formula may define what later ones use: then all of them are compiled, in their order.
    bare = [_bare(formula) for formula in formulas]
    if any(map(_defines, formulas)):
        return ask(root, request, bare) or [None] * len(formulas)
    key = sha256(json.dumps([str(root.name), request], sort_keys=True).encode()).hexdigest()
    remembered = store.get("mathjax-node", f"{key} {page}")
    seen = _known.setdefault(key, {}) | (remembered if isinstance(remembered, dict) else {})
    names = [f"{'d' if display else 'i'}{text}" for text, display in formulas]
    todo = {name: formula for name, formula in zip(names, bare, strict=True) if name not in seen}
    if todo:
        answers = ask(root, request, list(todo.values()))
        if answers is None:
            return [None] * len(formulas)
        seen |= dict(zip(todo, answers, strict=True))
    own = {name: seen[name] for name in names}
    if own != remembered:
        store.put("mathjax-node", f"{key} {page}", own)
    if len(_known[key]) < _MOST:
        _known[key].update(own)
    return [seen[name] for name in names]


def _defines(formula: tuple[str, bool]) -> bool:
    return any(mark in formula[0] for mark in ("\\def", "command", "\\let", "\\DeclareM"))


def ask(root: Path, request: Mapping[str, Any], formulas: Sequence[Sequence[Any]]) -> list[Any] | None:
    """What the process of `root` answers to a request about these formulas, one for each; None when it fails."""
    answers = _process(root).ask({**request, "formulas": formulas})
    return answers if answers is not None and len(answers) == len(formulas) else None


def _bare(formula: tuple[str, bool]) -> tuple[str, bool]:
    """Labels are checked by us, over all pages; here the same one may come twice."""
    return re.sub(r"\\label\s*\{[^{}]*\}", "", formula[0]), formula[1]


def request_of(math: Math, config: Mapping[str, Any]) -> dict[str, Any]:
    """The page's own configuration, without what hides errors, and with all packages named."""
    chosen = edition(math)
    tex = {key: value for key, value in config["tex"].items() if key not in ("inlineMath", "displayMath")}
    packages, prelude = tex.pop("packages", {}), tex.pop("prelude", "")
    if isinstance(packages, Mapping):
        off = {*packages.get("[-]", ()), *_OFF}
        packages = [*known.standard(chosen.version, chosen.bundle), *packages.get("[+]", ())]
    else:
        off = set(_OFF)
    names = [name for name in dict.fromkeys(packages) if name not in off]
    inside = {"base", "ams", "newcommand", "configmacros", "require", "autoload"}
    loads = [f"[tex]/{name}" for name in names if name not in inside]
    return {"tex": {**tex, "packages": names}, "load": loads, "prelude": prelude}
