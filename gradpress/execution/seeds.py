"""Seeding every generator of random numbers that a cell reaches without making one."""

from __future__ import annotations

import random
import sys
from collections.abc import Callable
from typing import Any


class Seeds:
    """The seed of a session: set when it starts, and in each library when that is imported."""

    def __init__(self, seed: int, threads: int) -> None:
        self._seed = seed
        self._threads = threads
        self.hooks: dict[str, Callable[[Any], None]] = {"numpy.random": self._numpy, "torch": self._torch}
        """For modules that have just been imported."""

    def set(self, seed: int | None = None) -> None:
        """Seed everything that is there; with the session's own seed, or from now on with `seed`."""
        self._seed = self._seed if seed is None else seed
        random.seed(self._seed)
        for name, hook in self.hooks.items():
            if name in sys.modules:
                hook(sys.modules[name])

    def _numpy(self, numpy_random: Any) -> None:
        numpy_random.seed(self._seed)

    def _torch(self, torch: Any) -> None:
        torch.manual_seed(self._seed)
        torch.set_num_threads(self._threads)
