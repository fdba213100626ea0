"""What tells MyST Markdown from other Markdown: looked for on every page, so that the rest is imported for few."""

from __future__ import annotations

import re

from gradpress.dialects import Lines, Surroundings
from gradpress.patterns import pattern

OPENING = pattern(
    r"^(?P<indent>[ \t]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)?)(?P<mark>`{3,}|~{3,}|:{3,})"
    r"\{(?P<name>[A-Za-z][\w:.-]*)(?P<attributes>[ \t][^{}\n]*)?\}[ \t]*(?P<argument>.*?)[ \t]*$"
)
TARGET = pattern(r"^[ \t]*\((?P<label>[^()\s]+)\)=[ \t]*$")
_ROLE = pattern(r"(?<![`\\$}])\{[A-Za-z][\w:.+-]*\}`[^`\n]")
OWN = frozenset(["python", "code-cell", "mermaid", "r", "julia", "tikz", "dot", "ojs"])
"""Names of fences that other dialects use."""


def speaks(lines: Lines, page: Surroundings) -> bool:
    """Whether a page is MyST: it has a directive, a role, a `(label)=` or a link without words."""
    notebook = page.header.get("jupytext")
    if isinstance(notebook, dict) and "myst" in str(notebook.get("text_representation", "")):
        return True
    for text, _ in lines:
        opening = OPENING.match(text) if "{" in text else None
        if opening and (opening["name"] == "code-cell" or not is_language(opening["name"])):
            return True
        if TARGET.match(text) or (_ROLE.search(text) if "}`" in text else None) or "[](#" in text:
            return True
    from gradpress.projects import myst as myst_project

    return myst_project.is_one(page.root)


def is_language(name: str) -> bool:
    """Whether a fence in braces is a block of code, of Quarto or R Markdown for instance, and no directive."""
    if name.lower() in OWN:
        return True
    if re.search(r"[:-]", name):
        return False
    from pygments.lexers import find_lexer_class_for_filename, get_lexer_by_name
    from pygments.util import ClassNotFound

    try:
        get_lexer_by_name(name)
    except ClassNotFound:
        return bool(find_lexer_class_for_filename(f"a.{name}"))
    return True
