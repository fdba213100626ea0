r"""MathJax for a page: the `window.MathJax` object that the script of `mathjax_source` reads."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from gradpress.math import known
from gradpress.math.mathjax_source import BUNDLES, CDN, FONT_PATHS, SOURCES, Edition, ScriptTag, edition, script
from gradpress.settings import Math
from gradpress.tex.packages import extensions_for, is_known, stand_ins

if TYPE_CHECKING:
    from gradpress.tex.preamble import Preamble

__all__ = [
    "BUNDLES",
    "SOURCES",
    "Edition",
    "ScriptTag",
    "active_extensions",
    "configuration",
    "edition",
    "merge",
    "package_names",
    "script",
    "to_script",
    "unknown_packages",
]


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
    for key, pair in (("inlineMath", ["\\(", "\\)"]), ("displayMath", ["\\[", "\\]"])):
        if pair not in merged["tex"][key]:  # the page is written with these, whatever the author adds
            merged["tex"][key] = [*merged["tex"][key], pair]
    return _with_loads(merged, chosen)


def _options(chosen: Edition) -> dict[str, Any]:
    result: dict[str, Any] = {
        # Code and drawings often hold TeX that is to be read, not typeset.
        "skipHtmlTags": {"[+]": ["svg", "kbd", "samp"]},
        "ignoreHtmlClass": "tex2jax_ignore|mathjax_ignore|mermaid",
        # ui/safe takes away ids with a colon, and with them the targets of all \\eqref.
        "safeOptions": {"allow": {"cssIDs": "all"}},
    }
    # Version 3 refuses options that it does not know; `_BEHAVIOUR` switches these off where they cannot work.
    speech: dict[str, Any] = {"enableSpeech": True, "enableBraille": True}
    settings = {"speech": True, "braille": True}
    return result if chosen.major == "3" else {**result, **speech, "menuOptions": {"settings": settings}}


def _tex(chosen: Edition, preamble: Preamble, names: tuple[str, ...], wanted: tuple[str, ...]) -> dict[str, Any]:
    from gradpress.tex.preamble import mathjax

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


# In the mml bundles MathJax asks for `input/tex-base` beside `input/tex`, and then an extension can run
# before the one that it builds on: 1 load in 25 lost \cancel.
_NEEDS = {
    "cancel": ("enclose",),
    "cases": ("empheq",),
    "colortbl": ("color",),
    "mathtools": ("boldsymbol",),
    "textcomp": ("textmacros",),
}


def _dependencies(wanted: tuple[str, ...]) -> dict[str, list[str]]:
    """What each extension waits for."""
    names = dict.fromkeys([*wanted, *(need for name in wanted for need in _NEEDS.get(name, ()))])
    return {f"[tex]/{name}": ["input/tex", *(f"[tex]/{need}" for need in _NEEDS.get(name, ()))] for name in names}


def _loader(math: Math, chosen: Edition, wanted: tuple[str, ...]) -> dict[str, Any]:
    inside = known.included(chosen.version, chosen.bundle)
    result: dict[str, Any] = {"load": ["ui/safe", *(f"[tex]/{name}" for name in wanted if name not in inside)]}
    if not chosen.bundle.startswith("tex"):
        result["load"].insert(0, "input/tex")
        result["dependencies"] = _dependencies(wanted)
    if paths := _paths(math, chosen):
        result["paths"] = paths
    return result


def _paths(math: Math, chosen: Edition) -> dict[str, str]:
    """Where version 4 finds its fonts; by itself it asks jsdelivr, whoever served the script."""
    if chosen.major == "3":
        return {}
    if math.source == "local":
        return {name: f"[mathjax]/fonts/{package.split('/')[1]}" for name, package in FONT_PATHS.items()}
    if math.source == "unpkg":
        base = CDN["unpkg"]
        return {
            name: base.format(name=package, version=chosen.version).rstrip("/") for name, package in FONT_PATHS.items()
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
