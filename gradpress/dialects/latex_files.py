r"""The files of a LaTeX document: `\input`, `\include`, `\subfile` put in place, images found by `\graphicspath`.

Lines keep the file and the number that they have: a finding in `chapters/one.tex` names it.
"""

from __future__ import annotations

import os
import posixpath
import re
from pathlib import Path

from gradpress.diagnostics import here, report
from gradpress.dialects import Lines, Surroundings
from gradpress.dialects.latex_text import masked
from gradpress.patterns import pattern
from gradpress.reading import included, inputs

_DEEPEST = 10
_INPUT = pattern(
    r"\\(?:(?:input|include|subfile|subfileinclude)\s*\{(?P<name>[^{}\\#]+)\}|input\s+(?P<bare>[^\s{}\\#]+)"
    r"|(?:sub)?import\*?\s*\{(?P<folder>[^{}\\#]*)\}\s*\{(?P<inner>[^{}\\#]+)\})"
)
_PATH = pattern(r"\\graphicspath\s*\{((?:\s*\{[^{}]*\})+)\s*\}")
_IMAGE = pattern(r"(\\includegraphics\s*\*?(?:\s*\[[^\]]*\])?\s*\{)([^{}]+)(\})")
_SUFFIXES = ("", ".pdf", ".png", ".jpg", ".jpeg", ".svg", ".eps")
_DOCUMENT = pattern(r"^.*?\\begin\s*\{document\}|\\end\s*\{document\}.*$", re.S)


def whole(lines: Lines, page: Surroundings, folder: Path | None = None, depth: int = 0) -> Lines:
    """The lines with those of the files that they ask for."""
    plain = masked("\n".join(text for text, _ in lines)).split("\n")
    done: Lines = []
    for (text, number), shown in zip(lines, plain, strict=True):
        at = 0
        for found in _INPUT.finditer(shown):
            name = found["name"] or found["bare"] or posixpath.join(found["folder"], found["inner"])
            inside = _file(name.strip(), number, page, folder or page.folder, depth)
            if inside is None:
                continue
            done += [(text[at : found.start()], number), *inside]
            at = found.end()
        done.append((text[at:], number))
    return done


def _file(name: str, number: int, page: Surroundings, folder: Path, depth: int) -> Lines | None:
    """The lines of a file, beside the page, as LaTeX has it, or beside the file that asks for it."""
    names = (name, f"{name}.tex") if name.endswith(".tex") else (f"{name}.tex", name)
    places = [(base / each).resolve() for base in (page.folder, folder) for each in names]
    path = next((p for p in places if p.is_file()), places[0])
    inputs.note(path)
    if not path.is_relative_to(page.root.resolve()):
        message = f"'{name}' leads outside the content folder and is not included"
        report("path-outside", message, line=number, hint="copy the file into the folder")
        return []
    if not path.is_file() or depth >= _DEEPEST:
        message = f"there is no file '{name}' to include" if depth < _DEEPEST else f"'{name}' includes itself"
        report("include-missing", message, line=number)
        return []
    relative = os.path.relpath(path, page.folder.resolve()).replace(os.sep, "/")
    said = posixpath.normpath(posixpath.join(posixpath.dirname(here().file), relative))
    raised = included.first(said, number, path)
    text = path.read_text(encoding="utf-8", errors="replace").replace("\r\n", "\n")
    body = _DOCUMENT.sub(lambda m: re.sub(r"[^\n]", "", m[0]), text) if "\\begin{document}" in text else text
    lines = [(line, raised + at) for at, line in enumerate(body.rstrip("\n").split("\n"), 1)]
    return whole(lines, page, path.parent, depth + 1)


def with_images(text: str, page: Surroundings) -> str:
    r"""The names of images with the folder of `\graphicspath` in which they are."""
    paths = _PATH.search(masked(text))
    if paths is None:
        return text
    folders = [folder.strip() for folder in re.findall(r"\{([^{}]*)\}", paths[1])]

    def found(image: re.Match[str]) -> str:
        name = image[2].strip()
        options = [name, *(posixpath.join(folder, name) for folder in folders)]
        exists = (o for o in options if any((page.folder / f"{o}{s}").is_file() for s in _SUFFIXES))
        return f"{image[1]}{next(exists, name)}{image[3]}"

    return _IMAGE.sub(found, text)
