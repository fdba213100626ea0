"""Results of cells as pandoc elements that every format can write.

The structure is the same for all formats; where they must differ, both variants are there in a
`.only-html` and an `.only-tex` division, and each format drops the other's:

    Div.cell
      CodeBlock.python.cell-code              the author's code (in Div.code-fold when folded)
      Div.output.stdout | .stderr | .result | .error …
      Figure.cell-figure, Figure.loss-plot    images are files of the cache
"""

from __future__ import annotations

import ast
import html
import re
from collections.abc import Iterable
from typing import cast

import panflute as pf

from gradpress import cell_code, output_floats
from gradpress import output_figures as figures
from gradpress.cache import Storage
from gradpress.cells import Cell, Failure, Figure, Options, Output, Result, Rich, Stream
from gradpress.context import Context
from gradpress.output_figures import Shown
from gradpress.patterns import pattern
from gradpress.walking import NAMED, collected

_ANSI = pattern(r"\x1b\[[0-9;?]*[ -/]*[@-~]|\x1b\][^\x07]*(?:\x07|\x1b\\)")
_DIAGRAMS = {"text/vnd.graphviz": "dot", "text/vnd.mermaid": "mermaid"}
"""Kinds of what a value shows itself as → what draws it; see `filters/diagrams.py`."""
_CONTROL = pattern(r"[\x00-\x08\x0b-\x1f\x7f]")


def replaced(
    cell: Cell, result: Result | None, element: pf.Element, store: Storage, page: Context, number: int = 0
) -> pf.Element | list[pf.Element]:
    """What stands in place of the cell `element` on the page; `result` is None when it did not run.

    Its `number` is for formats in which every cell has a name.
    """
    if cell.inline:
        return _inline(result, Shown(cell.options, store, page, 0))
    if not cell.options.include:
        return []
    shown = Shown(cell.options, store, page, _count(result), cell.place.line)
    made = output_floats.arranged(_results(cell, result, shown), cell.options, figures.caption) if result else []
    code = cell_code.shown(cell, element, figures.caption)
    if result is None or (result.error and result.error.kind == "not-run"):
        code = output_floats.not_run(code, cell.options, figures.caption)
    blocks = code + _placed(made, cell.options)
    if not blocks:
        return []
    label = cell.options.label
    taken = any(getattr(part, "identifier", "") == label for block in made for part in collected(block, *NAMED))
    numbered = {"cell": str(number)} if number else {}
    return pf.Div(*blocks, identifier="" if taken else label, classes=["cell"], attributes=numbered)


def _placed(blocks: list[pf.Element], options: Options) -> list[pf.Element]:
    """`column: margin` and its like."""
    return [pf.Div(*blocks, classes=[f"column-{options.column}"])] if options.column and blocks else blocks


def _count(result: Result | None) -> int:
    return sum(isinstance(o, Figure) for o in result.outputs) + bool(result.curves) if result else 0


# ── outputs ──────────────────────────────────────────────────────────────────────────────────────


def _results(cell: Cell, result: Result, shown: Shown) -> list[pf.Element]:
    outputs: list[Output] = list(result.outputs)
    if result.error and not any(isinstance(o, Failure) for o in outputs):
        outputs.append(result.error)
    blocks: list[pf.Element] = []
    if cell.options.output:
        blocks += _all(outputs, shown)
    else:
        blocks += [_failure(o) for o in outputs if isinstance(o, Failure)]
    if result.origin == "stale" and (blocks or result.curves):
        note = pf.Para(*figures.words_of("Stored result of an earlier version of this page."))
        blocks.insert(0, pf.Div(note, classes=["output", "stale"]))
    if result.curves and cell.options.output:
        blocks.append(figures.of_losses(result, shown, first=not any(isinstance(o, Figure) for o in outputs)))
    if blocks and cell.options.output == "fold":
        return [pf.Div(*blocks, classes=["code-fold", "of-output"])]
    return blocks


def _all(outputs: list[Output], shown: Shown) -> list[pf.Element]:
    blocks: list[pf.Element] = []
    first = True
    for output in _joined(outputs):
        if isinstance(output, Stream):
            blocks += _stream(output, shown)
        elif isinstance(output, Rich):
            blocks += _rich(output, shown)
        elif isinstance(output, Figure):
            blocks.append(figures.drawn(output, shown, first=first))
            first = False
        else:
            blocks.append(_failure(output))
    return blocks


def _joined(outputs: Iterable[Output]) -> list[Output]:
    """Pieces of the same stream that follow each other as one."""
    joined: list[Output] = []
    for output in outputs:
        last = joined[-1] if joined else None
        if isinstance(output, Stream) and isinstance(last, Stream) and last.name == output.name:
            joined[-1] = Stream(last.name, last.text + output.text)
        else:
            joined.append(output)
    return joined


def _stream(stream: Stream, shown: Shown) -> list[pf.Element]:
    if shown.options.output == "asis" and stream.name == "stdout":
        return figures.markdown(stream.text)
    text = clean(stream.text)
    return [_output(pf.CodeBlock(text, classes=["output"]), stream.name)] if text.strip() else []


def clean(text: str) -> str:
    """Text as a page can hold it: no colours, no control characters, progress bars at their last state."""
    text = _ANSI.sub("", text).replace("\r\n", "\n")
    text = "\n".join(line.rstrip("\r").rpartition("\r")[2] for line in text.split("\n"))
    return _CONTROL.sub("", text).rstrip("\n")


def _rich(output: Rich, shown: Shown) -> list[pf.Element]:
    data = output.data
    if diagram := next((kind for kind in _DIAGRAMS if kind in data), ""):
        return [figures.diagram(data[diagram], _DIAGRAMS[diagram], shown)]
    picture = next((n for m in ("image/svg+xml", "image/png", "image/jpeg") if (n := output.files.get(m))), "")
    if picture and "text/html" not in data:
        return [figures.picture(picture, shown)]
    if "text/markdown" in data:
        return [_output_div(figures.markdown(data["text/markdown"]), "result", "markdown")]
    if "text/html" in data:
        return [_html(data)]
    if "text/latex" in data:
        return [_output_div(_latex(data["text/latex"]), "result", "latex")]
    text = clean(data.get("text/plain") or data.get("application/json", ""))
    return [_output(pf.CodeBlock(text, classes=["output"]), "result")] if text else []


def _html(data: dict[str, str] | object) -> pf.Div:
    """HTML as it is for HTML; for TeX what pandoc makes of it, where the plain text says less."""
    values = cast(dict[str, str], data)
    only_html = pf.Div(pf.RawBlock(values["text/html"], format="html"), classes=["only-html"])
    if "text/latex" in values:
        tex = _latex(values["text/latex"])
    elif "<table" in values["text/html"] or re.match(r"<.*>$", values.get("text/plain", "<>").strip()):
        without_style = re.sub(r"<style.*?</style>", "", values["text/html"], flags=re.S | re.I)
        tex = figures.read(without_style, "html")
    else:
        tex = [pf.CodeBlock(clean(values.get("text/plain", "")), classes=["output"])]
    return _output_div([only_html, pf.Div(*tex, classes=["only-tex"])], "result", "html")


def _latex(text: str) -> list[pf.Element]:
    """`$…$`, `$$…$$`, `\\[…\\]` or an environment, as IPython's `_repr_latex_` gives them."""
    stripped = text.strip()
    for left, right in (("$$", "$$"), ("\\[", "\\]"), ("$", "$")):
        if stripped.startswith(left) and stripped.endswith(right) and len(stripped) > len(left + right):
            inner = stripped[len(left) : -len(right)].strip().removeprefix("\\displaystyle").strip()
            if "$" not in inner:
                return [pf.Para(pf.Math(inner, format="DisplayMath"))]
    return [pf.RawBlock(stripped, format="tex")]


def _failure(failure: Failure) -> pf.Div:
    text = clean(failure.traceback) or clean(str(failure))
    return _output(pf.CodeBlock(text, classes=["output"]), "error")


def _output(block: pf.Element, kind: str) -> pf.Div:
    return pf.Div(block, classes=["output", kind])


def _output_div(blocks: list[pf.Element], *classes: str) -> pf.Div:
    return pf.Div(*blocks, classes=["output", *classes])


# ── inline ───────────────────────────────────────────────────────────────────────────────────────


def _inline(result: Result | None, shown: Shown) -> pf.Element | list[pf.Element]:
    """The value in the line of text: a figure, a formula, Markdown, or words."""
    if result is None or result.error:
        text = str(result.error) if result and result.error else "not run"
        return pf.Span(pf.Str(clean(text)), classes=["inline-error"])
    drawn = next((o for o in result.outputs if isinstance(o, Figure)), None)
    if drawn is not None:
        return list(figures.drawn(drawn, shown, first=False).content[0].content)
    value = next((o for o in result.outputs if isinstance(o, Rich)), None)
    if value is None:
        streams = "".join(o.text for o in result.outputs if isinstance(o, Stream))
        return figures.words_of(clean(streams))
    if "text/latex" in value.data:
        return pf.Math(value.data["text/latex"].strip().strip("$").strip(), format="InlineMath")
    return _inline_markdown(value.data.get("text/markdown") or _said(value.data.get("text/plain", "")))


def _said(plain: str) -> str:
    """A string without the quotes of its representation."""
    if plain[:1] in "'\"":
        try:
            return str(ast.literal_eval(plain))
        except (ValueError, SyntaxError):
            return plain
    return plain


def _inline_markdown(text: str) -> list[pf.Element]:
    if re.fullmatch(r"[\w .,:;+()/=%-]*", text):  # nothing that Markdown would read: no need of pandoc
        return figures.words_of(text)
    blocks = figures.markdown(text)
    return (
        list(blocks[0].content) if blocks and isinstance(blocks[0], pf.Para) else figures.words_of(html.unescape(text))
    )
