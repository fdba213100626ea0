"""Quarto's shortcodes: `{{< include part.qmd >}}`, `{{< meta title >}}`, `{{< var name >}}`, `{{< pagebreak >}}`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gradpress.diagnostics import report
from gradpress.dialects import Lines, Surroundings, in_code, including
from gradpress.patterns import pattern
from gradpress.reading import fences, inputs, yaml_text

_CODE = pattern(r"\{\{<\s*(?P<name>[\w-]+)\s*(?P<arguments>.*?)\s*>\}\}")
_ESCAPED = pattern(r"\{\{\{<(?=\s)(.*?)(?<=\s)>\}\}\}")
"""A shortcode that is to be shown."""
_INTERLINK = pattern(r"\[([^\]]*)\]\((?::[\w:]+:)?`(~?)([\w.]+)`\)")
"""A link of quartodoc to what another program documents: its name remains."""
_SPAN = pattern(r"(`+)(?!`).*?(?<!`)\1(?!`)")


def translated(lines: Lines, page: Surroundings) -> Lines:
    """The lines with shortcodes replaced; code shows them as they are written."""
    return _translated(lines, page, page.folder, 0)


def _translated(lines: Lines, page: Surroundings, folder: Path, depth: int) -> Lines:
    code, cells = in_code(lines), _in_cells(lines)
    done: Lines = []
    for at, (text, number) in enumerate(lines):
        include = _CODE.fullmatch(text.strip())
        if at in code and not (at in cells and include and include["name"] == "include"):
            done.append((_ESCAPED.sub(r"{{<\1>}}", text), number))
        elif include and include["name"] == "include":
            name = include["arguments"].strip("\"'")
            done += including.lines_of(
                name, number, page, folder, depth, lambda inner, within: _translated(inner, page, within, depth + 1)
            )
        elif include and include["name"] == "embed":
            done += _embedded(include["arguments"], number, page, folder) or [(_line(text, number, page), number)]
        else:
            done.append((_line(text, number, page), number))
    return done


def _embedded(arguments: str, number: int, page: Surroundings, folder: Path) -> Lines | None:
    from gradpress.dialects import embed

    return embed.lines(arguments, number, page, folder)


def _in_cells(lines: Lines) -> set[int]:
    """Indices of lines in blocks such as ```` ```{python} ````, which may include a file of code."""
    found = fences.find([text for text, _ in lines])
    cells = [fence for fence in found if fence.closed and re.match(r"\{[a-z]", fence.info)]
    return {k for fence in cells for k in range(fence.start + 1, fence.end)}


def _line(text: str, number: int, page: Surroundings) -> str:
    if "](`" in text or "](:" in text:
        text = _INTERLINK.sub(lambda m: m[1] or f"`{m[3].rpartition('.')[2] if m[2] else m[3]}`", text)
    if "{{<" not in text:
        return text
    if _ESCAPED.search(text):
        kept = _ESCAPED.split(text)
        return "".join(f"{{{{<{part}>}}}}" if k % 2 else _line(part, number, page) for k, part in enumerate(kept))
    code = [found.span() for found in _SPAN.finditer(text)]

    def value(found: re.Match[str]) -> str:
        if any(start <= found.start() < end for start, end in code):
            return found[0]
        said = _value(found["name"], found["arguments"].split(), page)
        if said is None:
            hint = "write what it stands for"
            report("dialect-unknown", f"the shortcode '{found[0]}' is not understood", line=number, hint=hint)
            return found[0]
        return said

    return _CODE.sub(value, text)


def _value(name: str, arguments: list[str], page: Surroundings) -> str | None:
    if name == "meta" and arguments:
        return _looked_up(page.header, arguments[0])
    if name == "var" and arguments:
        return _looked_up(_variables(page), arguments[0])
    if name == "pagebreak":
        return "\\newpage"
    if name == "video" and arguments:
        return f"[{arguments[0]}]({arguments[0]})"
    if name == "kbd" and arguments:
        return f"`{' '.join(arguments)}`"
    return None


def _looked_up(values: Mapping[str, Any], key: str) -> str | None:
    found: Any = values
    for part in key.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    return None if found is None else str(found)


def _variables(page: Surroundings) -> Mapping[str, Any]:
    path = page.root / "_variables.yml"
    inputs.note(path)
    return yaml_text.parse(path.read_text(encoding="utf-8")).values if path.is_file() else {}
