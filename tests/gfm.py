"""What GitHub makes of Markdown: cmark-gfm, the formulas in its HTML, and MathJax that is told no macros."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

import cmarkgfm
from cmarkgfm.cmark import Options

from gradpress.math import mathjax_node, npm

_EXTENSIONS = ("boldsymbol", "cancel", "color", "braket", "mhchem", "amscd", "enclose", "bbox")
"""What MathJax fetches by itself for a command, loaded here beforehand: none of it defines macros."""
_REFUSED = re.compile(
    r"\\(?:operatorname|mbox|h?box|[hv]?phantom|href|class|style|cssId|require|(?:re)?newcommand|def|let)\b"
)
_DISPLAY = re.compile(r'<pre lang="math"><code>(.*?)</code></pre>', re.S)
_INLINE = re.compile(r"\$<code>(.*?)</code>\$", re.S)
_CODE = re.compile(r"<code[^>]*>(.*?)</code>", re.S)
_PRE = re.compile(r"<pre.*?</pre>", re.S)


@dataclass(frozen=True)
class Shown:
    """A page as GitHub shows it."""

    inline: list[str]
    display: list[str]
    html: str
    """Without the formulas."""

    @property
    def formulas(self) -> list[str]:
        return self.inline + self.display

    @property
    def refused(self) -> list[str]:
        """Formulas that GitHub does not even try."""
        return [f for f in self.formulas if _REFUSED.search(f)]

    @property
    def text(self) -> str:
        """What is neither formula nor code."""
        return html.unescape(
            re.sub(r"<[^>]*>", "", _CODE.sub("", _PRE.sub("", self.html)).replace("<span>$</span>", ""))
        )

    @property
    def links(self) -> list[str]:
        """What is linked to, or shown, on this machine, without places."""
        found = re.findall(r'(?:href|src)="([^"#:]+)(?:#[^"]*)?"', _PRE.sub("", self.html))
        return [unquote(html.unescape(url)) for url in found]

    @property
    def dead(self) -> set[str]:
        """Links to places on the page that are not there."""
        places = set(re.findall(r'<a name="([^"]*)"', self.html)) | _slugs(self.html)
        asked = {html.unescape(name) for name in re.findall(r'href="#([^"]*)"', self.html)}
        return {name for name in asked - places if not name.startswith("fn")}


def shown(markdown: str) -> Shown:
    """Markdown through cmark-gfm."""
    options = Options.CMARK_OPT_FOOTNOTES | Options.CMARK_OPT_UNSAFE
    made = cmarkgfm.github_flavored_markdown_to_html(markdown, options=options)
    display = [html.unescape(f) for f in _DISPLAY.findall(made)]
    rest = _DISPLAY.sub("", made)
    inline = [html.unescape(f) for f in _INLINE.findall(rest)]
    return Shown(inline, display, _INLINE.sub("", rest))


def codes(markup: str) -> list[str]:
    """The pieces of code in lines of text."""
    return [html.unescape(re.sub(r"<.*?>", "", code)) for code in _CODE.findall(_PRE.sub("", markup))]


def _slugs(markup: str) -> set[str]:
    found: set[str] = set()
    for heading in re.findall(r"<h\d>(.*?)</h\d>", markup, re.S):
        words = html.unescape(re.sub(r"<[^>]*>", "", heading)).lower()
        slug = re.sub(r"[^\w\- ]", "", words).replace(" ", "-")
        found.add(next(name for name in (slug, *(f"{slug}-{k}" for k in range(1, 99))) if name not in found))
    return found


def components(cache: Path, near: Path) -> Path:
    """MathJax for node."""
    return npm.package("mathjax", "3.2.2", cache, near) / "es5"


def complaints(root: Path, formulas: list[tuple[str, bool]], *more: str) -> list[str]:
    """What MathJax says against the formulas, of which the second says whether it is a display; `more` extensions."""
    request = {
        "tex": {"packages": ["base", "ams", *_EXTENSIONS, *more]},
        "load": [f"[tex]/{name}" for name in _EXTENSIONS],
        "prelude": "",
    }
    answers = mathjax_node.ask(root, request, formulas) if formulas else []
    assert answers is not None
    return [f"{answer}: {formula}" for (formula, _), answer in zip(formulas, answers, strict=True) if answer]
