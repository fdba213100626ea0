"""The examples of `rules/examples.md`: for the tests, and for the manual's pages on the rules."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

FILE = Path(__file__).parent / "rules" / "examples.md"
_SECTION = re.compile(r"^# ([a-z-]+)\n\n(?=~~~~ )", re.M)
_BLOCK = re.compile(r"^~~~~ (\w+)(?: (\S+))?\n(.*?)^~~~~$", re.M | re.S)


@dataclass(frozen=True)
class Block:
    """A fenced part of an example."""

    kind: str
    name: str
    """Behind the kind: a file's name, or nothing."""
    text: str


@dataclass(frozen=True)
class Example:
    """One rule."""

    rule: str
    blocks: tuple[Block, ...]

    def of(self, kind: str) -> list[Block]:
        """Its blocks of one kind."""
        return [block for block in self.blocks if block.kind == kind]

    @property
    def said(self) -> str:
        """The finding."""
        return self.of("said")[0].text.strip()

    @property
    def runs(self) -> list[str]:
        """Command lines; the last one finds the fault."""
        return [line for block in self.of("run") for line in block.text.split("\n") if line] or ["html"]


def examples() -> dict[str, Example]:
    """Rule → its example, in the order of the file."""
    text = FILE.read_text()
    starts = list(_SECTION.finditer(text))  # a heading inside an example is not followed by a block
    ends = [m.start() for m in starts[1:]] + [len(text)]
    return {m[1]: Example(m[1], _blocks(text[m.end() : end])) for m, end in zip(starts, ends, strict=True)}


def _blocks(section: str) -> tuple[Block, ...]:
    return tuple(Block(kind, name, text) for kind, name, text in _BLOCK.findall(section))


def rewrite(rule: str, said: str) -> None:
    """Put the finding before the page without the fault."""
    text = FILE.read_text()
    start = next(m.start() for m in _SECTION.finditer(text) if m[1] == rule)
    following = _SECTION.search(text, start + 1)
    end = following.start() if following else len(text)
    section = re.sub(r"\n~~~~ said\n.*?^~~~~\n", "", text[start:end], flags=re.M | re.S).rstrip("\n")
    before, mark, right = section.partition("\n~~~~ right")
    section = f"{before.rstrip()}\n\n~~~~ said\n{said}\n~~~~\n{mark}{right}"
    FILE.write_text(text[:start] + section.rstrip() + "\n" + ("\n" if following else "") + text[end:])
