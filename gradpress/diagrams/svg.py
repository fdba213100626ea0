"""SVG of other programs as a page can hold it: several on one page, without scripts, as large as it was drawn."""

from __future__ import annotations

import html
import re

from gradpress.patterns import pattern

_ROOT = pattern(r"<svg\b[^>]*>", re.S)
_ATTRIBUTE = pattern(r"""\s([\w:-]+)\s*=\s*("[^"]*"|'[^']*')""")
_ID = pattern(r"""\sid\s*=\s*["']([^"']+)["']""")
_NAMED = pattern(r"""((?:\sid|\s(?:xlink:)?href)\s*=\s*["']#?|url\(\s*["']?#|\saria-\w+\s*=\s*["'])([^"')\s]+)""")
_STYLE = pattern(r"(<style\b[^>]*>)(.*?)(</style>)", re.S)
_SELECTOR = pattern(r"#([A-Za-z_][\w.:-]*)")
_HREF = pattern(r"""\s(?:xlink:)?href\s*=\s*("[^"]*"|'[^']*')""")
_LINK = pattern(r"(<a\b[^>]*?)\sxlink:href=")
"""The old name of the attribute: a link by it can be followed, but not be reached with the keyboard."""
_SAFE = pattern(r"\s*(?:https?:|mailto:|#|data:image/(?:png|jpeg|gif|webp);|[^:]*$)", re.I)
_ACTIVE = pattern(r"<script\b.*?</script\s*>|<script\b[^>]*/>", re.S | re.I)
_HANDLER = pattern(r"""\son\w+\s*=\s*(?:"[^"]*"|'[^']*')""", re.I)
_SIZE = pattern(r"([\d.]+)\s*(px|pt|)$")
_TEX = pattern(r'<annotation[^>]*application/x-tex"[^>]*>(.*?)</annotation>', re.S)
_MATH = pattern(r"<math\b.*?</math>", re.S)
_UNSEEN = pattern(r"<(style|title|desc|metadata)\b.*?</\1>", re.S)
_LONGEST = 300
"""Characters of what is said in place of a drawing."""


def bare(text: str, unit: str = "px") -> str:
    """The element alone: no prolog, no comments, nothing that a browser would run, its size in pixels.

    Numbers without a unit are of `unit`.
    """
    text = re.sub(r"<!--.*?-->", "", text, flags=re.S)
    found = _ROOT.search(text)
    if found is None:
        return ""
    text = _HREF.sub(_without_programs, _HANDLER.sub("", _ACTIVE.sub("", text[found.start() :])))
    return _resized(text.strip(), unit)


def _without_programs(found: re.Match[str]) -> str:
    return found[0] if _SAFE.match(html.unescape(found[1][1:-1])) else ""


def _resized(text: str, unit: str) -> str:
    """`width` and `height` in pixels of a screen; a drawing in points is a third larger."""

    def pixels(found: re.Match[str]) -> str:
        size = _SIZE.match(found[2][1:-1])
        if found[1] not in ("width", "height") or not size:
            return found[0]
        factor = 96 / 72 if (size[2] or unit) == "pt" else 1.0
        return f' {found[1]}="{float(size[1]) * factor:.2f}"'

    return _ROOT.sub(lambda root: _ATTRIBUTE.sub(pixels, root[0]), text, count=1)


def words(text: str) -> str:
    """What can be read in a drawing."""
    text = _MATH.sub(lambda m: f" {' '.join(_TEX.findall(m[0]))} ", _UNSEEN.sub("", text))
    shown = html.unescape(re.sub(r"<[^>]*>", " ", text))
    said = " ".join(shown.split())
    return said if len(said) <= _LONGEST else f"{said[:_LONGEST].rsplit(' ', 1)[0]} …"


def scoped(text: str, prefix: str) -> str:
    """The drawing with ids that no other drawing of a page has."""
    known = set(_ID.findall(text))

    def named(found: re.Match[str]) -> str:
        return f"{found[1]}{prefix}{found[2]}" if found[2] in known else found[0]

    def styled(found: re.Match[str]) -> str:
        rules = _SELECTOR.sub(lambda m: f"#{prefix}{m[1]}" if m[1] in known else m[0], found[2])
        return f"{found[1]}{rules}{found[3]}"

    return _STYLE.sub(styled, _NAMED.sub(named, text))


def width(text: str) -> float:
    """Pixels that the drawing is wide; 0 if it does not say."""
    root = _ROOT.search(text)
    given = re.search(r'\swidth="([\d.]+)"', root[0]) if root else None
    return float(given[1]) if given else 0.0


def inline(text: str, prefix: str, classes: str, alt: str, style: str) -> str:
    """The drawing as a part of a page: an image with a name, whose words can be found and copied."""
    root = _ROOT.search(text)
    assert root
    given = {key: value[1:-1] for key, value in _ATTRIBUTE.findall(root[0])}
    kept = {key: value for key, value in given.items() if key not in ("role", "style") and "aria-" not in key}
    role = "group" if "<a " in text else "img"  # what is in an image cannot be reached, links must
    kept["class"] = f"{classes} {kept.get('class', '')}".strip()
    said = {**kept, "role": role, "aria-label": html.escape(alt), "style": html.escape(style)}
    start = "<svg" + "".join(f' {key}="{value}"' for key, value in said.items()) + ">"
    return scoped(start + _LINK.sub(r"\1 href=", text[root.end() :]), prefix)
