"""Drawings of diagrams in HTML: parts of the page, which are as dark as it is; pictures of TeX are drawn here."""

from __future__ import annotations

from pathlib import Path

import panflute as pf

from gradpress.cache import Storage
from gradpress.diagnostics import report
from gradpress.page import Page, SiteView
from gradpress.patterns import pattern
from gradpress.reading.places import line_of
from gradpress.records import dataclass, field
from gradpress.walking import collected

_PICTURE = pattern(
    r"\s*(?:%@L\d+\n)?(?P<centre>\\begin\{center\}\s*)?"
    r"(?P<box>\\(?:resizebox\*?\s*\{[^{}]*\}|scalebox)\s*\{[^{}]*\}\s*\{%?\s*)?"
    r"(?:\\usetikzlibrary\{[^{}]*\}\s*|%[^\n]*\n\s*|\\tikzset\{.*?\}\s*(?=\\begin))*"
    r"\\begin\s*\{(?P<name>tikzpicture|tikzcd|pgfpicture|circuitikz|forest|quantikz)\*?\}.*\\end\s*\{(?P=name)\*?\}"
    r"\s*(?(box)%?\s*\}\s*)(?(centre)\\end\{center\}\s*)",
    16,  # re.DOTALL
)
_SAID = "Picture drawn with TikZ"


def is_picture(text: str) -> bool:
    """Whether raw TeX is nothing but a picture, perhaps in the centre, or scaled."""
    return "\\begin" in text and _PICTURE.fullmatch(text) is not None


@dataclass
class Drawings:
    """Those of one page."""

    page: Page
    site: SiteView
    store: Storage
    shown: int = 0
    """How many the page has so far: each has ids of its own."""
    _pictures: dict[str, str] | None = field(default=None)
    """Text of a picture → blob, of all on the page."""

    def picture(self, element: pf.RawBlock | pf.RawInline, doc: pf.Doc) -> list[pf.Element] | None:
        """A picture of TeX as an image, or as code when it cannot be drawn; None for other TeX."""
        if not is_picture(element.text):
            return None
        from gradpress.diagrams import tikz

        if self._pictures is None:
            self._pictures = self._drawn(doc)
        blob = self._pictures.get(tikz.read(element.text, 0).text)
        made = self._image(element, blob) if blob else None
        if isinstance(element, pf.RawInline):
            return [made or pf.Code(element.text, classes=["latex"])]
        if made is None:
            return [pf.CodeBlock(tikz.read(element.text, 0).text, classes=["latex"])]
        is_centred = "\\begin{center}" in element.text
        return [pf.Figure(pf.Plain(made), classes=["diagram"]) if is_centred else pf.Para(made)]

    def _drawn(self, doc: pf.Doc) -> dict[str, str]:
        """All pictures of the page in one run of LaTeX; LaTeX itself finds what is wrong where the site is checked."""
        from gradpress.diagrams import Failed, tikz

        raw = (one for one in collected(doc, pf.RawBlock, pf.RawInline) if is_picture(one.text))
        pictures = [tikz.read(one.text, line_of(one.text)) for one in raw]
        if self.site.only_checked:
            return {}
        try:
            return tikz.drawn(pictures, self.page, self.site, self.store)
        except Failed as failure:
            report(failure.rule, failure.message, line=pictures[0].line, hint=failure.hint)
            return {}

    def _image(self, element: pf.Element, blob: str) -> pf.Image:
        holder = element.parent
        alt = holder.attributes.pop("fig-alt", "") if isinstance(holder, pf.Div) else ""
        figure = holder.parent if isinstance(holder, pf.Div) else holder
        said = alt or (pf.stringify(figure.caption).strip() if isinstance(figure, pf.Figure) else "") or _SAID
        path = f"{self.page.context.cache}/blobs/{blob[:2]}/{blob}"
        return pf.Image(pf.Str(said), url=path, classes=["diagram"], attributes={"fig-alt": said})

    def inline(self, image: pf.Image) -> pf.RawInline | None:
        """The SVG of a diagram as a part of the page; None for another image."""
        if "diagram" not in image.classes or not image.url.endswith(".svg"):
            return None
        from gradpress.diagrams import svg

        self.shown += 1
        text = Path(image.url).read_text(encoding="utf-8")
        sizes = {key: image.attributes[key] for key in ("width", "height") if key in image.attributes}
        style = ";".join([f"--drawn:{svg.width(text):.0f}px", *(f"{k}:{_length(v)}" for k, v in sizes.items())])
        alt = pf.stringify(pf.Plain(*image.content))
        classes = " ".join(["drawing", *(name for name in image.classes if name != "diagram")])
        return pf.RawInline(svg.inline(text, f"g{self.shown}-", classes, alt, style), format="html")


def _length(value: str) -> str:
    """A number alone is one of pixels."""
    return f"{value}px" if value.replace(".", "", 1).isdigit() else value
