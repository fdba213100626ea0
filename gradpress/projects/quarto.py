"""`_quarto.yml` of a project that has no `gradpress.yml`: its title, its sidebar, and what both programs call alike."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from gradpress.reading import tex_files
from gradpress.reading.yaml_text import Document, Path

_SAME = (
    "lang", "bibliography", "csl", "author", "toc", "toc-depth", "number-sections", "execute", "crossref", "from",
    "description", "image", "image-alt", "repo-url", "repo-branch", "repo-subdir", "repo-actions",
)  # fmt: skip
"""Keys with the same meaning, at the top or in `format: {html: …}`."""


def translated(document: Document) -> Document:
    """The configuration as ours; what only Quarto knows is left out."""
    values = document.values
    site = _mapping(values.get("website")) or _mapping(values.get("book")) or _mapping(values.get("manuscript"))
    form, paper = (_mapping(_mapping(values.get("format")).get(name)) for name in ("html", "pdf"))
    found = {key: source[key] for source in (form, values, site) for key in _SAME if key in source}
    if "from" not in found and "from" in paper:
        found["from"] = paper["from"]
    if tex := [source["include-in-header"] for source in (values, paper, form) if "include-in-header" in source]:
        given = [one for entry in tex for one in (entry if isinstance(entry, list) else [entry])]
        found["include-in-header"] = [one for one in given if not tex_files.is_of_html(one)]
    title = site.get("title") or _mapping(values.get("project")).get("title") or values.get("title")
    if title:
        found["title"] = title
    if str(site.get("site-url", "")).startswith("http"):
        found["base-url"] = site["site-url"]
    numbering: dict[str, Any] = {}
    if found.pop("number-sections", False) is True:
        numbering["sections"] = True
    if "book" in values:
        numbering |= {"chapters": True, "sections": True}
    if numbering:
        found["numbering"] = numbering
    contents = site.get("chapters") or _sidebar(site.get("sidebar"))
    late = [entry for item in _list(site.get("appendices")) for entry in _entry(item)]
    nav = [entry for item in _list(contents) for entry in _entry(item)]
    nav += [{"Appendices": late}] if late else []
    if late:
        found["numbering"] = {**found.get("numbering", {}), "appendices": list(_pages(late))}
    if nav:
        found["nav"] = nav
    execute = {**_of_cells(form), **_mapping(found.get("execute"))}
    if execute:
        found["execute"] = {k: v for k, v in execute.items() if k in _EXECUTE}
    lines: dict[Path, int] = {(key,): document.line(*_old(key, document)) for key in found}
    return Document(found, lines, {("nav", value): line for (_, value), line in document.items.items()})


_EXECUTE = ("echo", "eval", "warning", "error", "output", "enabled", "include", "code-fold", "code-summary",
            "fig-width", "fig-height")  # fmt: skip


def _of_cells(form: Mapping[str, Any]) -> dict[str, Any]:
    return {key: form[key] for key in ("code-fold", "code-summary", "fig-width", "fig-height") if key in form}


def _old(key: str, document: Document) -> tuple[str, ...]:
    return (key,) if key in document.values else ("website",) if "website" in document.values else ("book",)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _pages(entries: list[Any]) -> Iterator[str]:
    for entry in entries:
        for inside in entry.values() if isinstance(entry, dict) else [entry]:
            yield from _pages(inside) if isinstance(inside, list) else [str(inside)]


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _sidebar(value: Any) -> Any:
    first = value[0] if isinstance(value, list) and value else value
    return _mapping(first).get("contents")


def _entry(item: Any) -> list[Any]:
    """A page, a section with pages, or a link; `auto` and rules across are left to the order of files."""
    if isinstance(item, str):
        return [item] if item.endswith((".qmd", ".md", ".ipynb")) else []
    found = _mapping(item)
    inside = found.get("contents") or found.get("chapters")
    name = found.get("section") or found.get("part") or found.get("text")
    if isinstance(inside, list):
        children = [entry for child in inside for entry in _entry(child)]
        return [{str(name or "…"): children}] if children else []
    target = found.get("href") or found.get("file")
    if not isinstance(target, str) or not target.endswith((".qmd", ".md", ".ipynb")):
        return []
    return [{str(name): target}] if name else [target]
