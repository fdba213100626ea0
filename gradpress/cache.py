"""The store: results of earlier builds, by content.

Words: an *entry* is a JSON value under a kind and a key; a *blob* is a file named by the hash of its
bytes.  Whatever cannot be read back exactly is a miss, never an error: the store may be deleted,
truncated, or written by two builds at once.
"""

from __future__ import annotations

import itertools
import json
import os
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Any, Protocol

from gradpress.patterns import pattern

MAGIC = b"gradpress 1 "
LIMIT = 2 << 30
"""Bytes that the store may take after a build."""
YOUNG = 600.0
"""Seconds for which nothing is removed: another build may be about to use it."""
_HOUR = 3600
_NAMES = pattern(r"\.?(?:[0-9a-f]{32}\.|[0-9a-f]{40})")
_counter = itertools.count()


class Storage(Protocol):
    """What a store can do; `Store` does it on disk, `Memory` in tests."""

    def get(self, kind: str, key: str) -> Any:
        """The value, or None."""

    def put(self, kind: str, key: str, value: Any) -> None:
        """Keep a JSON value."""

    def put_blob(self, data: bytes, suffix: str) -> str:
        """Keep bytes; the name that `blob` takes."""

    def blob(self, name: str) -> bytes | None:
        """The bytes, or None when they are gone or not what they were."""

    def blob_path(self, name: str) -> Path:
        """Where the bytes lie as a file."""


class Store:
    """A store in the folder `root`."""

    touches = True
    """Whether the date of a file tells when it was used."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def get(self, kind: str, key: str) -> Any:
        """The value that was put under `kind` and `key`, or None."""
        try:
            head, _, body = self._used(self._entry(kind, key)).partition(b"\n")
        except OSError:
            return None
        if head != MAGIC + sha256(body).hexdigest().encode():
            return None
        return json.loads(body)

    def put(self, kind: str, key: str, value: Any) -> None:
        """Keep `value`; whoever writes last wins."""
        body = json.dumps(value, allow_nan=False, separators=(",", ":")).encode()
        head = MAGIC + sha256(body).hexdigest().encode()
        write(self._entry(kind, key), head + b"\n" + body)

    def put_blob(self, data: bytes, suffix: str) -> str:
        """Keep `data`, once; its name is `<hash>.<suffix>`."""
        name = blob_name(data, suffix)
        if self.blob(name) is None:
            write(self.blob_path(name), data)
        return name

    def blob(self, name: str) -> bytes | None:
        """The bytes of `name`, or None when they are gone or not what they were."""
        try:
            data = self._used(self.blob_path(name))
        except OSError:
            return None
        return data if blob_name(data, name.partition(".")[2]) == name else None

    def blob_path(self, name: str) -> Path:
        """The file of the blob `name`."""
        return self.root / "blobs" / name[:2] / name

    def prune(self, limit: int = LIMIT, young: float = YOUNG) -> tuple[int, int]:
        """Remove what was not used for longest until the rest takes at most `limit` bytes; bytes removed, and left.

        A little more goes, so that the next build does not remove again.
        """
        files = sorted(self._files())
        total = sum(size for _, size, _ in files)
        excess, removed, latest = total - limit, 0, time.time() - young
        if excess <= 0:
            return 0, total
        for used, size, path in files:
            if removed >= excess + limit // 10 or used > latest:
                break
            with suppress(OSError):
                os.unlink(path)
                removed += size
        return removed, total - removed

    def prune_sometimes(self, limit: int) -> None:
        """`prune`, unless that was done a few minutes ago: it looks at every file."""
        mark = self.root / "pruned"
        with suppress(OSError):
            if time.time() - mark.stat().st_mtime < YOUNG:
                return
        with suppress(OSError):
            mark.touch()
            self.prune(limit)

    def _files(self) -> Iterator[tuple[float, int, str]]:
        """When it was used, size and path of every file; folders of others in the cache are left alone."""
        for kind in _folders(self.root):
            for shelf in _folders(kind.path):
                if len(shelf.name) == 2:
                    for file in filter(_is_ours, _entries(shelf.path)):
                        with suppress(OSError):
                            info = file.stat(follow_symlinks=False)
                            yield info.st_mtime, info.st_size, file.path

    def _used(self, path: Path) -> bytes:
        """The bytes of a file; its date says when it was used last, to the hour."""
        data = path.read_bytes()
        with suppress(OSError):
            if self.touches and time.time() - os.stat(path).st_mtime > _HOUR:
                os.utime(path)
        return data

    def _entry(self, kind: str, key: str) -> Path:
        name = sha256(key.encode()).hexdigest()
        return self.root / kind / name[:2] / f"{name[2:]}.json"


class Unwritten(Store):
    """A store that is only looked at: nothing is written, not even that an entry was used."""

    touches = False

    def put(self, kind: str, key: str, value: Any) -> None:
        """Nothing is kept."""


class Memory:
    """The twin of `Store` for tests: entries in memory, blobs as files only where a path is asked for."""

    def __init__(self, root: Path | None = None) -> None:
        self.root = root
        self.entries: dict[tuple[str, str], str] = {}
        self.blobs: dict[str, bytes] = {}

    def get(self, kind: str, key: str) -> Any:
        """The value that was put under `kind` and `key`, or None."""
        text = self.entries.get((kind, key))
        return None if text is None else json.loads(text)

    def put(self, kind: str, key: str, value: Any) -> None:
        """Keep `value`."""
        self.entries[kind, key] = json.dumps(value, allow_nan=False)

    def put_blob(self, data: bytes, suffix: str) -> str:
        """Keep `data`."""
        name = blob_name(data, suffix)
        self.blobs[name] = data
        return name

    def blob(self, name: str) -> bytes | None:
        """The bytes of `name`, or None."""
        return self.blobs.get(name)

    def blob_path(self, name: str) -> Path:
        """A file with the bytes of `name`, below `root`."""
        if self.root is None:
            raise FileNotFoundError(name)
        write(self.root / name, self.blobs[name])
        return self.root / name


def _entries(folder: Path | str) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except OSError:
        return []


def _is_ours(entry: os.DirEntry[str]) -> bool:
    """Also drafts that a killed build has left."""
    return _NAMES.match(entry.name) is not None


def _folders(folder: Path | str) -> list[os.DirEntry[str]]:
    return [entry for entry in _entries(folder) if entry.is_dir(follow_symlinks=False)]


def blob_name(data: bytes, suffix: str) -> str:
    """The name of a blob: 128 bits of its hash, and what it is."""
    return f"{sha256(data).hexdigest()[:32]}.{suffix.lstrip('.')}"


def write(path: Path, data: bytes) -> None:
    """Write a whole file or nothing: a temporary file in the same folder, renamed into place."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name[:40]}.{os.getpid()}.{threading.get_ident()}.{next(_counter)}")
    try:
        with open(draft, "xb") as file:
            file.write(data)
        os.replace(draft, path)
    except BaseException:
        with suppress(OSError):
            draft.unlink()
        raise
