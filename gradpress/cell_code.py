"""The code of a cell as it stands on the page."""

from __future__ import annotations

import panflute as pf

from gradpress import float_divisions
from gradpress.cells import Cell
from gradpress.output_floats import Read

MARKS = frozenset({"run", "train", "norun", "myst", "fenced", "eval"})
"""Classes that say how a block runs, not what it is."""
_OF_LINES = ("startFrom", "filename", "code-line-numbers", "emphasized")
"""Attributes of a block that its code keeps."""


def shown(cell: Cell, element: pf.CodeBlock, read: Read) -> list[pf.Element]:
    """The code as its options say: not at all, with its fence, folded, or as a listing."""
    if not cell.options.echo:
        return []
    classes = ["python", *(c for c in element.classes[1:] if c not in MARKS), "cell-code"]
    text = f"```{{python}}\n{element.text}\n```" if cell.options.echo == "fenced" else cell.code
    options = cell.options
    kept = {k: v for k, v in element.attributes.items() if k in _OF_LINES}
    kept |= {"filename": options.filename} if options.filename else {}
    kept |= {"code-line-numbers": options.code_line_numbers} if options.code_line_numbers else {}
    kept |= {"emphasized": options.emphasize_lines} if options.emphasize_lines else {}
    kept |= {"startFrom": str(options.lineno_start)} if options.lineno_start else {}
    classes += ["numberLines"] if options.linenos or options.lineno_start else []
    block = pf.CodeBlock(text, classes=classes, attributes=kept)
    made: pf.Element = block
    if options.code_fold:
        summary = {"summary": options.code_summary} if options.code_summary else {}
        opened = ["open"] if options.code_fold == "show" else []
        made = pf.Div(block, classes=["code-fold", *opened], attributes=summary)
    if not options.lst_cap:
        return [made]
    label = options.lst_label or (options.label if options.label.startswith("lst-") else "")
    return [float_divisions.captioned([made], read(options.lst_cap), "listing", label)]
