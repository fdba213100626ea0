"""Directives that show text as it is: code, files, raw HTML and TeX, and text of other languages."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gradpress.diagnostics import PageError, record, report
from gradpress.dialects import Lines
from gradpress.dialects.directives import Directive, Inside, identifier, quoted, wrapped
from gradpress.reading import inputs

NAMES = ("code-block", "sourcecode", "code", "literalinclude", "raw", "eval-rst", "myst", "parsed-literal", "doctest")

_LANGUAGES = {"py": "python", "md": "markdown", "yml": "yaml", "jl": "julia", "sh": "bash", "js": "javascript"}
_RAW = {"html": "html", "latex": "latex", "tex": "latex"}


def markdown(found: Directive, inside: Inside) -> Lines:
    """A block that pandoc keeps as it is."""
    if found.name == "raw":
        form = _RAW.get(found.argument.split(" ")[0].lower())
        if form is None:
            return [("", found.line)]
        only = "only-html" if form == "html" else "only-tex"
        return wrapped(found.line, f"{{.{only}}}", fenced(found.body, f"{{={form}}}", found.line))
    if found.name == "eval-rst":
        return _of_rst(found)
    if found.name == "myst":
        return _shown_and_read(found, inside)
    return _code(found, inside)


def fenced(body: Lines, info: str, line: int) -> Lines:
    """Lines as a block of code; tildes, because captions hold backticks."""
    last = body[-1][1] if body else line
    marks = "~" * max([6, *(len(m[0]) + 1 for text, _ in body for m in re.finditer(r"~{6,}", text))])
    return [("", line), (f"{marks}{info}", line), *body, (marks, last), ("", last)]


def _code(found: Directive, inside: Inside) -> Lines:
    body = found.body if found.name != "literalinclude" else list(_file(found, inside))
    attributes = f"{identifier(found)}.{_language(found)} .norun"
    caption = found.options.get("caption", "")
    if found.label and not caption:
        attributes += ' lst-cap="[]{}"'  # what has a name has a number
    elif caption or (found.name == "literalinclude" and "caption" in found.options):
        attributes += f" lst-cap={quoted(inside.words(caption or found.argument, found.line))}"
    if name := found.options.get("filename"):
        attributes += f" filename={quoted(name)}"
    first = _whole(found.options.get("lineno-start"))
    if found.says("linenos", "number-lines", "lineno-match") or first:
        attributes += " .numberLines" + (f' startFrom="{first}"' if first else "")
    if lines := found.options.get("emphasize-lines"):
        attributes += f" emphasized={quoted(lines)}"
    return fenced(body, f"{{{attributes}}}", found.line)


def _whole(text: str | None) -> int:
    return int(text) if text and text.isdigit() else 0


def _language(found: Directive) -> str:
    named = found.options.get("language") or found.options.get("lang")
    if found.name == "literalinclude":
        suffix = found.argument.rpartition(".")[2] if "." in found.argument.rpartition("/")[2] else ""
        named = named or _LANGUAGES.get(suffix, suffix)
    elif found.name in ("code-block", "sourcecode", "code"):
        named = found.argument or named
    word = (named or "text").split()[0]
    return re.sub(r"[^\w+-]", "-", word) or "text"


def _file(found: Directive, inside: Inside) -> Iterator[tuple[str, int]]:
    """The chosen lines of a file."""
    name = found.argument
    page = inside.page
    path = (page.root / name.lstrip("/") if name.startswith("/") else page.folder / name).resolve()
    inputs.note(path)
    if not path.is_relative_to(page.root.resolve()):
        message = f"'{name}' leads outside the content folder and is not included"
        report("path-outside", message, line=found.line, hint="copy the file into the folder")
        return
    if not path.is_file():
        report("include-missing", f"there is no file '{name}' to include", line=found.line)
        return
    for text in selected(path.read_text(encoding="utf-8", errors="replace").splitlines(), found.options):
        yield text, found.line


def selected(lines: list[str], options: dict[str, str]) -> list[str]:
    """Lines as `:lines:`, `:start-after:` and their relatives choose them."""
    if spans := options.get("lines"):
        wanted = {k for part in spans.split(",") for k in _span(part.strip(), len(lines))}
        return [line for k, line in enumerate(lines, 1) if k in wanted]
    start = int(options.get("start-line") or 0)
    end = int(options.get("end-line") or len(lines))
    for key, added in (("start-after", 1), ("start-at", 0)):
        if text := options.get(key):
            start = next((k + added for k, line in enumerate(lines) if text in line), start)
    for key, added in (("end-before", 0), ("end-at", 1)):
        if text := options.get(key):
            end = next((k + added for k, line in enumerate(lines) if k >= start and text in line), end)
    return lines[start:end]


def _span(part: str, total: int) -> range:
    first, dash, last = part.partition("-")
    if not first.isdigit() and not last.isdigit():
        return range(0)
    start = int(first) if first.isdigit() else 1
    return range(start, (int(last) if last.isdigit() else total) + 1 if dash else start + 1)


def _of_rst(found: Directive) -> Lines:
    """reStructuredText, as pandoc reads it."""
    from gradpress import pandoc

    try:
        answer = pandoc.convert(
            "\n".join(text for text, _ in found.body), "-f", "rst", "-t", "markdown", "--wrap=preserve"
        )
    except PageError as error:
        record(error.diagnostic)
        return fenced(found.body, "{.rst}", found.line)
    return [("", found.line), *((text, found.line) for text in answer.text.split("\n")), ("", found.last)]


def _shown_and_read(found: Directive, inside: Inside) -> Lines:
    """MyST about itself: the source, and what it gives."""
    body = found.body
    if body and body[0][0].strip() == "---":
        end = next((k for k, (text, _) in enumerate(body) if k and text.strip() == "---"), -1)
        body = body[end + 1 :]
    return [*fenced(found.body, "{.markdown .norun}", found.line), *inside.blocks(body), ("", found.last)]
