"""The file of the site that a path of a URL means, and nothing else of this machine."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote


@dataclass(frozen=True)
class File:
    """A file as it is now."""

    path: Path
    etag: str
    """Another one when the file is another."""


def target(path: str) -> str | None:
    """The file below the output folder that the decoded `path` names; None for what no site has.

    `/notes/` means `notes/index.html`.  Hidden files, also those that lead upwards, do not exist.
    """
    parts = path.removeprefix("/").split("/")
    inner, last = parts[:-1], parts[-1] or "index.html"
    if any(not part or part.startswith(".") or "\\" in part or "\0" in part for part in [*inner, last]):
        return None
    return "/".join([*inner, last])


def find(output: Path, name: str) -> File | None:
    """The regular file `name` in the output folder; None if there is none, or a link leads out of it."""
    try:
        root, path = output.resolve(), (output / name).resolve(strict=True)
        info = path.stat()
    except (OSError, RuntimeError, ValueError):
        return None
    inside = path.is_relative_to(root) and not any(part.startswith(".") for part in path.relative_to(root).parts)
    if not inside or not stat.S_ISREG(info.st_mode) or not os.access(path, os.R_OK):
        return None
    return File(path, f'"{info.st_mtime_ns:x}-{info.st_size:x}-{info.st_ino:x}"')


def is_folder(output: Path, name: str) -> bool:
    """Whether `name` is a folder with a first page: its address ends with a slash."""
    return find(output, f"{name}/index.html") is not None


def address(name: str) -> str:
    """The path of a URL that means the file `name`."""
    return "/" + quote(name)
