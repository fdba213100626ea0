r"""MathJax for a page: which script is loaded, and the `window.MathJax` object that it reads.

Words: a *bundle* is a ready-made script (`tex-chtml`); an *edition* is what a `math:` configuration
comes to: version, bundle, and the URL it is loaded from.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gradpress import known
from gradpress.diagnostics import Place, UsageError, here
from gradpress.latex_packages import extensions_for, is_known, stand_ins
from gradpress.integrity import INTEGRITY
from gradpress.settings import Math

if TYPE_CHECKING:
    from gradpress.preamble import Preamble

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

_CDN = {
    "jsdelivr": "https://cdn.jsdelivr.net/npm/{name}@{version}/",
    "unpkg": "https://unpkg.com/{name}@{version}/",
    "cdnjs": "https://cdnjs.cloudflare.com/ajax/libs/{name}/{version}/",
}
SOURCES = (*_CDN, "local")

FONT = "@mathjax/mathjax-newcm-font"
MHCHEM_FONT = "@mathjax/mathjax-mhchem-font-extension"
_FONT_PATHS = {"mathjax-newcm": FONT, "mathjax-mhchem-extension": MHCHEM_FONT}

_EXACT = re.compile(r"[34]\.\d+\.\d+(-[\w.]+)?")
_RANGE = re.compile(r"[34](\.\d+)?")
_IN_URL = re.compile(r"mathjax[@/](\d+(?:\.\d+)*)[^/]*/(?:.*/)?([\w-]+?)(?:\.min)?\.js", re.IGNORECASE)


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
        raise UsageError(
            "mathjax-bundle", f"MathJax {version} has no bundle '{math.bundle}'; it has {names}", where
        )
    base = _CDN.get(math.source, "").format(name="mathjax", version=version)
    return Edition(version, math.bundle, f"{base}{_file(version, math.bundle)}")


def _file(version: str, bundle: str) -> str:
    return f"{'es5/' if known.major(version) == '3' else ''}{bundle}.js"


def _version(math: Math, where: Place) -> str:
    version = str(math.version).strip().removeprefix("v")
    # jsdelivr and unpkg resolve "3" and "3.2" themselves; the others need a version that exists.
    open_ended = _RANGE.fullmatch(version) and math.source in ("jsdelivr", "unpkg")
    if _EXACT.fullmatch(version) or open_ended:
        return version
    raise UsageError(
        "key-value", f"'math.version' must be a version of MathJax 3 or 4 such as 3.2.2, not '{version}'", where
    )


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


def package_names(preamble: Preamble) -> tuple[str, ...]:
    """The LaTeX packages that the preamble loads, each once."""
    return tuple(dict.fromkeys(str(getattr(package, "name", package)) for package in preamble.packages))


def unknown_packages(preamble: Preamble) -> tuple[str, ...]:
    """Packages that HTML has nothing for: rule `package-unknown`."""
    return tuple(name for name in package_names(preamble) if not is_known(name))


def active_extensions(math: Math, preamble: Preamble) -> frozenset[str]:
    """The extensions whose commands the page's formulas may use."""
    chosen = edition(math)
    wanted = extensions_for(package_names(preamble), chosen.version)
    own = math.config.get("tex", {}).get("packages", {}) if isinstance(math.config.get("tex"), Mapping) else {}
    standard = frozenset(known.standard(chosen.version, chosen.bundle)) | frozenset(wanted)
    if isinstance(own, Mapping):
        return (standard | frozenset(own.get("[+]", ()))) - frozenset(own.get("[-]", ()))
    return frozenset(own)


def configuration(math: Math, preamble: Preamble) -> dict[str, Any]:
    """The `window.MathJax` object of a page, as plain data."""
    chosen = edition(math)
    names = package_names(preamble)
    wanted = extensions_for(names, chosen.version)
    ours = {
        "tex": _tex(chosen, preamble, names, wanted),
        "loader": _loader(math, chosen, wanted),
        "options": _options(chosen),
        # Only what the page marks as a formula: prose that speaks of \( stays prose.
        "startup": {"elements": [".math"]},
    }
    merged = merge(ours, math.config)
    return _with_loads(merged, chosen)


def _options(chosen: Edition) -> dict[str, Any]:
    result: dict[str, Any] = {
        # Code and drawings often hold TeX that is to be read, not typeset.
        "skipHtmlTags": {"[+]": ["svg", "kbd", "samp"]},
        "ignoreHtmlClass": "tex2jax_ignore|mathjax_ignore|mermaid",
    }
    # Version 3 refuses options that it does not know; `_BEHAVIOUR` switches these off where they cannot work.
    speech: dict[str, Any] = {"enableSpeech": True, "enableBraille": True}
    settings = {"speech": True, "braille": True}
    return result if chosen.major == "3" else {**result, **speech, "menuOptions": {"settings": settings}}


def _tex(chosen: Edition, preamble: Preamble, names: tuple[str, ...], wanted: tuple[str, ...]) -> dict[str, Any]:
    from gradpress.preamble import mathjax

    own = mathjax(preamble, chosen.major)
    active = {*known.standard(chosen.version, chosen.bundle), *wanted}
    result: dict[str, Any] = {
        "tags": "ams",
        "inlineMath": [["\\(", "\\)"]],
        "displayMath": [["\\[", "\\]"]],
        # An undefined command must be seen, not printed in red or swallowed.
        "packages": {"[-]": ["noundefined", "noerrors"], "[+]": list(wanted)},
        "macros": {**stand_ins(names, chosen.version, active), **own.macros},
    }
    if own.environments:
        result["environments"] = dict(own.environments)
    if own.paired:
        result["mathtools"] = {"pairedDelimiters": dict(own.paired)}
    if own.prelude:
        result["prelude"] = own.prelude
    return result


def _loader(math: Math, chosen: Edition, wanted: Iterable[str]) -> dict[str, Any]:
    inside = known.included(chosen.version, chosen.bundle)
    result: dict[str, Any] = {"load": ["ui/safe", *(f"[tex]/{name}" for name in wanted if name not in inside)]}
    if not chosen.bundle.startswith("tex"):
        result["load"].insert(0, "input/tex")
    if paths := _paths(math, chosen):
        result["paths"] = paths
    return result


def _paths(math: Math, chosen: Edition) -> dict[str, str]:
    """Where version 4 finds its fonts; by itself it asks jsdelivr, whoever served the script."""
    if chosen.major == "3":
        return {}
    if math.source == "local":
        return {name: f"[mathjax]/fonts/{package.split('/')[1]}" for name, package in _FONT_PATHS.items()}
    if math.source == "unpkg":
        base = _CDN["unpkg"]
        return {
            name: base.format(name=package, version=chosen.version).rstrip("/")
            for name, package in _FONT_PATHS.items()
        }
    return {}


def merge(ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> dict[str, Any]:
    """`theirs` laid over `ours`, mapping by mapping; the author wins.

    What is to be loaded or switched on adds up: naming one extension must not lose the others.
    """
    result = dict(ours)
    for key, value in theirs.items():
        old = result.get(key)
        if isinstance(old, Mapping) and isinstance(value, Mapping):
            result[key] = merge(old, value)
        elif key in ("load", "[+]", "[-]") and isinstance(old, list) and isinstance(value, list):
            result[key] = list(dict.fromkeys([*old, *value]))
        else:
            result[key] = value
    return result


def _with_loads(config: dict[str, Any], chosen: Edition) -> dict[str, Any]:
    """What `tex.packages` switches on is also loaded, and what the author switches off is not on twice."""
    packages = config["tex"].get("packages") if isinstance(config["tex"], Mapping) else None
    loader = config["loader"]
    if not isinstance(packages, Mapping) or not isinstance(loader, Mapping):
        return config
    off = set(packages.get("[-]", ()))
    added = [name for name in packages.get("[+]", ()) if name not in off]
    inside = known.included(chosen.version, chosen.bundle)
    needed = [f"[tex]/{name}" for name in added if name not in inside]
    loads = [name for name in loader["load"] if not (name[:6] == "[tex]/" and name[6:] in off)]
    tex = {**config["tex"], "packages": {**packages, "[+]": added}}
    return {**config, "tex": tex, "loader": {**loader, "load": list(dict.fromkeys([*loads, *needed]))}}


# Runs in the browser.  Version 4 speaks through a worker, which browsers refuse to a page opened as a file:
# it would wait for it forever.  `ready` defines what no configuration can (\let of an existing command) before
# the first formula; `failed` goes on without the part that could not be loaded, once.
_BEHAVIOUR = """
(function (MathJax, prelude) {
  var again = false;
  var options = MathJax.options;
  if (window.location.protocol === 'file:' && options && options.enableSpeech) {
    options.enableSpeech = options.enableBraille = false;
    options.menuOptions = {settings: {speech: false, braille: false}};
  }
  MathJax.startup.ready = function () {
    MathJax = window.MathJax;
    MathJax.startup.defaultReady();
    if (!prelude) return;
    try { MathJax.tex2mml(prelude); } catch (error) { console.error('MathJax: ' + error.message); }
  };
  MathJax.loader.failed = function (error) {
    console.error('MathJax: ' + error.message);
    if (again) return;
    again = true;
    var loader = window.MathJax.loader;
    var quiet = function () { return null; };
    return Promise.all(window.MathJax.config.loader.load.map(function (name) {
      return loader.load(name).catch(quiet);
    })).then(function () { return window.MathJax.config.loader.ready(); });
  };
})(window.MathJax, PRELUDE);
"""


def to_script(config: Mapping[str, Any]) -> str:
    """The text of the `<script>` that stands before MathJax's own."""
    tex = dict(config.get("tex", {}))
    prelude = tex.pop("prelude", "")
    plain = {"loader": {}, "startup": {}, **config, "tex": tex}
    behaviour = _BEHAVIOUR.strip().replace("PRELUDE", _literal(prelude))
    return f"window.MathJax = {_literal(plain)};\n{behaviour}\n"


def _literal(value: Any) -> str:
    """JSON that is also JavaScript, and that cannot end or open a `<script>` element or a comment."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True)
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
