"""MyST-NB's `glue("name", value)` in a cell, and `{glue}` in the text, which shows the value.

A hidden cell before the first one that glues stands for the package `myst_nb`, so nothing need be installed; what the
text shows are cells and expressions of our own.  A value that is not glued above is reported.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from gradpress.diagnostics import report
from gradpress.dialects import Lines, in_code
from gradpress.dialects.directives import Directive, Inside, identifier, wrapped
from gradpress.patterns import pattern

_GLUED = pattern(r"\bglue\(\s*(?:name\s*=\s*)?[rf]?(?P<mark>[\"'])(?P<name>[^\"']+)(?P=mark)")
_FENCE = pattern(r"^[ \t]*(?:`{3,}|~{3,})[ \t]*\{(?:code-cell|python)\}?")
_NAME = pattern(r"^(?P<name>[^:]+?)(?::(?P<form>[^:]*))?$")
_STORE = """\
def _gluing():
    import sys, types
    values, package = {}, types.ModuleType("myst_nb")
    def glue(name, variable, display=True):
        values[name] = variable
        if display:
            globals().get("display", print)(variable)
    def glued(name, form="", math=False):
        if math:
            tex = values[name]._repr_latex_() if hasattr(values[name], "_repr_latex_") else str(values[name])
            return tex.strip().strip("$").strip().removeprefix("\\\\displaystyle").strip()
        return format(values[name], form) if form else values[name]
    package.glue = glue
    sys.modules["myst_nb"] = package
    return glued
glued = _gluing()""".split("\n")


def with_store(lines: Lines) -> Lines:
    """The page with the hidden cell, where its text asks for what a cell of it glues."""
    text = "\n".join(line for line, _ in lines)
    if "{glue" not in text or not _GLUED.search(text):
        return lines
    code = in_code(lines)
    first = next((k for k, (line, _) in enumerate(lines) if k in code and _GLUED.search(line)), 0)
    start = next((k for k in range(first, -1, -1) if _FENCE.match(lines[k][0])), None)
    if start is None:
        return lines
    number = lines[start][1]
    cell = ["", "```{code-cell} ipython3", ":tags: [remove-cell]", "", *_STORE, "```", ""]
    return [*lines[:start], *((line, number) for line in cell), *lines[start:]]


def places(lines: Lines) -> dict[str, int]:
    """Names that cells glue → the line where each is glued first."""
    found: dict[str, int] = {}
    code = in_code(lines) if any("glue(" in line for line, _ in lines) else set()
    for at in sorted(code):
        for one in _GLUED.finditer(lines[at][0]):
            found.setdefault(one["name"], lines[at][1])
    return found


def role(name: str, value: str, line: int, known: Mapping[str, int]) -> str | None:
    """`{glue}`name`` and `{glue:text}`name:.2f`` as an expression; None where nothing glues the name above."""
    asked = _NAME.match(value.strip())
    if not asked or not _is_known(asked["name"], line, known):
        return None
    form = asked["form"] or ""
    return f"`{{python}} glued({asked['name']!r}{f', {form!r}' if form else ''})`"


def directive(found: Directive, inside: Inside, known: Mapping[str, int]) -> Lines | None:
    """`{glue}`, `{glue:figure}` and `{glue:math}` as cells that show the value; None as for a role."""
    name = found.argument.strip()
    if not _is_known(name, found.line, known):
        return None
    kind = found.name.partition(":")[2]
    options = ["tags: [remove-input]"]
    code = f"glued({name!r})"
    if kind == "math":
        star = "" if found.label else "*"
        start, end = f"\\begin{{equation{star}}}", f"\\end{{equation{star}}}"
        start += f"\\label{{{found.label}}}" if found.label else ""
        options.append("output: asis")
        code = f"print({start!r} + glued({name!r}, math=True) + {end!r})"
    options += [f"fig-alt: {json.dumps(found.options['alt'])}"] if found.options.get("alt") else []
    texts = ["", "```{code-cell} ipython3", *(f":{option}" for option in options), "", code, "```", ""]
    cell = [(text, found.line) for text in texts]
    if kind != "figure" or not (found.label or found.body):
        return cell
    return wrapped(found.line, f"{{{identifier(found)}.figure-group}}", [*cell, *inside.blocks(found.body)])


def _is_known(name: str, line: int, known: Mapping[str, int]) -> bool:
    if known.get(name, line + 1) <= line:
        return True
    later = f"; it is glued in line {known[name]}" if name in known else ""
    message = f"no cell of this page above glues '{name}'{later}"
    report("dialect-unknown", message, line=line, hint="glue the value in a cell of this page, before the text")
    return False
