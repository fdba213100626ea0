"""What cells cost: time and memory as they were measured when a cell ran, which its stored result keeps."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from gradpress.records import dataclass

if TYPE_CHECKING:
    from gradpress.cells import Cell, Result

Done = tuple[int, "Cell", "Result", bool]
"""The number of a cell, 0 for a value in a line; the cell; what came of it; whether the page shows it."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What one cell took."""

    number: int
    """Its place among the cells of the page, from 1; 0 for a value in a line of text."""
    label: str
    line: int
    """Line in the Markdown file."""
    anchor: str
    """Where it stands on the page; empty when it shows nothing."""
    seconds: float
    memory: int
    """Largest resident size of its process until its end, in bytes; 0 when nobody has measured."""
    outcome: str
    """What is kept of it, in a few words."""


def anchor(number: int | str) -> str:
    """The name of a cell that has no label.  A colon, because no heading has one in its name."""
    return f"cell:{number}"


def of_page(done: Collection[Done]) -> list[Cost]:
    """The costs of the cells of a page that were to run.

    Whether a result came from the store is not among them: two builds of the same notes would differ.
    """
    again = {cell.options.session for _, cell, result, _ in done if _runs_again(cell, result)}
    return [
        Cost(
            number,
            cell.options.label,
            cell.place.line,
            (cell.options.label or anchor(number)) if number and shown else "",
            result.seconds,
            result.memory,
            _outcome(result, again=cell.options.session in again),
        )
        for number, cell, result, shown in done
    ]


def _runs_again(cell: Cell, result: Result) -> bool:
    """Whether no later build may rely on it."""
    if not result.marks:
        return False
    from gradpress.execution.entries import AGAIN

    return bool(set(result.marks) & (AGAIN.keys() - ({"program"} if cell.options.depends else set())))


def _outcome(result: Result, *, again: bool) -> str:
    if result.error:
        return {"skipped": "skipped", "not-run": "not run"}.get(result.error.kind, "failed")
    if result.origin == "stale":
        return "of an earlier version"
    return "runs in each build" if again else "kept"
