"""A project for Jupyter Book, mystmd or Sphinx, read where there is no `gradpress.yml`.

Its title, authors, navigation, bibliography, macros and numbers, in our words.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Any

from gradpress.dialects import myst_header
from gradpress.reading import inputs, yaml_text
from gradpress.reading.yaml_text import Document

FILES = ("_config.yml", "_toc.yml", "myst.yml", "conf.py")


def is_one(content: Path) -> bool:
    """Whether the folder is such a project; other programs have a `_config.yml` or `conf.py`, too."""
    for name in FILES:
        inputs.note(content / name)
    if (content / "myst.yml").is_file() or (content / "_toc.yml").is_file():
        return True
    values = _values(content)
    extensions = " ".join(map(str, _list(_sphinx(values).get("extensions"))))
    return "myst" in extensions or bool({"parse", "execute", "bibtex_bibfiles"} & values.keys())


def configuration(content: Path) -> Document:
    """The configuration as ours; what only the other program knows is left out."""
    found = _of_mystmd(content) if (content / "myst.yml").is_file() else _of_jupyter_book(content)
    return Document({key: value for key, value in found.items() if value not in (None, "", [], {})}, {})


def substitutions(root: Path) -> Mapping[str, Any]:
    """What `{{ key }}` stands for on every page."""
    values = _values(root)
    own = _mapping(_mapping(values.get("parse")).get("myst_substitutions"))
    sphinx = _mapping(_sphinx(values).get("myst_substitutions"))
    return {**sphinx, **own, **_mapping(_mapping(values.get("project")).get("substitutions"))}


def references(root: Path) -> Mapping[str, str]:
    """Other projects by the names that links give them, with their addresses."""
    named = _mapping(_mapping(_values(root).get("project")).get("references"))
    return {str(key): str(_mapping(value).get("url", value)) for key, value in named.items()}


def _values(root: Path) -> Mapping[str, Any]:
    """What the project's own configuration says."""
    for name in FILES:
        path = root / name
        inputs.note(path)
        if path.is_file() and name != "_toc.yml":
            return _parsed(path, path.stat().st_mtime_ns)
    return {}


@lru_cache(maxsize=64)
def _parsed(path: Path, _: int) -> Mapping[str, Any]:
    return {"sphinx": {"config": _python(path)}} if path.suffix == ".py" else _read(path)


def _python(path: Path) -> dict[str, Any]:
    """The plain values of a Sphinx project's `conf.py`; nothing in it is run."""
    found: dict[str, Any] = {}
    try:
        tree = ast.parse(path.read_text(encoding="utf-8"))
    except (SyntaxError, ValueError, OSError):
        return found
    for statement in tree.body:
        if isinstance(statement, ast.Assign) and isinstance(target := statement.targets[0], ast.Name):
            with suppress(ValueError, TypeError, SyntaxError):
                found[target.id] = ast.literal_eval(statement.value)
    return found


def _sphinx(values: Mapping[str, Any]) -> Mapping[str, Any]:
    return _mapping(_mapping(values.get("sphinx")).get("config"))


def _read(path: Path) -> Mapping[str, Any]:
    return yaml_text.parse(path.read_text(encoding="utf-8")).values if path.is_file() else {}


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value] if value else []


# ── Jupyter Book 1 and Sphinx ────────────────────────────────────────────────────────────────────


def _of_jupyter_book(content: Path) -> dict[str, Any]:
    values, toc = _values(content), _toc(content / "_toc.yml")
    sphinx = _sphinx(values)
    numbered = _is_numbered(toc)
    numbering: dict[str, Any] = {"chapters": True, "sections": True} if numbered else {}
    if sphinx.get("math_number_all") is True:
        numbering["equations"] = "all"
    elements = _mapping(sphinx.get("latex_elements")) or _mapping(_mapping(values.get("latex")).get("latex_elements"))
    tex = [myst_header.macros(_macros(sphinx)), str(elements.get("mathematics", ""))]
    execute = _mapping(values.get("execute"))
    run = str(execute.get("execute_notebooks", "auto")).lower()
    return {
        "title": values.get("title") or sphinx.get("project"),
        "author": values.get("author") or sphinx.get("author"),
        "description": values.get("description"),
        "lang": sphinx.get("language"),
        "base-url": _address(_mapping(values.get("html")).get("baseurl")),
        "bibliography": _list(values.get("bibtex_bibfiles") or sphinx.get("bibtex_bibfiles")),
        "header-includes": "\n".join(filter(None, tex)),
        "numbering": numbering,
        "execute": {
            **({"enabled": False} if run in ("off", "false") else {}),
            **({"timeout": execute["timeout"]} if _is_time(execute.get("timeout")) else {}),
        },
        "nav": list(_contents(toc, content)),
        "unnumbered": list(_without_number(toc, content)) if numbered else [],
    }


def _address(value: Any) -> str | None:
    """An address of the site; a path alone says nothing to machines."""
    return value if isinstance(value, str) and value.startswith(("http://", "https://")) else None


def _without_number(toc: Mapping[str, Any], content: Path) -> Iterator[str]:
    """The first page, and the pages of parts that are not numbered."""
    if isinstance(root := toc.get("root"), str):
        yield from _pages([root], content)
    for part in map(_mapping, _list(toc.get("parts"))):
        if not part.get("numbered") and not _mapping(toc.get("options")).get("numbered"):
            for entry in _entries(part, content):
                yield from ([entry] if isinstance(entry, str) else map(str, _mapping(entry).values()))


def _is_time(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value > 0


def _macros(sphinx: Mapping[str, Any]) -> Mapping[str, Any]:
    for key in ("mathjax4_config", "mathjax3_config", "mathjax_config"):
        for tex in ("tex", "TeX"):
            tex_ = _mapping(_mapping(sphinx.get(key)).get(tex))
            if found := _mapping(tex_.get("macros") or tex_.get("Macros")):
                return found
    return {}


def _toc(path: Path) -> Mapping[str, Any]:
    """The table of contents; the older form is a list."""
    if not path.is_file():
        return {}
    text = path.read_text(encoding="utf-8")
    if text.lstrip("-# \n").startswith(("file:", "part:", "url:")) and text.lstrip().startswith("-"):
        text = "chapters:\n" + text
    return yaml_text.parse(text).values


def _is_numbered(toc: Mapping[str, Any]) -> bool:
    places = [toc, _mapping(toc.get("options")), _mapping(toc.get("defaults")), *map(_mapping, _list(toc.get("parts")))]
    return any(place.get("numbered") for place in places)


def _contents(toc: Mapping[str, Any], content: Path) -> Iterator[Any]:
    if isinstance(root := toc.get("root"), str):
        yield from _pages([root], content)
    for part in _list(toc.get("parts")):
        inside = list(_entries(_mapping(part), content))
        if inside:
            yield {str(_mapping(part).get("caption") or "…"): inside}
    yield from _entries(toc, content)


_INSIDE = ("chapters", "sections", "entries", "subtrees", "children")


def _entries(holder: Mapping[str, Any], content: Path) -> Iterator[Any]:
    for key in _INSIDE:
        for item in _list(holder.get(key)):
            yield from _entry(item, content)


def _entry(item: Any, content: Path) -> Iterator[Any]:
    """A page with those under it behind it; a title with its pages; what the web has is left out."""
    found = {"file": item} if isinstance(item, str) else _mapping(item)
    pages = list(_pages([found["file"]], content)) if isinstance(found.get("file"), str) else []
    if isinstance(pattern := found.get("glob") or found.get("pattern"), str):
        paths = sorted(content.glob(pattern)) or sorted(content.glob(f"{pattern}.*"))
        pages += list(_pages([p.relative_to(content).as_posix() for p in paths], content))
    title = found.get("title") or found.get("part")
    inside = list(_entries(found, content))
    if pages:
        yield from ([{str(title): page} for page in pages] if title and len(pages) == 1 else pages)
        yield from inside
    elif inside:
        yield {str(title or "…"): inside}


def _pages(names: list[str], content: Path) -> Iterator[str]:
    from gradpress.dialects.myst_labels import file_of  # with the directives: for other projects in vain

    for name in names:
        if (file := file_of(name, content, content)) and file.endswith((".md", ".ipynb", ".tex", ".qmd")):
            yield file.removeprefix("./")


# ── mystmd ───────────────────────────────────────────────────────────────────────────────────────


def _of_mystmd(content: Path) -> dict[str, Any]:
    values = _read(content / "myst.yml")
    project, site = _mapping(values.get("project")), _mapping(values.get("site"))
    toc = _toc(content / "_toc.yml") if not project.get("toc") else {"children": project["toc"]}
    books = [name for name in _list(project.get("bibliography")) if "://" not in str(name)]
    found = sorted(path.relative_to(content).as_posix() for path in content.glob("*.bib"))
    return {
        "title": site.get("title") or project.get("title"),
        "author": myst_header.authors(project["authors"]) if project.get("authors") else project.get("author"),
        "description": project.get("description"),
        "lang": project.get("language"),
        "bibliography": books or found,
        "header-includes": myst_header.macros(_mapping(project.get("math"))),
        "numbering": myst_header.numbering(project.get("numbering")),
        "nav": list(_contents(toc, content)),
    }
