r"""Formulas in the commands of amsmath alone, for readers elsewhere whose MathJax is told nothing.

`data/plain.tex` says in these what the extensions of MathJax know, `data/github.tex` what GitHub refuses.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from gradpress.math import DATA, known
from gradpress.math.mathjax import package_names
from gradpress.math.regions import Same
from gradpress.settings import Math
from gradpress.tex import preamble
from gradpress.tex.macros import Preamble
from gradpress.tex.packages import Macro, stand_ins

VERSION = "3.2.2"
"""Of the MathJax that readers elsewhere have, as far as is known."""
PACKAGES = ("base", "ams", "autoload")
"""Its extensions, without those that define macros."""
_REFUSED = (
    "operatorname mbox hbox phantom hphantom vphantom href class cssId style require newcommand renewcommand def let "
    "newenvironment renewenvironment toggle mathtip texttip unicode label ref eqref"
)
REFUSED = frozenset(_REFUSED.split())
"""What GitHub does not allow, or what leads nowhere there."""
_KEPT = frozenset(["relax", "protect"])
"""What TeX must find as it is."""


@lru_cache(maxsize=4)
def _data(name: str) -> Preamble:
    text = (DATA / name).read_text(encoding="utf-8")
    return preamble.parse(text, origin=name)


def _written(name: str, macro: Macro) -> str:
    """A stand-in as LaTeX defines it."""
    if isinstance(macro, str):
        return f"\\newcommand{{\\{name}}}{{{macro}}}"
    body, count, *default = macro
    given = f"[{default[0]}]" if default else ""
    return f"\\newcommand{{\\{name}}}[{count}]{given}{{{body}}}"


def substitutes(own: Preamble) -> Preamble:
    """What is said in other commands, whatever page it stands on."""
    macros = stand_ins(package_names(own), VERSION, PACKAGES)
    lines = "\n".join(_written(name, macro) for name, macro in macros.items() if name not in _KEPT)
    return preamble.parse(lines, origin="stand-ins").then(_data("plain.tex"))


def with_configured(own: Preamble, math: Math) -> Preamble:
    """The preamble of a page after the macros that its configuration of MathJax has."""
    return _with_configured(Same.of(own), Same.of(math))


@lru_cache(maxsize=8)
def _with_configured(own: Same, math: Same) -> Preamble:
    tex = math.value.config.get("tex", {})
    macros = tex.get("macros", {}) if isinstance(tex, Mapping) else {}
    lines = "\n".join(_written(name, macro) for name, macro in macros.items() if isinstance(macro, str | list))
    preamble_of_page: Preamble = own.value
    return preamble.parse(lines, origin="math.config").then(preamble_of_page) if lines else preamble_of_page


@lru_cache(maxsize=8)
def _for_github(own: Same) -> Preamble:
    return substitutes(own.value).then(_data("github.tex")).then(own.value)


def for_github(own: Preamble) -> Preamble:
    """All that is expanded in a formula for GitHub."""
    return _for_github(Same.of(own))


@lru_cache(maxsize=1)
def shown_by_github() -> known.Names:
    """The commands that GitHub shows."""
    names = known.known(VERSION, PACKAGES)
    return known.Names(names.macros - REFUSED, names.environments, names.delimiters)
