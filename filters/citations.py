#!/usr/bin/env python3
"""Citations and the list of references, by pandoc's citeproc: the same in every output.

    [@key, p. 3]  @key  [-@key]  [see @a; @b]        Markdown
    \\cite{key}  \\citep[p. 3]{key}  \\citet{key}      LaTeX, also natbib's and biblatex's

The document's metadata say where the entries are (`bibliography`, `references`), in which style they are
written (`csl`) and what else is listed (`nocite`).
"""

from __future__ import annotations

import re
import sys
from hashlib import sha256
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import panflute as pf

from gradpress import context, pandoc
from gradpress.cache import Store
from gradpress.diagnostics import PageError, here, record, report, reported
from gradpress.nearest import nearest
from gradpress.patterns import pattern
from gradpress.reading.places import line_of
from gradpress.walking import collected, walk

wants = ()

_TEX = pattern(
    r"^\\(?P<name>[cC]ite(?:[pt]|alp|alt|author|year|yearpar)?|parencite|textcite|autocite|footcite|nocite)\*?\s*"
    r"(?:\[(?P<first>[^\]]*)\])?\s*(?:\[(?P<second>[^\]]*)\])?\s*\{(?P<keys>[^{}]*)\}$"
)
_ENTRY = pattern(r"""^\s*@\w+\s*[{(]\s*([^\s,{}]+)\s*,|^[\s-]*"?id"?\s*:\s*"?([^\s",]+)""", re.M)
_IN_TEXT = ("citet", "Citet", "textcite", "citealt")
_FILES = ("bibliography", "csl", "citation-abbreviations")


def apply(doc: pf.Doc) -> None:
    """Resolve the citations of `doc`, in place."""
    if "bibliography" not in doc.metadata.content and "references" not in doc.metadata.content:
        if not reported("bibliography-missing"):
            _say_that_there_is_none(doc)
        return
    walk(doc, _from_tex, pf.RawInline)
    if not _cited(doc) and "nocite" not in doc.metadata.content:
        return
    _title(doc)
    resolved = _resolved(doc)
    if resolved is not None:
        doc.content = list(resolved.content)


def _from_tex(element: pf.Element, _: pf.Doc) -> pf.Element | None:
    found = _TEX.match(element.text.strip()) if isinstance(element, pf.RawInline) and element.format == "tex" else None
    if not found:
        return None
    before, after = (found["first"], found["second"]) if found["second"] is not None else ("", found["first"])
    mode = "AuthorInText" if found["name"] in _IN_TEXT else "NormalCitation"
    keys = [key.strip() for key in found["keys"].split(",") if key.strip()]
    citations = [pf.Citation(key, mode=mode) for key in keys]
    if citations and before:
        citations[0].prefix = [pf.Str(before)]
    if citations and after:
        citations[-1].suffix = [pf.Str(","), pf.Space(), pf.Str(after.replace("~", " "))]
    return pf.Cite(pf.Str(element.text), citations=citations) if citations else None


def _cited(doc: pf.Doc) -> list[pf.Cite]:
    return collected(doc, pf.Cite)


def _say_that_there_is_none(doc: pf.Doc) -> None:
    for cite in _cited(doc):
        for citation in cite.citations:
            line = _line(citation.id)
            if citation.mode == "AuthorInText" and here().file.endswith(".ipynb"):
                continue  # Jupyter cites nothing: `@name` there is a name
            hint = "add `bibliography: FILE.bib` to the header, or write \\@ for the sign"
            message = f"'@{citation.id}' cites an entry, but the page has no bibliography; it is shown as text"
            report("citation-no-bibliography", message, line=line, hint=hint)


def _line(key: str) -> int:
    return line_of(f"@{key}") or line_of(key)


def _title(doc: pf.Doc) -> None:
    """The list gets no title of ours where the author has written one above it."""
    last = doc.content[-1] if doc.content else None
    if any(div.identifier == "refs" for div in collected(doc, pf.Div)) or isinstance(last, pf.Header):
        doc.metadata.content.pop("reference-section-title", None)


def _resolved(doc: pf.Doc) -> pf.Doc | None:
    """The document as citeproc leaves it; None when it fails.  Remembered with all that it depends on."""
    text = pandoc.dump(doc)
    store = Store(Path(context.of(doc).cache))
    key = f"{pandoc.identity()} {sha256(text.encode()).hexdigest()} {_contents(doc)}"
    known = store.get("citations", key)
    if isinstance(known, str):
        return pandoc.load(known, doc.format)
    try:
        answer = pandoc.convert(text, "--from=json", "--to=json", "--citeproc")
    except PageError as error:
        record(error.diagnostic)
        return None
    unknown = list(dict.fromkeys(re.findall(r"Citeproc: citation (\S+) not found", answer.messages)))
    for name in unknown:
        near = nearest(name, _keys(doc))
        hint = f"did you mean {near}?" if near else f"add it to {_names(doc)}, or correct the key"
        report("citation-unknown", f"nothing in the bibliography has the key '{name}'", line=_line(name), hint=hint)
    resolved = pandoc.load(answer.text, doc.format)
    if unknown:
        gone = [f"#ref-{name}" for name in unknown]
        walk(resolved, lambda e, _: list(e.content) if e.url in gone else None, pf.Link)
    else:
        store.put("citations", key, answer.text)
    return resolved


def _paths(doc: pf.Doc, key: str) -> list[str]:
    value = doc.metadata.content.get(key)
    items = value.content if isinstance(value, pf.MetaList) else [value] if value is not None else []
    return [pf.stringify(item) for item in items]


def _keys(doc: pf.Doc) -> list[str]:
    """The keys of all entries, for a hint."""
    texts = [Path(name).read_text(errors="replace") for name in _paths(doc, "bibliography") if Path(name).is_file()]
    return [a or b for text in texts for a, b in _ENTRY.findall(text)]


def _names(doc: pf.Doc) -> str:
    return " or ".join(Path(name).name for name in _paths(doc, "bibliography")) or "references"


def _contents(doc: pf.Doc) -> str:
    digest = sha256()
    for key in _FILES:
        for name in _paths(doc, key):
            path = Path(name)
            digest.update(path.read_bytes() if path.is_file() else b"")
    return digest.hexdigest()


if __name__ == "__main__":
    from filters import as_program

    as_program(apply)
