"""The examples of `rules/examples.md`: for the tests, and for the manual's page on the rules."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

FILE = Path(__file__).parent / "rules" / "examples.md"
BESIDE = {"bib": "refs.bib", "other": "b.md"}
"""Blocks that are files beside the page."""
_SECTION = re.compile(r"^# ([a-z-]+)\n", re.M)
_BLOCK = re.compile(r"^~~~~ (\w+)\n(.*?)^~~~~$", re.M | re.S)


@dataclass(frozen=True)
class Example:
    """One rule."""

    rule: str
    blocks: dict[str, str]


def examples() -> dict[str, Example]:
    """Rule → its example, in the order of the file."""
    text = FILE.read_text()
    # A heading inside an example is not followed by an empty line and a block.
    starts = [m for m in _SECTION.finditer(text) if text.startswith("\n~~~~ ", m.end())]
    ends = [m.start() for m in starts[1:]] + [len(text)]
    return {m[1]: Example(m[1], dict(_BLOCK.findall(text[m.end() : end]))) for m, end in zip(starts, ends, strict=True)}


def rewrite(rule: str, said: str) -> None:
    """Put the finding behind the wrong page."""
    text = FILE.read_text()
    start = text.index(f"\n# {rule}\n\n~~~~ ")
    following = re.compile(r"\n# [a-z-]+\n\n~~~~ ").search(text, start + 1)
    end = following.start() if following else len(text)
    section = re.sub(r"\n~~~~ said\n.*?^~~~~\n", "", text[start:end], flags=re.M | re.S)
    section = re.sub(
        r"(^~~~~ wrong\n.*?^~~~~\n)", lambda m: f"{m[1]}\n~~~~ said\n{said}\n~~~~\n", section, flags=re.M | re.S
    )
    FILE.write_text(text[:start] + section + text[end:])
