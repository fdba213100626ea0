#!/usr/bin/env python3
"""Links and images of a page: they exist, they stay inside the content folder, images have words.

A path that begins with `/` is taken from the content folder, as site generators do.  What leads
outside is refused: an image becomes its alternative text, a link its words.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from urllib.parse import unquote

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import panflute as pf

from gradpress import context, raw_links
from gradpress.diagnostics import report
from gradpress.dialects.directive_figures import OPENED
from gradpress.nearest import nearest
from gradpress.patterns import pattern
from gradpress.reading.inputs import note
from gradpress.reading.places import line_of
from gradpress.site_parts.drafts import HINT
from gradpress.walking import is_inside, walk

_RAW = (pf.RawInline, pf.RawBlock)
wants = (pf.Link, pf.Image, *_RAW)

_ELSEWHERE = pattern(r"^(?:[A-Za-z][A-Za-z0-9+.-]*:|//|\\\\)")
_SUFFIXES = (".pdf", ".png", ".jpg", ".jpeg", ".svg")
_PAGES = (".md", ".qmd", ".ipynb", ".Rmd", ".tex")
_REMOTE = pattern(r"^(?:https?|mailto|tel|ftp|data|doi|urn|javascript):", re.I)


def apply(doc: pf.Doc) -> None:
    """Check every link and image of `doc`; refuse the ones that lead outside."""
    page = context.of(doc)

    def checked(element: pf.Element, _: pf.Doc) -> pf.Element | list[pf.Element] | None:
        if not isinstance(element, _RAW):
            return _checked(element, page)
        if element.format == "html" and "=" in element.text and not is_inside(element, "only-html"):
            element.text = raw_links.changed(element.text, lambda tag, url: _checked_raw(tag, url, page))
        return None

    walk(doc, checked, *wants)


def _checked(element: pf.Element, page: context.Context, word: str = "image") -> pf.Element | list[pf.Element] | None:
    if not isinstance(element, pf.Link | pf.Image):
        return None
    opened = 0
    if isinstance(element, pf.Image):
        opened = int(element.attributes.pop(OPENED, 0))
        _want_words(element)
    url = element.url
    if not url or url.startswith("#") or _REMOTE.match(url) or _is_output(url, page):
        return None
    path = local_path(url, page)
    if path is None:
        return _refused(element)
    if isinstance(element, pf.Link) and page.drafts and _is_draft(path, page):
        report("draft-reference", f"the link '{url}' leads to a draft", line=_line(url), hint=HINT)
        return list(element.content)
    if url.startswith("/"):
        element.url = _from_page(path, url, page)
    if isinstance(element, pf.Image) and not path.suffix:
        path = _completed(element, path)
    if isinstance(element, pf.Link) and not path.exists() and (page_file := _made_of(path)):
        element.url = re.sub(r"\.html(?=#|$)", page_file.suffix, element.url)
        return None
    if not path.exists():
        _missing(element, url, page, opened, word)
    return None


def _checked_raw(tag: str, url: str, page: context.Context) -> str:
    """The address of a tag as the page needs it."""
    if tag in ("a", "iframe"):
        stands_for: pf.Link | pf.Image = pf.Link(url=url)
    else:
        stands_for = pf.Image(url=url, attributes={"fig-alt": tag})  # whether it has words is another question
    _checked(stands_for, page, "image" if tag == "img" else "file")
    return str(stands_for.url)


def _is_draft(path: Path, page: context.Context) -> bool:
    """Whether it is a page that is not in the site, or its HTML."""
    file = path if path.exists() else _made_of(path) or path
    return file.relative_to(Path(page.root).resolve()).as_posix() in page.drafts


def _completed(image: pf.Image, path: Path) -> Path:
    """The file of an image without a suffix, found as LaTeX finds it; one that comes or goes changes the page."""
    for candidate in (path, *map(path.with_suffix, _SUFFIXES)):
        note(candidate)
        if candidate.exists():
            image.url += candidate.suffix
            return candidate
    return path


def _made_of(path: Path) -> Path | None:
    """The page that becomes the HTML that a link names."""
    sources = (path.with_suffix(suffix) for suffix in _PAGES) if path.suffix == ".html" else ()
    return next((source for source in sources if source.is_file()), None)


def local_path(url: str, page: context.Context) -> Path | None:
    """The file that `url` names, with symbolic links followed; None outside the content folder."""
    if _ELSEWHERE.match(url):
        return None
    name = unquote(re.split(r"[?#]", url, maxsplit=1)[0]).replace("\\", "/")
    root = Path(page.root).resolve()
    base = root if name.startswith("/") else Path(page.folder)
    try:
        path = (base / name.lstrip("/")).resolve()
    except (OSError, ValueError, RuntimeError):  # a loop of links, a NUL in the name
        return None
    return path if path.is_relative_to(root) else None


def _is_output(url: str, page: context.Context) -> bool:
    """A figure that a cell drew: a file of the cache."""
    return Path(url).is_relative_to(Path(page.cache) / "blobs") and ".." not in Path(url).parts


def _from_page(path: Path, url: str, page: context.Context) -> str:
    """A path from the content folder as one from the page's own folder."""
    ups = len(Path(page.folder).resolve().relative_to(Path(page.root).resolve()).parts)
    relative = path.relative_to(Path(page.root).resolve()).as_posix()
    return "../" * ups + relative + url[len(re.split(r"[?#]", url, maxsplit=1)[0]) :]


def _refused(element: pf.Link | pf.Image) -> list[pf.Element]:
    message = f"'{element.url}' leads outside the content folder and is refused"
    report("path-outside", message, line=_line(element.url), hint="copy the file into the folder")
    return list(element.content)


def _line(url: str) -> int:
    """Where the link or image stands, in Markdown, in HTML or in LaTeX."""
    return line_of(f"]({url}") or line_of(f'="{url}"') or line_of(f"='{url}'") or line_of(url)


def _missing(element: pf.Link | pf.Image, url: str, page: context.Context, opened: int, word: str) -> None:
    if isinstance(element, pf.Image):
        message = f"the {word} '{url}' does not exist"
        report("image-missing", message, line=opened or _line(url), hint=_near(url, page))
    else:
        report("link-missing", f"the link '{url}' leads nowhere", line=_line(url), hint=_near(url, page))


def _near(url: str, page: context.Context) -> str:
    """The file of that folder that was meant."""
    path = local_path(url, page)
    names = [entry.name for entry in path.parent.iterdir()] if path and path.parent.is_dir() else []
    meant = nearest(path.name, names) if path else ""
    return f"did you mean {meant}?" if meant else ""


def _want_words(image: pf.Image) -> None:
    if not image.content and not image.attributes.get("alt") and not image.attributes.get("fig-alt"):
        hint = "write what it shows between the brackets"
        message = f"the image '{image.url}' has no alternative text"
        report("image-alt", message, line=line_of(f"![]({image.url}") or _line(image.url), hint=hint)


if __name__ == "__main__":
    from filters import as_program

    as_program(apply)
