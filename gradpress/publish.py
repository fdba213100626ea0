"""The output folder: whole files or none, nothing touched that did not change, nothing left of pages that are gone.

The *manifest* in the output folder lists every file with its *owners*, `<command> <page>`; a file
without owners is removed.  Nothing that the manifest does not list is ever removed.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from gradpress.cache import write
from gradpress.diagnostics import PageError, Place, here

MANIFEST = ".manifest.json"
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO)
"""What a disk says that takes no more."""


def disk_error(error: OSError, place: Place, folder: Path) -> PageError:
    """What to tell the author when a file below `folder` could not be written."""
    message = f"cannot write {error.filename or folder}: {error.strerror}"
    return PageError("disk-error", message, place, "free some space or check permissions")


class Publisher:
    """Writes into the output folder and keeps its manifest."""

    def __init__(self, output: Path) -> None:
        self.output = output
        self._owners: dict[str, set[str]] = _read(output / MANIFEST)
        self._targets: dict[str, set[str]] = {}
        """The same from the other side: to ask every file for its owners, for every page, is quadratic."""
        for target, owners in self._owners.items():
            for owner in owners:
                self._targets.setdefault(owner, set()).add(target)
        self._before = self._flat()

    def publish(self, owner: str, files: Mapping[str, bytes], copies: Mapping[str, Path]) -> None:
        """Make these the files of `owner`; what it had before and has no more is removed.

        Raises PageError when a file cannot be written.
        """
        target = ""
        try:
            for target, data in files.items():
                self._put(target, data)
            for target, source in copies.items():
                self._copy(target, source)
        except OSError as error:
            error.filename = str(self.output / target)  # not the draft's, nor the source of a copy
            raise disk_error(error, here(), self.output) from None
        self._own(owner, {*files, *copies})

    def publish_folder(self, target: str, source: Path, command: str) -> None:
        """Publish a whole folder that pages of a command share, under an owner of its own."""
        copies = {f"{target}/{p.relative_to(source).as_posix()}": p for p in all_files(source)}
        self.publish(f"{_shared(command)}/{target}", {}, copies)

    def retire_shared(self, targets: Collection[str], command: str) -> None:
        """Remove shared folders that no page of the command uses any more."""
        wanted = {f"{_shared(command)}/{target}" for target in targets}
        for owner in self._targets.keys() - wanted:
            if owner.startswith(f"{_shared(command)}/"):
                self._own(owner, set())

    def retire_pages(self, names: Collection[str]) -> None:
        """Remove every output of pages that no longer exist, whatever command made it."""
        for owner in list(self._targets):
            page = owner.partition(" ")[2]
            if page and page not in names:
                self._own(owner, set())

    def save(self) -> None:
        """Write the manifest, last of all; not when nothing changed."""
        flat = self._flat()
        if flat != self._before:
            write(self.output / MANIFEST, json.dumps(flat, indent=0, sort_keys=True).encode())
            self._before = flat

    def clean(self) -> int:
        """Remove every file of the manifest and the folders that are empty then; how many files."""
        targets = list(self._owners)
        for target in targets:
            self._remove(target)
        self._owners, self._targets = {}, {}
        with suppress(OSError):
            (self.output / MANIFEST).unlink()
        with suppress(OSError):
            self.output.rmdir()
        return len(targets)

    def stamps(self, owner: str) -> dict[str, list[int]]:
        """Size and time of each file of `owner`, for the next build's question whether they are still there."""
        return {t: stamp(self.output / t) for t in sorted(self._targets.get(owner, ()))}

    def _flat(self) -> dict[str, list[str]]:
        return {target: sorted(owners) for target, owners in self._owners.items()}

    def _own(self, owner: str, targets: set[str]) -> None:
        for target in targets:
            self._owners.setdefault(target, set()).add(owner)
        before = self._targets.pop(owner, set())
        if targets:
            self._targets[owner] = targets
        for target in sorted(before - targets):
            self._owners[target].discard(owner)
            if not self._owners[target]:
                del self._owners[target]
                self._remove(target)

    def _put(self, target: str, data: bytes) -> None:
        path = self._path(target)
        if not path.is_symlink() and _bytes(path) == data:
            return
        write(path, data)

    def _copy(self, target: str, source: Path) -> None:
        path = self._path(target)
        if not path.is_symlink() and _same(path, source):
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f".{path.name[:40]}.{os.getpid()}.copy")
        try:
            shutil.copyfile(source, draft)
            info = source.stat()
            os.utime(draft, ns=(info.st_atime_ns, info.st_mtime_ns))  # tells the next build that it is the same
            os.replace(draft, path)
        finally:
            with suppress(OSError):
                draft.unlink()

    def _path(self, target: str) -> Path:
        path = self.output / target
        if ".." in Path(target).parts or Path(target).is_absolute():
            raise PageError("path-outside", f"'{target}' is outside the output folder", here())
        return path

    def _remove(self, target: str) -> None:
        path = self._path(target)
        with suppress(OSError):
            path.unlink()
        for folder in path.parents:
            if folder == self.output:
                break
            with suppress(OSError):
                folder.rmdir()


def _shared(command: str) -> str:
    """How owners of folders begin that pages of a command share."""
    return "shared" if command == "html" else f"shared-{command}"


def stamp(path: Path | str) -> list[int]:
    """What changes when a file does: modification and change time, size, inode; empty if there is no file."""
    try:
        info = os.stat(path)
    except OSError:
        return []
    return [info.st_mtime_ns, info.st_ctime_ns, info.st_size, info.st_ino]


def _read(path: Path) -> dict[str, set[str]]:
    try:
        flat = json.loads(path.read_bytes())
        return {str(target): {str(o) for o in owners} for target, owners in flat.items()}
    except (OSError, ValueError, AttributeError, TypeError):
        return {}


def _bytes(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None


def _same(path: Path, source: Path) -> bool:
    """Equal contents; size and time decide where they can."""
    try:
        ours, theirs = path.stat(), source.stat()
        if ours.st_size != theirs.st_size:
            return False
        return ours.st_mtime_ns == theirs.st_mtime_ns or path.read_bytes() == source.read_bytes()
    except OSError:
        return False


def all_files(folder: Path) -> Iterable[Path]:
    """Every regular file below `folder`, in a stable order."""
    return sorted(p for p in folder.rglob("*") if p.is_file() and not p.name.startswith("."))
