"""The days on which pages were changed last, for `date-modified: last-modified`.

A file that is as it was committed has the day of the last commit that changed it; any other one that of its own last
change.  Git is asked for all files at once, and again when something else is checked out.
"""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator, Mapping
from hashlib import sha1, sha256
from pathlib import Path

from gradpress.cache import Store
from gradpress.content import SUFFIXES, Found
from gradpress.publish import stamp
from gradpress.records import dataclass, field

_PATIENCE = 60.0
"""Seconds for Git to answer."""


def days(asking: list[Found], content: Path, store: Store) -> tuple[dict[str, str], dict[str, list[int]]]:
    """Page → day, and the stamps of the files on which that rests."""
    history = _history(content, store)
    found, watched = {}, history.watched
    for page in asking:
        found[page.name] = history.day(page) or _own_day(page.path)
        watched[str(page.path)] = stamp(page.path)  # a file that was only touched has another day
    return found, watched


@dataclass(frozen=True)
class _History:
    """What Git knows of the content folder."""

    known: Mapping[str, list[str]] = field(default_factory=dict)
    """File below the content folder → the day of its last commit, and the hash of what was committed."""
    watched: dict[str, list[int]] = field(default_factory=dict)

    def day(self, page: Found) -> str:
        """Empty for a file that Git does not have as it is."""
        day, committed = self.known.get(page.file, ("", ""))
        return day if day and _hash(page.path, committed) == committed else ""


def _hash(path: Path, like: str) -> str:
    """A file's hash as Git makes it, of the kind that the repository has."""
    try:
        data = path.read_bytes()
    except OSError:
        return ""
    made = sha256 if len(like) > 40 else sha1
    return made(b"blob %d\0" % len(data) + data).hexdigest()


def _own_day(path: Path) -> str:
    try:
        return time.strftime("%Y-%m-%d", time.localtime(path.stat().st_mtime))
    except OSError:
        return ""


def _history(content: Path, store: Store) -> _History:
    asked = _git(content, "rev-parse", "HEAD", "--symbolic-full-name", "HEAD", "--git-dir", "--git-common-dir",
                 "--show-prefix")  # fmt: skip
    lines = asked.split("\n")
    if len(lines) < 5:
        return _History()
    head, branch, folder, common, prefix = lines[:5]
    files = (content / folder / "HEAD", content / common / branch, content / common / "packed-refs")
    watched = {str(path): stamp(path) for path in files}
    key = f"{head} {prefix}"
    known = store.get("modified", key)
    if not isinstance(known, dict):
        known = _read(content, prefix)
        store.put("modified", key, known)
    return _History(known, watched)


def _read(content: Path, prefix: str) -> dict[str, list[str]]:
    """One walk through the history, which is told from the end."""
    hashes = dict(_hashes(_git(content, "ls-tree", "-r", "-z", "HEAD", ".")))
    found: dict[str, list[str]] = {}
    day = ""
    log = _git(content, "log", "--format=%x01%cs", "--name-only", "--no-renames", "-z", "HEAD", "--", ".")
    for word in log.split("\0"):
        name = word.strip("\n")
        if name.startswith("\x01"):
            day = name[1:11]
        elif (file := name.removeprefix(prefix)) in hashes:
            found.setdefault(file, [day, hashes[file]])
    return found


def _hashes(listed: str) -> Iterator[tuple[str, str]]:
    for line in listed.split("\0"):
        about, _, name = line.partition("\t")
        if name.endswith(SUFFIXES):
            yield name, about.split()[2]


def _git(content: Path, *arguments: str) -> str:
    """What Git says; nothing where there is no Git, no repository or no commit."""
    command = ["git", "-c", "core.quotePath=false", "-c", "log.showSignature=false", *arguments]
    try:
        done = subprocess.run(command, cwd=content, capture_output=True, timeout=_PATIENCE, check=True)
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout.decode("utf-8", errors="surrogateescape")
