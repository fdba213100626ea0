"""Cells of Jupyter: code with the outputs that it had, and their ids."""

from __future__ import annotations

import ast
import base64
import json
from collections.abc import Iterator
from hashlib import sha256
from typing import Any

from gradpress.cache import Storage
from gradpress.cells import Cell, Failure, Figure, Options, Output, Result, Rich, Stream
from gradpress.formats.pictures import on_paper
from gradpress.ran import Ran

Json = dict[str, Any]
_NOTHING = ("not-run", "skipped")
"""Failures of cells that did not run."""
_SHOWN = ("display", "print")


def code(ran: Ran, storage: Storage, count: int) -> Json:
    """A code cell; `count` says how many have run before it, with it."""
    result = ran.result
    done = bool(result and not (result.error and result.error.kind in _NOTHING))
    made = list(outputs(ran.cell, result, storage, count)) if result and done else []
    metadata = _metadata(ran.cell.options)
    number = count if done else None
    return {
        "cell_type": "code", "source": ran.cell.code, "metadata": metadata, "outputs": made, "execution_count": number
    }  # fmt: skip


def markdown(text: str, metadata: Json | None = None) -> Json:
    """A cell of text."""
    return {"cell_type": "markdown", "source": text, "metadata": metadata or {}}


def with_ids(cells: list[Json]) -> list[Json]:
    """The cells with ids that stay as long as they do."""
    seen: dict[str, int] = {}
    for cell in cells:
        name = sha256(json.dumps([cell["cell_type"], cell["source"]]).encode()).hexdigest()[:12]
        count = seen[name] = seen.get(name, 0) + 1
        cell["id"] = name if count == 1 else f"{name}-{count}"
    return cells


def _metadata(options: Options) -> Json:
    """The cell's options in the tags that Jupyter and nbconvert know."""
    tags = [
        *(["remove-cell"] if not options.include else []),
        *(["remove-input"] if not options.echo else []),
        *(["hide-input"] if options.code_fold else []),
        *(["hide-output"] if options.output == "fold" else []),
        *(["remove-output"] if options.output is False else []),
        *(["raises-exception"] if options.error else []),
    ]
    hidden = {"source_hidden": True} if options.code_fold or not options.echo or not options.include else {}
    return {**({"tags": tags} if tags else {}), **({"jupyter": hidden} if hidden else {})}


def outputs(cell: Cell, result: Result, storage: Storage, count: int) -> Iterator[Json]:
    """What the cell gave, in its order, and the plot of its losses."""
    given: list[Output] = list(result.outputs)
    if result.error and not any(isinstance(o, Failure) for o in given):
        given.append(result.error)
    last = next((o for o in reversed(given) if isinstance(o, Rich)), None) if _shows_value(cell.code) else None
    for output in given:
        if cell.options.output == "asis" and isinstance(output, Stream) and output.name == "stdout":
            yield _display({"text/markdown": output.text, "text/plain": output.text})
            continue
        yield _output(output, storage, count if output is last else 0)
    if result.curves:
        from gradpress.execution.plots import loss_plot

        plot = loss_plot(result.curves, cell.options, storage)
        yield _display({"image/svg+xml": on_paper(_text(storage, plot.svg)), "text/plain": plot.alt})


def _shows_value(source: str) -> bool:
    """Whether the cell ends in an expression that is not there to show something by itself."""
    try:
        body = ast.parse(source).body
    except (SyntaxError, ValueError):  # magics of IPython
        return not source.rstrip().endswith(";")
    last = body[-1].value if body and isinstance(body[-1], ast.Expr) else None
    if isinstance(last, ast.Call) and isinstance(last.func, ast.Name):
        return last.func.id not in _SHOWN
    return last is not None


def _output(output: Output, storage: Storage, count: int) -> Json:
    """`count`: for the value of the cell."""
    if isinstance(output, Stream):
        return {"output_type": "stream", "name": output.name, "text": output.text}
    if isinstance(output, Failure):
        lines = (output.traceback or str(output)).split("\n")
        return {"output_type": "error", "ename": output.ename, "evalue": output.evalue, "traceback": lines}
    if isinstance(output, Figure):
        files = {kind: name for kind, name in output.files.items() if kind != "application/pdf"}
        words = f"<Figure size {output.width * 100:.0f}x{output.height * 100:.0f}>"
        return _display({**_pictures(files, storage), "text/plain": words})
    data = {kind: _typed(kind, text) for kind, text in output.data.items()} | _pictures(output.files, storage)
    if count:
        return {**_display(data), "output_type": "execute_result", "execution_count": count}
    return _display(data)


def _display(data: Json) -> Json:
    return {"output_type": "display_data", "data": dict(sorted(data.items())), "metadata": {}}


def _typed(kind: str, text: str) -> Any:
    """JSON is kept as what it says."""
    if kind == "application/json" or kind.endswith("+json"):
        try:
            return json.loads(text)
        except ValueError:
            return text
    return text


def _pictures(files: Any, storage: Storage) -> Json:
    found: Json = {}
    for kind, name in files.items():
        data = storage.blob(name)
        if data is not None:
            found[kind] = data.decode(errors="replace") if kind == "image/svg+xml" else base64.b64encode(data).decode()
    return found


def _text(storage: Storage, name: str) -> str:
    return (storage.blob(name) or b"").decode()
