#!/usr/bin/env python3
"""Python cells run, and what they print, show and draw stands after them.

Three steps: collect the cells of the page, run them all (`Executor`), put the results in their
places.  Nothing runs inside a walk.  How results look as pandoc elements is `gradpress.outputs`.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import panflute as pf

from gradpress import cell_costs, context, outputs, ran
from gradpress.cells import Cell, Failure, Options, Result, parse_options
from gradpress.diagnostics import Place, here, report, reported
from gradpress.execution import PageRun
from gradpress.reading import inputs, option_lines
from gradpress.reading.fences import PYTHON
from gradpress.reading.included import in_page
from gradpress.reading.places import line_of
from gradpress.running import runner
from gradpress.walking import walk

wants = (pf.CodeBlock, pf.Code)

_INLINE = "{python} "
_FAILURES = {"error": "cell-error", "timeout": "cell-timeout", "crash": "cell-crash", "not-run": "cell-not-run"}


def apply(doc: pf.Doc) -> None:
    """Run the cells of `doc` and put their results in, in place."""
    page = context.of(doc)
    found: list[tuple[pf.Element, Cell]] = []
    walk(doc, lambda element, _: _collect(element, page, found), *wants)
    cells = [cell for _, cell in found if _runs(cell, page)]
    results = _run(page, cells) if cells else []
    for cell, result in zip(cells, results, strict=True):
        if not _is_consequence(result):
            _report(cell, result)
        _report_loss(cell, result)
        _note_inputs(cell, result, page)
    done = dict(zip(map(id, cells), results, strict=True))
    _keep(found, done)
    shown = _shown(doc, found, done, page)
    if cells and page.report:
        numbers = _numbers(found)
        inputs.note_costs(cell_costs.of_page([(numbers[id(c)], c, done[id(c)], id(c) in shown) for c in cells]))


def _keep(found: list[tuple[pf.Element, Cell]], done: dict[int, Result]) -> None:
    """For a format that writes cells as cells."""
    numbers = _numbers(found)
    for _, cell in found:
        if not cell.inline:
            ran.note(ran.Ran(numbers[id(cell)], cell, done.get(id(cell))))


def _numbers(found: list[tuple[pf.Element, Cell]]) -> dict[int, int]:
    """The places of the cells among those of the page; 0 for values in lines of text."""
    blocks = [cell for _, cell in found if not cell.inline]
    return {id(cell): 0 for _, cell in found} | {id(cell): number for number, cell in enumerate(blocks, 1)}


def _shown(
    doc: pf.Doc, found: list[tuple[pf.Element, Cell]], done: dict[int, Result], page: context.Context
) -> set[int]:
    """Put what came of the cells into their places; which of them show anything."""
    cells, numbers, store = {id(element): cell for element, cell in found}, _numbers(found), runner(page).store
    shown: set[int] = set()

    def replaced(element: pf.Element, _: pf.Doc) -> pf.Element | list[pf.Element] | None:
        cell = cells.get(id(element))
        if cell is None:
            return None
        made = outputs.replaced(cell, done.get(id(cell)), element, store, page, numbers[id(cell)])
        shown.update([id(cell)] if made else [])
        return made

    walk(doc, replaced, *wants)
    return shown


def _run(page: context.Context, cells: list[Cell]) -> list[Result]:
    limit = page.options.get("timeout")
    run = PageRun(
        file=page.file,
        folder=Path(page.folder),
        cells=tuple(cells),
        seed=page.seed,
        threads=page.threads,
        env=page.env,
        timeout=float(limit) if limit else 60.0,
        root=Path(page.root),
        preload=page.preload,
        memory=page.memory,
        kernel=page.kernel,
    )
    return runner(page).executor.run(run)


def _runs(cell: Cell, page: context.Context) -> bool:
    return cell.options.eval and page.run != "none"


def _collect(element: pf.Element, page: context.Context, found: list[tuple[pf.Element, Cell]]) -> None:
    if isinstance(element, pf.CodeBlock):
        if element.classes and element.classes[0].lower() in PYTHON and _is_cell(element, page):
            found.append((element, _cell(element, page)))
    elif isinstance(element, pf.Code):
        text = _expression(element)
        if text:
            place = Place(here().file, in_page(line_of(element.text)))
            found.append((element, Cell(text, Options(), place, inline=True)))


def _expression(element: pf.Code) -> str:
    """The expression of `` `{python} expr` `` or `` `expr`{.python .eval} ``."""
    if element.text.startswith(_INLINE):
        return str(element.text[len(_INLINE) :].strip())
    classes = [c.lower() for c in element.classes]
    return str(element.text.strip()) if "eval" in classes and PYTHON.intersection(classes) else ""


def _is_cell(block: pf.CodeBlock, page: context.Context) -> bool:
    if "norun" in block.classes:
        return False
    marked = {"run", "train"}.intersection(block.classes) or "loss" in block.attributes
    return bool(marked) or page.run == "all"


def _cell(block: pf.CodeBlock, page: context.Context) -> Cell:
    attributes = dict(block.attributes)
    line = int(attributes.pop("line", 0) or 0) or max(line_of(block.text) - 1, 0)
    written, code, first = option_lines.split(block.text, line + 1, myst="myst" in block.classes)
    defaults, _ = parse_options({k: v for k, v in page.options.items() if k not in ("timeout", "eval")})
    train = "train" in block.classes
    options, _ = parse_options({**attributes, **written}, _with_loss(defaults, train), block.classes)
    for given, place in ((attributes, line), (written, line + 1)):
        _check_options(given, place, block.text if given is written else "", page)
    if page.options.get("eval") == "false" and "eval" not in {**attributes, **written}:
        options = replace(options, eval=False)
    label = options.label or block.identifier
    return Cell(code, replace(options, label=label), Place(page.file, in_page(first)), train=train)


def _check_options(given: dict[str, Any], line: int, text: str, page: context.Context) -> None:
    """Report wrong options: those of the fence in its line, the others in the lines that they have in the block."""
    for key, value in given.items():
        at = line + next((k for k, said in enumerate(text.split("\n")) if key in said), 0)
        options, problems = parse_options({key: value})
        for problem in problems:
            report("cell-option", problem, line=at)
        for name in options.depends:
            if not (Path(page.folder) / name).exists():
                report("cell-depends", f"depends: there is no file '{name}'", line=at)


def _with_loss(defaults: Options, train: bool) -> Options:
    """`execute: {loss: …}` names what training cells record, not that every cell is one."""
    return defaults if train or not defaults.loss else replace(defaults, loss=None)


def _note_inputs(cell: Cell, result: Result, page: context.Context) -> None:
    """What the cell read, or says that it reads, and what else it rests on, rebuilds the page when it changes."""
    for read, *_ in result.reads:
        inputs.note(Path(page.root) / read)
    for name in ("packages", *(f"env {name}" for name in page.env), *(["date"] if "date" in result.marks else [])):
        inputs.note_condition(name)
    for name in cell.options.depends:
        inputs.note(Path(page.folder) / name)


def _report(cell: Cell, result: Result) -> None:
    failure = result.error
    if result.origin == "stale":
        said = f"the stored result is of an earlier version: {result.why}"
        report("cell-stale", said, line=cell.place.line, hint="build without --no-execute")
    if failure and failure.kind in _FAILURES:
        said = failure.evalue if failure.kind == "not-run" else str(failure)
        report(_FAILURES[failure.kind], said, line=failure.line or cell.place.line, hint=_hint(failure))


def _is_consequence(result: Result) -> bool:
    """Whether it lacks a name that a cell gives which is not read as one, as has been reported."""
    return bool(result.error and result.error.ename == "NameError" and reported("fence-unclosed", "fence-syntax"))


def _report_loss(cell: Cell, result: Result) -> None:
    if cell.train and cell.options.loss is not False and not result.error and not result.curves:
        hint = "name what to record with loss=NAME, or mark the cell .run"
        if result.origin != "none":
            report("loss-missing", "the cell recorded no loss", line=cell.place.line, hint=hint)


def _hint(failure: Failure) -> str:
    if failure.kind == "timeout":
        return "make it shorter, or raise the limit with timeout=SECONDS"
    return ""


if __name__ == "__main__":
    from filters import as_program

    as_program(apply)
