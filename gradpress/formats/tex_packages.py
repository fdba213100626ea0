"""The LaTeX packages of a page: ours and the author's, each loaded once, in an order that works."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from gradpress.tex.macros import Package
from gradpress.tex.packages import is_conference

_FIRST = ("amsmath", "amssymb", "mathtools", "bm")
"""Before everything else: bm after unicode-math makes every bold symbol an error."""
_TEMPLATE_LOADS = frozenset(
    "fontspec graphicx hyperref fvextra fancyvrb longtable booktabs array calc multirow microtype "
    "bookmark xurl url enumitem float etoolbox babel parskip caption footnotehyper footnote upquote iftex".split()
)
"""Packages of `page.tex.j2`: an author's options are passed on, loading twice would clash."""
_REFUSED = {
    "unicode-math": "it makes \\bm and \\boldsymbol fail or lose their weight",
    "inputenc": "",
    "fontenc": "",
    "amsfonts": "",
}
_DRIVERS = frozenset("pdftex pdflatex dvips dvipdfm dvipdfmx dvipdf luatex hypertex ps2pdf pdfmark textures".split())
_STRUCK = (
    r"\providecommand{\gpstruck}[1]{{\def\given{#1}\def\one{1}\ifx\given\one"
    r"\mathrm{1}\mkern-4.5mu\mathrm{l}\else\mathbb{#1}\fi}}"
)
"""A double-struck letter; amssymb has no 1."""
_STAND_INS = {"bbm": ("mathbbm", "mathbbmss"), "dsfont": ("mathds",), "bbold": ("mathbbold",)}
"""Packages that often are not installed, with their commands."""
AFTER_HYPERREF = ("cleveref", "autonum")


def packages(wanted: tuple[Package, ...]) -> str:
    """The lines that load ours and the author's packages: options first, no package twice."""
    wanted = tuple(replace(p, options=_without_driver(p.options)) if p.options else p for p in wanted)
    passed = [f"\\PassOptionsToPackage{{{p.options}}}{{{p.name}}}" for p in wanted if p.options and _is_ours(p)]
    first = [f"\\usepackage{{{name}}}" for name in _FIRST]
    own = loading(p for p in wanted if not _is_ours(p) and not _is_left_out(p.name))
    return "\n".join([*passed, *first, *([own] if own else [])])


def _without_driver(options: str) -> str:
    """The options without the program that was to make the PDF: ours is XeLaTeX, which `pdftex` makes fail."""
    return ",".join(option for option in options.split(",") if option.strip().lower() not in _DRIVERS)


def _is_left_out(name: str) -> bool:
    return name in (*_REFUSED, *AFTER_HYPERREF) or is_conference(name)


def _is_ours(package: Package) -> bool:
    return package.name in _TEMPLATE_LOADS or package.name in _FIRST


def loading(wanted: Iterable[Package]) -> str:
    """The lines that load these packages."""
    lines = dict.fromkeys(map(_line, wanted))
    return "\n".join(lines)


def _line(package: Package) -> str:
    line = f"\\usepackage{f'[{package.options}]' if package.options else ''}{{{package.name}}}"
    if package.name not in _STAND_INS:
        return line
    stands_in = "".join(f"\\let\\{name}\\gpstruck" for name in _STAND_INS[package.name])
    return f"{_STRUCK}\\IfFileExists{{{package.name}.sty}}{{{line}}}{{{stands_in}}}"


def refused(wanted: Iterable[Package]) -> list[tuple[Package, str]]:
    """Packages that are not loaded although the author expects an effect, with the reason."""
    return [(p, _REFUSED[p.name]) for p in wanted if _REFUSED.get(p.name)]
