"""d2lbook's blocks of contents and of reStructuredText.

```toc
:maxdepth: 2
linear-regression
```

becomes a list of links; so does the `toctree` of an `eval_rst` block, of which everything else is reported.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from pathlib import Path

from gradpress.diagnostics import report
from gradpress.dialects import Lines, Surroundings
from gradpress.patterns import pattern
from gradpress.reading import fences, inputs

_ENTRY = pattern(r"^(?P<title>.*?)\s*<(?P<name>[^<>]+)>$")
_OPTION = pattern(r"^\s*:(?P<key>[\w-]+):\s*(?P<value>.*?)\s*$")
_TITLE = pattern(r"^#\s+(.+?)\s*(?:\{[^{}]*\})?\s*$", re.M)
_SUFFIXES = (".md", ".ipynb", ".qmd", ".tex")


def listed(lines: Lines, page: Surroundings) -> Lines:
    """The lines with their contents as lists of links."""
    texts = [text for text, _ in lines]
    done: Lines = []
    at = 0
    for fence in fences.find(texts):
        name = fence.info.strip().strip("{}.")
        if not fence.closed or fence.start < at or name not in ("toc", "eval_rst"):
            continue
        done += lines[at : fence.start]
        inside = lines[fence.start + 1 : fence.end]
        done += _links(inside, page) if name == "toc" else _rst(lines[fence.start][1], inside, page)
        at = fence.end + 1
    return [*done, *lines[at:]]


def entries(texts: list[str]) -> tuple[dict[str, str], list[tuple[str, str]]]:
    """Options of a block of contents, and its pages with their titles, if it gives them."""
    options = {found["key"]: found["value"] for text in texts if (found := _OPTION.match(text))}
    names = [text.strip() for text in texts if text.strip() and not _OPTION.match(text)]
    return options, [(m["name"], m["title"]) if (m := _ENTRY.match(name)) else (name, "") for name in names]


def blocks(text: str) -> Iterator[tuple[dict[str, str], list[tuple[str, str]]]]:
    """The blocks of contents in a page's text."""
    lines = text.split("\n")
    for fence in fences.find(lines):
        if fence.closed and fence.info.strip().strip("{}.") == "toc":
            yield entries(lines[fence.start + 1 : fence.end])


def _links(inside: Lines, page: Surroundings) -> Lines:
    options, _ = entries([text for text, _ in inside])
    depth = int(options["maxdepth"]) if options.get("maxdepth", "").isdigit() else 1
    done: Lines = [("", number) for _, number in inside[:1]]
    for text, number in inside:
        if not text.strip() or _OPTION.match(text):
            continue
        ((name, title),) = entries([text])[1]
        done += [(line, number) for line in _item(name, title, page.folder, page, depth)]
    return [*done, ("", inside[-1][1])] if inside else []


def _item(name: str, title: str, folder: Path, page: Surroundings, depth: int, indent: str = "") -> Iterator[str]:
    """A page, and below it the pages of its own contents."""
    if re.match(r"[a-z]+://", name):
        yield f"{indent}- [{title or name}]({name})"
        return
    file = next((p for s in ("", *_SUFFIXES) if (p := folder / f"{name}{s}").is_file()), folder / f"{name}.md")
    inputs.note(file)
    text = _text(file, page.root)
    found = _TITLE.search(text)
    said = title or (found[1] if found else posixpath.basename(name))
    yield f"{indent}- [{said}]({_relative(file, page.folder)})"
    if depth > 1:
        for _, names in blocks(text):
            for inner, other in names:
                yield from _item(inner, other, file.parent, page, depth - 1, f"{indent}  ")


def _relative(file: Path, folder: Path) -> str:
    return posixpath.relpath(file.as_posix(), folder.as_posix())


def _text(file: Path, root: Path) -> str:
    if not file.is_file() or not file.resolve().is_relative_to(root.resolve()):
        return ""
    lines = file.read_text(encoding="utf-8", errors="replace").split("\n")
    code = {at for fence in fences.find(lines) if "toc" not in fence.info for at in range(fence.start, fence.end + 1)}
    return "\n".join("" if at in code else line for at, line in enumerate(lines))


def _raw(name: str, line: int, inside: Lines, page: Surroundings) -> Lines:
    """A file of HTML, for HTML only."""
    path = (page.folder / name).resolve()
    inputs.note(path)
    if not path.is_relative_to(page.root.resolve()) or not path.is_file():
        report("include-missing", f"there is no file '{name}' to include", line=inside[-1][1])
        return [("", line)]
    text = path.read_text(encoding="utf-8", errors="replace")
    return [("", line), ("~~~~~~{=html}", line), *((part, line) for part in text.split("\n")), ("~~~~~~", line)]


def _rst(line: int, inside: Lines, page: Surroundings) -> Lines:
    """reStructuredText is not ours; it stays as it is, and is reported, but for a heading before references."""
    text = "\n".join(text for text, _ in inside)
    heading = re.fullmatch(r"\s*\.\. only:: \w+\s+(\S[^\n]*)\n\s*[=\-~]{3,}\s*", text)
    if heading:
        return [("", line), (f"# {heading[1].strip()}", inside[-1][1]), ("", line)]
    raw = re.fullmatch(r"\s*\.\. raw:: html\s+:file: (\S+)\s*", text)
    if raw:
        return _raw(raw[1], line, inside, page)
    report("dialect-unknown", "reStructuredText is not understood; it is shown as it is", line=line)
    return [("```text", line), *inside, ("```", inside[-1][1] if inside else line)]
