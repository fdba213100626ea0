"""Stored outputs of a notebook's cell as Markdown: the richest form that HTML and PDF can both show."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable, Iterator
from typing import Any

from gradpress.cache import Store
from gradpress.diagnostics import PageError, record, report
from gradpress.dialects import Surroundings
from gradpress.patterns import pattern
from gradpress.records import dataclass, field

IMAGES = {"image/svg+xml": "svg", "image/png": "png", "image/jpeg": "jpg", "image/gif": "gif", "image/webp": "webp"}
_ANSI = pattern(r"\x1b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\x07]*(?:\x07|\x1b\\))")
_CONTROL = pattern(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_BLANK = ("application/vnd.jupyter.widget-view+json", "application/javascript", "application/vnd.bokehjs_load.v0+json")
"""Kinds that only a running notebook shows."""


@dataclass
class Shown:
    """What showing the outputs of one cell needs."""

    page: Surroundings
    line: int
    label: str = ""
    caption: str = ""
    alt: str = ""
    captioned: bool = field(default=False)
    """Whether a picture has the caption already."""


def text_of(value: Any) -> str:
    """A text that may be a list of its lines."""
    return "".join(map(str, value)) if isinstance(value, list) else str(value)


def markdown(outputs: Iterable[dict[str, Any]], shown: Shown, tags: set[str]) -> Iterator[str]:
    """Lines of Markdown for the outputs in their order; pieces of one stream are joined."""
    gone = {name for name in ("stdout", "stderr") if {f"remove-{name}", f"remove_{name}"} & tags}
    for output in _joined(outputs):
        if output.get("output_type") == "stream":
            name = "stderr" if output.get("name") == "stderr" else "stdout"
            if name not in gone:
                yield from _plain(name, output["text"])
        elif output.get("output_type") == "error":
            text = "\n".join(map(str, output.get("traceback", ())))
            yield from _plain("error", text or f"{output.get('ename')}: {output.get('evalue')}")
        else:
            yield from _rich(output.get("data", {}), output.get("metadata", {}), shown)


def _joined(outputs: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    joined: list[dict[str, Any]] = []
    for output in outputs:
        last = joined[-1] if joined else {}
        if output.get("output_type") != "stream":
            joined.append(output)
        elif last.get("output_type") == "stream" and last.get("name") == output.get("name"):
            last["text"] += text_of(output.get("text", ""))
        else:
            joined.append({**output, "text": text_of(output.get("text", ""))})
    return joined


def _plain(kind: str, text: str) -> list[str]:
    """Text without colours, a progress bar in its last state."""
    text = _ANSI.sub("", text).replace("\r\n", "\n")
    text = "\n".join(line.rstrip("\r").rpartition("\r")[2] for line in text.split("\n"))
    lines = _CONTROL.sub("", text).strip("\n").split("\n")
    if not any(line.strip() for line in lines):
        return []
    marks = "~" * max([6, *(len(m[0]) + 1 for line in lines for m in re.finditer(r"~{6,}", line))])
    return [f":::::: {{.output .{kind}}}", f"{marks}{{.output}}", *lines, marks, "::::::", ""]


def _rich(data: dict[str, Any], metadata: dict[str, Any], shown: Shown) -> list[str]:
    kinds = [kind for kind in IMAGES if kind in data]
    if kinds:
        return _image(data, kinds, metadata.get(kinds[0]) or {}, shown)
    plain = _plain("result", text_of(data["text/plain"])) if "text/plain" in data else []
    if "text/latex" in data and not text_of(data["text/latex"]).strip().startswith("\\begin{tab"):
        return ["", *_latex(text_of(data["text/latex"])), ""]
    if "text/markdown" in data:
        return ["", *text_of(data["text/markdown"]).split("\n"), ""]
    if "text/html" in data:
        return _html(text_of(data["text/html"]), plain, shown)
    if not plain and data and not any(kind in _BLANK for kind in data):
        listed = ", ".join(sorted(data))
        report("dialect-unknown", f"an output of type {listed} cannot be shown; it is left out", line=shown.line)
    return plain


def _latex(text: str) -> list[str]:
    r"""A formula as pandoc reads it: `\[…\]` in dollars, dollars without spaces inside."""
    text = re.sub(r"^\\\[(.*)\\\]$", r"$$\1$$", text.strip(), flags=re.S)
    text = re.sub(r"^\$\s*(?!\$)(.*?)(?<!\$)\s*\$$", r"$\1$", text, flags=re.S)
    return re.sub(r"\n\s*\n", "\n", text).split("\n")


def _html(text: str, plain: list[str], shown: Shown) -> list[str]:
    """HTML as it is for HTML; for PDF a table as pandoc reads it, or the plain text."""
    marks = "~" * max([6, *(len(m[0]) + 1 for m in re.finditer(r"~{6,}", text))])
    raw = [":::::: {.output .html .only-html}", f"{marks}{{=html}}", *text.split("\n"), marks, "::::::", ""]
    says_little = not plain or re.fullmatch(r"<.*>", " ".join(plain[2:-3]).strip()) is not None
    other = _of_html(text, shown) if "<table" in text or says_little else plain
    return [*raw, ":::::: {.only-tex}", "", *(other or plain), "", "::::::", ""]


def _of_html(text: str, shown: Shown) -> list[str]:
    from gradpress import pandoc

    without = re.sub(r"<(style|script)\b.*?</\1>", "", text, flags=re.S | re.I)
    try:
        form = "markdown-raw_html-native_divs-native_spans-fenced_divs-bracketed_spans-header_attributes"
        return pandoc.convert(without, "-f", "html", "-t", form, "--wrap=none").text.strip("\n").split("\n")
    except PageError as error:
        record(error.diagnostic)
        return []


def _image(data: dict[str, Any], kinds: list[str], metadata: dict[str, Any], shown: Shown) -> list[str]:
    """The first kind is for HTML; LaTeX takes the first that it can read."""
    paths = {kind: path for kind in kinds if (path := _stored(text_of(data[kind]), kind, shown))}
    if not paths:
        return []
    shown_path = next(iter(paths.values()))
    readable = next((p for kind, p in paths.items() if kind in ("image/png", "image/jpeg")), shown_path)
    width = metadata.get("width") if isinstance(metadata, dict) else None
    size = f" width={int(width)}px" if isinstance(width, int | float) else ""
    alt = re.sub(r"[\"\\]", "", shown.alt or shown.caption or "Output of the cell")
    caption, name = ("", "") if shown.captioned else (shown.caption, shown.label)
    identifier = f"#{name} " if name and (caption or name.startswith("fig")) else ""
    shown.captioned = shown.captioned or bool(caption)
    for_tex = f' tex="{readable}"' if readable != shown_path else ""
    return ["", f'![{caption}]({shown_path}){{{identifier}fig-alt="{alt}"{size}{for_tex}}}', ""]


def _stored(text: str, kind: str, shown: Shown) -> str:
    """The name of the file that the picture becomes; empty when it cannot be read."""
    try:
        data = text.encode() if kind == "image/svg+xml" else base64.b64decode(text)
    except (binascii.Error, ValueError):
        report("notebook-syntax", f"an output of type {kind} cannot be read; it is left out", line=shown.line)
        return ""
    store = Store(shown.page.cache)
    return str(store.blob_path(store.put_blob(data, IMAGES[kind])))
