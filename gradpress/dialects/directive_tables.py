"""Directives of tables: `{table}`, `{list-table}`, `{csv-table}`."""

from __future__ import annotations

import csv
import io
import re

from gradpress import table_rows
from gradpress.diagnostics import report
from gradpress.dialects import Lines
from gradpress.dialects.directives import Directive, Inside
from gradpress.patterns import pattern
from gradpress.reading import inputs

NAMES = ("table", "list-table", "csv-table", "flat-table")

Cell = Lines
Row = list[Cell]
_BLOCK = pattern(r"^\s*(?:[-*+]\s|\d+[.)]\s|`{3,}|:{3,}|\$\$|>|#|\||:\s)")


def markdown(found: Directive, inside: Inside) -> Lines:
    """The caption, then the rows."""
    if found.name == "table":
        rows = inside.blocks(found.body)
    else:
        cells = _listed(found.body) if found.name != "csv-table" else _separated(found, inside)
        rows = _rows(cells, found, inside)
    words = inside.words(found.argument, found.line)
    named = f" {{#{found.label}}}" if found.label else ""
    said = [("", found.line), (f": {words}{named}", found.line)] if words else []
    return [*said, ("", found.line), *rows, ("", found.last)]


def _rows(cells: list[Row], found: Directive, inside: Inside) -> Lines:
    if not cells:
        return []
    if found.name == "list-table":
        lines = [row[0][0][1] for row in cells]
        widths = found.options.get("widths", "")
        table_rows.check([len(row) for row in cells], lines, widths, found.places.get("widths", found.line))
    width = max(len(row) for row in cells)
    heads = int(found.options.get("header-rows") or ("1" if "header" in found.options else "0"))
    rows = [[*row, *([[("", row[0][0][1])]] * (width - len(row)))] for row in cells]
    if any(_is_blocks(cell) for row in rows for cell in row) or heads > 1:
        return _grid(rows, heads, inside)
    return _pipes(rows, heads, found.line, inside)


def _is_blocks(cell: Cell) -> bool:
    """Whether a cell is more than a line of text."""
    texts = [text for text, _ in cell]
    return "" in [text.strip() for text in texts[1:-1]] or any(_BLOCK.match(text) for text in texts if text.strip())


def _pipes(rows: list[Row], heads: int, line: int, inside: Inside) -> Lines:
    lines = []
    for row in rows:
        texts = [inside.words(" ".join(text.strip() for text, _ in cell).strip(), cell[0][1]) for cell in row]
        lines.append(("| " + " | ".join(texts) + " |", row[0][0][1]))
    width = len(rows[0])
    if not heads:
        lines.insert(0, ("|" + " |" * width, line))
    lines.insert(1, ("|" + "---|" * width, lines[0][1]))
    return lines


def _grid(rows: list[Row], heads: int, inside: Inside) -> Lines:
    """Cells with paragraphs, lists or code: what pandoc reads in a table of lines and crosses."""
    made = [[inside.blocks(cell) for cell in row] for row in rows]
    widths = [max(8, *(len(text) for row in made for text, _ in row[k])) + 2 for k in range(len(made[0]))]
    line = "+" + "+".join("-" * width for width in widths) + "+"
    done: Lines = [(line, rows[0][0][0][1])]
    for at, row in enumerate(made):
        first = rows[at][0][0][1]
        for k in range(max(len(cell) for cell in row)):
            texts = [cell[k][0] if k < len(cell) else "" for cell in row]
            number = next((cell[k][1] for cell in row if k < len(cell)), first)
            padded = (f" {text}".ljust(width) for text, width in zip(texts, widths, strict=True))
            done.append(("|" + "|".join(padded) + "|", number))
        done.append((line.replace("-", "=") if at + 1 == heads else line, done[-1][1]))
    return done


def _listed(body: Lines) -> list[Row]:
    """Rows are `* - cell`, further cells `  - cell`; lines below belong to the cell."""
    rows: list[Row] = []
    depth = 0
    for text, number in body:
        row = re.match(r"^(\s*[*+-]\s+)[-*+](\s+(?P<text>.*))?$", text)
        if row and (not rows or len(row[1]) <= depth):
            rows.append([[(row["text"] or "", number)]])
            depth = len(row[1])
        elif rows and (cell := re.match(rf"^\s{{{max(depth, 1)}}}[-*+](\s+(?P<text>.*))?$", text)):
            rows[-1].append([(cell["text"] or "", number)])
        elif rows:
            rows[-1][-1].append((text[depth + 2 :] if not text[: depth + 2].strip() else text.strip(), number))
    for row_ in rows:
        for cell_ in row_:
            while len(cell_) > 1 and not cell_[-1][0].strip():
                cell_.pop()
    return rows


def _separated(found: Directive, inside: Inside) -> list[Row]:
    lines = [found.options["header"]] if "header" in found.options else []
    numbers = [found.line] * len(lines)
    body = found.body
    if name := found.options.get("file"):
        path = (inside.page.folder / name).resolve()
        inputs.note(path)
        if not path.is_relative_to(inside.page.root.resolve()) or not path.is_file():
            report("include-missing", f"there is no file '{name}' to include", line=found.line)
            return []
        body = [(text, found.line) for text in path.read_text(encoding="utf-8", errors="replace").splitlines()]
    lines += [text for text, _ in body if text.strip()]
    numbers += [number for text, number in body if text.strip()]
    mark = {"tab": "\t", "space": " "}.get(given := found.options.get("delim", ","), given)
    reader = csv.reader(io.StringIO("\n".join(lines)), delimiter=mark[:1], skipinitialspace=True)
    rows: list[Row] = []
    before = 0
    for values in reader:
        number = numbers[min(before, len(numbers) - 1)]
        rows.append([[(value.replace("\n", " ").strip(), number)] for value in values])
        before = reader.line_num
    return rows
