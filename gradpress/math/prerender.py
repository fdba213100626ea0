r"""Formulas drawn by MathJax in node, while the site is built: SVG that needs no script, and MathML to be read aloud.

The process is the one that `mathjax_node` asks what is wrong with formulas.  A drawing is remembered with all that it
rests on: its TeX, the configuration with the preamble, the version, what formulas before it define, and the numbers
that its references show; so only new formulas are drawn again (3 ms each, CPU, MathJax 3.2.2 and 4.1.3).

Words: an *outline* is the shape of a glyph, which a page has once however often it is used.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from gradpress.cache import Storage
from gradpress.diagnostics import GradpressError, here
from gradpress.math import mathjax_node, npm
from gradpress.math.mathjax_source import FONT, FONT_PATHS, MHCHEM_FONT, edition, exact
from gradpress.patterns import pattern
from gradpress.records import dataclass
from gradpress.settings import Math

AT_ONCE = 100
"""Formulas in one request: an answer is waited for a minute."""
_USED = pattern(r'<use href="#([^"]+)"')
_DEFINING = pattern(
    r"\\(?:[gex]?def|let|require|[a-z]*(?:[cC]ommand|environment)|Declare\w+|new\w+|mathtoolsset)(?![a-z])"
)


@dataclass(frozen=True, slots=True)
class Program:
    """MathJax on this machine."""

    root: Path
    """The folder of its components."""
    fonts: Mapping[str, str]
    """Names of fonts that are packages of their own → their folders."""


@dataclass(frozen=True, slots=True)
class Formula:
    """What is to be drawn."""

    text: str
    display: bool
    references: Mapping[str, tuple[str, str]]
    """Label → its number, and the id of the place that has it, for what the formula refers to."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """A formula as a page shows it."""

    svg: str = ""
    mathml: str = ""
    error: str = ""
    """What MathJax says instead, when it cannot read the formula."""

    @property
    def outlines(self) -> frozenset[str]:
        """The names of the glyphs that it uses."""
        return frozenset(_USED.findall(self.svg))


@dataclass(frozen=True, slots=True)
class Drawings:
    """The formulas of a page."""

    each: tuple[Drawing, ...]
    outlines: Mapping[str, str]
    """Name → path, of the glyphs that they use, by name."""


def places(math: Math, cache: Path, near: Path) -> list[Path]:
    """Files whose coming and going changes whether `program` finds what it needs."""
    version = exact(edition(math).version)
    return [place / "package.json" for name in _packages(math) for place in npm.places(name, version, cache, near)]


def _packages(math: Math) -> tuple[str, ...]:
    return ("mathjax",) if edition(math).major == "3" else ("mathjax", FONT, MHCHEM_FONT)


def program(math: Math, cache: Path, near: Path) -> Program:
    """What draws; packages are fetched where they are missing.  Raises GradpressError (`prerender-missing`)."""
    if shutil.which("node") is None:
        raise missing("'node' was not found", "install Node.js 18 or later")
    chosen = edition(math)
    found = {name: _package(name, exact(chosen.version), cache, near) for name in _packages(math)}
    root = found["mathjax"] / "es5" if chosen.major == "3" else found["mathjax"]
    return Program(
        root, {name: str(found[package].resolve()) for name, package in FONT_PATHS.items() if package in found}
    )


def _package(name: str, version: str, cache: Path, near: Path) -> Path:
    try:
        return npm.patiently(name, version, cache, near)
    except GradpressError as failure:
        message = failure.diagnostic.message
        reason, remedy = f"{name}@{version} is not there: {message}", f"run 'npm install {name}@{version}' here"
        raise missing(reason, remedy) from None


def missing(reason: str, remedy: str) -> GradpressError:
    """Why nothing can draw, and what to do."""
    message = f"formulas cannot be drawn while the site is built, {reason}; MathJax shows them in the browser"
    return GradpressError("prerender-missing", message, here(), f"{remedy}, or write 'method: mathjax'")


def drawn(
    made: Program, math: Math, config: Mapping[str, Any], formulas: Sequence[Formula], store: Storage, page: str
) -> Drawings | None:
    """The formulas of `page` in their order; None when node fails.

    They are remembered page by page: a file for each formula would be thousands.
    """
    request = _request(made, math, config)
    key = sha256(json.dumps([_draws(), exact(edition(math).version), request], sort_keys=True).encode()).hexdigest()
    kept = store.get("mathjax-svg", f"{key} {page}")
    known: dict[str, Any] = kept["drawings"] if isinstance(kept, dict) else {}
    outlines: dict[str, str] = kept["outlines"] if isinstance(kept, dict) else {}
    named = list(_named(formulas))
    for before, group in _missing_in(named, known).items():
        answers = _asked(made, {**request, "before": before}, list(group.values()))
        if answers is None:
            return None
        for name, answer in zip(group, answers, strict=True):
            known[name] = answer if isinstance(answer, str) else answer[:2]
            outlines |= {} if isinstance(answer, str) else answer[2]
    each = tuple(_drawing(known[name]) for name, _, _ in named)
    used = frozenset[str]().union(*(one.outlines for one in each))
    result = Drawings(each, {name: outlines[name] for name in sorted(used) if name in outlines})
    now = {"drawings": {name: known[name] for name, _, _ in sorted(named)}, "outlines": dict(result.outlines)}
    if now != kept:
        store.put("mathjax-svg", f"{key} {page}", now)
    return result


@lru_cache
def _draws() -> str:
    """What draws, by its text: another one may draw otherwise."""
    return sha256(b"".join(script.read_bytes() for script in mathjax_node.SCRIPTS)).hexdigest()


_Named = tuple[str, tuple[str, ...], Formula]
"""What a drawing is remembered as, what was defined before it, and the formula."""


def _named(formulas: Sequence[Formula]) -> Iterator[_Named]:
    before: tuple[str, ...] = ()
    for one in formulas:
        yield json.dumps([one.text, one.display, sorted(one.references.items()), before]), before, one
        if _DEFINING.search(one.text):
            before = (*before, one.text)


def _missing_in(named: Sequence[_Named], known: Mapping[str, Any]) -> dict[tuple[str, ...], dict[str, Formula]]:
    """What is not drawn yet, by what is defined before it."""
    groups: dict[tuple[str, ...], dict[str, Formula]] = {}
    for name, before, one in named:
        if name not in known:
            groups.setdefault(before, {})[name] = one
    return groups


def _asked(made: Program, request: Mapping[str, Any], formulas: Sequence[Formula]) -> list[Any] | None:
    answers: list[Any] = []
    for start in range(0, len(formulas), AT_ONCE):
        part = [(one.text, one.display, one.references) for one in formulas[start : start + AT_ONCE]]
        some = mathjax_node.ask(made.root, request, part)
        if some is None:
            return None
        answers += some
    return answers


def _drawing(kept: Any) -> Drawing:
    return Drawing(error=kept) if isinstance(kept, str) else Drawing(*kept)


def _request(made: Program, math: Math, config: Mapping[str, Any]) -> dict[str, Any]:
    """The page's configuration, for drawings."""
    own = config.get("svg", {})
    safe = config.get("options", {}).get("safeOptions", {})
    return {**mathjax_node.request_of(math, config), "svg": dict(own), "safe": dict(safe), "fonts": dict(made.fonts)}
