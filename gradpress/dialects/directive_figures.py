"""Directives that show pictures: figures with and without parts, images, videos, frames."""

from __future__ import annotations

import html
import re
from pathlib import Path

from gradpress.dialects import Lines, Surroundings
from gradpress.dialects.directives import Directive, Inside, identifier, quoted, wrapped
from gradpress.patterns import pattern

NAMES = ("figure", "image", "figure-md", "subfigure", "iframe", "video", "youtube", "vimeo", "audio")

OPENED = "opened"
"""Attribute of an image: the line that names its file, where its caption stands in another one."""
_IMAGE = pattern(r"^!\[(?P<words>.*)\]\((?P<url>[^()\s]+(?:\s+\"[^\"]*\")?)\)(?P<attributes>\{.*\})?\s*$")
_FENCE = pattern(r"^[ \t]*(`{3,}|~{3,}|:{3,})")
_FRAMES = {"youtube": "https://www.youtube.com/embed/", "vimeo": "https://player.vimeo.com/video/"}
_VIDEOS = (".mp4", ".webm", ".ogg", ".mov", ".avi")
_STILL = (".svg", ".png", ".jpg", ".jpeg", ".gif", ".pdf")


def markdown(found: Directive, inside: Inside) -> Lines:
    """A picture, with its caption if it is a figure."""
    if found.name in ("iframe", "video", "youtube", "vimeo", "audio"):
        return _frame(found, inside)
    if found.name == "figure-md":
        return _group(Directive("figure", "", found.options, found.body, found.line, _named(found)), inside)
    if found.name == "image":
        return _image(found, inside)
    if not found.argument or found.name == "subfigure":
        return _group(found, inside)
    if found.argument.lower().endswith(_VIDEOS):
        return _frame(found, inside)
    return _figure(found, inside)


def _named(found: Directive) -> tuple[str, ...]:
    return found.labels or ((found.argument,) if found.argument else ())


def sizes(found: Directive) -> str:
    """`:width:`, `:height:` and `:scale:` as pandoc's attributes."""
    given = {key: found.options[key] for key in ("width", "height") if found.options.get(key)}
    scale = found.options.get("scale", "").rstrip("% ")
    if scale and "width" not in given:
        given["width"] = f"{scale}%"
    return "".join(f' {key}="{value.replace(" ", "")}"' for key, value in given.items())


def file(name: str, page: Surroundings) -> str:
    """A picture's file; `a.*` is the best one that there is."""
    if not name.endswith(".*"):
        return name
    base = (page.root / name.lstrip("/") if name.startswith("/") else page.folder / name).parent
    stem = Path(name).name.removesuffix(".*")
    return next((name[:-2] + s for s in _STILL if (base / f"{stem}{s}").is_file()), name)


def _image(found: Directive, inside: Inside) -> Lines:
    """No figure: it has no number and no caption."""
    alt = found.options.get("alt") or Path(found.argument).stem
    attributes = f"{{{identifier(found)}{sizes(found).strip()} fig-alt={quoted(alt)}}}"
    image = f"![]({file(found.argument, inside.page)}){attributes}"
    if target := found.options.get("target"):
        image = f"[{image}]({target})"
    return [("", found.line), (image, found.line), ("", found.last)]


def _figure(found: Directive, inside: Inside) -> Lines:
    """The first paragraph of the body is the caption; what follows is the legend."""
    body = [*found.body]
    while body and not body[0][0].strip():
        body.pop(0)
    end = next((k for k, (text, _) in enumerate(body) if not text.strip() or _FENCE.match(text)), len(body))
    line = body[0][1] if end else found.line
    caption = inside.words(" ".join(text.strip() for text, _ in body[:end]), line)
    alt = found.options.get("alt", "")
    if not caption and found.label:
        caption = "[]{}"  # what has a name has a number
    if not caption:
        return [*_image(found, inside), *inside.blocks(body[end:])]
    described = f" fig-alt={quoted(alt)}" if alt else ""
    opened = f" {OPENED}={found.line}" if line != found.line else ""
    attributes = f"{{{identifier(found)}{sizes(found).strip()}{described}{opened}}}"
    image = f"![{caption}]({file(found.argument, inside.page)}){attributes if attributes != '{}' else ''}"
    legend = inside.blocks(body[end:]) if any(text.strip() for text, _ in body[end:]) else []
    return [("", found.line), (image, line), ("", found.last), *legend]


def _group(found: Directive, inside: Inside) -> Lines:
    """A figure whose body is what it shows: pictures with letters, or anything; the last paragraph is the caption."""
    body, letter, waiting = list(found.body), "a", ""
    for at, (text, number) in enumerate(body):
        target = re.match(r"^\s*\(([^()\s]+)\)=\s*$", text)
        image = _IMAGE.match(text.strip())
        if target:
            waiting, body[at] = target[1], ("", number)
        elif image and image["attributes"]:
            letter = chr(ord(letter) + 1)
        elif image:
            name = waiting or (f"{found.label}-{letter}" if found.label else "")
            url = file(image["url"], inside.page)
            mark = f"{{#{name}}}" if name else "{.part}"
            body[at] = (f"![{inside.words(image['words'], number)}]({url}){mark}", number)
            letter, waiting = chr(ord(letter) + 1), ""
    parts = ord(letter) - ord("a")
    wide = re.search(r"grid-cols-(\d)", found.options.get("class", ""))
    columns = wide[1] if wide else (found.argument if found.argument.isdigit() else "2" if parts > 1 else "")
    layout = f" layout-ncol={columns}" if columns else ""
    return wrapped(found.line, f"{{{identifier(found)}.figure-group{layout}}}", _apart(inside.blocks(body)))


def _apart(body: Lines) -> Lines:
    """Pictures in paragraphs of their own."""
    done: Lines = []
    for text, number in body:
        around = [("", number)] if _IMAGE.match(text.strip()) else []
        done += [*around, (text, number), *around]
    return done


def _frame(found: Directive, inside: Inside) -> Lines:
    """A film or another page: HTML shows it, PDF names it."""
    url = _FRAMES.get(found.name, "") + found.argument
    words = inside.words(" ".join(text.strip() for text, _ in found.body if text.strip()), found.line)
    at = html.escape(url, quote=True)
    tag = "audio" if found.name == "audio" else "video"
    is_file = found.name in ("video", "audio") or url.lower().endswith(_VIDEOS)
    kind = f'<{tag} src="{at}" controls style="max-width:100%"></{tag}>'
    frame = f'<iframe src="{at}" style="width:100%;aspect-ratio:16/9;border:0" allowfullscreen></iframe>'
    raw = [("```{=html}", found.line), (kind if is_file else frame, found.line), ("```", found.line)]
    shown = wrapped(found.line, f"{{{identifier(found)}.only-html}}", raw)
    named = wrapped(found.line, "{.only-tex}", [(f"[{words or url}]({url})", found.line)])
    said = wrapped(found.line, "{.only-html}", [(words, found.line)]) if words else []
    return [*shown, *said, *named]
