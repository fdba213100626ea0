"""Which MathJax a page loads, and from where.

Words: a *bundle* is a ready-made script (`tex-chtml`); an *edition* is what a `math:` configuration
comes to: version, bundle, and the URL it is loaded from.
"""

from __future__ import annotations

import re

from gradpress.diagnostics import Place, UsageError, here
from gradpress.math import known
from gradpress.math.integrity import INTEGRITY, LOCK
from gradpress.patterns import pattern
from gradpress.records import dataclass
from gradpress.settings import Math

BUNDLES: dict[str, tuple[str, ...]] = {
    "3": (
        "tex-chtml",
        "tex-chtml-full",
        "tex-svg",
        "tex-svg-full",
        "tex-mml-chtml",
        "tex-mml-svg",
        "mml-chtml",
        "mml-svg",
    ),
    "4": tuple(
        name + font
        for name in ("tex-chtml", "tex-svg", "tex-mml-chtml", "tex-mml-svg", "mml-chtml", "mml-svg")
        for font in ("", "-nofont")
    ),
}
"""The bundles of each major version; the -full ones ended with version 3."""

CDN = {
    "jsdelivr": "https://cdn.jsdelivr.net/npm/{name}@{version}/",
    "unpkg": "https://unpkg.com/{name}@{version}/",
    "cdnjs": "https://cdnjs.cloudflare.com/ajax/libs/{name}/{version}/",
}
SOURCES = (*CDN, "local")
"""What `math.source` may say, beside a URL."""

FONT = "@mathjax/mathjax-newcm-font"
MHCHEM_FONT = "@mathjax/mathjax-mhchem-font-extension"
FONT_PATHS = {"mathjax-newcm": FONT, "mathjax-mhchem-extension": MHCHEM_FONT}

_EXACT = pattern(r"[34]\.\d+\.\d+(-[\w.]+)?")
_RANGE = pattern(r"[34](\.\d+)?")
_IN_URL = pattern(r"mathjax[@/](\d+(?:\.\d+)*)[^/]*/(?:.*/)?([\w-]+?)(?:\.min)?\.js", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ScriptTag:
    """What a `<script>` element needs."""

    url: str
    integrity: str | None = None
    """Subresource integrity; only where the URL fixes the bytes and we have hashed them."""
    crossorigin: str | None = None


@dataclass(frozen=True, slots=True)
class Edition:
    """The MathJax that a page gets."""

    version: str
    bundle: str
    url: str
    """Relative to the folder of the local copy when `math.source` is `local`."""

    @property
    def major(self) -> str:
        """`"3"` or `"4"`."""
        return known.major(self.version)

    @property
    def output(self) -> str:
        """`chtml` or `svg`."""
        return "svg" if "svg" in self.bundle else "chtml"


def edition(math: Math, place: Place | None = None) -> Edition:
    """What the configuration comes to; raises UsageError where it cannot be."""
    where = place or here()
    if math.source not in SOURCES:
        return _elsewhere(math, where)
    version = _version(math, where)
    possible = BUNDLES[known.major(version)]
    if math.bundle not in possible:
        names = ", ".join(possible)
        raise UsageError("mathjax-bundle", f"MathJax {version} has no bundle '{math.bundle}'; it has {names}", where)
    base = CDN.get(math.source, "").format(name="mathjax", version=version)
    return Edition(version, math.bundle, f"{base}{_file(version, math.bundle)}")


def exact(version: str) -> str:
    """A version of which there are packages: of `3` or `4.1`, which a CDN resolves, the one whose hash we know."""
    if _EXACT.fullmatch(version):
        return version
    known_ones = (name.removeprefix("mathjax@") for name in LOCK if name.startswith(f"mathjax@{version}."))
    return max(known_ones, default=version)


def _file(version: str, bundle: str) -> str:
    return f"{'es5/' if known.major(version) == '3' else ''}{bundle}.js"


def _version(math: Math, where: Place) -> str:
    version = str(math.version).strip().removeprefix("v")
    # jsdelivr and unpkg resolve "3" and "3.2" themselves; the others need a version that exists.
    resolved = math.source in ("jsdelivr", "unpkg")
    found = version if resolved else exact(version)
    if _EXACT.fullmatch(found) or (resolved and _RANGE.fullmatch(found)):
        return found
    wanted = "of MathJax 3 or 4 such as 3.2.2"
    if _RANGE.fullmatch(version):
        wanted = f"with three numbers, such as 3.2.2, where the source is {math.source}"
    raise UsageError("key-value", f"'math.version' must be a version {wanted}, not '{version}'", where)


def _elsewhere(math: Math, where: Place) -> Edition:
    """A URL is used as given; what it says about version and bundle is believed."""
    if "/" not in math.source and not math.source.endswith(".js"):
        names = ", ".join(SOURCES)
        raise UsageError("key-value", f"'math.source' must be {names} or a URL, not '{math.source}'", where)
    found = _IN_URL.search(math.source)
    if found:
        return Edition(found[1], found[2], math.source)
    name = math.source.split("?")[0].rsplit("/", 1)[-1].removesuffix(".js").removesuffix(".min")
    bundle = name if name in BUNDLES["3"] + BUNDLES["4"] else math.bundle
    return Edition(str(math.version), bundle, math.source)


def script(math: Math, *, folder: str = "", place: Place | None = None) -> ScriptTag:
    """The script that loads MathJax.

    `folder` is the URL, relative to the page, of the folder that `local_mathjax.install` filled.
    """
    chosen = edition(math, place)
    if math.source == "local":
        return ScriptTag(f"{folder.rstrip('/')}/{chosen.url}" if folder else chosen.url)
    # cdnjs is left out: nobody promises that it serves the bytes of the npm package.
    pinned = math.source in ("jsdelivr", "unpkg")
    integrity = INTEGRITY.get(f"mathjax@{chosen.version}/{chosen.bundle}") if pinned else None
    return ScriptTag(chosen.url, integrity, "anonymous" if integrity else None)
