r"""Boxes round pictures and tables: `\resizebox`, `\scalebox`, `\fbox` and their like, which pandoc does not look into.

A picture keeps its size as an option of its own; a table in a box is the table.
"""

from __future__ import annotations

import re

from gradpress.patterns import pattern
from gradpress.tex.groups import GROUP

_OPTION = r"\s*\[[^\]]*\]"
_BOX = pattern(
    rf"\\(?:resizebox\*?\s*(?P<width>{GROUP})\s*(?P<height>{GROUP})"
    rf"|scalebox\s*(?P<scale>{GROUP})(?:{_OPTION})?|rotatebox(?:{_OPTION})?\s*{GROUP}|adjustbox\s*{GROUP}"
    rf"|(?:framebox|makebox)(?:{_OPTION}){{0,2}}|[fmh]box|centerline|raisebox\s*{GROUP}(?:{_OPTION}){{0,2}}"
    rf"|colorbox\s*{GROUP}|fcolorbox\s*{GROUP}\s*{GROUP}|ovalbox|shadowbox)\s*(?=\{{)"
)
_HOLDS = pattern(r"\\includegraphics|\\begin\s*\{(?:tabular[x*]?|tabulary|array|longtable)\}")
_IMAGE = pattern(r"\\includegraphics\s*(?:\[(?P<options>[^\]]*)\])?\s*(?P<name>\{[^{}]*\})")
_SIZE = pattern(r"\b(?:width|height|scale)\s*=")


def unboxed(text: str) -> str:
    """The text without boxes that hold a picture or a table; as many lines."""
    at = 0
    while found := _BOX.search(text, at):
        close = _closing(text, found.end())
        inside = text[found.end() + 1 : close]
        if close < 0 or not _HOLDS.search(inside):
            at = found.end()
            continue
        lost = "\n" * found[0].count("\n")
        text = f"{text[: found.start()]}{_sized(inside, _said(found))}{lost}{text[close + 1 :]}"
        at = found.start()
    return text


def _closing(text: str, opening: int) -> int:
    """Where the group that begins at `opening` ends; -1 if it does not."""
    depth = 0
    for brace in re.finditer(r"\\.|[{}]", text[opening:], re.S):
        depth += {"{": 1, "}": -1}.get(brace[0], 0)
        if not depth:
            return opening + brace.start()
    return -1


def _said(box: re.Match[str]) -> str:
    """The size of a box as an option of `\\includegraphics`."""
    sizes = (("width", box["width"]), ("height", box["height"]), ("scale", box["scale"]))
    given = ((key, (value or "")[1:-1].strip()) for key, value in sizes)
    return ",".join(f"{key}={value}" for key, value in given if value not in ("", "!"))


def _sized(inside: str, size: str) -> str:
    """What a box holds; a picture that is alone in it has the size of the box."""
    image = _IMAGE.fullmatch(inside.strip())
    if image is None or not size:
        return inside
    others = [o for o in (image["options"] or "").split(",") if o.strip() and not _SIZE.match(o.strip())]
    return inside.replace(image[0], f"\\includegraphics[{','.join([*others, size])}]{image['name']}")


_FIGURE = pattern(r"\\begin\s*\{(?P<kind>figure|table)\}(?:\s*\[[^\]]*\])?(?P<inside>.*?)\\end\s*\{(?P=kind)\}", re.S)
_MINIPAGE = pattern(
    rf"\\begin\s*\{{minipage\}}(?:{_OPTION})*\s*(?:{GROUP})?(?P<inside>.*?)\\end\s*\{{minipage\}}\s*%?[ \t]*", re.S
)


def side_by_side(text: str) -> str:
    """Figures that stand beside each other in one float, each with its caption, are figures of their own."""
    return _FIGURE.sub(_apart, text)


def _apart(found: re.Match[str]) -> str:
    inside, kind = found["inside"], found["kind"]
    parts = list(_MINIPAGE.finditer(inside))
    captioned = [part for part in parts if "\\caption" in part["inside"]]
    if len(captioned) < 2 or "\\caption" in _MINIPAGE.sub("", inside):
        return found[0]
    return _MINIPAGE.sub(lambda m: f"\\begin{{{kind}}}{m['inside']}\\end{{{kind}}}{_lines(m[0], m['inside'])}", inside)


def _lines(whole: str, kept: str) -> str:
    return "\n" * (whole.count("\n") - kept.count("\n"))


_SUBFLOAT = pattern(r"\\(?P<name>subfloat|subfigure|subcaptionbox)\s*(?=[\[{])")


def with_parts(text: str) -> str:
    r"""`\subfloat[Caption]{…}`, `\subfigure` and `\subcaptionbox{Caption}{…}` as environments `subfigure`."""
    at = 0
    while found := _SUBFLOAT.search(text, at):
        at = found.end()
        caption, stop = "", found.end()
        if found["name"] == "subcaptionbox":
            close = _closing(text, stop)
            caption, stop = text[stop + 1 : close], close + 1
            stop = stop + len(box[0]) if (box := re.match(rf"\s*(?:{_OPTION})+", text[stop:])) else stop
        while text[stop : stop + 1] == "[" and (close := _closing_bracket(text, stop)) > 0:
            caption, stop = text[stop + 1 : close], close + 1
        start = stop + len(text[stop:]) - len(text[stop:].lstrip())
        close = _closing(text, start) if text[start : start + 1] == "{" else -1
        if close < 0:
            continue
        made = (
            f"\\begin{{subfigure}}{{0.5\\textwidth}}{text[start + 1 : close]}\\caption{{{caption}}}\\end{{subfigure}}"
        )
        lost = "\n" * max(0, text.count("\n", found.start(), close) - made.count("\n"))
        text = f"{text[: found.start()]}{made}{lost}{text[close + 1 :]}"
    return text


def _closing_bracket(text: str, opening: int) -> int:
    depth = 0
    for mark in re.finditer(r"\\.|[{}\]]", text[opening:], re.S):
        depth += {"{": 1, "}": -1}.get(mark[0], 0)
        if mark[0] == "]" and not depth:
            return opening + mark.start()
    return -1


_WORDS = pattern(
    rf"\\(?P<name>parbox)\s*(?:{_OPTION})*\s*{GROUP}\s*(?=\{{)|\\(?P<frame>framebox|makebox)\s*(?:{_OPTION}){{0,2}}\s*(?=\{{)"
)
_PARAGRAPH = pattern(
    rf"\\(?:fbox|framebox|shadowbox|ovalbox|centerline)\s*(?P<group>\{{%?\s*\\parbox\s*(?:{_OPTION})*\s*{GROUP}%?\s*{GROUP}%?\s*\}})"
)
_COLUMNS = pattern(r"\\twocolumn\s*(?=\[)")


def _without_frame(found: re.Match[str]) -> str:
    return "\n" * found[0][: found.start("group") - found.start()].count("\n") + found["group"]


def words(text: str) -> str:
    r"""Boxes with words in them, and the head of a page in `\twocolumn[…]`; what pandoc knows is left."""
    text = _PARAGRAPH.sub(_without_frame, unboxed(text))
    while found := _COLUMNS.search(text):
        close = _closing_bracket(text, found.end())
        inside = text[found.end() + 1 : close] if close > 0 else text[found.end() :]
        text = f"{text[: found.start()]}{inside}{text[close + 1 :] if close > 0 else ''}"
    return _WORDS.sub(lambda m: ("\\fbox" if m["frame"] == "framebox" else "") + "\n" * m[0].count("\n"), text)
