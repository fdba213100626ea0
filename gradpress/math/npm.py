"""npm packages that a site serves itself: found beside the notes, in the cache, or fetched once.

Nothing of a package is ever run: it is packed with `--ignore-scripts`, checked against
`gradpress.math.integrity.LOCK`, and unpacked with tarfile's data filter.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import os
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from gradpress.diagnostics import GradpressError, here
from gradpress.math.integrity import LOCK

if TYPE_CHECKING:
    import tarfile

TIMEOUT = 180
"""Seconds that fetching one package may take; the largest is 14 MB."""

# What npm needs to find itself, its settings and a proxy; nothing else of the author's environment.
_ENVIRONMENT = ("PATH", "HOME", "USERPROFILE", "APPDATA", "SYSTEMROOT", "TEMP", "TMP", "TMPDIR", "NODE_EXTRA_CA_CERTS")
_ENVIRONMENT_PREFIXES = ("npm_config_", "http_proxy", "https_proxy", "no_proxy", "all_proxy")
# The fonts ship their sources three times over: 36 of 50 MB that no page loads.
_NOT_SERVED = ("cjs", "mjs", "def", "examples", "tsconfig")
_LARGEST = 200_000_000
PATIENCE = 60.0
"""Seconds until a package that could not be fetched is asked for again."""

_fetching = threading.Lock()
_failed: dict[tuple[str, str], tuple[float, GradpressError]] = {}
"""Package and version → when it could not be fetched, and why."""


def package(name: str, version: str, cache: Path, near: Path, *, only: Collection[str] = ()) -> Path:
    """The folder of an unpacked package: in a `node_modules` at or above `near`, or in the cache.

    Of one that is fetched, `only` these files are kept, if any are named.
    """
    found = present(name, version, cache, near)
    if found is None:
        found = _stored(name, version, cache)
        _fetch(name, version, found, only)
    return found


def patiently(name: str, version: str, cache: Path, near: Path, *, only: Collection[str] = ()) -> Path:
    """The same for a build in which many pages ask: what has just failed is not tried again."""
    with _fetching:
        since, error = _failed.get((name, version), (0.0, None))
        if error is not None and time.monotonic() - since < PATIENCE and present(name, version, cache, near) is None:
            raise error
        try:
            return package(name, version, cache, near, only=only)
        except GradpressError as failure:
            _failed[name, version] = time.monotonic(), failure
            raise


def present(name: str, version: str, cache: Path, near: Path) -> Path | None:
    """The same, if nothing has to be fetched for it."""
    return next((found for found in places(name, version, cache, near) if _is_version(found, version)), None)


def places(name: str, version: str, cache: Path, near: Path) -> list[Path]:
    """The folders in which a package is looked for, the first one first."""
    folder = near.resolve()
    beside = [parent / "node_modules" / name for parent in (folder, *folder.parents)]
    return [*beside, _stored(name, version, cache)]


def _stored(name: str, version: str, cache: Path) -> Path:
    return cache / "npm" / f"{name.replace('/', '+')}@{version}"


def _is_version(folder: Path, version: str) -> bool:
    try:
        return bool(json.loads((folder / "package.json").read_text(encoding="utf-8"))["version"] == version)
    except (OSError, ValueError, KeyError, TypeError):
        return False


def _fetch(name: str, version: str, target: Path, only: Collection[str]) -> None:
    with _disk(target), tempfile.TemporaryDirectory(prefix=".fetch-", dir=_made(target.parent)) as folder:
        tarball = _packed(f"{name}@{version}", Path(folder))
        _check(f"{name}@{version}", tarball)
        unpacked = Path(folder) / "unpacked"
        _unpack(tarball, unpacked, only)
        # Another build may have been faster; its copy is as good, and pages may be read from it.
        if not _is_version(target, version):
            shutil.rmtree(target, ignore_errors=True)
            with contextlib.suppress(OSError):
                os.replace(unpacked, target)
    if not _is_version(target, version):
        raise _failure(f"{name}@{version} could not be stored in {target.parent}")


def _packed(spec: str, folder: Path) -> Path:
    npm = shutil.which("npm")
    if npm is None:
        raise _failure(f"'npm' is needed to fetch {spec} and was not found")
    command = [npm, "pack", spec, "--ignore-scripts", "--silent"]
    try:
        done = subprocess.run(
            command, cwd=folder, env=_environment(), capture_output=True, text=True, timeout=TIMEOUT, check=False
        )
    except subprocess.TimeoutExpired:
        raise _failure(f"'npm pack {spec}' did not end within {TIMEOUT} seconds") from None
    tarballs = sorted(folder.glob("*.tgz"))
    if done.returncode or not tarballs:
        reason = next((line for line in done.stderr.splitlines() if "ERR" in line or "error" in line), "")
        raise _failure(f"'npm pack {spec}' failed ({reason.strip() or f'exit code {done.returncode}'})")
    return tarballs[0]


def _environment() -> dict[str, str]:
    return {
        key: value
        for key, value in os.environ.items()
        if key in _ENVIRONMENT or key.lower().startswith(_ENVIRONMENT_PREFIXES)
    }


def _check(spec: str, tarball: Path) -> None:
    """Compare with the lock; npm itself has compared a version without an entry with its registry's hash."""
    digest = hashlib.sha512(tarball.read_bytes()).digest()
    found = "sha512-" + base64.b64encode(digest).decode("ascii")
    if LOCK.get(spec, found) != found:
        raise _failure(f"the fetched {spec} is not the file that was published (its sha512 differs)")


def _unpack(tarball: Path, target: Path, only: Collection[str]) -> None:
    import tarfile  # is wanted once for each version of MathJax

    try:
        with tarfile.open(tarball, "r:gz") as archive:
            archive.extractall(target.parent / "raw", members=_served(archive, only), filter="data")
    except (tarfile.TarError, EOFError) as error:
        raise _failure(f"{tarball.name} cannot be unpacked: {error}") from None
    os.replace(target.parent / "raw" / "package", target)


def _served(archive: tarfile.TarFile, only: Collection[str]) -> Iterator[tarfile.TarInfo]:
    total = 0
    for member in archive:
        parts = member.name.split("/")
        total += member.size
        if total > _LARGEST:
            raise EOFError(f"it holds more than {_LARGEST // 1_000_000} MB")
        is_wanted = "/".join(parts[1:]) in only if only else not (len(parts) > 2 and parts[1] in _NOT_SERVED)
        if member.isfile() and is_wanted:
            yield member


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@contextlib.contextmanager
def _disk(target: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise _failure(f"{target} cannot be written: {error.strerror or error}") from error


def _failure(message: str) -> GradpressError:
    hint = "install it with npm beside the notes, or choose 'math.source: jsdelivr'"
    return GradpressError("mathjax-local", message, here(), hint)
