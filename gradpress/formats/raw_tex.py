"""TeX outside mathematics in a format that is not TeX: what pandoc can read is kept, the rest reported."""

from __future__ import annotations

import re

import panflute as pf

from gradpress import preamble, scraps
from gradpress.cache import Storage
from gradpress.diagnostics import report
from gradpress.page import Page
from gradpress.places import line_of
from gradpress.walking import collected

_SILENT = re.compile(
    r"^(?:\\(?:newpage|clearpage|pagebreak|noindent|indent|medskip|bigskip|smallskip|hfill|vfill|centering|par|label"
    r"|vspace|hspace|setlength|setcounter|addtocounter|thispagestyle|pagestyle|maketitle|tableofcontents|phantomsection"
    r"|normalsize|small|large|footnotesize|Large|sloppy|raggedright|color)\*?(?:\[[^\]]*\]|\{[^{}]*\})*\s*)+$"
)
"""Layout that only a printed page has; dropping it loses nothing."""


def read(element: pf.RawInline | pf.RawBlock, page: Page, store: Storage) -> list[pf.Element]:
    """The element as ordinary elements; reported when nothing can be made of it."""
    text = element.text.strip()
    if not text or _SILENT.match(text) or text.startswith("%"):
        return []
    expanded = preamble.expand(text, page.preamble)
    blocks = _blocks(f"{page.preamble.rest}\n\n{expanded}", store)
    if isinstance(element, pf.RawInline):
        inlines = list(blocks[0].content) if len(blocks) == 1 and isinstance(blocks[0], pf.Para | pf.Plain) else []
        found: list[pf.Element] = inlines
    else:
        found = blocks
    if not found or any(map(_has_tex, found)):
        shown = text if len(text) <= 60 else f"{text[:57]}…"
        report("raw-tex-dropped", f"HTML cannot show '{shown}'", line=line_of(element.text), hint="it stays in PDF")
    return found


def _blocks(text: str, store: Storage) -> list[pf.Element]:
    found = scraps.blocks(text, store, "latex") or []
    return [] if _is_empty(pf.Doc(*found)) else found


def _is_empty(doc: pf.Doc) -> bool:
    return not pf.stringify(doc).strip() and not _has_picture(doc)


def _has_tex(element: pf.Element) -> bool:
    """Something is left that only TeX can show, such as a citation."""
    return bool(collected(element, pf.RawInline, pf.RawBlock))


def _has_picture(doc: pf.Doc) -> bool:
    return bool(collected(doc, pf.Image, pf.Math))
