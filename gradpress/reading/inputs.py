"""What a page was made from, noted while it is made: a change of it rebuilds the page; and what its cells cost."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gradpress.cell_costs import Cost

from gradpress.records import dataclass, field


@dataclass
class Noted:
    """What `note` and `note_condition` were told."""

    paths: set[str] = field(default_factory=set)
    conditions: set[str] = field(default_factory=set)
    """What `state.condition` can ask for again."""
    costs: list[Cost] = field(default_factory=list)
    """Of its cells, in their order."""


_noted: ContextVar[Noted | None] = ContextVar("inputs", default=None)


@contextmanager
def noting(noted: Noted) -> Iterator[Noted]:
    """Collect in `noted` what is noted inside the block."""
    token = _noted.set(noted)
    try:
        yield noted
    finally:
        _noted.reset(token)


def note(path: Path | str) -> None:
    """The current page depends on this file, whether or not it exists."""
    noted = _noted.get()
    if noted is not None:
        noted.paths.add(str(path))


def note_condition(name: str) -> None:
    """The current page depends on a condition of `state.condition`."""
    noted = _noted.get()
    if noted is not None:
        noted.conditions.add(name)


def note_costs(costs: Sequence[Cost]) -> None:
    """The cells of the current page, and what they have taken."""
    noted = _noted.get()
    if noted is not None:
        noted.costs[:] = costs


def costs() -> Sequence[Cost]:
    """What was noted of the cells of the current page."""
    noted = _noted.get()
    return noted.costs if noted is not None else ()
