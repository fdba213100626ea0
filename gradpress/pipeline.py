"""One page through the chain, on one screen.

    read → pandoc → filters (with the cells) → numbers → Page
                                                              → Format.write → Publisher

Everything a stage finds out is reported to the log of the page; what stops a page is a PageError.
"""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from gradpress import anchors, bibliography, context, dialects, pandoc
from gradpress.cache import Store
from gradpress.document import Document
from gradpress.numbers import labels, targets, title_heading
from gradpress.page import Page
from gradpress.projects import quarto_header
from gradpress.reading import displays, fences, header_lines, inputs, leftovers, scraps, source, tex_files
from gradpress.reading.places import Places, located
from gradpress.settings import Settings, page_settings
from gradpress.tex import layout_words, preamble
from gradpress.walking import collected, walk

WORDS = ("title", "subtitle", "author", "date", "abstract", "nocite")
"""Keys of a header that are Markdown; pandoc reads them."""
_REFERENCE = re.compile(r"\\[A-Za-z]*ref\b")
ENTRIES = "references"
"""Key of a header that holds entries of a bibliography."""


def make(path: Path, file: str, name: str, site: Settings, surroundings: context.Context) -> Page:
    """The page at `path`, called `file` in diagnostics and `name` in URLs, after the chain.

    Raises PageError when it cannot be read or a filter fails.
    """
    inputs.note(path)
    text = source.read(path, file, Path(surroundings.root), Path(surroundings.cache))
    metadata_asked = text.header.values if "-meta=" in text.body else {}
    text = replace(text, header=quarto_header.translated(text.header, text.text))
    settings = page_settings(site, text.header)
    header_lines.report_problems(settings.get("header-includes", ""), text.header_lines, 1, "page")
    files = _preamble_files(site, text, surroundings)
    metadata = _metadata(settings, site, surroundings, files, metadata_asked)
    written, whole = (str(given.get("header-includes") or "") for given in (settings.values, metadata))
    header_lines.report_counters(written, whole, text.header_lines, 1)
    metadata |= bibliography.metadata(settings, text.header, path, Path(surroundings.root))
    text = _without_shorthands(text, metadata.get("header-includes", ""))
    document = _read(text, settings, Store(Path(surroundings.cache)))
    doc = pandoc.load(document, "html", metadata)
    _words_of_tex(doc, text, Store(Path(surroundings.cache)))
    if text.reader:
        _macros_in_words(doc, str(metadata.get("header-includes", "")), Store(Path(surroundings.cache)))
    chapter = surroundings.chapter if settings.chapters else ""
    heading = title_heading.taken(doc, text.body, chapter, lambda: _is_titled_so(text, surroundings))
    _from_level_one(doc)
    if text.reader:
        _without_deep_numbers(doc)
    with located(_places(text)) as places:
        _filter(doc, places)
        places.restart()
        labels.check(doc)
        labels.check_identifiers(doc, text)
        places.restart()
        leftovers.check(doc, text, backslashes=not _has_backslashes(text, settings))
        places.restart()
        lang = settings.get("lang", "en")
        found = targets.targets_of(doc, name, settings.number_style, lang)
        found = title_heading.targets(heading, chapter, name, found)
        links = anchors.linked(doc, name)
        asked = targets.asked(doc) | frozenset(key for key in links if not key.startswith(f"{name}#"))
        named = found, targets.identifiers(doc), asked, anchors.given(doc, found), links
        places.restart()
        anchors.check_headings(doc)
    title = _title(doc, name)
    own = preamble.from_doc(doc)
    return Page(name, text, settings, own, Document(doc), title, *named, context.of(doc), places)


def _is_titled_so(text: source.Source, surroundings: context.Context) -> bool:
    """Whether the page is of a kind whose first heading is its title, even if others of its level follow."""
    folders = text.path.parent, Path(surroundings.root), Path(surroundings.cache)
    return text.path.suffix == ".ipynb" or dialects.begins_with_title(text.text, dialects.Surroundings(*folders))


def _without_shorthands(text: source.Source, tex: str) -> source.Source:
    """`\\be … \\ee` written out in the text; fenced code is left alone."""
    known = displays.shorthands(preamble.parse(tex).macros) if tex else {}
    if not known:
        return text
    lines = text.body.split("\n")
    code = {k for fence in fences.find(lines) for k in range(fence.start, fence.end + 1)}
    mended = [line if k in code else displays.written_out(line, known) for k, line in enumerate(lines)]
    return replace(text, body="\n".join(mended))


def _places(text: source.Source) -> Places:
    return Places(text.body.split("\n"), text.lines, [] if text.reader else text.header_lines)


def _read(text: source.Source, settings: Settings, store: Store) -> str:
    """pandoc's JSON of the page, from the cache if the same text was read before."""
    markdown = text.body if text.reader else _with_words(text.body, settings)
    reader = text.reader or f"{pandoc.READER}{'+tex_math_single_backslash' if _has_backslashes(text, settings) else ''}"
    key = f"{pandoc.identity()} {reader} {markdown}"
    found = store.get("read", key)
    if not isinstance(found, list):
        found = [*pandoc.convert(markdown, "-f", reader, "-t", "json", lines=text.lines)]
        store.put("read", key, found)
    document, messages = found
    pandoc.report_warnings(messages, text.lines)
    return str(document)


def _has_backslashes(text: source.Source, settings: Settings) -> bool:
    r"""Whether `\(…\)` is mathematics: in R Markdown, and with `from: markdown+tex_math_single_backslash`."""
    asked = str(settings.get("from", ""))
    in_r = text.path.suffix in (".Rmd", ".rmd") and "-tex_math_single_backslash" not in asked
    return in_r or "+tex_math_single_backslash" in asked


def _with_words(body: str, settings: Settings) -> str:
    """The header's Markdown keys, put back at the top in one line, so that pandoc reads them.

    A header has three lines at least; a page without one has no such keys of its own.
    """
    words = {key: _words(settings.values[key]) for key in WORDS if settings.values.get(key)}
    words |= {ENTRIES: settings.values[ENTRIES]} if settings.values.get(ENTRIES) else {}
    if not words:
        return body
    lines = body.split("\n")
    if lines[:3] != ["", "", ""]:
        return f"{body}\n\n---\n{json.dumps(words)}\n---\n"
    return "\n".join(["---", json.dumps(words, ensure_ascii=False), "---", *lines[3:]])


def _words(value: Any) -> Any:
    """A text of several paragraphs ends with a line break: that makes pandoc read blocks."""
    if isinstance(value, tuple):
        return list(value)
    return f"{value}\n" if "\n\n" in str(value).strip() else str(value)


def _preamble_files(site: Settings, text: source.Source, surroundings: context.Context) -> tuple[str, str]:
    """What `include-in-header` gives, in the configuration and on the page."""
    root = Path(surroundings.root)
    key = "include-in-header"
    own = tex_files.preamble(text.header.values.get(key), text.path.parent, root, text.header.line(key))
    return tex_files.preamble(site.get(key), root, root), own


def _metadata(
    settings: Settings,
    site: Settings,
    surroundings: context.Context,
    files: tuple[str, str] = ("", ""),
    header: Mapping[str, Any] = {},
) -> dict[str, Any]:
    tex = [t for t in (site.get("header-includes"), files[0], settings.get("header-includes"), files[1]) if t]
    execute = settings.execute
    known = replace(
        surroundings,
        run=execute.run,
        options=dict(execute.options),
        seed=execute.seed,
        threads=execute.threads,
        env=execute.env,
        preload=execute.preload,
        memory=execute.memory,
        kernel=settings.get("kernel", ""),
        equations=settings.equations,
        number_style=settings.number_style,
        number_sections=settings.number_sections,
        within=settings.within,
        lang=str(settings.get("lang", "en")),
        crossref=settings.crossref,
        header=header,
    )
    return {
        context.KEY: known.to_json(),
        **({"header-includes": "\n".join(tex)} if tex else {}),
    }


def _filter(doc: Any, places: Places) -> None:
    """The chain; filters whose elements the page does not have are skipped."""
    from filters import chain

    present = _classes(doc)
    for module in chain():
        if any(issubclass(c, module.wants) for c in present) or not module.wants:
            places.restart()
            module.apply(doc)


def _classes(doc: Any) -> set[type]:
    found: set[type] = set()
    walk(doc, lambda element, _: found.add(type(element)))
    return found


def _words_of_tex(doc: Any, text: source.Source, store: Store) -> None:
    """Title, authors and date of a LaTeX file, which are TeX."""
    import panflute as pf

    for key in ("title", "author", "date") if text.reader else ():
        given = text.header.values.get(key)
        values = [
            pf.MetaInlines(*blocks[0].content)
            for item in (given if isinstance(given, list) else [given])
            if item and (blocks := scraps.blocks(item, store))
        ]
        if values:
            doc.metadata[key] = pf.MetaList(*values) if isinstance(given, list) else values[0]


def _macros_in_words(doc: Any, tex: str, store: Store) -> None:
    """The author's macros in the abstract and the title, where raw TeX would be shown as it is."""
    import panflute as pf

    known = preamble.parse(tex)

    def expanded(element: Any, _: Any) -> Any:
        if layout_words.only(element.text):
            return []
        if _REFERENCE.match(element.text):
            return None  # the filters read it
        blocks = scraps.blocks(preamble.expand(element.text, known), store, "latex")
        fits = blocks and len(blocks) == 1 and isinstance(blocks[0], pf.Para | pf.Plain)
        return list(blocks[0].content) if blocks and fits else None

    for key in ("title", "abstract", "author"):
        value = doc.metadata.content.get(key)
        if value is not None:
            walk(value, expanded, pf.RawInline)


def _from_level_one(doc: Any) -> None:
    """A page whose sections begin with `##`, as is common below a title, has no level left out."""
    import panflute as pf

    headings = collected(doc, pf.Header)
    least = min((h.level for h in headings), default=1)
    for heading in headings:
        heading.level -= least - 1


def _without_deep_numbers(doc: Any) -> None:
    """LaTeX numbers three levels of sections; a paragraph with a title has no number."""
    import panflute as pf

    for heading in collected(doc, pf.Header):
        if heading.level > _NUMBERED_LEVELS and "unnumbered" not in heading.classes:
            heading.classes.append("unnumbered")


_NUMBERED_LEVELS = 3


def _title(doc: Any, name: str) -> str:
    import panflute as pf

    title = doc.metadata.content.get("title")
    text = pf.stringify(title).strip() if title is not None else ""
    return text or pretty(posixpath.basename(name))


def pretty(name: str) -> str:
    """A file's name as a title: `gradient-descent` is `Gradient descent`."""
    words = re.sub(r"[-_]+", " ", name).strip()
    return words[:1].upper() + words[1:]
