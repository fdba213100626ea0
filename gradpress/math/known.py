"""The commands, environments and delimiters that MathJax knows, by version and extension.

The data are `data/mathjax-3.json` and `data/mathjax-4.json`, written by
`tests/tools/known_commands.mjs` out of the parser's own tables.  An *extension* is what MathJax
calls a TeX package (`ams`, `mathtools`); it is one of the names in `tex.packages`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import lru_cache
from typing import Any, Literal

from gradpress.math import DATA
from gradpress.records import dataclass

Kind = Literal["macros", "environments", "delimiters"]

# `tex.packages` as the bundles set them; read from `MathJax.config` of 3.2.2 and 4.1.3.
_STANDARD = {
    "3": ("base", "ams", "newcommand", "noundefined", "require", "autoload", "configmacros"),
    "4": ("base", "ams", "newcommand", "textmacros", "noundefined", "require", "autoload", "configmacros"),
}
# The -full bundles of version 3 hold everything but the first two, and switch on all but these four.
_NOT_INSIDE = frozenset({"autoload", "colorv2"})
_NOT_FULL = _NOT_INSIDE | {"extpfeil", "physics"}


@dataclass(frozen=True, slots=True)
class Names:
    """Everything that can be written after a backslash, in `\\begin{…}`, and after `\\left`."""

    macros: frozenset[str]
    environments: frozenset[str]
    delimiters: frozenset[str]
    """As written in a formula: `(`, `\\lVert`."""


@lru_cache
def _data(major: str) -> dict[str, Any]:
    text = (DATA / f"mathjax-{major}.json").read_text(encoding="utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded


def major(version: str) -> str:
    """`"3"` or `"4"`: the table that serves `version`; the newest one for versions to come."""
    return "3" if version.split(".")[0] == "3" else "4"


def extensions(version: str) -> frozenset[str]:
    """The names of all extensions of this version."""
    return frozenset(_data(major(version))["packages"])


def standard(version: str, bundle: str) -> tuple[str, ...]:
    """The extensions that a bundle switches on by itself."""
    if major(version) == "3" and "-full" in bundle:
        return tuple(sorted(extensions(version) - _NOT_FULL))
    return _STANDARD[major(version)]


def included(version: str, bundle: str) -> frozenset[str]:
    """The extensions whose code is part of a bundle: the others must be loaded."""
    if major(version) == "3" and "-full" in bundle:
        return extensions(version) - _NOT_INSIDE
    return frozenset(standard(version, bundle))


@lru_cache(maxsize=64)
def _names(table: str, packages: frozenset[str]) -> Names:
    def union(kind: Kind) -> frozenset[str]:
        data = _data(table)
        active = [data["packages"][name] for name in packages if name in data["packages"]]
        fetched = data["autoload"].values() if "autoload" in packages else ()
        return frozenset(name for part in (*active, *fetched) for name in part.get(kind, ()))

    return Names(union("macros"), union("environments"), union("delimiters"))


def known(version: str, packages: Iterable[str]) -> Names:
    """What a page with these extensions understands; what `autoload` fetches by itself counts."""
    return _names(major(version), frozenset(packages))


def known_macros(version: str, packages: Iterable[str]) -> frozenset[str]:
    """The names of all commands, without the backslash."""
    return known(version, packages).macros


def known_environments(version: str, packages: Iterable[str]) -> frozenset[str]:
    """The names that `\\begin{…}` takes."""
    return known(version, packages).environments


def known_delimiters(version: str, packages: Iterable[str]) -> frozenset[str]:
    """What may follow `\\left`, `\\big` and the like: `(`, `\\lVert`."""
    return known(version, packages).delimiters


def text_macros(version: str) -> frozenset[str]:
    """The commands that the `textmacros` extension understands inside `\\text{…}`."""
    return frozenset(_data(major(version))["text"])


@lru_cache
def owner(version: str, macro: str) -> str:
    """The extension, not switched on by itself, that defines `macro`; empty when there is none."""
    packages = _data(major(version))["packages"]
    return next((name for name, part in packages.items() if macro in part["macros"]), "")
