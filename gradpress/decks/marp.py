"""A Marp deck's own words between the text: directives in comments, backgrounds and sizes in the words of images.

    <!-- _class: lead -->      for this slide          ![bg right:40%](x.png)    a ground, or half of it
    <!-- footer: Kiel -->      from this slide on      ![w:300](x.png)           a size

A comment that gives no directive is what the speaker says.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Mapping
from typing import Any

import panflute as pf

from gradpress.decks.marp_header import LOCAL, RULE
from gradpress.decks.splitting import Slide, is_comment
from gradpress.diagnostics import report
from gradpress.nearest import nearest
from gradpress.patterns import pattern
from gradpress.reading.places import line_of
from gradpress.records import dataclass, field
from gradpress.walking import walk

_DIRECTIVE = pattern(r"^\s*(_?[A-Za-z]+)\s*:(.*)$")
_GLOBAL = ("theme", "style", "headingDivider", "size", "math", "title", "author", "description", "keywords", "lang")
_SIZE = pattern(r"^(w|width|h|height):(\S+)$")
_SIDE = pattern(r"^(left|right)(?::(\d+(?:\.\d+)?%))?$")
_FITS = {"fit": "contain", "contain": "contain", "cover": "cover", "auto": "auto"}
_FILTERS = (
    *("blur", "brightness", "contrast", "drop-shadow", "grayscale", "hue-rotate", "invert", "opacity", "saturate"),
    "sepia",
)
_URL = pattern(r"""^url\(\s*["']?(.*?)["']?\s*\)$""")
_BACKGROUND = {f"background-{key}": f"background-{key}" for key in ("color", "image", "size", "position", "repeat")}


@dataclass
class Directives:
    """What holds for the slides of a deck, as it is said in the header and in comments."""

    lasting: dict[str, Any]
    """For all slides from here on."""
    publish: Callable[[str], str]
    """The address of a file that a slide shows."""
    styles: list[str] = field(default_factory=list)
    """CSS for the deck that comments give."""

    def applied(self, slide: Slide, once: Mapping[str, Any] = {}) -> None:
        """Take the directives out of the slide, and let it look as they say."""
        own: dict[str, Any] = dict(once)
        slide.blocks = [made for block in slide.blocks for made in self._read(block, own)]
        self._grounds(slide)
        values = {**self.lasting, **own}
        slide.classes += str(values.get("class") or "").split()
        slide.header, slide.footer = (str(values.get(key) or "") for key in ("header", "footer"))
        if values.get("numbers") in (True, "true"):
            slide.attributes["state"] = "numbered"
        for key, name in _BACKGROUND.items():
            if value := values.get(key):
                found = _URL.match(str(value))
                slide.attributes.setdefault(name, self.publish(found[1]) if found else str(value))
        if color := values.get("color"):
            slide.attributes["style"] = f"color: {color}"

    def _read(self, block: pf.Element, own: dict[str, Any]) -> list[pf.Element]:
        said: list[pf.Element] = []
        if is_comment(block):
            return self._comment(block.text, own)

        def see(inline: pf.RawInline, _: pf.Doc) -> list[pf.Element] | None:
            if not is_comment(inline):
                return None
            said.extend(self._comment(inline.text, own))
            return []

        walk(block, see, pf.RawInline)
        is_left = not (isinstance(block, pf.Para) and not pf.stringify(block).strip() and _only_spaces(block))
        return [*([block] if is_left else []), *said]

    def _comment(self, text: str, own: dict[str, Any]) -> list[pf.Element]:
        """Directives become part of `own` or last; anything else is for the speaker."""
        inner = text.removeprefix("<!--").removesuffix("-->").strip("- \n")
        lines = [line for line in inner.split("\n") if line.strip()]
        found = [_DIRECTIVE.match(line) for line in lines]
        if not lines or not found[0] or not _is_directive(found[0][1]):
            return [pf.Div(pf.Para(pf.Str(inner)), classes=["notes"])] if inner and not _is_ours(inner) else []
        if found[0][1] == "style":
            self.styles.append(inner.partition(":")[2].strip().removeprefix("|"))
            return []
        for one in filter(None, found):
            self._directive(one[1], one[2].strip().strip("\"'"), own)
        return []

    def _directive(self, name: str, value: str, own: dict[str, Any]) -> None:
        plain = name.removeprefix("_")
        if plain in LOCAL:
            (own if name.startswith("_") else self.lasting)[LOCAL[plain]] = value
            return
        if plain in _GLOBAL:
            message, hint = f"the directive '{plain}' is read in the header of the page only", "write it there"
        else:
            near = nearest(plain, LOCAL)
            message, hint = f"the directive '{name}' of Marp is not known", f"did you mean '{near}'?" if near else ""
        report(RULE, message, line=line_of(f"{name}:"), hint=hint)

    def _grounds(self, slide: Slide) -> None:
        """Images whose first word is `bg` are behind the slide; sizes of the others are sizes."""

        def see(image: pf.Image, _: pf.Doc) -> list[pf.Element] | None:
            words = pf.stringify(image).split()
            if "bg" in words:
                self._ground(slide, image, [word for word in words if word != "bg"])
                return []
            self._sized(image, words)
            return None

        for block in slide.blocks:
            walk(block, see, pf.Image)
        slide.blocks = [b for b in slide.blocks if not (isinstance(b, pf.Para | pf.Plain) and _only_spaces(b))]

    def _ground(self, slide: Slide, image: pf.Image, words: list[str]) -> None:
        side, size = "", ""
        for word in words:
            if found := _SIDE.match(word):
                side, share = found[1], found[2] or "50%"
            elif word in _FITS or re.fullmatch(r"\d+(?:\.\d+)?%", word):
                size = _FITS.get(word, word)
            else:
                self._refuse(image, word)
        if not side:
            slide.attributes["background-image"] = image.url
            slide.attributes |= {"background-size": size} if size else {}
            return
        slide.classes.append(f"ground-{side}")
        style = f'width:{share};background-image:url("{image.url}");background-size:{size or "cover"}'
        ground = f'<div class="split-ground" style="{html.escape(style)}"></div>'
        slide.blocks.insert(0, pf.RawBlock(ground, format="html"))
        slide.attributes["split"] = share

    def _sized(self, image: pf.Image, words: list[str]) -> None:
        found = [size for word in words if (size := _SIZE.match(word))]
        for one in found:
            value = one[2] if not one[2].isdigit() else f"{one[2]}px"
            image.attributes["width" if one[1].startswith("w") else "height"] = value
        filters = [word for word in words if word.partition(":")[0] in _FILTERS and ":" in word]
        for word in filters:
            self._refuse(image, word)
        if found or filters:
            rest = [w for w in words if not _SIZE.match(w) and w not in filters]
            image.content = [pf.Str(" ".join(rest))] if rest else []

    def _refuse(self, image: pf.Image, word: str) -> None:
        message = f"'{word}' in the words of an image of Marp has no effect here"
        report(RULE, message, line=line_of(f"![{pf.stringify(image)}]") or line_of(image.url))


def _is_directive(name: str) -> bool:
    """A directive, or a word that can only be meant as one: `_clas`, but no sentence such as `Note: …`."""
    plain = name.removeprefix("_")
    return plain in LOCAL or plain in _GLOBAL or name.startswith("_") or bool(nearest(plain, [*LOCAL, *_GLOBAL]))


def _is_ours(text: str) -> bool:
    """Comments for programs."""
    return text.startswith(("prettier", "markdownlint", "fit", "omit", "$"))


def _only_spaces(block: pf.Element) -> bool:
    return all(isinstance(one, pf.Space | pf.SoftBreak | pf.LineBreak) for one in block.content)
