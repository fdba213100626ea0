"""Leaving a build in the middle: a newer text is there, and what is being made is not wanted any more."""

from __future__ import annotations

import threading


class Left(BaseException):
    """The build is left.  (No Exception: no page may report it.)"""


class Leaving:
    """A wish that every thread of a build asks for from time to time."""

    def __init__(self) -> None:
        self._asked = threading.Event()

    def ask(self) -> None:
        """Let builds end soon, from any thread."""
        self._asked.set()

    def begin(self) -> None:
        """What was asked so far does not count for the builds to come."""
        self._asked.clear()

    def is_asked(self) -> bool:
        """Whether the build is to end."""
        return self._asked.is_set()

    def check(self) -> None:
        """Raises Left when it was asked for."""
        if self._asked.is_set():
            raise Left
