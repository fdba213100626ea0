"""The decks of a site: which pages have one, and the style sheet and the script of them all."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from gradpress import theme
from gradpress.content import PAGE_SUFFIX
from gradpress.decks import reveal
from gradpress.reading import inputs

if TYPE_CHECKING:
    from gradpress.outline import Outline
    from gradpress.page_run import Run
    from gradpress.site import Options

SUFFIX = ".slides.html"
STYLE = "assets/slides.css"
SCRIPT = "assets/slides.js"
_PAGE_STYLES = (
    *("00-colours", "20-text", "22-mathematics", "24-tables", "30-code", "32-figures", "33-curves", "34-theorems"),
    *("36-remarks", "40-tabs"),
)
"""The style sheets of pages that slides use, too."""


def chosen(asked: Collection[str], outline: Outline, options: Options) -> set[str]:
    """Of the pages that the command line asks for: those that are decks, and those that it names one by one.

    No cell of another page is to run because somebody wants the talks of a site.
    """
    given = {name.removeprefix("./") for name in options.pages}
    prefix = f"{options.content.as_posix().rstrip('/')}/"
    named = {PAGE_SUFFIX.sub("", name.removeprefix(prefix)) for name in given}
    return {name for name in asked if name in outline.decks or name in named}


def judged(run: Run, options: Options) -> None:
    """What sticks out of the slides that were built becomes part of what is known of their pages."""
    from gradpress.decks import outside

    noted = inputs.Noted()
    with inputs.noting(noted):
        decks = {w.found.name: options.output / f"{w.found.name}{SUFFIX}" for w in run.works if w.published}
        found = outside.measured(decks, options.cache, options.content.resolve()) if decks else {}
    for work in run.works:
        with run.guarded(work):
            work.noted.conditions |= noted.conditions
            outside.tell(found.get(work.found.name, ()))
        run.build.known.pages[work.found.file] = run.state(work, run.view.targets)


def assets(templates: Path, wishes: Mapping[str, str]) -> dict[str, bytes]:
    """Contents by target.  What comes later in the order of layers wins, and an author's own style over all."""
    sheets = [*sorted((templates / "styles").glob("*.css"))]
    page = b"\n".join(sheet.read_bytes() for sheet in sheets if sheet.stem in _PAGE_STYLES) + theme.style(wishes)
    deck = (templates / "slides" / "deck.css").read_bytes()
    layers = f'@layer reveal, page, deck, theme;\n@import url("{reveal.NAME}/reveal.css") layer(reveal);\n'.encode()
    style = layers + b"@layer page {\n" + page + b"\n}\n@layer deck {\n" + deck + b"\n}\n"
    return {STYLE: style, SCRIPT: (templates / "slides" / "deck.js").read_bytes()}
