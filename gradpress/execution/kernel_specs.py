"""Which Jupyter kernels there are, how one is started, and what its results rest on."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
from collections.abc import Mapping
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from gradpress.execution.job import ALLOWED

_HOST = "127.0.0.1"
_PATIENCE = 60
"""Seconds for an interpreter to list its packages."""
_PACKAGES = """
import sys
from importlib.metadata import distributions
print(sys.version, *sorted({f"{d.name} {d.version}" for d in distributions()}), sep="\\n")
"""
_ports = threading.Lock()


class Unavailable(Exception):
    """There is no such kernel, or it does not start; the text says so to the author."""


def find(name: str) -> Any:
    """The specification of the kernel `name`; Unavailable names those that there are."""
    try:
        from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel
    except ImportError:
        raise Unavailable(f"'kernel: {name}' needs the package jupyter_client: pip install gradpress[kernel]") from None
    if not hasattr(os, "mkfifo"):
        raise Unavailable(f"'kernel: {name}' needs named pipes, which this system does not have")
    known = KernelSpecManager()
    try:
        return known.get_kernel_spec(name)
    except NoSuchKernel:
        names = ", ".join(sorted(known.find_kernel_specs())) or "none"
        raise Unavailable(f"there is no Jupyter kernel '{name}'; installed: {names}") from None


def command(spec: Any, connection: Path | str) -> list[str]:
    """The command line that starts the kernel."""
    given = {"connection_file": str(connection), "prefix": sys.prefix, "resource_dir": str(spec.resource_dir)}
    words = [re.sub(r"\{(\w+)\}", lambda m: given.get(m[1], m[0]), word) for word in spec.argv]
    if words[0] in ("python", f"python{sys.version_info[0]}"):  # as Jupyter itself reads it
        words[0] = sys.executable
    return words


@lru_cache(maxsize=64)
def identity(name: str) -> str:
    """What the results of a kernel rest on besides code and data, for their keys.

    Its specification, its program, and every package of a Python one: the builder's own do not matter.
    """
    try:
        spec = find(name)
    except Unavailable:
        return name
    words = command(spec, "")
    parts = [spec.to_json(), *words]
    program = _program(words[0])
    if program:
        state = os.stat(program)
        parts += [str(program), str(state.st_size), str(state.st_mtime_ns)]
        parts += [_packages(words[0], spec.env)] if program.name.startswith("python") else []
    return sha256("\0".join(parts).encode()).hexdigest()


def _program(word: str) -> Path | None:
    from shutil import which

    found = which(word)
    return Path(found).resolve() if found else None


def _packages(program: str, own: Mapping[str, str]) -> str:
    env = {name: os.environ[name] for name in ALLOWED if name in os.environ} | dict(own)
    try:
        asked = subprocess.run(
            [program, "-c", _PACKAGES], capture_output=True, text=True, timeout=_PATIENCE, check=False, env=env
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return asked.stdout


class Connection:
    """The file with the addresses of a kernel; no two kernels of this process get the same ports."""

    def __init__(self, file: Path) -> None:
        from uuid import uuid4

        from jupyter_client.connect import LocalPortCache, write_connection_file

        self.file = file
        with _ports:
            self._cache = LocalPortCache.instance()
            self._ports = [self._cache.find_available_port(_HOST) for _ in range(5)]
        shell, iopub, stdin, beat, control = self._ports
        write_connection_file(
            str(file), shell, iopub, stdin, beat, control, ip=_HOST, key=uuid4().hex.encode(), kernel_name=file.stem
        )

    def close(self) -> None:
        """Others may have the ports."""
        with _ports:
            for port in self._ports:
                self._cache.return_port(port)
