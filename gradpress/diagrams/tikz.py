r"""TikZ for HTML: LaTeX draws with the page's own preamble, and poppler makes SVG of it.

LaTeX takes most of a second to load what it needs, so all pictures of a page that are not remembered are drawn in one
run, a sheet each.  PDF has no need of this: there a picture is a part of the text.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

from gradpress.cache import Storage, write
from gradpress.diagnostics import record
from gradpress.diagrams import Failed, svg
from gradpress.formats import latex_failure, latex_log, parts, pdf, templates
from gradpress.formats import tex as tex_format
from gradpress.formats.tex_elements import MARKER
from gradpress.page import Page, SiteView
from gradpress.patterns import pattern
from gradpress.records import dataclass

TIME_LIMIT = 60.0
_MARKED = pattern(rf"\A\s*{MARKER}(\d+)\n")
_CENTRED = pattern(r"\A\s*\\begin\{center\}\s*(.*?)\s*\\end\{center\}\s*\Z", re.S)
_ENVIRONMENT = "gpdrawing"
_SHEETS = r"""\expandafter\def\csname ver@geometry.sty\endcsname{9999/12/31}% each sheet is as large as its drawing
\newenvironment{gpdrawing}{}{}"""


@dataclass(frozen=True)
class Picture:
    """What is to be drawn."""

    text: str
    """TeX."""
    line: int
    """Where it begins on the page; 0 if that is not known."""

    @property
    def sheet(self) -> str:
        """The picture with the line that errors are told of."""
        marker = f"{MARKER}{self.line}\n" if self.line else ""
        return f"\\begin{{{_ENVIRONMENT}}}\n{marker}{self.text}\n\\end{{{_ENVIRONMENT}}}"


def read(text: str, line: int) -> Picture:
    """The picture in raw TeX; `line` is where that stands, if it does not say so itself."""
    marked = _MARKED.match(text)
    first, text = int(marked[1]) if marked else line, _MARKED.sub("", text).strip()
    if centred := _CENTRED.match(text):  # on its sheet there is nothing in whose centre it could be
        return Picture(centred[1], first + text.count("\n", 0, centred.start(1)) if first else 0)
    return Picture(text, first)


def drawn(pictures: Sequence[Picture], page: Page, site: SiteView, store: Storage) -> dict[str, str]:
    """Text → blob of its SVG, of those that can be drawn; of the others it is said why not.  Raises Failed."""
    known: dict[str, str] = {}
    engine = shutil.which(page.settings.engine) or ""
    keys = {one.text: _key(one, page, site) for one in pictures}
    for text, key in keys.items():
        kept = store.get("tikz", key)
        if isinstance(kept, str) and store.blob(kept) is not None:
            known[text] = kept
    todo = list({one.text: one for one in pictures if one.text not in known}.values())
    if todo:
        _needed(engine, page.settings.engine)
        for text, made in _made(todo, page, site, engine).items():
            known[text] = store.put_blob(made.encode(), "svg")
            store.put("tikz", keys[text], known[text])
    return known


def _needed(engine: str, name: str) -> None:
    if not engine:
        message = f"TikZ pictures are drawn for HTML by {name}, which was not found"
        raise Failed("diagram-missing", message, hint="install texlive-xetex and texlive-pictures")
    if not shutil.which("pdftocairo"):
        message = "TikZ pictures are made SVG by pdftocairo, which was not found"
        raise Failed("diagram-missing", message, hint="install poppler-utils")


def _key(picture: Picture, page: Page, site: SiteView) -> str:
    """By all that its drawing rests on, but not by where it stands, nor by the version of LaTeX."""
    text = _document([Picture(picture.text, 0)], page, site)
    return sha256(json.dumps([page.settings.engine, text]).encode()).hexdigest()


def _document(pictures: Sequence[Picture], page: Page, site: SiteView) -> str:
    """The page's own LaTeX with nothing in it but the pictures."""
    body = "\n\n".join(one.sheet for one in pictures)
    made = parts.Parts("", "", (), "", "", "", body)
    variables: Mapping[str, object] = tex_format.variables(page, site, made)
    size = re.search(r"\d+pt", str(variables["classoptions"]))
    own: dict[str, object] = {
        "documentclass": "standalone",
        "classoptions": [f"multi={_ENVIRONMENT}", "border=1pt", size[0] if size else "11pt"],
        "packages": f"{_SHEETS}\n{variables['packages']}",
        "toc": False,
        "chapter": "",
        "pdf_title": "",
        "pdf_author": "",
    }
    template = templates.tex(site.templates, site.cache).get_template("page.tex.j2")
    return template.render({**variables, **own})


def _made(todo: Sequence[Picture], page: Page, site: SiteView, engine: str) -> dict[str, str]:
    """The SVG of each; a second run draws the others when some have errors."""
    with TemporaryDirectory(prefix="gradpress-tikz-") as folder:
        found = _compiled(todo, page, site, engine, Path(folder))
        if not found:
            return _sheets(todo, Path(folder))
        record(latex_failure.failure(found, page).diagnostic)
        starts = {problem.block.start for problem in found}
        rest = [one for one in todo if one.line not in starts]
        if not rest or len(rest) == len(todo) or _compiled(rest, page, site, engine, Path(folder)):
            return {}
        return _sheets(rest, Path(folder))


def _compiled(
    pictures: Sequence[Picture], page: Page, site: SiteView, engine: str, folder: Path
) -> list[latex_log.Problem]:
    """What LaTeX says against them."""
    source = _document(pictures, page, site)
    write(folder / "drawing.tex", source.encode())
    pdf.run(engine, "drawing", folder, seconds=TIME_LIMIT)
    log = folder / "drawing.log"
    said = log.read_bytes().decode(errors="replace") if log.exists() else ""
    return latex_log.located(said, source, page)


def _sheets(pictures: Sequence[Picture], folder: Path) -> dict[str, str]:
    made = {}
    for number, one in enumerate(pictures, 1):
        target, span = folder / f"{number}.svg", ("-f", str(number), "-l", str(number))
        command = ["pdftocairo", "-svg", *span, str(folder / "drawing.pdf"), str(target)]
        try:
            subprocess.run(command, capture_output=True, timeout=TIME_LIMIT, check=True)
        except (OSError, subprocess.SubprocessError):
            raise Failed("diagram-missing", "pdftocairo failed", hint="reinstall poppler-utils") from None
        made[one.text] = svg.bare(target.read_text(encoding="utf-8"), "pt")  # newer versions of cairo leave it out
    return made
