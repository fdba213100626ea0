"""What tests of whole builds share: the clone's root, and how a run of the command line ended."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Run:
    """How one run of the command line ended."""

    code: int
    out: str
    err: str

    @property
    def diagnostics(self) -> list[str]:
        return [line for line in self.err.splitlines() if line.endswith("]") and ": " in line and "  [" in line]


Build = Callable[..., Run]
