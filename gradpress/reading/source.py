"""A page's file, read: its YAML header, and its text as pandoc shall see it, with a line map.

The header is blanked out (its keys are read here, the preamble by `gradpress.tex.preamble`), foreign
fences are made pandoc's, and certain lists get the blank line that pandoc wants before them.
"""

from __future__ import annotations

import re
import stat
from pathlib import Path

from gradpress import dialects
from gradpress.diagnostics import PageError, here, report
from gradpress.dialects import Lines, Surroundings, myst_header
from gradpress.patterns import pattern
from gradpress.reading import blank_lines, displays, fences, yaml_text
from gradpress.records import dataclass, replace

MAX_BYTES = 20_000_000
"""A larger file is refused: pandoc's reader needs about 100 times a document's size in memory."""

_HEADER_END = pattern(r"^(?:---|\.\.\.)[ \t]*$")


@dataclass(frozen=True)
class Source:
    """One Markdown file."""

    file: str
    """The file as the author names it, relative to where the program was started."""
    path: Path
    text: str
    """The whole text: UTF-8 without byte order mark, line feeds only, tabs as they are."""
    header: yaml_text.Document
    body: str
    """What pandoc reads; the header's lines are empty."""
    lines: tuple[int, ...]
    """For each line of `body` its number in the file."""
    reader: str = ""
    """pandoc's reader where it is not Markdown's."""

    @property
    def header_lines(self) -> list[str]:
        """The lines of the YAML header, from the first line of the file."""
        lines = self.text.split("\n")
        if self.reader:
            return lines
        return lines[: header_end(lines) + 1]


def read(path: Path, file: str, root: Path | None = None, cache: Path = Path(".gradpress")) -> Source:
    """Read the page at `path` below `root`.  Raises PageError; reports what the author should know."""
    text = read_text(path)
    page = Surroundings(path.parent, root or path.parent, cache)
    if path.suffix == ".tex":
        return _latex(text, file, path, page)
    if path.suffix == ".ipynb":
        from gradpress.dialects import notebook

        lines = notebook.read(text, page)
    else:
        lines = [(line, number) for number, line in enumerate(text.split("\n"), 1)]
    only = [line for line, _ in lines]
    end = header_end(only) if only else 0
    written = yaml_text.parse("\n".join(only[1:end]), 2) if end else yaml_text.Document()
    header = myst_header.translated(written)
    lines[: end + 1 if end else 0] = [("", number) for _, number in lines[: end + 1 if end else 0]]
    if not any(line.strip() for line, _ in lines):
        report("file-empty", "the page has no text")
    body, numbers = _for_pandoc(dialects.translated(lines, replace(page, header=written.values)))
    return Source(file, path, text, header, body, numbers)


def _latex(text: str, file: str, path: Path, page: Surroundings) -> Source:
    from gradpress.dialects import latex
    from gradpress.reading import tex_header

    parts = latex.read(text, page)
    header = tex_header.joined(parts.header, {key: _line_of(key, text) for key in parts.header}, text)
    return Source(file, path, text, header, parts.body, parts.lines, "latex+raw_tex")


def _line_of(key: str, text: str) -> int:
    found = re.search(rf"\\{re.escape(key)}(?![A-Za-z])", text) or re.search(rf"\\{re.escape(key)}", text)
    return text.count("\n", 0, found.start()) + 1 if found else 1


def read_text(path: Path) -> str:
    """The text of a file as UTF-8 with line feeds.  Raises PageError."""
    try:
        info = path.stat()
        if not stat.S_ISREG(info.st_mode):
            raise PageError("file-unreadable", "not a regular file", here(), "rename it if it is no page")
        if info.st_size > MAX_BYTES:
            raise PageError("file-too-large", f"the page has {info.st_size / 1e6:.0f} MB", here(), "split it")
        data = path.read_bytes()
    except OSError as error:
        raise PageError("file-unreadable", error.strerror or str(error), here(), "check the file") from None
    return _decoded(data)


def _decoded(data: bytes) -> str:
    try:
        text = data.removeprefix(b"\xef\xbb\xbf").decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        message = f"not UTF-8: byte 0x{data[error.start]:02x} at offset {error.start}"
        raise PageError("file-encoding", message, here(line), "save the file as UTF-8") from None
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise PageError("file-encoding", "a NUL character: this is no text file", here(line), "remove it")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def header_end(lines: list[str]) -> int:
    """Index of the line that closes the YAML header; 0 if the file has none."""
    if not re.match(r"^---[ \t]*$", lines[0]) or len(lines) < 2 or not lines[1].strip():
        return 0
    end = next((at for at in range(1, len(lines)) if _HEADER_END.match(lines[at])), 0)
    if not end:
        raise PageError("yaml-syntax", "the YAML header is not closed", here(1), "end it with a line '---'")
    return end


def _for_pandoc(numbered: Lines) -> tuple[str, tuple[int, ...]]:
    lines, numbers = [line for line, _ in numbered], [number for _, number in numbered]
    found = fences.find(lines)
    code: set[int] = set()
    for fence in found:
        at = numbers[fence.start]
        if not fence.closed:
            message = f"the fence '{fence.ticks}{fence.info}' is not closed; it is read as text"
            report("fence-unclosed", message, line=at, hint=f"close it with {fence.ticks}")
            lines[fence.start] = _harmless(lines[fence.start])
            continue
        if fence.short:
            message = f"the fence '{fence.info}' opens with more ticks than the one that closes it"
            report("fence-unclosed", message, line=at, hint="use as many in both")
        if fence.nested:
            message = f"the fence '{fence.ticks}{fence.info}' holds a fence of the same length"
            report("fence-unclosed", message, line=at, hint="use more ticks outside")
        lines[fence.start] = fences.rewritten(fence, at)
        lines[fence.end] = fences.closing(fence, lines[fence.end])
        code.update(range(fence.start, fence.end + 1))
    lines = displays.without_blank_lines(lines, code)
    return _with_blank_lines(lines, numbers, blank_lines.places(lines, code))


def _harmless(opening: str) -> str:
    """An opening that is never closed, escaped so that pandoc shows it as it was typed."""
    return re.sub(r"[`~]", r"\\\g<0>", opening)


def _with_blank_lines(lines: list[str], numbers: list[int], before: list[int]) -> tuple[str, tuple[int, ...]]:
    wanted = set(before)
    text: list[str] = []
    kept: list[int] = []
    for at, (line, number) in enumerate(zip(lines, numbers, strict=True)):
        if at in wanted:
            text.append("")
            kept.append(number)
        text.append(line)
        kept.append(number)
    return "\n".join(text), tuple(kept)
