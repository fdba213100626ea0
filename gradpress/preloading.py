"""What every page needs is imported once, by one thread, while pandoc reads the first page.

That is half of what a small build imports.  Another thread that imported the same would find a module whose import
fails only half made.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress

from gradpress.records import dataclass, field


@dataclass
class Preloading:
    """Imports that are made once."""

    load: Callable[[], object]
    """Makes them.  Raises ImportError."""
    _done: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def begin(self) -> None:
        """In another thread; what fails there is said where it is needed."""
        if not self._done:
            threading.Thread(target=self._try, daemon=True).start()

    def finish(self) -> None:
        """Wait for it, or do it.  Raises ImportError."""
        with self._lock:
            if not self._done:
                self.load()
                self._done = True

    def _try(self) -> None:
        with suppress(ImportError):
            self.finish()
