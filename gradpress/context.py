"""What a filter may know of the page beyond its document, kept in the document's metadata.

The builder writes it there, so that a filter sees the same in the chain and under `pandoc -F`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal

from gradpress.execution import PRELOAD
from gradpress.records import asdict, dataclass, field

if TYPE_CHECKING:
    import panflute as pf

KEY = "gradpress"
"""The metadata key; formats drop it before writing."""


@dataclass(frozen=True)
class Context:
    """One page's surroundings."""

    file: str = "<stdin>"
    """The page's file as diagnostics name it."""
    folder: str = "."
    """Folder of the page: cells run here, images are relative to it."""
    root: str = "."
    """The content folder: nothing outside is read into the site."""
    cache: str = ".gradpress"
    run: str = "marked"
    """Which Python blocks run: `marked`, `all` or `none`."""
    options: Mapping[str, str] = field(default_factory=dict)
    """Defaults of cell options from `execute:`."""
    seed: int = 0
    threads: int = 1
    env: tuple[str, ...] = ()
    preload: tuple[str, ...] = PRELOAD
    memory: int = 0
    kernel: str = ""
    """Name of the Jupyter kernel in which the cells run; empty for our own processes."""
    report: bool = True
    """Whether the site says what the cells cost."""
    equations: Literal["labelled", "all", "none"] = "labelled"
    """Which lines of displays have numbers."""
    number_style: str = "(1)"
    number_sections: bool = False
    lang: str = "en"
    within: str = ""
    """The sections in which the numbers of equations, figures, tables and listings begin anew."""
    chapter: str = ""
    """Number of the page in a site that is numbered by chapters: `3`, `2.1`, `A`; empty: it has none."""
    crossref: Mapping[str, Any] = field(default_factory=dict)
    """What `crossref:` says of numbers, in the author's words."""
    preambles: tuple[str, ...] = ()
    """Files of `include-in-header`, by their paths from the content folder."""
    header: Mapping[str, Any] = field(default_factory=dict)
    """The page's header, for content that depends on it."""
    drafts: tuple[str, ...] = ()
    """Files of pages that are not in the site, by their paths from the content folder."""
    execute: bool = True
    """False under `--no-execute`: only stored results are shown."""

    def to_json(self) -> str:
        """As one line for the metadata."""
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True)


def of(doc: pf.Doc) -> Context:
    """The context that the builder left in the document; defaults for a document from elsewhere."""
    value = doc.metadata.content.get(KEY)
    if value is None or not hasattr(value, "text"):
        return Context()
    values = json.loads(value.text)
    listed = ("env", "preload", "preambles", "drafts")
    return Context(**{**values, **{key: tuple(values.get(key, ())) for key in listed}})
