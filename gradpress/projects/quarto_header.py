"""The header of a note written for Quarto or R Markdown: its `format:` options, and keys that only they know."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gradpress import state
from gradpress.diagnostics import report
from gradpress.nearest import nearest, steps
from gradpress.patterns import pattern
from gradpress.reading import inputs
from gradpress.reading.yaml_text import Document

KNOWN = frozenset(
    """
    _quarto about abstract-title affiliation affiliations always_allow_html anchor-sections
    appendix-cite-as appendix-style apply auto-stretch axe biblatexoptions biblio-config biblio-style biblio-title
    body-classes body-footer body-header book brand bread-crumbs cache cache-dir callout-appearance callout-icon
    canonical-url citation-location citations-hover cite-method citeproc code-annotations
    code-block-bg code-block-border-left code-copy code-link code-overflow code-tools colorlinks
    comments copyright cover-image date-format default-image-extension df-print display_mode
    document-css doi draft-mode editor encoding editor_options email-obfuscation embed-resources execute-dir extensions
    favicon fig-align fig-asp fig-dpi fig-env fig-format fig-pos fig-responsive file-scope filters fontcolor
    fontenc fontfamily footnotes-hover format-links freeze funding github-repo google-scholar grid
    highlight-style hyperrefoptions hypothesis identifier-prefix image-height image-width
    include-after-body include-before-body indent institute interface keep-hidden keep-ipynb keep-md keep-source
    keep-tex keep-typ knit latex-auto-install license lightbox link-external-icon link-external-newwindow
    linkcolor listing listings lof lot manuscript margin-bottom margin-footer margin-header margin-left
    margin-right margin-top max-width mermaid mermaid-format metadata-file metadata-files minimal
    monobackgroundcolor natbiboptions notebook-links notebook-preview-options notebook-subarticles notebook-view
    number-depth number-offset ojs-engine open-graph other-links output output-dir output-ext output-file
    page-footer page-layout page-navigation pagetitle params pdf-engine pdf-engine-opt pdf-engine-opts
    prefer-html preview profile project pyodide quarto-required reader-mode reference-location
    resource-path resource_files resources respect-user-color-scheme revealjs-plugins rights runtime
    section-divs self-contained server shift-heading-level-by shiny shortcodes show_toc sidebar site
    site-url slide-level smooth-scroll standalone strip-comments subject syntax-definitions table-of-contents tags
    tbl-colwidths template template-partials thanks theme title-block-banner title-block-categories
    title-block-style title-prefix title-slide-attributes toc-expand toc-location toc-title toccolor
    top-level-division topic track-changes twitter-card type url urlcolor validate-yaml variables version vignette
    webr website wrap ipynb-shell-interactivity ipynb-filters theorem-appearance code-block-background
    code-block-border cookie-consent citation-package keep-yaml latex-clean latex-max-runs latex-min-runs
    latex-makeindex latex-makeindex-opts latex-tinytex latex-tlmgr-opts latex-output-dir pdf-standard scrollable
    slide-number chalkboard transition incremental auto-play-media inline-includes
    number-offsets linkReferences monofontoptions mainfontoptions sansfontoptions author-meta
    date-meta header footer logo pandoc_args rmd_files delete_merged_file new_session description-meta layout
    """.split()
)
"""Keys of other programs that say nothing about a page of ours."""
_EITHER = (
    "toc", "toc-depth", "number-sections", "bibliography", "csl", "code-fold", "code-summary", "fig-width",
    "fig-height", "html-math-method", "include-in-header", "fig-cap-location", "tbl-cap-location", "echo",
    "code-line-numbers", "cap-location", "from",
)  # fmt: skip
_SCREEN = ("css",)
_PAPER = (
    "documentclass", "classoption", "geometry", "papersize", "fontsize", "mainfont", "sansfont", "monofont",
    "linestretch", "include-in-header",
)  # fmt: skip
_OF_CELLS = ("code-fold", "code-summary", "fig-width", "fig-height", "echo")
_TODAY = pattern(r"^(?:today|now|`r\s+(?:format\()?(?:Sys\.(?:Date|time)|date)\(\)[^`]*`)$")
"""Dates that Quarto and R Markdown put in themselves."""
_META = pattern(r"\{\{<\s*meta\s+([\w-]+)|-meta=[\"']?([\w-]+)")


def translated(document: Document, text: str = "") -> Document:
    """The header with the options of its formats as keys of their own, and without keys that mean nothing here.

    `text` is the note: metadata that it asks for are no unknown keys.
    """
    values, lines = dict(document.values), dict(document.lines)
    used = {name for found in _META.findall(text) for name in found if name}
    for key in [key for key in values if key in KNOWN or key in used - _ours()]:
        values.pop(key)
    for path, names in ((("format", "html"), (*_SCREEN, *_EITHER)), (("format", "pdf"), (*_PAPER, *_EITHER))):
        for key, value in _at(document.values, path).items():
            if key in names and key not in values:
                values[key] = value
                lines[(key,)] = document.line(*path, str(key))
    _report_misspelt(document)
    for key in ("fig-cap-location", "tbl-cap-location"):
        if (place := values.get("cap-location")) and key not in values:
            values[key], lines[(key,)] = place, lines.get(("cap-location",), 1)
    values.pop("cap-location", None)
    _cells(values, lines)
    if _TODAY.match(str(values.get("date", ""))):
        inputs.note_condition("date")
        values["date"] = state.condition("date")
    return Document(values, lines, document.items)


def _report_misspelt(document: Document) -> None:
    """Options of formats that are nearly known ones; of many others Quarto knows what they mean, and we do not."""
    for form in _at(document.values, ("format",)):
        for key in map(str, _at(document.values, ("format", str(form)))):
            known = KNOWN.union(_EITHER, _SCREEN, _PAPER, _ours())
            if key not in known and (meant := nearest(key, known)) and steps(key, meant) <= 2:
                line = document.line("format", str(form), key)
                report("key-unknown", f"unknown key 'format.{form}.{key}'", line=line, hint=f"did you mean '{meant}'?")


def _ours() -> frozenset[str]:
    from gradpress.keys import PAGE

    return frozenset(PAGE)


def _cells(values: dict[str, Any], lines: dict[tuple[str, ...], int]) -> None:
    """Defaults of cells, which Quarto keeps beside `execute:`, and R Markdown in `knitr:`."""
    given = {key: values.pop(key) for key in _OF_CELLS if key in values}
    chunk = _at({"knitr": values.pop("knitr", None)}, ("knitr", "opts_chunk"))
    given = {key: value for key, value in chunk.items() if key in _OF_CELLS} | given
    execute = values.get("execute")
    if given and (execute is None or isinstance(execute, dict)):
        values["execute"] = {**given, **(execute or {})}
        for key in given:
            lines.setdefault(("execute", key), lines.get((key,), 0))


def _at(values: Mapping[str, Any], path: tuple[str, ...]) -> Mapping[str, Any]:
    found: Any = values
    for part in path:
        found = found.get(part) if isinstance(found, Mapping) else None
    return found if isinstance(found, Mapping) else {}
