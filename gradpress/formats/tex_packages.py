"""The LaTeX packages of a page: ours and the author's, each loaded once, in an order that works."""

from __future__ import annotations

from collections.abc import Iterable

from gradpress.tex.macros import Package

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
AFTER_HYPERREF = ("cleveref", "autonum")


def packages(wanted: tuple[Package, ...]) -> str:
    """The lines that load ours and the author's packages: options first, no package twice."""
    passed = [f"\\PassOptionsToPackage{{{p.options}}}{{{p.name}}}" for p in wanted if p.options and _is_ours(p)]
    first = [f"\\usepackage{{{name}}}" for name in _FIRST]
    own = loading(p for p in wanted if not _is_ours(p) and p.name not in (*_REFUSED, *AFTER_HYPERREF))
    return "\n".join([*passed, *first, *([own] if own else [])])


def _is_ours(package: Package) -> bool:
    return package.name in _TEMPLATE_LOADS or package.name in _FIRST


def loading(wanted: Iterable[Package]) -> str:
    """The lines that load these packages."""
    lines = dict.fromkeys(f"\\usepackage{f'[{p.options}]' if p.options else ''}{{{p.name}}}" for p in wanted)
    return "\n".join(lines)


def refused(wanted: Iterable[Package]) -> list[tuple[Package, str]]:
    """Packages that are not loaded although the author expects an effect, with the reason."""
    return [(p, _REFUSED[p.name]) for p in wanted if _REFUSED.get(p.name)]
