"""Whether a command would do nothing, answered before anything is imported.

A build that ended well leaves a *stamp*: what it was asked, every file and folder that it rests on or has written
with its times, size and inode, and what it would say now.  If all of that still holds, the same command has nothing
to do.  Only `os` and `sys` are needed for that: the whole answer costs little more than starting Python.  Whatever
does not hold is looked at properly: by the hashes of `gradpress.state`, or by building.
"""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:  # `typing` takes as long to import as the stamps of 500 pages to compare
    from collections.abc import Iterable, Mapping, Sequence

_FORMAT = "gradpress stamp 1"
_FOLDER = "unchanged"
_MISSING = "-"


def told(arguments: Sequence[str]) -> bool:
    """Whether the command has nothing to do; then what it has to say is said."""
    try:
        with open(_path(arguments), encoding="utf-8", errors="surrogateescape", newline="") as file:
            text = file.read()
    except (OSError, ValueError):
        return False
    known, _, said = text.partition("\n\n")
    lines = known.split("\n")
    if lines[0] != _identity(arguments) or not _holds(lines[1:]):
        return False
    try:  # noqa: SIM105 (contextlib is not imported for this)
        sys.stderr.write(said)
    except (OSError, AttributeError):
        pass  # nobody listens
    return True


def remember(
    arguments: Sequence[str], cache: str, files: Mapping[str, Sequence[int]], names: Iterable[str], said: str
) -> None:
    """Leave the stamp of a command in its cache.

    `files`: path → modification and change time in ns, size and inode as they were when the file was read or written;
    empty for what did not exist.  `names`: environment variables that the result rests on.  `said`: what the command
    says when it has nothing to do.
    """
    from pathlib import Path

    from gradpress.cache import write

    if _cache(arguments) != cache:
        return  # named in a way that only argparse understands
    lines = [_identity(arguments)]
    lines += [f"{name}={os.environ.get(name, '')}" for name in sorted(set(names))]
    lines += [f"{' '.join(map(str, stamp)) or _MISSING}\t{path}" for path, stamp in files.items()]
    if not any("\n" in line for line in lines):
        text = "\n".join(lines) + "\n\n" + said
        write(Path(_path(arguments)), text.encode("utf-8", errors="surrogateescape"))


def _holds(lines: Sequence[str]) -> bool:
    stat, environment = os.stat, os.environ
    for line in lines:
        stamp, tab, path = line.partition("\t")
        if not tab:
            name, _, value = line.partition("=")
            if environment.get(name, "") != value:
                return False
            continue
        try:
            info = stat(path)
        except OSError:
            now = _MISSING
        else:
            now = f"{info.st_mtime_ns} {info.st_ctime_ns} {info.st_size} {info.st_ino}"
        if now != stamp:
            return False
    return True


def _identity(arguments: Sequence[str]) -> str:
    """What must be the same besides files: the question, where it is asked, and the Python that answers."""
    return repr((_FORMAT, os.getcwd(), sys.executable, sys.version, list(arguments)))


def _path(arguments: Sequence[str]) -> str:
    name = "".join(c if c.isalnum() else "_" for c in " ".join(arguments))
    return os.path.join(_cache(arguments), _FOLDER, name[:100])


def _cache(arguments: Sequence[str]) -> str:
    for at, argument in enumerate(arguments):
        if argument == "--cache" and at + 1 < len(arguments):
            return arguments[at + 1]
        if argument.startswith("--cache="):
            return argument[len("--cache=") :]
    return ".gradpress"
