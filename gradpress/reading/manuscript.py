"""A page as its author wrote it, up to pandoc's answer: the first stage of the chain.

Nothing of it needs panflute: while pandoc reads, the rest of the chain is imported.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from gradpress import bibliography, context, pandoc
from gradpress.cache import Store
from gradpress.decks import is_deck, marp_header, wishes
from gradpress.projects import quarto_header
from gradpress.reading import displays, fences, header_lines, inputs, source, tex_files
from gradpress.records import dataclass, replace
from gradpress.settings import Settings, page_settings
from gradpress.tex import preamble

WORDS = ("title", "subtitle", "author", "date", "abstract", "nocite")
"""Keys of a header that are Markdown; pandoc reads them."""
ENTRIES = "references"
"""Key of a header that holds entries of a bibliography."""


@dataclass(frozen=True)
class Manuscript:
    """What is known of a page when pandoc has read it."""

    text: source.Source
    settings: Settings
    metadata: Mapping[str, Any]
    """What filters find in the document's header."""
    document: str
    """pandoc's JSON."""


def read(
    path: Path, file: str, site: Settings, surroundings: context.Context, meanwhile: Callable[[], None] = lambda: None
) -> Manuscript:
    """The page at `path`, called `file` in diagnostics.  `meanwhile` is called right before pandoc is.

    Raises PageError when it cannot be read.
    """
    inputs.note(path)
    text = source.read(path, file, Path(surroundings.root), Path(surroundings.cache))
    metadata_asked = text.header.values if "-meta=" in text.body else {}
    header = marp_header.translated(text.header) if "marp" in text.header.values else text.header
    text = replace(text, header=quarto_header.translated(header, text.text))
    settings = page_settings(site, text.header)
    if given := settings.get("header-includes", ""):
        mended = header_lines.mended(given, text.header_lines, 1, "page")
        settings = settings.having("header-includes", mended)
    files = _preamble_files(site, text, surroundings)
    surroundings = replace(surroundings, preambles=_preambles(site, text, Path(surroundings.root)))
    metadata = metadata_of(settings, site, surroundings, files, metadata_asked)
    written, whole = (str(given.get("header-includes") or "") for given in (settings.values, metadata))
    header_lines.report_counters(written, whole, text.header_lines, 1)
    metadata |= bibliography.metadata(settings, text.header, path, Path(surroundings.root))
    text = _without_shorthands(text, metadata.get("header-includes", ""))
    meanwhile()
    return Manuscript(text, settings, metadata, document_of(text, settings, Store(Path(surroundings.cache))))


def _without_shorthands(text: source.Source, tex: str) -> source.Source:
    """`\\be … \\ee` written out in the text; fenced code is left alone."""
    known = displays.shorthands(preamble.parse(tex).macros) if tex else {}
    if not known:
        return text
    lines = text.body.split("\n")
    code = {k for fence in fences.find(lines) for k in range(fence.start, fence.end + 1)}
    mended = [line if k in code else displays.written_out(line, known) for k, line in enumerate(lines)]
    return replace(text, body="\n".join(mended))


def document_of(text: source.Source, settings: Settings, store: Store) -> str:
    """pandoc's JSON of the page, from the cache if the same text was read before."""
    markdown = text.body if text.reader else _with_words(text.body, settings)
    reader = text.reader or _reader(text, settings)
    key = f"{pandoc.identity()} {reader} {markdown}"
    found = store.get("read", key)
    if not isinstance(found, list):
        found = [*pandoc.convert(markdown, "-f", reader, "-t", "json", lines=text.lines)]
        store.put("read", key, found)
    document, messages = found
    pandoc.report_warnings(messages, text.lines)
    return str(document)


def _reader(text: source.Source, settings: Settings) -> str:
    more = "+tex_math_single_backslash" if has_backslashes(text, settings) else ""
    # On slides nobody wraps prose at a column, and lists stand directly below what they belong to.
    more += "+lists_without_preceding_blankline" if is_deck(settings.values) else ""
    # The words of Marp's images say how large they are, and are no captions.
    # A rule right above a text begins a slide, and neither YAML nor one of the tables that Marp does not have.
    more += (
        "-implicit_figures-yaml_metadata_block-simple_tables-multiline_tables"
        if wishes(settings.values).get("split") == "rules"
        else ""
    )
    return f"{pandoc.READER}{more}"


def has_backslashes(text: source.Source, settings: Settings) -> bool:
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
    if tex := site.get("header-includes"):
        tex_files.recall(tex, root)
    own = tex_files.preamble(text.header.values.get(key), text.path.parent, root, text.header.line(key))
    return tex_files.preamble(site.get(key), root, root, told=True), own


def _preambles(site: Settings, text: source.Source, root: Path) -> tuple[str, ...]:
    key = "include-in-header"
    own = tex_files.names(text.header.values.get(key), text.path.parent, root)
    return tuple(dict.fromkeys([*tex_files.names(site.get(key), root, root), *own]))


def metadata_of(
    settings: Settings,
    site: Settings,
    surroundings: context.Context,
    files: tuple[str, str] = ("", ""),
    header: Mapping[str, Any] = {},
) -> dict[str, Any]:
    """What filters are to know of the page: its preamble, and the settings that concern them."""
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
        report=execute.report,
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
