"""What options each directive of MyST, Sphinx and their extensions takes; one that it does not take is a slip.

The other programs know more options than Gradpress gives a meaning to: those are accepted in silence.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from gradpress.diagnostics import report
from gradpress.dialects.directives import Directive
from gradpress.nearest import nearest

_EVERY = "class name label enumerated numbered enumerator number align tags"
"""What docutils takes anywhere, or mystmd."""
_SHOWN = "width height w h scale alt title target loading placeholder static"
_SUBFIGURES = "no-subfigures no-subfig no-subfigure subcaptions gap layout-sm layout-lg layout-xl layout-xxl class-grid"
_NUMBERED = "linenos lineno-start lineno-match number-lines emphasize-lines highlight-lines"
_LISTING = f"{_NUMBERED} caption filename dedent force language lang"
_LINES = "lines start-line end-line start-after start-at end-before end-at"
_FILE = f"{_LINES} encoding tab-width pyobject prepend append diff literal code parser relative-images relative-docs"
_TABLE = "width widths header-rows stub-columns"
_CARD = (
    "img-top img-bottom img-background img-alt img-lazy header footer link link-type link-alt shadow margin padding "
    "text-align width columns class-card class-header class-body class-title class-footer class-img-top class-item "
    "class-img-bottom outline child-direction child-align url img-top-cls img-bottom-cls body column card"
)
_BOX = "open icon color chevron animate margin class-container class-title class-body show hidden collapsible nonumber"
_FRAME = (
    "width height aspect title alt autoplay autoplay-hover controls loop muted nocontrols poster preload caption "
    "figwidth url_parameters url-parameters privacy_mode privacy-mode placeholder"
)
_TABS = (
    "sync sync-group selected new-set new-group class-container class-label class-content class-set class-item "
    "title-class body-class content-class key"
)
_OPTIONS = {
    "math displaymath amsmath": "nowrap no-wrap typst",
    "figure": f"{_SHOWN} {_SUBFIGURES} figwidth figclass nofigure kind caption landscape remove-input remove-output",
    "subfigure figure-md": f"{_SHOWN} {_SUBFIGURES} class-area",
    "image": _SHOWN,
    "iframe video audio youtube vimeo": _FRAME,
    "table": f"{_TABLE} kind",
    "list-table flat-table": f"{_TABLE} fill-cells",
    "csv-table": f"{_TABLE} header file url delim delimiter quote escape keepspace encoding no-escape",
    "code-block sourcecode code": _LISTING,
    "parsed-literal": "caption",
    "literalinclude include": f"{_LISTING} {_FILE} heading-offset filter",
    "doctest": "hide options pyversion trim-doctest-flags no-trim-doctest-flags skipif",
    "raw": "file url encoding",
    "note tip warning important caution attention danger error hint seealso admonition topic todo": _BOX,
    "versionadded versionchanged deprecated dropdown toggle": _BOX,
    "theorem lemma corollary proposition conjecture definition example exercise solution remark algorithm axiom": _BOX,
    "proof property observation assumption criterion notation": f"{_BOX} typst",
    "tab-set tabset tabs tab-item tab tabbed group-tab code-tab": _TABS,
    "card grid-item-card panel grid-item grid-item-child": _CARD,
    "grid panels": f"{_CARD} gutter reverse class-container class-row container",
    "card-carousel": "",
    "margin aside sidebar div container span column full-width compound": "subtitle style",
    "hlist": "columns",
    "rubric centered": "heading-level",
    "glossary": "sorted",
    "bibliography footbibliography": "all cited notcited style filter list enumtype start labelprefix keyprefix",
}
"""Names of directives → what else they take."""


def check(found: Directive, name: str) -> None:
    """Report the options that the directive called `name` does not take."""
    known = _known().get(name, frozenset())
    for key, line in found.places.items() if known else ():
        if key not in known:
            meant = nearest(key, known)
            report(
                "directive-option",
                f"the directive '{{{found.name}}}' has no option '{key}'",
                line=line,
                hint=f"did you mean {meant}?" if meant else "remove it",
            )


@lru_cache(maxsize=1)
def _known() -> dict[str, frozenset[str]]:
    return dict(_each())


def _each() -> Iterator[tuple[str, frozenset[str]]]:
    for names, options in _OPTIONS.items():
        taken = frozenset(f"{_EVERY} {options}".split())
        yield from ((name, taken) for name in names.split())
        yield from ((f"{name}-start", taken) for name in names.split() if options.startswith(_BOX))
