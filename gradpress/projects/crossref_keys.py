"""Keys of a header that pandoc-crossref and pandoc-fignos with its relatives read, as ours."""

from __future__ import annotations

from typing import Any

from gradpress.diagnostics import report
from gradpress.patterns import pattern
from gradpress.reading.yaml_text import Document

_WORDS = {
    "figPrefix": "figure",
    "eqnPrefix": "equation",
    "tblPrefix": "table",
    "secPrefix": "section",
    "lstPrefix": "listing",
    "fignos-star-name": "figure",
    "eqnos-star-name": "equation",
    "tablenos-star-name": "table",
    "secnos-star-name": "section",
}
"""Key → what the word stands before, in references."""
_CAPTIONS = {
    "figureTitle": "figure",
    "tableTitle": "table",
    "listingTitle": "listing",
    "fignos-caption-name": "figure",
    "tablenos-caption-name": "table",
}
_SILENT = frozenset(
    "linkReferences nameInLink cref crossrefYaml codeBlockCaptions autoSectionLabels autoFigLabels autoTblLabels "
    "autoLstLabels subfigGrid tableEqns listings setLabelAttribute adjustSectionIdentifiers sectionsDepth "
    "chaptersDepth rangeDelim pairDelim lastDelim refDelim equationNumberTeX lofTitle lotTitle lolTitle "
    "cleveref".split()
)
"""What is always so here, or has no counterpart that a reader would miss."""
_LATER = pattern(
    r"^(?:(?:fig|eq|eqn|tbl|lst|sec|figure|table|listing|subfigure|lof|lot|lol|ccs|ref)\w*"
    r"(?:Template|Labels|LabelSep|Delim)|titleDelim|chapDelim|defaultOption)$"
)
_LATER_ENDS = ("Template", "Labels", "LabelSep", "Delim", "defaultOption")
_XNOS = ("fignos-", "eqnos-", "tablenos-", "secnos-", "xnos-")


def translated(document: Document) -> Document:
    """The header with these keys as ours; ours win where both are given."""
    if not any(_is_known(key, value) for key, value in document.values.items()):
        return document
    values: dict[str, Any] = {}
    numbering: dict[str, Any] = {}
    for key, value in document.values.items():
        if not _is_known(key, value):
            values[key] = value
        elif not _taken(key, value, numbering) and (_is_later(key) or key in ("prefixes", "autoEqnLabels")):
            report("option-later", f"'{key}' of pandoc-crossref has no effect here", line=document.line(key))
    given = values.get("numbering", {})
    if isinstance(given, dict) and numbering:
        values["numbering"] = {**numbering, **given}
    return Document(values, {**document.lines, ("numbering",): document.lines.get(("numbering",), 1)})


def _is_known(key: str, value: Any) -> bool:
    named = key in _WORDS or key in _CAPTIONS or key in _SILENT or key in ("autoEqnLabels", "numberSections")
    grown = (key == "chapters" and isinstance(value, bool)) or (key == "prefixes" and isinstance(value, dict))
    return named or grown or key == "numbersections" or _is_later(key) or key.startswith(_XNOS)


def _is_later(key: str) -> bool:
    """(The pattern takes a millisecond to compile.)"""
    return key.endswith(_LATER_ENDS) and bool(_LATER.match(key))


def _taken(key: str, value: Any, numbering: dict[str, Any]) -> bool:
    word = str(value[0] if isinstance(value, list) and value else value)
    if key in _WORDS:
        numbering.setdefault("prefixes", {})[_WORDS[key]] = word
        numbering.setdefault("captions", {}).setdefault(_WORDS[key], "")
        if isinstance(value, list) and len(value) > 1:
            numbering.setdefault("plurals", {})[_WORDS[key]] = str(value[1])
    elif key in _CAPTIONS:
        numbering.setdefault("captions", {})[_CAPTIONS[key]] = word
    elif key in ("numberSections", "numbersections"):
        numbering["sections"] = value is not False
    elif key in ("chapters", "xnos-number-by-section") and value not in (False, "Off"):
        numbering |= {"within": "section", "sections": True}
    else:
        return False
    return True
