"""The known name that a misspelt one was meant to be."""

from __future__ import annotations

from collections.abc import Iterable

from gradpress.patterns import pattern

_STEM = pattern(r"^[a-z]{2,4}[-:]|\.[a-z]{2,4}$")
"""What many names have in common: the kind of a label, the ending of a file."""


def nearest(name: str, known: Iterable[str], first: Iterable[str] = ()) -> str:
    """The nearest of `known`, of `first` where two are equally near; empty if none is near enough."""
    stem = _STEM.sub("", name)
    if len(stem) < 3 or len(name) > 60:
        return ""
    preferred = frozenset(first)
    candidates = preferred.union(known) - {name}
    most = min(_most(name), len(stem) // 3)
    near = [(distance, k not in preferred, k) for k in candidates if (distance := steps(name, k)) <= most]
    return (
        min(near, key=lambda found: (*found[:2], *_unlikeness(name, found[2])))[2] if near else _alike(name, candidates)
    )


def _unlikeness(name: str, known: str) -> tuple[bool, bool, float, str]:
    """Of names that are equally near, a capital letter is the likeliest slip, then two letters that changed places."""
    return known.lower() != name.lower(), sorted(known) != sorted(name), -_likeness(name, known), known


def _likeness(a: str, b: str) -> float:
    from difflib import SequenceMatcher

    return SequenceMatcher(None, a, b).ratio()


def _most(name: str) -> int:
    return 1 if len(name) < 6 else 2


def _alike(name: str, known: Iterable[str]) -> str:
    from difflib import get_close_matches

    return next(iter(get_close_matches(name, sorted(known), n=1, cutoff=0.7)), "")


def steps(a: str, b: str) -> int:
    """How many letters must be put in, taken out, changed or swapped with their neighbour; 9 for more than two."""
    if abs(len(a) - len(b)) > 2:
        return 9
    start = 0
    while start < min(len(a), len(b)) and a[start] == b[start]:
        start += 1
    a, b = a[start:], b[start:]
    while a and b and a[-1] == b[-1]:
        a, b = a[:-1], b[:-1]
    return _distance(a, b) if max(len(a), len(b)) <= 6 else 9


def _distance(a: str, b: str) -> int:
    rows = [list(range(len(b) + 1))]
    for i, x in enumerate(a, 1):
        row = [i]
        for j, y in enumerate(b, 1):
            steps = min(rows[-1][j] + 1, row[-1] + 1, rows[-1][j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and a[i - 2] == y:
                steps = min(steps, rows[-2][j - 2] + 1)
            row.append(steps)
        rows.append(row)
    return rows[-1][-1]
