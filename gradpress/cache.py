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
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Any, Protocol

MAGIC = b"gradpress 1 "
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

    def __init__(self, root: Path) -> None:
        self.root = root

    def get(self, kind: str, key: str) -> Any:
        """The value that was put under `kind` and `key`, or None."""
        try:
            head, _, body = self._entry(kind, key).read_bytes().partition(b"\n")
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
            data = self.blob_path(name).read_bytes()
        except OSError:
            return None
        return data if blob_name(data, name.partition(".")[2]) == name else None

    def blob_path(self, name: str) -> Path:
        """The file of the blob `name`."""
        return self.root / "blobs" / name[:2] / name

    def _entry(self, kind: str, key: str) -> Path:
        name = sha256(key.encode()).hexdigest()
        return self.root / kind / name[:2] / f"{name[2:]}.json"


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
