"""MyST's and Sphinx's directives as pandoc's Markdown, one function for each family."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from dataclasses import dataclass

from gradpress.dialects import Lines, Surroundings


@dataclass(frozen=True)
class Directive:
    """A directive as it is written."""

    name: str
    argument: str
    options: dict[str, str]
    body: Lines
    line: int
    """Where it opens."""

    @property
    def label(self) -> str:
        """Its name for references."""
        return self.options.get("label") or self.options.get("name") or ""

    @property
    def last(self) -> int:
        """The last line of its body."""
        return self.body[-1][1] if self.body else self.line


Inside = Callable[[Lines], Lines]
"""Translates what stands in a directive."""

_REMARKS = {
    **{name: name for name in ("note", "tip", "warning", "important", "caution")},
    "attention": "warning",
    "danger": "warning",
    "error": "warning",
    "hint": "tip",
    "seealso": "note",
    "admonition": "note",
    "topic": "note",
    "todo": "note",
    "versionadded": "note",
    "deprecated": "warning",
}
_PLAIN = ("margin", "aside", "sidebar", "grid", "grid-item", "card", "grid-item-card", "div", "container", "epigraph")
_SILENT = ("toctree", "tableofcontents", "contents", "index", "raw", "meta", "highlight", "currentmodule")
_THEOREMS = (
    "theorem lemma corollary proposition conjecture definition example exercise solution remark algorithm axiom proof "
    "property observation assumption criterion"
).split()


def markdown(found: Directive, page: Surroundings, inside: Inside) -> Lines | None:
    """The directive in Markdown; None when it is not known."""
    name = found.name.removeprefix("prf:")
    if name in ("math", "amsmath"):
        return _math(found)
    if name in _REMARKS or name == "dropdown":
        return _remark(found, name, inside)
    if name in ("figure", "image"):
        return _figure(found, inside)
    if name in _THEOREMS:
        return _theorem(found, name, inside)
    if name in ("table", "list-table", "csv-table"):
        return _table(found, name, inside)
    if name in ("code-block", "literalinclude"):
        return _code(found, page)
    if name in ("tab-set", "tabset", "tab-item", "tab"):
        return _tabs(found, name, inside)
    if name == "include":
        return [(f"{{{{< include {found.argument} >}}}}", found.line)]
    if name == "bibliography":
        return [("", found.line), ("::: {#refs}", found.line), (":::", found.line), ("", found.line)]
    if name in _SILENT:
        return [("", found.line)]
    if name.removesuffix("-start") in _THEOREMS and name.endswith("-start"):
        opening = f"::::::::: {{{_identifier(found)}.{name.removesuffix('-start')}}}"
        return [("", found.line), (opening, found.line), *inside(found.body), ("", found.last)]
    if name.removesuffix("-end") in _THEOREMS and name.endswith("-end"):
        return [("", found.line), (":::::::::", found.line), ("", found.line)]
    return _division(found, name, inside) if name in _PLAIN else None


def _wrapped(line: int, opening: str, body: Lines, end: int | None = None) -> Lines:
    last = end or (body[-1][1] if body else line)
    return [("", line), (opening, line), *body, ("", last), ("::::::", last), ("", last)]


def _opening(attributes: str) -> str:
    """Six colons: divisions inside have fewer or as many, pandoc pairs them."""
    return f":::::: {{{attributes}}}"


def _identifier(found: Directive) -> str:
    return f"#{found.label} " if found.label else ""


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _math(found: Directive) -> Lines:
    """Several lines without an environment of their own are aligned, as Sphinx does it."""
    body = [(text, number) for text, number in found.body if text.strip()]
    if found.argument:
        body.insert(0, (found.argument, found.line))
    text = "\n".join(line for line, _ in body)
    label = f"\\label{{{found.label}}}" if found.label else ""
    if re.search(r"\\begin\{(?:align|gather|equation|multline|alignat|flalign|eqnarray)\*?\}", text):
        closing = next((k for k in range(len(body) - 1, -1, -1) if "\\end{" in body[k][0]), None)
        if label and closing is not None:
            line, number = body[closing]
            body[closing] = (line.replace("\\end{", f"{label}\\end{{", 1), number)
        return [("", found.line), *body, ("", found.line)]
    inner = "split" if "\\\\" in text and "\\begin{" not in text else ""
    start = f"\\begin{{{inner}}}" if inner else ""
    end = f"\\end{{{inner}}}" if inner else ""
    last = body[-1][1] if body else found.line
    return [("", found.line), (f"$${start}", found.line), *body, (f"{end}{label}$$", last), ("", last)]


def _remark(found: Directive, name: str, inside: Inside) -> Lines:
    kind = _REMARKS.get(name, "note")
    classes = found.options.get("class", "").split()
    kind = next((c for c in classes if c in _REMARKS), kind)
    takes_title = name in ("admonition", "dropdown", "topic", "seealso", "todo") or bool(found.argument)
    title = f" title={_quoted(found.argument)}" if takes_title and found.argument else ""
    folded = ' collapse="true"' if name == "dropdown" or "dropdown" in classes else ""
    return _wrapped(found.line, _opening(f"{_identifier(found)}.callout-{kind}{title}{folded}"), inside(found.body))


def _figure(found: Directive, inside: Inside) -> Lines:
    caption = " ".join(text.strip() for text, _ in found.body if text.strip())
    sizes = "".join(f' {key}="{found.options[key]}"' for key in ("width", "height") if key in found.options)
    alt = found.options.get("alt", "")
    described = f" fig-alt={_quoted(alt)}" if alt and caption else ""
    words = caption if found.name == "figure" and caption else alt
    attributes = f"{{{_identifier(found)}{sizes.strip()}{described}}}"
    image = f"![{words}]({found.argument}){attributes if attributes != '{}' else ''}"
    return [("", found.line), (image, found.body[0][1] if found.body else found.line), ("", found.last)]


def _theorem(found: Directive, name: str, inside: Inside) -> Lines:
    kind = name if name in ("proof",) or name in _KNOWN else "remark"
    title = f" name={_quoted(found.argument)}" if found.argument else ""
    return _wrapped(found.line, _opening(f"{_identifier(found)}.{kind}{title}"), inside(found.body))


_KNOWN = frozenset(_THEOREMS) - {"property", "observation", "assumption", "criterion"}


def _division(found: Directive, name: str, inside: Inside) -> Lines:
    title = [(f"**{found.argument}**", found.line), ("", found.line)] if found.argument and name != "div" else []
    classes = " ".join(f".{c}" for c in [name, *found.options.get("class", "").split()])
    return _wrapped(found.line, _opening(f"{_identifier(found)}{classes}"), [*title, *inside(found.body)])


def _tabs(found: Directive, name: str, inside: Inside) -> Lines:
    if name in ("tab-set", "tabset"):
        return _wrapped(found.line, _opening(".panel-tabset"), inside(found.body))
    return [("", found.line), (f"###### {found.argument}", found.line), ("", found.line), *inside(found.body)]


def _code(found: Directive, page: Surroundings) -> Lines:
    language = found.argument if found.name == "code-block" else found.options.get("language", "text")
    caption = f" lst-cap={_quoted(found.options['caption'])}" if "caption" in found.options else ""
    body = found.body
    if found.name == "literalinclude":
        path = (page.folder / found.argument).resolve()
        inside = path.is_relative_to(page.root.resolve()) and path.is_file()
        text = path.read_text(encoding="utf-8", errors="replace") if inside else f"(no file {found.argument})"
        body = [(line, found.line) for line in text.splitlines()]
    opening = f"``````{{{_identifier(found)}.{language or 'text'} .norun{caption}}}"
    return [(opening, found.line), *body, ("``````", body[-1][1] if body else found.line)]


def _table(found: Directive, name: str, inside: Inside) -> Lines:
    rows = inside(found.body) if name == "table" else _pipe_table(found, name)
    caption = f": {found.argument} {{#{found.label}}}" if found.label else f": {found.argument}"
    said = [("", found.line), (caption, found.line)] if found.argument else []
    return [*said, ("", found.line), *rows, ("", found.last)]


def _pipe_table(found: Directive, name: str) -> Lines:
    cells = _listed(found.body) if name == "list-table" else _separated(found)
    if not cells:
        return []
    width = max(len(row) for row, _ in cells)
    heads = int(found.options.get("header-rows") or ("1" if "header" in found.options else "0"))
    rows = [("| " + " | ".join([*row, *[""] * (width - len(row))]) + " |", number) for row, number in cells]
    if not heads:
        rows.insert(0, ("|" + " |" * width, found.line))
    rows.insert(1, ("|" + "---|" * width, rows[0][1]))
    return rows


def _separated(found: Directive) -> list[tuple[list[str], int]]:
    header = [(found.options["header"], found.line)] if "header" in found.options else []
    lines = [*header, *((text, number) for text, number in found.body if text.strip())]
    return [([c.strip() for c in next(csv.reader(io.StringIO(text), skipinitialspace=True))], n) for text, n in lines]


def _listed(body: Lines) -> list[tuple[list[str], int]]:
    """Rows are `* - cell`, further cells `  - cell`; lines below belong to the cell."""
    rows: list[tuple[list[str], int]] = []
    for text, number in body:
        row, cell = re.match(r"^\s*\*\s+-\s?(.*)$", text), re.match(r"^\s+-\s?(.*)$", text)
        if row:
            rows.append(([row[1].strip()], number))
        elif cell and rows:
            rows[-1][0].append(cell[1].strip())
        elif text.strip() and rows:
            rows[-1][0][-1] += f" {text.strip()}"
    return rows
