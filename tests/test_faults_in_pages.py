"""Faults in a long page, one a page: what is said of each, on which line, and nothing beside it.

`faults/page.md` is a page as people write them, with everything in it.  `faults/html.md` has faults that `html` tells
without node and without LaTeX, `faults/check.md` those that LaTeX tells.  `¡` in a fault is the line that is meant.
"""

from __future__ import annotations

import os
import re
import struct
import zlib
from dataclasses import dataclass
from pathlib import Path

import pytest
from builds import Build

HERE = Path(__file__).parent / "faults"
_TITLE = re.compile(r"^# ([a-z0-9 ]+?)(?: \((part\.md)\))?\n(?=\n~~~~ replace\n)", re.M)
_BLOCK = re.compile(r"^~~~~ (replace|by|said)\n(.*?)\n~~~~$", re.M | re.S)


@dataclass(frozen=True)
class Fault:
    """One fault, and what is said of it."""

    title: str
    in_part: bool
    """Whether it is in the file that the page includes."""
    edits: tuple[tuple[str, str], ...]
    said: tuple[str, ...]


def faults(file: str) -> list[Fault]:
    """The faults of a file."""
    text = (HERE / file).read_text()
    starts = list(_TITLE.finditer(text))
    ends = [m.start() for m in starts[1:]] + [len(text)]
    return [_fault(m, text[m.end() : end]) for m, end in zip(starts, ends, strict=True)]


def _fault(title: re.Match[str], text: str) -> Fault:
    blocks = _BLOCK.findall(text)
    old, new = ([t for kind, t in blocks if kind == wanted] for wanted in ("replace", "by"))
    said = tuple(line for kind, t in blocks if kind == "said" for line in t.split("\n"))
    return Fault(title[1], bool(title[2]), tuple(zip(old, new, strict=True)), said)


def written(given: list[Fault], notes: Path) -> list[list[str]]:
    """Write a page for each fault into `notes`; what must be said of each."""
    (notes / "img").mkdir()
    (notes / "img" / "paths.png").write_bytes(_png())
    for name in ("other.md", "refs.bib"):
        (notes / name).write_text((HERE / name).read_text())
    return [_page(fault, f"{number:03}", notes) for number, fault in enumerate(given)]


def _page(fault: Fault, key: str, notes: Path) -> list[str]:
    names = {"page.md": f"note{key}.md", "part.md": f"_part{key}.md"}
    place = ""
    for source, name in names.items():
        text = (HERE / source).read_text()
        for old, new in fault.edits if (source == "part.md") == fault.in_part else ():
            assert text.count(old) == 1, (fault.title, old)
            text = text.replace(old, new)
        text = text.replace("@@", f"n{key}").replace("_part.md", f"_part{key}.md")
        if "¡" in text:
            place = f"{name}:{text.count(chr(10), 0, text.index('¡')) + 1}"
        (notes / name).write_text(text.replace("¡", ""))
    return [f"{place}{line[6:]}" if line.startswith("line ¡") else f"note{key}{line[4:]}" for line in fault.said]


def _png() -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = zlib.compress(b"\0\xff\xff\xff" * 20)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        (chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 20, 8, 2, 0, 0, 0)), chunk(b"IDAT", rows), chunk(b"IEND", b""))
    )


def differences(given: list[Fault], expected: list[list[str]], found: list[str]) -> list[str]:
    """For each fault of which something else is said, all of it."""
    wrong = []
    for number, (fault, wanted) in enumerate(zip(given, expected, strict=True)):
        own = [re.sub(rf"n{number:03}(?![\d.])", "", d) for d in found if re.match(rf"(?:note|_part){number:03}\.", d)]
        if sorted(own) != sorted(wanted):
            wrong.append("\n  ".join([fault.title, *(f"- {d}" for d in wanted), *(f"+ {d}" for d in own)]))
    return wrong


@pytest.mark.parametrize(("command", "file"), [("html", "html.md"), ("check", "check.md")])
def test_each_fault_is_told_on_its_line(notes: Path, build: Build, command: str, file: str) -> None:
    given = faults(file)
    expected = written(given, notes)
    run = build(command, env={**os.environ, "PATH": "/nowhere"} if command == "html" else None)
    assert "Traceback" not in run.err
    assert "\n".join(differences(given, expected, run.diagnostics)) == ""


def test_the_page_without_a_fault_is_clean(notes: Path, build: Build) -> None:
    written([Fault("", False, (), ())], notes)
    run = build("html", "--strict", env={**os.environ, "PATH": "/nowhere"})
    assert (run.code, run.diagnostics) == (0, [])
