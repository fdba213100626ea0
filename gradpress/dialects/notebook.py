"""Jupyter notebooks as pages: text cells as they are, code cells with the outputs that the notebook holds.

A notebook is run only if its first cell, a raw one or Markdown with a YAML header, says `execute: {enabled: true}`.
Every line has the number of the line of the `.ipynb` file in which it stands.  Outputs are in `notebook_outputs`,
notebooks of format 3 become those of format 4 in `notebook_formats`.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Iterator
from typing import Any

from gradpress.cache import Store
from gradpress.diagnostics import PageError, here, report
from gradpress.dialects import Lines, Surroundings, commonmark, notebook_formats, notebook_outputs
from gradpress.dialects.notebook_outputs import IMAGES, Shown, text_of
from gradpress.patterns import pattern
from gradpress.reading import fences, option_lines

Numbered = tuple[str, int]
_HIDDEN = ("remove-cell", "remove_cell")
_FOLDED = ("hide-input", "hide-cell", "hide_input")
_NO_INPUT = ("remove-input", "remove_input")
_NO_OUTPUT = ("remove-output", "remove_output")
_MAGIC = pattern(r"^%%(bash|sh|script|html|javascript|js|latex|markdown|perl|ruby|R|sql|cython|cpp)\b")
_RAW = {"text/html": "html", "html": "html", "text/latex": "latex", "latex": "latex", "tex": "latex"}


def read(text: str, page: Surroundings) -> Lines:
    """A notebook's text as lines of Markdown.  Raises PageError for what is no notebook."""
    try:
        notebook = notebook_formats.of_format_4(json.loads(text))
        cells = list(notebook["cells"])
    except json.JSONDecodeError as error:
        message = f"the notebook is no JSON: {error.msg}"
        raise PageError("notebook-syntax", message, here(error.lineno), "save it with Jupyter") from None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise PageError(
            "notebook-syntax", "this is no notebook of format 3 or 4", here(), "save it with Jupyter"
        ) from None
    language = str(_language(notebook)).lower()
    numbers = _Numbers(text)
    done: Lines = []
    runs = _is_run(cells[0]) if cells else False
    for cell in cells:
        source = _source(cell)
        lines = [(line, numbers.of(line)) for line in source]
        done += _cell(cell, lines, lines[0][1] if lines else numbers.last, language, runs, page, not done)
    return done


def _is_run(cell: dict[str, Any]) -> bool:
    return cell.get("cell_type") != "code" and "enabled: true" in "".join(_source(cell))


def _cell(
    cell: dict[str, Any], lines: Lines, first: int, language: str, runs: bool, page: Surroundings, is_first: bool
) -> Lines:
    kind = cell.get("cell_type")
    tags = set(map(str, cell.get("metadata", {}).get("tags", ())))
    if set(_HIDDEN) & tags:
        return []
    has_header = bool(lines) and lines[0][0].strip() == "---"
    if kind == "code":
        return list(_code(cell, lines, first, language, runs, page, tags))
    if kind == "markdown" or (kind == "raw" and has_header):
        made = _attachments(cell, lines, page)
        return [*(made if is_first and has_header else commonmark.translated(_closed(made))), ("", first)]
    return _raw(cell, lines, first)


def _language(notebook: dict[str, Any]) -> Any:
    metadata = notebook.get("metadata", {})
    return metadata.get("language_info", {}).get("name") or metadata.get("kernelspec", {}).get("language") or "python"


def _source(cell: dict[str, Any]) -> list[str]:
    return text_of(cell.get("source", "")).split("\n") if cell.get("source") else []


class _Numbers:
    """Lines of the file in which texts stand, found in their order."""

    def __init__(self, text: str) -> None:
        self._lines = text.split("\n")
        self.last = 1

    def of(self, line: str) -> int:
        """The line that holds this text; the last one found if it stands nowhere.

        Jupyter writes a line of a cell in a line of its own; a text that is in one piece stands where the last did.
        """
        if not line.strip():
            return self.last
        escaped = {json.dumps(line, ensure_ascii=False)[1:-1], json.dumps(line)[1:-1]}
        wanted = {f'"{e}{end}"' for e in escaped for end in ("", "\\n")}
        if any(e in self._lines[self.last - 1] for e in escaped if len(e) > 3):
            return self.last
        for at in range(self.last - 1, min(self.last + 20_000, len(self._lines))):
            if any(w in self._lines[at] for w in wanted) or any(f"{e}\\n" in self._lines[at] for e in escaped):
                self.last = at + 1
                break
        return self.last


def _closed(lines: Lines) -> Lines:
    """A text cell ends its own fences: what follows is another cell."""
    found = fences.find([text for text, _ in lines])
    if not found or found[-1].closed:
        return lines
    fence = found[-1]
    message = f"the fence '{fence.ticks}{fence.info}' is not closed; the cell ends it"
    report("fence-unclosed", message, line=lines[fence.start][1], hint=f"close it with {fence.ticks}")
    return [*lines, (fence.ticks, lines[-1][1])]


def _raw(cell: dict[str, Any], lines: Lines, first: int) -> Lines:
    """A raw cell: HTML and LaTeX for their own output, Markdown as text, anything else as it stands."""
    metadata = cell.get("metadata", {})
    form = str(metadata.get("raw_mimetype") or metadata.get("format") or "")
    if not lines:
        return []
    if form in ("text/markdown", "markdown"):
        return [*lines, ("", first)]
    if form in _RAW:
        only = "only-html" if _RAW[form] == "html" else "only-tex"
        block = [(f"~~~~~~{{={_RAW[form]}}}", first), *lines, ("~~~~~~", lines[-1][1])]
        return [(f":::::: {{.{only}}}", first), *block, ("::::::", lines[-1][1]), ("", first)]
    return [("~~~~~~", first), *lines, ("~~~~~~", lines[-1][1]), ("", first)]


def _code(
    cell: dict[str, Any], lines: Lines, first: int, language: str, runs: bool, page: Surroundings, tags: set[str]
) -> Iterator[Numbered]:
    has_code = any(text.strip() for text, _ in lines)
    if runs and language == "python" and has_code:
        yield from [("~~~~~~{.python .run}", first), *lines, ("~~~~~~", lines[-1][1]), ("", first)]
        return
    options, code, start = _options(cell, lines, first)
    if options.get("include") is False:
        return
    outputs = cell.get("outputs", ()) if not set(_NO_OUTPUT) & tags and options.get("output") is not False else ()
    if not has_code and not outputs:
        return
    yield "::::::: {.cell}", first
    if has_code and not set(_NO_INPUT) & tags and options.get("echo") is not False:
        folds = bool(set(_FOLDED) & tags or options.get("code-fold") or _is_folded(cell))
        yield from _listing(code, start, _named(code, language), folds)
    label, caption, alt = (str(options.get(key, "")) for key in ("label", "fig-cap", "fig-alt"))
    shown = Shown(page, first, label, caption, alt)
    folds = bool({"hide-output", "hide-cell", "hide_output"} & tags)
    said = [(text, first) for text in notebook_outputs.markdown(outputs, shown, tags)]
    yield from [("::::::: {.code-fold .of-output}", first), *said, (":::::::", first)] if folds and said else said
    yield from [(":::::::", first), ("", first)]


def _is_folded(cell: dict[str, Any]) -> bool:
    metadata = cell.get("metadata", {})
    return bool(metadata.get("hide_input") or (metadata.get("jupyter") or {}).get("source_hidden"))


def _options(cell: dict[str, Any], lines: Lines, first: int) -> tuple[dict[str, Any], Lines, int]:
    """`#|` lines, and MyST-NB's figure in the cell's metadata."""
    options, code, _ = option_lines.split("\n".join(text for text, _ in lines), first, myst=False)
    metadata = cell.get("metadata", {})
    figure = (metadata.get("mystnb") or metadata.get("render") or {}).get("figure") or {}
    names = {"caption": "fig-cap", "name": "label", "alt": "fig-alt"}
    options = {names[k]: str(v).strip() for k, v in figure.items() if k in names} | options
    return options, lines[len(lines) - len(code.split("\n")) :], first


def _named(code: Lines, language: str) -> str:
    """The language of a cell; a cell's magic may give it another one."""
    magic = _MAGIC.match(code[0][0]) if code else None
    name = {"sh": "bash", "script": "bash", "js": "javascript"}.get(magic[1], magic[1].lower()) if magic else language
    return re.sub(r"[^\w+-]", "-", {"ipython": "python", "python3": "python"}.get(name, name))


def _listing(code: Lines, first: int, language: str, folds: bool) -> Lines:
    marks = "~" * max([6, *(len(m[0]) + 1 for text, _ in code for m in re.finditer(r"~{6,}", text))])
    last = code[-1][1] if code else first
    block = [(f"{marks}{{.{language} .norun}}", first), *code, (marks, last), ("", last)]
    return [(":::::: {.code-fold}", first), *block, ("::::::", last), ("", last)] if folds else block


def _attachments(cell: dict[str, Any], lines: Lines, page: Surroundings) -> Lines:
    """`![x](attachment:a.png)` shows a file that the cell holds."""
    store, names = Store(page.cache), {}
    for name, forms in (cell.get("attachments") or {}).items():
        for kind in forms.keys() & IMAGES.keys():
            data = _decoded(text_of(forms[kind]), kind)
            if data is not None:
                names[f"attachment:{name}"] = str(store.blob_path(store.put_blob(data, IMAGES[kind])))
    for name, path in names.items():
        spaced = name.replace(" ", "%20")
        lines = [(line.replace(name, path).replace(spaced, path), number) for line, number in lines]
    return lines


def _decoded(text: str, kind: str) -> bytes | None:
    if kind == "image/svg+xml":
        return text.encode()
    try:
        return base64.b64decode(text)
    except (binascii.Error, ValueError):
        report("notebook-syntax", f"an attachment of type {kind} cannot be read; it is left out")
        return None
