"""What references can point to: labels with their numbers, in the whole site."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from gradpress.records import dataclass, field

SECTIONS = ("section", "chapter", "appendix")
"""Kinds whose targets have their titles as words."""


@dataclass(frozen=True, slots=True)
class Target:
    """A place that has a number."""

    label: str
    number: str
    page: str
    """Name of the page: `notes/fit`."""
    line: int = 0
    kind: str = "equation"
    word: str = ""
    """What it is called, where that is not the word for its kind; the title of a section without a number."""
    anchor: str = ""
    """The name that a link leads to, when it is not the label."""
    shown: str = ""
    """What a preview on another page shows: a formula as TeX, or text."""
    of: str = ""
    """The label of what it solves, which is named instead of a number."""


def given(label: str) -> str:
    """Pattern of what gives a label in the text of a page."""
    start = re.sub(r"[-:]", "[-:]", re.escape(label).replace("\\-", "-"), count=1)
    return rf"\\label\s*\{{\s*{start}\s*\}}|\{{[^{{}}\n]*#{start}[\s}}]|(?:#\||:)\s*(?:label|name):\s*[\"']?{start}\b"


@dataclass(frozen=True)
class Index:
    """All targets of a site."""

    by_label: Mapping[str, tuple[Target, ...]] = field(default_factory=dict)
    anchors: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Page → names that links can lead to."""
    unread: tuple[Path, ...] = ()
    """Pages that could not be read, which has been reported."""

    @classmethod
    def of(
        cls,
        targets: Iterable[Target],
        anchors: Mapping[str, frozenset[str]] | None = None,
        unread: Iterable[Path] = (),
    ) -> Index:
        """An index of these."""
        found: dict[str, tuple[Target, ...]] = {}
        for target in targets:
            found[target.label] = (*found.get(target.label, ()), target)
        return cls(found, anchors or {}, tuple(unread))

    def is_unread(self, label: str) -> bool:
        """Whether a page that could not be read gives the label."""
        pattern = given(label) if self.unread else ""
        with suppress(OSError):
            return any(re.search(pattern, path.read_text(encoding="utf-8", errors="replace")) for path in self.unread)
        return False

    def resolution(self, label: str, page: str) -> str:
        """What a page that refers to `label`, or links to `page#name`, must be built again for when it changes."""
        if "#" in label:
            name, _, anchor = label.partition("#")
            return str(anchor in self.anchors.get(name, ()))
        meant = " ".join(
            f"{t.page} {t.anchor or t.label} {t.number} {t.kind} {t.word} {t.of} {t.shown}"
            for t in self.find(label, page)
        )
        return meant or ("unread" if self.is_unread(label) else "")

    def knows(self, label: str, page: str) -> bool:
        """Whether there is an answer without reading more pages."""
        return label.partition("#")[0] in self.anchors if "#" in label else bool(self.find(label, page))

    def find(self, label: str, page: str) -> tuple[Target, ...]:
        """What `label` means on `page`: its own target, else those of all other pages.

        `eq-x` finds `eq:x` and the reverse, where there is no exact one.
        """
        other = re.sub(r"^(\w+)([-:])", lambda m: m[1] + (":" if m[2] == "-" else "-"), label)
        heading = re.sub(r"^sec[-:]", "", label)  # pandoc's own name of a section, as autoSectionLabels has it
        for name in (label, other, heading):
            everywhere = self.by_label.get(name, ())
            own = tuple(t for t in everywhere if t.page == page)
            if own or everywhere:
                return own[:1] or everywhere
        return ()
