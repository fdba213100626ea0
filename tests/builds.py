"""What tests of whole builds share: the clone's root, and how a run of the command line ended."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RULES = ROOT / "content" / "manual" / "rules"
"""Generated pages, eighty of a kind: what takes long is tried on some of them."""
_SOME = ("index", "glyph-missing", "latex-error", "math-as-text", "undefined-macro")
PAGES = sorted(p for p in (ROOT / "content").rglob("*.md") if p.parent != RULES or p.stem in _SOME)
"""The pages that we ship."""
NAMES = [p.relative_to(ROOT / "content").with_suffix("").as_posix() for p in PAGES]


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
