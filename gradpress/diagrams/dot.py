"""Graphviz: graphs whose layout `dot`, or another of its programs, finds.

Defaults that fit a page are given on the command line, where the graph's own attributes win.  LaTeX is given the same
SVG, which librsvg converts.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from hashlib import sha256

from gradpress.diagrams import Diagram, Drawing, Failed, Tools, svg
from gradpress.patterns import pattern

options = {"layout": "dot|neato|fdp|sfdp|twopi|circo|osage|patchwork"}
TIME_LIMIT = 60.0
_FONT = "Helvetica,Arial,sans-serif"
_DEFAULTS = (
    *("-Gbgcolor=transparent", f"-Gfontname={_FONT}", f"-Nfontname={_FONT}", f"-Efontname={_FONT}"),
    *("-Gfontsize=12", "-Nfontsize=12", "-Efontsize=11"),
)
_SYNTAX = pattern(r"syntax error in line (\d+)(?: near '(.*)')?")
_IN_LABEL = pattern(r"(.+?) in line \d+\s*\n\.\.\. (.*?) \.\.\.\s*\nin label of (?:node|edge|graph) (\S+)")
_WARNING = pattern(r"^Warning: (.+)$", re.M)
_WORD = pattern(r"[\w.#/-]+")


def drawn(diagram: Diagram, tools: Tools) -> Drawing:
    """The graph as SVG.  Raises Failed."""
    layout = diagram.options.get("layout", "dot")
    program = shutil.which("dot")
    key = sha256(json.dumps([_DEFAULTS, layout, diagram.text]).encode()).hexdigest()
    known = tools.store.get("graphviz", key)
    if isinstance(known, dict) and tools.store.blob(known["image"]) is not None:
        return Drawing(known["image"], known["words"], warnings=tuple((n, said) for n, said in known["warnings"]))
    if program is None:
        raise Failed("diagram-missing", "Graphviz diagrams need 'dot', which was not found", hint="install graphviz")
    text, warnings = _made(program, layout, diagram.text)
    made = svg.bare(text)
    drawing = Drawing(tools.store.put_blob(made.encode(), "svg"), svg.words(made), warnings=warnings)
    kept = {"image": drawing.image, "words": drawing.words, "warnings": warnings}
    tools.store.put("graphviz", key, kept)
    return drawing


def _made(program: str, layout: str, text: str) -> tuple[str, tuple[tuple[int, str], ...]]:
    command = [program, f"-K{layout}", "-Tsvg", *_DEFAULTS]
    environment = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    try:
        done = subprocess.run(
            command, input=text.encode(), capture_output=True, timeout=TIME_LIMIT, check=False, env=environment, cwd="/"
        )
    except subprocess.TimeoutExpired:
        hint = "draw a part of the graph, or take another layout: sfdp"
        raise Failed("diagram-syntax", f"Graphviz did not end in {TIME_LIMIT:.0f} s", hint=hint) from None
    except OSError as error:
        raise Failed("diagram-missing", f"'{program}' cannot be started ({error.strerror})") from None
    said = done.stderr.decode(errors="replace")
    if done.returncode or b"<svg" not in done.stdout:
        raise _fault(said, text)
    return done.stdout.decode(errors="replace"), tuple(dict.fromkeys(_located(said, text)))


def _fault(said: str, text: str) -> Failed:
    lines = text.rstrip().split("\n")
    if syntax := _SYNTAX.search(said):
        number = min(int(syntax[1]), len(lines))
        near = f" near '{syntax[2]}'" if syntax[2] else ""
        at_end = " at its end" if int(syntax[1]) > len(lines) else ""
        hint = "a brace is not closed" if at_end and text.count("{") > text.count("}") else ""
        return Failed("diagram-syntax", f"Graphviz cannot read the graph{near}{at_end}", number - 1, hint)
    if label := _IN_LABEL.search(said):
        message = f"Graphviz cannot read the label of {label[3]}: {label[1].removeprefix('Error: ')}"
        return Failed("diagram-syntax", message, _line_with(label[2].strip(), lines))
    first = next((line for line in said.splitlines() if line.strip()), "it says nothing")
    return Failed("diagram-syntax", f"Graphviz: {first.removeprefix('Error: ')}")


def _located(said: str, text: str) -> Iterator[tuple[int, str]]:
    """Each warning with the first line that has one of its words, the rarest first."""
    lines = text.split("\n")
    for warning in _WARNING.findall(said):
        words = sorted(_WORD.findall(warning), key=lambda word: sum(word in line for line in lines) or len(lines) + 1)
        yield _line_with(words[0], lines) if words else 0, f"Graphviz: {warning.rstrip('.')}"


def _line_with(word: str, lines: list[str]) -> int:
    return next((k for k, line in enumerate(lines) if word in line), 0)
