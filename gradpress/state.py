"""What the last build saw: enough to know that nothing has changed without opening a page.

The state is one JSON file for each command, content and output folder.  A file counts as unchanged when its
stamp (times, size, inode) is; when the stamp differs its hash decides.  Only `os`, `json` and
`hashlib` are needed here, so a build with nothing to do costs little more than starting Python.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from hashlib import sha256
from operator import attrgetter
from pathlib import Path
from typing import Any

from gradpress.cache import write
from gradpress.cell_costs import Cost
from gradpress.diagnostics import Diagnostic, Place
from gradpress.numbers.target import Target
from gradpress.publish import stamp
from gradpress.records import asdict, dataclass, field, replace

FORMAT = 11

Stamped = dict[str, list[Any]]
"""Path → [hash, *stamp]; the hash is empty for a file that does not exist."""
Look = Callable[[str], list[int]]
"""Path → stamp, asked of the disk each time or once."""


@dataclass(frozen=True)
class PageState:
    """One page as it was built."""

    digest: str
    """Of what it does not have from its own files: program, templates, configuration, its place in the navigation."""
    name: str = ""
    """The page, as URLs name it."""
    inputs: Stamped = field(default_factory=dict)
    outputs: dict[str, list[int]] = field(default_factory=dict)
    diagnostics: tuple[Diagnostic, ...] = ()
    shared: tuple[str, ...] = ()
    """Folders of the site that the page uses together with others."""
    targets: tuple[Target, ...] = ()
    """What has a number on the page, for references from other pages."""
    anchors: tuple[str, ...] = ()
    """Names on the page that links can lead to."""
    references: dict[str, str] = field(default_factory=dict)
    """Labels that the page refers to, with what they meant."""
    conditions: dict[str, str] = field(default_factory=dict)
    """What else it was made from, with its value: see `condition`."""
    costs: tuple[Cost, ...] = ()
    """What its cells took when they ran."""

    @property
    def failed(self) -> bool:
        """Errors are never remembered as a reason not to try again."""
        return any(d.severity == "error" for d in self.diagnostics)


@dataclass
class State:
    """The last build of one command."""

    path: Path
    common: str = ""
    """Digest of program, templates, configuration file and options."""
    pages: dict[str, PageState] = field(default_factory=dict)
    facts: dict[str, list[Any]] = field(default_factory=dict)
    """Page → [hash, *stamp, facts]: what navigation needs of the page's header."""
    site: dict[str, list[int]] = field(default_factory=dict)
    """Outputs that belong to no page."""
    inputs: Stamped = field(default_factory=dict)
    """Files that the site rests on, and no page does."""
    diagnostics: tuple[Diagnostic, ...] = ()
    """Findings that belong to no page."""
    drafts: tuple[str, ...] = ()
    """Files of pages that are not in the site."""
    watched: dict[str, list[int]] = field(default_factory=dict)
    """Other files that the site rests on, by their stamps alone."""

    def save(self) -> None:
        """Write the state, after everything else."""
        body = {
            "format": FORMAT,
            "common": self.common,
            "pages": {name: _plain(page) for name, page in self.pages.items()},
            "facts": self.facts,
            "site": self.site,
            "inputs": self.inputs,
            "diagnostics": [asdict(d) for d in self.diagnostics],
            "drafts": self.drafts,
            "watched": self.watched,
        }
        write(self.path, json.dumps(body, separators=(",", ":")).encode())


def _plain(page: PageState) -> dict[str, Any]:
    """The page as JSON has it.  (`asdict` copies all that it finds: 40 ms for the 1,000 targets of 200 pages.)"""
    targets, costs = list(map(_VALUES, page.targets)), list(map(asdict, page.costs))
    return {**vars(page), "diagnostics": [asdict(d) for d in page.diagnostics], "targets": targets, "costs": costs}


_VALUES = attrgetter(*Target.__slots__)


def load(path: Path) -> State:
    """The state of the last build; an empty one if there is none or it cannot be read."""
    try:
        data = json.loads(path.read_bytes())
        if data["format"] != FORMAT:
            return State(path)
        pages = {name: _page(page) for name, page in data["pages"].items()}
        diagnostics = tuple(map(_diagnostic, data["diagnostics"]))
        others = tuple(data["drafts"]), data["watched"]
        return State(path, data["common"], pages, data["facts"], data["site"], data["inputs"], diagnostics, *others)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return State(path)


def _page(data: dict[str, Any]) -> PageState:
    diagnostics = tuple(map(_diagnostic, data["diagnostics"]))
    costs = tuple(Cost(**cost) for cost in data["costs"])
    own = {**data, "diagnostics": diagnostics, "shared": tuple(data["shared"]), "costs": costs}
    return PageState(**{**own, "targets": tuple(Target(*t) for t in data["targets"])})


def _diagnostic(data: dict[str, Any]) -> Diagnostic:
    return Diagnostic(**{**data, "place": Place(**data["place"])})


def stamped(paths: Iterable[str]) -> Stamped:
    """The files as they are now."""
    return {path: [_hash(path), *stamp(path)] for path in sorted(paths)}


def condition(name: str) -> str:
    """What a page can rest on besides files: `date`, `packages`, `program NAME`, or `env NAME`."""
    if name == "date":
        return time.strftime("%Y-%m-%d")
    if name == "packages":  # installing one changes the date of a folder
        return digest([(folder, stamp(folder)) for folder in sys.path if folder.endswith("-packages")])
    if name.startswith("program "):
        return digest(shutil.which(name.removeprefix("program ")))
    return digest(os.environ.get(name.removeprefix("env ")))


def unchanged(files: Stamped, look: Look = stamp) -> bool:
    """Whether all the files are as they were."""
    return all(_same(path, known, look) for path, known in files.items())


def _same(path: str, known: list[Any], look: Look) -> bool:
    """The stamp decides, else the hash; then the new stamp is as good as the old one."""
    now = look(path)
    if now == known[1:]:
        return True
    if not now or not known[0] or _hash(path) != known[0]:
        return False
    known[1:] = now
    return True


def outputs_there(output: Path, stamps: dict[str, list[int]]) -> bool:
    """Whether the files that the last build wrote are still the ones in the output folder."""
    folder = str(output)  # joining a Path takes three times as long as asking the disk
    return all(stamp(os.path.join(folder, target)) == known for target, known in stamps.items())


def _hash(path: str) -> str:
    with suppress(OSError):
        if os.path.isfile(path):
            with open(path, "rb") as file:
                return sha256(file.read()).hexdigest()
    return ""


def digest(*values: object) -> str:
    """A short name for these values."""
    return sha256(json.dumps(values, sort_keys=True, default=str).encode()).hexdigest()[:24]


def program_stamps(folders: Iterable[Path]) -> dict[str, list[int]]:
    """Every file of the program, its filters and its templates."""
    stamps: dict[str, list[int]] = {}
    for folder in folders:
        for base, names, files in os.walk(folder):
            names[:] = sorted(n for n in names if n != "__pycache__" and not n.startswith("."))
            for name in sorted(files):
                if not name.endswith(".pyc"):
                    path = os.path.join(base, name)
                    stamps[path] = stamp(path)
    return stamps


def refreshed(page: PageState, output: Path) -> PageState:
    """The page's outputs stamped again, e.g. after another command has rewritten a shared file."""
    outputs = {target: stamp(os.path.join(output, target)) for target in page.outputs}
    return page if outputs == page.outputs else replace(page, outputs=outputs)
