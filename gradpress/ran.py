"""The cells of a page with their results, for a format that wants more of them than what they show."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

from gradpress.records import dataclass

if TYPE_CHECKING:
    from gradpress.cells import Cell, Result


@dataclass(frozen=True)
class Ran:
    """A cell of the page."""

    number: int
    """Its place among those of the page, from 1."""
    cell: Cell
    result: Result | None
    """None where it is not to run."""


_kept: ContextVar[list[Ran] | None] = ContextVar("ran", default=None)


@contextmanager
def keeping() -> Iterator[list[Ran]]:
    """The cells of the page that goes through the chain inside the block."""
    kept: list[Ran] = []
    token = _kept.set(kept)
    try:
        yield kept
    finally:
        _kept.reset(token)


def note(ran: Ran) -> None:
    """Keep a cell, if anybody asks for them."""
    kept = _kept.get()
    if kept is not None:
        kept.append(ran)
