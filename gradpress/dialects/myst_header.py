"""The header of a MyST page with the keys that Gradpress knows.

math: {'\\R': '\\mathbb{R}'}     macros, for `header-includes`
numbering: {headings: true}     `numbering: {sections: true}`
authors: [{name: …}]            `author`
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gradpress.reading.yaml_text import Document

_IGNORED = frozenset(
    "short_title label name thumbnail thumbnailOptions banner bannerOptions exports export tags license "
    "copyright doi arxiv open_access github venue biblio oxa identifiers source_url edit_url binder subject site "
    "parts data_availability acknowledgments abbreviations options affiliations contributors funding reviewers "
    "editors settings output_matplotlib_strings skip_execution mystnb myst substitutions html_meta file_format "
    "sd_hide_title orphan nosearch tocdepth html_theme og_title og_description og_image content_includes_title "
    "enumerator social jupyter short-title first_page last_page volume issue keyword requirements resources "
    "accept_consent references_style".split()
)
"""What only sites, journals and notebooks of MyST read."""


def translated(header: Document) -> Document:
    """The header as ours; the same one when nothing in it is MyST's."""
    values = dict(header.values)
    _take_math(values)
    _take_numbering(values)
    _take_authors(values)
    for key in _IGNORED & values.keys():
        del values[key]
    if any(isinstance(one, dict) for one in _listed(values.get("downloads"))):
        del values["downloads"]  # files by name; ours are kinds
    if isinstance(values.get("kernelspec"), dict) and isinstance(values.get("keywords"), str):
        values["keywords"] = [part.strip() for part in values["keywords"].split(",")]
    if values == header.values:
        return header
    lines = dict(header.lines)
    for new, old in (("header-includes", "math"), ("author", "authors")):
        if new in values and (new,) not in lines and (old,) in lines:
            lines[(new,)] = lines[(old,)]
    return Document(values, lines, header.items)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def macros(given: Mapping[Any, Any]) -> str:
    r"""Macros as `\newcommand`: `'\a': 'text #1'`, `a: ['text #1', 1, 'default']`, `'\a': {macro: …}`."""
    return "\n".join(_macro(str(name), value) for name, value in given.items() if value is not None)


def _macro(name: str, value: Any) -> str:
    value = value.get("macro", "") if isinstance(value, Mapping) else value
    parts = list(value) if isinstance(value, list) else [value]
    body = str(parts[0])
    count = parts[1] if len(parts) > 1 and isinstance(parts[1], int) else max(map(int, _numbers(body)), default=0)
    default = f"[{parts[2]}]" if len(parts) > 2 else ""
    arguments = f"[{count}]{default}" if count else ""
    return f"\\newcommand{{\\{name.lstrip(chr(92))}}}{arguments}{{{body}}}"


def _numbers(body: str) -> list[str]:
    return [body[k + 1] for k, c in enumerate(body[:-1]) if c == "#" and body[k + 1].isdigit()]


def _take_math(values: dict[str, Any]) -> None:
    math = values.get("math")
    if not isinstance(math, dict):
        return
    own = {key: value for key, value in math.items() if str(key).startswith("\\")}
    if not own:
        return
    rest = {key: value for key, value in math.items() if key not in own}
    before = values.get("header-includes")
    shown = [str(v) for v in (before if isinstance(before, list) else [before]) if v]
    values["header-includes"] = "\n".join([*shown, macros(own)])
    values.pop("math")
    if rest:
        values["math"] = rest


def numbering(given: Any) -> dict[str, Any]:
    """What MyST's `numbering` says of sections, in our words; nothing when it says nothing."""
    if isinstance(given, bool):
        return {"sections": given}
    if not isinstance(given, dict):
        return {}
    ours = {key: given[key] for key in ("equations", "sections", "style", "chapters", "prefixes") if key in given}
    heads = [given.get(key) for key in ("headings", "heading_1", "heading_2")]
    if any(_is_on(head) for head in heads):
        ours["sections"] = True
    return ours


def _is_on(value: Any) -> bool:
    return value is True or (isinstance(value, dict) and value.get("enabled") is not False)


def _take_numbering(values: dict[str, Any]) -> None:
    if "numbering" in values and (found := numbering(values["numbering"])) != values["numbering"]:
        values.pop("numbering")
        if found:
            values["numbering"] = found


def authors(given: Any) -> list[str]:
    """Names of authors, however they are listed."""
    listed = given if isinstance(given, list) else [given]
    names = [one.get("name") or one.get("id", "") if isinstance(one, dict) else one for one in listed]
    return [" ".join(map(str, n.values())) if isinstance(n, dict) else str(n) for n in names if n]


def _take_authors(values: dict[str, Any]) -> None:
    if "authors" in values:
        given = values.pop("authors")
        values.setdefault("author", authors(given))


def substitutions(header: Mapping[str, Any], root: Path) -> dict[str, str]:
    """What `{{ name }}` stands for, by the header of the page and by the project in the folder `root`."""
    from gradpress.projects import myst as myst_project

    found: dict[str, Any] = dict(myst_project.substitutions(root))
    for holder in (header.get("myst"), header):
        own = holder.get("substitutions") if isinstance(holder, dict) else None
        found |= own if isinstance(own, dict) else {}
    return {str(key): str(value) for key, value in found.items()}
